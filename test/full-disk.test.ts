// A machine whose disk is full, or read-only: what its owner denied stays denied, and a no is a no. On a small file
// system of our own, in a mount namespace.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROGRAM } from '../packages/tocsin/src/cli/run-fixture.ts';
import { ended, Place } from './support/processes.ts';

const ENTER = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])] as const;
const MOUNT = 'mount -t tmpfs -o size=24m tmpfs "$HOME_DISK"';
const canMount =
  spawnSync(ENTER[0], [...ENTER.slice(1), 'sh', '-c', MOUNT], { env: { ...process.env, HOME_DISK: '/mnt' } })
    .status === 0;

if (process.env['HOME_DISK'] !== undefined) scenes(process.env['HOME_DISK']);
else if (canMount)
  test('a machine on a disk of its own, in a mount namespace', async () => {
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const place = new Place();
    const disk = join(place.directory, 'disk');
    mkdirSync(disk);
    try {
      const script = `${MOUNT} && exec "$0" --test "$1"`;
      const words = [...ENTER.slice(1), 'sh', '-c', script, process.execPath, import.meta.filename];
      const child = spawn(ENTER[0], words, {
        env: { ...env, HOME_DISK: disk },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const { status, stdout, stderr } = await ended(child);
      assert.equal(status, 0, `${stdout}${stderr}`);
    } finally {
      rmSync(place.directory, { recursive: true });
    }
  });
else
  test('a machine on a disk of its own', {
    skip: 'no file system can be mounted here (unshare --mount)',
  }, () => {});

function scenes(disk: string): void {
  test('on a full disk a deny counts, and a no is kept and told to the hub later', async () => {
    const place = new Place(join(disk, 'agent'));
    try {
      const { url } = await place.serve();
      await place.join(url);
      const { stdout } = await place.tocsin(['statement']);
      const sha256 = /([0-9a-f]{64})\s*$/.exec(stdout)![1]!;
      const on = await place.tocsin(['participation', 'standard', '--accept', sha256]);
      assert.equal(on.status, 0, on.stderr);
      const file = join(place.directory, 'denied');
      copyFileSync(PROGRAM, file);
      assert.equal((await place.tocsin(['override', 'deny', file])).status, 0);
      assert.equal((await place.tocsin(['scan', file])).status, 1);

      fill(disk);
      const scan = await place.tocsin(['scan', file]);
      assert.equal(scan.status, 1, `${scan.stdout}${scan.stderr}`);
      assert.match(scan.stdout, /your own override/);
      const other = await place.tocsin(['override', 'deny', PROGRAM]);
      assert.equal(other.status, 2);
      assert.match(
        other.stderr,
        /^tocsin: Cannot write the overrides .*: the disk is full, want free space$/m,
      );

      const off = await place.tocsin(['participation', 'off']);
      const state = await place.tocsin(['participation']);
      assert.match(state.stdout, /^Participation is off: /, off.stderr);
      if (off.status !== 0) assert.match(off.stderr, /nothing leaves from now on/);

      rmSync(join(disk, 'filler'));
      if (off.status !== 0) assert.equal((await place.tocsin(['participation', 'off'])).status, 0);
      assert.equal((await place.tocsin(['sync'])).status, 0);
      const after = await place.tocsin(['participation', 'history']);
      assert.match(after.stdout, /participation off .*countersigned/);
      assert.doesNotMatch((await place.tocsin(['participation'])).stdout, /has not confirmed/);

      remount(disk, 'ro');
      assert.equal((await place.tocsin(['scan', file])).status, 1, 'nor does a read-only disk take it back');
      const clear = await place.tocsin(['override', 'clear', file]);
      assert.match(clear.stderr, /the disk is read-only, want one that can be written$/m);
      remount(disk, 'rw');
    } finally {
      await place.remove();
    }
  });
}

/** To the last byte. */
function fill(disk: string): void {
  const path = join(disk, 'filler');
  const block = Buffer.alloc(4096);
  try {
    for (;;) appendFileSync(path, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  assert.ok(existsSync(path));
}

function remount(disk: string, mode: 'ro' | 'rw'): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${mode}`, disk], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
