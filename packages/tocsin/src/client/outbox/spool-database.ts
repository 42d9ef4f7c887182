// The file of the outbox. What stands in it is sealed but for numbers, sizes, times and counts.
import { rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { TocsinError } from '../../protocol/errors.ts';
import { isSqliteError, openStateFile, stateFileError, transaction } from '../state/state-file.ts';

const RULES = {
  what: 'the outbox (spool.db in TOCSIN_HOME)',
  applicationId: 0x54435353, // 'TCSS'
  version: 1,
  busyMs: 5_000,
  wal: false,
  pageBytes: 1_024,
} as const;

/**
 * Opens the file. One that is damaged is begun anew, and `damaged` says so: nobody can read what it held. Nothing is
 * sent twice by that: its messages are lost, and the next one begins a new epoch. Throws `format`, `conflict`, `io`.
 */
export function openSpoolDatabase(path: string): {
  readonly database: DatabaseSync;
  readonly damaged: boolean;
} {
  try {
    return { database: open(path), damaged: false };
  } catch (error) {
    if (!(error instanceof TocsinError && error.code === 'corrupt')) throw error;
    removeSpoolDatabase(path);
    return { database: open(path), damaged: true };
  }
}

/**
 * The request to erase; the last number that was given out; the digest of the withdrawal after which nothing is left to
 * erase; when the file was found damaged.
 */
export type MetaName = 'erasure' | 'numbers' | 'settled' | 'damaged';

export function removeSpoolDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

function open(path: string): DatabaseSync {
  const database = openStateFile({ ...RULES, path }, (made) => {
    made.exec(`
      CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE message (epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL,
        sealed BLOB NOT NULL, PRIMARY KEY (epoch, sequence)) STRICT;
      CREATE TABLE count (what TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL, item TEXT NOT NULL,
        n INTEGER NOT NULL, PRIMARY KEY (what, reason, message, item)) STRICT;
      CREATE TABLE once (mark TEXT PRIMARY KEY, day TEXT NOT NULL) STRICT;
      CREATE TABLE today (message TEXT PRIMARY KEY, day TEXT NOT NULL, n INTEGER NOT NULL) STRICT;`);
    return RULES.version;
  });
  database.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
  return database;
}

/** What is kept under a name; null where nothing is. */
export function readMeta(database: DatabaseSync, name: MetaName): string | null {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get(name);
  return row === undefined ? null : String(row['value']);
}

/** Null takes it away. */
export function setMeta(database: DatabaseSync, name: MetaName, value: string | null): void {
  if (value === null) database.prepare('DELETE FROM meta WHERE name = ?').run(name);
  else database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, value);
}

/**
 * Runs `work` in one transaction, durable on return; what it throws undoes it. Nested calls join the outer one. Throws
 * `io`, `conflict`, `corrupt` for what SQLite says, and what `work` throws.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  try {
    return transaction(database, work);
  } catch (cause) {
    throw isSqliteError(cause) ? stateFileError(RULES.what, 'write', cause) : cause;
  }
}
