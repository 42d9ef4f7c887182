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

test('hashes: a file without a data row, or whose first thousand rows do not fit, is refused whole', () => {
  assert.throws(() => run(hashes, '# nothing\n\n'), {
    code: 'format',
    message:
      "Cannot read the file as 'hashes': it has no data row, want one MD5, SHA-1 or SHA-256 in hex a line",
  });
  const words = `Not Found\n${'x\n'.repeat(998)}`;
  assert.equal(run(hashes, `${words}${MD5}\n`).taken.length, 1);
  assert.throws(
    () => run(hashes, `${words}x\n${MD5}\n`),
    /none of its first 1000 rows fits, line 1 is 'Not Found' \(/,
  );
  assert.throws(() => run(hashes, 'Not Found'), /its only row does not fit, line 1 is 'Not Found'/);
});
