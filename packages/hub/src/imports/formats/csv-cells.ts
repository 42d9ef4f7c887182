// One CSV record into cells (RFC 4180), by position: a cell is decoded only when somebody asks for it.
// Blanks around a quoted cell are allowed, and a quote inside an unquoted cell is a quote. With tabs between
// the cells quotes protect nothing: they are dropped where they stand around a whole cell.
import { IMPORT_LIMITS } from '../config.ts';
import { isBlank } from './lines.ts';

/** `open`: a quoted cell is not closed yet, the record goes on in the next line. */
export type SplitResult = 'whole' | 'open' | 'text behind a closing quote' | 'too many columns';

const QUOTE = 0x22;

/** The cells of one record at a time; `text` and the positions hold until the next `split`. */
export class CsvCells {
  readonly #delimiter: number;
  readonly #quoting: boolean;
  readonly #starts = new Int32Array(IMPORT_LIMITS.maxColumns);
  readonly #ends = new Int32Array(IMPORT_LIMITS.maxColumns);
  /** 1: holds doubled quotes. */
  readonly #escaped = new Uint8Array(IMPORT_LIMITS.maxColumns);
  #bytes: Buffer = Buffer.alloc(0);
  count = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quoting = delimiter !== '\t';
  }

  split(bytes: Buffer, start: number, end: number): SplitResult {
    this.#bytes = bytes;
    this.count = 0;
    let at = start;
    while (true) {
      if (this.count === IMPORT_LIMITS.maxColumns) return 'too many columns';
      let from = at;
      while (from < end && bytes[from] !== this.#delimiter && isBlank(bytes[from]!)) from++;
      if (this.#quoting && from < end && bytes[from] === QUOTE) {
        at = this.#quoted(bytes, from + 1, end);
        if (at < 0) return 'open';
        while (at < end && bytes[at] !== this.#delimiter && isBlank(bytes[at]!)) at++;
        if (at < end && bytes[at] !== this.#delimiter) return 'text behind a closing quote';
      } else at = this.#plain(bytes, from, end);
      if (at >= end) return 'whole';
      at++;
    }
  }

  /** Where a cell begins, for digests that are decoded in place. */
  start(i: number): number {
    return this.#starts[i]!;
  }

  /** Bytes of a cell, without quotes and outer blanks; 0 for a column that the record does not have. */
  size(i: number): number {
    return i < this.count ? this.#ends[i]! - this.#starts[i]! : 0;
  }

  /** The text of a cell, or of its first `limit` bytes; empty for a column that the record does not have. */
  text(i: number, limit: number = IMPORT_LIMITS.maxLineBytes): string {
    if (i >= this.count) return '';
    const start = this.#starts[i]!;
    const text = this.#bytes.toString('utf8', start, Math.min(this.#ends[i]!, start + limit));
    return this.#escaped[i] === 1 ? text.replaceAll('""', '"') : text;
  }

  #plain(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] !== this.#delimiter) at++;
    this.#add(start, at, 0);
    return at;
  }

  /** Returns the position behind the closing quote, or -1 where there is none. */
  #quoted(bytes: Buffer, start: number, end: number): number {
    let escaped = 0;
    for (let at = start; at < end; at++) {
      if (bytes[at] !== QUOTE) continue;
      if (bytes[at + 1] !== QUOTE || at + 1 >= end) {
        this.#add(start, at, escaped);
        return at + 1;
      }
      escaped = 1;
      at++;
    }
    return -1;
  }

  #add(start: number, end: number, escaped: number): void {
    let from = start;
    let to = end;
    while (from < to && isBlank(this.#bytes[from]!)) from++;
    while (to > from && isBlank(this.#bytes[to - 1]!)) to--;
    const around =
      !this.#quoting && to - from > 1 && this.#bytes[from] === QUOTE && this.#bytes[to - 1] === QUOTE;
    if (around) {
      from++;
      to--;
    }
    this.#starts[this.count] = from;
    this.#ends[this.count] = to;
    this.#escaped[this.count] = around ? 1 : escaped;
    this.count++;
  }
}
