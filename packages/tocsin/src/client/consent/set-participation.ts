// What a person at this machine chooses: level, sharing, commercial use, where the machine is. Anything but no needs
// the hash of the Statement that was read, rendered for this machine in a language that it speaks. Records are made
// here; change.ts makes them durable, policy-apply.ts is the operator's way.
import type { ParticipationLevel } from '../../catalog/consent.ts';
import type { AcceptedStatement, SignedRecord } from '../../catalog/consent-record.ts';
import type { YesNo } from '../../catalog/fields.ts';
import { acceptedList } from '../../catalog/fingerprint.ts';
import type { Edition } from '../../catalog/item.ts';
import { regimeOf } from '../../catalog/jurisdictions.ts';
import type { Statement } from '../../catalog/statement/statement.ts';
import { itemsOfStatement, LANGUAGES, renderStatement } from '../../catalog/statement/statement.ts';
import { termsFingerprint } from '../../catalog/terms.ts';
import { shown, TocsinError } from '../../protocol/errors.ts';
import type { Draft } from './change.ts';
import { carryOut } from './change.ts';
import { onGround } from './finish.ts';
import type { Ground } from './ground.ts';
import { stateOf } from './log.ts';
import { putFormerAside } from './migration.ts';
import { readOwner } from './owner.ts';
import type { ConsentParts } from './places.ts';
import type { ConsentState, StatementPlace } from './state.ts';
import { stateFrom } from './state.ts';

/** What a person sets; what is left out stays as it is. */
export interface Choosing {
  readonly level?: ParticipationLevel;
  readonly sharing?: YesNo;
  readonly commercial?: YesNo;
  /** ISO 3166-1 alpha-2, checked (jurisdictions.ts). */
  readonly jurisdiction?: string;
  readonly edition?: Edition;
  /** SHA-256 of the Statement that was read, lower-case hex; null where none was. */
  readonly accept: string | null;
}

/**
 * Records the choice; durable on return, with all that follows from it. An alarm of self-defence ends with a level
 * that is set anew. Returns the new records: none where nothing had to be recorded. Throws `input` where the Statement
 * was not accepted, `not-joined` for anything but `off`, `conflict` where this machine is a copy, the policy has to
 * be fetched first, or another process is at it; `io`.
 */
export function setParticipation(parts: ConsentParts, choosing: Choosing): readonly SignedRecord[] {
  if (readOwner(parts.home, parts.world.clock).kind === 'none') return withoutHub(parts, choosing);
  return onGround(parts, (ground) => {
    const state = stateFrom(ground.read, parts.world.clock.now());
    const wanted = complete(choosing, state);
    if (isSaidAlready(wanted, state)) return [];
    requirePapers(ground, wanted);
    const place = placeFor(state, wanted);
    const regime = regimeOf(place.jurisdiction, place.terms);
    const records = carryOut(parts, ground, {
      drafts: draftsFor(wanted, place, parts.statementFor ?? statementFor),
      settings: {
        edition: place.edition,
        regime,
        ...(wanted.jurisdiction === undefined ? {} : { jurisdiction: wanted.jurisdiction }),
      },
      withdraws: wanted.level === 'off' && mayHaveSent(ground),
      clearsAlarm: true,
    });
    putFormerAside(parts);
    return records;
  });
}

/** The Statement for a place in a language, as it is accepted. */
export function statementFor(place: StatementPlace, language: Statement['language']): Statement {
  return renderStatement({ ...place, language });
}

/** What the Statement of these changes would be rendered for. */
export function placeFor(
  { place }: Pick<ConsentState, 'place'>,
  { edition, jurisdiction }: Pick<Choosing, 'edition' | 'jurisdiction'>,
): StatementPlace {
  return {
    terms: place.terms,
    edition: edition ?? place.edition,
    jurisdiction: jurisdiction ?? place.jurisdiction,
  };
}

/** Nothing leaves without a hub, and there is no key to sign with: a no is true already. */
function withoutHub(parts: ConsentParts, { level, sharing, commercial }: Choosing): readonly SignedRecord[] {
  if (level === 'off' && sharing !== 'yes' && commercial !== 'yes') {
    putFormerAside(parts);
    return [];
  }
  throw new TocsinError(
    'not-joined',
    `Cannot set participation to '${level ?? 'the same'}': this machine has joined no hub, want 'tocsin join URL TOKEN' first`,
  );
}

