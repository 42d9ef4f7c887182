// The page index of a segment in memory: the first 8 bytes of each page's first key, and the page's CRC-32.
import { INDEX_ROW_BYTES } from './segment-format.ts';

export class PageIndex {
  readonly length: number;
  readonly checksums: Uint32Array;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;

  /** Of so many pages, of which nothing is known yet. */
  constructor(pages: number) {
    this.length = pages;
    this.checksums = new Uint32Array(pages);
    this.#high = new Uint32Array(pages);
    this.#low = new Uint32Array(pages);
  }

  /** Takes in rows of the section, from that of page `first` on. */
  take(bytes: Buffer, first: number): void {
    for (let page = first, at = 0; at < bytes.length; page++, at += INDEX_ROW_BYTES) {
      this.#high[page] = bytes.readUInt32BE(at);
      this.#low[page] = bytes.readUInt32BE(at + 4);
      this.checksums[page] = bytes.readUInt32LE(at + 8);
    }
  }

  /** True where the page's row stands for the key in `key` at `offset`. */
  fits(page: number, key: Uint8Array, offset: number): boolean {
    return this.#high[page] === u32(key, offset) && this.#low[page] === u32(key, offset + 4);
  }

  /** The last page whose row is not above the first 8 bytes of the key; -1 where all are. */
  lastPage(key: Uint8Array, offset: number): number {
    return this.#count(u32(key, offset), u32(key, offset + 4), true) - 1;
  }

  /** The first page in which a key with these first 8 bytes, or one above them, can stand. */
  firstPage(key: Uint8Array, offset: number): number {
    return Math.max(0, this.#count(u32(key, offset), u32(key, offset + 4), false) - 1);
  }

  /** How many rows are below these 8 bytes, or with `equal` not above them. */
  #count(high: number, low: number, equal: boolean): number {
    let from = 0;
    let to = this.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const h = this.#high[middle]!;
      const l = this.#low[middle]!;
      if (h < high || (h === high && (l < low || (equal && l === low)))) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

function u32(key: Uint8Array, at: number): number {
  return ((key[at]! << 24) | (key[at + 1]! << 16) | (key[at + 2]! << 8) | key[at + 3]!) >>> 0;
}
