// Whether the settings of this machine can be trusted: signed, the newest that were ever here, of this machine and
// hub, and in line with the log of choices and the policy. Whatever is wrong is one closed answer, and then nothing
// about the machine leaves. Reads nothing itself (files.ts) and changes nothing (change.ts).
//
//   guard, settings, log, policy ─► unset │ ok │ alarm: altered, older, unreadable, deleted, cloned
import type { SignedRecord } from '../../catalog/consent-record.ts';
import type { Policy } from '../../catalog/policy.ts';
import type { LogPlace, SignedSettings } from '../../catalog/settings.ts';
import type { Terms } from '../../catalog/terms.ts';
import { never } from '../../protocol/errors.ts';
import type { AlarmCode, Guard } from '../self-defence/guard.ts';
import type { ConsentFiles } from './files.ts';
import { placeOf } from './log.ts';
import type { Owner } from './owner.ts';

export type SettingsRead =
  /** Nobody chose yet, and no setting was ever made. */
  | {
      readonly kind: 'unset';
      readonly guard: Guard | null;
      readonly records: readonly SignedRecord[];
      readonly terms: Terms | null;
    }
  | {
      readonly kind: 'ok';
      readonly owner: Owner;
      readonly guard: Guard;
      readonly settings: SignedSettings;
      readonly records: readonly SignedRecord[];
      readonly policy: Policy | null;
      readonly terms: Terms | null;
    }
  | {
      readonly kind: 'alarm';
      readonly code: AlarmCode;
      /** When it was found first, ISO 8601; null where that is not kept yet. */
      readonly at: string | null;
      /** What is wrong now, a clause for a person; null where everything is as it should be again. */
      readonly why: string | null;
      readonly guard: Guard | null;
      readonly records: readonly SignedRecord[];
      readonly terms: Terms | null;
    };

interface Fault {
  readonly code: AlarmCode;
  readonly why: string;
}

/** Never throws. An alarm that was found once stands until a person sets participation anew. */
export function readSettings(files: ConsentFiles): SettingsRead {
  const guard = files.guard.kind === 'held' ? files.guard.guard : null;
  const terms = files.terms.kind === 'held' ? files.terms.value : null;
  const records = files.log.kind === 'held' ? files.log.records : [];
  const known = { guard, records, terms };
  const fault = faultOf(files);
  const latch = guard?.latch ?? null;
  if (latch !== null) return { kind: 'alarm', ...latch, why: fault?.why ?? null, ...known };
  if (fault !== null) return { kind: 'alarm', ...fault, at: null, ...known };
  if (files.settings.kind !== 'held' || files.owner.kind !== 'owner' || guard === null)
    return { kind: 'unset', ...known };
  const policy = files.policy.kind === 'held' ? files.policy.value : null;
  const { signed } = files.settings;
  return { kind: 'ok', ...known, guard, owner: files.owner.owner, settings: signed, policy };
}

/** The checks in their order; the first that fails is the answer. */
function faultOf(files: ConsentFiles): Fault | null {
  if (files.copied) return { code: 'cloned', why: 'the number of the machine is not the one it joined with' };
  return (
    guardFault(files) ??
    ownerFault(files) ??
    settingsFault(files) ??
    logFault(files) ??
    policyFault(files) ??
    termsFault(files)
  );
}

/** The identity says that there was one (channel/identity.ts): who removes it all cannot make it look new. */
function guardFault({ guard, settings, log, owner }: ConsentFiles): Fault | null {
  switch (guard.kind) {
    case 'held':
      return null;
    case 'unreadable':
      return { code: 'settings-unreadable', why: guard.why };
    case 'altered':
      return altered(guard.why);
    case 'absent':
      if (settings.kind !== 'absent') return deleted('the seal that remembers the settings is gone');
      if (log.kind !== 'absent' || (owner.kind === 'owner' && owner.owner.guarded))
        return deleted('the settings and their seal are gone');
      return null;
    default:
      return never(guard);
  }
}

function ownerFault({ owner, guard }: ConsentFiles): Fault | null {
  if (guard.kind !== 'held') return null;
  switch (owner.kind) {
    case 'none':
      return { code: 'settings-unreadable', why: 'the key of this machine is gone' };
    case 'damaged':
      return { code: 'settings-unreadable', why: owner.why };
    case 'owner':
      return owner.owner.machine === guard.guard.machine
        ? null
        : altered('they were made before this machine joined anew');
    default:
      return never(owner);
  }
}

