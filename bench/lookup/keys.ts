// Which objects are asked for: known and unknown ones in turn, all different, so many that no cache of the processor holds
// what they touch. Every peer is asked for the same ones.
import { seededRandom } from '../random.ts';

export const KEY = 32;
/** A list is drawn in parts of so many keys: the largest would not fit in memory. */
const KEYS_AT_ONCE = 32_768;

/** True for the keys of `askedKeys` that stand in the list. */
export const isKnown = (i: number): boolean => i % 2 === 0;

/**
 * `asked` different keys, packed: those of even place drawn evenly from all `rows` keys of the hash list of this seed
 * (`../hashes.ts`) and shuffled, for a peer may hold neighbours of the list side by side. Throws RangeError where the list
 * is too short.
 */
export function askedKeys(seed: string, rows: number, asked: number): Buffer {
  const wanted = Math.ceil(asked / 2);
  if (wanted > rows) throw new RangeError(`${wanted} different keys of ${rows}`);
  const random = seededRandom(`${seed}/asked`);
  const keys = random.bytes(asked * KEY);
  const places = shuffled(wanted, random.bytes(wanted * 4));
  let drawn = 0;
  const list = seededRandom(seed);
  for (let from = 0; from < rows; from += KEYS_AT_ONCE) {
    const count = Math.min(KEYS_AT_ONCE, rows - from);
    const part = list.bytes(count * KEY);
    for (let row = rowOf(drawn); drawn < wanted && row < from + count; row = rowOf(++drawn))
      keys.set(part.subarray((row - from) * KEY, (row - from + 1) * KEY), places[drawn]! * 2 * KEY);
  }
  return keys;

  function rowOf(n: number): number {
    return Math.floor((n * rows) / wanted);
  }
}

/** 0 to `count` - 1 in an order made of four random bytes a place (Fisher and Yates; the bias is below 2^-11). */
function shuffled(count: number, random: Buffer): Uint32Array {
  const places = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.readUInt32LE(i * 4) % (i + 1);
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return places;
}
