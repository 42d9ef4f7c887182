// Comparing keys that stand inside larger buffers, without a view per key.

/** Below, at or above zero as the `size` bytes of `a` at `i` stand before, at or after those of `b` at `j`. */
export function compareKeys(a: Uint8Array, i: number, b: Uint8Array, j: number, size: number): number {
  for (let n = 0; n < size; n++) {
    const difference = a[i + n]! - b[j + n]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The first 6 bytes of a key as a number: keys with different ones stand as the numbers do. */
export function keyHead(a: Uint8Array, i: number): number {
  const high = ((a[i]! << 24) | (a[i + 1]! << 16) | (a[i + 2]! << 8) | a[i + 3]!) >>> 0;
  return high * 65_536 + ((a[i + 4]! << 8) | a[i + 5]!);
}
