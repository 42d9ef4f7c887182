import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clamav } from './clamav.ts';
import { run } from './testing.ts';

const MD5 = '44d88612fea8a8f36de82e1278abb02f';
const SHA1 = '3395856ce81f2b7382dee72602f798b642f14140';
const SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

test('clamav: digest, size and name, with function levels behind', () => {
  const sink = run(
    clamav,
    `${MD5}:68:Eicar-Test\n${SHA1}:68:Win.Test-1:73\n${SHA256}:*:Any.Size:73:255\n# end\n`,
  );
  assert.deepEqual(
    sink.taken.map((t) => [t.kind, t.key, t.details?.name, t.details?.level]),
    [
      ['file-md5', MD5, 'Eicar-Test', null],
      ['file-sha1', SHA1, 'Win.Test-1', null],
      ['file-sha256', SHA256, 'Any.Size', null],
    ],
  );
  assert.equal(sink.originals.get(1), `${MD5}:68:Eicar-Test`);
});

test('clamav: allow lists make good claims, by the file ending or the variant', () => {
  for (const options of [
    { fileName: 'local.SFP' },
    { fileName: 'daily.fp' },
    { variant: 'sfp', fileName: 'x.hdb' },
  ]) {
    const [taken] = run(clamav, `${SHA256}:68:Tool\n`, options).taken;
    assert.deepEqual(taken?.details, { level: 'good', category: 'software', name: 'Tool', reason: null });
  }
  for (const options of [{}, { fileName: 'main.hsb' }, { variant: 'hdb', fileName: 'x.sfp' }])
    assert.equal(run(clamav, `${SHA256}:68:Tool\n`, options).taken[0]?.details?.level, null);
});

test('clamav: an unknown variant is the fault of the caller', () => {
  assert.throws(() => run(clamav, '', { variant: 'mdb' }), {
    code: 'input',
    message: /want hdb, hsb, fp, sfp/,
  });
});

test('clamav: bad rows are refused one by one', () => {
  const rows = [
    [`${MD5}:x:Name`, 'a size that is neither a number nor *'],
    [`${MD5}:68:`, 'no name behind the size'],
    [MD5, 'a size that is neither a number nor *'],
    [`${MD5}:68:Name:abc`, 'a function level that is no number'],
    [`${MD5}x:68:Name`, 'no MD5, SHA-1 or SHA-256 in hex'],
    [`68:${MD5}:Section.Digest`, 'no MD5, SHA-1 or SHA-256 in hex'],
  ] as const;
  const sink = run(clamav, `${MD5}:68:Good\n${rows.map(([row]) => row).join('\n')}\n`);
  assert.equal(sink.taken.length, 1);
  assert.deepEqual(
    sink.refused.map((r) => r.why),
    rows.map(([, why]) => why),
  );
});

test('clamav: a database of section digests is refused whole', () => {
  assert.throws(() => run(clamav, `68:${MD5}:A\n69:${MD5}:B\n`), /none of its first 2 rows fits/);
});
