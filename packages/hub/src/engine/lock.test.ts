import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { withFileLock } from './lock.ts';

function lockOf(t: TestContext, waitMs = 5_000) {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return { path: join(directory, 'lock'), what: 'the thing', waitMs, world: systemWorld };
}

test('only one of many holds the lock at a time, and each gets it', async (t) => {
  const lock = lockOf(t);
  let inside = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    assert.equal(inside, 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    inside -= 1;
    done += 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withFileLock(lock, work)));
  assert.equal(done, 8);
});

test('a lock that is held too long is refused with words, and free again after an error inside', async (t) => {
  const lock = lockOf(t, 0);
  await withFileLock(lock, async () => {
    assert.deepEqual(readdirSync(dirname(lock.path)), ['lock']);
    await assert.rejects(
      withFileLock(lock, async () => {}),
      { code: 'conflict', message: /^Cannot lock the thing: another process has held it/ },
    );
  });
  await assert.rejects(
    withFileLock(lock, async () => {
      throw new Error('inside');
    }),
    /inside/,
  );
  assert.equal(await withFileLock(lock, async () => 'free'), 'free');
});

test('a directory that is gone is an error of ours', async (t) => {
  const lock = lockOf(t);
  const absent = { ...lock, path: join(lock.path, 'absent') };
  await assert.rejects(
    withFileLock(absent, async () => {}),
    { code: 'io', message: /^Cannot lock the thing: the system says ENOENT/ },
  );
});

test('the kernel gives a killed holder’s lock back', async (t) => {
  const lock = lockOf(t);
  const code = `const { withFileLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
    const { systemWorld } = await import('tocsin/protocol/world.ts');
    await withFileLock({ ...${JSON.stringify({ ...lock, world: undefined })}, world: systemWorld }, async () => {
      console.log('held');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: import.meta.dirname });
  await once(child.stdout, 'data');
  await assert.rejects(
    withFileLock({ ...lock, waitMs: 0 }, async () => {}),
    { code: 'conflict' },
  );
  child.kill('SIGKILL');
  assert.equal(await withFileLock(lock, async () => 'mine'), 'mine');
});
