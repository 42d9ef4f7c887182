// Walks the entries of a segment in key order with large reads and no allocation per entry. Checks each page's CRC,
// the order of the keys and the class numbers, so that a merge may rely on them. Must not be used for look-ups.
import { compareKeys } from './keys.ts';
import { pagesBuffer, readPages } from './pages.ts';
import { corrupt, PAGE_ENTRIES } from './segment-format.ts';
import type { SegmentStructure } from './segment-structure.ts';

/** Anything with ascending keys that can be merged. What it shows is that of the last `next` that said true. */
export interface Cursor {
  /** Goes to the next key; false at the end. */
  next(): boolean;
  /** Valid until `next`. */
  readonly key: Uint8Array;
  readonly classIndex: number;
  readonly line: number;
}

export class SegmentCursor implements Cursor {
  /** The same array at each step. */
  readonly key: Uint8Array;
  classIndex = 0;
  line = 0;
  readonly #segment: SegmentStructure;
  readonly #buffer: Buffer;
  readonly #view: DataView;
  #row = 0;
  #at = 0;
  #end = 0;
  #closed = false;

  constructor(segment: SegmentStructure) {
    this.#segment = segment;
    this.key = new Uint8Array(segment.keyBytes);
    this.#buffer = pagesBuffer(segment);
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** Throws `corrupt` where a page, the order or a class number does not hold; `io` where the disk refuses. */
  next(): boolean {
    if (this.#at === this.#end && !this.#fill()) return false;
    const size = this.key.length;
    const at = this.#at;
    if (this.#row > 0 && compareKeys(this.key, 0, this.#buffer, at, size) >= 0)
      throw corrupt(this.#segment.name, 'its keys do not ascend', 'strictly ascending keys');
    for (let i = 0; i < size; i++) this.key[i] = this.#buffer[at + i]!;
    this.classIndex = this.#view.getUint32(at + size, true);
    this.line = this.#view.getUint32(at + size + 4, true);
    if (this.classIndex >= this.#segment.classes.count)
      throw corrupt(
        this.#segment.name,
        'an entry points to no class',
        `one of ${this.#segment.classes.count}`,
      );
    this.#at = at + this.#segment.entryBytes;
    this.#row++;
    return true;
  }

  /** After it `next` is false; the segment itself stays open. */
  close(): void {
    this.#closed = true;
    this.#at = this.#end;
  }

  #fill(): boolean {
    if (this.#closed) return false;
    const bytes = readPages(this.#segment, this.#row / PAGE_ENTRIES, this.#buffer);
    if (bytes === 0) return false;
    this.#at = 0;
    this.#end = bytes;
    return true;
  }
}
