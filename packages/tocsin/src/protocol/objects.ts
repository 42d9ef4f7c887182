// Objects as people type them (`tocsin check`, `verdict set`), and the keys under which each is asked for.
// Text only: whether a word is the name of an existing file is for the caller to try first.
import { undefangDots } from './defang.ts';
import { never, shown, TocsinError } from './errors.ts';
import { parseHex, toHex } from './hex.ts';
import { canonicalHost, hostExpressions } from './host.ts';
import {
  canonicalIp,
  canonicalIpRange,
  formatIp,
  ipCandidates,
  parseIp,
  parseIpRange,
  parseLooseIpv4,
} from './ip.ts';
import type { CertificateKeyKind, FileKeyKind } from './keys-of.ts';
import { digestKey, fileKey, hostKey, ipKey, urlKey } from './keys-of.ts';
import type { KeyKind, ObjectKey } from './kinds.ts';
import type { CanonicalUrl } from './url.ts';
import { canonicalUrl, pathExpressions, urlExpressions } from './url.ts';

export const OBJECT_LIMITS = { maxText: 16_384 } as const;

export type ParsedObject =
  | { readonly kind: 'file'; readonly digest: FileKeyKind; readonly bytes: Uint8Array }
  | { readonly kind: 'certificate'; readonly digest: CertificateKeyKind; readonly bytes: Uint8Array }
  /** The id of a Wi-Fi network, as wifi.ts makes it under the secret of a group. */
  | { readonly kind: 'wifi'; readonly bytes: Uint8Array }
  | { readonly kind: 'url'; readonly url: CanonicalUrl }
  | { readonly kind: 'host'; readonly host: string }
  /** Canonical text of an address, or of a range. */
  | { readonly kind: 'ip'; readonly ip: string };

const WANT =
  'a SHA-256, SHA-1 or MD5 in hex, a URL, a host or an IP address (or one of them after sha256:, sha1:, md5:, url:, host:, ip:, certificate:, certificate-tbs:, wifi:)';

/**
 * Reads one object. A prefix (`sha256:`, `sha1:`, `md5:`, `certificate:`, `certificate-tbs:`, `wifi:`, `url:`, `host:`,
 * `ip:`) decides; without one: 64, 40 or 32 hex digits are a file, text with `://` a URL, then an IP address or range, a host
 * name with a dot, a host with port, path or query a URL. Throws `input` with a hint for anything else.
 */
export function parseObject(text: string): ParsedObject {
  const word = text.trim();
  if (word === '') throw unreadable(text);
  if (word.length > OBJECT_LIMITS.maxText)
    throw new TocsinError(
      'input',
      `Cannot read the object '${shown(word)}': it has ${word.length} characters, want ${OBJECT_LIMITS.maxText} at most`,
    );
  const colon = word.indexOf(':');
  const prefix = word.slice(0, Math.max(colon, 0)).toLowerCase();
  return parsePrefixed(prefix, word.slice(colon + 1).trim()) ?? parseBare(word);
}

/** Null for a prefix that is none of ours (it may be a host before its port). */
function parsePrefixed(prefix: string, value: string): ParsedObject | null {
  switch (prefix) {
    case 'sha256':
      return { kind: 'file', digest: 'file-sha256', bytes: hexOf(value, 32, prefix) };
    case 'sha1':
      return { kind: 'file', digest: 'file-sha1', bytes: hexOf(value, 20, prefix) };
    case 'md5':
      return { kind: 'file', digest: 'file-md5', bytes: hexOf(value, 16, prefix) };
    case 'certificate':
      return { kind: 'certificate', digest: 'certificate-sha256', bytes: hexOf(value, 32, prefix) };
    case 'certificate-tbs':
      return { kind: 'certificate', digest: 'certificate-tbs', bytes: hexOf(value, 32, prefix) };
    case 'wifi':
      return { kind: 'wifi', bytes: hexOf(value, 32, prefix) };
    case 'url':
      return { kind: 'url', url: canonicalUrl(value) };
    case 'host':
      return { kind: 'host', host: canonicalHost(value) };
    case 'ip':
      return { kind: 'ip', ip: value.includes('/') ? canonicalIpRange(value) : typedIp(value) };
    default:
      return null;
  }
}

const DIGEST_OF_LENGTH: Readonly<Record<number, FileKeyKind>> = {
  64: 'file-sha256',
  40: 'file-sha1',
  32: 'file-md5',
};

