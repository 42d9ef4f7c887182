// What the hub signs with its receipt key (Ed25519, named in the keys document): policies, receipts, confirmations.
// One way to make such a text and one to open it; it knows none of their fields.
import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { formatEnvelope, isSignedBy, parseEnvelope, signEnvelope } from '../protocol/dsse.ts';
import { TocsinError } from '../protocol/errors.ts';

export interface HubText {
  /** Names it in errors ("policy"). */
  readonly what: string;
  readonly payloadType: string;
  /** Characters. */
  readonly maxText: number;
}

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
  const envelope = readHubText(kind, text);
  if (!isSignedBy(envelope, receiptKey))
    throw new TocsinError(
      'pin',
      `Cannot accept the ${kind.what}: the receipt key of the hub did not sign it, want its signature`,
    );
  return envelope.payload;
}

/** The payload unverified: only to compare it with what was verified before. Throws `limit`, `format`. */
export function peekHubText(kind: HubText, text: string): Uint8Array {
  return readHubText(kind, text).payload;
}

/** SHA-256 of a payload, hex: by it a verified text is known again when the hub's key has changed. */
export function payloadDigest(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}

function readHubText(
  { what, payloadType, maxText }: HubText,
  text: string,
): ReturnType<typeof parseEnvelope> {
  if (text.length > maxText)
    throw new TocsinError(
      'limit',
      `Cannot read the ${what}: the text has ${text.length} characters, want ${maxText} at most`,
    );
  const envelope = parseEnvelope(text);
  if (envelope.payloadType !== payloadType)
    throw new TocsinError('format', `Cannot read the ${what}: it is of another type, want ${payloadType}`);
  return envelope;
}
