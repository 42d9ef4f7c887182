// The machine's inventory and the cache of answers: one sealed record a directory in one SQLite file. Without
// the local key, the file tells neither paths nor digests; a record that does not open is dropped and counted,
// never believed. Losing the cache costs time, not protection.
import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';
import { chmodSync, closeSync, openSync, rmSync } from 'node:fs';
import type { StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import type { Home } from '../client/state/home.ts';
import { PRIVATE_FILE } from '../client/state/home.ts';
import type { LocalKey, LocalKeySource } from '../client/state/local-key.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { openRow, SEALED_ROW, sealRow } from '../client/state/sealed-row.ts';
import { stateFileError } from '../client/state/state-file.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { World } from '../protocol/world.ts';
import type { DirectoryRecord } from './cache-record.ts';
import { packRecord, unpackRecord } from './cache-record.ts';
import { CACHE_LIMITS } from './config.ts';
import type { FilePath } from './file-path.ts';
import { filePath, joinPath, nameOfKey } from './file-path.ts';
import { PathMarks } from './path-marks.ts';

const APPLICATION_ID = 0x546f6373; // 'Tocs'
const SCHEMA_VERSION = 1;

/** What went wrong with the cache since it was opened; none of it stops a scan. */
export interface CacheTrouble {
  /** Records dropped because they did not open, or files put away because they were no database. */
  damaged: number;
  /** Records that could not be written: their directories are hashed again next time. */
  lost: number;
}

/**
 * Opens the cache, making file and key where they are absent. A file that is no database, or whose key is
 * gone, is emptied and counted. Throws `format` for one of a later version, `conflict` where another process
 * holds it, `io` where it cannot be made, and as `openLocalKey` where the key cannot be opened.
 */
export function openCache(
  home: Home,
  world: World,
  localKey: LocalKeySource = lazyLocalKey(home, world),
): ScanCache {
  const { key, fresh } = localKey();
  const { database, damaged } = openOrReset(home.cache);
  const orphans = fresh ? Number(database.prepare('DELETE FROM record').run().changes) : 0;
  return new ScanCache(database, key, world, damaged + orphans);
}

export class ScanCache {
  readonly trouble: CacheTrouble;
  readonly #database: DatabaseSync;
  readonly #world: World;
  readonly #nameKey: KeyObject;
  readonly #sealKey: KeyObject;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #drop: StatementSync;
  /** Waiting to be written, by hex id; null = to be removed. */
  readonly #pending = new Map<string, { id: Uint8Array; sealed: Uint8Array | null }>();
  /** The directories written since the file was opened empty: no other has a record. Null where it held some. */
  readonly #written: PathMarks | null;
  #pendingBytes = 0;
  #pendingSince = 0;
  #nonces: Uint8Array = new Uint8Array(0);

  constructor(database: DatabaseSync, key: LocalKey, world: World, damaged: number) {
    this.trouble = { damaged, lost: 0 };
    this.#database = database;
    this.#world = world;
    this.#nameKey = key.derive('tocsin cache name');
    this.#sealKey = key.derive('tocsin cache seal');
    this.#get = database.prepare('SELECT sealed FROM record WHERE id = ?');
    this.#put = database.prepare('INSERT OR REPLACE INTO record (id, sealed) VALUES (?, ?)');
    this.#drop = database.prepare('DELETE FROM record WHERE id = ?');
    const holdsAny = database.prepare('SELECT 1 FROM record LIMIT 1').get() !== undefined;
    this.#written = holdsAny ? null : new PathMarks();
  }

  /**
   * The record of a directory's part, or null where there is none that opens. One that another process has written
   * may be missed; that costs time only.
   */
  read(directory: FilePath, part: number): DirectoryRecord | null {
    if (this.#written?.mayHave(directory) === false) return null;
    return this.#read(this.#id(directory, part));
  }

  /** Keeps a record. Durable after `flush`, at the latest `CACHE_LIMITS.maxPending*` later by `flushIfDue`. */
  write(directory: FilePath, part: number, record: DirectoryRecord): void {
    const id = this.#id(directory, part);
    this.#written?.add(directory);
    this.#enqueue(id, this.#seal(id, packRecord(record)));
  }

  /** Forgets a directory's part that holds nothing any more. */
  drop(directory: FilePath, part: number): void {
    this.#enqueue(this.#id(directory, part), null);
  }

  /** Forgets a directory and all below it, as far as records lead there. */
  dropTree(directory: FilePath): void {
    const stack: FilePath[] = [directory];
    for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
      const first = this.read(path, 0);
      for (let part = 0; part < (first?.parts ?? 0); part++) {
        const record = part === 0 ? first : this.read(path, part);
        for (const name of record?.directories ?? []) stack.push(joinPath(path, nameOfKey(name)));
        this.drop(path, part);
      }
    }
  }

  /** Every record, for whoever asks where a digest lies: the machine's inventory as of the last scans. */
  *inventory(): Generator<{ readonly directory: FilePath; readonly record: DirectoryRecord }> {
    this.flush();
    for (const row of this.#database.prepare('SELECT id, sealed FROM record').iterate()) {
      const record = this.#open(row['id'] as Uint8Array, row['sealed'] as Uint8Array);
      if (record !== null) yield { directory: filePath(Buffer.from(record.path)), record };
    }
  }

  /** Writes what waits if it is due; call it often. */
  flushIfDue(): void {
    const { maxPendingBytes, maxPendingMs, maxPendingRecords } = CACHE_LIMITS;
    if (this.#pending.size === 0) return;
    const full = this.#pending.size >= maxPendingRecords || this.#pendingBytes >= maxPendingBytes;
    if (full || this.#world.clock.monotonic() - this.#pendingSince >= maxPendingMs) this.flush();
  }

  /** Writes what waits, in one transaction. What cannot be written is counted in `trouble.lost`. */
  flush(): void {
    if (this.#pending.size === 0) return;
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const { id, sealed } of this.#pending.values())
        if (sealed === null) this.#drop.run(id);
        else this.#put.run(id, sealed);
      this.#database.exec('COMMIT');
    } catch {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      this.trouble.lost += this.#pending.size;
    }
    this.#pending.clear();
    this.#pendingBytes = 0;
  }

  /** Writes what waits and closes the file; again is no error. */
  close(): void {
    if (!this.#database.isOpen) return;
    this.flush();
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The id under which a part is kept: an HMAC, so that the file does not tell which paths exist. */
  #id(directory: FilePath, part: number): Buffer {
    const mac = createHmac('sha256', this.#nameKey).update(directory);
    if (part > 0) mac.update(`\0${part}`);
    return mac.digest();
  }

  #read(id: Buffer): DirectoryRecord | null {
    const waiting = this.#pending.get(id.toString('latin1'));
    if (waiting !== undefined) return waiting.sealed === null ? null : this.#open(id, waiting.sealed);
    try {
      const row = this.#get.get(id);
      const record = row === undefined ? null : this.#open(id, row['sealed'] as Uint8Array);
      if (row !== undefined && record === null) this.#enqueue(id, null);
      return record;
    } catch {
      this.trouble.damaged++;
      return null;
    }
  }

  #enqueue(id: Buffer, sealed: Uint8Array | null): void {
    if (this.#pending.size === 0) this.#pendingSince = this.#world.clock.monotonic();
    this.#pending.set(id.toString('latin1'), { id, sealed });
    this.#pendingBytes += sealed?.length ?? 0;
    this.flushIfDue();
  }

  #seal(id: Uint8Array, plain: Buffer): Uint8Array {
    return sealRow(this.#sealKey, id, plain, () => this.#nonce());
  }

  #nonce(): Uint8Array {
    if (this.#nonces.length === 0)
      this.#nonces = this.#world.random(SEALED_ROW.nonce * CACHE_LIMITS.drawnNonces);
    const nonce = this.#nonces.subarray(0, SEALED_ROW.nonce);
    this.#nonces = this.#nonces.subarray(SEALED_ROW.nonce);
    return nonce;
  }

  #open(id: Uint8Array, sealed: Uint8Array): DirectoryRecord | null {
    const plain = openRow(this.#sealKey, id, sealed);
    try {
      if (plain !== null) return unpackRecord(plain);
    } catch {
      // sealed by this key, and yet no record: damaged as the others
    }
    this.trouble.damaged++;
    return null;
  }
}

/** SQLite's codes for a file that is broken (11) or something else altogether (26). */
const BROKEN: ReadonlySet<unknown> = new Set([11, 26]);

function openOrReset(file: string): { database: DatabaseSync; damaged: number } {
  try {
    return { database: openDatabase(file), damaged: 0 };
  } catch (cause) {
    if (cause instanceof TocsinError) throw cause;
    const code = cause instanceof Error && 'errcode' in cause ? cause.errcode : null;
    if (!BROKEN.has(code)) throw stateFileError('the scan cache', 'open', cause);
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return { database: openDatabase(file), damaged: 1 };
  }
}

function openDatabase(file: string): DatabaseSync {
  closeSync(openSync(file, 'a', PRIVATE_FILE)); // SQLite gives its side files the mode of this one
  chmodSync(file, PRIVATE_FILE);
  const database = new DatabaseSync(file, { timeout: CACHE_LIMITS.busyMs });
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version > SCHEMA_VERSION)
      throw new TocsinError(
        'format',
        `Cannot open the scan cache: version ${version}, want ${SCHEMA_VERSION}`,
      );
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    if (version < SCHEMA_VERSION)
      database.exec(`BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS record (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
        PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
