// How long an item may be kept: as its declaration says, or shorter where the operator's terms do. No I/O.
import { itemOf } from 'tocsin/catalog/catalog.ts';
import { keptDays as keptDaysOf } from 'tocsin/catalog/statement/context.ts';
import type { Terms } from 'tocsin/catalog/terms.ts';

const DAY_MS = 86_400_000;

type Limit = Pick<Terms, 'retentionDays'>;

/** Days, as the Statement says them; 0 for what is not kept at all, and for what nothing declares (any more). */
export function keptDays(itemId: string, limit: Limit): number {
  const item = itemOf(itemId);
  return item === undefined ? 0 : keptDaysOf(item, limit);
}

export interface Kept {
  /** The items that may still be kept. */
  readonly items: Readonly<Record<string, unknown>>;
  /** When the first of them ends; null where none is left. */
  readonly sweepAt: number | null;
}

/** What may be kept at `now` of items that were made at `from`. */
export function keptOf(
  items: Readonly<Record<string, unknown>>,
  from: number,
  now: number,
  limit: Limit,
): Kept {
  const left = Object.entries(items)
    .map(([id, value]) => ({ id, value, until: from + keptDays(id, limit) * DAY_MS }))
    .filter(({ until }) => until > now);
  return {
    items: Object.fromEntries(left.map(({ id, value }) => [id, value])),
    sweepAt: left.length === 0 ? null : Math.min(...left.map(({ until }) => until)),
  };
}
