// Hex for digests, without strings in between: importers decode hundreds of thousands of rows a second.

const NIBBLE = new Int8Array(256).fill(-1);
for (let i = 0; i < 10; i++) NIBBLE[0x30 + i] = i;
for (let i = 0; i < 6; i++) {
  NIBBLE[0x41 + i] = 10 + i;
  NIBBLE[0x61 + i] = 10 + i;
}

/**
 * Decodes `size` bytes of hex that stand in `source` at `start` (either case) into `target` at `at`.
 * Returns false, with `target` undefined in content, where a character is no hex digit or the text is short.
 */
export function decodeHexInto(
  source: Uint8Array,
  start: number,
  target: Uint8Array,
  at: number,
  size: number,
): boolean {
  if (start + 2 * size > source.length) return false;
  let bad = 0;
  for (let i = 0, j = start; i < size; i++, j += 2) {
    const high = NIBBLE[source[j]!]!;
    const low = NIBBLE[source[j + 1]!]!;
    bad |= high | low;
    target[at + i] = (high << 4) | low;
  }
  return bad >= 0;
}

/** The value of the hex digit with this character code, or -1. */
export function hexDigit(code: number): number {
  return code < 256 ? NIBBLE[code]! : -1;
}

/** How many hex digits stand in a row in `source` from `start`, up to `end`. */
export function hexRunLength(source: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && NIBBLE[source[i]!]! >= 0) i++;
  return i - start;
}

/** The bytes of a hex text, or null where it is none (odd length, other characters). */
export function parseHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0, at = 0; i < bytes.length; i++, at += 2) {
    const high = hexDigit(text.charCodeAt(at));
    const low = hexDigit(text.charCodeAt(at + 1));
    if (high < 0 || low < 0) return null;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
