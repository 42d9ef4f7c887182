// Writes a segment in one pass from keys in ascending order (spec/segment.md). Knows nothing of sorting; the same
// rows and classes give the same bytes, whatever the numbers and the order of the classes handed in.
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import { createPart, onFile, syncDirectory, writeWhole } from './files.ts';
import { compareKeys } from './keys.ts';
import type { SegmentFile } from './segment-format.ts';
import {
  corrupt,
  ENTRY_TAIL_BYTES,
  encodeHeader,
  encodeTrailer,
  encodeTrailerEnd,
  INDEX_ROW_BYTES,
  layOut,
  PAGE_ENTRIES,
  SEGMENT_LIMITS,
  segmentFileName,
} from './segment-format.ts';
import type { ClassLines } from './used-classes.ts';
import { overLimit, refused, UsedClasses } from './used-classes.ts';

export type { SegmentFile } from './segment-format.ts';

export interface SegmentWriterOptions {
  /** Where the file is written and in the end stands. */
  readonly directory: string;
  readonly kind: KeyKind;
  /** Read at the first use of each index; an array may grow while the writer is at work. */
  readonly classes: readonly ClassRecord[] | ClassLines;
  /** The only digest under which `finish` gives the file its name; with another one it throws `corrupt`. */
  readonly digest?: string;
}

export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #keyBytes: number;
  readonly #pageBytes: number;
  readonly #path: string;
  readonly #hash: Hash = createHash('sha256');
  readonly #structure: Hash = createHash('sha256');
  readonly #buffer: Buffer;
  readonly #view: DataView;
  readonly #classes: UsedClasses;
  #fd: number;
  #used = 0;
  /** Where in the buffer the entry before stands; it outlives a flush. */
  #previous = -1;
  #rows = 0;
  #index = Buffer.alloc(64 * INDEX_ROW_BYTES);
  #indexUsed = 0;

  /** Throws `not-found` or `io` where no file can be created in the directory. */
  constructor(options: SegmentWriterOptions) {
    this.#options = options;
    this.#keyBytes = KEY_KINDS[options.kind].bytes;
    this.#pageBytes = (this.#keyBytes + ENTRY_TAIL_BYTES) * PAGE_ENTRIES;
    const pages = Math.max(1, Math.floor(SEGMENT_LIMITS.bufferBytes / this.#pageBytes));
    this.#buffer = Buffer.allocUnsafeSlow(pages * this.#pageBytes);
    this.#view = new DataView(this.#buffer.buffer);
    this.#classes = new UsedClasses(options.classes);
    const { fd, path } = createPart(options.directory);
    this.#fd = fd;
    this.#path = path;
    const header = encodeHeader(options.kind);
    this.#structure.update(header);
    this.#orAbort(() => this.#write(header));
  }

  /**
   * Adds the key that stands in `key` at `offset`. Throws `input` unless keys strictly ascend, the class exists and
   * the line is a u32 (0 = none). Throws `limit` past `maxRows` and `io` when the disk refuses, and then the writer is
   * aborted.
   */
  add(key: Uint8Array, classIndex: number, line: number, offset = 0): void {
    if (this.#fd < 0) throw new TypeError('segment writer is already finished or aborted');
    const size = this.#keyBytes;
    if (offset + size > key.length) throw refused('a key is too short', `${size} bytes`);
    if (this.#previous >= 0 && compareKeys(this.#buffer, this.#previous, key, offset, size) >= 0)
      throw refused('a key does not stand above the one before', 'strictly ascending keys');
    if (line >>> 0 !== line) throw refused('a line is no u32', 'a whole number from 0 to 4294967295');
    const at = this.#used;
    const classNumber = this.#classes.number(classIndex);
    for (let i = 0; i < size; i++) this.#buffer[at + i] = key[offset + i]!;
    this.#view.setUint32(at + size, classNumber, true);
    this.#view.setUint32(at + size + 4, line, true);
    this.#previous = at;
    this.#used = at + size + ENTRY_TAIL_BYTES;
    this.#rows++;
    if (this.#used % this.#pageBytes === 0)
      this.#orAbort(() => this.#closePage(this.#used - this.#pageBytes));
  }

  /** Durable on return: the file is synced, stands under its digest, and the directory is synced. */
  finish(): SegmentFile {
    if (this.#fd < 0) throw new TypeError('segment writer is already finished or aborted');
    return this.#orAbort(() => this.#finish());
  }

  /** Removes what was written. Does nothing after `finish` or a second time. */
  abort(): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
    onFile('remove', this.#path, () => rmSync(this.#path, { force: true }));
  }

  #finish(): SegmentFile {
    const { directory, kind } = this.#options;
    const partial = this.#used % this.#pageBytes;
    if (partial > 0) this.#closePage(this.#used - partial);
    this.#flush();
    const classesBytes = this.#writeClasses();
    const index = this.#index.subarray(0, this.#indexUsed);
    this.#write(index);
    const layout = layOut(kind, this.#rows, this.#classes.count, classesBytes);
    const trailer = encodeTrailer(layout);
    this.#write(trailer);
    this.#write(encodeTrailerEnd(this.#structure.update(index).update(trailer).digest()));
    const digest = this.#hash.digest('hex');
    if (digest !== (this.#options.digest ?? digest))
      throw corrupt(segmentFileName(digest), 'it is not what was to be written', 'the digest that was named');
    const path = join(directory, segmentFileName(digest));
    onFile('write', this.#path, () => fsyncSync(this.#fd));
    onFile('write', path, () => renameSync(this.#path, path));
    closeSync(this.#fd);
    this.#fd = -1;
    syncDirectory(directory);
    const bytes = layout.indexOffset + layout.indexBytes + trailer.length + 40;
    return { path, digest, kind, rows: this.#rows, bytes };
  }

  #closePage(start: number): void {
    if (this.#rows > SEGMENT_LIMITS.maxRows)
      throw overLimit(`it has ${this.#rows} rows`, `up to ${SEGMENT_LIMITS.maxRows}`);
    if (this.#indexUsed === this.#index.length)
      this.#index = Buffer.concat([this.#index, Buffer.alloc(this.#index.length)]);
    this.#buffer.copy(this.#index, this.#indexUsed, start, start + 8);
    this.#index.writeUInt32LE(crc32(this.#buffer.subarray(start, this.#used)), this.#indexUsed + 8);
    this.#indexUsed += INDEX_ROW_BYTES;
    if (this.#used === this.#buffer.length) this.#flush();
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #writeClasses(): number {
    let total = 0;
    let used = 0;
    const write = (): void => {
      const part = this.#buffer.subarray(0, used);
      this.#structure.update(part);
      this.#write(part);
      total += used;
      used = 0;
      if (total > SEGMENT_LIMITS.maxClassesBytes)
        throw overLimit(`its class records have ${total} bytes`, `up to ${SEGMENT_LIMITS.maxClassesBytes}`);
    };
    for (let number = 0; number < this.#classes.count; number++) {
      const line = this.#classes.line(number);
      if (used + line.length > this.#buffer.length) write();
      used += line.length;
      this.#buffer.set(line, used - line.length);
    }
    write();
    return total;
  }

  #orAbort<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  #write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    writeWhole(this.#fd, bytes, this.#path);
  }
}
