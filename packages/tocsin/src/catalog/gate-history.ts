// What a question for the history of one object may hold, and under which consent it may be asked: its kind and its whole
// key, nothing else. Asked by the gate of what leaves and by the hub of what arrives.
import type { HistoryRequest } from '../protocol/history.ts';
import { isKeyKind, KEY_KINDS } from '../protocol/kinds.ts';
import { messageOf } from './catalog.ts';
import type { Consent } from './consent.ts';
import type { WithheldReason } from './gate-plan.ts';
import { questionBarrier } from './gate-plan.ts';

const HISTORY_MESSAGE = 'lookup-history';
/** The names after the dot are the fields on the wire. */
const FIELDS: ReadonlySet<string> = new Set([
  'v',
  ...messageOf(HISTORY_MESSAGE)!.items.map((id) => id.slice('lookup.'.length)),
]);
/** Characters of a name that a refusal repeats. */
const MAX_NAME = 128;

/** What should not have been asked. `item`: the one that decided, null where it was the request itself. */
export interface HistoryFault {
  readonly item: string | null;
  readonly reason: WithheldReason;
}

/** What is wrong with a question by the catalog alone, whatever came in its place; null where it is a `HistoryRequest`. */
export function historyFault(request: unknown): HistoryFault | null {
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    return { item: null, reason: 'wrong-type' };
  const beside = Object.keys(request).find((field) => !FIELDS.has(field));
  if (beside !== undefined) return { item: beside.slice(0, MAX_NAME), reason: 'undeclared' };
  const { v, kind, key } = request as { readonly [field in keyof HistoryRequest]?: unknown };
  if (v !== 1) return { item: null, reason: 'wrong-type' };
  if (kind === undefined) return { item: 'lookup.kind', reason: 'required' };
  if (key === undefined) return { item: 'lookup.key', reason: 'required' };
  if (!isKeyKind(kind)) return { item: 'lookup.kind', reason: 'wrong-type' };
  const isKey =
    typeof key === 'string' && key.length === 2 * KEY_KINDS[kind].bytes && /^[0-9a-f]*$/.test(key);
  return isKey ? null : { item: 'lookup.key', reason: 'wrong-type' };
}

/** What of this consent keeps such a question here, whatever it asks; null: nothing. `today` as YYYY-MM-DD. */
export function historyBarrier(consent: Consent, today: string): HistoryFault | null {
  return questionBarrier(HISTORY_MESSAGE, consent, today);
}
