import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { copyNative, findNative, hydrateNative, type Native } from './native.ts';

const NOBODY = '65534';

/** The package as npm unpacks it: without links. */
function barePackage(t: TestContext): { native: Native; parent: string } {
  const parent = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  chmodSync(parent, 0o755);
  const native = { ...findNative(), directory: join(parent, 'native') };
  cpSync(findNative().directory, native.directory, { recursive: true, verbatimSymlinks: true });
  for (const path of links(native.directory)) rmSync(path);
  return { native, parent };
}

function links(directory: string): string[] {
  const library = join(directory, 'lib');
  return readdirSync(library)
    .map((name) => join(library, name))
    .filter((path) => lstatSync(path).isSymbolicLink());
}

function version(native: Native): string {
  return execFileSync(join(native.directory, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' }).trim();
}

test('library links that npm cannot pack are made where they belong', (t) => {
  const { native, parent } = barePackage(t);
  assert.equal(spawnSync(join(native.directory, 'bin', 'postgres'), ['--version']).status === 0, false);
  const complete = hydrateNative(native, join(parent, 'copies'));
  assert.equal(complete.directory, native.directory);
  const told = JSON.parse(readFileSync(join(native.directory, 'pg-symlinks.json'), 'utf8'));
  assert.equal(links(native.directory).length, told.length);
  assert.match(version(complete), /^postgres \(PostgreSQL\) 18\./);
  assert.equal(existsSync(join(parent, 'copies')), false);
});

test('a package that cannot be written is completed in a copy', (t) => {
  if (process.geteuid?.() !== 0) return t.skip('not root here: no other user can be tried');
  const { native, parent } = barePackage(t);
  const own = join(parent, 'own');
  mkdirSync(own);
  execFileSync('chown', [NOBODY, own]);
  const code = `import { hydrateNative } from ${JSON.stringify(join(import.meta.dirname, 'native.ts'))};
    console.log(hydrateNative(${JSON.stringify(native)}, ${JSON.stringify(join(own, 'engine'))}).directory);`;
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath];
  const child = spawnSync('setpriv', [...user, '--input-type=module', '-e', code], { encoding: 'utf8' });
  if (/EACCES|not found|ENOENT/.test(child.stderr ?? '') || child.error) {
    return t.skip('no setpriv here, or no other user can reach this project');
  }
  const directory = child.stdout.trim();
  assert.equal(directory.startsWith(join(own, 'engine')), true, child.stderr);
  assert.match(version({ ...native, directory }), /PostgreSQL/);
  assert.deepEqual(links(native.directory), []);
});

test('a copy can be run by everybody, is used again, and is never one that somebody else could have changed', (t) => {
  const { native, parent } = barePackage(t);
  chmodSync(join(native.directory, 'bin', 'postgres'), 0o700);
  const place = join(parent, 'copies');
  const first = copyNative(native, [join(parent, 'native', 'bin', 'postgres', 'no-directory'), place]);
  assert.equal(first.directory.startsWith(place), true, 'the first place that can be written');
  assert.equal(statSync(join(first.directory, 'bin', 'postgres')).mode & 0o777, 0o755);
  assert.match(version(first), /PostgreSQL/);
  const inode = statSync(first.directory).ino;
  assert.equal(statSync(copyNative(native, [place]).directory).ino, inode);
  chmodSync(first.directory, 0o777);
  const other = copyNative(native, [place]);
  t.after(() => rmSync(join(other.directory, '..'), { recursive: true, force: true }));
  assert.equal(other.directory.startsWith(place), false);
});
