// Downloads one list file. It has its final name only once its bytes are on disk and hash to that name; what
// broke off stays as `.part` and is gone on with.
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { TocsinError } from '../../protocol/errors.ts';
import type { ListEntry } from '../../protocol/lookup.ts';
import { expectOk } from '../../protocol/problem.ts';
import type { HubChannel } from '../channel/channel.ts';
import { connectionRequest } from '../channel/connection.ts';
import type { Home } from '../state/home.ts';
import { PRIVATE_FILE } from '../state/home.ts';
import { listFile } from './store.ts';

const READ_BYTES = 1 << 20;

export interface FetchFileOptions {
  readonly home: Home;
  readonly channel: Pick<HubChannel, 'download'>;
  readonly entry: ListEntry;
  /** Bytes of this file that are here so far. */
  readonly onBytes: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * On return the file stands under its name, its content is on disk and hashes to it; the name itself is durable
 * after `syncDirectory`. Throws as the channel does, `corrupt` where the bytes are others. A part that does not
 * fit what comes is thrown away and fetched from its start.
 */
export async function fetchFile(options: FetchFileOptions): Promise<void> {
  const path = join(options.home.lists, `${options.entry.digest}.part`);
  const resumed = await fetchPart(path, options);
  if (resumed === 'does-not-fit') {
    rmSync(path, { force: true });
    await fetchPart(path, options);
  }
  renameSync(path, listFile(options.home, options.entry.digest));
}

async function fetchPart(path: string, options: FetchFileOptions): Promise<'whole' | 'does-not-fit'> {
  const file = new PartFile(path, options);
  const from = file.size;
  try {
    if (from < options.entry.bytes) await receive(file, from, options);
    file.check(options.entry);
    return 'whole';
  } catch (error) {
    const misfit = error instanceof TocsinError && (error.code === 'limit' || error.code === 'corrupt');
    if (from > 0 && misfit) return 'does-not-fit';
    throw error;
  } finally {
    file.closeFile();
  }
}

async function receive(file: PartFile, from: number, options: FetchFileOptions): Promise<void> {
  const { channel, entry, signal } = options;
  const outgoing = connectionRequest({
    reason: 'lists',
    method: 'GET',
    path: `/v1/lists/files/${entry.digest}`,
    headers: from > 0 ? { range: `bytes=${from}-` } : {},
  });
  const answer = await channel.download(outgoing, file, {
    maxBytes: entry.bytes - from,
    ...(signal ? { signal } : {}),
  });
  if (from > 0 && answer.status === 416)
    throw new TocsinError(
      'corrupt',
      'Cannot go on with a list: the part here is no part of it, want it anew',
    );
  expectOk(answer);
}

/** A part of a list file on disk, hashed as it grows. */
class PartFile extends Writable {
  readonly #path: string;
  readonly #onBytes: (bytes: number) => void;
  readonly #hash: Hash = createHash('sha256');
  readonly #fd: number;
  size = 0;

  constructor(path: string, { entry, onBytes }: FetchFileOptions) {
    super();
    this.#path = path;
    this.#onBytes = onBytes;
    const old = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#fd = openSync(path, old > 0 && old <= entry.bytes ? 'r+' : 'w+', PRIVATE_FILE);
    this.#takeOld();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    try {
      for (let at = 0; at < chunk.length; )
        at += writeSync(this.#fd, chunk, at, chunk.length - at, this.size + at);
      this.#grow(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** Throws `corrupt`, and removes the part, unless it is the file that the entry names; flushes it to disk. */
  check(entry: ListEntry): void {
    const digest = this.#hash.digest('hex');
    if (this.size === entry.bytes && digest === entry.digest) {
      fsyncSync(this.#fd);
      return;
    }
    rmSync(this.#path, { force: true });
    throw new TocsinError(
      'corrupt',
      `Cannot use the list '${entry.digest.slice(0, 12)}': what came has another digest or size, want what the hub named`,
    );
  }

  closeFile(): void {
    closeSync(this.#fd);
  }

  #takeOld(): void {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (
      let n = readSync(this.#fd, buffer, 0, READ_BYTES, 0);
      n > 0;
      n = readSync(this.#fd, buffer, 0, READ_BYTES, this.size)
    )
      this.#grow(buffer.subarray(0, n));
    ftruncateSync(this.#fd, this.size);
  }

  #grow(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.size += bytes.length;
    this.#onBytes(this.size);
  }
}