function settingsFault({ settings, guard, owner }: ConsentFiles): Fault | null {
  if (guard.kind !== 'held' || owner.kind !== 'owner') return null;
  const seen = guard.guard.settings;
  switch (settings.kind) {
    case 'absent':
      return seen.sequence === 0 ? null : deleted('the settings are gone');
    case 'unreadable':
      return { code: 'settings-unreadable', why: settings.why };
    case 'altered':
      return altered(settings.why);
    case 'held':
      break;
    default:
      return never(settings);
  }
  const { machine, hub, sequence } = settings.signed.settings;
  if (machine !== owner.owner.machine) return altered('the settings are of another machine');
  if (hub.url !== owner.owner.hub.url || hub.root !== owner.owner.hub.root)
    return altered('the settings name another receiver than the hub that was joined');
  if (sequence < seen.sequence) return older(`settings '${sequence}' are here, '${seen.sequence}' were`);
  if (sequence === seen.sequence && settings.signed.sha256 !== seen.sha256)
    return altered('the settings were written anew under the same number');
  return null;
}

/** The log reaches at least to where settings and guard saw it, and is the same there. */
function logFault({ log, guard, settings, owner }: ConsentFiles): Fault | null {
  if (guard.kind !== 'held' || owner.kind !== 'owner') return null;
  if (log.kind === 'unreadable') return { code: 'settings-unreadable', why: log.why };
  if (log.kind === 'altered') return altered(`in the log of choices, ${log.why}`);
  if (log.kind === 'foreign') return altered('the log of choices is of another machine');
  const named = settings.kind === 'held' ? settings.signed.settings.consent : null;
  for (const place of [named, guard.guard.head]) {
    if (place === null) continue;
    const records = log.kind === 'held' ? log.records : [];
    const fault = placeFault(place, records, guard.guard.base, log.kind === 'absent');
    if (fault !== null) return fault;
  }
  return null;
}

function placeFault(
  place: LogPlace,
  records: readonly SignedRecord[],
  base: LogPlace | null,
  absent: boolean,
): Fault | null {
  const head = placeOf(records.at(-1)) ?? base;
  if (head === null || head.sequence < place.sequence)
    return absent
      ? deleted('the log of choices is gone')
      : older(`the log of choices ends at '${head?.sequence ?? 0}', it reached to '${place.sequence}'`);
  const found = place.sequence === base?.sequence ? base : placeOf(records[indexOf(place, base)]);
  return found?.sha256 === place.sha256 || found === null
    ? null
    : altered('the log of choices is not the one that the settings name');
}

function indexOf({ sequence }: LogPlace, base: LogPlace | null): number {
  return sequence - (base?.sequence ?? 0) - 1;
}

function policyFault({ policy, guard, settings }: ConsentFiles): Fault | null {
  if (guard.kind !== 'held') return null;
  const named = settings.kind === 'held' ? settings.signed.settings.policy : null;
  switch (policy.kind) {
    case 'absent':
      return named === null && guard.guard.policy === null ? null : deleted('the policy is gone');
    case 'unreadable':
      return { code: 'settings-unreadable', why: policy.why };
    case 'altered':
      return altered(`in the policy: ${policy.why}`);
    case 'older':
      return older('an earlier policy is here than was');
    case 'held':
      return policy.place.sequence < (named ?? 0) ? older('an earlier policy is here than was') : null;
    default:
      return never(policy);
  }
}

/** What was accepted was shown with them: without them nobody could tell what the choice was about. */
function termsFault({ terms, guard }: ConsentFiles): Fault | null {
  if (guard.kind !== 'held') return null;
  switch (terms.kind) {
    case 'absent':
      return guard.guard.terms === null ? null : deleted("the operator's terms are gone");
    case 'unreadable':
      return { code: 'settings-unreadable', why: terms.why };
    case 'altered':
      return altered(`in the operator's terms: ${terms.why}`);
    case 'older':
      return older('earlier terms of the operator are here than were');
    case 'held':
      return null;
    default:
      return never(terms);
  }
}

function altered(why: string): Fault {
  return { code: 'settings-altered', why };
}

function older(why: string): Fault {
  return { code: 'settings-older', why };
}

function deleted(why: string): Fault {
  return { code: 'settings-deleted', why };
}
