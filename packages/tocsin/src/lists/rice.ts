// Rice-delta coding of ascending hashes and indices, as Safe Browsing v5 publishes it (spec/hash-lists.md): the first
// value as it is, then each difference as quotient (ones, a zero) and remainder (`parameter` bits) by 2^parameter.
// A number of 4, 8, 16 or 32 bytes is read big-endian, so that numeric order is the order of the bytes.
//
// Differences are handled in words of 32 bits. The parameter is 3 to 30 above the bits of all words but the highest, so
// the quotient is of the highest word alone and all lower words stand in the remainder as they are.
import { TocsinError } from '../protocol/errors.ts';
import { BitReader, BitWriter } from './bits.ts';
import type { HashSet, HashSize } from './hash-set.ts';

/** Of the highest word; with `8 * size - 32` added, the range that is published for each size. */
export const RICE_PARAMETERS = { least: 3, most: 30 } as const;

export interface RiceDelta {
  /** The first hash. */
  readonly first: Uint8Array;
  /** 0 where there is no further one. */
  readonly parameter: number;
  /** How many follow the first. */
  readonly count: number;
  readonly data: Uint8Array;
}

/** Null for the empty set. Throws `input` where the hashes do not strictly ascend. */
export function encodeRice({ size, bytes }: HashSet): RiceDelta | null {
  if (bytes.length === 0) return null;
  const first = bytes.slice(0, size);
  const count = bytes.length / size - 1;
  if (count === 0) return { first, parameter: 0, count, data: new Uint8Array(0) };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const delta = new Uint32Array(size / 4);
  const high = delta.length - 1;
  const tops = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    subtract(view, (i + 1) * size, size, delta);
    tops[i] = delta[high]!;
  }
  const { bits: topBits, quotients } = bestParameter(tops);
  const writer = new BitWriter(count * (1 + topBits + 32 * high) + quotients);
  const mask = ~(-1 << topBits);
  for (let i = 0; i < count; i++) {
    if (high > 0) subtract(view, (i + 1) * size, size, delta);
    writer.writeUnary(tops[i]! >>> topBits);
    for (let word = 0; word < high; word++) writer.write(delta[word]!, 32);
    writer.write(tops[i]! & mask, topBits);
  }
  return { first, parameter: topBits + 32 * high, count, data: writer.finish() };
}

/**
 * What `encodeRice` was given, at most `maxEntries` hashes. Throws `limit` for more, `corrupt` where the data cannot hold
 * as many as it says, where a number passes the size, or where the hashes do not strictly ascend. The result has at most
 * eight times the bytes of the data, beside the first hash. Bits after the last number are not looked at.
 */
export function decodeRice(delta: RiceDelta | null, size: HashSize, maxEntries: number): HashSet {
  if (delta === null) return { size, bytes: new Uint8Array(0) };
  const { first, parameter, count, data } = delta;
  const high = size / 4 - 1;
  const topBits = parameter - 32 * high;
  if (first.length !== size) throw corrupt(`its first value has ${first.length} bytes`, `${size}`);
  if (!Number.isSafeInteger(count) || count < 0) throw corrupt(`it counts ${count} values`, '0 or more');
  if (count >= maxEntries)
    throw new TocsinError(
      'limit',
      `Cannot decode the hash list: it has ${count + 1} values, want up to ${maxEntries}`,
    );
  const bytes = new Uint8Array((roomFor(count, parameter, data) + 1) * size);
  bytes.set(first);
  if (count === 0) return { size, bytes };
  if (!(topBits >= RICE_PARAMETERS.least && topBits <= RICE_PARAMETERS.most && Number.isInteger(topBits)))
    throw corrupt(`its Rice parameter is ${parameter}`, `${32 * high + 3} to ${32 * high + 30}`);
  const reader = new BitReader(data);
  const view = new DataView(bytes.buffer);
  const words = new Uint32Array(high + 1);
  for (let i = 1; i <= count; i++) {
    const quotient = reader.readUnary();
    for (let word = 0; word < high; word++) words[word] = reader.read(32);
    const top = quotient * 2 ** topBits + reader.read(topBits);
    if (top > 0xffffffff) throw corrupt('a difference passes the size of a value', 'smaller ones');
    words[high] = top;
    add(view, i * size, size, words);
  }
  return { size, bytes };
}

/** `count` where the data can hold so many values. */
function roomFor(count: number, parameter: number, data: Uint8Array): number {
  if (count > 0 && !(count * (parameter + 1) <= 8 * data.length && parameter > 0))
    throw corrupt(`its ${data.length} bytes cannot hold ${count} values`, 'as many as it says');
  return count;
}

/** The difference of the value at `at` and the one before, lowest word first. */
function subtract(view: DataView, at: number, size: number, delta: Uint32Array): void {
  let borrow = 0;
  let any = 0;
  for (let word = 0, place = at + size - 4; word < delta.length; word++, place -= 4) {
    const d = view.getUint32(place) - view.getUint32(place - size) - borrow;
    borrow = d < 0 ? 1 : 0;
    delta[word] = d;
    any |= d;
  }
  if (borrow === 1 || any === 0)
    throw new TocsinError(
      'input',
      'Cannot encode the hash list: its hashes do not ascend, want strictly ascending ones',
    );
}

/** Writes the value at `at`: the one before and the difference. */
function add(view: DataView, at: number, size: number, delta: Uint32Array): void {
  let carry = 0;
  let any = 0;
  for (let word = 0, place = at + size - 4; word < delta.length; word++, place -= 4) {
    const sum = view.getUint32(place - size) + delta[word]! + carry;
    carry = sum > 0xffffffff ? 1 : 0;
    any |= delta[word]!;
    view.setUint32(place, sum);
  }
  if (carry === 1) throw corrupt('a value passes its size', 'smaller differences');
  if (any === 0) throw corrupt('a value is there twice', 'strictly ascending values');
}

/** Bits of the highest word with which all differences need the least room, and the sum of their quotients. */
function bestParameter(tops: Uint32Array): { bits: number; quotients: number } {
  let sum = 0;
  for (const top of tops) sum += top;
  const { least, most } = RICE_PARAMETERS;
  const guess = Math.floor(Math.log2(Math.max(1, (sum / tops.length) * Math.LN2)));
  let bits = Math.min(most, Math.max(least, guess));
  let quotients = quotientsOf(tops, bits);
  for (const step of [1, -1])
    for (let next = bits + step; next >= least && next <= most; next += step) {
      const other = quotientsOf(tops, next);
      if (other + next * tops.length >= quotients + bits * tops.length) break;
      bits = next;
      quotients = other;
    }
  return { bits, quotients };
}

function quotientsOf(tops: Uint32Array, bits: number): number {
  let sum = 0;
  for (let i = 0; i < tops.length; i++) sum += tops[i]! >>> bits;
  return sum;
}

function corrupt(state: string, want: string): TocsinError {
  return new TocsinError('corrupt', `Cannot decode the hash list: ${state}, want ${want}`);
}
