// The gate: the one function that lets a look-up out. Only it can make a `Released` value, and the sender
// takes nothing else. It decides from the message, the consent and the catalog; it sends nothing itself.
//
//   request ──► participation? ──► Statement accepted? ──► only declared data? ──► vague enough? ──► Released
//                 withheld            withheld                withheld                withheld

import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import type { LookupRequest, PrefixQuestion } from '../protocol/lookup.ts';
import { LOOKUP_LIMITS } from '../protocol/lookup.ts';
import type { Consent } from './consent.ts';
import { reaches } from './consent.ts';
import { declaredFields, LOOKUP } from './items.ts';

declare const released: unique symbol;
/** A message that passed the gate. Nobody else makes one (the type cannot be written elsewhere). */
export type Released<T> = T & { readonly [released]: true };

export type WithheldReason =
  | 'participation-off'
  | 'statement-not-accepted' // the consent is for another Statement than the one in force
  | 'undeclared' // data that no item of the catalog declares
  | 'too-exact' // more bits than the hub announced or the limit allows
  | 'linkable' // several parts of one address in one envelope
  | 'limit';

export type GateDecision<T> =
  | { readonly kind: 'released'; readonly message: Released<T> }
  | { readonly kind: 'withheld'; readonly reason: WithheldReason };

export interface LookupRules {
  /** SHA-256 of the Statement in force. */
  readonly statementSha256: string;
  /** What the hub announced; a kind that is missing is not asked about at all. */
  readonly prefixBits: Readonly<Partial<Record<KeyKind, number>>>;
}

/** Lets a look-up out under this consent, or says why not. */
export function gateLookup(
  request: LookupRequest,
  consent: Consent,
  rules: LookupRules,
): GateDecision<LookupRequest> {
  const reason = withheldReason(request, consent, rules);
  return reason === null
    ? { kind: 'released', message: request as Released<LookupRequest> }
    : { kind: 'withheld', reason };
}

function withheldReason(request: LookupRequest, consent: Consent, rules: LookupRules): WithheldReason | null {
  if (!reaches(consent.level, LOOKUP.from)) return 'participation-off';
  if (consent.statementSha256 !== rules.statementSha256) return 'statement-not-accepted';
  return lookupFault(request, rules.prefixBits);
}

/**
 * What is wrong with a look-up by the catalog alone, whoever consented; null where nothing is. The hub asks
 * the same of what arrives.
 */
export function lookupFault(
  request: LookupRequest,
  prefixBits: LookupRules['prefixBits'],
): Exclude<WithheldReason, 'participation-off' | 'statement-not-accepted'> | null {
  if (!('prefixes' in request) || Object.keys(request).some((key) => key !== 'v' && key !== 'prefixes'))
    return 'undeclared';
  const { prefixes } = request;
  if (prefixes.length === 0 || prefixes.length > LOOKUP_LIMITS.maxPrefixes) return 'limit';
  const declared = declaredFields(LOOKUP);
  for (const question of prefixes) {
    if (Object.keys(question).some((field) => !declared.has(field))) return 'undeclared';
    if (question.bits > Math.min(prefixBits[question.kind] ?? 0, LOOKUP_LIMITS.maxPrefixBits))
      return 'too-exact';
    if (!isPrefixOf(question)) return 'undeclared';
  }
  return prefixes.length > 1 && prefixes.some((question) => !mayShareEnvelope(question.kind))
    ? 'linkable'
    : null;
}

/** Files are independent of each other; the parts of one address together would name it. */
export function mayShareEnvelope(kind: KeyKind): boolean {
  return KEY_KINDS[kind].object === 'file';
}

/** True where the text holds exactly `bits` bits: no digit more, and nothing set beyond them. */
function isPrefixOf({ prefix, bits }: PrefixQuestion): boolean {
  const bytes = Math.ceil(bits / 8);
  if (bits < 1 || prefix.length !== 2 * bytes || !/^[0-9a-f]*$/.test(prefix)) return false;
  const unused = 8 * bytes - bits;
  return (Number.parseInt(prefix.slice(-2), 16) & ((1 << unused) - 1)) === 0;
}
