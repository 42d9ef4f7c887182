// DSSE envelopes signed by a machine's own key: ECDSA P-256 with SHA-256, the signature as r || s (IEEE P1363),
// so that it has 64 bytes as those of Ed25519 have. The key is that of the machine's certificate; the payload type
// inside what is signed keeps these signatures apart from those of TLS.
import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { Envelope } from './dsse.ts';
import { preAuthEncoding } from './dsse.ts';

const ENCODING = 'ieee-p1363';

/** Signs with a P-256 private key; `keyid` is the id of its public key. */
export function signByMachine(payloadType: string, payload: Uint8Array, privateKey: KeyObject): Envelope {
  const bytes = preAuthEncoding(payloadType, payload);
  const signature = new Uint8Array(sign('sha256', bytes, { key: privateKey, dsaEncoding: ENCODING }));
  return { payloadType, payload, signatures: [{ keyId: machineKeyId(privateKey), signature }] };
}

/** True where one of the signatures is by this machine key (public, or private for one's own) over type and payload. */
export function isMachineSigned(envelope: Envelope, key: KeyObject): boolean {
  const bytes = preAuthEncoding(envelope.payloadType, envelope.payload);
  return envelope.signatures.some(({ signature }) =>
    verify('sha256', bytes, { key, dsaEncoding: ENCODING }, signature),
  );
}

/** First 32 hex digits of SHA-256 over the SPKI of the public key. */
export function machineKeyId(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 32);
}
