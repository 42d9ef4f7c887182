// A lock between processes on one data directory, given back by the kernel when its holder dies, however it dies.
// Node has no flock: SQLite's exclusive transaction on an empty file is the same thing on every system.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';

const RETRY_MS = 20;
const SQLITE_BUSY = 5;

/**
 * Runs `work` while holding the lock file at `path` (made when absent; nobody else may open that file).
 * Waits up to `waitMs`, then throws 'conflict'. `what` names the thing in the words.
 */
export async function withFileLock<T>(
  options: { path: string; what: string; waitMs: number; world: World },
  work: () => Promise<T>,
): Promise<T> {
  const { clock } = options.world;
  const deadline = clock.monotonic() + options.waitMs;
  makeOnce(options.path, options.what);
  const file = new DatabaseSync(options.path, { timeout: 0 });
  try {
    while (!tryLock(file)) {
      if (clock.monotonic() > deadline) {
        throw new TocsinError(
          'conflict',
          `Cannot lock ${options.what}: another process has held it for ${Math.round(options.waitMs / 1000)} s, want that process to finish or end`,
        );
      }
      await sleep(RETRY_MS);
    }
    return await work();
  } finally {
    file.close();
  }
}

function tryLock(file: DatabaseSync): boolean {
  try {
    // Nothing is ever written, so no journal file is wanted beside it.
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
}

/** Private from the start. An existing file must not be opened here: closing it again would drop held locks. */
function makeOnce(path: string, what: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'EEXIST') return;
    throw new TocsinError(
      'io',
      `Cannot lock ${what}: the system says ${code}, want a directory that can be written`,
      { cause },
    );
  }
}
