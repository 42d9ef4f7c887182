// The gate: the one place that lets data out. Only this file can make what the channel takes (`Outgoing`) and what
// the spool keeps (`Released`): their classes are not exported. It decides from the message, the consent and the
// catalog, and sends nothing itself. The hub asks the same functions of what arrives.
//
//   candidate ─► declared? ─► participation, terms ─► each item: edition, accepted, expired, type, limit
//                                                       │ withheld: counted, stays          │
//                                                       ▼                                   ▼
//                                              a required one? the whole message stays   Released
//   Released ─► sealed and signed (seal.ts) ─► Outgoing ─► channel
//   look-up, connection ──────────────────────► Outgoing ─► channel
import type { HistoryRequest } from '../protocol/history.ts';
import type { LookupRequest } from '../protocol/lookup.ts';
import { padded, QUESTION_SIZES } from '../protocol/padding.ts';
import { messageOf } from './catalog.ts';
import type { ConnectionCall } from './connection-calls.ts';
import { connectionFault } from './connection-calls.ts';
import type { Consent } from './consent.ts';
import { historyBarrier, historyFault } from './gate-history.ts';
import type { LookupRules } from './gate-lookup.ts';
import { lookupFault, lookupMessageId } from './gate-lookup.ts';
import type { Plan, Slot, WithheldReason } from './gate-plan.ts';
import { planFor, questionBarrier } from './gate-plan.ts';
import type { LookupReason } from './messages/lookup.ts';
import type { EnvelopeHead, SealKeys } from './seal.ts';
import { sealMessage } from './seal.ts';

export type { WithheldReason } from './gate-plan.ts';

/** What somebody would like to send. */
export interface Candidate {
  readonly message: string;
  readonly reason: string;
  readonly items: Readonly<Record<string, unknown>>;
}

/** One item that stays, and why; `why` is a clause for a person and never holds the value. */
export interface Withheld {
  readonly item: string;
  readonly reason: WithheldReason;
  readonly why: string;
}

export type GateDecision =
  | { readonly kind: 'released'; readonly message: Released; readonly withheld: readonly Withheld[] }
  /** Nothing of it leaves; `item` names the one that decided, null where it was the message itself. */
  | {
      readonly kind: 'withheld';
      readonly reason: WithheldReason;
      readonly item: string | null;
      readonly withheld: readonly Withheld[];
    };

export type RequestDecision =
  | { readonly kind: 'released'; readonly request: Outgoing }
  | { readonly kind: 'withheld'; readonly reason: WithheldReason };

class ReleasedMessage {
  readonly #gate = true;
  readonly message: string;
  readonly reason: string;
  /** `{"message":…,"reason":…,"items":{…}}`: canonical, items in the order of the declaration. */
  readonly json: string;

  constructor(message: string, reason: string, json: string) {
    this.message = message;
    this.reason = reason;
    this.json = json;
  }

  static is(value: object): boolean {
    return #gate in value;
  }
}

interface OutgoingParts extends ConnectionCall {
  readonly message: string;
  readonly clear: string | null;
  readonly consent: number | null;
}

class OutgoingRequest {
  readonly #gate = true;
  readonly message: string;
  readonly reason: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** What a sealed body holds, readable, for the journal; null where the body is readable itself. */
  readonly clear: string | null;
  /** Sequence of the consent under which it was let out; null for what leaves at every participation. */
  readonly consent: number | null;

  constructor(parts: OutgoingParts) {
    this.message = parts.message;
    this.reason = parts.reason;
    this.method = parts.method;
    this.path = parts.path;
    this.headers = parts.headers ?? {};
    this.body = parts.body;
    this.clear = parts.clear;
    this.consent = parts.consent;
  }

  static is(value: object): boolean {
    return #gate in value;
  }
}

/** A message that passed the gate under a consent. To be sent it passes once more, under the consent of then. */
export type Released = ReleasedMessage;
/** A request that may leave now, byte for byte. */
export type Outgoing = OutgoingRequest;

/** True for what this gate made; what was only cast to the type is none. */
export function isOutgoing(value: object): value is Outgoing {
  return OutgoingRequest.is(value);
}

export function isReleased(value: object): value is Released {
  return ReleasedMessage.is(value);
}

/**
 * Lets an attributed message out as far as this consent and the catalog go. Items that may not leave are left out
 * and named in `withheld`; where a required one is among them, or the message may not leave at all, nothing does.
 * `today`: YYYY-MM-DD in UTC.
 */
export function gateMessage(candidate: Candidate, consent: Consent, today: string): GateDecision {
  const plan = planFor(candidate.message, consent, today);
  if (plan === null) return nothing('undeclared');
  const head = plan.heads.get(candidate.reason);
  if (head === undefined) return nothing('undeclared');
  if (plan.barrier !== null) return nothing(plan.barrier);
  return write(plan, head, candidate);
}

/**
 * The hub's question about what arrived: null where all of it may have been sent under the sender's consent, else
 * the first thing that should not have been.
 */
export function faultOfArrived(
  candidate: Candidate,
  consent: Consent,
  today: string,
): { readonly item: string | null; readonly reason: WithheldReason; readonly why: string } | null {
  const decision = gateMessage(candidate, consent, today);
  const first = decision.withheld[0];
  if (first !== undefined) return first;
  if (decision.kind === 'released') return null;
  return { item: decision.item, reason: decision.reason, why: REASON_WORDS[decision.reason] };
}

