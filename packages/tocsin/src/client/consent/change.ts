// Carries out one change of what this machine agreed to, in the one order in which a crash at any point leaves less
// leaving, never more (spec/settings.md, section 5). What is to change is decided by its callers.
//
//   guard ─► outbox emptied (a withdrawal) ─► records appended ─► settings written ─► guard written, alarm cleared
import { join } from 'node:path';
import { stricter } from '../../catalog/consent.ts';
import type {
  ConsentRecord,
  ParticipationRecord,
  SignedRecord,
  UseRecord,
} from '../../catalog/consent-record.ts';
import { signRecord } from '../../catalog/consent-record.ts';
import { regimeOf } from '../../catalog/jurisdictions.ts';
import type { LogPlace, Settings } from '../../catalog/settings.ts';
import { signSettings } from '../../catalog/settings.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { Guard } from '../self-defence/guard.ts';
import { replaceFile } from '../state/replace-file.ts';
import type { Continued, Ground } from './ground.ts';
import { continued, markOf, saveGuard, secondText } from './ground.ts';
import type { SignedUse } from './log.ts';
import { appendRecords, isParticipation, placeOf, putLogAside, stateOf } from './log.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';
import { defends } from './state.ts';

type DraftOf<R extends ConsentRecord> = Omit<R, 'v' | 'sequence' | 'previous' | 'machine' | 'at'>;
/** A choice before it is numbered, chained and signed. */
export type Draft = DraftOf<ParticipationRecord> | DraftOf<UseRecord>;

export interface Change {
  /** Choices to record, oldest first. */
  readonly drafts?: readonly Draft[];
  /**
   * Records of this machine that the hub has and the log has not; they follow on the log's last. They are no choice of
   * this moment: none of them puts more in force than was.
   */
  readonly adopted?: readonly SignedRecord[];
  /** The record that the adopted ones follow on, where that is not the log's last: then the log begins there anew. */
  readonly behind?: LogPlace | null;
  /** What of the settings does not follow from the choices. */
  readonly settings?: Partial<
    Pick<Settings, 'edition' | 'jurisdiction' | 'regime' | 'selfDefence' | 'policy'>
  >;
  /** What the guard is to remember beside. */
  readonly guard?: Partial<Pick<Guard, 'terms' | 'policy' | 'alarms' | 'selfDefence'>>;
  /** The first record that says `off` is a withdrawal: the outbox is emptied before anything is written. */
  readonly withdraws?: boolean;
  /** A person chose: an alarm that was found before is over. */
  readonly clearsAlarm?: boolean;
}

/**
 * Everything of the change is durable on return; the records that were appended. Where the outbox cannot be emptied,
 * participation is off by the settings, and the error is thrown: the same change may be tried again. Throws `io`,
 * `limit`.
 */
export function carryOut(parts: ConsentParts, ground: Ground, change: Change): readonly SignedRecord[] {
  const log = continuedAt(ground, change.behind ?? null);
  const rebased = rebase(parts, ground.guard, log);
  const guard = change.adopted === undefined ? rebased : noteAdopted(parts, rebased, change.adopted);
  const records = change.adopted ?? signDrafts(parts, ground, log.head, change.drafts ?? []);
  if (change.withdraws === true) withdraw(parts, ground, guard, log, records);
  if (records.length > 0) {
    appendRecords(placesOf(parts.home).log, log.held, records);
    parts.onDurable?.('record-appended');
  }
  const all = [...(log.held?.records ?? []), ...records];
  settle(parts, ground, guard, change, settingsFor(parts, { ...ground, guard }, change, log, all));
  return records;
}

/** While an alarm stands: the log takes the records, and nothing else changes. Durable on return. */
export function adoptInAlarm(
  parts: ConsentParts,
  ground: Ground,
  { records, behind }: { readonly records: readonly SignedRecord[]; readonly behind: LogPlace | null },
): void {
  const log = continuedAt(ground, behind);
  const guard = noteAdopted(parts, rebase(parts, ground.guard, log), records);
  appendRecords(placesOf(parts.home).log, log.held, records);
  parts.onDurable?.('record-appended');
  saveGuard(parts, { ...guard, head: placeOf(records.at(-1)) ?? guard.head });
  parts.onDurable?.('guard-written');
}

function continuedAt(ground: Ground, behind: LogPlace | null): Continued {
  if (behind === null) return continued(ground);
  return { held: null, head: behind, base: behind, aside: 'consent.former.log' };
}

/** The guard says where the log begins before the log begins there. */
function rebase(parts: ConsentParts, guard: Guard, { base, head, aside }: Continued): Guard {
  const { log, directory } = placesOf(parts.home);
  if (aside !== null) putLogAside(log, join(directory, aside));
  if (guard.base?.sha256 === base?.sha256) return guard;
  const rebased = { ...guard, base, head };
  saveGuard(parts, rebased);
  parts.onDurable?.('guard-made');
  return rebased;
}

/** Before they are in the log: killed after that, they are not taken for a choice either. */
function noteAdopted(parts: ConsentParts, guard: Guard, records: readonly SignedRecord[]): Guard {
  const noted = { ...guard, adopted: records.at(-1)?.record.sequence ?? guard.adopted };
  saveGuard(parts, noted);
  parts.onDurable?.('guard-made');
  return noted;
}

