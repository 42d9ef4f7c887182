// The keys document: which keys work for a hub, signed by its root (spec/keys.md). Parsed and verified here,
// made in hub/src/keys. No I/O; nothing of it may be used before `verifyKeysDocument` answered `accepted`.
import { X509Certificate } from 'node:crypto';
import { parseBase64, toBase64 } from './base64.ts';
import type { Envelope } from './dsse.ts';
import { isSignedBy, parseEnvelope } from './dsse.ts';
import type { RootKey } from './ed25519.ts';
import { ED25519_BYTES, isKeyId, keyId } from './ed25519.ts';
import { TocsinError } from './errors.ts';
import { record, whole } from './lookup.ts';
import type { Clock } from './world.ts';
import { unixSeconds } from './world.ts';

export const KEYS_PAYLOAD_TYPE = 'application/vnd.tocsin.keys+json';

export const KEYS_LIMITS = {
  maxAuthorities: 16,
  maxAgeKeys: 16,
  maxCertificateBytes: 4_096,
  /** How far two clocks may stand apart under the pin, seconds. */
  skew: 86_400,
} as const;

/** Times are whole seconds since 1970. */
export interface KeysDocument {
  readonly v: 1;
  /** Id of the root key that signs. */
  readonly hub: string;
  /** Rises with every document; a machine never goes back. */
  readonly number: number;
  readonly issued: number;
  readonly expires: number;
  /** Authorities of the channel, the issuing one first; none counts after its `notAfter`. */
  readonly tls: readonly TlsEntry[];
  /** Verifier key of the verdict log (signed note), null until there is one. */
  readonly log: string | null;
  /** Recipients for samples in flight; the first is used, the others may still be needed to read. */
  readonly age: readonly { readonly id: string; readonly recipient: string }[];
  /** Raw Ed25519 public key (base64) that signs receipts. */
  readonly receipt: { readonly id: string; readonly publicKey: string } | null;
}

export interface TlsEntry {
  /** First 32 hex digits of SHA-256 over the DER of the certificate. */
  readonly id: string;
  /** DER of the authority's certificate, base64. */
  readonly certificate: string;
  readonly notAfter: number;
}

/** A document whose signature, number and dates held, with its authorities ready for use. */
export interface TrustedKeys {
  readonly root: RootKey;
  readonly document: KeysDocument;
  readonly authorities: readonly TrustedAuthority[];
  /** The signed envelope as it came, to be kept and passed on byte for byte. */
  readonly text: string;
}

export interface TrustedAuthority {
  readonly id: string;
  readonly certificate: X509Certificate;
  readonly notAfter: number;
}

export type KeysCheck =
  | { readonly kind: 'accepted'; readonly keys: TrustedKeys }
  /** The number that is held already: nothing new. */
  | { readonly kind: 'same' }
  | { readonly kind: 'older'; readonly number: number; readonly held: number }
  /** No signature by the pinned root; `signer` is what it claims to be signed by. */
  | { readonly kind: 'other-root'; readonly signer: string | null }
  | { readonly kind: 'expired'; readonly at: number }
  | { readonly kind: 'early'; readonly issued: number };

export interface KeysQuestion {
  readonly text: string;
  readonly root: RootKey;
  /** The highest number accepted before; 0 for none. */
  readonly held: number;
  readonly clock: Clock;
}

/** The checks in the order of spec/keys.md section 4. Throws `format` or `limit` where the text is malformed. */
export function verifyKeysDocument(question: KeysQuestion): KeysCheck {
  const { text, root, held, clock } = question;
  const envelope = parseEnvelope(text); // 4.1
  if (!isSignedBy(envelope, root.raw)) return { kind: 'other-root', signer: signerOf(envelope) }; // 4.2
  const document = parsePayload(envelope); // 4.3, 4.4
  if (document.hub !== root.id) throw bad('hub', 'the id of the root key that signs it'); // 4.5
  const authorities = document.tls.map(parseAuthority); // 4.6
  if (document.number < held) return { kind: 'older', number: document.number, held }; // 4.7
  const now = unixSeconds(clock);
  if (now > document.expires + KEYS_LIMITS.skew) return { kind: 'expired', at: document.expires }; // 4.8
  if (now < document.issued - KEYS_LIMITS.skew) return { kind: 'early', issued: document.issued }; // 4.8
  if (document.number === held) return { kind: 'same' }; // 4.9
  return { kind: 'accepted', keys: { root, document, authorities, text } };
}

/** As `verifyKeysDocument`, with every refusal thrown: `pin` where a machine must not go on by itself. */
export function requireKeysDocument(question: KeysQuestion): TrustedKeys {
  const check = verifyKeysDocument(question);
  switch (check.kind) {
    case 'accepted':
      return check.keys;
    case 'same':
      return requireKeysDocument({ ...question, held: question.held - 1 });
    case 'older':
      throw refuse(`it has number ${check.number}`, `${check.held} or higher, as seen before`);
    case 'other-root':
      throw refuse(
        `it is not signed by the pinned root ${question.root.id}`,
        "the hub that was joined, or a new token and 'tocsin rejoin'",
      );
    case 'expired':
      throw refuse(`it ran out on ${day(check.at)}`, 'a newer one from the hub, or a right clock here');
    case 'early':
      throw refuse(`it is dated ${day(check.issued)}, in the future`, 'a right clock here and at the hub');
  }
}

