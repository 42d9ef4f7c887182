// What is known by heart: keys of one kind -> number of a record, in one block of memory that threads share. A key is
// kept as a fingerprint of 44 bits. Made once and then only read: whoever fills it is alone with it.
//
//   line, 64 bytes = one line of the processor's cache
//   ┌ low × 8 ───────────────────────┬ high × 8 ──────────────────────────────────────┐
//   │ 32 bits of the fingerprint     │ 12 bits of the fingerprint | 20 bits: record    │   low 0: free, and all behind it are
//   └────────────────────────────────┴─────────────────────────────────────────────────┘
//
// The line and the fingerprint follow from the first 16 bytes of the key, mixed with numbers that are the secret of the
// process that made the table (`KeySecret`): three sums of the four words, each times an odd number of its own, modulo 2^32
// (multilinear hashing; Carter and Wegman 1979, Lemire and Kaser 2014). A line that is full goes on in the next.
//
// How wrong can it be? A random key that is not in the table is compared with the filled slots of its line, and of the next
// ones where that is full: 4.4 on average at 4.1 objects a line, 9.9 at 5.85 (TABLE_DENSITY). So it is taken for one that is
// with a chance of 10 × 2^-44 at most. A hub looks in two tables, of which one alone may be dense: 15 × 2^-44 < 2^-40. Who
// wants to make a file that is taken for a listed one must know the secret, 12 numbers of 31 bits, or come near to the
// digest of one: keys that differ in one word alone never have the same three sums (an odd number times what is not 0 is
// not 0), those that differ in some of the highest bits of several words can have (in the very highest of two words they
// always have). A file with all other bits of a listed digest takes 2^126 tries, over the number of those. So an asker can
// find numbers near to a listed digest that are said to be listed, which no file has, and learns from them some low bits of
// the secret, and nothing about the digests that files have.
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';

const SLOTS = 8;
const LINE_WORDS = 2 * SLOTS;
const LINE_BYTES = 4 * LINE_WORDS;
const RECORD_BITS = 20;
/** The largest number of a record that a slot can hold. */
export const MAX_RECORD = 2 ** RECORD_BITS - 1;
const PRINT_MASK = ~MAX_RECORD;
const FREE = 0;
/** Words of a key that are mixed, and sums that are made of them. */
const WORDS = 4;
const SUMS = 3;
/** Keys that are looked up together, so that their lines come from memory side by side and not in turn. */
const TOGETHER = 64;
const WASM_PAGE = 65_536;
/** New memory is taken in steps of an eighth of its size, so that it serves once more for a list that grew a little. */
const STEPS = 8;

/** Objects a line on average, and so bytes an object: 64 / 4.1 = 15.6, or 64 / 5.85 = 10.9 for large sets. */
export const TABLE_DENSITY = { fast: 4.1, dense: 5.85 } as const;
export type TableDensity = keyof typeof TABLE_DENSITY;

/** Odd numbers of 32 bits, one a word, for each of the three sums. A secret of the process. */
export type KeySecret = readonly [
  ...[number, number, number, number],
  ...[number, number, number, number],
  ...[number, number, number, number],
];

/** Everything that another thread needs to read a table. It can be posted. */
export interface SharedTable {
  readonly kind: KeyKind;
  readonly memory: SharedArrayBuffer;
  /** Of the memory only these are the table's. */
  readonly lines: number;
  readonly secret: KeySecret;
  readonly rows: number;
}

/** Draws a secret; `random` as in World. */
export function drawSecret(random: (bytes: number) => Uint8Array): KeySecret {
  const bytes = random(4 * WORDS * SUMS);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const numbers = Array.from({ length: WORDS * SUMS }, (_, i) => view.getInt32(4 * i) | 1);
  return numbers as unknown as KeySecret;
}

export interface TableOptions {
  readonly density?: TableDensity;
  /** Memory of a table that nobody reads any more. */
  readonly spent?: SharedArrayBuffer | null;
}

