// Which keys count for a machine. Keys are SHA-256 of the SPKI; they are public, so nothing here is timed.
import type { KeyObject, X509Certificate } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import type { MachineRow } from './store.ts';

/** Whether a key is the machine's, or was before a renewal whose answer may be lost. */
export function isKeyOf(row: Pick<MachineRow, 'key' | 'formerKey'>, key: Uint8Array): boolean {
  return sameKey(row.key, key) || (row.formerKey !== null && sameKey(row.formerKey, key));
}

export function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The public key of a certificate, SPKI in DER. */
export function spkiOf(leaf: X509Certificate): Uint8Array {
  return leaf.publicKey.export({ type: 'spki', format: 'der' });
}

/** The keys by which a machine's signatures are verified, the newest first; none where it was not seen since 0.1.0. */
export function verificationKeys(
  row: Pick<MachineRow, 'publicKey' | 'formerPublicKey'>,
): readonly KeyObject[] {
  return [row.publicKey, row.formerPublicKey]
    .filter((spki) => spki !== null)
    .map((spki) => createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
}
