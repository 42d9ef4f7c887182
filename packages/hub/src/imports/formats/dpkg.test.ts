import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dpkg } from './dpkg.ts';
import { run } from './testing.ts';

const MD5 = '0af33ac4bbb6b3bb8b2d8d7d9ea4ec7f';

test('dpkg: sums are taken as MD5 aliases, and the package is what the file is called after', () => {
  const sink = run(dpkg, `${MD5}  usr/bin/true\n${MD5}  usr/share/a name\n`, {
    fileName: '/x/libc6:amd64.md5sums',
  });
  assert.deepEqual(sink.counts, { 'file-md5': 2 });
  assert.deepEqual(sink.taken[0]?.details, {
    level: null,
    category: null,
    name: 'libc6',
    reason: 'shipped by the package libc6',
  });
  assert.equal(sink.taken[0]?.details, sink.taken[1]?.details);
  assert.equal(run(dpkg, `${MD5}  a`, { fileName: 'sums.txt' }).taken[0]?.details, null);
  assert.deepEqual(dpkg.defaults, { level: 'good', category: 'operating-system' });
});

test('dpkg: rows of another shape are refused', () => {
  const sink = run(dpkg, `${MD5}  a\n${MD5} *a\n${MD5}\n${MD5}  \n${MD5}00  a\n`);
  assert.equal(sink.taken.length, 1);
  assert.deepEqual(sink.reasons, { 'no MD5, two blanks and a path': 4 });
});
