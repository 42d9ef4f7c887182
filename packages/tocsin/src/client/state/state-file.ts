// Opens a SQLite file of local state: made for its owner alone, known by its magic, moved forward to the newest
// version; and turns what SQLite says into our words. Must not know what stands in the tables.
import { chmodSync, closeSync, constants, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import { systemState } from '../../protocol/system-errors.ts';
import { PRIVATE_FILE } from './home.ts';

export const STATE_FILE_LIMITS = {
  /** Waiting for a lock that SQLite itself does not wait for: so often, with this pause. */
  turns: 100,
  pauseMs: 20,
} as const;

export interface StateFileRules {
  readonly path: string;
  /** For words: `the overrides (state.db in TOCSIN_HOME)`. */
  readonly what: string;
  /** SQLite's `application_id`: the magic of the file. */
  readonly applicationId: number;
  /** Newest `user_version` that this program knows. */
  readonly version: number;
  readonly busyMs: number;
  /**
   * Whether it works with a write-ahead log, for what is written all the time. Without, reading makes no side file,
   * so that a full or read-only disk still gives what it holds.
   */
  readonly wal: boolean;
  /** Size of a page in bytes; small for a file that must find room on a full disk. SQLite's own where not given. */
  readonly pageBytes?: number;
}

const TOUCH = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;

/**
 * Opens the file, making it (0600) where it is absent. `migrate` runs inside one transaction where the file is older
 * than `rules.version`; `from` is 0 for a new one, and it returns the version that was reached. Throws `corrupt` for
 * what is no such file, `format` for one of a later version, `conflict`, `io`, and what `migrate` throws.
 */
export function openStateFile(
  rules: StateFileRules,
  migrate: (database: DatabaseSync, from: number) => number,
): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    closeSync(openSync(rules.path, TOUCH, PRIVATE_FILE)); // SQLite gives its side files the mode of this one
    chmodSync(rules.path, PRIVATE_FILE);
    database = new DatabaseSync(rules.path, { timeout: rules.busyMs });
    if (versionOf(database, rules) < rules.version) {
      // What a later step frees must not stay to be read.
      database.exec('PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY');
    }
    if (rules.pageBytes !== undefined) database.exec(`PRAGMA page_size = ${rules.pageBytes}`);
    if (rules.wal) useWal(database);
    forward(database, rules, migrate);
    return database;
  } catch (cause) {
    database?.close();
    throw stateFileError(rules.what, 'read', cause);
  }
}

/**
 * Opens a file of the newest version and writes nothing at all, not even where a lock would be noted; null where it
 * is absent or has to be moved forward first. Throws as `openStateFile`.
 */
export function openStateFileToRead(rules: StateFileRules): DatabaseSync | null {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(rules.path, { readOnly: true, timeout: rules.busyMs });
    if (versionOf(database, rules) === rules.version) return database;
    database.close();
    return null;
  } catch (cause) {
    database?.close();
    if (UNFINISHED.includes(primaryCode(cause) ?? 0)) return null;
    throw stateFileError(rules.what, 'read', cause);
  }
}

/** SQLITE_READONLY, SQLITE_CANTOPEN: absent, or a killed writer's change is to be taken back first. */
const UNFINISHED: readonly number[] = [8, 14];

/** Runs `work` in a transaction that starts as a writer; nothing of it stands where it throws. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const done = work();
    database.exec('COMMIT');
    return done;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** SQLite's answer in our words: `corrupt`, `conflict` (another process holds it), else `io`. Ours pass as they are. */
export function stateFileError(what: string, verb: string, cause: unknown): TocsinError {
  if (cause instanceof TocsinError) return cause;
  // A number that no row of ours can have.
  if ((cause as NodeJS.ErrnoException | null)?.code === 'ERR_OUT_OF_RANGE')
    return damagedFile(what, verb, 'the file is damaged', cause);
  switch (primaryCode(cause)) {
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
    case 1: // SQLITE_ERROR: our own statements are right, so the tables are not
      return damagedFile(what, verb, 'the file is damaged', cause);
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
      return new TocsinError('conflict', `Cannot ${verb} ${what}: another process holds it, want it free`, {
        cause,
      });
    case 8: // SQLITE_READONLY
      return new TocsinError('io', `Cannot ${verb} ${what}: ${systemState('EROFS')}`, { cause });
    case 10: // SQLITE_IOERR: with SQLite's side files, a full disk too
      return new TocsinError('io', `Cannot ${verb} ${what}: the disk failed or is full, want free space`, {
        cause,
      });
    case 13: // SQLITE_FULL
      return new TocsinError('io', `Cannot ${verb} ${what}: ${systemState('ENOSPC')}`, { cause });
    default:
      return new TocsinError('io', `Cannot ${verb} ${what}: ${systemCode(cause) ?? otherWords(cause)}`, {
        cause,
      });
  }
}

export function damagedFile(what: string, verb: string, state: string, cause?: unknown): TocsinError {
  return new TocsinError('corrupt', `Cannot ${verb} ${what}: ${state}, want the file that tocsin wrote`, {
    cause,
  });
}

function forward(
  database: DatabaseSync,
  rules: StateFileRules,
  migrate: (database: DatabaseSync, from: number) => number,
): void {
  if (versionOf(database, rules) === rules.version) return;
  transaction(database, () => {
    const from = versionOf(database, rules); // another process may have been faster
    if (from === rules.version) return;
    const reached = migrate(database, from);
    database.exec(
      `PRAGMA application_id = ${rules.applicationId}; PRAGMA user_version = ${Math.floor(reached)}`,
    );
  });
}

function versionOf(database: DatabaseSync, { applicationId, version, what }: StateFileRules): number {
  const id = pragma(database, 'application_id');
  const found = pragma(database, 'user_version');
  if (id === 0 && found === 0 && isEmpty(database)) return 0;
  if (id !== applicationId) throw damagedFile(what, 'read', 'it is a database of another program');
  if (found < 1) throw damagedFile(what, 'read', 'its version is none');
  if (found > version)
    throw new TocsinError(
      'format',
      `Cannot read ${what}: its format is version ${found}, want ${version} at most (written by a newer tocsin)`,
    );
  return found;
}

/** SQLite does not always wait for the lock that this takes. */
function useWal(database: DatabaseSync): void {
  for (let turn = 1; ; turn++)
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (primaryCode(error) !== 5 || turn >= STATE_FILE_LIMITS.turns) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STATE_FILE_LIMITS.pauseMs);
    }
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** True for what SQLite itself threw. */
export function isSqliteError(error: unknown): boolean {
  return primaryCode(error) !== null;
}

/** SQLite's code without what it adds in the higher bits; null for what is none of SQLite's. */
function primaryCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : null;
}

/** Node's words for a system error hold the path: its code does not. */
function systemCode(error: unknown): string | null {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  return typeof code === 'string' && typeof syscall === 'string' ? systemState(code) : null;
}

function otherWords(error: unknown): string {
  return `${errorWords(error)}, want a file that this user may write`;
}
