// One process at a time changes the lists of a machine. The lock is SQLite's own on a file of no content: the
// kernel gives it back when its holder dies, however it dies.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TocsinError } from '../../protocol/errors.ts';
import type { Home } from '../state/home.ts';
import { makeLockFile } from '../state/home.ts';

const SQLITE_BUSY = 5;

/** Runs `work` while no other process does; throws `conflict` at once where one is at it. */
export async function withListLock<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const path = join(home.lists, 'lock.db');
  makeLockFile(path);
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    take(lock);
    return await work();
  } finally {
    lock.close();
  }
}

function take(lock: DatabaseSync): void {
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY)
      throw new TocsinError(
        'conflict',
        'Cannot fetch the lists: another tocsin on this machine is fetching them, want it to end first',
        { cause },
      );
    throw new TocsinError(
      'io',
      'Cannot lock the lists: the lock file is not usable, want a writable TOCSIN_HOME',
      { cause },
    );
  }
}
