// The settings of one machine that say what is sent and to whom: parsed, encoded, signed by the machine's own key,
// verified (spec/settings.md). No storage and no clock here; whether they are the newest is client/consent/settings.ts's question.
import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import { isKeyId } from '../protocol/ed25519.ts';
import type { ParticipationLevel, Regime } from './consent.ts';
import { PARTICIPATION_LEVELS, REGIMES } from './consent.ts';
import type { YesNo } from './fields.ts';
import { Fields, isUuid, YES_NO } from './fields.ts';
import type { Edition } from './item.ts';
import { EDITIONS } from './item.ts';
import type { MachineText } from './machine-text.ts';
import { openText, signText } from './machine-text.ts';
import { isUtcTime } from './value-text.ts';

export const SETTINGS_PAYLOAD_TYPE = 'application/vnd.tocsin.settings+json';

export const SETTINGS_LIMITS = { maxText: 8_192, maxUrl: 2_048 } as const;

const KIND: MachineText = {
  what: 'settings',
  payloadType: SETTINGS_PAYLOAD_TYPE,
  maxText: SETTINGS_LIMITS.maxText,
};

/** One place in the log of choices. */
export interface LogPlace {
  readonly sequence: number;
  /** SHA-256 of the record's payload, hex. */
  readonly sha256: string;
}

export interface Settings {
  readonly v: 1;
  /** Rises with each time they are written. */
  readonly sequence: number;
  readonly machine: string;
  /** Who receives: the address, and the id of the pinned root. */
  readonly hub: { readonly url: string; readonly root: string };
  readonly level: ParticipationLevel;
  readonly edition: Edition;
  /** As a person at the machine said; null where nobody did: then policy and operator are asked. */
  readonly jurisdiction: string | null;
  /** The rule that held when they were written. */
  readonly regime: Regime;
  /** Null where nobody chose: the rule's default. */
  readonly sharing: YesNo | null;
  readonly commercial: YesNo | null;
  readonly selfDefence: boolean;
  /** The newest choice when they were written; null where there was none. */
  readonly consent: LogPlace | null;
  /** The newest policy when they were written; null where there was none. */
  readonly policy: number | null;
  /** ISO 8601 in UTC, to the second. */
  readonly at: string;
}

export interface SignedSettings {
  readonly settings: Settings;
  /** One line, without its end. */
  readonly text: string;
  /** SHA-256 of the payload, hex. */
  readonly sha256: string;
}

export function signSettings(settings: Settings, machineKey: KeyObject): SignedSettings {
  const payload = encodeSettings(settings);
  return { settings, text: signText(KIND, payload, machineKey), sha256: digestOf(payload) };
}

/** Throws `limit`, `format`; `denied` where the key of this machine did not sign them. */
export function verifySettings(text: string, machineKey: KeyObject): SignedSettings {
  const payload = openText(KIND, text, machineKey);
  return { settings: parseSettings(Fields.of('settings', payload)), text, sha256: digestOf(payload) };
}

/** The bytes that are signed: JSON with the members in the order of the spec, no white space. */
export function encodeSettings(s: Settings): Uint8Array {
  const { v, sequence, machine, level, edition, jurisdiction, regime, sharing, commercial, selfDefence } = s;
  const hub = { url: s.hub.url, root: s.hub.root };
  const consent = s.consent && { sequence: s.consent.sequence, sha256: s.consent.sha256 };
  const scope = { level, edition, jurisdiction, regime, sharing, commercial, selfDefence };
  const { policy, at } = s;
  return Buffer.from(JSON.stringify({ v, sequence, machine, hub, ...scope, consent, policy, at }));
}

/** Throws `format` with the field that is wrong. */
export function parseSettings(fields: Fields): Settings {
  fields.version1();
  const hub = fields.object('hub');
  return {
    v: 1,
    sequence: fields.whole('sequence'),
    machine: fields.text('machine', isUuid, 'a machine id'),
    hub: {
      url: hub.text('url', (url) => url.length <= SETTINGS_LIMITS.maxUrl, 'an address'),
      root: hub.text('root', isKeyId, 'the id of a root key'),
    },
    level: fields.oneOf('level', PARTICIPATION_LEVELS),
    edition: fields.oneOf('edition', EDITIONS),
    jurisdiction: fields.orNull('jurisdiction', (name) => fields.country(name)),
    regime: fields.oneOf('regime', REGIMES),
    sharing: fields.orNull('sharing', (name) => fields.oneOf(name, YES_NO)),
    commercial: fields.orNull('commercial', (name) => fields.oneOf(name, YES_NO)),
    selfDefence: fields.flag('selfDefence'),
    consent: fields.orNull('consent', (name) => parsePlace(fields.object(name))),
    policy: fields.orNull('policy', (name) => fields.whole(name)),
    at: fields.text('at', (at) => isUtcTime(at, 'second'), 'a time in UTC'),
  };
}

function parsePlace(fields: Fields): LogPlace {
  return { sequence: fields.whole('sequence'), sha256: fields.digest('sha256') };
}

function digestOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('hex');
}