/** Another place or edition is another Statement: the level that was chosen is chosen anew under it. */
function complete(choosing: Choosing, state: ConsentState): Choosing {
  const { level, jurisdiction, edition } = choosing;
  if (level !== undefined) return choosing;
  if (state.kind === 'alarm')
    throw new TocsinError(
      'conflict',
      'Cannot change participation: self-defence found an alarm, want the level set anew with it',
    );
  const chosen = state.chosen?.record.value ?? 'off';
  const moves = jurisdiction !== undefined || edition !== undefined;
  return moves && chosen !== 'off' ? { ...choosing, level: chosen } : choosing;
}

/** A no that stands needs no second record. */
function isSaidAlready(
  { level, sharing, commercial, jurisdiction, edition }: Choosing,
  state: ConsentState,
): boolean {
  const more = sharing ?? commercial ?? jurisdiction ?? edition;
  if (level !== 'off' || more !== undefined || state.kind === 'alarm') return false;
  return state.chosen?.record.value === 'off' && state.chosen.record.by === 'person';
}

function requirePapers({ files, guard }: Ground, { level }: Choosing): void {
  if (level === 'off') return;
  const isHere = (paper: 'policy' | 'terms'): boolean =>
    guard[paper] === null || files[paper].kind === 'held';
  if (isHere('policy') && isHere('terms')) return;
  throw new TocsinError(
    'conflict',
    "Cannot set participation: the operator's policy or terms are not here as they were, want them from the hub first ('tocsin sync')",
  );
}

function draftsFor(wanted: Choosing, place: StatementPlace, render: typeof statementFor): readonly Draft[] {
  const { level, sharing, commercial, accept } = wanted;
  const { terms, edition, jurisdiction } = place;
  const needsYes = (level ?? 'off') !== 'off' || sharing === 'yes' || commercial === 'yes';
  const statement = needsYes ? acceptedStatement(wanted, place, accept, render) : null;
  const base = { by: 'person', policy: null, jurisdiction, regime: regimeOf(jurisdiction, terms) } as const;
  const yes = { ...base, statement, terms: terms && termsFingerprint(terms) };
  const no = { ...base, statement: null, terms: null };
  const drafts: Draft[] = [];
  if (level !== undefined)
    drafts.push({
      ...(level === 'off' ? no : yes),
      choice: 'participation',
      value: level,
      edition,
      accepted: level === 'off' ? [] : acceptedList(itemsOfStatement(edition, level)),
    });
  for (const [choice, value] of [
    ['sharing', sharing],
    ['commercial', commercial],
  ] as const)
    if (value !== undefined) drafts.push({ ...(value === 'yes' ? yes : no), choice, value });
  return drafts;
}

function acceptedStatement(
  { level }: Choosing,
  place: StatementPlace,
  accept: string | null,
  render: typeof statementFor,
): AcceptedStatement {
  for (const language of accept === null ? [] : LANGUAGES) {
    const { version, sha256 } = render(place, language);
    if (sha256 === accept) return { version, sha256, language };
  }
  const what = level === undefined || level === 'off' ? 'this choice' : `participation to '${level}'`;
  throw new TocsinError(
    'input',
    accept === null
      ? `Cannot set ${what}: the Statement was not accepted, want --accept with its SHA-256`
      : `Cannot set ${what}: '${shown(accept, 64)}' is not the Statement for this machine, want --accept ${render(place, 'en').sha256}`,
  );
}

/** Whether data may have left under a consent that ends now. Where the log cannot tell, it may. */
function mayHaveSent({ files, guard }: Ground): boolean {
  if (files.log.kind === 'absent') return guard.head !== null || guard.latch?.code === 'settings-deleted';
  if (files.log.kind !== 'held') return files.log.kind !== 'foreign';
  const newest = stateOf(files.log.records).participation;
  return newest === null ? guard.base !== null : newest.record.value !== 'off';
}
