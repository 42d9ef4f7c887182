// Finishes what a crash or an update left half done, before anything else is changed: a withdrawal whose outbox was
// emptied, settings that lag behind the log, the choice of an earlier release. It begins nothing of its own.
import type { SignedRecord } from '../../catalog/consent-record.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { noteGuarded } from '../channel/identity.ts';
import { adoptInAlarm, carryOut } from './change.ts';
import type { ConsentFiles } from './files.ts';
import type { Ground } from './ground.ts';
import { continued, withLock } from './ground.ts';
import { isParticipation, verifyNext } from './log.ts';
import { draftOf, putFormerAside, readFormer } from './migration.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';
import { readReceipts } from './receipts.ts';
import type { SettingsRead } from './settings.ts';

/**
 * Runs `work` on the ground of this moment, with nothing half done left in it, while no other process changes it.
 * Throws `not-joined`, `corrupt` where the identity is damaged, `conflict` where this machine is a copy or another
 * process is at it, `io`.
 */
export function onGround<T>(parts: ConsentParts, work: (ground: Ground) => T): T {
  return withLock(parts, (takeGround) => {
    const ground = takeGround();
    if (ground.files.copied) throw copied();
    const settled = settleGround(parts, ground);
    // Only after what an earlier release left was taken over: from here on nothing is.
    if (!ground.owner.guarded) noteGuarded(parts.home);
    return work(settled || !ground.owner.guarded ? takeGround() : ground);
  });
}

function copied(): TocsinError {
  return new TocsinError(
    'conflict',
    "Cannot change participation: this machine is a copy of another one that had joined, want a number of its own for it first: 'tocsin rejoin URL TOKEN'",
  );
}

/** True where something is left to finish, the guard of a machine included; cheap where nothing is. */
export function isUnfinished(parts: ConsentParts, files: ConsentFiles, read: SettingsRead): boolean {
  if (files.owner.kind !== 'owner') return false;
  if (!files.owner.owner.guarded) return true;
  if (openWithdrawal(parts, read.records) !== null || unanswered(parts, read.records) !== null) return true;
  if (read.kind === 'alarm') return false;
  return isBehind(read) || readFormer(placesOf(parts.home).former).kind === 'chosen';
}

/** True where something was finished, durably: then the ground is another one. */
function settleGround(parts: ConsentParts, ground: Ground): boolean {
  const { read } = ground;
  const withdrawal = chained(ground, openWithdrawal(parts, read.records));
  const lost = unanswered(parts, read.records);
  if (lost !== null) parts.outbox().withdraw(lost);
  if (read.kind === 'alarm') {
    if (withdrawal !== null) adoptInAlarm(parts, ground, { records: [withdrawal], behind: null });
    return withdrawal !== null;
  }
  if (withdrawal !== null) carryOut(parts, ground, { adopted: [withdrawal] });
  else if (isBehind(read)) carryOut(parts, ground, {});
  else return migrate(parts, ground);
  return true;
}

/** The log names a choice that the settings do not know yet, or the guard does not know the settings. */
function isBehind(read: SettingsRead & { kind: 'ok' | 'unset' }): boolean {
  if (read.kind === 'ok' && read.settings.settings.sequence > read.guard.settings.sequence) return true;
  const last = read.records.at(-1)?.record.sequence ?? 0;
  return last > (read.kind === 'ok' ? (read.settings.settings.consent?.sequence ?? 0) : 0);
}

/** The withdrawal for which the outbox was emptied, where the log has no such record; null where it has, or none is. */
function openWithdrawal(parts: ConsentParts, records: readonly SignedRecord[]): string | null {
  const text = parts.outbox().erasure?.record ?? null;
  return text === null || records.some((signed) => signed.text === text) ? null : text;
}

/**
 * The withdrawal of which the hub is not known to have heard, and for which no request waits: the outbox was lost with
 * it, also where somebody agreed anew meanwhile. Null where nothing was agreed to before it.
 */
function unanswered(parts: ConsentParts, records: readonly SignedRecord[]): SignedRecord | null {
  const choices = records.filter(isParticipation);
  const last = choices.findLastIndex(({ record }) => record.value === 'off');
  const agreed = choices.slice(0, last + 1).findLastIndex(({ record }) => record.value !== 'off');
  const withdrawals = choices.slice(agreed + 1, last + 1);
  const newest = withdrawals.at(-1);
  if (newest === undefined || (agreed < 0 && records[0]?.record.previous === null)) return null;
  const outbox = parts.outbox();
  if (outbox.erasure !== null || withdrawals.some((signed) => outbox.isSettled(signed))) return null;
  const receipts = readReceipts(placesOf(parts.home).receipts);
  return withdrawals.some(({ sha256 }) => receipts.has(sha256)) ? null : newest;
}

/** The record, where it is the next of this machine's; one of another machine or log is nobody's here. */
function chained(ground: Ground, text: string | null): SignedRecord | null {
  if (text === null) return null;
  try {
    const next = verifyNext(text, ground.owner.key, continued(ground).head);
    return next.record.machine === ground.owner.machine ? next : null;
  } catch (error) {
    if (error instanceof TocsinError) return null;
    throw error;
  }
}

/** Only on a machine that had no guard yet, and where nothing was set: an old file that turns up later is no choice. */
function migrate(parts: ConsentParts, ground: Ground): boolean {
  const former = readFormer(placesOf(parts.home).former);
  if (former.kind !== 'chosen') return false;
  const { guard, read } = ground;
  const isFirst = guard.settings.sequence === 0 && guard.head === null && read.records.length === 0;
  if (!ground.owner.guarded && isFirst && read.kind === 'unset')
    carryOut(parts, ground, { drafts: [draftOf(former)], settings: { regime: 'opt-in' } });
  putFormerAside(parts);
  return true;
}
