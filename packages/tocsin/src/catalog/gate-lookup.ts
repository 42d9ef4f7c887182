// What a look-up may hold: declared fields, a vague prefix, one address an envelope. Asked by the gate of what
// leaves and by the hub of what arrives; whoever consented to what is not judged here.
import type { KeyKind } from '../protocol/kinds.ts';
import { isKeyKind, KEY_KINDS } from '../protocol/kinds.ts';
import type { LookupRequest, PrefixQuestion } from '../protocol/lookup.ts';
import { LOOKUP_LIMITS } from '../protocol/lookup.ts';
import type { WithheldReason } from './gate-plan.ts';

export interface LookupRules {
  /** What the hub announced; a kind that is missing is not asked about at all. */
  readonly prefixBits: Readonly<Partial<Record<KeyKind, number>>>;
}

/** Items of a look-up; the names after the dot are the fields of a question on the wire. */
export const REQUESTED_ITEMS = ['lookup.kind', 'lookup.bits', 'lookup.prefix'] as const;
const FIELDS: ReadonlySet<string> = new Set(REQUESTED_ITEMS.map((id) => id.slice('lookup.'.length)));
/** Characters of a name that a refusal repeats. */
const MAX_NAME = 128;

/** What should not have been asked. `item`: the one that decided, null where it was the request itself. */
export interface LookupFault {
  readonly item: string | null;
  readonly reason: Extract<
    WithheldReason,
    'undeclared' | 'required' | 'wrong-type' | 'over-limit' | 'too-exact' | 'linkable'
  >;
}

/** What is wrong with a look-up by the catalog alone, whatever came in its place; null where nothing is. */
export function lookupFault(request: unknown, prefixBits: LookupRules['prefixBits']): LookupFault | null {
  if (!isObject(request)) return { item: null, reason: 'wrong-type' };
  const beside = Object.keys(request).find((key) => key !== 'v' && key !== 'prefixes');
  if (beside !== undefined) return { item: beside.slice(0, MAX_NAME), reason: 'undeclared' };
  const { v, prefixes } = request;
  if (prefixes === undefined) return { item: null, reason: 'required' };
  if (v !== 1 || !Array.isArray(prefixes)) return { item: null, reason: 'wrong-type' };
  if (prefixes.length === 0 || prefixes.length > LOOKUP_LIMITS.maxPrefixes)
    return { item: null, reason: 'over-limit' };
  for (const question of prefixes) {
    const fault = questionFault(question, prefixBits);
    if (fault !== null) return fault;
  }
  const questions = prefixes as readonly PrefixQuestion[];
  return questions.length > 1 && questions.some(({ kind }) => !mayShareEnvelope(kind))
    ? { item: null, reason: 'linkable' }
    : null;
}

function questionFault(question: unknown, prefixBits: LookupRules['prefixBits']): LookupFault | null {
  if (!isObject(question)) return { item: null, reason: 'wrong-type' };
  const beside = Object.keys(question).find((field) => !FIELDS.has(field));
  if (beside !== undefined) return { item: `lookup.${beside}`.slice(0, MAX_NAME), reason: 'undeclared' };
  for (const item of REQUESTED_ITEMS)
    if (question[item.slice('lookup.'.length)] === undefined) return { item, reason: 'required' };
  const { kind, bits, prefix } = question;
  if (!isKeyKind(kind)) return { item: 'lookup.kind', reason: 'wrong-type' };
  if (!Number.isInteger(bits)) return { item: 'lookup.bits', reason: 'wrong-type' };
  if (typeof prefix !== 'string') return { item: 'lookup.prefix', reason: 'wrong-type' };
  const shown = bits as number;
  if (shown > Math.min(prefixBits[kind] ?? 0, LOOKUP_LIMITS.maxPrefixBits))
    return { item: 'lookup.bits', reason: 'too-exact' };
  return isPrefixOf({ kind, bits: shown, prefix }) ? null : { item: 'lookup.prefix', reason: 'undeclared' };
}

/** Files are independent of each other; the parts of one address, or the two keys of a certificate, together would name it. */
export function mayShareEnvelope(kind: KeyKind): boolean {
  return KEY_KINDS[kind].object === 'file';
}

/** Which message of the catalog a look-up is. */
export function lookupMessageId({ prefixes }: LookupRequest): 'lookup' | 'lookup-address' {
  const first = prefixes[0];
  return first === undefined || ['file', 'certificate'].includes(KEY_KINDS[first.kind].object)
    ? 'lookup'
    : 'lookup-address';
}

/** True where the text holds exactly `bits` bits: no digit more, and nothing set beyond them. */
function isPrefixOf({ prefix, bits }: PrefixQuestion): boolean {
  const bytes = Math.ceil(bits / 8);
  if (bits < 1 || prefix.length !== 2 * bytes || !/^[0-9a-f]*$/.test(prefix)) return false;
  const unused = 8 * bytes - bits;
  return (Number.parseInt(prefix.slice(-2), 16) & ((1 << unused) - 1)) === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
