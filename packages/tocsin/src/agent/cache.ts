// The machine's inventory and the cache of answers: one sealed record a directory in one SQLite file. Without
// the key beside it, the file tells neither paths nor digests; a record that does not open is dropped and
// counted, never believed. Losing the cache costs time, not protection.
import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync } from 'node:crypto';
import { chmodSync, closeSync, linkSync, openSync, rmSync } from 'node:fs';
import type { StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';
import type { Home } from '../client/home.ts';
import { PRIVATE_FILE, readSmallFile, writeFileDurable } from '../client/home.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { World } from '../protocol/world.ts';
import type { DirectoryRecord } from './cache-record.ts';
import { packRecord, unpackRecord } from './cache-record.ts';
import { CACHE_LIMITS } from './config.ts';
import type { FilePath } from './file-path.ts';
import { filePath, joinPath, nameOfKey } from './file-path.ts';
import { errorCode } from './walk.ts';

const APPLICATION_ID = 0x546f6373; // 'Tocs'
const SCHEMA_VERSION = 1;
const KEY_BYTES = 32;
const NONCE = 12;
const TAG = 16;

/** What went wrong with the cache since it was opened; none of it stops a scan. */
export interface CacheTrouble {
  /** Records dropped because they did not open, or files put away because they were no database. */
  damaged: number;
  /** Records that could not be written: their directories are hashed again next time. */
  lost: number;
}

export type CachePlace = Pick<Home, 'cache' | 'cacheKey'>;

/**
 * Opens the cache, making file and key where they are absent. A file that is no database, or whose key is
 * gone, is emptied and counted. Throws `format` for one of a later version, `conflict` where another process
 * holds it, `io` where it cannot be made.
 */
export function openCache(place: CachePlace, world: World): ScanCache {
  const { key, fresh } = loadKey(place.cacheKey, world);
  const { database, damaged } = openOrReset(place.cache);
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
  #pendingBytes = 0;
  #pendingSince = 0;

  constructor(database: DatabaseSync, key: Uint8Array, world: World, damaged: number) {
    this.trouble = { damaged, lost: 0 };
    this.#database = database;
    this.#world = world;
    this.#nameKey = derive(key, 'tocsin cache name');
    this.#sealKey = derive(key, 'tocsin cache seal');
    this.#get = database.prepare('SELECT sealed FROM record WHERE id = ?');
    this.#put = database.prepare('INSERT OR REPLACE INTO record (id, sealed) VALUES (?, ?)');
    this.#drop = database.prepare('DELETE FROM record WHERE id = ?');
  }

  /** The record of a directory's part, or null where there is none that opens. */
  read(directory: FilePath, part: number): DirectoryRecord | null {
    return this.#read(this.#id(directory, part));
  }

  /** Keeps a record. Durable after `flush`, at the latest `CACHE_LIMITS.maxPending*` later by `flushIfDue`. */
  write(directory: FilePath, part: number, record: DirectoryRecord): void {
    const id = this.#id(directory, part);
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

  /** nonce (12) || tag (16) || ciphertext; the id is authenticated with it, so that records cannot be swapped. */
  #seal(id: Uint8Array, plain: Buffer): Uint8Array {
    const nonce = this.#world.random(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce).setAAD(id);
    const body = cipher.update(plain);
    cipher.final();
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  #open(id: Uint8Array, sealed: Uint8Array): DirectoryRecord | null {
    try {
      const nonce = sealed.subarray(0, NONCE);
      const options = { authTagLength: TAG };
      const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, nonce, options).setAAD(id);
      decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
      const plain = decipher.update(sealed.subarray(NONCE + TAG));
      decipher.final();
      return unpackRecord(plain);
    } catch {
      this.trouble.damaged++;
      return null;
    }
  }
}

/** As a key object: raw bytes would be made one at each use, which costs more than the use. */
function derive(key: Uint8Array, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)));
}

/** SQLite's codes for a file that is broken (11) or something else altogether (26). */
const BROKEN: ReadonlySet<unknown> = new Set([11, 26]);

function openOrReset(file: string): { database: DatabaseSync; damaged: number } {
  try {
    return { database: openDatabase(file), damaged: 0 };
  } catch (cause) {
    if (cause instanceof TocsinError) throw cause;
    const code = cause instanceof Error && 'errcode' in cause ? cause.errcode : null;
    if (!BROKEN.has(code)) throw notOpened(code, cause);
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    return { database: openDatabase(file), damaged: 1 };
  }
}

function notOpened(code: unknown, cause: unknown): TocsinError {
  if (code === 5 || code === 6)
    return new TocsinError('conflict', 'Cannot open the scan cache: another process holds it, want it free', {
      cause,
    });
  return new TocsinError('io', `Cannot open the scan cache: SQLite error ${code}, want a writable disk`, {
    cause,
  });
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

/** The cache's key: made once, complete or absent at any moment, also with two processes at the start. */
function loadKey(file: string, world: World): { key: Uint8Array; fresh: boolean } {
  const found = readSmallFile(file, 4096);
  if (found?.length === KEY_BYTES) return { key: found, fresh: false };
  if (found !== null) rmSync(file, { force: true });
  const temporary = `${file}.${process.pid}.new`;
  let fresh = true;
  writeFileDurable(temporary, world.random(KEY_BYTES));
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    fresh = false;
  } finally {
    rmSync(temporary, { force: true });
  }
  const key = readSmallFile(file, 4096);
  if (key?.length === KEY_BYTES) return { key, fresh };
  throw new TocsinError('io', 'Cannot read the key of the scan cache: it is not whole, want 32 bytes');
}
