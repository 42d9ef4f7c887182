// The record of one choice about participation: parsed, encoded, signed, verified (spec/consent.md). Records of a
// machine form a chain: each names the digest of the one before. No storage and no clock here.
import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import type { Envelope } from '../protocol/dsse.ts';
import { formatEnvelope, parseEnvelope } from '../protocol/dsse.ts';
import { TocsinError } from '../protocol/errors.ts';
import { record, whole } from '../protocol/lookup.ts';
import { isMachineSigned, signByMachine } from '../protocol/machine-signature.ts';
import type { ParticipationLevel, Regime } from './consent.ts';
import { isParticipationLevel, REGIMES } from './consent.ts';
import { parseAcceptedList } from './fingerprint.ts';
import type { Edition } from './item.ts';
import { EDITIONS } from './item.ts';
import { isUtcTime } from './value-text.ts';

export const CONSENT_PAYLOAD_TYPE = 'application/vnd.tocsin.consent+json';

export const CONSENT_LIMITS = {
  /** Items that one record may list; the catalog has about half of it. */
  maxAccepted: 512,
  /** Text of one signed record, characters. */
  maxRecordText: 32_768,
} as const;

/** What is chosen: how much leaves, and two things that may be done with it. */
export const CHOICES = ['participation', 'sharing', 'commercial'] as const;
export type Choice = (typeof CHOICES)[number];

/** Who chose: a person at the machine, the operator's policy, or the person of an earlier release. */
export const CHOSEN_BY = ['person', 'policy', 'migration'] as const;

/** The text that was accepted. */
export interface AcceptedStatement {
  readonly version: string;
  readonly sha256: string;
  readonly language: string;
}

interface RecordBase {
  readonly v: 1;
  /** 1, 2, 3, ... for each machine. */
  readonly sequence: number;
  /** SHA-256 of the payload of the record before, hex; null for the first. */
  readonly previous: string | null;
  readonly machine: string;
  /** ISO 8601 in UTC, to the second. */
  readonly at: string;
  readonly by: (typeof CHOSEN_BY)[number];
  /** Sequence of the policy, where it chose. */
  readonly policy: number | null;
  /** ISO 3166-1 alpha-2, or null where unknown (then opt-in rules). */
  readonly jurisdiction: string | null;
  readonly regime: Regime;
  /** Null where nothing had to be accepted: `off`, `no`. */
  readonly statement: AcceptedStatement | null;
  /** Fingerprint of the operator's terms that were shown (terms.ts); null where none were. */
  readonly terms: string | null;
}

export interface ParticipationRecord extends RecordBase {
  readonly choice: 'participation';
  readonly value: ParticipationLevel;
  readonly edition: Edition;
  /** `id:fingerprint` of every item that the accepted Statement lists at this level, sorted. */
  readonly accepted: readonly string[];
}

export interface UseRecord extends RecordBase {
  readonly choice: 'sharing' | 'commercial';
  readonly value: 'yes' | 'no';
}

export type ConsentRecord = ParticipationRecord | UseRecord;

/** A record with its signed text and its digest (of the payload), as it lies in the log. */
export interface SignedRecord {
  readonly record: ConsentRecord;
  readonly text: string;
  readonly sha256: string;
}

/** Signs a record with the machine's key; the text is one line. */
export function signRecord(unsigned: ConsentRecord, machineKey: KeyObject): SignedRecord {
  const payload = encodeRecord(unsigned);
  const text = formatEnvelope(signByMachine(CONSENT_PAYLOAD_TYPE, payload, machineKey));
  return { record: unsigned, text, sha256: digestOf(payload) };
}

/** The record in a signed text, where the key's signature holds. Throws `format`, `limit`; `denied` otherwise. */
export function verifyRecord(text: string, machineKey: KeyObject): SignedRecord {
  const { signed, envelope } = readRecord(text);
  if (!isMachineSigned(envelope, machineKey))
    throw new TocsinError(
      'denied',
      'Cannot accept the consent record: it is not signed by the machine that it names, want its signature',
    );
  return signed;
}

/** As it says of itself, unverified: to find the key by which to verify it. */
export function peekRecord(text: string): SignedRecord {
  return readRecord(text).signed;
}

/** The bytes that are signed: JSON with the members in the order of the spec, no white space. */
export function encodeRecord(r: ConsentRecord): Uint8Array {
  const { v, sequence, previous, machine, at, by, policy, jurisdiction, regime, statement, terms } = r;
  const base = { v, sequence, previous, machine, at, choice: r.choice, value: r.value };
  const text = statement && {
    version: statement.version,
    sha256: statement.sha256,
    language: statement.language,
  };
  const rest = { by, policy, jurisdiction, regime, statement: text, terms };
  const more = r.choice === 'participation' ? { edition: r.edition, accepted: r.accepted } : {};
  return Buffer.from(JSON.stringify({ ...base, ...rest, ...more }));
}

