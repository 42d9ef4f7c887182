// What a machine's owner agreed to, rebuilt at the hub from the records that the machine signed and the terms in
// force: the consent that the gate is asked with. Of two things that bound it the stricter one counts. No I/O.
//
//   newest record ─┐
//   a person's own ─┼─► level, accepted items ─┐
//   regime of the jurisdiction now, and then ──┼─► Consent, one for each edition that bounds
//   terms in force ────────────────────────────┘
import { createHash } from 'node:crypto';
import type { Consent, Regime } from 'tocsin/catalog/consent.ts';
import { NO_CONSENT, stricter } from 'tocsin/catalog/consent.ts';
import type { ParticipationRecord } from 'tocsin/catalog/consent-record.ts';
import { peekRecord } from 'tocsin/catalog/consent-record.ts';
import { parseAcceptedList } from 'tocsin/catalog/fingerprint.ts';
import type { Edition } from 'tocsin/catalog/item.ts';
import { regimeOf } from 'tocsin/catalog/jurisdictions.ts';
import { PRIVACY_LIMITS } from './config.ts';
import type { ParticipationRecords, StoredRecord } from './consent-store.ts';
import type { SignedTerms } from './terms.ts';

export interface ConsentQuestion {
  readonly records: ParticipationRecords;
  readonly terms: SignedTerms;
  /** The operator marked the machine as one person's own. */
  readonly personal: boolean;
  /** Edition that the message names. */
  readonly edition: Edition;
}

/** Rebuilds consents; equal ones are one object, so that the gate plans each once. */
export class ConsentStates {
  readonly #known = new Map<string, Consent>();

  /**
   * The consents that a message must satisfy, each of them: one, or two where the message names another edition than
   * the record (what only one of both lists was not accepted).
   */
  boundsOf(question: ConsentQuestion): readonly Consent[] {
    const record = participationIn(question.records.newest);
    if (record === null) return [NO_CONSENT];
    const { terms, personal, edition, records } = question;
    const regime = regimeNow(record, terms);
    const person = participationIn(records.byPerson);
    const needsPerson = record.by === 'policy' && personal && regime === 'opt-in';
    const level = needsPerson ? stricter(record.value, person?.value ?? 'off') : record.value;
    const termsAccepted = regime === 'opt-out' || acceptsTerms(record, terms);
    const editions = new Set([record.edition, edition]);
    return [...editions].map((each) =>
      this.#shared({ level, edition: each, regime, termsAccepted }, record.accepted),
    );
  }

  #shared(
    bounds: Pick<Consent, 'level' | 'edition' | 'regime' | 'termsAccepted'>,
    list: readonly string[],
  ): Consent {
    const accepted = createHash('sha256').update(list.join('\n')).digest('base64');
    const { level, edition, regime, termsAccepted } = bounds;
    const key = [level, edition, regime, termsAccepted, accepted].join(' ');
    let consent = this.#known.get(key);
    this.#known.delete(key);
    consent ??= { ...bounds, accepted: parseAcceptedList(list) ?? new Map(), sequence: 0 };
    this.#known.set(key, consent);
    if (this.#known.size > PRIVACY_LIMITS.maxConsents) this.#known.delete(this.#known.keys().next().value!);
    return consent;
  }
}

/** Edition of the newest choice; null where there is none. */
export function editionOf({ newest }: ParticipationRecords): Edition | null {
  return participationIn(newest)?.edition ?? null;
}

/** Opt-in where the record says so, or the jurisdiction asks for it now: a rule never gets laxer without a new choice. */
export function regimeNow(
  { regime, jurisdiction }: Pick<ParticipationRecord, 'regime' | 'jurisdiction'>,
  { terms }: Pick<SignedTerms, 'terms'>,
): Regime {
  return regime === 'opt-in' ? 'opt-in' : regimeOf(jurisdiction, terms);
}

/** The terms in force are those that were shown with the choice. Release 0.1.0 had none to show. */
function acceptsTerms(record: ParticipationRecord, { fingerprint }: SignedTerms): boolean {
  return record.terms === fingerprint || (record.by === 'migration' && record.terms === null);
}

/** The text was verified before it was stored. */
function participationIn(stored: StoredRecord | null): ParticipationRecord | null {
  if (stored === null) return null;
  const { record } = peekRecord(stored.text);
  return record.choice === 'participation' ? record : null;
}