/**
 * Memory of zeros that begins at the edge of a page, so that a line of ours is a line of the processor's cache: that of
 * WebAssembly does, that of a SharedArrayBuffer lies 16 bytes behind it (glibc's malloc), and then a look-up needs two.
 * Where the system gives none (a limit on address space: each reserves 8 GB of it), or for more than 4 GiB, the latter.
 */
function allocate(bytes: number): SharedArrayBuffer {
  if (bytes < WASM_PAGE) return new SharedArrayBuffer(bytes);
  const step = WASM_PAGE * 2 ** Math.max(0, Math.floor(Math.log2(bytes / WASM_PAGE / STEPS)));
  const pages = (Math.ceil(bytes / step) * step) / WASM_PAGE;
  try {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    return memory.buffer;
  } catch {
    return new SharedArrayBuffer(bytes);
  }
}

/** What of WebAssembly is used: Node has it, its types do not. */
declare const WebAssembly: {
  readonly Memory: new (pages: {
    initial: number;
    maximum: number;
    shared: true;
  }) => { readonly buffer: SharedArrayBuffer };
};

export class KeyTable {
  readonly kind: KeyKind;
  readonly #keyBytes: number;
  readonly #words: Int32Array;
  readonly #secret: KeySecret;
  #rows: number;
  /** Of the keys that are looked up together: where the line begins, low and high word. */
  readonly #at = new Int32Array(TOGETHER);
  readonly #low = new Int32Array(TOGETHER);
  readonly #high = new Int32Array(TOGETHER);
  /** What counts of the one key that `find` was asked for, and its record: such a question makes no garbage. */
  readonly #key = new Uint8Array(4 * WORDS);
  readonly #keyView = new DataView(this.#key.buffer);
  readonly #one = new Int32Array(1);
  /** What touching the lines came to; it means nothing, and keeps the compiler from leaving the touching out. */
  touched = 0;

  /**
   * An empty table with room for `rows` keys. It takes the memory of `spent` where that is large enough: that table must
   * not be read any more, by no thread.
   */
  static create(kind: KeyKind, rows: number, secret: KeySecret, options: TableOptions = {}): KeyTable {
    const { density = 'fast', spent = null } = options;
    // One line more, so that there is always a free slot, where every search ends.
    const lines = Math.ceil(rows / TABLE_DENSITY[density]) + 1;
    const isEnough = spent !== null && spent.byteLength >= lines * LINE_BYTES;
    const memory = isEnough ? spent : allocate(lines * LINE_BYTES);
    const table = new KeyTable({ kind, memory, lines, secret, rows: 0 });
    if (isEnough) table.#words.fill(FREE);
    return table;
  }

  /** The table that another thread made. */
  static attach(shared: SharedTable): KeyTable {
    return new KeyTable(shared);
  }

