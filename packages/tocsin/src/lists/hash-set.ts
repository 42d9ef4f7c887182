// Sets of hashes of one size as a hash list has them: packed one after the other, strictly ascending, so that two sets
// are equal where their bytes are. Pure; who made the bytes has checked or sorted them (`checkSet`).
import { createHash } from 'node:crypto';
import { TocsinError } from '../protocol/errors.ts';
import { compareKeys } from './keys.ts';

/** Bytes of a hash in a list, as Safe Browsing v5 has them. */
export const HASH_SIZES = [4, 8, 16, 32] as const;
export type HashSize = (typeof HASH_SIZES)[number];

export interface HashSet {
  readonly size: HashSize;
  /** `size` bytes each. */
  readonly bytes: Uint8Array;
}

export function emptySet(size: HashSize): HashSet {
  return { size, bytes: new Uint8Array(0) };
}

export function countOf({ size, bytes }: HashSet): number {
  return bytes.length / size;
}

/** SHA-256 over all hashes in order: what a receiver compares after an update. */
export function checksumOf(set: HashSet): Uint8Array {
  return new Uint8Array(createHash('sha256').update(set.bytes).digest());
}

/** Whether the first bytes of `hash` are one of the set. */
export function hasHash({ size, bytes }: HashSet, hash: Uint8Array): boolean {
  let from = 0;
  let to = bytes.length / size;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const order = compareKeys(bytes, middle * size, hash, 0, size);
    if (order === 0) return true;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return false;
}

/** Throws `corrupt` where the bytes are no such set. */
export function checkSet({ size, bytes }: HashSet): void {
  let ascends = bytes.length % size === 0;
  for (let at = size; ascends && at < bytes.length; at += size)
    ascends = compareKeys(bytes, at - size, bytes, at, size) < 0;
  if (!ascends)
    throw new TocsinError(
      'corrupt',
      `Cannot use the hash list: its hashes do not ascend, want strictly ascending ones of ${size} bytes`,
    );
}

/** A set made of hashes (or the first bytes of longer ones) that come in ascending order, equal ones possibly twice. */
export class HashSetBuilder {
  readonly size: HashSize;
  #bytes: Uint8Array;
  #used = 0;

  constructor(size: HashSize) {
    this.size = size;
    this.#bytes = new Uint8Array(1024 * size);
  }

  get byteLength(): number {
    return this.#used;
  }

  add(hash: Uint8Array, offset = 0): void {
    const { size } = this;
    if (this.#used > 0) {
      const order = compareKeys(this.#bytes, this.#used - size, hash, offset, size);
      if (order === 0) return;
      if (order > 0) throw new TypeError('hashes do not ascend');
    }
    if (this.#used === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    for (let i = 0; i < size; i++) this.#bytes[this.#used + i] = hash[offset + i]!;
    this.#used += size;
  }

  finish(): HashSet {
    return { size: this.size, bytes: this.#bytes.slice(0, this.#used) };
  }
}

/** A set of hashes in any order, or of their first bytes. */
export function setOf(size: HashSize, hashes: Iterable<Uint8Array>): HashSet {
  const builder = new HashSetBuilder(size);
  const sorted = [...hashes].sort((a, b) => compareKeys(a, 0, b, 0, size));
  for (const hash of sorted) builder.add(hash);
  return builder.finish();
}

/**
 * Walks both sets in order, once over each hash: `onBoth` gets the places of one that both have, `onOld` and `onNew`
 * that of one that only this one has, in bytes.
 */
export function walkSets(
  old: HashSet,
  next: HashSet,
  on: {
    readonly old?: (at: number) => void;
    readonly next?: (at: number) => void;
    readonly both?: (oldAt: number, nextAt: number) => void;
  },
): void {
  const { size } = old;
  if (size !== next.size) throw new TypeError('sets of hashes of different sizes');
  let i = 0;
  let j = 0;
  while (i < old.bytes.length || j < next.bytes.length) {
    const order = orderAt(old.bytes, i, next.bytes, j, size);
    if (order < 0) on.old?.(i);
    else if (order > 0) on.next?.(j);
    else on.both?.(i, j);
    if (order <= 0) i += size;
    if (order >= 0) j += size;
  }
}

function orderAt(a: Uint8Array, i: number, b: Uint8Array, j: number, size: number): number {
  if (i >= a.length) return 1;
  return j >= b.length ? -1 : compareKeys(a, i, b, j, size);
}

/** Every hash that one of the two has. */
export function union(a: HashSet, b: HashSet): HashSet {
  if (a.bytes.length === 0) return b;
  if (b.bytes.length === 0) return a;
  const bytes = new Uint8Array(a.bytes.length + b.bytes.length);
  let used = 0;
  const take = (from: Uint8Array, at: number): void => {
    for (let i = 0; i < a.size; i++) bytes[used + i] = from[at + i]!;
    used += a.size;
  };
  walkSets(a, b, {
    old: (at) => take(a.bytes, at),
    next: (at) => take(b.bytes, at),
    both: (at) => take(a.bytes, at),
  });
  return { size: a.size, bytes: bytes.slice(0, used) };
}

/** `set` without the hashes of `gone`. */
export function without(set: HashSet, gone: HashSet): HashSet {
  if (gone.bytes.length === 0) return set;
  const bytes = new Uint8Array(set.bytes.length);
  let used = 0;
  walkSets(set, gone, {
    old: (at) => {
      for (let i = 0; i < set.size; i++) bytes[used + i] = set.bytes[at + i]!;
      used += set.size;
    },
  });
  return { size: set.size, bytes: bytes.slice(0, used) };
}