/** Lets a look-up out, or says why not. `why` is what the journal says of it. */
export function gateLookup(
  request: LookupRequest,
  consent: Consent,
  rules: LookupRules,
  today: string,
  why: LookupReason = 'unknown',
): RequestDecision {
  const fault = lookupFault(request, rules.prefixBits);
  if (fault !== null) return { kind: 'withheld', reason: fault.reason };
  const id = lookupMessageId(request);
  const barrier = questionBarrier(id, consent, today);
  if (barrier !== null) return { kind: 'withheld', reason: barrier.reason };
  return question({ message: id, reason: why, path: '/v1/lookup' }, request, consent);
}

/** Lets out a question for the history of one object, by its whole key, or says why not. */
export function gateHistory(request: HistoryRequest, consent: Consent, today: string): RequestDecision {
  const fault = historyFault(request) ?? historyBarrier(consent, today);
  if (fault !== null) return { kind: 'withheld', reason: fault.reason };
  return question({ message: 'lookup-history', reason: 'asked', path: '/v1/history' }, request, consent);
}

/** A question in a body of one of few sizes. */
function question(
  head: Pick<OutgoingParts, 'message' | 'reason' | 'path'>,
  request: object,
  { sequence }: Consent,
): RequestDecision {
  const body = padded(JSON.stringify(request), QUESTION_SIZES);
  if (body === null) return { kind: 'withheld', reason: 'over-limit' };
  const headers = { 'content-type': 'application/json' };
  const parts = { ...head, method: 'POST', headers, body, clear: null, consent: sequence } as const;
  return { kind: 'released', request: new OutgoingRequest(parts) };
}

/** Lets out what receiving itself shows; withheld only where the call is none of those that are declared. */
export function gateConnection(call: ConnectionCall): RequestDecision {
  const fault = connectionFault(call);
  if (fault !== null) return { kind: 'withheld', reason: fault };
  return { kind: 'released', request: new OutgoingRequest({ ...call, message: 'connection', ...OPEN }) };
}

/** Of a request that is readable itself and leaves at every participation. */
const OPEN = { clear: null, consent: null } as const;

/**
 * Signs a released message as this machine and seals it to the hub: what leaves, and only the hub can read.
 * Throws TypeError for a message that is none of the gate's.
 */
export async function sealReleased(
  released: Released,
  head: EnvelopeHead,
  keys: SealKeys,
): Promise<Outgoing> {
  if (!isReleased(released)) throw new TypeError('a message that did not pass the gate');
  const { body, clear } = await sealMessage(released.json, head, keys);
  return new OutgoingRequest({
    message: released.message,
    reason: released.reason,
    method: 'POST',
    path: '/v1/messages',
    headers: { 'content-type': 'application/vnd.tocsin.sealed' },
    body,
    clear,
    consent: messageOf(released.message)?.from === 'connection' ? null : head.consent,
  });
}

/** What a reason means, for a person. */
export const REASON_WORDS: Readonly<Record<WithheldReason, string>> = {
  participation: 'the participation in force does not reach it',
  edition: 'it is not in the list of this edition',
  'not-accepted': 'the Statement that was accepted does not list it',
  terms: "the operator's terms have changed and were not accepted yet",
  undeclared: 'nothing declares it',
  expired: 'its declaration has run out',
  'wrong-type': 'it is not of the declared type',
  'over-limit': 'it is beyond the declared limit',
  required: 'an item that it makes no sense without is missing',
  'too-exact': 'the question is more exact than allowed',
  linkable: 'the question tells too much at once',
};

function nothing(
  reason: WithheldReason,
  item: string | null = null,
  withheld: readonly Withheld[] = [],
): GateDecision {
  return { kind: 'withheld', reason, item, withheld };
}

/** The hot path: one pass over the slots of the plan, one string. */
function write(plan: Plan, head: string, { reason, items }: Candidate): GateDecision {
  const { message, slots } = plan;
  let json = head;
  let first = true;
  let seen = 0;
  const withheld: Withheld[] = [];
  let missing: Slot | null = null;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!;
    const value = items[slot.id];
    if (value === undefined) {
      if (slot.required) missing ??= slot;
      continue;
    }
    seen++;
    if (slot.barrier === null) {
      const written = slot.write(value);
      if (typeof written === 'string') {
        json += first ? slot.lead + written : `,${slot.lead}${written}`;
        first = false;
        continue;
      }
      withheld.push({ item: slot.id, reason: written.reason, why: written.why });
    } else withheld.push({ item: slot.id, reason: slot.barrier, why: REASON_WORDS[slot.barrier] });
    if (slot.required) missing ??= slot;
  }
  if (seen !== countKeys(items)) withheld.push(...undeclared(items, slots));
  if (missing !== null) {
    const cause = withheld.find(({ item }) => item === missing.id);
    return nothing(cause?.reason ?? 'required', missing.id, withheld);
  }
  json += '}}';
  if (isLonger(json, message.maxBytes)) return nothing('over-limit', null, withheld);
  return { kind: 'released', message: new ReleasedMessage(message.id, reason, json), withheld };
}

function countKeys(items: Candidate['items']): number {
  let count = 0;
  for (const id in items) if (items[id] !== undefined) count++;
  return count;
}

function undeclared(items: Candidate['items'], slots: readonly Slot[]): readonly Withheld[] {
  const known = new Set(slots.map(({ id }) => id));
  return Object.keys(items)
    .filter((id) => items[id] !== undefined && !known.has(id))
    .map((id) => ({ item: id.slice(0, 128), reason: 'undeclared', why: REASON_WORDS.undeclared }));
}

/** True where the UTF-8 of a text is longer; measured only where it could be. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || Buffer.byteLength(text) > bytes;
}
