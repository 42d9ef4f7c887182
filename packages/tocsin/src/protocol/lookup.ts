// Shapes of the look-up and of the list manifest on the wire (spec/lookup.md, spec/lists.md).
// Raw JSON comes in as `unknown` and leaves as these types; no I/O.
import { TocsinError } from './errors.ts';
import type { KeyKind } from './kinds.ts';
import { isKeyKind, KEY_KINDS } from './kinds.ts';
import type { ClassRecord } from './verdict.ts';
import { isCategory, isLevel } from './verdict.ts';

/** Limits of one look-up, both sides. */
export const LOOKUP_LIMITS = { maxPrefixes: 1_000, maxPrefixBits: 24 } as const;

/** Bytes of a key that an answer shows, from the first one that the prefix does not fix wholly. */
export const SUFFIX_BYTES = 16;

/**
 * Which bytes of a key stand in the answer to a prefix of `bits` bits: [start, end). The rest is not needed to tell one
 * object from all others: spec/lookup.md has the arithmetic.
 */
export function suffixRange(kind: KeyKind, bits: number): { readonly start: number; readonly end: number } {
  const start = Math.floor(bits / 8);
  return { start, end: Math.min(KEY_KINDS[kind].bytes, start + SUFFIX_BYTES) };
}

/** Ask for all known objects whose key starts with these bits; hides which one was meant. */
export interface PrefixQuestion {
  readonly kind: KeyKind;
  /** How many leading bits count; the hub announces it in the manifest. */
  readonly bits: number;
  /** ceil(bits/8) bytes in hex, bits beyond `bits` zero. */
  readonly prefix: string;
}

export interface LookupRequest {
  readonly v: 1;
  readonly prefixes: readonly PrefixQuestion[];
}

/** Answers stand in the order of the questions; `class` points into `classes`. */
export interface LookupResponse {
  readonly v: 1;
  /** Of the lists from which it was made; rises with each publication. */
  readonly revision: number;
  readonly classes: readonly ClassRecord[];
  /** Every known key under the prefix, cut to `suffixRange`, in hex. */
  readonly buckets: readonly (readonly { readonly suffix: string; readonly class: number }[])[];
  /** How long "nothing is known" may be kept, seconds. */
  readonly unknownLifetime: number;
}

export const LIST_ROLES = ['changes', 'malicious', 'known-good'] as const;
/** `changes` is asked first and wins over the other two: single verdicts, withdrawals, held conflicts. */
export type ListRole = (typeof LIST_ROLES)[number];

export interface ListEntry {
  readonly role: ListRole;
  readonly kind: KeyKind;
  /** SHA-256 of the segment file, hex: its name, its version, and what the receiver checks. */
  readonly digest: string;
  readonly bytes: number;
  readonly rows: number;
}

export interface ListManifest {
  readonly v: 1;
  /** Rises with every change. */
  readonly revision: number;
  readonly lists: readonly ListEntry[];
  /** Bits of a look-up prefix per kind, so short that at least 64 known objects share each on average; missing where fewer are known. */
  readonly prefixBits: Readonly<Partial<Record<KeyKind, number>>>;
}

/** How many known objects share a prefix at least, on average, whatever a hub announces. */
export const OBJECTS_A_PREFIX = 64;

/** The most bits of a key that a question may show: floor(log2(known objects / 64)); 0 or less for none. */
export function mostPrefixBits(lists: readonly ListEntry[], kind: KeyKind): number {
  const rowsOf = (changes: boolean): number =>
    lists
      .filter((list) => list.kind === kind && (list.role === 'changes') === changes)
      .reduce((sum, { rows }) => sum + rows, 0);
  // Objects may stand in the bases and in the changes: the larger of the two is certainly known.
  const known = Math.max(rowsOf(true), rowsOf(false), 1);
  return Math.min(LOOKUP_LIMITS.maxPrefixBits, Math.floor(Math.log2(known / OBJECTS_A_PREFIX)));
}

