// What the hub says of an attributed message (spec/message.md, section "Answers"). A hub is trusted for its word, not
// for its shape: whatever does not fit is refused.
import { TocsinError } from '../../protocol/errors.ts';
import { record, whole } from '../../protocol/lookup.ts';
import { errorOfAnswer } from '../../protocol/problem.ts';
import type { HubAnswer } from '../channel/channel.ts';

export const HUB_WORD_LIMITS = { maxRecords: 64, maxText: 65_536, maxWords: 200 } as const;

export type HubWord =
  /** Durable at the hub, or known there already, or dropped there by the machine's own later choice. */
  | {
      readonly kind: 'taken';
      readonly outcome: 'stored' | 'duplicate' | 'dropped';
      /** Signed texts, to be verified by whoever keeps them. */
      readonly receipt: string | null;
      readonly confirmation: string | null;
    }
  /** Another copy of this machine, or a later day of it, used the number: under it the message is never taken. */
  | { readonly kind: 'number-used' }
  /** The gate of the hub refused it, for good; nothing of it is there. */
  | { readonly kind: 'refused'; readonly reason: string; readonly why: string }
  /** The hub's newest consent of this machine is another: `records` are those that it holds above ours. */
  | { readonly kind: 'other-consent'; readonly sequence: number; readonly records: readonly string[] };

/** Throws what a failing hub stands for (`unreachable`, `busy`, `certificate`, ...); `format` for a strange answer. */
export function readHubWord({ status, body }: Pick<HubAnswer, 'status' | 'body'>): HubWord {
  if (status === 200) return readTaken(parse(body));
  if (status === 422) return readRefusal(parse(body));
  if (status === 409) {
    const told = parse(body);
    const other = readOtherConsent(told);
    if (other !== null) return other;
    if (told['reason'] === 'number-used') return { kind: 'number-used' };
  }
  if (status === 400 || status === 413)
    return { kind: 'refused', reason: 'not-taken', why: `the hub cannot read it (${status})` };
  throw errorOfAnswer(Math.max(status, 400), body);
}

function parse(body: Uint8Array): Record<string, unknown> {
  try {
    return record(JSON.parse(Buffer.from(body).toString()), "hub's answer");
  } catch (cause) {
    throw new TocsinError('format', "Cannot read the hub's answer: it is no JSON object, want one", {
      cause,
    });
  }
}

function readTaken(o: Record<string, unknown>): HubWord {
  const { v, outcome, receipt, confirmation } = o;
  if (v !== 1 || (outcome !== 'stored' && outcome !== 'duplicate' && outcome !== 'dropped'))
    throw bad('outcome', 'stored, duplicate or dropped');
  return {
    kind: 'taken',
    outcome,
    receipt: textOrNull(receipt, 'receipt'),
    confirmation: textOrNull(confirmation, 'confirmation'),
  };
}

function readRefusal({ reason, item }: Record<string, unknown>): HubWord {
  const word = typeof reason === 'string' && /^[a-z-]{1,32}$/.test(reason) ? reason : 'not-taken';
  const about = typeof item === 'string' && /^[a-z0-9_.]{1,64}$/.test(item) ? ` because of '${item}'` : '';
  return { kind: 'refused', reason: word, why: `${word}${about}`.slice(0, HUB_WORD_LIMITS.maxWords) };
}

/** Null where the conflict is about something else. */
function readOtherConsent(o: Record<string, unknown>): HubWord | null {
  if (o['consent'] === undefined) return null;
  const { sequence, records } = record(o['consent'], "hub's answer");
  const list = records ?? [];
  if (!Array.isArray(list) || list.length > HUB_WORD_LIMITS.maxRecords)
    throw bad('records', `up to ${HUB_WORD_LIMITS.maxRecords} records`);
  return {
    kind: 'other-consent',
    sequence: whole(sequence, 'sequence', 0, Number.MAX_SAFE_INTEGER),
    records: list.map((text: unknown) => textOrNull(text, 'records') ?? ''),
  };
}

function textOrNull(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.length > HUB_WORD_LIMITS.maxText) throw bad(field, 'a short text');
  return value;
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError('format', `Cannot read the hub's answer: '${field}' is wrong, want ${want}`);
}
