// What the gate does with each item of a message under one consent, worked out once: which may leave, by which
// writer, and why the others stay. Decides nothing about a single message: that is gate.ts.
import { allows, itemOf, MESSAGES, messageOf } from './catalog.ts';
import type { Consent } from './consent.ts';
import { fingerprint } from './fingerprint.ts';
import type { Item } from './item.ts';
import { isEnvelopeItem } from './items/envelope.ts';
import type { Message } from './message.ts';
import type { ValueWriter } from './validate.ts';
import { compileItem } from './validate.ts';

/** Why something stays on the machine. Closed: counters and texts have one of each. */
export const WITHHELD_REASONS = [
  'participation', // the level in force does not reach it
  'edition', // it is not in the list of this edition
  'not-accepted', // the Statement that was accepted did not list it as it is now
  'terms', // the operator's terms changed and were not accepted yet
  'undeclared', // no such message, reason or item, or a field that no type declares
  'expired', // its declaration has run out
  'wrong-type',
  'over-limit',
  'required', // the message makes no sense without an item that is missing
  'too-exact', // a look-up that shows more bits than the hub announced
  'linkable', // several parts of one address in one envelope
] as const;
export type WithheldReason = (typeof WITHHELD_REASONS)[number];

/** One item of a message: its name as JSON, its writer, and what keeps it here (null: nothing). */
export interface Slot {
  readonly id: string;
  readonly lead: string;
  readonly write: ValueWriter;
  readonly barrier: WithheldReason | null;
  readonly required: boolean;
}

export interface Plan {
  readonly message: Message;
  /** What keeps the whole message here, whatever it holds. */
  readonly barrier: WithheldReason | null;
  readonly slots: readonly Slot[];
  /** Reason code -> the JSON text before the first item. */
  readonly heads: ReadonlyMap<string, string>;
}

/** Writers do not depend on a consent: compiled once an item. */
const WRITERS = new Map<Item, ValueWriter>();

function writerOf(item: Item): ValueWriter {
  let writer = WRITERS.get(item);
  if (writer === undefined) {
    writer = compileItem(item);
    WRITERS.set(item, writer);
  }
  return writer;
}

interface Plans {
  readonly today: string;
  readonly byMessage: Map<string, Plan>;
}

const PLANS = new WeakMap<Consent, Plans>();

/** The plan for an attributed message; null where none is declared by that id. `today` as YYYY-MM-DD. */
export function planFor(messageId: string, consent: Consent, today: string): Plan | null {
  let plans = PLANS.get(consent);
  if (plans === undefined || plans.today !== today) {
    plans = { today, byMessage: new Map() };
    PLANS.set(consent, plans);
  }
  const known = plans.byMessage.get(messageId);
  if (known !== undefined) return known;
  const message = messageOf(messageId);
  if (message === undefined || message.attribution !== 'attributed') return null;
  const plan = makePlan(message, consent, today);
  plans.byMessage.set(messageId, plan);
  return plan;
}

/** What keeps a message of any attribution here; null: nothing. */
export function messageBarrier(message: Message, consent: Consent): WithheldReason | null {
  if (!allows(consent.level, message.from)) return 'participation';
  return message.from !== 'connection' && !consent.termsAccepted ? 'terms' : null;
}

/** What keeps an item here under this consent; null: nothing. */
export function itemBarrier(item: Item, consent: Consent, today: string): WithheldReason | null {
  // Alarm, receipt and erasure are owed also by a program that nobody renewed.
  if (item.participation === 'connection') return null;
  if (item.expires < today) return 'expired';
  if (!allows(consent.level, item.participation)) return 'participation';
  if (!item.editions.includes(consent.edition)) return 'edition';
  if (consent.regime === 'opt-in' && consent.accepted.get(item.id) !== fingerprint(item))
    return 'not-accepted';
  return null;
}

/** What keeps a question here that holds all items of its message; null: nothing. `item`: null where it is the message. */
export function questionBarrier(
  messageId: string,
  consent: Consent,
  today: string,
): { readonly item: string | null; readonly reason: WithheldReason } | null {
  const message = messageOf(messageId)!; // only the gate asks, by names that the catalog has
  const whole = messageBarrier(message, consent);
  if (whole !== null) return { item: null, reason: whole };
  for (const item of message.items) {
    const reason = itemBarrier(itemOf(item)!, consent, today);
    if (reason !== null) return { item, reason };
  }
  return null;
}

function makePlan(message: Message, consent: Consent, today: string): Plan {
  const slots = message.items
    .filter((id) => message.attribution !== 'attributed' || !isEnvelopeItem(id))
    .map((id): Slot => {
      const item = itemOf(id)!; // the lint refuses a message with an item that nobody declares
      return {
        id,
        lead: `${JSON.stringify(id)}:`,
        write: writerOf(item),
        barrier: itemBarrier(item, consent, today),
        required: message.required.includes(id),
      };
    });
  const heads = new Map(
    Object.keys(message.reasons).map((reason) => [
      reason,
      `{"message":${JSON.stringify(message.id)},"reason":${JSON.stringify(reason)},"items":{`,
    ]),
  );
  return { message, barrier: messageBarrier(message, consent), slots, heads };
}

/** For previews: every message with its plan, the questions and the connection too, which the gate judges whole. */
export function allPlans(consent: Consent, today: string): readonly Plan[] {
  return MESSAGES.map((message) => planFor(message.id, consent, today) ?? makePlan(message, consent, today));
}
