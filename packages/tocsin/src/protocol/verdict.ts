// Verdicts: what is said of an object, by whom and why. No resolution of conflicts here (hub/src/verdicts).
import { createHash } from 'node:crypto';
import type { KeyKind } from './kinds.ts';
import { KEY_KINDS } from './kinds.ts';

/** Levels with their codes in files and on the wire; never reused. */
export const LEVELS = { unknown: 0, trusted: 1, good: 2, riskware: 3, suspicious: 4, malicious: 5 } as const;
export type Level = keyof typeof LEVELS;
export const LEVEL_NAMES = Object.keys(LEVELS) as readonly Level[];

export function isLevel(value: unknown): value is Level {
  return typeof value === 'string' && Object.hasOwn(LEVELS, value);
}

export function levelOfCode(code: number): Level | undefined {
  return LEVEL_NAMES.find((name) => LEVELS[name] === code);
}

export type Polarity = 'good' | 'bad' | 'none';

/** On which side a level stands: `trusted` and `good`; the three bad ones; `unknown` is neither. */
export function polarity(level: Level): Polarity {
  if (level === 'trusted' || level === 'good') return 'good';
  return level === 'unknown' ? 'none' : 'bad';
}

/** What kind of good or bad, closed. */
export const CATEGORIES = [
  'malware',
  'phishing',
  'unwanted',
  'tracker',
  'payment',
  'command-and-control',
  'scanner',
  'vulnerable-driver',
  'test',
  'operating-system',
  'software',
  'top-site',
] as const;
export type Category = (typeof CATEGORIES)[number];

export function isCategory(value: unknown): value is Category {
  return (CATEGORIES as readonly unknown[]).includes(value);
}

/** What many objects share: one record in a segment, pointed to by each of its entries. */
export interface ClassRecord {
  readonly level: Level;
  readonly category: Category | null;
  /** Threat name `Type.Platform.Family`, or for good objects the package; see threat-name.ts. */
  readonly name: string | null;
  /** Who vouches or accuses: the name of the source. */
  readonly source: string;
  /** Why, in one clause for a person. */
  readonly reason: string;
  /** How long an answer made from it may be kept, seconds. */
  readonly lifetime: number;
}

/** The answer about one object. */
export interface Verdict {
  readonly level: Level;
  readonly name: string | null;
  readonly category: Category | null;
  readonly reason: string | null;
  readonly source: string | null;
  /** Id of the class record that decided; stable over restarts and machines. */
  readonly record: string | null;
}

/** Who answered, in the order in which they are asked. */
export const ANSWERED_BY = ['override', 'list', 'cache', 'relay', 'hub', 'none'] as const;
export type AnsweredBy = (typeof ANSWERED_BY)[number];

export const UNKNOWN: Verdict = {
  level: 'unknown',
  name: null,
  category: null,
  reason: null,
  source: null,
  record: null,
};

/** Default lifetimes of answers, seconds. IP addresses change hands, so their verdicts are short-lived. */
export const LIFETIME_SECONDS = { good: 30 * 86_400, bad: 86_400, ip: 6 * 3_600, unknown: 3_600 } as const;

/** Of records that were asked for before: few records are said of very many objects. */
const RECORD_IDS = new WeakMap<ClassRecord, string>();

/** Id of a class record: `r` and the first 12 hex digits of SHA-256 over its fields joined by U+0000. */
export function recordId(c: ClassRecord): string {
  const known = RECORD_IDS.get(c);
  if (known !== undefined) return known;
  const text = [c.level, c.category ?? '', c.name ?? '', c.source, c.reason, c.lifetime].join('\0');
  const id = `r${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  RECORD_IDS.set(c, id);
  return id;
}

export function verdictOf(c: ClassRecord): Verdict {
  return {
    level: c.level,
    name: c.name,
    category: c.category,
    reason: c.reason,
    source: c.source,
    record: recordId(c),
  };
}

/** A match by a weaker digest never says more than `good`: `trusted` by MD5 or SHA-1 becomes `good`. */
export function capAlias<T extends { readonly level: Level }>(kind: KeyKind, said: T): T {
  return KEY_KINDS[kind].alias && said.level === 'trusted' ? { ...said, level: 'good' } : said;
}
