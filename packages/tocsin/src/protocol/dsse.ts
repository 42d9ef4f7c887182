// DSSE envelopes (Dead Simple Signing Envelope 1.0) with Ed25519, spec/keys.md. Knows nothing of payloads:
// the caller names the payload type it expects, and gets bytes only where a signature over them holds.
import type { KeyObject } from 'node:crypto';
import { sign, verify } from 'node:crypto';
import { parseBase64, parseBase64Url, toBase64 } from './base64.ts';
import { ED25519_BYTES, ed25519FromRaw } from './ed25519.ts';
import { TocsinError } from './errors.ts';
import { record } from './lookup.ts';

export const DSSE_LIMITS = { maxText: 128 * 1024, maxSignatures: 4, maxKeyId: 128, maxType: 128 } as const;

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  /** Unauthenticated hints and signatures, in the order of the text. */
  readonly signatures: readonly { readonly keyId: string; readonly signature: Uint8Array }[];
}

/** The bytes that are signed: "DSSEv1" and type and payload, each with its length, joined by spaces. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

export function signEnvelope(
  payloadType: string,
  payload: Uint8Array,
  keyId: string,
  privateKey: KeyObject,
): Envelope {
  const signature = sign(null, preAuthEncoding(payloadType, payload), privateKey);
  return { payloadType, payload, signatures: [{ keyId, signature: new Uint8Array(signature) }] };
}

/** True where one of the signatures is by this raw Ed25519 key over payload and type; key ids are not asked. */
export function isSignedBy(envelope: Envelope, publicKey: Uint8Array): boolean {
  const key = ed25519FromRaw(publicKey);
  const bytes = preAuthEncoding(envelope.payloadType, envelope.payload);
  return envelope.signatures.some(({ signature }) => verify(null, bytes, key, signature));
}

export function formatEnvelope(envelope: Envelope): string {
  const signatures = envelope.signatures.map((s) => ({ keyid: s.keyId, sig: toBase64(s.signature) }));
  return JSON.stringify({
    payloadType: envelope.payloadType,
    payload: toBase64(envelope.payload),
    signatures,
  });
}

/** Reads an envelope; says nothing about its signatures. Throws `format`, or `limit` for an oversize text. */
export function parseEnvelope(text: string, maxText: number = DSSE_LIMITS.maxText): Envelope {
  if (text.length > maxText)
    throw new TocsinError(
      'limit',
      `Cannot read the signed envelope: it has ${text.length} characters, want ${maxText} at most`,
    );
  const o = record(json(text), 'signed envelope');
  const { payloadType, payload, signatures } = o;
  if (typeof payloadType !== 'string' || payloadType.length > DSSE_LIMITS.maxType)
    throw bad('payloadType', 'a media type');
  if (!Array.isArray(signatures) || signatures.length < 1 || signatures.length > DSSE_LIMITS.maxSignatures)
    throw bad('signatures', `1 to ${DSSE_LIMITS.maxSignatures} signatures`);
  return {
    payloadType,
    payload: bytesOf(payload, 'payload'),
    signatures: signatures.map(parseSignature),
  };
}

function parseSignature(value: unknown): Envelope['signatures'][number] {
  const o = record(value, 'signature');
  const keyId = o['keyid'] ?? '';
  if (typeof keyId !== 'string' || keyId.length > DSSE_LIMITS.maxKeyId) throw bad('keyid', 'a short text');
  const signature = bytesOf(o['sig'], 'sig');
  if (signature.length !== ED25519_BYTES.signature)
    throw bad('sig', `${ED25519_BYTES.signature} bytes of Ed25519`);
  return { keyId, signature };
}

/** DSSE allows both alphabets and wants verifiers to accept either. */
function bytesOf(value: unknown, field: string): Uint8Array {
  const bytes = typeof value === 'string' ? (parseBase64(value) ?? parseBase64Url(value)) : null;
  if (bytes === null) throw bad(field, 'base64');
  return bytes;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TocsinError('format', 'Cannot read the signed envelope: it is no JSON, want a DSSE envelope', {
      cause,
    });
  }
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError(
    'format',
    `Cannot read the signed envelope: its field '${field}' is wrong, want ${want}`,
  );
}
