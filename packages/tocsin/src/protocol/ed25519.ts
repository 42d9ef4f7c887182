// Raw Ed25519 public keys (RFC 8032, 32 bytes) and the id of a root key. No private key passes here.
import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey } from 'node:crypto';
import { TocsinError } from './errors.ts';
import { toHex } from './hex.ts';

export const ED25519_BYTES = { publicKey: 32, signature: 64 } as const;

/** The operator's root public key: the one thing that a machine pins. */
export interface RootKey {
  /** First 32 hex digits of SHA-256 over the raw key; how people and certificates name a hub. */
  readonly id: string;
  /** 32 bytes. */
  readonly raw: Uint8Array;
}

/** Throws `format` for anything but 32 bytes. */
export function rootKeyOf(raw: Uint8Array): RootKey {
  if (raw.length !== ED25519_BYTES.publicKey)
    throw new TocsinError(
      'format',
      `Cannot read a root key: it has ${raw.length} bytes, want ${ED25519_BYTES.publicKey}`,
    );
  return { id: keyId(raw), raw };
}

/** First 32 hex digits of SHA-256: the name of any public key or certificate in a keys document. */
export function keyId(bytes: Uint8Array): string {
  return toHex(createHash('sha256').update(bytes).digest().subarray(0, 16));
}

export function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}

/** The key object of a raw public key. */
export function ed25519FromRaw(raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** The raw public key of an Ed25519 key object, public or private. Throws `format` for another type of key. */
export function ed25519ToRaw(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType !== 'ed25519')
    throw new TocsinError(
      'format',
      `Cannot use a key of type '${key.asymmetricKeyType}': want an Ed25519 key`,
    );
  const jwk = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url'));
}
