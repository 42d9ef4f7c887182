// IP addresses and ranges as objects: one canonical text for each, and the ranges in which an address is
// looked for. Text only: nothing here resolves names or touches the network.
import { undefangDots } from './defang.ts';
import { shown, TocsinError } from './errors.ts';
import { hexDigit } from './hex.ts';

/** A range wider than these cannot be found by `ipCandidates`, so none is taken in. */
export const IP_LIMITS = { widest4: 8, widest6: 16, maxText: 64 } as const;

/** `value` is the address as an unsigned 32-bit number; `groups` are eight 16-bit numbers. */
export type IpAddress =
  | { readonly version: 4; readonly value: number }
  | { readonly version: 6; readonly groups: readonly number[] };

/** `length` leading bits are the network; the other bits of `network` are zero. */
export interface IpRange {
  readonly network: IpAddress;
  readonly length: number;
}

/**
 * The address that `text` spells, or null where it is none. Understood: dotted quads in decimal without
 * leading zeros (`010.0.0.1` is read as octal by some and as decimal by others, so it is refused), IPv6 as in
 * RFC 4291 with or without brackets, defanged dots. An IPv4-mapped address (`::ffff:0:0/96`) and one under
 * the well-known NAT64 prefix (`64:ff9b::/96`, RFC 6052) is the IPv4 address that it stands for.
 */
export function parseIp(text: string): IpAddress | null {
  if (text.length > IP_LIMITS.maxText) return null;
  const plain = undefangDots(text.trim());
  if (!plain.includes(':')) {
    const value = parseQuad(plain);
    return value < 0 ? null : { version: 4, value };
  }
  const bracketed = plain.startsWith('[') && plain.endsWith(']');
  const groups = parseGroups(bracketed ? plain.slice(1, -1) : plain);
  return groups === null ? null : unembed(groups);
}

/** Dotted quad, or RFC 5952. Throws `input` where `text` is no address. */
export function canonicalIp(text: string): string {
  const address = parseIp(text);
  if (address === null) throw refused('IP address', text, '1.2.3.4 or 2001:db8::1');
  return formatIp(address);
}

/** The range that `address/length` or a single address spells, host bits cleared; null where it is none. */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf('/');
  if (slash < 0) {
    const single = parseIp(text);
    return single === null ? null : { network: single, length: bitsOf(single) };
  }
  const network = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1).trim();
  if (network === null || !/^(0|[1-9]\d{0,2})$/.test(digits)) return null;
  // A range of embedded IPv4 addresses counts its bits from the front of the IPv6 address.
  const length = Number(digits) - (network.version === 4 && text.includes(':') ? 96 : 0);
  if (length < 0 || length > bitsOf(network)) return null;
  return { network: masked(network, length), length };
}

/**
 * `a.b.c.d/n` or `…::/n` with the host bits cleared; a range of one address is that address alone. Throws
 * `input` where `text` is no range, or wider than `/8` (IPv4) or `/16` (IPv6).
 */
export function canonicalIpRange(text: string): string {
  const range = parseIpRange(text);
  if (range === null) throw refused('IP range', text, '192.0.2.0/24 or 2001:db8::/32');
  const widest = widestOf(range.network);
  if (range.length < widest)
    throw new TocsinError(
      'input',
      `Cannot take the IP range '${shown(text)}': it is /${range.length}, want /${widest} or narrower`,
    );
  return formatRange(range);
}

/**
 * Where an address (or a range) is looked for, most exact first: its own text, then each enclosing range up
 * to `/8` (IPv4) or `/16` (IPv6). Throws `input` where `text` is neither.
 */
export function ipCandidates(text: string): string[] {
  const range = parseIpRange(text);
  if (range === null) throw refused('IP address', text, 'an address or a range');
  const found: string[] = [];
  for (let length = range.length; length >= widestOf(range.network); length--)
    found.push(formatRange({ network: masked(range.network, length), length }));
  return found;
}

