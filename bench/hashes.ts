// Writes hash lists: one million or more random SHA-256 values, the same for the same seed, one a line in the
// form that each reader wants, with some known digests mixed in so that a scan has something to find.
import { closeSync, openSync, writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { seededRandom } from './random.ts';

export interface HashList {
  readonly seed: string;
  readonly rows: number;
  /** Digests in hex that stand in the list besides the random ones; they count as rows. */
  readonly planted: readonly string[];
}

const ROWS_AT_ONCE = 16_384;
const DIGEST_BYTES = 32;

/** `line` turns 64 hex digits into one line without its end. Throws where `signal` aborts meanwhile. */
export async function writeHashList(
  path: string,
  list: HashList,
  line: (hex: string) => string,
  signal?: AbortSignal,
): Promise<void> {
  const random = seededRandom(list.seed);
  const file = openSync(path, 'w', 0o600);
  try {
    for (let left = list.rows - list.planted.length; left > 0; left -= ROWS_AT_ONCE) {
      const count = Math.min(left, ROWS_AT_ONCE);
      const hex = random.bytes(count * DIGEST_BYTES).toString('hex');
      let text = '';
      for (let at = 0; at < hex.length; at += 2 * DIGEST_BYTES)
        text += `${line(hex.slice(at, at + 2 * DIGEST_BYTES))}\n`;
      writeSync(file, text);
      await setImmediate(); // a long list is written while signals come in
      signal?.throwIfAborted();
    }
    for (const digest of list.planted) writeSync(file, `${line(digest)}\n`);
  } finally {
    closeSync(file);
  }
}

/** A line of a plain list. */
export const plainLine = (hex: string): string => hex;
/** A line of a ClamAV `.hsb`: any size, least engine level 73 (which any-size entries need). */
export const hsbLine = (hex: string): string => `${hex}:*:Bench.Random:73`;
