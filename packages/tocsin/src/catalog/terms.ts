// What an operator says of himself and of the data: who he is, where it is kept and for how long, who else may
// receive it. Signed by the hub's receipt key, which the keys document names (spec/terms.md). The Statement is
// rendered from the catalog and this; parsed and verified here, made in hub/src/privacy. No I/O.
import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { formatEnvelope, isSignedBy, parseEnvelope, signEnvelope } from '../protocol/dsse.ts';
import { TocsinError } from '../protocol/errors.ts';
import { record, whole } from '../protocol/lookup.ts';
import type { Edition } from './item.ts';
import { EDITIONS } from './item.ts';

export const TERMS_PAYLOAD_TYPE = 'application/vnd.tocsin.terms+json';

export const TERMS_LIMITS = {
  maxText: 500,
  maxPlaces: 16,
  maxPartners: 64,
  maxSignedText: 131_072,
  /** Longer than this no item is kept anyway (lint of the catalog). */
  maxRetentionDays: 730,
} as const;

/** For what a partner may receive data of machines whose owner said yes to it. */
export const PARTNER_USES = ['sharing', 'commercial'] as const;
export type PartnerUse = (typeof PARTNER_USES)[number];

export interface Partner {
  readonly name: string;
  readonly country: string;
  readonly purpose: string;
  readonly use: PartnerUse;
}

/** The operator; null where he does not say it: each language has its own words for that. */
export interface Controller {
  readonly name: string | null;
  readonly address: string | null;
  readonly contact: string | null;
}

export interface StoragePlace {
  readonly place: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** What protects data there where the law of the place does not by itself; null where none is needed. */
  readonly safeguard: string | null;
}

export interface Terms {
  readonly v: 1;
  /** Rises with each change; the second part of the Statement's version. */
  readonly number: number;
  /** Unix seconds. */
  readonly issued: number;
  readonly controller: Controller;
  /** Whom to ask about data: a data protection officer, or another person; null: the controller. */
  readonly privacyContact: string | null;
  readonly securityContact: string | null;
  /** Representative in the Union (GDPR Art. 27), where one is needed. */
  readonly representative: string | null;
  /** Where to complain; null where the operator named none. */
  readonly authority: string | null;
  readonly storage: readonly StoragePlace[];
  /** The operator keeps nothing longer than this, days; null: as long as each item says. */
  readonly retentionDays: number | null;
  readonly partners: readonly Partner[];
  /** Where the machines are, unless one says otherwise; null: unknown, opt-in rules. */
  readonly jurisdiction: string | null;
  /** Opt-in is asked for whatever the law of a jurisdiction says. */
  readonly optInEverywhere: boolean;
  readonly edition: Edition;
}

/**
 * What an acceptance is bound to beside the items: 12 hex digits over controller, storage, retention and partners.
 * Contacts may change without a new yes.
 */
export function termsFingerprint(terms: Terms): string {
  const { controller, storage, retentionDays, partners } = terms;
  const bound = [
    controller.name,
    storage.map(({ country, safeguard }) => [country, safeguard]),
    retentionDays,
    partners.map(({ name, country, purpose, use }) => [name, country, purpose, use]),
  ];
  return createHash('sha256').update(JSON.stringify(bound)).digest('hex').slice(0, 12);
}

/** Signs with the receipt key (Ed25519); one line. */
export function signTerms(terms: Terms, keyId: string, receiptKey: KeyObject): string {
  return formatEnvelope(signEnvelope(TERMS_PAYLOAD_TYPE, encodeTerms(terms), keyId, receiptKey));
}

/** The terms in a signed text. Throws `format`, `limit`; `pin` where the receipt key did not sign them. */
export function verifyTerms(text: string, receiptKey: Uint8Array): Terms {
  if (text.length > TERMS_LIMITS.maxSignedText)
    throw new TocsinError('limit', `Cannot read the terms: they have ${text.length} characters, want fewer`);
  const envelope = parseEnvelope(text);
  if (envelope.payloadType !== TERMS_PAYLOAD_TYPE) throw bad('payloadType', TERMS_PAYLOAD_TYPE);
  if (!isSignedBy(envelope, receiptKey))
    throw new TocsinError(
      'pin',
      "Cannot accept the operator's terms: the receipt key of the hub did not sign them, want its signature",
    );
  return parseTerms(json(envelope.payload));
}

