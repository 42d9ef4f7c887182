// The question for what is known of one object beyond its verdict, by its whole key, and the answer: who said what of it,
// and since when (spec/lookup.md, "The history of one object"). Raw JSON comes in as `unknown`; no I/O.
import { TocsinError } from './errors.ts';
import type { KeyKind } from './kinds.ts';
import { parseClassRecord, record, whole } from './lookup.ts';
import type { ClassRecord } from './verdict.ts';

export const HISTORY_LIMITS = {
  maxClaims: 1_000,
  /** Of a name, a file or an original line: as long as the hub keeps one. */
  maxText: 65_536,
  /** Machines that met a file, as they are told: fewer than the first not at all, more than the last not counted. */
  machineSteps: [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000],
} as const;

export interface HistoryRequest {
  readonly v: 1;
  readonly kind: KeyKind;
  /** All of it, in lower-case hex. */
  readonly key: string;
}

export const SOURCE_KINDS = ['analyst', 'rule', 'feed', 'warning'] as const;

/** What one source says of the object. */
export interface HistoryClaim extends ClassRecord {
  readonly sourceKind: (typeof SOURCE_KINDS)[number];
  /** ISO 8601 in UTC. */
  readonly claimedAt: string;
  /** The person, where one said it. */
  readonly claimedBy: string | null;
  /** Where it stands: line of a file, and that line. */
  readonly file: string | null;
  readonly line: number | null;
  readonly original: string | null;
  /** Its age has ended it: it takes no part any more. */
  readonly ended: boolean;
}

/** What the claims amount to: nobody says anything, one of them decides, or they wait for a person. */
export const STANDINGS = ['none', 'decided', 'held'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface History {
  readonly v: 1;
  readonly standing: Standing;
  /** Since when the hub knows of the object, ISO 8601 in UTC: not after any claim. Null exactly where there is no claim. */
  readonly firstSeen: string | null;
  /** On at least so many machines a file was met, as far as they told; null for fewer than 5, and for what is no SHA-256. */
  readonly machines: number | null;
  readonly claims: readonly HistoryClaim[];
  /** Sources whose file is damaged: what they say is missing. */
  readonly unread: readonly string[];
}

/** Throws `format` with the field that is wrong. */
export function parseHistory(value: unknown): History {
  const { v, standing, firstSeen, machines, claims, unread } = record(value, 'history');
  if (v !== 1) throw bad('v', '1');
  if (!isOneOf(STANDINGS, standing)) throw bad('standing', STANDINGS.join(', '));
  if (!Array.isArray(claims) || claims.length > HISTORY_LIMITS.maxClaims)
    throw bad('claims', `an array of up to ${HISTORY_LIMITS.maxClaims}`);
  if (!Array.isArray(unread) || unread.length > HISTORY_LIMITS.maxClaims || !unread.every(isText))
    throw bad('unread', `up to ${HISTORY_LIMITS.maxClaims} names`);
  const told = claims.map(parseClaim);
  return {
    v,
    standing,
    firstSeen: parseFirstSeen(firstSeen, told),
    machines: parseMachines(machines),
    claims: told,
    unread,
  };
}

function parseFirstSeen(value: unknown, claims: readonly HistoryClaim[]): string | null {
  if (claims.length === 0) {
    if (value === null) return null;
    throw bad('firstSeen', 'null where there is no claim');
  }
  const first = parseTime(value, 'firstSeen');
  if (claims.every(({ claimedAt }) => Date.parse(first) <= Date.parse(claimedAt))) return first;
  throw bad('firstSeen', 'a time that is not after a claim');
}

function parseMachines(value: unknown): number | null {
  if (value === null || isOneOf(HISTORY_LIMITS.machineSteps, value)) return value;
  throw bad('machines', `one of ${HISTORY_LIMITS.machineSteps.join(', ')}`);
}

function parseTime(value: unknown, field: string): string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(value))
    throw bad(field, 'a time in UTC');
  if (Number.isNaN(Date.parse(value))) throw bad(field, 'a time that there is');
  return value;
}

function parseClaim(value: unknown): HistoryClaim {
  const o = record(value, 'history');
  const { sourceKind, line } = o;
  if (!isOneOf(SOURCE_KINDS, sourceKind)) throw bad('sourceKind', SOURCE_KINDS.join(', '));
  return {
    ...parseClassRecord(value),
    sourceKind,
    claimedAt: parseTime(o.claimedAt, 'claimedAt'),
    claimedBy: textOrNull(o, 'claimedBy'),
    file: textOrNull(o, 'file'),
    line: line === null ? null : whole(line, 'line', 0, Number.MAX_SAFE_INTEGER),
    original: textOrNull(o, 'original'),
    ended: flag(o, 'ended'),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= HISTORY_LIMITS.maxText;
}

function flag(o: Record<string, unknown>, field: string): boolean {
  const value = o[field];
  if (typeof value === 'boolean') return value;
  throw bad(field, 'true or false');
}

function textOrNull(o: Record<string, unknown>, field: string): string | null {
  const value = o[field];
  if (value === null || isText(value)) return value;
  throw bad(field, `a text of up to ${HISTORY_LIMITS.maxText} characters, or null`);
}

function isOneOf<T extends string | number>(values: readonly T[], value: unknown): value is T {
  return (values as readonly unknown[]).includes(value);
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError('format', `Cannot read the history: its field '${field}' is wrong, want ${want}`);
}
