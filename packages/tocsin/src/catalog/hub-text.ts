// What the hub signs with its receipt key (Ed25519, named in the keys document): policies, receipts, confirmations.
// One way to make such a text and one to open it; it knows none of their fields.
import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { formatEnvelope, isSignedBy, signEnvelope } from '../protocol/dsse.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { SignedTextKind } from './signed-text.ts';
import { readSignedText } from './signed-text.ts';

export type HubText = SignedTextKind;

/** One line, without its end. */
export function signHubText(
  kind: HubText,
  payload: Uint8Array,
  keyId: string,
  receiptKey: KeyObject,
): string {
  return formatEnvelope(signEnvelope(kind.payloadType, payload, keyId, receiptKey));
}

/** The payload where the raw receipt key signed it. Throws `limit`, `format`; `pin` where it did not. */
export function openHubText(kind: HubText, text: string, receiptKey: Uint8Array): Uint8Array {
  const envelope = readSignedText(kind, text);
  if (!isSignedBy(envelope, receiptKey))
    throw new TocsinError(
      'pin',
      `Cannot accept the ${kind.what}: the receipt key of the hub did not sign it, want its signature`,
    );
  return envelope.payload;
}

/** The payload unverified: only to compare it with what was verified before. Throws `limit`, `format`. */
export function peekHubText(kind: HubText, text: string): Uint8Array {
  return readSignedText(kind, text).payload;
}

/** SHA-256 of a payload, hex: by it a verified text is known again when the hub's key has changed. */
export function payloadDigest(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}
