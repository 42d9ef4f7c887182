// The original lines of a bulk import, so that every verdict can show where it came from.
// Lines come in rising order, are packed into zstd blocks, and one is found again by its number.
//
//   magic (8) │ block │ block │ …  │ index: (first line u32, offset u48, size u32) a block │ trailer (20)
//   a block is zstd of: (line u32 LE, length u32 LE, bytes) …
//
// Written to a temporary name first; must not be read before `finish` returned.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { onFile, writeWhole } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';

/** A block unpacks to at most `blockBytes` and one line; a longer line is kept cut. */
export const LINE_STORE = {
  blockBytes: 128 * 1024,
  maxLineBytes: 64 * 1024,
  zstd: { params: { [constants.ZSTD_c_compressionLevel]: 1 } },
} as const;

const MAGIC = Buffer.from('TOCLIN1\n');
const INDEX_ROW = 14;
const TRAILER = 20;

export interface OriginalLine {
  readonly line: number;
  readonly text: string;
}

export class LineStoreWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #fd: number;
  readonly #hash = createHash('sha256');
  readonly #block = Buffer.allocUnsafe(LINE_STORE.blockBytes + LINE_STORE.maxLineBytes + 8);
  readonly #index: { first: number; offset: number; size: number }[] = [];
  #open = true;
  #used = 0;
  #first = 0;
  #last = 0;
  #offset = MAGIC.length;

  /** Throws `io` or `not-found` where the file cannot be made; so do `add` and `finish` where the disk refuses. */
  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.part`;
    this.#fd = onFile('write', path, () => openSync(this.#temporary, 'w', 0o600));
    this.#write(MAGIC);
  }

  /** Keeps `bytes[start..end)` as line `line`; a line number at or below the last one is passed over. */
  add(line: number, bytes: Uint8Array, start: number, end: number): void {
    if (line <= this.#last) return;
    this.#last = line;
    if (this.#used === 0) this.#first = line;
    const length = Math.min(end - start, LINE_STORE.maxLineBytes);
    this.#block.writeUInt32LE(line, this.#used);
    this.#block.writeUInt32LE(length, this.#used + 4);
    this.#block.set(bytes.subarray(start, start + length), this.#used + 8);
    this.#used += 8 + length;
    if (this.#used >= LINE_STORE.blockBytes) this.#flush();
  }

  /** Durable under its name on return; gives the SHA-256 of the file, hex. */
  finish(): string {
    this.#flush();
    const index = Buffer.alloc(this.#index.length * INDEX_ROW);
    for (const [i, row] of this.#index.entries()) {
      index.writeUInt32LE(row.first, i * INDEX_ROW);
      index.writeUIntLE(row.offset, i * INDEX_ROW + 4, 6);
      index.writeUInt32LE(row.size, i * INDEX_ROW + 10);
    }
    const trailer = Buffer.alloc(TRAILER);
    trailer.writeUIntLE(this.#offset, 0, 6);
    trailer.writeUInt32LE(this.#index.length, 8);
    trailer.writeUInt32LE(crc32(index), 12);
    trailer.write('TLN1', 16, 'latin1');
    this.#write(index);
    this.#write(trailer);
    onFile('write', this.#path, () => fsyncSync(this.#fd));
    this.#close();
    onFile('write', this.#path, () => renameSync(this.#temporary, this.#path));
    return this.#hash.digest('hex');
  }

  /** Nothing is left of what was not finished. Calling it after `finish`, or twice, does nothing. */
  abort(): void {
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }

  #write(bytes: Uint8Array): void {
    writeWhole(this.#fd, bytes, this.#path);
    this.#hash.update(bytes);
  }

  #flush(): void {
    if (this.#used === 0) return;
    const packed = zstdCompressSync(this.#block.subarray(0, this.#used), LINE_STORE.zstd);
    this.#write(packed);
    this.#index.push({ first: this.#first, offset: this.#offset, size: packed.length });
    this.#offset += packed.length;
    this.#used = 0;
  }
}

export class LineStoreReader {
  readonly #fd: number;
  readonly #index: Buffer;

  /** Throws `corrupt` for anything but a finished line store, `not-found` or `io` where it cannot be opened. */
  constructor(path: string) {
    this.#fd = onFile('read', path, () => openSync(path, 'r'));
    try {
      this.#index = readIndex(this.#fd);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** The text of one line, or null where that line was no data row. */
  find(line: number): string | null {
    let low = 0;
    let high = this.#index.length / INDEX_ROW - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#index.readUInt32LE(middle * INDEX_ROW) <= line) low = middle;
      else high = middle - 1;
    }
    for (const found of this.#blockLines(low)) if (found.line === line) return found.text;
    return null;
  }

  /** All lines in order. */
  *lines(): Generator<OriginalLine> {
    for (let i = 0; i < this.#index.length / INDEX_ROW; i++) yield* this.#blockLines(i);
  }

  close(): void {
    closeSync(this.#fd);
  }

  *#blockLines(i: number): Generator<OriginalLine> {
    if (i * INDEX_ROW >= this.#index.length) return;
    const packed = Buffer.alloc(this.#index.readUInt32LE(i * INDEX_ROW + 10));
    readSync(this.#fd, packed, 0, packed.length, this.#index.readUIntLE(i * INDEX_ROW + 4, 6));
    const block = unpack(packed);
    for (let at = 0; at + 8 <= block.length; ) {
      const end = at + 8 + block.readUInt32LE(at + 4);
      yield { line: block.readUInt32LE(at), text: block.toString('utf8', at + 8, end) };
      at = end;
    }
  }
}

function unpack(packed: Buffer): Buffer {
  try {
    const maxOutputLength = LINE_STORE.blockBytes + LINE_STORE.maxLineBytes + 8;
    return zstdDecompressSync(packed, { maxOutputLength });
  } catch (cause) {
    throw new TocsinError('corrupt', 'Cannot read the original lines: a block does not unpack', { cause });
  }
}

function readIndex(fd: number): Buffer {
  const { size } = fstatSync(fd);
  const trailer = Buffer.alloc(TRAILER);
  if (size >= MAGIC.length + TRAILER) readSync(fd, trailer, 0, TRAILER, size - TRAILER);
  const offset = trailer.readUIntLE(0, 6);
  const index = Buffer.alloc(Math.min(trailer.readUInt32LE(8) * INDEX_ROW, size));
  const whole = offset + index.length + TRAILER === size && trailer.toString('latin1', 16) === 'TLN1';
  if (whole) readSync(fd, index, 0, index.length, offset);
  if (!whole || crc32(index) !== trailer.readUInt32LE(12))
    throw new TocsinError('corrupt', 'Cannot read the original lines: the file is cut short or altered');
  return index;
}
