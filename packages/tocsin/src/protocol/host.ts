// Host names as objects: one canonical text for each, and where registration ends (Public Suffix List).
// An IP address is no host name here; the host of a URL, which may be one, is url.ts's business.
import { domainToASCII } from 'node:url';
import { getDomain, parse } from 'tldts';
import { undefangDots } from './defang.ts';
import { shown, TocsinError } from './errors.ts';

export const HOST_LIMITS = { maxLength: 253, maxLabel: 63, maxText: 1_024, maxExpressions: 5 } as const;

/**
 * Lower case, punycode (UTS 46), without leading or trailing dots; defanged dots are understood. Throws
 * `input` where `text` is no host name: an address, a wildcard, a URL, other characters than letters, digits,
 * `-`, `_`, labels over 63 or names over 253 characters, a last label that is a number.
 */
export function canonicalHost(text: string): string {
  const complaint = text.length > HOST_LIMITS.maxText ? 'it is too long' : null;
  const host = complaint === null ? foldHost(undefangDots(text.trim())) : '';
  const why = complaint ?? complaintAbout(host);
  if (why === null) return host;
  throw new TocsinError(
    'input',
    `Cannot read the host '${shown(text)}': ${why}, want a name like www.example.org`,
  );
}

/** Lower case and ASCII, dots at the ends dropped; empty where the name has no ASCII form. */
function foldHost(text: string): string {
  const ascii = isAscii(text) ? text.toLowerCase() : domainToASCII(text);
  return trimDots(ascii);
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** `text` without dots at its ends. */
export function trimDots(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === 0x2e) start++;
  while (end > start && text.charCodeAt(end - 1) === 0x2e) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function complaintAbout(host: string): string | null {
  if (host === '') return 'it is empty or has no ASCII form';
  if (host.length > HOST_LIMITS.maxLength) return `it is longer than ${HOST_LIMITS.maxLength} characters`;
  let label = 0;
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i);
    if (code !== 0x2e) {
      if (!isHostCode(code)) return code === 0x2a ? 'it holds a wildcard' : `it holds '${shown(host[i]!)}'`;
      if (++label > HOST_LIMITS.maxLabel) return `a label is longer than ${HOST_LIMITS.maxLabel} characters`;
    } else {
      if (label === 0) return 'a label is empty';
      label = 0;
    }
  }
  return endsInNumber(host) ? 'its last label is a number' : null;
}

function isHostCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f // a-z 0-9 - _
  );
}

/** As in the URL standard: such a name can only be an IPv4 address, or nothing. */
function endsInNumber(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  if (last > 0x66) return false; // beyond `f`: no digit of any base, except the x of a bare `0x`
  return /^(?:\d+|0x[0-9a-f]*)$/.test(host.slice(host.lastIndexOf('.') + 1));
}

const SUFFIX_OPTIONS = {
  allowPrivateDomains: true,
  extractHostname: false,
  validateHostname: false,
  detectIp: true,
} as const;

/**
 * The name that its owner registered (`b.co.uk` of `a.b.co.uk`, `b.github.io` of `a.b.github.io`): private
 * suffixes count, for below them each name is another tenant. Null where there is none: `host` is a suffix
 * itself, a single label, or an address. `host` is canonical.
 */
export function registrableDomain(host: string): string | null {
  return host.startsWith('.') ? null : getDomain(host, SUFFIX_OPTIONS);
}

/** Whether the Public Suffix List names `host` itself: everything below it belongs to others. */
export function isPublicSuffix(host: string): boolean {
  const found = parse(host, SUFFIX_OPTIONS);
  return found.publicSuffix === host && (found.isIcann === true || found.isPrivate === true);
}

/**
 * Whether a verdict about `host` would be one about everybody below it: the list names it, or a wildcard of a registry
 * (`*.ck`) covers it. What only a private wildcard covers (`*.compute-1.amazonaws.com`, `*.beget.app`) is one machine
 * or tenant, and may be accused by itself.
 */
export function isSharedSuffix(host: string): boolean {
  if (!isPublicSuffix(host)) return false;
  const sibling = `${PROBE}${host.slice(host.indexOf('.'))}`;
  return parse(host, SUFFIX_OPTIONS).isIcann === true || !host.includes('.') || !isPublicSuffix(sibling);
}

/** A label that no rule of the list names: where it makes a suffix as well, a wildcard does. */
const PROBE = 'tocsin-no-such-label';

/**
 * The names under which a host is looked for, most exact first: itself, and up to four made of its
 * registrable domain and the labels before it, one more each time (Safe Browsing v5). Never a public suffix
 * of somebody else. `host` is canonical; an address yields itself alone.
 */
export function hostExpressions(host: string): readonly string[] {
  const registrable = registrableDomain(host);
  if (registrable === null) return [host];
  const names: string[] = [];
  let at = host.length - registrable.length;
  while (at > 0 && names.length < HOST_LIMITS.maxExpressions - 1) {
    names.push(host.slice(at));
    at = host.lastIndexOf('.', at - 2) + 1;
  }
  names.push(host);
  return names.reverse();
}

/** A host or address as it stands in a URL and before a port: IPv6 in brackets. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