/** What a machine takes of what a hub announces: never more bits than its lists, which the machine has counted, allow. */
export function allowedPrefixBits({ lists, prefixBits }: ListManifest): ListManifest['prefixBits'] {
  const allowed: Partial<Record<KeyKind, number>> = {};
  for (const [kind, announced] of Object.entries(prefixBits) as [KeyKind, number][]) {
    const bits = Math.min(announced, mostPrefixBits(lists, kind));
    if (bits >= 1) allowed[kind] = bits;
  }
  return allowed;
}

export const MANIFEST_LIMITS = { maxLists: 64, maxListBytes: 16 * 2 ** 30, maxText: 2 ** 18 } as const;

export function parseManifest(value: unknown): ListManifest {
  const o = record(value, 'list manifest');
  if (o['v'] !== 1) throw bad('list manifest', 'v', '1');
  const lists = o['lists'];
  if (!Array.isArray(lists) || lists.length > MANIFEST_LIMITS.maxLists)
    throw bad('list manifest', 'lists', `an array of up to ${MANIFEST_LIMITS.maxLists}`);
  const bits: Partial<Record<KeyKind, number>> = {};
  for (const [kind, n] of Object.entries(record(o['prefixBits'], 'list manifest')))
    if (isKeyKind(kind)) bits[kind] = whole(n, 'prefixBits', 1, LOOKUP_LIMITS.maxPrefixBits);
  return {
    v: 1,
    revision: whole(o['revision'], 'revision', 0, Number.MAX_SAFE_INTEGER),
    lists: lists.map(parseListEntry).filter((entry) => entry !== null),
    prefixBits: bits,
  };
}

/** Null for a role or kind of a later version: an older agent ignores what it does not know. */
function parseListEntry(value: unknown): ListEntry | null {
  const o = record(value, 'list entry');
  const { role, kind, digest } = o;
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest))
    throw bad('list entry', 'digest', '64 hex digits');
  if (!isKeyKind(kind) || !isListRole(role)) return null;
  const bytes = whole(o['bytes'], 'bytes', 0, MANIFEST_LIMITS.maxListBytes);
  return { role, kind, digest, bytes, rows: whole(o['rows'], 'rows', 0, Number.MAX_SAFE_INTEGER) };
}

export function isListRole(value: unknown): value is ListRole {
  return (LIST_ROLES as readonly unknown[]).includes(value);
}

export const CLASS_LIMITS = { maxText: 1_024, maxLifetime: 366 * 86_400 } as const;

/** A class record from the wire or a file; throws `format` with the field that is wrong. */
export function parseClassRecord(value: unknown): ClassRecord {
  const o = record(value, 'class record');
  const { level, category, name, source, reason } = o;
  if (!isLevel(level)) throw bad('class record', 'level', 'a verdict level');
  if (category !== null && !isCategory(category)) throw bad('class record', 'category', 'a category or null');
  if (name !== null && !isText(name)) throw bad('class record', 'name', 'a text or null');
  if (!isText(source)) throw bad('class record', 'source', 'a text');
  if (!isText(reason)) throw bad('class record', 'reason', 'a text');
  return {
    level,
    category,
    name,
    source,
    reason,
    lifetime: whole(o['lifetime'], 'lifetime', 0, CLASS_LIMITS.maxLifetime),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= CLASS_LIMITS.maxText;
}

/** An object, not null, not an array; throws `format` otherwise. */
export function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TocsinError('format', `Cannot read the ${what}: it is ${typeName(value)}, want an object`);
  return value as Record<string, unknown>;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** A whole number in [low, high]; throws `format` naming the field otherwise. */
export function whole(value: unknown, field: string, low: number, high: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw bad('message', field, `a whole number from ${low} to ${high}`);
}

function bad(what: string, field: string, want: string): TocsinError {
  return new TocsinError('format', `Cannot read the ${what}: its field '${field}' is wrong, want ${want}`);
}
