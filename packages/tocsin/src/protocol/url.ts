// URLs as objects: the canonical form and the expressions under which one is looked for, by the published
// rules of Safe Browsing v5 ("URLs and Hashing"). It follows no link and resolves no name.
//
//   text -> trimmed, no fragment -> bytes, unescaped until nothing is escaped -> scheme | host | path | query
//        -> each part by its own rule -> escaped once -> CanonicalUrl -> expressions -> SHA-256 (keys-of.ts)
import { domainToASCII } from 'node:url';
import { undefangDots, undefangScheme } from './defang.ts';
import { shown, TocsinError } from './errors.ts';
import { hexDigit } from './hex.ts';
import { HOST_LIMITS, hostExpressions, isAscii, trimDots } from './host.ts';
import { formatIp, parseIp, parseLooseIpv4 } from './ip.ts';

export const URL_LIMITS = { maxText: 16_384, maxFolders: 4 } as const;

/** All parts are ASCII, escaped once. */
export interface CanonicalUrl {
  /** Lower case, `http` where the text named none. */
  readonly scheme: string;
  /** Name in punycode, dotted quad, or IPv6 in brackets. */
  readonly host: string;
  /** Starts with `/`. */
  readonly path: string;
  /** Without the `?`; null where there is no `?`. */
  readonly query: string | null;
  /** As written; no part of `href` nor of any expression. */
  readonly port: number | null;
  /** `scheme://host` + path + query, the canonical form. */
  readonly href: string;
}

/**
 * The canonical form of a URL, with or without scheme, also a defanged one. Throws `input` where there is no
 * host, or one that cannot be; its own result comes back unchanged.
 */
