// Asks the hub for the history of one object by its whole key, because a person wants it. Sends only what the gate
// released; what keeps the question here is told in one clause, and nothing at all leaves then.
import type { Consent } from '../../catalog/consent.ts';
import type { WithheldReason } from '../../catalog/gate.ts';
import { gateHistory, REASON_WORDS } from '../../catalog/gate.ts';
import { errorWords } from '../../protocol/errors.ts';
import { toHex } from '../../protocol/hex.ts';
import type { History, HistoryRequest } from '../../protocol/history.ts';
import { parseHistory } from '../../protocol/history.ts';
import type { ObjectKey } from '../../protocol/kinds.ts';
import type { Clock } from '../../protocol/world.ts';
import { dayOf } from '../../protocol/world.ts';
import type { SendLookup } from './ask-far.ts';

export type HistoryAnswer =
  | { readonly kind: 'told'; readonly history: History }
  /** Nothing left this machine. */
  | { readonly kind: 'not-asked'; readonly why: string }
  /** It was asked, or tried, and the hub said nothing that can be used. */
  | { readonly kind: 'no-answer'; readonly why: string };

export interface HistoryParts {
  /** Null where this machine joined no hub. */
  readonly send: SendLookup | null;
  /** Run before the question leaves: adopts a newer choice of this machine that the hub knows. Throws as the channel. */
  readonly prepare: () => Promise<void>;
  readonly consent: () => Consent;
  readonly clock: Clock;
}

/** What the hub knows of the object beyond its verdict. Never rejects. */
export async function askHistory(key: ObjectKey, parts: HistoryParts): Promise<HistoryAnswer> {
  const { send, prepare, consent, clock } = parts;
  if (send === null) return { kind: 'not-asked', why: 'this machine has joined no hub' };
  const request: HistoryRequest = { v: 1, kind: key.kind, key: toHex(key.bytes) };
  const decide = () => gateHistory(request, consent(), dayOf(clock));
  const before = decide();
  if (before.kind === 'withheld') return { kind: 'not-asked', why: whyNot(before.reason, consent()) };
  try {
    await prepare();
    const decision = decide(); // the hub may have known of a withdrawal
    if (decision.kind === 'withheld') return { kind: 'not-asked', why: whyNot(decision.reason, consent()) };
    return { kind: 'told', history: parseHistory(await send(decision.request)) };
  } catch (error) {
    return { kind: 'no-answer', why: errorWords(error) };
  }
}

function whyNot(reason: WithheldReason, { level }: Consent): string {
  if (reason === 'participation')
    return `participation is ${level}, and the whole digest of an object leaves with extended only`;
  if (reason === 'not-accepted') return 'the Statement has changed and was not accepted yet';
  return REASON_WORDS[reason];
}
