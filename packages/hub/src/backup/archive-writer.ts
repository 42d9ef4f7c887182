// Writes the file of a backup: tar in zstd, header first, manifest last; sizes and digests are taken as it goes.
// The file appears under its name only when it is complete and on disk. Knows no table and no folder.
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { syncDirectory } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BACKUP_LIMITS } from './config.ts';
import { clearLeftovers } from './files.ts';
import type { BackupEntry, BackupHeader, BackupManifest } from './manifest.ts';
import { HEADER_NAME, MANIFEST_NAME, manifestBytes } from './manifest.ts';

export interface WrittenArchive {
  /** Size of the file, and its SHA-256 in hex: who keeps it elsewhere can tell a changed file. */
  readonly bytes: number;
  readonly sha256: string;
}

export class ArchiveWriter {
  readonly entries: BackupEntry[] = [];
  readonly #file: string;
  readonly #half: string;
  readonly #at: Date;
  readonly #pack: Pack;
  readonly #digest: Hash;
  readonly #written: Promise<void>;
  #bytes = 0;

  /** Begins `<file>.part-<suffix>` (0600). Throws 'conflict' where `file` is there. `at` is every entry's time. */
  constructor(file: string, suffix: string, at: Date) {
    refuseExisting(file);
    if (existsSync(dirname(file))) clearLeftovers(dirname(file), `${basename(file)}.part-`);
    this.#file = file;
    this.#half = `${file}.part-${suffix}`;
    this.#at = at;
    this.#pack = pack();
    this.#digest = createHash('sha256');
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#digest.update(chunk);
        this.#bytes += chunk.length;
        done(null, chunk);
      },
    });
    const zstd = createZstdCompress({
      params: {
        [constants.ZSTD_c_compressionLevel]: BACKUP_LIMITS.level,
        [constants.ZSTD_c_checksumFlag]: 1,
      },
    });
    const out = createWriteStream(this.#half, { fd: begin(this.#half), flush: true });
    this.#written = pipeline(this.#pack, zstd, count, out);
    // Awaited in `add` and `finish`; until then a failure must not count as unhandled.
    this.#written.catch(() => {});
  }

  /** One entry of exactly `bytes` bytes; its digest is noted for the manifest. */
  async add(
    name: string,
    bytes: number,
    body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const digest = createHash('sha256');
    const sink = this.#pack.entry({ name, size: bytes, mode: 0o600, mtime: this.#at });
    sink.on('error', () => {});
    for await (const piece of body) {
      digest.update(piece);
      if (!sink.write(piece)) await Promise.race([once(sink, 'drain'), this.#failed()]);
    }
    sink.end(null);
    await Promise.race([once(sink, 'finish'), this.#failed()]);
    this.entries.push({ name, bytes, sha256: digest.digest('hex') });
  }

  /** Writes the header; the first entry. */
  async begin(header: BackupHeader): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(header)}\n`);
    await this.add(HEADER_NAME, bytes.length, [bytes]);
  }

  /** Writes the manifest and gives the file its name; durable on return. */
  async finish(manifest: Omit<BackupManifest, 'entries'>): Promise<WrittenArchive> {
    const bytes = manifestBytes({ ...manifest, entries: [...this.entries] });
    await this.add(MANIFEST_NAME, bytes.length, [bytes]);
    this.#pack.finalize();
    await this.#written;
    refuseExisting(this.#file);
    publish(this.#half, this.#file);
    syncDirectory(dirname(this.#file));
    return { bytes: this.#bytes, sha256: this.#digest.digest('hex') };
  }

  /** Leaves nothing behind; returns why the file could not be written on, or null where that was not the reason. */
  async abort(): Promise<TocsinError | null> {
    const givenUp = new Error('backup was given up');
    this.#pack.destroy(givenUp);
    const why = await this.#written.catch((error: unknown) => error);
    rmSync(this.#half, { force: true });
    return why instanceof Error && 'syscall' in why ? unwritable(basename(this.#file), why) : null;
  }

  /** Rejects when the file cannot be written on; never resolves. */
  async #failed(): Promise<never> {
    await this.#written;
    throw new TocsinError('io', 'Cannot write the backup: its file was closed, want it open');
  }
}

function begin(half: string): number {
  try {
    return openSync(half, 'wx', 0o600);
  } catch (error) {
    throw unwritable(basename(half), error);
  }
}

function unwritable(name: string, cause: unknown): TocsinError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : 'an error';
  return new TocsinError(
    'io',
    `Cannot write the backup '${name}': the system says ${code}, want a writable directory with room`,
    {
      cause,
    },
  );
}

function refuseExisting(file: string): void {
  if (!existsSync(file)) return;
  throw new TocsinError(
    'conflict',
    `Cannot write the backup '${basename(file)}': that file exists, want a new name`,
  );
}

/** A link fails where the name was taken meanwhile, which a rename would not; not every disk has links. */
function publish(half: string, file: string): void {
  try {
    linkSync(half, file);
    rmSync(half);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') refuseExisting(file);
    renameSync(half, file);
  }
}
