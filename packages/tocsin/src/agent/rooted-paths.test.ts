import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RootedPaths } from './rooted-paths.ts';
import { plant, temporary } from './test-help.ts';

test('directories are found through links as the system in the root would, and never outside it', () => {
  using root = temporary();
  plant(root.path, { 'usr/bin/a': '', 'usr/lib/x86/b': '', 'opt/c': '', file: '' });
  const links = {
    bin: 'usr/bin', // merged /usr
    lib: '/usr/lib', // absolute: of that root
    'opt/up': '../usr/lib/../bin',
    'opt/out': '../../../../../../usr',
    loop: 'loop',
    a: 'b',
    b: 'a',
    dangling: 'nowhere',
    'usr/again': '../opt/up',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root.path, name));
  const paths = new RootedPaths(`${root.path}/`);
  const table: [string, string | null][] = [
    ['', ''],
    ['usr/bin', 'usr/bin'],
    ['bin', 'usr/bin'],
    ['lib/x86', 'usr/lib/x86'],
    ['opt/up', 'usr/bin'],
    ['opt/out/lib', 'usr/lib'],
    ['usr/again', 'usr/bin'],
    ['loop', null],
    ['a', null],
    ['dangling', null],
    ['file', null],
    ['absent/deeper', null],
  ];
  for (const [given, want] of table) assert.equal(paths.directory(given), want, given);
  assert.equal(paths.absolute('usr/bin'), join(root.path, 'usr/bin'));
  assert.equal(new RootedPaths('/').absolute('etc'), '/etc');
  assert.equal(new RootedPaths('/').absolute(''), '/');
});