function signDrafts(
  { world }: ConsentParts,
  { owner }: Ground,
  head: LogPlace | null,
  drafts: readonly Draft[],
): readonly SignedRecord[] {
  const at = secondText(world.clock.now());
  const signed: SignedRecord[] = [];
  for (const draft of drafts) {
    const before = placeOf(signed.at(-1)) ?? head;
    const place = { sequence: (before?.sequence ?? 0) + 1, previous: before?.sha256 ?? null };
    signed.push(signRecord({ v: 1, ...place, machine: owner.machine, at, ...draft }, owner.key));
  }
  return signed;
}

function withdraw(
  parts: ConsentParts,
  ground: Ground,
  guard: Guard,
  log: Continued,
  records: readonly SignedRecord[],
): void {
  const off = records.find((signed) => isParticipation(signed) && signed.record.value === 'off');
  if (off === undefined) throw new TypeError('a withdrawal without its record');
  try {
    parts.outbox().withdraw(off);
  } catch (error) {
    const kept = settingsFor(parts, ground, {}, log, log.held?.records ?? []);
    settle(parts, ground, guard, {}, { ...kept, level: 'off' });
    throw error instanceof TocsinError ? unfinished(error) : error;
  }
  parts.onDurable?.('outbox-emptied');
}

function unfinished(cause: TocsinError): TocsinError {
  return new TocsinError(
    cause.code,
    `Cannot ask the hub to erase yet, and nothing leaves from now on. ${cause.message}; then the same once more`,
    { cause },
  );
}

/** Settings as they follow from the choices, with what was set beside; what an alarm made doubtful is not kept. */
function settingsFor(
  { world }: ConsentParts,
  { owner, read, files, guard }: Ground,
  change: Change,
  { head, base }: Continued,
  records: readonly SignedRecord[],
): Settings {
  const before = read.kind === 'ok' ? read.settings.settings : null;
  const written = files.settings.kind === 'held' ? files.settings.signed.settings.sequence : 0;
  const { participation, sharing, commercial } = stateOf(records);
  const newest = participation?.record ?? null;
  const { terms } = read;
  const jurisdiction = change.settings?.jurisdiction ?? before?.jurisdiction ?? null;
  const rule = regimeOf(jurisdiction ?? terms?.jurisdiction ?? null, terms);
  return {
    v: 1,
    sequence: Math.max(guard.settings.sequence, written) + 1,
    machine: owner.machine,
    hub: owner.hub,
    level: levelOf(newest, before, guard),
    edition: editionOf(newest, before) ?? terms?.edition ?? 'basic',
    jurisdiction,
    regime: before?.regime === 'opt-in' ? 'opt-in' : rule, // without a new choice it never gets laxer
    sharing: useOf(sharing, 'sharing', before, guard) ?? unknownUse(before?.sharing ?? null, base),
    commercial:
      useOf(commercial, 'commercial', before, guard) ?? unknownUse(before?.commercial ?? null, base),
    selfDefence: before?.selfDefence ?? true,
    consent: placeOf(records.at(-1)) ?? head,
    policy: before?.policy ?? (files.policy.kind === 'held' ? files.policy.place.sequence : null),
    at: secondText(world.clock.now()),
    ...change.settings,
  };
}

/** What was switched off beside the choices stays so until there is a new choice. */
function levelOf(
  newest: ParticipationRecord | null,
  before: Settings | null,
  guard: Guard,
): Settings['level'] {
  const value = newest?.value ?? 'off';
  return isNewer(newest, before, guard) ? value : stricter(value, before?.level ?? 'off');
}

/** As `levelOf`; null where nobody chose. */
function useOf(
  newest: SignedUse | null,
  name: 'sharing' | 'commercial',
  before: Settings | null,
  guard: Guard,
): Settings['sharing'] {
  if (newest === null || newest.record.value === 'no') return newest?.record.value ?? null;
  return isNewer(newest.record, before, guard) || before?.[name] === 'yes' ? 'yes' : 'no';
}

/** A choice that was made here, and that the settings before do not know yet. */
function isNewer(newest: ConsentRecord | null, before: Settings | null, { adopted }: Guard): boolean {
  const known = Math.max(adopted, before?.consent?.sequence ?? 0);
  return (newest?.sequence ?? 0) > known;
}

/** A choice brings its edition along; after it the settings may follow the operator's. */
function editionOf(newest: ParticipationRecord | null, before: Settings | null): Settings['edition'] | null {
  if (newest === null || before === null) return newest?.edition ?? before?.edition ?? null;
  return newest.sequence > (before.consent?.sequence ?? 0) ? newest.edition : before.edition;
}

/** Where the log does not go back to its beginning, a `no` may have been lost with it. */
function unknownUse(before: Settings['sharing'], base: LogPlace | null): Settings['sharing'] {
  return base === null ? before : 'no';
}

/** Settings, then the guard that knows them; killed in between, the settings are the newer ones and count. */
function settle(
  parts: ConsentParts,
  { owner, files }: Ground,
  guard: Guard,
  change: Change,
  settings: Settings,
): void {
  const { text, sha256 } = signSettings(settings, owner.key);
  const { settings: path } = placesOf(parts.home);
  replaceFile(path, `${text}\n`);
  parts.onDurable?.('settings-written');
  const policy = files.policy.kind === 'held' ? files.policy.value : null;
  saveGuard(parts, {
    ...guard,
    settings: { sequence: settings.sequence, sha256 },
    head: settings.consent,
    mark: guard.mark ?? markOf(parts, guard.machine),
    selfDefence: defends(policy, parts.world.clock.now(), settings),
    ...change.guard,
    latch: change.clearsAlarm === true ? null : guard.latch,
  });
  parts.onDurable?.('guard-written');
}
