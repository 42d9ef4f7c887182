// The objects of one row, gathered before any is taken: a row is taken whole or refused whole.
// Objects are made canonical here and nowhere else in the formats.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { decodeHexInto, hexRunLength } from 'tocsin/protocol/hex.ts';
import { canonicalHost, isSharedSuffix } from 'tocsin/protocol/host.ts';
import { canonicalIpRange, parseIp, parseIpRange } from 'tocsin/protocol/ip.ts';
import { hostKey, ipKey, urlKey } from 'tocsin/protocol/keys-of.ts';
import type { KeyKind, ObjectKey } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { canonicalUrl, pathExpressions } from 'tocsin/protocol/url.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';
import { parseBssid, parseSsid, wifiKey } from 'tocsin/protocol/wifi.ts';
import { IMPORT_LIMITS } from '../config.ts';
import type { ClaimDetails, ImportSink } from './format.ts';
import type { Refusal } from './row.ts';
import { REFUSED } from './row.ts';

const SLOT = 32;
const SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ws', 'wss']);

/** The file digest that has so many hex digits, or null. */
export function digestOfLength(digits: number): KeyKind | null {
  if (digits === 64) return 'file-sha256';
  if (digits === 40) return 'file-sha1';
  return digits === 32 ? 'file-md5' : null;
}

/** The digest whose hex digits stand at `start`, as many as there are up to `end`; null for another number. */
export function digestAt(bytes: Uint8Array, start: number, end: number): KeyKind | null {
  return digestOfLength(hexRunLength(bytes, start, end));
}

/** Each `add` returns null, or why the object is refused; the draft is to be dropped then. */
export class ClaimDraft {
  readonly #kinds: KeyKind[] = [];
  #keys = new Uint8Array(16 * SLOT);

  get count(): number {
    return this.#kinds.length;
  }

  clear(): void {
    this.#kinds.length = 0;
  }

  /** Decodes the hex digits of one digest that begins at `start`. */
  addHex(kind: KeyKind, bytes: Uint8Array, start: number): Refusal | null {
    const at = this.#slot();
    if (at < 0) return REFUSED.many;
    if (!decodeHexInto(bytes, start, this.#keys, at, KEY_KINDS[kind].bytes)) return REFUSED.digest;
    this.#kinds.push(kind);
    return null;
  }

  /** A digest as text; `kind` null: told by its length. */
  addDigest(text: string, kind: KeyKind | null = null): Refusal | null {
    const bytes = Buffer.from(text, 'latin1');
    const found = kind ?? digestOfLength(text.length);
    if (found === null || bytes.length !== 2 * KEY_KINDS[found].bytes) return REFUSED.digest;
    return this.addHex(found, bytes, 0);
  }

  /** A host name; `*.name` and `.name` stand for the host with all below it, as `name` does. Never a public suffix. */
  addHost(text: string): Refusal | null {
    if (parseIp(text) !== null) return REFUSED.address;
    const host = attempt(canonicalHost, text.startsWith('*.') ? text.slice(2) : text);
    if (host === null) return REFUSED.host;
    if (!host.includes('.')) return REFUSED.label;
    return isSharedSuffix(host) ? REFUSED.suffix : this.#addKey(hostKey(host));
  }

  /** An address or a range, as CIDR. */
  addIp(text: string): Refusal | null {
    const range = attempt(canonicalIpRange, text);
    if (range !== null) return this.#addKey(ipKey(range));
    return parseIpRange(text) === null ? REFUSED.ip : REFUSED.wide;
  }

  /** An address with or without a port, which is not kept. */
  addEndpoint(text: string): Refusal | null {
    if (!text.includes(':')) return this.addIp(text);
    const found = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/.exec(text);
    return this.addIp(found?.[1] ?? found?.[2] ?? text);
  }

  /** A URL, with or without a scheme; it stands for itself and all below it, so not the root of a public suffix. */
  addUrl(text: string): Refusal | null {
    const url = attempt(canonicalUrl, text);
    if (url === null) return REFUSED.url;
    if (!SCHEMES.has(url.scheme)) return REFUSED.scheme;
    if (parseIp(url.host) === null) {
      if (attempt(canonicalHost, url.host) === null) return REFUSED.url;
      if (!url.host.includes('.')) return REFUSED.label;
      if (url.path === '/' && !url.query && isSharedSuffix(url.host)) return REFUSED.suffix;
    }
    return this.#addKey(urlKey(url.host + pathExpressions(url)[0]!));
  }

  /** A Wi-Fi network by its name and the address of its access point; only its id under the group's secret is kept. */
  addWifi(group: GroupSecret | undefined, ssid: string, bssid: string): Refusal | null {
    if (group === undefined) return REFUSED.group;
    const key = attempt((text) => wifiKey(group, parseSsid(ssid, false), parseBssid(text)), bssid);
    return key === null ? REFUSED.wifi : this.#addKey(key);
  }

  /** Hands all objects to the sink, and is empty then. */
  commit(sink: ImportSink, details: ClaimDetails | null, line: number): void {
    for (let i = 0; i < this.#kinds.length; i++)
      sink.take(this.#kinds[i]!, this.#keys, i * SLOT, details, line);
    this.clear();
  }

  #addKey(key: ObjectKey): Refusal | null {
    const at = this.#slot();
    if (at < 0) return REFUSED.many;
    this.#keys.set(key.bytes, at);
    this.#kinds.push(key.kind);
    return null;
  }

  /** Where the next key goes, or -1 where the row holds too many. */
  #slot(): number {
    const at = this.#kinds.length * SLOT;
    if (this.#kinds.length >= IMPORT_LIMITS.maxKeysPerRow) return -1;
    if (at === this.#keys.length) {
      const more = new Uint8Array(2 * at);
      more.set(this.#keys);
      this.#keys = more;
    }
    return at;
  }
}

/** What `parse` makes of foreign text, or null where it refuses it. */
function attempt<T>(parse: (text: string) => T, text: string): T | null {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TocsinError) return null;
    throw error;
  }
}
