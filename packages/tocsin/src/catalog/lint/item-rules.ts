// Rules of the lint about single items: id, purpose, dates, retention, what protects a value before it leaves.
import type { Item } from '../item.ts';
import type { CatalogToLint, Complaint, LintRule } from '../lint.ts';
import { typesIn } from './type-rules.ts';

export const ITEM_LIMITS = { yearsToExpiry: 5, personalDays: 365, anyDays: 730, collectorWords: 10 } as const;

/** A rule that looks at one item at a time; the words say what is wrong, null: nothing. */
function eachItem(name: string, fault: (item: Item, catalog: CatalogToLint) => string | null): LintRule {
  return {
    name,
    check: (catalog) =>
      catalog.items.flatMap((item): Complaint[] => {
        const words = fault(item, catalog);
        return words === null ? [] : [{ about: item.id, words }];
      }),
  };
}

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

function yearsAfter(date: string, years: number): string {
  return `${String(Number(date.slice(0, 4)) + years).padStart(4, '0')}${date.slice(4)}`;
}

/** Words for values of a space so small that a checksum of one is undone by trying all. */
const SMALL_SPACE =
  /\b(MAC|IPv?4|IPv6|IP address|network address|netmask|gateway|DHCP|DNS|SSID|network name|host name|user name|login|account|serial|telephone|e-mail address)\b/i;
const KEYED = ['hmac-machine', 'hmac-group'];
const SECRET_ROW = /(?:auth_token|session_key|password)$/;

/** Two names that could be taken for each other: equal but for endings, or two letters apart. */
export function soundAlike(a: string, b: string): boolean {
  const bare = (name: string) => name.replace(/_/g, '').replace(/s$/, '');
  if (bare(a) === bare(b)) return true;
  return Math.min(a.length, b.length) >= 7 && distanceWithin(a, b, 2);
}

/** True where at most `most` letters must be added, dropped or replaced (Levenshtein, row by row). */
function distanceWithin(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false;
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min(
          above[j]! + 1,
          row[j - 1]! + 1,
          above[j - 1]! + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1),
        ),
      );
    above = row;
  }
  return above[b.length]! <= most;
}

function nearDuplicates({ items }: CatalogToLint): Complaint[] {
  const named = items.map((item) => ({ item, name: item.id.slice(item.id.indexOf('.') + 1) }));
  return named
    .filter(
      ({ item, name }) =>
        item.difference === undefined &&
        named.some((other) => other.item !== item && soundAlike(name, other.name)),
    )
    .map(({ item }) => ({
      about: item.id,
      words: 'another item is named almost alike; `difference` must tell them apart',
    }));
}

export const ITEM_RULES: readonly LintRule[] = [
  eachItem('id-shape', ({ id }) =>
    /^[a-z]+(?:_[a-z]+)*\.[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(id)
      ? null
      : 'an id is group.name in lower case',
  ),
  {
    name: 'id-once',
    check: ({ items }) =>
      items
        .filter((item, index) => items.findIndex(({ id }) => id === item.id) !== index)
        .map(({ id }) => ({ about: id, words: 'declared twice' })),
  },
  eachItem('purpose', ({ purposes }) => (purposes.length === 0 ? 'needed for nothing: no purpose' : null)),
  eachItem('date', ({ expires, since }) =>
    DATE.test(expires) && /^[0-9]+\.[0-9]+\.[0-9]+$/.test(since)
      ? null
      : '`expires` is YYYY-MM-DD, `since` a release',
  ),
  eachItem('expired', ({ expires }, { today }) => (expires < today ? `expired on ${expires}` : null)),
  eachItem('expires-late', ({ expires }, { today }) =>
    expires > yearsAfter(today, ITEM_LIMITS.yearsToExpiry) ? 'must be declared anew within five years' : null,
  ),
  eachItem('editions', ({ editions }) =>
    editions.length === 0 || new Set(editions).size !== editions.length ? 'no edition, or one twice' : null,
  ),
  eachItem('retention', ({ personal, retentionDays }) =>
    Number.isInteger(retentionDays) &&
    retentionDays >= 0 &&
    retentionDays <= (personal ? ITEM_LIMITS.personalDays : ITEM_LIMITS.anyDays)
      ? null
      : 'kept for no whole number of days within the limit (365 where personal, else 730)',
  ),
  eachItem('personal-retention', (item, { messages }) =>
    item.personal &&
    item.retentionDays === 0 &&
    messages.some(({ items, attribution }) => attribution === 'attributed' && items.includes(item.id))
      ? 'personal and sent with a name, but nothing says how long it is kept'
      : null,
  ),
  { name: 'near-duplicate', check: nearDuplicates },
  eachItem('difference', ({ difference }, { items }) => {
    const unknown = (difference?.match(/\b[a-z]+(?:_[a-z]+)*\.[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g) ?? []).find(
      (id) => !items.some((item) => item.id === id),
    );
    return unknown === undefined ? null : `its difference speaks of '${unknown}', which nobody declares`;
  }),
  eachItem('small-space', ({ type, transform, what }) =>
    typesIn(type).some(({ kind }) => kind === 'digest') &&
    SMALL_SPACE.test(what) &&
    ![...KEYED, 'vendor-part'].includes(transform)
      ? 'a checksum of something with few values is undone by trying: an HMAC under a secret instead'
      : null,
  ),
  eachItem('secret', ({ statement, transform, type }) =>
    statement.some((row) => SECRET_ROW.test(row)) && !(type.kind === 'digest' && KEYED.includes(transform))
      ? 'a secret never leaves: an HMAC of it instead'
      : null,
  ),
  eachItem('address-bare', ({ type, transform }) =>
    type.kind === 'url' && !['url-without-secrets', 'hmac-machine', 'prefix'].includes(transform)
      ? 'a web address leaves without user, password, fragment and values only'
      : null,
  ),
  eachItem('time-zone', ({ type, transform }) =>
    type.kind === 'time' && type.precision !== 'day' && transform !== `utc-${type.precision}`
      ? `a time of precision ${type.precision} leaves as utc-${type.precision}`
      : null,
  ),
  eachItem('content-open', ({ type, sensitivity, transform }) =>
    type.kind === 'bytes' &&
    (sensitivity === 'content' || sensitivity === 'highly-sensitive') &&
    transform !== 'sealed'
      ? 'content leaves sealed only'
      : null,
  ),
  eachItem('collector', ({ collector }) =>
    collector.reads.length >= ITEM_LIMITS.collectorWords ? null : 'says not what it is read from',
  ),
];
