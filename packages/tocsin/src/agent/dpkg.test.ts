import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import { countListed, listedPackages } from './dpkg.ts';
import { plant, temporary } from './test-help.ts';

const INFO = 'var/lib/dpkg/info';
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

test('packages are read with their files; what two architectures share is named once', () => {
  using root = temporary();
  plant(root.path, {
    [`${INFO}/bash.md5sums`]: `${MD5}  bin/bash\n${MD5}  usr/share/doc/bash/a file with  spaces\n`,
    [`${INFO}/libc6:amd64.md5sums`]: `${MD5}  lib/x86/libc.so\n${MD5}  usr/share/doc/libc6/copyright\n`,
    [`${INFO}/libc6:i386.md5sums`]: `${MD5}  lib/i386/libc.so\n${MD5}  usr/share/doc/libc6/copyright\n`,
    [`${INFO}/bash.list`]: '/bin/bash\n',
  });
  assert.deepEqual(countListed(root.path), { packages: 2, files: 6 });
  const read = [...listedPackages(root.path)].map(({ name, files, refused }) => [
    name,
    files.map((file) => file.path),
    refused,
  ]);
  assert.deepEqual(read, [
    ['bash', ['bin/bash', 'usr/share/doc/bash/a file with  spaces'], 0],
    ['libc6', ['lib/x86/libc.so', 'usr/share/doc/libc6/copyright', 'lib/i386/libc.so'], 0],
  ]);
});

test('a diverted file lies elsewhere for all packages but the one that diverts', () => {
  using root = temporary();
  plant(root.path, {
    'var/lib/dpkg/diversions': '/bin/sh\n/bin/sh.distrib\ndash\n/usr/bin/perf\n/usr/bin/perf.real\n:\n',
    [`${INFO}/dash.md5sums`]: `${MD5}  bin/sh\n`,
    [`${INFO}/bash.md5sums`]: `${MD5}  bin/sh\n`,
    [`${INFO}/perf.md5sums`]: `${MD5}  usr/bin/perf\n`,
  });
  const read = [...listedPackages(root.path)].map(({ name, files }) => [name, files[0]?.path]);
  assert.deepEqual(read, [
    ['bash', 'bin/sh.distrib'],
    ['dash', 'bin/sh'],
    ['perf', 'usr/bin/perf.real'],
  ]);
});

test('lines of another shape are refused and counted; none leads out of the root', () => {
  using root = temporary();
  const odd = Buffer.concat([Buffer.from(`${MD5}  usr/`), Buffer.from([0xff]), Buffer.from('\n')]);
  const lines = [
    'no digest here',
    `${MD5}`,
    `${MD5}  ../../etc/shadow`,
    `${MD5}  a/../../b`,
    `${MD5.toUpperCase()}  x`,
  ];
  plant(root.path, {
    [`${INFO}/a.md5sums`]: `${lines.join('\n')}\n${MD5}  ./usr/good\n`,
    [`${INFO}/b.md5sums`]: odd,
  });
  const [a, b] = [...listedPackages(root.path)];
  assert.equal(a?.refused, lines.length);
  assert.deepEqual(a?.files, [{ path: 'usr/good', md5: MD5 }]);
  assert.deepEqual(b?.files[0]?.path, Buffer.from([0x75, 0x73, 0x72, 0x2f, 0xff]));
});

test('arbitrary bytes as records are never more than refused lines', () => {
  using root = temporary();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (list, diversions) => {
      plant(root.path, { [`${INFO}/x.md5sums`]: list, 'var/lib/dpkg/diversions': diversions });
      for (const { files } of listedPackages(root.path))
        for (const { path } of files) assert.ok(!String(path).split('/').includes('..'));
    }),
  );
});

test('a system without dpkg is refused with one clear sentence', () => {
  using root = temporary();
  assert.throws(
    () => [...listedPackages(root.path)],
    (error) =>
      error instanceof TocsinError && error.code === 'not-found' && !error.message.includes(root.path),
  );
});
