// What differs between two lists of items: added, removed, and what exactly changed. Compares declarations; the
// words for a person are made in ../statement/diff-words.ts.
import { fingerprint } from '../fingerprint.ts';
import type { Edition, Item } from '../item.ts';
import type { VersionItem } from './version.ts';

/** What can differ in an item that keeps its id. */
export const COMPARED = [
  'participation',
  'editions',
  'transform',
  'retentionDays',
  'personal',
  'sensitivity',
  'purposes',
  'recipients',
  'type',
] as const;
export type Compared = (typeof COMPARED)[number];

export interface Change {
  readonly what: Compared;
  readonly before: string;
  readonly after: string;
}

export interface ChangedItem {
  readonly id: string;
  /** Empty where only the fingerprint differs: bound to something that is no longer compared. */
  readonly changes: readonly Change[];
}

export interface ItemsDiff {
  readonly added: readonly VersionItem[];
  readonly removed: readonly VersionItem[];
  readonly changed: readonly ChangedItem[];
}

/** In the order of the newer list; what was removed, in the order of the older one. */
export function diffItems(older: readonly VersionItem[], newer: readonly VersionItem[]): ItemsDiff {
  const before = new Map(older.map((item) => [item.id, item]));
  const after = new Set(newer.map(({ id }) => id));
  return {
    added: newer.filter(({ id }) => !before.has(id)),
    removed: older.filter(({ id }) => !after.has(id)),
    changed: newer.flatMap((item): ChangedItem[] => {
      const old = before.get(item.id);
      if (old === undefined) return [];
      const changes = changesOf(old, item);
      return changes.length === 0 && old.fingerprint === item.fingerprint ? [] : [{ id: item.id, changes }];
    }),
  };
}

/** Only what one edition lists; an item that entered or left the edition was added or removed there. */
export function ofEdition(items: readonly VersionItem[], edition: Edition): readonly VersionItem[] {
  return items.filter(({ editions }) => editions.includes(edition));
}

function changesOf(old: VersionItem, item: VersionItem): readonly Change[] {
  return COMPARED.map((what) => ({ what, before: textOf(old[what]), after: textOf(item[what]) })).filter(
    ({ before, after }) => before !== after,
  );
}

function textOf(value: VersionItem[Compared]): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Items that an acceptance does not cover: new ones, and ones that are no longer what was accepted. */
export function unaccepted(
  items: readonly Item[],
  accepted: ReadonlyMap<string, string>,
): { readonly added: readonly Item[]; readonly changed: readonly Item[] } {
  return {
    added: items.filter(({ id }) => !accepted.has(id)),
    changed: items.filter((item) => accepted.has(item.id) && accepted.get(item.id) !== fingerprint(item)),
  };
}
