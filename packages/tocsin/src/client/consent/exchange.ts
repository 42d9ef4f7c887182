// What this machine and its hub tell each other about choices: the hub's newest records, the operator's terms, the
// policy. Fetched through a call that the gate let out; verified, kept, applied. A restored copy of an older state
// learns here what was chosen since, before anything else leaves (spec/consent.md, section 6).
import type { SignedRecord } from '../../catalog/consent-record.ts';
import { CONSENT_LIMITS, verifyRecord } from '../../catalog/consent-record.ts';
import { Fields } from '../../catalog/fields.ts';
import { isExactText } from '../../catalog/machine-text.ts';
import type { LogPlace } from '../../catalog/settings.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { WireAnswer } from '../../protocol/problem.ts';
import { errorOfAnswer } from '../../protocol/problem.ts';
import { withAlarm } from '../self-defence/guard.ts';
import type { Change } from './change.ts';
import { adoptInAlarm, carryOut } from './change.ts';
import { onGround } from './finish.ts';
import type { Ground } from './ground.ts';
import { continued, saveGuard, secondText } from './ground.ts';
import { isParticipation, placeOf, stateOf } from './log.ts';
import type { ConsentParts } from './places.ts';

export const EXCHANGE_LIMITS = {
  /** Newest records of a machine that a hub shows. */
  maxRecords: 64,
} as const;

/** The three calls of this file, as the channel makes them (reasons `consent` and `policy` of `connection`). */
export type HubCall = (path: '/v1/consent' | '/v1/terms' | '/v1/policy') => Promise<WireAnswer>;

/** What the hub holds of this machine's choices: the newest records, oldest first. */
export interface HubConsent {
  /** Sequence of its newest; 0 where it has none. */
  readonly sequence: number;
  readonly records: readonly string[];
}

export type Adoption =
  /** Both know the same as newest. */
  | { readonly kind: 'same' }
  /** The hub has not seen the newest of ours yet. */
  | { readonly kind: 'behind' }
  | {
      readonly kind: 'adopted';
      readonly records: readonly SignedRecord[];
      /** The record that they follow on, where those up to it are missing; null where none is. */
      readonly behind: LogPlace | null;
    }
  /** Two machines chose under this one's name: participation is off, and an alarm. */
  | { readonly kind: 'diverged' };

/** Asks the hub and adopts what it knows beyond. Throws as the call does, `format`, and as `adoptRecords`. */
export async function refreshConsent(parts: ConsentParts, call: HubCall): Promise<Adoption> {
  const { status, headers, body } = await call('/v1/consent');
  if (status === 404) return { kind: 'behind' }; // a hub of release 0.1.0 keeps no choices
  if (status >= 400) throw errorOfAnswer(status, Buffer.from(body), headers);
  return adoptRecords(parts, parseHubConsent(Fields.of("hub's answer", body)));
}

/** Throws `format`. */
export function parseHubConsent(fields: Fields): HubConsent {
  fields.version1();
  const records = fields.get('records');
  if (!Array.isArray(records) || records.length > EXCHANGE_LIMITS.maxRecords || !records.every(isRecordText))
    throw fields.bad('records', `up to ${EXCHANGE_LIMITS.maxRecords} records`);
  return { sequence: fields.whole('sequence', 0), records };
}

/**
 * Takes over records that the hub has beyond ours; durable on return. Where both have another record under one
 * number, participation is off until this machine has joined anew. Throws `denied` or `format` for records that are
 * not this machine's own, `conflict` where the hub does not show all that are missing; `io`, `not-joined`.
 */
export function adoptRecords(parts: ConsentParts, hub: HubConsent): Adoption {
  return onGround(parts, (ground) => {
    const { held, head, base } = continued(ground);
    const own = held?.records ?? [];
    const found = compare(hub, own, base, head, ground);
    switch (found.kind) {
      case 'same':
      case 'behind':
        return found;
      case 'diverged':
        latchClone(parts, ground);
        return found;
      case 'adopted':
        if (ground.read.kind === 'alarm') adoptInAlarm(parts, ground, found);
        else if (isWidening(found, ground)) adoptAsLost(parts, ground, found);
        else carryOut(parts, ground, adoption(found, own));
        return found;
    }
  });
}

