// What follows from a policy for the choices on this machine: which records the administrator's acceptance is worth
// here, and which not. It decides and writes nothing: change.ts does. A person's stricter choice stands, and
// where opt-in rules the Statement must be one that this machine can render itself.
import type { Regime } from '../../catalog/consent.ts';
import { reaches, stricter } from '../../catalog/consent.ts';
import { acceptedList } from '../../catalog/fingerprint.ts';
import { regimeOf } from '../../catalog/jurisdictions.ts';
import type { Policy, PolicyParticipation } from '../../catalog/policy.ts';
import { itemsOfStatement, LANGUAGES, renderStatement } from '../../catalog/statement/statement.ts';
import type { Terms } from '../../catalog/terms.ts';
import { termsFingerprint } from '../../catalog/terms.ts';
import type { Change, Draft } from './change.ts';
import type { SignedParticipation, SignedUse } from './log.ts';
import { newestLocal, stateOf } from './log.ts';
import type { SettingsRead } from './settings.ts';

export type PolicyOutcome =
  /** In force as far as it goes. */
  | { readonly kind: 'applied' }
  /** It grants nothing yet: the person who uses this machine has not agreed. */
  | { readonly kind: 'needs-person' }
  /** It grants nothing: the Statement that was accepted is not the one that this version renders. */
  | { readonly kind: 'other-statement'; readonly version: string };

export interface PolicyPlan {
  readonly outcome: PolicyOutcome;
  readonly change: Change;
}

export type PlanPolicy = typeof planPolicy;

/** What the policy changes in the settings and choices as they were read; to be carried out even where that is nothing. */
export function planPolicy(policy: Policy, read: SettingsRead & { kind: 'ok' | 'unset' }): PolicyPlan {
  const settings = { policy: policy.sequence } as const;
  const { participation: granted } = policy;
  const newest = stateOf(read.records).participation;
  if (granted === null || granted.level === 'off')
    return { outcome: { kind: 'applied' }, change: { ...ending(policy, read, newest), settings } };
  const { terms } = read;
  const { jurisdiction, regime } = placeOf(granted, read);
  const grant: Grant = { policy, granted, terms, jurisdiction, regime };
  if (policy.personal && regime === 'opt-in')
    return { outcome: { kind: 'needs-person' }, change: { settings } };
  if (regime === 'opt-in' && !isRendered(grant))
    return {
      outcome: { kind: 'other-statement', version: granted.statement?.version ?? '' },
      change: { settings },
    };
  const drafts = [...participationDraft(grant, read, newest), ...useDrafts(grant, read)];
  return {
    outcome: { kind: 'applied' },
    change: { drafts, settings: { ...settings, edition: granted.edition } },
  };
}

/** Where the machine is, as the person said before the operator did; a person's opt-in is not undone by a policy. */
function placeOf(
  granted: PolicyParticipation,
  read: SettingsRead & { kind: 'ok' | 'unset' },
): Pick<Grant, 'jurisdiction' | 'regime'> {
  const { terms, records } = read;
  const own = read.kind === 'ok' ? read.settings.settings.jurisdiction : null;
  const jurisdiction = own ?? granted.jurisdiction ?? terms?.jurisdiction ?? null;
  const isOptIn = newestLocal(records)?.record.regime === 'opt-in';
  return { jurisdiction, regime: isOptIn ? 'opt-in' : regimeOf(jurisdiction, terms) };
}

interface Grant {
  readonly policy: Policy;
  readonly granted: PolicyParticipation;
  readonly terms: Terms | null;
  readonly jurisdiction: string | null;
  readonly regime: Regime;
}

/** The grant of an earlier policy ends: with a record, and as a withdrawal, where nobody here chose beside it. */
function ending(policy: Policy, read: SettingsRead, newest: SignedParticipation | null): Change {
  if (newest === null || newest.record.value === 'off') return {};
  const local = newestLocal(read.records);
  const isOff = policy.participation?.level === 'off';
  if (!isOff && (newest.record.by !== 'policy' || local !== null)) return {};
  const { jurisdiction, regime, edition } = newest.record;
  const draft: Draft = {
    choice: 'participation',
    value: 'off',
    edition,
    accepted: [],
    by: 'policy',
    policy: policy.sequence,
    jurisdiction,
    regime,
    statement: null,
    terms: null,
  };
  return { drafts: [draft], withdraws: true };
}

/** The administrator accepted exactly the text that stands here. */
function isRendered({ granted, terms, jurisdiction }: Grant): boolean {
  const { edition } = granted;
  const language = LANGUAGES.find((known) => known === granted.statement?.language);
  if (language === undefined) return false;
  return renderStatement({ terms, edition, jurisdiction, language }).sha256 === granted.statement?.sha256;
}

function participationDraft(
  { policy, granted, terms, jurisdiction, regime }: Grant,
  { records }: SettingsRead,
  newest: SignedParticipation | null,
): readonly Draft[] {
  const local = newestLocal(records);
  const value = local === null ? granted.level : stricter(granted.level, local.record.value);
  if (value === 'off') return [];
  const draft: Draft = {
    choice: 'participation',
    value,
    edition: granted.edition,
    accepted: acceptedList(itemsOfStatement(granted.edition, value)),
    by: 'policy',
    policy: policy.sequence,
    jurisdiction,
    regime,
    statement: granted.statement,
    terms: terms && termsFingerprint(terms),
  };
  return newest !== null && saysTheSame(newest, draft) ? [] : [draft];
}

/** True where the newest record already is all that this one would be, by whomever. */
function saysTheSame({ record }: SignedParticipation, draft: Draft & { choice: 'participation' }): boolean {
  const of = (r: typeof draft): string =>
    JSON.stringify([r.value, r.edition, r.accepted, r.jurisdiction, r.regime, r.terms, r.statement?.sha256]);
  return of(record) === of(draft);
}

function useDrafts(
  { policy, granted, terms, jurisdiction, regime }: Grant,
  { records }: SettingsRead,
): Draft[] {
  const made = stateOf(records);
  const drafts: Draft[] = [];
  for (const choice of ['sharing', 'commercial'] as const) {
    const value = granted[choice];
    const newest: SignedUse | null = made[choice];
    if (value === null || isSettled(newest, value, terms)) continue;
    const yes = value === 'yes';
    drafts.push({
      choice,
      value,
      by: 'policy',
      policy: policy.sequence,
      jurisdiction,
      regime,
      statement: yes ? granted.statement : null,
      terms: yes && terms !== null ? termsFingerprint(terms) : null,
    });
  }
  return drafts;
}

/** A person's no stands; the same again needs no record. */
function isSettled(newest: SignedUse | null, value: 'yes' | 'no', terms: Terms | null): boolean {
  if (newest === null) return false;
  const { record } = newest;
  if (record.by !== 'policy' && record.value === 'no') return true;
  return record.value === value && (value === 'no' || record.terms === (terms && termsFingerprint(terms)));
}

/** True where a policy lets a level in. */
export function policyAllows(
  policy: Pick<Policy, 'maxLevel' | 'participation'>,
  level: Parameters<typeof reaches>[0],
): boolean {
  return [policy.maxLevel, policy.participation?.level].every(
    (bound) => bound == null || reaches(bound, level),
  );
}