function parseBare(typed: string): ParsedObject {
  const word = typed.replaceAll('[:]', ':');
  const digest = DIGEST_OF_LENGTH[word.length];
  const bytes = digest === undefined ? null : parseHex(word);
  if (digest !== undefined && bytes !== null) return { kind: 'file', digest, bytes };
  if (/:[/\\]{2}|\[:\]\/\/|\[:\/\/\]/.test(word)) return { kind: 'url', url: canonicalUrl(word) };
  if (parseIp(word) !== null || isShortIp(word)) return { kind: 'ip', ip: typedIp(word) };
  if (parseIpRange(word) !== null) return { kind: 'ip', ip: canonicalIpRange(word) };
  const end = word.startsWith('[') ? word.indexOf(']') + 1 : word.search(/[/?#:\\]/);
  const host = tryHost(end < 0 ? word : word.slice(0, end));
  if (host === null) throw unreadable(word);
  return end < 0 ? { kind: 'host', host } : { kind: 'url', url: canonicalUrl(word) };
}

/**
 * As `canonicalIp`, and also an address in the other spellings that browsers take (`0x7f.1`, `127.1`, after `ip:`
 * one number); a decimal part with leading zeros stays refused, for it may be meant as octal.
 */
function typedIp(text: string): string {
  const dotted = undefangDots(text);
  const loose = /(?:^|\.)0\d/.test(dotted) ? null : parseLooseIpv4(dotted);
  return loose === null ? canonicalIp(text) : formatIp(loose);
}

/** Without a prefix a number alone may be anything: dots or a hex part must show that an address is meant. */
function isShortIp(word: string): boolean {
  const dotted = undefangDots(word);
  return (
    /^(?:0x[\da-f]+|[1-9]\d*)(?:\.(?:0x[\da-f]+|0|[1-9]\d*)){0,3}$/i.test(dotted) &&
    /\.|x/i.test(dotted) &&
    parseLooseIpv4(dotted) !== null
  );
}

/** The host that a word without prefix means; a single label is too little to tell. */
function tryHost(word: string): string | null {
  try {
    if (parseIp(word) !== null) return word;
    const host = canonicalHost(word);
    return host.includes('.') ? host : null;
  } catch (error) {
    if (error instanceof TocsinError) return null;
    throw error;
  }
}

function hexOf(value: string, size: number, prefix: string): Uint8Array {
  const bytes = parseHex(value);
  if (bytes !== null && bytes.length === size) return bytes;
  throw new TocsinError(
    'input',
    `Cannot read the ${prefix} digest '${shown(value)}': it has ${value.length} characters, want ${2 * size} hex digits`,
  );
}

function unreadable(text: string): TocsinError {
  return new TocsinError(
    'input',
    `Cannot read the object '${shown(text)}': it is none that is known, want ${WANT}`,
  );
}

const KEY_PREFIX: Readonly<Record<KeyKind, string>> = {
  'file-sha256': 'sha256',
  'file-sha1': 'sha1',
  'file-md5': 'md5',
  url: 'url',
  host: 'host',
  ip: 'ip',
  'certificate-sha256': 'certificate',
  'certificate-tbs': 'certificate-tbs',
  wifi: 'wifi',
};

/** Text form of a key: `sha256:…`, `url:…` and so on, the digest in hex. */
export function formatKey(kind: KeyKind, bytes: Uint8Array): string {
  return `${KEY_PREFIX[kind]}:${toHex(bytes)}`;
}

/** Text form of an object, which `parseObject` reads back. */
export function formatObject(object: ParsedObject): string {
  switch (object.kind) {
    case 'file':
    case 'certificate':
      return formatKey(object.digest, object.bytes);
    case 'url':
      return `url:${object.url.href}`;
    case 'host':
      return `host:${object.host}`;
    case 'ip':
      return `ip:${object.ip}`;
    case 'wifi':
      return formatKey('wifi', object.bytes);
    default:
      return never(object);
  }
}

/** The one key under which a claim about this very object stands: the first of `keysToAsk`. */
export function objectKey(object: ParsedObject): ObjectKey {
  switch (object.kind) {
    case 'file':
      return fileKey(object.digest, object.bytes);
    case 'certificate':
      return digestKey(object.digest, object.bytes);
    case 'url':
      return urlKey(urlExpressions(object.url)[0]!);
    case 'host':
      return hostKey(object.host);
    case 'ip':
      return ipKey(object.ip);
    case 'wifi':
      return digestKey('wifi', object.bytes);
    default:
      return never(object);
  }
}

/** One key to ask for, and what it stands for in words that can be read: an expression, a host, a range. */
export interface Question {
  readonly key: ObjectKey;
  /** `evil.example/a/`, `evil.example (the whole host)`, `192.0.2.0/24`, `sha256:…`. */
  readonly expression: string;
}

/** All keys to look up, most exact first; see `questionsOf`. */
export function keysToAsk(object: ParsedObject): readonly ObjectKey[] {
  if (object.kind === 'file') return [objectKey(object)]; // thousands are asked for: no words are made of them
  return questionsOf(object).map(({ key }) => key);
}

/**
 * All keys to look up, most exact first. URL: for each of its host expressions the URL expressions, then the
 * whole host; where the host is an address, that address and its ranges last. Host: for each host expression
 * the whole host, then its root URL. Address or range: itself, then the ranges around it.
 */
export function questionsOf(object: ParsedObject): readonly Question[] {
  switch (object.kind) {
    case 'file':
    case 'certificate':
    case 'wifi':
      return [{ key: objectKey(object), expression: formatObject(object) }];
    case 'url':
      return urlQuestions(object.url);
    case 'host':
      return hostExpressions(object.host).flatMap((host) => [aboutHost(host), aboutUrl(`${host}/`)]);
    case 'ip':
      return ipCandidates(object.ip).map(aboutIp);
    default:
      return never(object);
  }
}

function urlQuestions(url: CanonicalUrl): readonly Question[] {
  const paths = pathExpressions(url);
  const questions = hostExpressions(url.host).flatMap((host) => [
    ...paths.map((path) => aboutUrl(host + path)),
    aboutHost(host),
  ]);
  const address = parseIp(url.host);
  if (address !== null) questions.push(...ipCandidates(formatIp(address)).map(aboutIp));
  return questions;
}

function aboutUrl(expression: string): Question {
  return { key: urlKey(expression), expression };
}

function aboutHost(host: string): Question {
  return { key: hostKey(host), expression: `${host} (the whole host)` };
}

function aboutIp(text: string): Question {
  return { key: ipKey(text), expression: text };
}