  private constructor({ kind, memory, lines, secret, rows }: SharedTable) {
    this.kind = kind;
    this.#keyBytes = KEY_KINDS[kind].bytes;
    this.#words = new Int32Array(memory, 0, lines * LINE_WORDS);
    this.#secret = secret;
    this.#rows = rows;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** For `attach` in another thread, once the table is filled. */
  share(): SharedTable {
    const memory = this.#words.buffer as SharedArrayBuffer;
    const lines = this.#words.length / LINE_WORDS;
    return { kind: this.kind, memory, lines, secret: this.#secret, rows: this.#rows };
  }

  /** The record of the key that stands in `keys` at `offset`; 0 where it is not known. */
  find(keys: Uint8Array, offset = 0): number {
    for (let i = 0; i < this.#key.length; i++) this.#key[i] = keys[offset + i]!;
    this.#place(this.#keyView, 0, 1, this.#keyBytes);
    this.#search(1, this.#one, 0);
    return this.#one[0]!;
  }

  /** Writes the record of each of `count` keys, packed in `keys` from `offset` on, into `records`; 0 for unknown ones. */
  findMany(keys: Uint8Array, offset: number, count: number, records: Int32Array): void {
    const view = viewOf(keys);
    const step = TOGETHER * this.#keyBytes;
    for (let from = 0, at = offset; from < count; from += TOGETHER, at += step) {
      const together = Math.min(TOGETHER, count - from);
      this.#place(view, at, together, this.#keyBytes);
      this.#search(together, records, from);
    }
  }

  /**
   * Adds keys that stand in `entries` from `offset` on, one every `stride` bytes, with their records (1 to MAX_RECORD).
   * A key that is there keeps its record. Throws RangeError where they might not fit in.
   */
  add(entries: Uint8Array, offset: number, stride: number, records: Int32Array, count: number): void {
    if (this.#rows + count > (this.#words.length / LINE_WORDS - 1) * SLOTS)
      throw new RangeError(`the table has no room for ${count} more keys`);
    const view = viewOf(entries);
    for (let from = 0; from < count; from += TOGETHER) {
      const together = Math.min(TOGETHER, count - from);
      this.#place(view, offset + from * stride, together, stride);
      for (let i = 0; i < together; i++) if (this.#insert(i, records[from + i]!)) this.#rows++;
    }
  }

  /**
   * Works out where keys belong, and touches these lines. The touching is a loop of its own that does nothing else: a
   * processor looks ahead over some hundred instructions, so it waits for many lines at once only if little is between them.
   */
  #place(view: DataView, offset: number, count: number, stride: number): void {
    const words = this.#words;
    const ats = this.#at;
    const lows = this.#low;
    const highs = this.#high;
    const [a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3] = this.#secret;
    const linesPerPlace = words.length / LINE_WORDS / 2 ** 32;
    for (let i = 0, k = offset; i < count; i++, k += stride) {
      const w0 = view.getInt32(k);
      const w1 = view.getInt32(k + 4);
      const w2 = view.getInt32(k + 8);
      const w3 = view.getInt32(k + 12);
      const place = Math.imul(w0, a0) + Math.imul(w1, a1) + Math.imul(w2, a2) + Math.imul(w3, a3);
      ats[i] = (((place >>> 0) * linesPerPlace) >>> 0) * LINE_WORDS;
      const low = (Math.imul(w0, b0) + Math.imul(w1, b1) + Math.imul(w2, b2) + Math.imul(w3, b3)) | 0;
      lows[i] = low === FREE ? 1 : low;
      highs[i] = (Math.imul(w0, c0) + Math.imul(w1, c1) + Math.imul(w2, c2) + Math.imul(w3, c3)) & PRINT_MASK;
    }
    let touched = 0;
    for (let i = 0; i < count; i++) touched ^= words[ats[i]!]!;
    this.touched = touched;
  }

  #search(count: number, records: Int32Array, from: number): void {
    const words = this.#words;
    const ats = this.#at;
    const lows = this.#low;
    const highs = this.#high;
    for (let i = 0; i < count; i++) {
      const low = lows[i]!;
      const high = highs[i]!;
      let at = ats[i]!;
      let record = 0;
      line: for (;;) {
        // The slots behind a free one are compared as well: a branch that is taken at random costs more.
        for (let slot = at; slot < at + SLOTS; slot++)
          if (words[slot]! === low && (words[slot + SLOTS]! & PRINT_MASK) === high) {
            record = words[slot + SLOTS]! & MAX_RECORD;
            break line;
          }
        if (words[at + SLOTS - 1]! === FREE) break;
        at += LINE_WORDS;
        if (at === words.length) at = 0;
      }
      records[from + i] = record;
    }
  }

  /** False where the key is there. */
  #insert(i: number, record: number): boolean {
    const words = this.#words;
    const low = this.#low[i]!;
    const high = this.#high[i]!;
    let at = this.#at[i]!;
    for (;;) {
      for (let slot = at; slot < at + SLOTS; slot++) {
        const word = words[slot]!;
        if (word === FREE) {
          words[slot + SLOTS] = high | record;
          words[slot] = low;
          return true;
        }
        if (word === low && (words[slot + SLOTS]! & PRINT_MASK) === high) return false;
      }
      at += LINE_WORDS;
      if (at === words.length) at = 0;
    }
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
