// Sorts one run of entries in memory, by places. Four bytes of each key and the entry's place are packed into one
// double (52 bits) and doubles are sorted natively; stretches that are equal so far go on with the next four bytes,
// short ones by insertion. Keys made to share long prefixes cost a few passes more, not a comparison sort.
import { compareKeys } from './keys.ts';

/** Places are 20 bits of a double beside 32 bits of key. */
export const RUN_ENTRIES = 2 ** 20;
/** Up to so many entries are compared one by one. */
const FEW = 12;

export interface RunShape {
  readonly entryBytes: number;
  /** A multiple of four. */
  readonly keyBytes: number;
}

/** The places of `count` (at most RUN_ENTRIES) entries in ascending order of key, equal keys in order of place. */
export function sortRun(entries: Uint8Array, count: number, shape: RunShape): Float64Array {
  const places = new Float64Array(count);
  for (let i = 0; i < count; i++) places[i] = i;
  sortStretch(entries, places, shape, 0);
  return places;
}

/** `places` ascend, and the keys at them have the bytes before `depth` in common. */
function sortStretch(entries: Uint8Array, places: Float64Array, shape: RunShape, depth: number): void {
  const next = depth + 4;
  if (next < shape.keyBytes && sharesWord(entries, places, shape, depth)) {
    sortStretch(entries, places, shape, next);
    return;
  }
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    places[i] = wordAt(entries, place * shape.entryBytes + depth) * RUN_ENTRIES + place;
  }
  places.sort();
  for (let from = 0; from < places.length; ) {
    const word = Math.floor(places[from]! / RUN_ENTRIES) * RUN_ENTRIES;
    let to = from;
    for (; to < places.length && places[to]! < word + RUN_ENTRIES; to++) places[to]! -= word;
    if (to - from > 1 && next < shape.keyBytes) {
      if (to - from <= FEW) sortFew(entries, places, from, to, shape);
      else sortStretch(entries, places.subarray(from, to), shape, next);
    }
    from = to;
  }
}

function sharesWord(entries: Uint8Array, places: Float64Array, shape: RunShape, depth: number): boolean {
  const word = places.length > 0 ? wordAt(entries, places[0]! * shape.entryBytes + depth) : 0;
  return places.every((place) => wordAt(entries, place * shape.entryBytes + depth) === word);
}

function sortFew(entries: Uint8Array, places: Float64Array, from: number, to: number, shape: RunShape): void {
  const { entryBytes, keyBytes } = shape;
  for (let i = from + 1; i < to; i++) {
    const place = places[i]!;
    let j = i;
    for (; j > from; j--) {
      const before = places[j - 1]!;
      if (compareKeys(entries, before * entryBytes, entries, place * entryBytes, keyBytes) <= 0) break;
      places[j] = before;
    }
    places[j] = place;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
