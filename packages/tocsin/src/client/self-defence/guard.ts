// What this machine saw last of its own settings, kept apart from them and sealed under the local key: by it a file
// that is older, exchanged or gone is told from one that never was (spec/settings.md, section 4). It reads and writes
// the one file, and judges nothing: client/consent/settings.ts does.
import type { KeyObject } from 'node:crypto';
import { Fields, isUuid } from '../../catalog/fields.ts';
import type { LogPlace } from '../../catalog/settings.ts';
import { isUtcTime } from '../../catalog/value-text.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import type { World } from '../../protocol/world.ts';
import type { DerivedKeys } from '../consent/places.ts';
import { readSmallFile } from '../state/home.ts';
import { replaceFile } from '../state/replace-file.ts';
import { openRow, sealRow } from '../state/sealed-row.ts';

export const GUARD_LIMITS = { maxBytes: 65_536, maxAlarms: 16 } as const;

/** What self-defence finds; the codes of the item `connection.alarm_code`. */
export const ALARM_CODES = [
  'settings-altered',
  'settings-older',
  'settings-unreadable',
  'settings-deleted',
  'self-defence-off',
  'cloned',
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];

export interface Alarm {
  readonly code: AlarmCode;
  /** ISO 8601 in UTC, to the second. */
  readonly at: string;
}

export interface Guard {
  /** The machine that these are the files of. */
  readonly machine: string;
  /** Highest sequence of settings seen, with the digest of their payload; 0 and null before any. */
  readonly settings: { readonly sequence: number; readonly sha256: string | null };
  /** Newest record of the log that was seen; null before any. */
  readonly head: LogPlace | null;
  /** The record before the first one in the file; null where it begins at the beginning. */
  readonly base: LogPlace | null;
  /** Up to this record they are the hub's word of earlier choices: none of them puts more in force. 0 where none is. */
  readonly adopted: number;
  /** The newest terms and policy that were verified, by number and digest of their payload. */
  readonly terms: LogPlace | null;
  readonly policy: LogPlace | null;
  /** HMAC of what tells this machine from its copies; null where it could not be read. */
  readonly mark: string | null;
  /** False while self-defence is switched off. */
  readonly selfDefence: boolean;
  /** Participation is off until a person sets it anew. */
  readonly latch: Alarm | null;
  /** Alarms that the hub has not heard of, oldest first. */
  readonly alarms: readonly Alarm[];
}

export const NEW_GUARD: Omit<Guard, 'machine' | 'mark'> = {
  settings: { sequence: 0, sha256: null },
  head: null,
  base: null,
  adopted: 0,
  terms: null,
  policy: null,
  selfDefence: true,
  latch: null,
  alarms: [],
};

export type GuardRead =
  | { readonly kind: 'absent' }
  | { readonly kind: 'held'; readonly guard: Guard }
  /** It, or the key to it, cannot be read now. `why` is a clause for a person, as below. */
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'altered'; readonly why: string };

const MAGIC = Buffer.from('TSG1');
/** The name of the key that is derived for it, and of the row that it is. */
const PURPOSE = 'tocsin settings guard';

/** Never throws: whatever is wrong is an answer. The local key is opened only where there is a file. */
export function readGuard(path: string, localKey: () => { readonly key: DerivedKeys }): GuardRead {
  let bytes: Uint8Array | null;
  let key: KeyObject;
  try {
    bytes = readSmallFile(path, GUARD_LIMITS.maxBytes);
    if (bytes === null) return { kind: 'absent' };
    key = localKey().key.derive(PURPOSE);
  } catch (error) {
    return { kind: 'unreadable', why: errorWords(error) };
  }
  try {
    return { kind: 'held', guard: parseGuard(Fields.of('settings seal', open(key, bytes))) };
  } catch (error) {
    return { kind: 'altered', why: errorWords(error) };
  }
}

/** Durable on return. Throws `io`, and what opening the local key throws. */
export function writeGuard(path: string, guard: Guard, key: DerivedKeys, world: World): void {
  const sealed = sealRow(key.derive(PURPOSE), PURPOSE, encodeGuard(guard), (size) => world.random(size));
  replaceFile(path, Buffer.concat([MAGIC, sealed]));
}

/** The guard with one more alarm to be told; beyond the limit the oldest is dropped. */
export function withAlarm(guard: Guard, alarm: Alarm): Guard {
  return { ...guard, alarms: [...guard.alarms, alarm].slice(-GUARD_LIMITS.maxAlarms) };
}

function open(key: KeyObject, bytes: Uint8Array): Uint8Array {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) throw damaged('it does not begin with TSG1');
  const plain = openRow(key, PURPOSE, bytes.subarray(MAGIC.length));
  if (plain === null) throw damaged('it was not sealed with the local key of this machine');
  return plain;
}

function encodeGuard(g: Guard): Uint8Array {
  const { machine, settings, head, base, adopted, terms, policy, mark, selfDefence, latch, alarms } = g;
  const seen = { machine, settings, head, base, adopted, terms, policy, mark, selfDefence };
  return Buffer.from(JSON.stringify({ v: 1, ...seen, latch, alarms }));
}

function parseGuard(fields: Fields): Guard {
  fields.version1();
  const settings = fields.object('settings');
  const alarms = fields.get('alarms');
  if (!Array.isArray(alarms) || alarms.length > GUARD_LIMITS.maxAlarms)
    throw fields.bad('alarms', `up to ${GUARD_LIMITS.maxAlarms} alarms`);
  const place = (name: string): LogPlace | null => fields.orNull(name, () => parsePlace(fields.object(name)));
  return {
    machine: fields.text('machine', isUuid, 'a machine id'),
    settings: {
      sequence: settings.whole('sequence', 0),
      sha256: settings.orNull('sha256', (name) => settings.digest(name)),
    },
    head: place('head'),
    base: place('base'),
    adopted: fields.whole('adopted', 0),
    terms: place('terms'),
    policy: place('policy'),
    mark: fields.orNull('mark', () => fields.digest('mark')),
    selfDefence: fields.flag('selfDefence'),
    latch: fields.orNull('latch', () => parseAlarm(fields.object('latch'))),
    alarms: alarms.map((alarm) => parseAlarm(new Fields('settings seal', alarm))),
  };
}

function parsePlace(fields: Fields): LogPlace {
  return { sequence: fields.whole('sequence'), sha256: fields.digest('sha256') };
}

function parseAlarm(fields: Fields): Alarm {
  return {
    code: fields.oneOf('code', ALARM_CODES),
    at: fields.text('at', (at) => isUtcTime(at, 'second'), 'a time in UTC'),
  };
}

function damaged(state: string): TocsinError {
  return new TocsinError(
    'corrupt',
    `Cannot open the seal of the settings: ${state}, want it as this machine wrote it`,
  );
}
