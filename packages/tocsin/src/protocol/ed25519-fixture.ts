// For tests and the scripts that make vectors: Ed25519 private keys that anybody can make again.
import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';

/** PKCS#8 of an Ed25519 key up to its seed (RFC 8410, section 7). */
const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The private key of 32 bytes, or of one byte 32 times. */
export function ed25519OfSeed(seed: number | Uint8Array): KeyObject {
  const bytes = typeof seed === 'number' ? Buffer.alloc(32, seed) : seed;
  return createPrivateKey({ key: Buffer.concat([PREFIX, bytes]), format: 'der', type: 'pkcs8' });
}
