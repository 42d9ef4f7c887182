import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashes } from './hashes.ts';
import { run } from './testing.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('hashes: the length of a digest tells its kind, in either case', () => {
  const sink = run(hashes, `${MD5}\n${SHA1.toUpperCase()}\n${SHA256}\n`);
  assert.deepEqual(
    sink.taken.map((t) => [t.kind, t.key, t.line, t.details]),
    [
      ['file-md5', MD5, 1, null],
      ['file-sha1', SHA1, 2, null],
      ['file-sha256', SHA256, 3, null],
    ],
  );
  assert.deepEqual([...sink.originals.values()], [MD5, SHA1.toUpperCase(), SHA256]);
});

test('hashes: comments, blank lines, byte order mark, CR LF and a missing last line end are understood', () => {
  const sink = run(hashes, `\ufeff# a list\r\n\r\n; old\r\n// older\r\n \t${MD5} \t\r\n${SHA1}`);
  assert.deepEqual(
    sink.taken.map((t) => t.line),
    [5, 6],
  );
  assert.equal(sink.rows, 2);
  assert.equal(sink.originals.get(5), MD5);
});

test('hashes: text behind the digest becomes its name, and with a link its reason', () => {
  for (const [behind, name, reason] of [
    [';Dark Caracal - data', 'Dark Caracal - data', null],
    [' # Emotet', 'Emotet', null],
    ['\tWin.Trojan.Agent', 'Win.Trojan.Agent', null],
    ['  Two Blanks', 'Two Blanks', null],
    [';SlingShot APT https://x.example/a/', 'SlingShot APT', 'SlingShot APT https://x.example/a/'],
    [';https://x.example/a', null, 'https://x.example/a'],
    [`,${'long '.repeat(60)}`, null, `${'long '.repeat(60).slice(0, 199)}…`],
    [';bad\u202ename\u0007', 'badname', 'badname'],
  ] as const) {
    const [taken] = run(hashes, `${MD5}${behind}\n`).taken;
    assert.deepEqual(taken?.details, { level: null, category: null, name, reason }, behind);
  }
});

test('hashes: the file names of checksum tools are no names of threats', () => {
  for (const line of [
    `${SHA256}  ./bin/true`,
    `${SHA256}  /bin/true`,
    `${SHA256} *setup.exe`,
    `${SHA256}  a/b`,
  ])
    assert.equal(run(hashes, line).taken[0]?.details, null, line);
});

test('hashes: equal remarks are one object', () => {
  const { taken } = run(hashes, `${MD5};Emotet\n${SHA1};Emotet\n`);
  assert.equal(taken[0]?.details, taken[1]?.details);
});

test('hashes: a bad row is refused by its line, the rows around it are taken', () => {
  const bad = ['deadbeef', `${SHA1}s`, `${SHA256}00`, 'no digest here', `${MD5}g;x`, 'x'.repeat(70_000)];
  const sink = run(hashes, `${MD5}\n${bad.join('\n')}\n${SHA1}\n`);
  assert.deepEqual(
    sink.taken.map((t) => t.line),
    [1, 8],
  );
  assert.deepEqual(
    sink.refused.map((r) => r.why),
    [...new Array<string>(5).fill('no MD5, SHA-1 or SHA-256 in hex'), 'longer than 65536 bytes'],
  );
  assert.equal(sink.rows, 8);
});

test('hashes: a file without a data row, or most of whose rows do not fit, is refused whole', () => {
  assert.throws(() => run(hashes, '# nothing\n\n'), {
    code: 'format',
    message:
      "Cannot read the file as 'hashes': it has no data row, want one MD5, SHA-1 or SHA-256 in hex a line",
  });
  const words = (n: number) => `Not Found\n${'x\n'.repeat(n - 1)}`;
  const digests = (n: number) => `${MD5}\n`.repeat(n);
  assert.throws(
    () => run(hashes, `${words(1_000)}${digests(2_000)}`),
    /none of its first 1000 rows fits, line 1 is 'Not Found' \(/,
  );
  assert.throws(
    () => run(hashes, `${digests(999)}${words(1_000)}`),
    /'hashes': 1,000 of its 1,999 rows do not fit, line 1000 is 'Not Found' \(/,
  );
  assert.throws(
    () => run(hashes, `${words(999)}${MD5}\n`),
    /'hashes': 999 of its 1,000 rows do not fit, line 1 is 'Not Found' \(/,
  );
  assert.equal(run(hashes, `${words(999)}${digests(999)}`).taken.length, 999);
  assert.equal(run(hashes, `${words(18)}${MD5}\n`).taken.length, 1, 'a short list is taken row by row');
  assert.throws(() => run(hashes, `${words(19)}${MD5}\n`), /19 of its 20 rows do not fit/);
  assert.throws(() => run(hashes, 'Not Found'), /its only row does not fit, line 1 is 'Not Found'/);
});

test('hashes: the table of digests of something else is refused by its header', () => {
  for (const [text, found] of [
    [`tbs_sha256\ttbs_sha1\tsubject\n${SHA256}\t${SHA1}\tC=US\n`, 'line 1: tbs_sha256, tbs_sha1, subject'],
    [`# certificates\ntbs\n${SHA256}\n`, 'line 2: tbs'],
    [`imphash,file name\n${MD5},a.exe\n`, 'line 1: imphash, file name'],
    [`"certificate_sha256";"cn"\n${SHA256};x\n`, 'line 1: "certificate_sha256", "cn"'],
  ] as const)
    assert.throws(() => run(hashes, text), {
      code: 'format',
      message: `Cannot read the file as 'hashes': it begins with the header of a table (${found}), want one MD5, SHA-1 or SHA-256 in hex a line, or the format csv or tsv`,
    });
  for (const text of [
    `sha256,name\n${SHA256},x\n`,
    `Hash values of the campaign:\n${SHA256}\n`,
    `md5\n${MD5}\n`,
  ])
    assert.deepEqual([run(hashes, text).taken.length, run(hashes, text).refused.length], [1, 1], text);
});

test('hashes: a list that may have become empty is a list of nothing, also without a byte', () => {
  for (const text of ['', '# nothing\n']) assert.equal(run(hashes, text, { mayBeEmpty: true }).rows, 0);
  assert.throws(() => run(hashes, 'Not Found\n', { mayBeEmpty: true }), /its only row does not fit/);
});
