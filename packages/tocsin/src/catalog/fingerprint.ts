// What of an item an acceptance is bound to: if any of it changes, the item is another one and must be accepted
// anew where opt-in rules. Wording may be improved without that.
import { createHash } from 'node:crypto';
import type { Item } from './item.ts';

/** Hex digits of SHA-256 that stand for an item: it tells changes apart, it is no protection against a forger. */
const DIGITS = 12;

const CACHE = new WeakMap<Item, string>();

/** 12 hex digits over type, purposes, sensitivity, participation, transform, retention and recipients. */
export function fingerprint(item: Item): string {
  let text = CACHE.get(item);
  if (text === undefined) {
    text = compute(item);
    CACHE.set(item, text);
  }
  return text;
}

function compute(item: Item): string {
  const { id, type, purposes, sensitivity, personal, participation, transform, retentionDays, recipients } =
    item;
  const bound = [
    id,
    type,
    [...purposes].sort(),
    sensitivity,
    personal,
    participation,
    transform,
    retentionDays,
    recipients,
  ];
  return createHash('sha256').update(JSON.stringify(bound)).digest('hex').slice(0, DIGITS);
}

/** `id:fingerprint` of each item, sorted: the form in which a consent record lists what was accepted. */
export function acceptedList(items: readonly Item[]): readonly string[] {
  return items.map((item) => `${item.id}:${fingerprint(item)}`).sort();
}

const ENTRY = /^([a-z_]+\.[a-z0-9_]+):([0-9a-f]{12})$/;

/** The list as a map; null for an entry that is none. */
export function parseAcceptedList(list: readonly unknown[]): ReadonlyMap<string, string> | null {
  const map = new Map<string, string>();
  for (const entry of list) {
    const found = typeof entry === 'string' ? ENTRY.exec(entry) : null;
    if (found === null) return null;
    map.set(found[1]!, found[2]!);
  }
  return map;
}
