// Answers for nearly all absent keys without a read: two bytes of each key of a segment, in page order, in memory.
// It is never wrong about a key that is there; what it takes in was checked, so a bad page is found while it grows.
//
// The bytes are the last two. Those at the front are shared by the keys of a page, the last ones are not: keys are
// digests. A list whose keys were made to share them is as slow as one without a filter, and no less right.
import { pagesBuffer, readPages } from './pages.ts';
import { PAGE_ENTRIES, SEGMENT_LIMITS } from './segment-format.ts';
import type { SegmentStructure } from './segment-structure.ts';

/** How many pages must have been read for look-ups before a filter pays; Infinity where there is to be none. */
export function readsBeforeFilter({ rows, index }: SegmentStructure): number {
  const { filterRows, filterReads, filterReadsPerPage } = SEGMENT_LIMITS;
  if (rows > filterRows || index.length < 2) return Infinity;
  return filterReads + index.length * filterReadsPerPage;
}

export class PageFilter {
  readonly #segment: SegmentStructure;
  readonly #marks: Uint16Array;
  /** Pages that are in it: those before this one. */
  #pages = 0;
  /** Null when it is whole. */
  #buffer: Buffer | null;

  /** Empty: it excludes nothing until it has grown. */
  constructor(segment: SegmentStructure) {
    this.#segment = segment;
    this.#marks = new Uint16Array(segment.rows);
    this.#buffer = pagesBuffer(segment);
  }

  /**
   * Takes in the next pages (about 1 MB, half a millisecond), where some are left. Throws like `readPages`; what
   * was taken in before stays.
   */
  grow(): void {
    if (this.#buffer === null) return;
    const { entryBytes, keyBytes } = this.#segment;
    const marks = this.#marks;
    const buffer = this.#buffer;
    const bytes = readPages(this.#segment, this.#pages, buffer);
    let row = this.#pages * PAGE_ENTRIES;
    for (let end = keyBytes; end < bytes; end += entryBytes) marks[row++] = mark(buffer, end);
    this.#pages = Math.ceil(row / PAGE_ENTRIES);
    if (row === this.#segment.rows) this.#buffer = null;
  }

  /** True where the key is not in that page for sure; false for keys that are, and for about 1 of 500 others. */
  excludes(page: number, key: Uint8Array, offset: number): boolean {
    if (page >= this.#pages) return false;
    const marks = this.#marks;
    const wanted = mark(key, offset + this.#segment.keyBytes);
    const to = Math.min((page + 1) * PAGE_ENTRIES, marks.length);
    for (let row = page * PAGE_ENTRIES; row < to; row++) if (marks[row] === wanted) return false;
    return true;
  }
}

/** The two bytes before `end`. */
function mark(bytes: Uint8Array, end: number): number {
  return (bytes[end - 2]! << 8) | bytes[end - 1]!;
}
