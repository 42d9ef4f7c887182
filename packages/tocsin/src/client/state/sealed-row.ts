// How one row of local state is sealed: AES-256-GCM under a key that was derived for the purpose. The name of the
// row is authenticated with it, so that rows cannot change places (spec/local-state.md). No I/O.
import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv } from 'node:crypto';

/** nonce (12) || tag (16) || ciphertext: what a row has beyond its content. */
export const SEALED_ROW = { nonce: 12, tag: 16, overhead: 28 } as const;

const CIPHER = 'aes-256-gcm';

/** Seals `plain` as the row that `name` names. `random` must never repeat under one key. */
export function sealRow(
  key: KeyObject,
  name: string | Uint8Array,
  plain: Uint8Array,
  random: (size: number) => Uint8Array,
): Buffer {
  const nonce = random(SEALED_ROW.nonce);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(bytesOf(name));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** What was sealed as that row under that key; null where it was not, whatever the bytes are. */
export function openRow(key: KeyObject, name: string | Uint8Array, sealed: Uint8Array): Buffer | null {
  if (sealed.length < SEALED_ROW.overhead) return null;
  const nonce = sealed.subarray(0, SEALED_ROW.nonce);
  const tag = sealed.subarray(SEALED_ROW.nonce, SEALED_ROW.overhead);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: SEALED_ROW.tag });
  decipher.setAAD(bytesOf(name)).setAuthTag(tag);
  const plain = decipher.update(sealed.subarray(SEALED_ROW.overhead));
  try {
    decipher.final();
    return plain;
  } catch {
    return null; // the one thing that `final` can say
  }
}

function bytesOf(name: string | Uint8Array): Uint8Array {
  return typeof name === 'string' ? Buffer.from(name) : name;
}