export function canonicalUrl(text: string): CanonicalUrl {
  if (text.length > URL_LIMITS.maxText)
    throw refused(text, `it is longer than ${URL_LIMITS.maxText} characters`);
  const { scheme, rest } = splitScheme(undefangScheme(unescapeFully(toByteString(strip(text)))));
  const end = rest.search(/[/?\\]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const plain = undefangDots(authority).replaceAll('[:]', ':');
  const { name, port } = splitPort(plain.slice(plain.lastIndexOf('@') + 1), text);
  const host = canonicalUrlHost(name, text);

  let tail = end < 0 ? '' : rest.slice(end);
  if (plain !== authority) tail = tail.replaceAll('[.]', '.');
  const mark = tail.indexOf('?');
  const path = escapeOnce(canonicalPath(mark < 0 ? tail : tail.slice(0, mark)));
  const query = mark < 0 ? null : escapeOnce(tail.slice(mark + 1));
  const href = `${scheme}://${host}${path}${query === null ? '' : `?${query}`}`;
  return { scheme, host, path, query, port, href };
}

/**
 * The expressions under which a URL is looked for, most exact first: for each of `hostExpressions`, the path
 * with query, the path, and up to four folders from the deepest to `/`. At most 30. An empty query counts as
 * none. The first expression is the one under which a claim about this very URL stands.
 */
export function urlExpressions(url: CanonicalUrl): readonly string[] {
  const paths = pathExpressions(url);
  return hostExpressions(url.host).flatMap((host) => paths.map((path) => host + path));
}

/** The path part of `urlExpressions`. */
export function pathExpressions(url: Pick<CanonicalUrl, 'path' | 'query'>): readonly string[] {
  const { path, query } = url;
  const folders: string[] = [];
  for (let at = 0; at >= 0 && folders.length < URL_LIMITS.maxFolders; at = path.indexOf('/', at + 1))
    folders.push(path.slice(0, at + 1));
  if (folders.at(-1) !== path) folders.push(path);
  if (query !== null && query !== '') folders.push(`${path}?${query}`);
  return folders.reverse();
}

/** Blanks at the ends, tabs and line breaks everywhere, and the fragment are dropped. */
function strip(text: string): string {
  const flat = text.trim().replace(/[\t\r\n]/g, '');
  const fragment = flat.indexOf('#');
  return fragment < 0 ? flat : flat.slice(0, fragment);
}

/** The UTF-8 bytes of `text`, one character each. */
function toByteString(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Percent-unescaped until no escape is left, in one pass: no escape can overlap another, so the order in which
 * they are undone does not matter, and each byte is looked at once more for each escape that it ends.
 */
export function unescapeFully(bytes: string): string {
  if (!bytes.includes('%')) return bytes;
  const out = Buffer.allocUnsafe(bytes.length);
  let n = 0;
  for (let i = 0; i < bytes.length; i++) {
    out[n++] = bytes.charCodeAt(i);
    while (n >= 3 && out[n - 3] === 0x25) {
      const high = hexDigit(out[n - 2]!);
      const low = hexDigit(out[n - 1]!);
      if (high < 0 || low < 0) break;
      n -= 2;
      out[n - 1] = (high << 4) | low;
    }
  }
  return out.toString('latin1', 0, n);
}

function splitScheme(text: string): { scheme: string; rest: string } {
  // Browsers take any number of slashes, of either kind, after the schemes of the web.
  const web = /^(https?|ftp|wss?):[/\\]+/i.exec(text);
  if (web !== null) return { scheme: web[1]!.toLowerCase(), rest: text.slice(web[0].length) };
  const other = /^([a-z][a-z0-9+.-]{0,31}):\/\//i.exec(text);
  if (other !== null) return { scheme: other[1]!.toLowerCase(), rest: text.slice(other[0].length) };
  return { scheme: 'http', rest: text };
}

function splitPort(authority: string, text: string): { name: string; port: number | null } {
  const colon = authority.lastIndexOf(':');
  if (colon < 0 || (authority.startsWith('[') && colon < authority.lastIndexOf(']')))
    return { name: authority, port: null };
  const digits = authority.slice(colon + 1);
  const port = Number(digits);
  if (!/^\d*$/.test(digits) || port > 65_535) throw refused(text, 'its port is no number up to 65535');
  return { name: authority.slice(0, colon), port: digits === '' ? null : port };
}

function canonicalUrlHost(bytes: string, text: string): string {
  if (bytes.startsWith('[')) {
    const address = bytes.endsWith(']') ? parseIp(bytes) : null;
    if (address === null) throw refused(text, 'its host is no IPv6 address');
    const plain = formatIp(address);
    return address.version === 4 ? plain : `[${plain}]`;
  }
  const dotted = collapseDots(isAscii(bytes) ? bytes.toLowerCase() : internationalName(bytes));
  if (dotted === '') throw refused(text, 'it has no host');
  if (/[()[\]{}<>^|:@/?\\]/.test(dotted)) throw refused(text, 'its host holds a character that none can');
  const address = /^[\da-fx.]+$/.test(dotted) ? parseLooseIpv4(dotted) : null;
  if (address !== null) return formatIp(address);
  const host = escapeOnce(dotted);
  if (host.length > HOST_LIMITS.maxLength) throw refused(text, 'its host is too long');
  return host;
}

/** Punycode where the bytes are UTF-8 and name something; else the bytes in lower case, to be escaped. */
function internationalName(bytes: string): string {
  const raw = Buffer.from(bytes, 'latin1');
  const name = raw.toString('utf8');
  const ascii = name.includes('\ufffd') ? '' : domainToASCII(collapseDots(name));
  return ascii === '' ? bytes.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase()) : ascii;
}

function collapseDots(text: string): string {
  return trimDots(text.includes('..') ? text.replace(/\.{2,}/g, '.') : text);
}

/** `.` and `..` are resolved, then runs of slashes become one. A text with a backslash first is Windows-like. */
function canonicalPath(raw: string): string {
  const path = raw.startsWith('\\') ? raw.replaceAll('\\', '/') : raw;
  if (path === '') return '/';
  const resolved = path.includes('/.') ? resolveDots(path) : path;
  return resolved.includes('//') ? resolved.replace(/\/{2,}/g, '/') : resolved;
}

function resolveDots(path: string): string {
  const parts = path.slice(1).split('/');
  const kept: string[] = [];
  for (const [i, part] of parts.entries()) {
    if (part !== '.' && part !== '..') kept.push(part);
    else {
      if (part === '..') kept.pop();
      if (i === parts.length - 1) kept.push('');
    }
  }
  return `/${kept.join('/')}`;
}

/** Bytes up to 32 and from 127, `#` and `%` become `%XX`. */
function escapeOnce(bytes: string): string {
  if (!/[\x00-\x20\x7f-\xff#%]/.test(bytes)) return bytes;
  return bytes.replace(/[\x00-\x20\x7f-\xff#%]/g, (c) => {
    const code = c.charCodeAt(0);
    return `%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`;
  });
}

function refused(text: string, why: string): TocsinError {
  return new TocsinError('input', `Cannot read the URL '${shown(text)}': ${why}, want http://host/path`);
}
