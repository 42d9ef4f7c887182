// One process at a time changes what this machine agreed to. The lock is SQLite's own on a file of no content: the
// kernel gives it back when its holder dies, however it dies. Readers need none: every change is in an order that
// they can see at any point (spec/settings.md, section 5).
import { DatabaseSync } from 'node:sqlite';
import { TocsinError } from '../../protocol/errors.ts';
import { makeLockFile } from '../state/home.ts';

const SQLITE_BUSY = 5;

/** Another process needs milliseconds; a person would rather wait than read that it was busy. */
export const CONSENT_LOCK_LIMITS = { waitMs: 5_000 } as const;

/** Runs `work` while no other process does. Throws `conflict` where one is at it for longer than `waitMs`. */
export function withConsentLock<T>(path: string, waitMs: number, work: () => T): T {
  const lock = open(path, waitMs);
  try {
    take(lock);
    return work();
  } finally {
    lock.close();
  }
}

function open(path: string, waitMs: number): DatabaseSync {
  try {
    makeLockFile(path);
    return new DatabaseSync(path, { timeout: waitMs });
  } catch (cause) {
    throw unusable(cause);
  }
}

function take(lock: DatabaseSync): void {
  try {
    // Nothing is written, and so even on a full disk the lock can be taken, once no journal is made for it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    if ((cause as { errcode?: number }).errcode !== SQLITE_BUSY) throw unusable(cause);
    throw new TocsinError(
      'conflict',
      'Cannot change participation: another tocsin on this machine is changing it, want it to end first',
      { cause },
    );
  }
}

function unusable(cause: unknown): TocsinError {
  return new TocsinError(
    'io',
    'Cannot lock the settings: the lock file is not usable, want a writable TOCSIN_HOME',
    { cause },
  );
}