function readRecord(text: string): { readonly signed: SignedRecord; readonly envelope: Envelope } {
  if (text.length > CONSENT_LIMITS.maxRecordText)
    throw new TocsinError(
      'limit',
      `Cannot read the consent record: it has ${text.length} characters, want ${CONSENT_LIMITS.maxRecordText} at most`,
    );
  const envelope = parseEnvelope(text);
  if (envelope.payloadType !== CONSENT_PAYLOAD_TYPE) throw bad('payloadType', CONSENT_PAYLOAD_TYPE);
  const parsed = parseRecord(json(envelope.payload));
  return { signed: { record: parsed, text, sha256: digestOf(envelope.payload) }, envelope };
}

/** Throws `format` with the field that is wrong. Members of a later version are passed over. */
export function parseRecord(value: unknown): ConsentRecord {
  const o = record(value, 'consent record');
  if (o['v'] !== 1) throw bad('v', '1');
  const base = {
    v: 1 as const,
    sequence: whole(o['sequence'], 'sequence', 1, Number.MAX_SAFE_INTEGER),
    previous: orNull(o['previous'], 'previous', isDigest, 'a SHA-256 or null'),
    machine: text(o['machine'], 'machine', isUuid, 'a machine id'),
    at: text(o['at'], 'at', (at) => isUtcTime(at, 'second'), 'a time in UTC'),
    by: oneOf(o['by'], 'by', CHOSEN_BY),
    policy: o['policy'] === null ? null : whole(o['policy'], 'policy', 1, Number.MAX_SAFE_INTEGER),
    jurisdiction: orNull(o['jurisdiction'], 'jurisdiction', isCountry, 'two capital letters or null'),
    regime: oneOf(o['regime'], 'regime', REGIMES),
    statement: o['statement'] === null ? null : parseStatement(o['statement']),
    terms: orNull(o['terms'], 'terms', isTermsMark, 'a fingerprint or null'),
  };
  const choice = oneOf(o['choice'], 'choice', CHOICES);
  if (choice === 'participation') return { ...base, choice, ...parseParticipation(o) };
  const used = oneOf(o['value'], 'value', ['yes', 'no'] as const);
  return { ...base, choice, value: used };
}

function parseParticipation(
  o: Record<string, unknown>,
): Pick<ParticipationRecord, 'value' | 'edition' | 'accepted'> {
  const { value, accepted } = o;
  if (!isParticipationLevel(value)) throw bad('value', 'a level');
  const edition = oneOf(o['edition'], 'edition', EDITIONS);
  if (
    !Array.isArray(accepted) ||
    accepted.length > CONSENT_LIMITS.maxAccepted ||
    parseAcceptedList(accepted) === null
  )
    throw bad('accepted', `up to ${CONSENT_LIMITS.maxAccepted} items, each with its fingerprint`);
  if (value !== 'off' && o['statement'] === null) throw bad('statement', 'the accepted Statement');
  return { value, edition, accepted: accepted as readonly string[] };
}

function parseStatement(value: unknown): AcceptedStatement {
  const o = record(value, 'consent record');
  return {
    version: text(o['version'], 'version', (v) => /^[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(v), 'a version'),
    sha256: text(o['sha256'], 'sha256', isDigest, 'a SHA-256'),
    language: text(o['language'], 'language', (l) => /^[a-z]{2}$/.test(l), 'a language'),
  };
}

function oneOf<const T extends readonly string[]>(value: unknown, field: string, values: T): T[number] {
  if (!(values as readonly unknown[]).includes(value)) throw bad(field, `one of ${values.join(', ')}`);
  return value as T[number];
}

function text(value: unknown, field: string, is: (text: string) => boolean, want: string): string {
  if (typeof value !== 'string' || !is(value)) throw bad(field, want);
  return value;
}

function orNull(value: unknown, field: string, is: (text: string) => boolean, want: string): string | null {
  return value === null ? null : text(value, field, is, want);
}

function isDigest(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}

function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

function isCountry(value: string): boolean {
  return /^[A-Z]{2}$/.test(value);
}

function isTermsMark(value: string): boolean {
  return /^[0-9a-f]{12}$/.test(value);
}

function digestOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}

function json(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new TocsinError('format', 'Cannot read the consent record: it is no JSON, want an object', {
      cause,
    });
  }
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError(
    'format',
    `Cannot read the consent record: its field '${field}' is wrong, want ${want}`,
  );
}
