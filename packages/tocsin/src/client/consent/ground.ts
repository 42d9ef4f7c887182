// What a change of participation starts from: everything that is here, read under the lock, with a guard that can be
// relied on. An alarm is latched here before anything else is done. What to change is change.ts's part.
import type { LogPlace } from '../../catalog/settings.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { PRODUCT_UUID, productMark } from '../self-defence/clone.ts';
import type { Guard } from '../self-defence/guard.ts';
import { NEW_GUARD, withAlarm, writeGuard } from '../self-defence/guard.ts';
import { makeHome } from '../state/home.ts';
import type { ConsentFiles } from './files.ts';
import { readConsentFiles } from './files.ts';
import { CONSENT_LOCK_LIMITS, withConsentLock } from './lock.ts';
import type { LogRead } from './log.ts';
import { placeOf } from './log.ts';
import type { Owner } from './owner.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';
import type { SettingsRead } from './settings.ts';
import { readSettings } from './settings.ts';

export interface Ground {
  readonly owner: Owner;
  readonly files: ConsentFiles;
  readonly read: SettingsRead;
  /** On disk as it is here. */
  readonly guard: Guard;
}

/**
 * Runs `work` while no other process changes anything; it may take the ground more than once. Throws `conflict`
 * where another process is at it, `io`.
 */
export function withLock<T>(parts: ConsentParts, work: (takeGround: () => Ground) => T): T {
  makeHome(parts.home);
  const { lock } = placesOf(parts.home);
  return withConsentLock(lock, CONSENT_LOCK_LIMITS.waitMs, () => work(() => groundOf(parts)));
}

/** A change that is under way takes milliseconds, and may be all that looked wrong. */
const LATCH_WAIT_MS = 1_000;

/**
 * Notes an alarm durably, where there is one that is not noted: participation is off from then on until a person
 * sets it anew. Does nothing where another process changes something for longer than a second. Throws `io`.
 */
export function latchAlarm(parts: ConsentParts): void {
  try {
    withConsentLock(placesOf(parts.home).lock, LATCH_WAIT_MS, () => groundOf(parts));
  } catch (error) {
    const passes = error instanceof TocsinError && ['conflict', 'not-joined', 'corrupt'].includes(error.code);
    if (!passes) throw error;
  }
}

/** Throws `not-joined`; `corrupt` where the identity is damaged. */
function groundOf(parts: ConsentParts): Ground {
  const files = readConsentFiles(parts);
  const read = readSettings(files);
  const guard = guardOf(parts, files, read);
  if (guard !== null && (files.guard.kind !== 'held' || files.guard.guard !== guard)) {
    saveGuard(parts, guard);
    parts.onDurable?.('guard-made');
  }
  const owner = ownerOf(files);
  if (guard === null) throw new TypeError('a machine without a guard');
  return { owner, files, read, guard };
}

function ownerOf({ owner }: ConsentFiles): Owner {
  if (owner.kind === 'owner') return owner.owner;
  if (owner.kind === 'none')
    throw new TocsinError(
      'not-joined',
      "Cannot change participation: this machine has joined no hub, want 'tocsin join URL TOKEN' first",
    );
  throw new TocsinError('corrupt', owner.why);
}

/** The guard that is here where it can be relied on, else a new one; latched where there is an alarm. Null: no machine. */
function guardOf(parts: ConsentParts, files: ConsentFiles, read: SettingsRead): Guard | null {
  const owner = files.owner.kind === 'owner' ? files.owner.owner : null;
  const held = files.guard.kind === 'held' ? files.guard.guard : null;
  const isOwn = held !== null && (owner === null || held.machine === owner.machine);
  const guard = isOwn ? held : owner && newGuard(parts, files, owner);
  if (guard === null || read.kind !== 'alarm' || guard.latch !== null || !guard.selfDefence) return guard;
  const alarm = { code: read.code, at: secondText(parts.world.clock.now()) };
  return withAlarm({ ...guard, latch: alarm }, alarm);
}

function newGuard(parts: ConsentParts, files: ConsentFiles, owner: Owner): Guard {
  const { machine } = owner;
  const { settings, policy, terms } = files;
  const own =
    settings.kind === 'held' && settings.signed.settings.machine === machine ? settings.signed : null;
  return {
    ...NEW_GUARD,
    machine,
    mark: markOf(parts, machine),
    settings: { sequence: own?.settings.sequence ?? 0, sha256: own?.sha256 ?? null },
    head: knownHead(files, owner, null),
    policy: policy.kind === 'held' ? policy.place : null,
    terms: terms.kind === 'held' ? terms.place : null,
  };
}

export function markOf({ productUuid, localKey }: ConsentParts, machine: string): string | null {
  return productMark(productUuid ?? PRODUCT_UUID, machine, localKey().key);
}

/** Durable on return. */
export function saveGuard(parts: ConsentParts, guard: Guard): void {
  writeGuard(placesOf(parts.home).guard, guard, parts.localKey().key, parts.world);
}

/** The log as far as it can be continued, and the record that the next one follows on. */
export interface Continued {
  readonly held: (LogRead & { kind: 'held' }) | null;
  readonly head: LogPlace | null;
  /** As the guard is to have it; where there is one, earlier records are here no more. */
  readonly base: LogPlace | null;
  /** A log that is damaged, cut short or of another machine is put aside under this name before a new one begins. */
  readonly aside: string | null;
}

export function continued({ files, owner, guard }: Ground): Continued {
  const { log } = files;
  const head = knownHead(files, owner, guard);
  if (log.kind === 'held') {
    const last = placeOf(log.records.at(-1)) ?? guard.base;
    if (last?.sha256 === head?.sha256) return { held: log, head, base: guard.base, aside: null };
  }
  const aside = { absent: null, foreign: 'consent.former.log' }[log.kind as string];
  return { held: null, head, base: head, aside: aside === undefined ? 'consent.damaged.log' : aside };
}

/** The newest record that anything trustworthy here names. */
function knownHead(
  { log, settings }: ConsentFiles,
  { machine }: Owner,
  guard: Guard | null,
): LogPlace | null {
  const records = log.kind === 'held' ? log.records : log.kind === 'altered' ? log.sound : [];
  const named = settings.kind === 'held' ? settings.signed.settings : null;
  const places = [
    guard?.head ?? null,
    guard?.base ?? null,
    named?.machine === machine ? named.consent : null,
    placeOf(records.at(-1)),
  ];
  return places.reduce((a, b) => (b !== null && b.sequence > (a?.sequence ?? 0) ? b : a), null);
}

/** ISO 8601 in UTC, to the second. */
export function secondText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
