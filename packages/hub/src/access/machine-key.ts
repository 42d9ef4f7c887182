// Which keys count for a machine. Keys are SHA-256 of the SPKI; they are public, so nothing here is timed.
import type { MachineRow } from './store.ts';

/** Whether a key is the machine's, or was before a renewal whose answer may be lost. */
export function isKeyOf(row: Pick<MachineRow, 'key' | 'formerKey'>, key: Uint8Array): boolean {
  return sameKey(row.key, key) || (row.formerKey !== null && sameKey(row.formerKey, key));
}

export function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
