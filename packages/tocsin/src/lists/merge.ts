// Merges any number of ascending cursors into one walk over their keys, and counts what one list has over another.
// A binary heap over the first 6 bytes of each cursor's key; whole keys are compared only where those are equal.
import { TocsinError } from '../protocol/errors.ts';
import { compareKeys, keyHead } from './keys.ts';
import type { Cursor } from './segment-cursor.ts';

/** What one cursor says of the key at hand. */
export interface MergeHit {
  /** Which of the cursors. */
  readonly cursor: number;
  readonly classIndex: number;
  readonly line: number;
}

/**
 * Calls `onKey` once for each key that any cursor has, in ascending order, with what each cursor says of it, in the
 * order of the cursors. `key` and `hits` are valid until it returns. All keys must be of one size. Throws `corrupt`
 * where a cursor does not ascend.
 */
export function mergeCursors(
  cursors: readonly Cursor[],
  onKey: (key: Uint8Array, hits: readonly MergeHit[]) => void,
): void {
  const heap = new CursorHeap(cursors);
  const pool = cursors.map((_, cursor) => ({ cursor, classIndex: 0, line: 0 }));
  const hits: MergeHit[] = [];
  while (heap.size > 0) {
    heap.take();
    hits.length = 0;
    do {
      const top = heap.top;
      const hit = pool[top]!;
      hit.classIndex = cursors[top]!.classIndex;
      hit.line = cursors[top]!.line;
      hits.push(hit);
      heap.advance();
    } while (heap.topHasKey());
    onKey(heap.key, hits);
  }
}

export interface Difference {
  readonly added: number;
  readonly removed: number;
  /** In both, with a class that says something else. */
  readonly changed: number;
  readonly kept: number;
}

/**
 * What `next` has over `old`. `sameClass(a, b)` says whether class `a` of the old list and class `b` of the new one
 * say the same; lines do not count. `onNext` hears of each key of `next`, in order, what the old list says of it.
 */
export function diffCursors(
  old: Cursor,
  next: Cursor,
  sameClass: (oldClass: number, nextClass: number) => boolean,
  onNext: (old: MergeHit | null) => void = () => {},
): Difference {
  let added = 0;
  let removed = 0;
  let changed = 0;
  let kept = 0;
  mergeCursors([old, next], (_key, hits) => {
    const [first, second] = hits;
    if (second !== undefined) {
      if (sameClass(first!.classIndex, second.classIndex)) kept++;
      else changed++;
      onNext(first!);
    } else if (first!.cursor === 0) removed++;
    else {
      added++;
      onNext(null);
    }
  });
  return { added, removed, changed, kept };
}

/** Cursors by the key at which they stand; equal keys by number of the cursor. */
class CursorHeap {
  /** How many cursors are not at their end. */
  size = 0;
  /** The key taken last. */
  key = new Uint8Array(0);
  #keyHead = -1;
  readonly #cursors: readonly Cursor[];
  /** Per cursor: `keyHead` of the key at which it stands. */
  readonly #heads: Float64Array;
  readonly #heap: Int32Array;

  constructor(cursors: readonly Cursor[]) {
    this.#cursors = cursors;
    this.#heads = new Float64Array(cursors.length);
    this.#heap = new Int32Array(cursors.length);
    for (const [number, cursor] of cursors.entries()) {
      if (!cursor.next()) continue;
      if (this.size === 0) this.key = new Uint8Array(cursor.key.length);
      if (cursor.key.length !== this.key.length) throw new TypeError('cursors of keys of different sizes');
      this.#heads[number] = keyHead(cursor.key, 0);
      this.#heap[this.size++] = number;
    }
    for (let i = (this.size >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  /** Number of the cursor with the least key. */
  get top(): number {
    return this.#heap[0]!;
  }

  /** Makes the least key `key`. */
  take(): void {
    this.key.set(this.#cursors[this.top]!.key);
    this.#keyHead = this.#heads[this.top]!;
  }

  topHasKey(): boolean {
    return this.size > 0 && this.#heads[this.top] === this.#keyHead && this.#compareWithKey(this.top) === 0;
  }

  /** Moves the top cursor, which stands at `key`, to its next key. */
  advance(): void {
    const top = this.top;
    const cursor = this.#cursors[top]!;
    if (cursor.next()) {
      const head = keyHead(cursor.key, 0);
      this.#heads[top] = head;
      if (head < this.#keyHead || (head === this.#keyHead && this.#compareWithKey(top) <= 0))
        throw new TocsinError(
          'corrupt',
          'Cannot merge the lists: the keys of one do not ascend, want ascending keys',
        );
    } else if (--this.size > 0) this.#heap[0] = this.#heap[this.size]!;
    if (this.size > 1) this.#sink(0);
  }

  #compareWithKey(cursor: number): number {
    return compareKeys(this.#cursors[cursor]!.key, 0, this.key, 0, this.key.length);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const moved = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.#less(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#less(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  }

  #less(a: number, b: number): boolean {
    const difference = this.#heads[a]! - this.#heads[b]!;
    if (difference !== 0) return difference < 0;
    const order = compareKeys(this.#cursors[a]!.key, 0, this.#cursors[b]!.key, 0, this.key.length);
    return order !== 0 ? order < 0 : a < b;
  }
}