/** Canonical text of an address: dotted quad or RFC 5952. */
export function formatIp(address: IpAddress): string {
  if (address.version === 6) return formatGroups(address.groups);
  const { value } = address;
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/**
 * The IPv4 address in any spelling that browsers take in a URL (one to four parts; decimal, octal, hex; the
 * last part fills the rest), or null. Only for hosts of URLs.
 */
export function parseLooseIpv4(host: string): IpAddress | null {
  const parts = host.split('.');
  if (parts.length > 4) return null;
  let value = 0;
  for (const [i, part] of parts.entries()) {
    const n = looseNumber(part);
    const last = i === parts.length - 1;
    const room = last ? 256 ** (4 - i) : 256;
    if (n < 0 || n >= room) return null;
    value += last ? n : n * 256 ** (3 - i);
  }
  return { version: 4, value };
}

function looseNumber(part: string): number {
  if (/^0x[0-9a-f]*$/i.test(part)) return part.length === 2 ? 0 : Number(part);
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8);
  return /^[1-9]\d*$/.test(part) ? Number(part) : -1;
}

function bitsOf(address: IpAddress): number {
  return address.version === 4 ? 32 : 128;
}

function widestOf(address: IpAddress): number {
  return address.version === 4 ? IP_LIMITS.widest4 : IP_LIMITS.widest6;
}

function formatRange(range: IpRange): string {
  const text = formatIp(range.network);
  return range.length === bitsOf(range.network) ? text : `${text}/${range.length}`;
}

function masked(address: IpAddress, length: number): IpAddress {
  if (address.version === 4) {
    const mask = length === 0 ? 0 : -1 << (32 - length);
    return { version: 4, value: (address.value & mask) >>> 0 };
  }
  const groups = address.groups.map((group, i) => {
    const kept = Math.min(16, Math.max(0, length - 16 * i));
    return group & ((0xffff << (16 - kept)) & 0xffff);
  });
  return { version: 6, groups };
}

/** The quad as a number, or -1. */
function parseQuad(text: string): number {
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x2e) {
      if (part < 0 || ++dots > 3) return -1;
      value = value * 256 + part;
      part = -1;
    } else {
      const digit = code - 0x30;
      if (digit < 0 || digit > 9 || part === 0) return -1;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    }
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}

function parseGroups(text: string): number[] | null {
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = groupsOf(text, true);
    return groups?.length === 8 ? groups : null;
  }
  const head = groupsOf(text.slice(0, gap), false);
  const tail = groupsOf(text.slice(gap + 2), true);
  if (head === null || tail === null || head.length + tail.length > 7) return null;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** Groups between colons; where `mayEndInQuad`, the last may be a dotted quad and counts as two. */
function groupsOf(text: string, mayEndInQuad: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (mayEndInQuad && i === parts.length - 1 && part.includes('.')) {
      const quad = parseQuad(part);
      if (quad < 0) return null;
      groups.push(quad >>> 16, quad & 0xffff);
    } else {
      const group = parseGroup(part);
      if (group < 0) return null;
      groups.push(group);
    }
  }
  return groups.length > 8 ? null : groups;
}

/** One to four hex digits, or -1. */
function parseGroup(part: string): number {
  if (part.length < 1 || part.length > 4) return -1;
  let value = 0;
  for (let i = 0; i < part.length; i++) {
    const digit = hexDigit(part.charCodeAt(i));
    if (digit < 0) return -1;
    value = (value << 4) | digit;
  }
  return value;
}

const MAPPED = [0, 0, 0, 0, 0, 0xffff];
const NAT64 = [0x64, 0xff9b, 0, 0, 0, 0];

function unembed(groups: readonly number[]): IpAddress {
  const starts = (prefix: readonly number[]): boolean => prefix.every((group, i) => groups[i] === group);
  if (!starts(MAPPED) && !starts(NAT64)) return { version: 6, groups };
  return { version: 4, value: groups[6]! * 65_536 + groups[7]! };
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups becomes `::`. */
function formatGroups(groups: readonly number[]): string {
  let from = -1;
  let size = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > size) [from, size] = [i, run];
    i += run;
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return from < 0 ? hex(groups) : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + size))}`;
}

function refused(what: string, text: string, want: string): TocsinError {
  return new TocsinError('input', `Cannot read the ${what} '${shown(text)}': it is none, want ${want}`);
}
