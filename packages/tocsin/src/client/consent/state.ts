// What this machine agreed to, worked out from records, settings, policy and terms: the one answer that gate, status
// and Statement ask for. Pure: it reads no file and no clock. Of two things that bound it the stricter one counts.
//
//   newest record ─┐                                       ┌─ items accepted, for the gate
//   settings ──────┼─► level: the lowest of them ─► consent ┤
//   policy ────────┘   (limit, grant, a person's own choice) └─ regime, edition, terms accepted?
import type { Consent, ParticipationLevel, Regime } from '../../catalog/consent.ts';
import { NO_CONSENT, stricter } from '../../catalog/consent.ts';
import type { ParticipationRecord, SignedRecord } from '../../catalog/consent-record.ts';
import { fingerprint, parseAcceptedList } from '../../catalog/fingerprint.ts';
import type { Edition, Item } from '../../catalog/item.ts';
import { regimeOf } from '../../catalog/jurisdictions.ts';
import type { Policy } from '../../catalog/policy.ts';
import { liveUntil } from '../../catalog/policy.ts';
import type { Settings } from '../../catalog/settings.ts';
import { itemsOfStatement } from '../../catalog/statement/context.ts';
import type { Terms } from '../../catalog/terms.ts';
import { termsFingerprint } from '../../catalog/terms.ts';
import type { AlarmCode } from '../self-defence/guard.ts';
import type { ChoicesMade, SignedParticipation, SignedUse } from './log.ts';
import { newestLocal, stateOf } from './log.ts';
import type { SettingsRead } from './settings.ts';
import type { UseState } from './use.ts';
import { useByRule, useOf } from './use.ts';

/** What renders the Statement that holds for this machine, beside its language. */
export interface StatementPlace {
  readonly terms: Terms | null;
  readonly edition: Edition;
  readonly jurisdiction: string | null;
}

/** What the policy says, as far as it counts now. */
export interface PolicyState {
  readonly policy: Policy;
  /** False once it has expired: its grants are gone, its limits stay. */
  readonly live: boolean;
  /** A grant waits for the yes of the person who uses this machine. */
  readonly needsPerson: boolean;
}

export interface AlarmState {
  readonly code: AlarmCode | 'former-unreadable';
  /** ISO 8601; null where it was found just now. */
  readonly at: string | null;
  /** A clause; null where only what was found earlier stands. */
  readonly why: string | null;
}

interface StateBase {
  readonly consent: Consent;
  /** The choice that the level follows from; null where there is none. */
  readonly chosen: SignedParticipation | null;
  readonly sharing: UseState;
  readonly commercial: UseState;
  readonly place: StatementPlace;
  readonly regime: Regime;
  readonly policy: PolicyState | null;
  /** What the present Statement lists and the accepted one did not, or lists as another thing now. */
  readonly newItems: readonly Item[];
  /** The operator's terms are others than those that were accepted, and that holds data back. */
  readonly termsChanged: boolean;
  readonly selfDefence: boolean;
  readonly settings: Settings | null;
  /** From this moment on it must be worked out anew (milliseconds); Infinity: only when a file changes. */
  readonly until: number;
}

export type ConsentState = StateBase &
  (
    | { readonly kind: 'unset' }
    /** A person chose, here or with an earlier release. */
    | { readonly kind: 'chosen' }
    /** The policy of the operator decides. */
    | { readonly kind: 'policy' }
    /** Off until the hub has confirmed that it erased. */
    | { readonly kind: 'withdrawing' }
    /** Off until the outbox can be read: whether a request to erase waits in it is not known. */
    | { readonly kind: 'outbox-unread'; readonly why: string }
    /** Off until a person sets it anew. */
    | { readonly kind: 'alarm'; readonly alarm: AlarmState }
  );

