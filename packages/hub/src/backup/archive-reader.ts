// Reads the file of a backup and believes nothing: names, order and sizes are checked as entries come, digests
// against the manifest at the end. Whoever acts on an entry before the end must be able to undo it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { BACKUP_LIMITS } from './config.ts';
import {
  type BackupEntry,
  type BackupHeader,
  type BackupManifest,
  damaged,
  type EntryPlace,
  noBackup,
  parseHeader,
  parseManifest,
  placeOf,
} from './manifest.ts';

export type DataPlace = Extract<EntryPlace, { kind: 'rows' | 'file' }>;

interface Entry extends AsyncIterable<unknown> {
  readonly header: Header;
}

/** Sees each entry of data in turn, and reads its body to the end. */
export type Visit = (place: DataPlace, body: AsyncIterable<Buffer>) => Promise<void>;

export interface ReadArchive {
  readonly header: BackupHeader;
  readonly manifest: BackupManifest;
  /** Bytes of all entries, unpacked. */
  readonly bytes: number;
}

/**
 * Reads the whole file. Throws 'not-found', 'io', 'format' (no backup, or one of a newer release) or 'corrupt' (cut
 * off, changed, added to); errors of `visit` pass unchanged. Resolves only when every digest holds. Damage that
 * reaches nothing of what is restored (zstd's own checksum, padding, bytes after the end) may pass.
 */
export async function readArchive(file: string, visit: Visit | null): Promise<ReadArchive> {
  const reading = new Reading(visit);
  const unpacked = extract();
  const [unpacking, result] = await Promise.allSettled([
    pipeline(createReadStream(file), createZstdDecompress(), unpacked),
    reading.run(unpacked),
  ]);
  if (reading.visitFailure !== null) throw reading.visitFailure;
  // What the reader found says more than the pipeline's "closed early".
  if (result.status === 'rejected' && result.reason instanceof TocsinError) throw result.reason;
  if (unpacking.status === 'rejected') throw reading.explain(unpacking.reason, basename(file));
  if (result.status === 'rejected') throw reading.explain(result.reason, basename(file));
  return result.value;
}

class Reading {
  /** What `visit` threw: not a fault of the file. */
  visitFailure: unknown = null;
  readonly #visit: Visit;
  readonly #seen: BackupEntry[] = [];
  readonly #names = new Set<string>();
  #header: BackupHeader | null = null;
  #manifest: BackupManifest | null = null;
  #bytes = 0;

  constructor(visit: Visit | null) {
    this.#visit = visit ?? readThrough;
  }

  async run(entries: AsyncIterable<Entry>): Promise<ReadArchive> {
    for await (const entry of entries) await this.#take(entry);
    const header = this.#header;
    const manifest = this.#manifest;
    if (header === null) throw noBackup();
    if (manifest === null) throw damaged('its end is missing');
    compare(this.#seen, manifest.entries);
    return { header, manifest, bytes: this.#bytes };
  }

  /** The error for what a stream threw. */
  explain(error: unknown, name: string): TocsinError {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') {
      return new TocsinError(
        'not-found',
        `Cannot read the backup '${name}': there is no such file, want one made by "tocsin-hub backup"`,
      );
    }
    if (/^E[A-Z]+$/.test(code)) {
      return new TocsinError(
        'io',
        `Cannot read the backup '${name}': the system says ${code}, want a readable file`,
        { cause: error },
      );
    }
    const isZstd = /^Z/.test(code) && code !== 'ZSTD_error_prefix_unknown';
    if (this.#header === null && !isZstd) return noBackup();
    return damaged(`it is cut off or changed (${errorWords(error)})`);
  }

  async #take(entry: Entry): Promise<void> {
    const { name, type, size } = entry.header;
    const place = placeOf(name);
    if (this.#header === null && place?.kind !== 'header') throw noBackup();
    if (this.#manifest !== null) throw damaged('something follows its manifest');
    if (place === null || type !== 'file') throw damaged('it holds an entry that no backup has');
    if (this.#names.has(name)) throw damaged('it holds an entry twice');
    if (this.#names.size >= BACKUP_LIMITS.entries) throw damaged('it holds too many entries');
    this.#names.add(name);
    switch (place.kind) {
      case 'header':
        this.#header = parseHeader(await this.#whole(entry, size, BACKUP_LIMITS.headerBytes));
        return;
      case 'manifest':
        this.#manifest = parseManifest(
          await whole(entry, size, BACKUP_LIMITS.manifestBytes),
          this.#header?.version ?? 0,
        );
        return;
      default:
        await this.#data(entry, place);
    }
  }

  async #whole(entry: Entry, size: number, limit: number): Promise<Buffer> {
    const bytes = await whole(entry, size, limit);
    this.#note(entry.header.name, bytes.length, createHash('sha256').update(bytes).digest('hex'));
    return bytes;
  }

  async #data(entry: Entry, place: DataPlace): Promise<void> {
    const digest = createHash('sha256');
    let bytes = 0;
    let readFailed = false;
    const body = async function* (): AsyncGenerator<Buffer> {
      try {
        for await (const piece of piecesOf(entry)) {
          digest.update(piece);
          bytes += piece.length;
          yield piece;
        }
      } catch (error) {
        readFailed = true;
        throw error;
      }
    };
    try {
      await this.#visit(place, body());
    } catch (error) {
      if (!readFailed) this.visitFailure = error;
      throw error;
    }
    this.#note(entry.header.name, bytes, digest.digest('hex'));
  }

  #note(name: string, bytes: number, sha256: string): void {
    this.#seen.push({ name, bytes, sha256 });
    this.#bytes += bytes;
  }
}

async function* piecesOf(entry: Entry): AsyncGenerator<Buffer> {
  for await (const piece of entry) {
    if (!Buffer.isBuffer(piece)) throw new TypeError('a tar stream gives buffers');
    yield piece;
  }
}

async function readThrough(_place: DataPlace, body: AsyncIterable<Buffer>): Promise<void> {
  for await (const _piece of body) {
    // Its digest is all that is wanted.
  }
}

async function whole(entry: Entry, size: number, limit: number): Promise<Buffer> {
  if (size > limit) throw damaged('its header or manifest is too large');
  const pieces: Buffer[] = [];
  for await (const piece of piecesOf(entry)) pieces.push(piece);
  return Buffer.concat(pieces);
}

function compare(seen: readonly BackupEntry[], told: readonly BackupEntry[]): void {
  if (seen.length !== told.length)
    throw damaged(`it holds ${seen.length} entries, its manifest tells of ${told.length}`);
  for (const [index, entry] of seen.entries()) {
    const other = told[index];
    const same = other?.name === entry.name && other.bytes === entry.bytes && other.sha256 === entry.sha256;
    if (!same) throw damaged(`'${entry.name}' is not what its manifest says`);
  }
}