function compare(
  hub: HubConsent,
  own: readonly SignedRecord[],
  base: LogPlace | null,
  head: LogPlace | null,
  { owner }: Ground,
): Adoption {
  const known = new Map(
    [base, ...own.map(placeOf)].flatMap((p) => (p === null ? [] : [[p.sequence, p.sha256]])),
  );
  const newer: SignedRecord[] = [];
  const records = hub.records.map((text) => ownRecord(text, owner));
  for (const signed of records) {
    const { sequence, previous } = signed.record;
    const last = placeOf(newer.at(-1)) ?? head;
    if (sequence <= (last?.sequence ?? 0)) {
      const ours = known.get(sequence);
      if (ours !== undefined && ours !== signed.sha256) return { kind: 'diverged' };
    } else if (sequence > (last?.sequence ?? 0) + 1) return acrossGap(hub, records, last);
    else if (previous !== (last?.sha256 ?? null)) return { kind: 'diverged' };
    else newer.push(signed);
  }
  const last = placeOf(newer.at(-1)) ?? head;
  if (hub.sequence > (last?.sequence ?? 0)) throw gap(hub, last);
  if (newer.length > 0) return { kind: 'adopted', records: newer, behind: null };
  return { kind: hub.sequence === (head?.sequence ?? 0) ? 'same' : 'behind' };
}

/** Throws `denied` where it is not this machine's, or not as this machine wrote it. */
function ownRecord(text: string, owner: Ground['owner']): SignedRecord {
  const signed = verifyRecord(text, owner.key);
  if (signed.record.machine === owner.machine && isExactText(text, owner.key)) return signed;
  throw new TocsinError(
    'denied',
    'Cannot adopt the records from the hub: they are not those of this machine',
  );
}

/** A hub takes a withdrawal although records before it are missing: so does the machine. Anything else waits for them. */
function acrossGap(hub: HubConsent, records: readonly SignedRecord[], last: LogPlace | null): Adoption {
  const tail: SignedRecord[] = [];
  for (const signed of [...records].reverse()) {
    const next = tail[0]?.record;
    if (next !== undefined && next.previous !== signed.sha256) break;
    tail.unshift(signed);
  }
  const first = tail[0]?.record;
  const isOff = stateOf(tail).participation?.record.value === 'off';
  if (
    !isOff ||
    first === undefined ||
    first.previous === null ||
    tail.at(-1)?.record.sequence !== hub.sequence
  )
    throw gap(hub, last);
  const behind = { sequence: first.sequence - 1, sha256: first.previous };
  return { kind: 'adopted', records: tail, behind };
}

/** What waits in the outbox was collected under a consent that has ended since: it goes first. */
function adoption(
  { records: adopted, behind }: Adoption & { kind: 'adopted' },
  own: readonly SignedRecord[],
): Change {
  const wasOn = (stateOf(own).participation?.record.value ?? 'off') !== 'off';
  const ended = adopted.some((signed) => isParticipation(signed) && signed.record.value === 'off');
  return { adopted, behind, withdraws: wasOn && ended };
}

/** A machine without a log of its own learns that it agreed once: its files are older than that, or were taken away. */
function isWidening({ records }: Adoption & { kind: 'adopted' }, ground: Ground): boolean {
  const { held, head } = continued(ground);
  if (head !== null || (held?.records.length ?? 0) > 0) return false;
  return (stateOf(records).participation?.record.value ?? 'off') !== 'off';
}

/** What was agreed to is known again, for the person to see, and is not in force before somebody sets it anew. */
function adoptAsLost(parts: ConsentParts, ground: Ground, found: Adoption & { kind: 'adopted' }): void {
  const alarm = { code: 'settings-older', at: secondText(parts.world.clock.now()) } as const;
  const guard = withAlarm({ ...ground.guard, latch: ground.guard.latch ?? alarm }, alarm);
  saveGuard(parts, guard);
  adoptInAlarm(parts, { ...ground, guard }, found);
}

/** Not a matter of files: it holds with self-defence switched off as well. */
function latchClone(parts: ConsentParts, { guard }: Ground): void {
  if (guard.latch?.code === 'cloned') return;
  const alarm = { code: 'cloned', at: secondText(parts.world.clock.now()) } as const;
  saveGuard(parts, withAlarm({ ...guard, latch: alarm }, alarm));
}

function isRecordText(text: unknown): text is string {
  return typeof text === 'string' && text.length <= CONSENT_LIMITS.maxRecordText;
}

function gap({ sequence }: HubConsent, last: LogPlace | null): TocsinError {
  return new TocsinError(
    'conflict',
    `Cannot adopt the records from the hub: it holds choice '${sequence}' and does not show all after '${last?.sequence ?? 0}', want the whole chain, or 'tocsin rejoin'`,
  );
}