/** The bytes that are signed. */
export function encodeTerms(t: Terms): Uint8Array {
  const ordered = {
    v: t.v,
    number: t.number,
    issued: t.issued,
    controller: {
      name: t.controller.name,
      address: t.controller.address,
      contact: t.controller.contact,
    },
    privacyContact: t.privacyContact,
    securityContact: t.securityContact,
    representative: t.representative,
    authority: t.authority,
    storage: t.storage.map(({ place, country, safeguard }) => ({ place, country, safeguard })),
    retentionDays: t.retentionDays,
    partners: t.partners.map(({ name, country, purpose, use }) => ({ name, country, purpose, use })),
    jurisdiction: t.jurisdiction,
    optInEverywhere: t.optInEverywhere,
    edition: t.edition,
  };
  return Buffer.from(JSON.stringify(ordered));
}

/** Throws `format` with the field that is wrong. */
export function parseTerms(value: unknown): Terms {
  const o = record(value, 'terms');
  if (o['v'] !== 1) throw bad('v', '1');
  const controller = record(o['controller'], 'terms');
  const { storage, partners, retentionDays, optInEverywhere, edition } = o;
  if (!Array.isArray(storage) || storage.length > TERMS_LIMITS.maxPlaces)
    throw bad('storage', `up to ${TERMS_LIMITS.maxPlaces} places`);
  if (!Array.isArray(partners) || partners.length > TERMS_LIMITS.maxPartners)
    throw bad('partners', `up to ${TERMS_LIMITS.maxPartners} partners`);
  if (typeof optInEverywhere !== 'boolean') throw bad('optInEverywhere', 'true or false');
  if (!isEdition(edition)) throw bad('edition', `one of ${EDITIONS.join(', ')}`);
  return {
    v: 1,
    number: whole(o['number'], 'number', 1, Number.MAX_SAFE_INTEGER),
    issued: whole(o['issued'], 'issued', 0, 2 ** 40),
    controller: {
      name: textOrNull(controller['name'], 'name'),
      address: textOrNull(controller['address'], 'address'),
      contact: textOrNull(controller['contact'], 'contact'),
    },
    privacyContact: textOrNull(o['privacyContact'], 'privacyContact'),
    securityContact: textOrNull(o['securityContact'], 'securityContact'),
    representative: textOrNull(o['representative'], 'representative'),
    authority: textOrNull(o['authority'], 'authority'),
    storage: storage.map(parsePlace),
    retentionDays:
      retentionDays === null ? null : whole(retentionDays, 'retentionDays', 1, TERMS_LIMITS.maxRetentionDays),
    partners: partners.map(parsePartner),
    jurisdiction: o['jurisdiction'] === null ? null : country(o['jurisdiction']),
    optInEverywhere,
    edition,
  };
}

function parsePlace(value: unknown): StoragePlace {
  const o = record(value, 'terms');
  return {
    place: text(o['place'], 'place'),
    country: country(o['country']),
    safeguard: textOrNull(o['safeguard'], 'safeguard'),
  };
}

function parsePartner(value: unknown): Partner {
  const o = record(value, 'terms');
  const { use } = o;
  if (use !== 'sharing' && use !== 'commercial') throw bad('use', `one of ${PARTNER_USES.join(', ')}`);
  return {
    name: text(o['name'], 'name'),
    country: country(o['country']),
    purpose: text(o['purpose'], 'purpose'),
    use,
  };
}

function isEdition(value: unknown): value is Edition {
  return (EDITIONS as readonly unknown[]).includes(value);
}

function country(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Z]{2}$/.test(value)) throw bad('country', 'two capital letters');
  return value;
}

/** One line that a person can read; it ends up in texts and on terminals. */
function text(value: unknown, field: string): string {
  if (
    typeof value !== 'string' ||
    value.trim() === '' ||
    value.length > TERMS_LIMITS.maxText ||
    /[\p{C}\p{Zl}\p{Zp}]/u.test(value)
  )
    throw bad(field, `one line of up to ${TERMS_LIMITS.maxText} characters`);
  return value;
}

function textOrNull(value: unknown, field: string): string | null {
  return value === null ? null : text(value, field);
}

function json(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new TocsinError('format', 'Cannot read the terms: they are no JSON, want an object', { cause });
  }
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError('format', `Cannot read the terms: the field '${field}' is wrong, want ${want}`);
}
