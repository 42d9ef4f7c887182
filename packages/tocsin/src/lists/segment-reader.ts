// Opens a segment and answers from it (spec/segment.md): one page is read per look-up, in memory stand the page index,
// the places of the classes and, where many keys are asked for, a filter of the pages. Must not trust a file: whatever
// does not hold throws `corrupt` or `format`.
//
//   key -> page index (binary search in memory) -> filter -> one page (pread, CRC) -> binary search -> class, line
import { closeSync, statSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import { onFile, readWhole } from './files.ts';
import { compareKeys } from './keys.ts';
import { PageFilter, readsBeforeFilter } from './page-filter.ts';
import { SegmentCursor } from './segment-cursor.ts';
import { corrupt, HEADER_BYTES, PAGE_ENTRIES } from './segment-format.ts';
import type { SegmentStructure } from './segment-structure.ts';
import { fileId, openStructure, openStructureInTurns } from './segment-structure.ts';
import { verifyStructure } from './segment-verify.ts';
import type { ClassLines } from './used-classes.ts';

export { SegmentCursor } from './segment-cursor.ts';
export { verifyFull } from './segment-verify.ts';

/** What a segment says of a key; `line` 0 where the claim came from no line. */
export interface SegmentHit {
  readonly classIndex: number;
  readonly line: number;
}

export interface SegmentEntry extends SegmentHit {
  readonly key: Uint8Array;
}

export interface OpenOptions {
  /**
   * `structure` (default): header, classes, page index and trailer hold; a page is checked when it is read.
   * `full`: every byte as well, see `verifyFull`.
   */
  readonly verify?: 'structure' | 'full';
  /** After how many pages read for look-ups a filter of the pages is made; Infinity = never. Only speed differs. */
  readonly filterAfterReads?: number;
  /** A segment with more classes is refused. */
  readonly maxClasses?: number;
}

export class SegmentReader {
  readonly path: string;
  readonly kind: KeyKind;
  readonly rows: number;
  /** Size of the file. */
  readonly bytes: number;
  readonly #segment: SegmentStructure;
  readonly #buffer: Buffer;
  readonly #view: DataView;
  #closed = false;
  #allClasses: readonly ClassRecord[] | null = null;
  /** The page in the buffer, -1 for none, and how many entries it has. */
  #page = -1;
  #entries = 0;
  #filterAfterReads: number;
  #reads = 0;
  #filter: PageFilter | null = null;

  /**
   * Throws `not-found` or `io` where it cannot be read, `format` where it is no segment or one of a later version,
   * `corrupt` where it does not hold, `limit` where it is beyond SEGMENT_LIMITS.
   */
  static open(path: string, options: OpenOptions = {}): SegmentReader {
    const segment = openStructure(path, options.maxClasses);
    try {
      if (options.verify === 'full') verifyStructure(segment);
      return new SegmentReader(path, segment, options.filterAfterReads ?? readsBeforeFilter(segment));
    } catch (error) {
      closeSync(segment.fd);
      throw error;
    }
  }

  /** As `open`, for who answers others meanwhile: they have their turns. */
  static async openInTurns(path: string): Promise<SegmentReader> {
    const segment = await openStructureInTurns(path);
    return new SegmentReader(path, segment, readsBeforeFilter(segment));
  }

  private constructor(path: string, segment: SegmentStructure, filterAfterReads: number) {
    this.path = path;
    this.kind = segment.kind;
    this.rows = segment.rows;
    this.bytes = segment.bytes;
    this.#segment = segment;
    this.#buffer = Buffer.allocUnsafeSlow(segment.pageBytes);
    this.#view = new DataView(this.#buffer.buffer);
    this.#filterAfterReads = filterAfterReads;
  }

  /** True where its path still leads to the file that is open: one that was written again is another one. */
  get isInPlace(): boolean {
    const stat = statSync(this.path, { throwIfNoEntry: false });
    return stat !== undefined && fileId(stat) === this.#segment.file;
  }

  get classCount(): number {
    return this.#segment.classes.count;
  }

  /** The record behind a `classIndex` of this segment. Throws `corrupt` where its line cannot be read. */
  classRecord(classIndex: number): ClassRecord {
    this.#checkOpen();
    return this.#segment.classes.record(classIndex);
  }

  /** All records, by `classIndex`, read and kept at the first use. For merges; a look-up asks `classRecord`. */
  get classes(): readonly ClassRecord[] {
    this.#checkOpen();
    this.#allClasses ??= this.#segment.classes.all();
    return this.#allClasses;
  }

  /** The lines of all classes as they stand in the file, read when asked for. */
  get classLines(): ClassLines {
    const { classes } = this.#segment;
    return { length: classes.count, line: (index) => classes.line(index) };
  }

  /**
   * What the segment says of the key that stands in `key` at `offset`; null where it is not in it. Throws `corrupt`
   * where a page that it reads does not hold, `input` for a key that is too short.
   */
  find(key: Uint8Array, offset = 0): SegmentHit | null {
    const row = this.#locate(key, offset);
    return row < 0 ? null : this.#hit(row);
  }

  /** Number of the entry of a key, in key order from 0; -1 where it is not in it. Throws like `find`. */
  rowOf(key: Uint8Array, offset = 0): number {
    const row = this.#locate(key, offset);
    return row < 0 ? -1 : this.#page * PAGE_ENTRIES + row;
  }

  /**
   * The entries whose first `bits` bits are those of `prefix`, in key order, at most `limit` (ask for one more to
   * learn whether there are more). The keys are copies. Throws like `find`.
   */
  range(prefix: Uint8Array, bits: number, limit: number): SegmentEntry[] {
    const { keyBytes, entryBytes, index } = this.#segment;
    if (bits < 0 || bits > 8 * keyBytes || 8 * prefix.length < bits) throw this.#wrongKey();
    const least = new Uint8Array(keyBytes);
    least.set(prefix.subarray(0, Math.ceil(bits / 8)));
    if (bits % 8 !== 0) least[bits >> 3]! &= 0xff00 >> (bits % 8);
    const found: SegmentEntry[] = [];
    for (let page = index.firstPage(least, 0); page < index.length; page++) {
      this.#load(page);
      for (let row = this.#lowerBound(least, 0); row < this.#entries; row++) {
        const at = row * entryBytes;
        if (found.length >= limit || !sharesBits(this.#buffer, at, least, bits)) return found;
        found.push({ key: new Uint8Array(this.#buffer.subarray(at, at + keyBytes)), ...this.#hit(row) });
      }
    }
    return found;
  }

  /** A cursor over all entries in key order. It reads through this reader, which must stay open as long. */
  cursor(): SegmentCursor {
    this.#checkOpen();
    return new SegmentCursor(this.#segment);
  }

  /** Gives the file back. A second call does nothing; any other use after it is a TypeError. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#page = -1;
    this.#filter = null;
    closeSync(this.#segment.fd);
  }

  #checkOpen(): void {
    if (this.#closed) throw new TypeError('segment reader is closed');
  }

  /** Which entry of the page that is loaded then; -1 for none. */
  #locate(key: Uint8Array, offset: number): number {
    this.#checkOpen();
    if (offset + this.#segment.keyBytes > key.length) throw this.#wrongKey();
    const { index } = this.#segment;
    let high = index.lastPage(key, offset);
    // Several pages begin with the same 8 bytes only where somebody made the keys so.
    let low = high >= 0 && index.fits(high, key, offset) ? index.firstPage(key, offset) : high;
    if (low === high && high >= 0 && this.#isFilteredOut(high, key, offset)) return -1;
    while (high >= 0 && low <= high) {
      const middle = (low + high + 1) >>> 1;
      this.#load(middle);
      const row = this.#lowerBound(key, offset);
      if (row < this.#entries && this.#compare(row, key, offset) === 0) return row;
      if (row === 0) high = middle - 1;
      else if (row === this.#entries) low = middle + 1;
      else return -1;
    }
    return -1;
  }

  /**
   * True where the key is not in the page that is the only one for it, as far as can be told without a read. A bad
   * page that is met while the filter grows is told once, whatever key was asked for; then there is no filter.
   */
  #isFilteredOut(page: number, key: Uint8Array, offset: number): boolean {
    if (page === this.#page) return false;
    if (this.#filter === null) {
      if (this.#reads++ < this.#filterAfterReads) return false;
      this.#filter = new PageFilter(this.#segment);
    }
    try {
      this.#filter.grow();
    } catch (error) {
      this.#filter = null;
      this.#filterAfterReads = Infinity;
      throw error;
    }
    return this.#filter.excludes(page, key, offset);
  }

  #load(page: number): void {
    if (page === this.#page) return;
    this.#checkOpen();
    const { fd, name, rows, entryBytes, pageBytes, index } = this.#segment;
    const entries = Math.min(PAGE_ENTRIES, rows - page * PAGE_ENTRIES);
    const bytes = entries * entryBytes;
    this.#page = -1;
    if (!onFile('read', name, () => readWhole(fd, this.#buffer, 0, bytes, HEADER_BYTES + page * pageBytes)))
      throw corrupt(name, 'it ends in the entries', 'a whole file');
    if (crc32(this.#buffer.subarray(0, bytes)) !== index.checksums[page])
      throw corrupt(name, `its page ${page} does not have its checksum`, 'the bytes as they were written');
    this.#page = page;
    this.#entries = entries;
  }

  /** The first entry of the loaded page that is not below the key; as many as it has where all are. */
  #lowerBound(key: Uint8Array, offset: number): number {
    let from = 0;
    let to = this.#entries;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#compare(middle, key, offset) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #compare(row: number, key: Uint8Array, offset: number): number {
    const { entryBytes, keyBytes } = this.#segment;
    return compareKeys(this.#buffer, row * entryBytes, key, offset, keyBytes);
  }

  #hit(row: number): SegmentHit {
    const at = row * this.#segment.entryBytes + this.#segment.keyBytes;
    const classIndex = this.#view.getUint32(at, true);
    if (classIndex >= this.classCount)
      throw corrupt(this.#segment.name, 'an entry points to no class', `one of ${this.classCount}`);
    return { classIndex, line: this.#view.getUint32(at + 4, true) };
  }

  #wrongKey(): TocsinError {
    const want = `a key of ${this.#segment.keyBytes} bytes, or a prefix of it`;
    return new TocsinError(
      'input',
      `Cannot look up in the ${this.kind} segment: the key is too short, want ${want}`,
    );
  }
}

function sharesBits(key: Uint8Array, at: number, prefix: Uint8Array, bits: number): boolean {
  const whole = bits >> 3;
  if (compareKeys(key, at, prefix, 0, whole) !== 0) return false;
  const rest = bits & 7;
  return rest === 0 || ((key[at + whole]! ^ prefix[whole]!) & (0xff00 >> rest) & 0xff) === 0;
}
