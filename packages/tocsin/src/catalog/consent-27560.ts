// A consent record in the shape of ISO/IEC TS 27560:2023, for other systems: the record itself and its signature stay
// what they are (consent-record.ts, spec/consent.md). Field names follow the profile of the Data Privacy Vocabulary
// for the GDPR (https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr). No I/O.
import { itemOf } from './catalog.ts';
import type { ConsentRecord, ParticipationRecord } from './consent-record.ts';
import { parseAcceptedList } from './fingerprint.ts';
import type { Item } from './item.ts';
import { PURPOSES } from './item.ts';
import { regimeReason } from './jurisdictions.ts';
import { isPlanned, keptDays, longestKept } from './statement/context.ts';
import type { Partner, Terms } from './terms.ts';

export const ISO_27560_SCHEMA = 'dpv-27560:record-eu-gdpr/1';

/** States of DPV's ConsentStatus that a record of ours can have. */
export type ConsentState = 'given' | 'refused' | 'withdrawn';

/**
 * `sha256`: digest of the record's payload, hex; it names the record. `receiptId`: what names the hub's countersignature,
 * null where there is none yet. `terms`: the operator's in force when it was made. Items that this program no longer
 * declares are named by id alone.
 */
export function asIso27560(
  record: ConsentRecord,
  sha256: string,
  terms: Terms,
  receiptId: string | null,
): object {
  return {
    schema_version: ISO_27560_SCHEMA,
    record_id: uuidOf(sha256),
    receipt_id: receiptId,
    pii_principal_id: `urn:uuid:${record.machine}`,
    notice: noticeOf(record),
    language: record.statement?.language ?? null,
    consent_type: record.choice,
    ...(record.choice === 'participation' ? participationPart(record, terms) : usePart(record, terms)),
    pii_controllers: [controllerOf(terms)],
    storage_locations: terms.storage.map(({ place, country, safeguard }) => ({ place, country, safeguard })),
    geographic_restrictions: [...new Set(terms.storage.map(({ country }) => country))],
    jurisdiction: record.jurisdiction,
    applicable_law: lawOf(record, terms),
    withdrawal_method: withdrawalOf(record),
    privacy_rights: RIGHTS,
    authority_party: terms.authority,
    codes_of_conduct: [],
    events: [eventOf(record)],
    integrity: { sequence: record.sequence, previous: record.previous, sha256, terms: record.terms },
  };
}

const RIGHTS = [
  'access',
  'rectification',
  'erasure',
  'restriction',
  'portability',
  'objection',
  'withdrawal',
  'complaint',
] as const;

/** A UUID of version 8 (RFC 9562) made of the first 128 bits of a digest. */
function uuidOf(sha256: string): string {
  const digits = sha256.slice(0, 32).split('');
  digits[12] = '8';
  digits[16] = ((Number.parseInt(digits[16]!, 16) & 0x3) | 0x8).toString(16);
  return digits.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function noticeOf({ statement }: ConsentRecord): object | null {
  if (statement === null) return null;
  const { version, sha256, language } = statement;
  return { id: 'tocsin-statement', version, sha256, language };
}

/**
 * A person who says yes consents, whatever the rule. What a policy chose for a person rests on the operator's interest
 * in the safety of the machines: nobody can consent for somebody else.
 */
function basisOf({ by }: ConsentRecord): 'consent' | 'legitimate-interest' {
  return by === 'policy' ? 'legitimate-interest' : 'consent';
}

/** What receiving itself shows is left out: it leaves at every level and rests on no choice. */
function participationPart(record: ParticipationRecord, terms: Terms): object {
  const listed = [...(parseAcceptedList(record.accepted) ?? new Map<string, string>())];
  const accepted = listed.filter(([id]) => itemOf(id)?.participation !== 'connection');
  const items = accepted.map(([id]) => itemOf(id)).filter((item) => item !== undefined);
  return {
    purposes: PURPOSES.filter((purpose) => items.some(({ purposes }) => purposes.includes(purpose))).map(
      (purpose) => ({
        id: purpose,
        lawful_basis: basisOf(record),
        level: record.value,
        edition: record.edition,
      }),
    ),
    pii_information: accepted.map(([id, print]) => piiOf(id, print, itemOf(id), terms)),
    recipient_third_parties: [],
    collection_method: record.by === 'policy' ? 'policy of the operator' : 'given by the person',
    processing_method: 'automated, without decisions about a person',
    retention_period: `P${longestKept(items, terms)}D`,
  };
}

function piiOf(id: string, print: string, item: Item | undefined, terms: Terms): object {
  if (item === undefined) return { pii_attribute_id: id, fingerprint: print };
  const { sensitivity, personal, transform } = item;
  return {
    pii_type: id.slice(0, id.indexOf('.')),
    pii_attribute_id: id,
    fingerprint: print,
    pii_optional: true,
    sensitive: sensitivity === 'highly-sensitive',
    sensitivity,
    personal,
    transform,
    retention_period: `P${keptDays(item, terms)}D`,
    collected: !isPlanned(item),
  };
}

function usePart(record: Exclude<ConsentRecord, ParticipationRecord>, terms: Terms): object {
  const partners = terms.partners.filter(({ use }) => use === record.choice);
  return {
    purposes: partners.map(({ purpose }) => ({ id: purpose, lawful_basis: basisOf(record) })),
    pii_information: [{ pii_type: 'as chosen for participation', pii_optional: true, sensitive: true }],
    recipient_third_parties: record.value === 'yes' ? partners.map(partyOf) : [],
    collection_method: record.by === 'policy' ? 'policy of the operator' : 'given by the person',
    processing_method: record.choice === 'sharing' ? 'passed on to the partners named' : 'commercial use',
    retention_period: null,
  };
}

function partyOf({ name, country, purpose }: Partner): object {
  return { id: name, name, address: country, contact: null, type: 'third-party', purpose };
}

function controllerOf({ controller, privacyContact, representative }: Terms): object {
  const { name, address, contact } = controller;
  return {
    id: name,
    name,
    address,
    contact,
    type: 'controller',
    privacy_contact: privacyContact,
    representative,
  };
}

function lawOf(record: ConsentRecord, terms: Terms): string | null {
  const reason = regimeReason(record.jurisdiction, terms);
  return reason.kind === 'law' ? reason.law : null;
}

function withdrawalOf({ choice, by }: ConsentRecord): object {
  const command =
    choice === 'participation' ? 'tocsin participation off' : `tocsin participation --${choice} no`;
  return { method: by === 'policy' ? [command, 'policy of the operator'] : [command] };
}

function eventOf(record: ConsentRecord): object {
  return {
    time: record.at,
    validity_duration: null,
    entity_id: record.by === 'policy' ? `policy ${record.policy ?? 0}` : `urn:uuid:${record.machine}`,
    type: record.by === 'policy' ? 'by-administrator' : 'explicit',
    state: stateOf(record),
    regime: record.regime,
  };
}

/** A choice that takes back what an earlier record could have given is a withdrawal, a first one a refusal. */
function stateOf(record: ConsentRecord): ConsentState {
  if (record.value !== 'off' && record.value !== 'no') return 'given';
  return record.previous === null ? 'refused' : 'withdrawn';
}