/** The state that follows from what was read; `now` in milliseconds. Off wherever something is missing or wrong. */
export function stateFrom(read: SettingsRead, now: number): ConsentState {
  switch (read.kind) {
    case 'unset':
      return { ...nothing(read), kind: 'unset' };
    case 'alarm': {
      const { code, at, why } = read;
      return { ...nothing(read), kind: 'alarm', alarm: { code, at, why } };
    }
    case 'ok':
      return stateOfSound(read, now);
  }
}

/** The same, off, while the request to erase is under way. */
export function withdrawing(state: ConsentState): ConsentState {
  return state.kind === 'alarm' ? state : { ...switchedOff(state), kind: 'withdrawing' };
}

/** The same, off, while the outbox cannot be read. */
export function outboxUnread(state: ConsentState, why: string): ConsentState {
  return state.kind === 'alarm' ? state : { ...switchedOff(state), kind: 'outbox-unread', why };
}

function switchedOff({ sharing, commercial, consent, ...state }: StateBase): StateBase {
  const off = (use: UseState): UseState => ({ ...use, counts: false, heldByTerms: false });
  return {
    ...state,
    consent: { ...consent, level: 'off' },
    sharing: off(sharing),
    commercial: off(commercial),
    newItems: [],
  };
}

/** Nobody chose, and what an earlier release left cannot be read: off, and an alarm. */
export function unreadableFormer(state: ConsentState, why: string): ConsentState {
  return { ...state, kind: 'alarm', alarm: { code: 'former-unreadable', at: null, why } };
}

/** Items that a Statement lists at a level and that the record did not accept as they are now, in catalog order. */
export function newSince(
  record: Pick<ParticipationRecord, 'accepted'>,
  edition: Edition,
  level: ParticipationLevel,
): readonly Item[] {
  const accepted = parseAcceptedList(record.accepted) ?? new Map<string, string>();
  return itemsOfStatement(edition, level).filter((item) => accepted.get(item.id) !== fingerprint(item));
}

/** Whether self-defence is on: as the policy wants it; expired, only where it wants it on; else as a person set it. */
export function defends(
  policy: Policy | null,
  now: number,
  { selfDefence }: Pick<Settings, 'selfDefence'>,
): boolean {
  if (policy?.selfDefence === true) return true;
  return policy?.selfDefence === false && now < liveUntil(policy) ? false : selfDefence;
}

/** The newest choice that bounds `level`, with what it accepted. */
interface Basis {
  readonly chosen: SignedParticipation | null;
  readonly level: ParticipationLevel;
  readonly accepted: ReadonlyMap<string, string>;
  readonly byPolicy: boolean;
}

function stateOfSound(read: SettingsRead & { kind: 'ok' }, now: number): ConsentState {
  const { policy, terms, records } = read;
  const { settings } = read.settings;
  const live = policy !== null && now < liveUntil(policy);
  const granted = live ? policy.participation : null;
  const jurisdiction = settings.jurisdiction ?? granted?.jurisdiction ?? terms?.jurisdiction ?? null;
  const made = stateOf(records);
  const regime = regimeFrom(jurisdiction, terms, settings, made.participation);
  const needsPerson = policy?.personal === true && regime === 'opt-in';
  const basis = basisOf(records, made, live && granted !== null, needsPerson);
  const level = [settings.level, policy?.maxLevel, policy?.participation?.level].reduce<ParticipationLevel>(
    (lowest, bound) => (bound == null ? lowest : stricter(lowest, bound)),
    basis.level,
  );
  const termsAccepted = regime === 'opt-out' || acceptsTerms(basis.chosen, terms);
  const sequence = records.at(-1)?.record.sequence ?? read.guard.base?.sequence ?? 0;
  const { edition } = settings;
  const use = (made: SignedUse | null, kept: Settings['sharing']): UseState =>
    useOf({ made, kept, level, shown: basis.chosen, regime, terms });
  return {
    kind: basis.chosen === null ? 'unset' : basis.byPolicy ? 'policy' : 'chosen',
    consent: {
      level,
      edition,
      regime: gateRegime(regime, basis.chosen, edition),
      accepted: basis.accepted,
      termsAccepted,
      sequence,
    },
    chosen: basis.chosen,
    sharing: use(made.sharing, settings.sharing),
    commercial: use(made.commercial, settings.commercial),
    place: { terms, edition, jurisdiction },
    regime,
    policy: policy && {
      policy,
      live,
      needsPerson:
        needsPerson && granted !== null && granted.level !== 'off' && newestLocal(records) === null,
    },
    newItems: level === 'off' || basis.chosen === null ? [] : newSince(basis.chosen.record, edition, level),
    termsChanged: level !== 'off' && !termsAccepted,
    selfDefence: defends(policy, now, settings),
    settings,
    until: live ? liveUntil(policy) : Infinity,
  };
}

