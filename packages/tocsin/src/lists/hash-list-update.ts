// Updates of a hash list, as Safe Browsing v5 has them: what goes (by place in the old list), then what comes, then a
// checksum over what results. Makes and applies them; does not carry or sign them.
//
//   old set ─► without removals (places in the old order) ─► with additions ─► SHA-256 is the one given? ─► new set
import { TocsinError } from '../protocol/errors.ts';
import type { HashSet, HashSize } from './hash-set.ts';
import { checksumOf, countOf, HashSetBuilder, union, walkSets } from './hash-set.ts';
import type { RiceDelta } from './rice.ts';
import { decodeRice, encodeRice } from './rice.ts';

export const HASH_LIST_LIMITS = {
  /** Packed bytes of one list: 32 M prefixes of 4 bytes, 4 M hashes of 32. */
  maxBytes: 2 ** 27,
} as const;

export interface HashListUpdate {
  /** False: the additions are the whole list. */
  readonly partial: boolean;
  readonly removals: RiceDelta | null;
  readonly additions: RiceDelta | null;
  /** SHA-256 of the list after the update. */
  readonly checksum: Uint8Array;
}

export function maxEntries(size: HashSize): number {
  return HASH_LIST_LIMITS.maxBytes / size;
}

/** All of `set`. */
export function wholeUpdate(set: HashSet, checksum = checksumOf(set)): HashListUpdate {
  return { partial: false, removals: null, additions: encodeRice(set), checksum };
}

/** What makes `next` of `old`. */
export function updateBetween(old: HashSet, next: HashSet, checksum = checksumOf(next)): HashListUpdate {
  const places = new HashSetBuilder(4);
  const place = new DataView(new ArrayBuffer(4));
  const added = new HashSetBuilder(next.size);
  walkSets(old, next, {
    old: (at) => {
      place.setUint32(0, at / old.size);
      places.add(new Uint8Array(place.buffer));
    },
    next: (at) => added.add(next.bytes, at),
  });
  return {
    partial: true,
    removals: encodeRice(places.finish()),
    additions: encodeRice(added.finish()),
    checksum,
  };
}

/**
 * The list after the update; `old` counts only where it is partial. Throws `corrupt` where anything does not hold, the
 * checksum at last, and `limit` for a list beyond HASH_LIST_LIMITS. `old` is never changed.
 */
export function applyUpdate(old: HashSet, update: HashListUpdate): HashSet {
  const { size } = old;
  const limit = maxEntries(size);
  if (!update.partial && update.removals !== null)
    throw corrupt('a whole list removes something', 'no removals');
  const added = decodeRice(update.additions, size, limit);
  const gone = decodeRice(update.removals, 4, limit);
  const next = update.partial ? addAll(removePlaces(old, gone), added) : added;
  if (next.bytes.length > HASH_LIST_LIMITS.maxBytes)
    throw new TocsinError(
      'limit',
      `Cannot apply the update: the list would have ${countOf(next)} hashes, want up to ${limit}`,
    );
  if (!Buffer.from(checksumOf(next)).equals(update.checksum))
    throw corrupt('the list after it does not have its checksum', 'the checksum that it names');
  return next;
}

function addAll(kept: HashSet, added: HashSet): HashSet {
  const next = union(kept, added);
  if (next.bytes.length !== kept.bytes.length + added.bytes.length)
    throw corrupt('it adds a hash that is there', 'new hashes only');
  return next;
}

function removePlaces(old: HashSet, places: HashSet): HashSet {
  const count = countOf(places);
  if (count === 0) return old;
  const { size } = old;
  const view = new DataView(places.bytes.buffer, places.bytes.byteOffset, places.bytes.length);
  if (view.getUint32(4 * (count - 1)) >= countOf(old))
    throw corrupt('it removes a hash beyond the end of the list', `places below ${countOf(old)}`);
  const bytes = new Uint8Array(old.bytes.length - count * size);
  let from = 0;
  let used = 0;
  for (let i = 0; i < count; i++) {
    const at = view.getUint32(4 * i) * size;
    bytes.set(old.bytes.subarray(from, at), used);
    used += at - from;
    from = at + size;
  }
  bytes.set(old.bytes.subarray(from), used);
  return { size, bytes };
}

function corrupt(state: string, want: string): TocsinError {
  return new TocsinError('corrupt', `Cannot apply the update: ${state}, want ${want}`);
}
