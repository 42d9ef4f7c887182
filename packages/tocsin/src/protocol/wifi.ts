// Wi-Fi networks as objects (spec/objects.md): the id of a network under the secret of a group, and that secret on
// the wire. Names and addresses of networks tell where somebody is: they are never an object's text, only the id is.
import { createHash, createHmac } from 'node:crypto';
import { parseBase64Url, toBase64Url } from './base64.ts';
import { shown, TocsinError } from './errors.ts';
import { parseHex } from './hex.ts';
import { digestKey } from './keys-of.ts';
import type { ObjectKey } from './kinds.ts';
import { record } from './lookup.ts';

export const WIFI_LIMITS = { maxSsid: 32, bssid: 6, secret: 32, maxAnswer: 1_024 } as const;

/** The secret of a hub's group; `id` tells secrets apart and shows nothing of them. */
export interface GroupSecret {
  readonly id: string;
  readonly secret: Uint8Array;
}

/** One that was replaced and may still be what a list is named under, until then (unix seconds). */
export interface FormerSecret extends GroupSecret {
  readonly until: number;
}

export interface GroupSecrets {
  readonly current: GroupSecret;
  readonly former: FormerSecret | null;
}

/** The key of a network. `ssid`: up to 32 bytes; `bssid`: as `parseBssid` gives it. Throws `input` for a longer SSID. */
export function wifiKey(group: GroupSecret, ssid: Uint8Array, bssid: Uint8Array): ObjectKey {
  if (ssid.length > WIFI_LIMITS.maxSsid)
    throw new TocsinError(
      'input',
      `Cannot read the name of the Wi-Fi network: it has ${ssid.length} bytes, want ${WIFI_LIMITS.maxSsid} at most`,
    );
  const mac = createHmac('sha256', group.secret);
  mac.update('tocsin wifi network\0').update(Uint8Array.of(ssid.length)).update(ssid).update(bssid);
  return digestKey('wifi', new Uint8Array(mac.digest()));
}

/** Six bytes in hex, with `:`, `-` or nothing between them. Throws `input` for anything else, and for a group address. */
export function parseBssid(text: string): Uint8Array {
  const plain = text.trim();
  const isSpelled = /^(?:[\da-f]{2}([:-]))(?:[\da-f]{2}\1){4}[\da-f]{2}$|^[\da-f]{12}$/i.test(plain);
  const bytes = isSpelled ? parseHex(plain.replace(/[:-]/g, '')) : null;
  const why = bytes === null ? 'it is none' : (bytes[0]! & 1) === 1 ? 'it is an address of a group' : null;
  if (bytes !== null && why === null) return bytes;
  throw new TocsinError(
    'input',
    `Cannot read the address of the access point '${shown(text)}': ${why}, want six bytes like 02:00:5e:10:00:01`,
  );
}

/**
 * The text of an SSID as bytes: UTF-8, or hex digits. Throws `input` for hex that is none, and for text in which bytes that
 * are no UTF-8 were replaced (U+FFFD): it would name another network.
 */
export function parseSsid(text: string, isHex: boolean): Uint8Array {
  if (!isHex && text.includes('\u{fffd}'))
    throw new TocsinError(
      'input',
      `Cannot read the name of the Wi-Fi network '${shown(text)}': some of its bytes are no UTF-8, want it in hex digits (--hex)`,
    );
  if (!isHex) return new Uint8Array(Buffer.from(text, 'utf8'));
  const bytes = parseHex(text);
  if (bytes !== null) return bytes;
  throw new TocsinError(
    'input',
    `Cannot read the name of the Wi-Fi network '${shown(text)}': it is no hex, want pairs of hex digits`,
  );
}

/** A wrong number of bytes is a programmer's mistake. */
export function groupSecretOf(secret: Uint8Array): GroupSecret {
  if (secret.length !== WIFI_LIMITS.secret) throw new TypeError(`a secret has ${WIFI_LIMITS.secret} bytes`);
  const id = createHash('sha256').update('tocsin group secret\0').update(secret).digest('hex').slice(0, 16);
  return { id, secret };
}

/** The secrets under which something may be named at that time (unix seconds), the newest first. */
export function secretsInForce({ current, former }: GroupSecrets, now: number): readonly GroupSecret[] {
  return former !== null && former.until > now ? [current, former] : [current];
}

export function formatGroupSecrets({ current, former }: GroupSecrets): string {
  const spelled = ({ id, secret }: GroupSecret) => ({ id, secret: toBase64Url(secret) });
  const older = former === null ? {} : { former: { ...spelled(former), until: former.until } };
  return JSON.stringify({ v: 1, ...spelled(current), ...older });
}

/** What `GET /v1/group-secret` answers. Throws `format` for anything else; never shows what it read. */
export function parseGroupSecrets(bytes: Uint8Array): GroupSecrets {
  try {
    const fields = record(JSON.parse(Buffer.from(bytes).toString('utf8')), 'secret of the group');
    const current = secretIn(fields);
    const former = fields['former'] === undefined ? null : formerIn(fields['former']);
    if (fields['v'] === 1 && current !== null && former !== undefined) return { current, former };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TocsinError)) throw error;
  }
  throw new TocsinError(
    'format',
    "Cannot read the secret of the hub's group: it is none of version 1, want v, id and secret",
  );
}

function secretIn({ id, secret }: Readonly<Record<string, unknown>>): GroupSecret | null {
  const raw = typeof secret === 'string' && secret.length <= 64 ? parseBase64Url(secret) : null;
  if (raw === null || raw.length !== WIFI_LIMITS.secret) return null;
  const group = groupSecretOf(raw);
  return group.id === id ? group : null;
}

/** Undefined where it is none. */
function formerIn(value: unknown): FormerSecret | undefined {
  const fields = record(value, 'former secret of the group');
  const { until } = fields;
  const group = secretIn(fields);
  if (group === null || typeof until !== 'number' || !Number.isSafeInteger(until) || until < 0)
    return undefined;
  return { ...group, until };
}
