// How claims become a verdict (docs/architecture.md, "Claims and verdicts"):
//
//   analyst's claim ──► decides
//   rules, best rank ─► decides
//   feeds agree ──────► best rank decides        feeds: good against bad ─────────► held for a person
//                                                feeds: bad, and a warning list ──► held for a person
//
// Pure: no storage, no clock. A local override stands above all of it, but on the machine, never here.
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { LEVELS, polarity } from 'tocsin/protocol/verdict.ts';

/** A `warning` list names what real lists accuse by mistake: it vouches for nothing, it only makes a person look. */
export type SourceKind = 'analyst' | 'rule' | 'feed' | 'warning';

/** What one source says of one object. */
export interface Claim {
  readonly record: ClassRecord;
  readonly sourceKind: SourceKind;
  /** Among sources of a kind the lower number wins. */
  readonly rank: number;
}

export type Resolution =
  /** Nobody says anything. */
  | { readonly kind: 'none' }
  /** `claim` decides. An analyst's `unknown` decides too: it withdraws what the feeds say. */
  | { readonly kind: 'decided'; readonly claim: Claim }
  /** Feeds contradict each other: published as neither good nor bad until a person decides. */
  | { readonly kind: 'held'; readonly good: Claim; readonly bad: Claim };

/** A tracker is no accusation of its site: the most visited ones are trackers too, and no warning is about that. */
function isAccusation({ record }: Claim): boolean {
  return polarity(record.level) === 'bad' && record.category !== 'tracker';
}

/** The verdict that `claims` of one object amount to; the order in which they are given never matters. */
export function resolve(claims: readonly Claim[]): Resolution {
  const analyst = best(claims.filter((c) => c.sourceKind === 'analyst'));
  if (analyst !== null) return { kind: 'decided', claim: analyst };
  const speaking = claims.filter((c) => c.record.level !== 'unknown');
  const rule = best(speaking.filter((c) => c.sourceKind === 'rule'));
  if (rule !== null) return { kind: 'decided', claim: rule };
  const feeds = speaking.filter((c) => c.sourceKind === 'feed');
  const good = best(feeds.filter((c) => polarity(c.record.level) === 'good'));
  const bad = best(feeds.filter((c) => polarity(c.record.level) === 'bad'));
  if (good !== null && bad !== null) return { kind: 'held', good, bad };
  const warning = best(speaking.filter((c) => c.sourceKind === 'warning'));
  const accusation = best(feeds.filter(isAccusation));
  if (warning !== null && accusation !== null) return { kind: 'held', good: warning, bad: accusation };
  const claim = good ?? bad;
  return claim === null ? { kind: 'none' } : { kind: 'decided', claim };
}

/** The words that go with a held object, for the answer and for the person who decides. */
export function heldReason(good: Claim, bad: Claim): string {
  if (good.sourceKind === 'warning')
    return `held for a person: ${bad.record.source} says ${bad.record.level}, ${good.record.source} warns: ${good.record.reason}`;
  return `held for a person: ${good.record.source} says ${good.record.level}, ${bad.record.source} says ${bad.record.level}`;
}

function best(claims: readonly Claim[]): Claim | null {
  let found: Claim | null = null;
  for (const claim of claims) if (found === null || compare(claim, found) < 0) found = claim;
  return found;
}

/** Rank first, then the stronger level, then the source's name and the rest, so that order never decides. */
function compare(a: Claim, b: Claim): number {
  return a.rank - b.rank || strength(b) - strength(a) || compareText(words(a), words(b));
}

/** `trusted` is stronger than `good`, `malicious` than `suspicious` than `riskware`. */
function strength(claim: Claim): number {
  const { level } = claim.record;
  return polarity(level) === 'good' ? -LEVELS[level] : LEVELS[level];
}

function words({ record: r }: Claim): string {
  return [r.source, r.category ?? '', r.name ?? '', r.reason, r.lifetime].join('\0');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