/** Another edition is another Statement: what the accepted one lacked stays until it is accepted, whatever the rule. */
function gateRegime(regime: Regime, chosen: SignedParticipation | null, edition: Edition): Regime {
  return chosen?.record.edition === edition ? regime : 'opt-in';
}

function basisOf(
  records: readonly SignedRecord[],
  { participation: newest }: ChoicesMade,
  granted: boolean,
  needsPerson: boolean,
): Basis {
  if (newest === null) return { chosen: null, level: 'off', accepted: new Map(), byPolicy: false };
  const accepted = acceptedBy(newest);
  const { value, by } = newest.record;
  if (by !== 'policy') return { chosen: newest, level: value, accepted, byPolicy: false };
  const local = newestLocal(records);
  if (local === null)
    return { chosen: newest, level: granted && !needsPerson ? value : 'off', accepted, byPolicy: true };
  const level = stricter(value, local.record.value);
  if (granted && !needsPerson) return { chosen: newest, level, accepted, byPolicy: true };
  return { chosen: local, level, accepted: common(accepted, acceptedBy(local)), byPolicy: granted };
}

function acceptedBy({ record }: SignedParticipation): ReadonlyMap<string, string> {
  return parseAcceptedList(record.accepted) ?? new Map();
}

function common(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...a].filter(([id, mark]) => b.get(id) === mark));
}

/** Opt-in where any of what is known says so: a rule never gets laxer without a new choice. */
function regimeFrom(
  jurisdiction: string | null,
  terms: Terms | null,
  settings: Settings,
  chosen: SignedParticipation | null,
): Regime {
  const regimes = [regimeOf(jurisdiction, terms), settings.regime, chosen?.record.regime ?? 'opt-out'];
  return regimes.includes('opt-in') ? 'opt-in' : 'opt-out';
}

/** Whether the operator's terms are those that were shown with the choice. Release 0.1.0 had none to show. */
function acceptsTerms(chosen: SignedParticipation | null, terms: Terms | null): boolean {
  if (chosen === null) return false;
  if (chosen.record.by === 'migration' && chosen.record.terms === null) return true;
  return chosen.record.terms === (terms && termsFingerprint(terms));
}

function nothing({ terms, guard, records }: SettingsRead & { kind: 'unset' | 'alarm' }): StateBase {
  const edition = terms?.edition ?? 'basic';
  const jurisdiction = terms?.jurisdiction ?? null;
  const regime = regimeOf(jurisdiction, terms);
  const sequence = records.at(-1)?.record.sequence ?? guard?.head?.sequence ?? 0;
  const value = useByRule(regime);
  const use: UseState = { value, by: 'default', counts: false, heldByTerms: false };
  return {
    consent: { ...NO_CONSENT, edition, regime, sequence },
    chosen: null,
    sharing: use,
    commercial: use,
    place: { terms, edition, jurisdiction },
    regime,
    policy: null,
    newItems: [],
    termsChanged: false,
    selfDefence: guard?.selfDefence ?? true,
    settings: null,
    until: Infinity,
  };
}
