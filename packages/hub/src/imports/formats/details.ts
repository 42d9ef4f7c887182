// What rows say beside their objects: names and reasons made safe, and one object for equal details.
import { cleanName, NAME_LIMITS } from 'tocsin/protocol/threat-name.ts';
import type { Category, Level } from 'tocsin/protocol/verdict.ts';
import { IMPORT_LIMITS } from '../config.ts';
import type { ClaimDetails } from './format.ts';

/** Details of one file, interned. Beyond the limit names and reasons are dropped, levels and categories never. */
export class DetailsTable {
  readonly #limit: number;
  readonly #known = new Map<string, ClaimDetails>();
  readonly #remarks = new Map<string, ClaimDetails | null>();

  constructor(limit: number = IMPORT_LIMITS.maxDistinctDetails) {
    this.#limit = limit;
  }

  /** Null where nothing is said. `coarse` is the name to use once there are too many, e.g. the family alone. */
  of(
    level: Level | null,
    category: Category | null,
    name: string | null,
    reason: string | null,
    coarse: string | null = null,
  ): ClaimDetails | null {
    if (level === null && category === null && name === null && reason === null) return null;
    const known = this.#known.get(keyOf(level, category, name, reason));
    if (known !== undefined) return known;
    const room = coarse === null ? this.#limit : this.#limit / 2;
    if ((name !== null || reason !== null) && this.#known.size >= room)
      return this.of(level, category, coarse, null);
    const details = { level, category, name: own(name), reason: own(reason) };
    this.#known.set(keyOf(level, category, details.name, details.reason), details);
    return details;
  }

  /** Details of the free text behind an object in a list: its name, and all of it where there is more. The text
   *  is short, see `remarkText`. */
  remark(text: string): ClaimDetails | null {
    const known = this.#remarks.get(text);
    if (known !== undefined) return known;
    if (this.#remarks.size >= this.#limit) return null;
    const { name, reason } = readRemark(text);
    const details = this.of(null, null, name, reason);
    this.#remarks.set(text, details);
    return details;
  }
}

function keyOf(
  level: string | null,
  category: string | null,
  name: string | null,
  reason: string | null,
): string {
  return `${level}\0${category}\0${name}\0${reason}`;
}

/** A copy of its own: a piece of a long text would keep all of that text in memory. */
function own(text: string | null): string | null {
  return text === null ? null : Buffer.from(text).toString();
}

const LINK = /\b(?:hxxps?|https?|ftp):\/\/\S+/gi;

/** The text of `bytes[start..end)`, as much of it as a name or a reason can hold. */
export function remarkText(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, Math.min(end, start + IMPORT_LIMITS.maxRemarkBytes));
}

/** A short text is a name; with a link in it the text is the reason, and what is left of it the name. */
export function readRemark(text: string): { name: string | null; reason: string | null } {
  const whole = text.replace(/^[\s,;|:#/-]+|\s+$/g, '');
  const short = whole.replace(LINK, ' ').replace(/^[\s,;|:-]+|[\s,;|:(-]+$/g, '');
  const name = short.length > NAME_LIMITS.maxLength ? null : cleanName(short);
  return { name, reason: name === whole ? null : cleanReason(whole) };
}

/** One clause, safe to show, cut to the limit; null where nothing is left. */
export function cleanReason(text: string): string | null {
  const max = IMPORT_LIMITS.maxReason;
  const flat = text
    .slice(0, 4 * max)
    .replace(/[\p{Z}\s]+/gu, ' ')
    .replace(/[\p{C}\ufffd]/gu, '')
    .trim();
  if (flat === '') return null;
  if (flat.length <= max) return flat;
  return `${flat.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
