// Whether a message may have been sent (spec/message.md 4.5 to 4.8): the sender's choice as the hub knows it, what was
// erased, and the gate of the catalog. Reads records; stores nothing.
import { messageOf } from 'tocsin/catalog/catalog.ts';
import { NO_CONSENT } from 'tocsin/catalog/consent.ts';
import { faultOfArrived, REASON_WORDS } from 'tocsin/catalog/gate.ts';
import type { Edition } from 'tocsin/catalog/item.ts';
import type { OpenedMessage } from 'tocsin/catalog/seal.ts';
import type { ConsentStates } from '../privacy/consent-state.ts';
import { editionOf } from '../privacy/consent-state.ts';
import type { ParticipationRecords } from '../privacy/consent-store.ts';
import { consentHead, participationOf, recordsAbove } from '../privacy/consent-store.ts';
import { erasedRanges, isErased } from '../privacy/erasure.ts';
import type { Kept } from '../privacy/retention-rules.ts';
import { keptOf } from '../privacy/retention-rules.ts';
import type { SignedTerms } from '../privacy/terms.ts';
import type { Queries } from '../store/database.ts';
import type { IntakeAnswer } from './answers.ts';
import { INTAKE_LIMITS } from './config.ts';
import type { IntakeMachine } from './open.ts';

/** An answer that ends it; or what may be kept, and until when. */
export type Judgement =
  | { readonly kind: 'answer'; readonly answer: IntakeAnswer }
  | {
      readonly kind: 'keep';
      readonly kept: Kept & { readonly sweepAt: number };
      /** Of the choice in force: what its owner signed, not what the message says of itself. */
      readonly edition: Edition;
    };

export interface JudgeParts {
  readonly states: ConsentStates;
  readonly terms: SignedTerms;
  readonly now: number;
}

/** 4.4: an attributed message of the catalog, else what is wrong. */
export function declaredOrNot(message: string): IntakeAnswer | null {
  if (messageOf(message)?.attribution === 'attributed') return null;
  return { kind: 'withheld', item: null, reason: 'undeclared', why: REASON_WORDS.undeclared };
}

/** 4.7 for messages that leave at every level: what of them should not have been sent; null where nothing. */
export function faultAtEveryLevel(opened: OpenedMessage, now: number): IntakeAnswer | null {
  return clockFault(opened, now) ?? faultUnder(opened, NO_CONSENT, now);
}

export async function judge(
  session: Queries,
  machine: IntakeMachine,
  opened: OpenedMessage,
  parts: JudgeParts,
): Promise<Judgement> {
  const { head, message } = opened;
  const records = await participationOf(session, machine.id);
  const fault =
    messageOf(message)?.from === 'connection'
      ? faultAtEveryLevel(opened, parts.now)
      : await consentFault(session, machine, opened, { ...parts, records });
  if (fault?.kind === 'conflict') return { kind: 'answer', answer: fault };
  if (isErased(await erasedRanges(session, machine.id), message, head)) return dropped(opened, 'erased');
  if (fault !== null) return { kind: 'answer', answer: fault };
  const from = Math.min(Date.parse(head.madeAt), parts.now);
  const kept = keptOf(opened.items, from, parts.now, parts.terms.terms);
  const { items, sweepAt } = kept;
  if (sweepAt === null) return dropped(opened, 'too-old');
  const edition = editionOf(records) ?? parts.terms.terms.edition;
  return { kind: 'keep', kept: { items, sweepAt }, edition };
}

/** 4.5, and 4.7 under the consent in force. */
async function consentFault(
  session: Queries,
  machine: IntakeMachine,
  opened: OpenedMessage,
  { states, terms, now, records }: JudgeParts & { readonly records: ParticipationRecords },
): Promise<IntakeAnswer | null> {
  const { consent, edition } = opened.head;
  const { sequence } = await consentHead(session, machine.id);
  if (consent < sequence)
    return {
      kind: 'conflict',
      reason: 'sender-behind',
      consent: { sequence, records: await recordsAbove(session, machine.id, consent) },
    };
  if (consent > sequence) return { kind: 'conflict', reason: 'hub-behind', consent: { sequence } };
  const early = clockFault(opened, now);
  if (early !== null) return early;
  for (const bound of states.boundsOf({ records, terms, personal: machine.personal, edition })) {
    const fault = faultUnder(opened, bound, now);
    if (fault !== null) return fault;
  }
  return null;
}

function faultUnder(
  opened: OpenedMessage,
  consent: Parameters<typeof faultOfArrived>[1],
  now: number,
): IntakeAnswer | null {
  // A declaration's last day ends with the last clock on earth that the skew allows.
  const today = new Date(now - INTAKE_LIMITS.skewMs).toISOString().slice(0, 10);
  const fault = faultOfArrived(opened, consent, today);
  if (fault !== null) return { kind: 'withheld', ...fault };
  const zero = Object.keys(opened.items).find((id) => holdsZero(opened.items[id]));
  if (zero === undefined) return null;
  return { kind: 'withheld', item: zero, reason: 'wrong-type', why: 'it holds a zero character' };
}

function clockFault({ head }: OpenedMessage, now: number): IntakeAnswer | null {
  if (Date.parse(head.madeAt) <= now + INTAKE_LIMITS.skewMs) return null;
  const why = 'it was made more than a day ahead of the clock of the hub';
  return { kind: 'withheld', item: 'envelope.made_at', reason: 'over-limit', why };
}

/** PostgreSQL's jsonb knows no zero character, and no item has a use for one. */
function holdsZero(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsZero);
}

function dropped({ head }: OpenedMessage, why: 'erased' | 'too-old'): Judgement {
  const { epoch, sequence } = head;
  return { kind: 'answer', answer: { kind: 'taken', at: { epoch, sequence }, outcome: 'dropped', why } };
}