function refuse(state: string, want: string): TocsinError {
  return new TocsinError('pin', `Cannot accept the hub's keys document: ${state}, want ${want}`);
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Reads what stands in an envelope without any check of signature or date: for people, never for trust. */
export function peekKeysDocument(text: string): KeysDocument {
  return parsePayload(parseEnvelope(text));
}

/** The bytes that a root signs: JSON with the members in the order of the spec. */
export function encodeKeysDocument(document: KeysDocument): Uint8Array {
  const { v, hub, number, issued, expires, tls, log, age, receipt } = document;
  const ordered = {
    v,
    hub,
    number,
    issued,
    expires,
    tls: tls.map(({ id, certificate, notAfter }) => ({ id, certificate, notAfter })),
    log,
    age: age.map(({ id, recipient }) => ({ id, recipient })),
    receipt: receipt === null ? null : { id: receipt.id, publicKey: receipt.publicKey },
  };
  return Buffer.from(JSON.stringify(ordered));
}

/** The entry for an authority's certificate. */
export function tlsEntry(certificate: Uint8Array, notAfter: number): TlsEntry {
  return { id: keyId(certificate), certificate: toBase64(certificate), notAfter };
}

function signerOf(envelope: Envelope): string | null {
  const hint = envelope.signatures[0]?.keyId;
  return isKeyId(hint) ? hint : null;
}

function parsePayload(envelope: Envelope): KeysDocument {
  if (envelope.payloadType !== KEYS_PAYLOAD_TYPE) throw bad('payloadType', KEYS_PAYLOAD_TYPE);
  const o = record(json(envelope.payload), 'keys document');
  if (o['v'] !== 1) throw bad('v', '1');
  const { hub, tls, log, age, receipt } = o;
  if (!isKeyId(hub)) throw bad('hub', '32 hex digits');
  if (!Array.isArray(tls) || tls.length < 1 || tls.length > KEYS_LIMITS.maxAuthorities)
    throw bad('tls', `1 to ${KEYS_LIMITS.maxAuthorities} authorities`);
  if (!Array.isArray(age) || age.length > KEYS_LIMITS.maxAgeKeys)
    throw bad('age', `up to ${KEYS_LIMITS.maxAgeKeys} recipients`);
  if (log !== null && !isShortText(log)) throw bad('log', 'a verifier key or null');
  return {
    v: 1,
    hub,
    number: whole(o['number'], 'number', 1, Number.MAX_SAFE_INTEGER),
    issued: seconds(o['issued'], 'issued'),
    expires: seconds(o['expires'], 'expires'),
    tls: tls.map(parseTlsEntry),
    log,
    age: age.map(parseAgeEntry),
    receipt: receipt === null ? null : parseReceipt(receipt),
  };
}

function parseTlsEntry(value: unknown): TlsEntry {
  const o = record(value, 'TLS authority');
  const { id, certificate } = o;
  if (typeof certificate !== 'string' || certificate.length > 2 * KEYS_LIMITS.maxCertificateBytes)
    throw bad('certificate', 'a short certificate in base64');
  const der = parseBase64(certificate);
  if (der === null || id !== keyId(der)) throw bad('id', 'the digest of the certificate');
  return { id: keyId(der), certificate, notAfter: seconds(o['notAfter'], 'notAfter') };
}

function parseAgeEntry(value: unknown): KeysDocument['age'][number] {
  const { id, recipient } = record(value, 'age recipient');
  if (!isKeyId(id) || !isShortText(recipient)) throw bad('age', 'an id and a recipient each');
  return { id, recipient };
}

function parseReceipt(value: unknown): KeysDocument['receipt'] {
  const { id, publicKey } = record(value, 'receipt key');
  const raw = typeof publicKey === 'string' ? parseBase64(publicKey) : null;
  if (raw?.length !== ED25519_BYTES.publicKey || id !== keyId(raw))
    throw bad('receipt', 'a raw Ed25519 key in base64 and its id');
  return { id: keyId(raw), publicKey: toBase64(raw) };
}

/** An authority signs certificates: a CA certificate with a P-256 key, else the document is not of use. */
function parseAuthority(entry: TlsEntry): TrustedAuthority {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(entry.certificate, 'base64'));
  } catch (cause) {
    throw bad('certificate', 'an X.509 certificate', cause);
  }
  const { ca, publicKey } = certificate;
  if (!ca || publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw bad('certificate', 'an authority with a P-256 key');
  return { id: entry.id, certificate, notAfter: entry.notAfter };
}

function seconds(value: unknown, field: string): number {
  return whole(value, field, 0, 2 ** 40);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1_024;
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TocsinError('format', 'Cannot read the keys document: it is no JSON, want an object', {
      cause,
    });
  }
}

function bad(field: string, want: string, cause?: unknown): TocsinError {
  return new TocsinError(
    'format',
    `Cannot read the keys document: its field '${field}' is wrong, want ${want}`,
    { cause },
  );
}
