// What a version of the catalog is: its items as they were then, one line each, so that later ones can be compared
// with it. A version that was released never changes. Written by scripts/write-catalog-version.ts; no I/O here.
import { fingerprint } from '../fingerprint.ts';
import type { Edition, Item, ItemLevel } from '../item.ts';

/** As it stands in a file of its own, versions/version-N.ts. */
export interface VersionEntry {
  readonly number: number;
  /** YYYY-MM-DD */
  readonly date: string;
  /** The release that brought it; null: not released yet, may still be written anew. */
  readonly release: string | null;
  /** SHA-256 over all documents as they are rendered from this version (rendered.ts); null: not kept. */
  readonly rendered: string | null;
  /** One line an item, in catalog order. */
  readonly table: string;
}

/** What is compared of an item: what an acceptance is bound to (fingerprint.ts), and its editions. */
export interface VersionItem {
  readonly id: string;
  readonly fingerprint: string;
  readonly participation: ItemLevel;
  readonly editions: readonly Edition[];
  readonly transform: string;
  readonly retentionDays: number;
  readonly personal: boolean;
  readonly sensitivity: string;
  readonly purposes: readonly string[];
  readonly recipients: readonly string[];
  /** JSON of the type. */
  readonly type: string;
}

const FIELD = ' | ';

/** `id:fingerprint | participation | editions | transform | days | personal | sensitivity | purposes | recipients | type` */
export function lineOf(item: Item): string {
  return [
    `${item.id}:${fingerprint(item)}`,
    item.participation,
    item.editions.join(','),
    item.transform,
    item.retentionDays,
    item.personal ? 'personal' : 'no-person',
    item.sensitivity,
    [...item.purposes].sort().join(','),
    item.recipients.join(','),
    JSON.stringify(item.type),
  ].join(FIELD);
}

/** The items of a table. The tables are our own: a line of another form is a mistake and throws TypeError. */
export function itemsOfTable(table: string): readonly VersionItem[] {
  return table
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine);
}

/** An item as it is now, in the form in which versions keep it. */
export function versionItem(item: Item): VersionItem {
  return parseLine(lineOf(item));
}

function parseLine(line: string): VersionItem {
  const [
    name,
    participation,
    editions,
    transform,
    days,
    personal,
    sensitivity,
    purposes,
    recipients,
    ...type
  ] = line.split(FIELD) as [string, ItemLevel, string, ...string[]];
  if (type.length === 0) throw new TypeError(`a line of a catalog version: ${line}`);
  const at = name.indexOf(':');
  return {
    id: name.slice(0, at),
    fingerprint: name.slice(at + 1),
    participation,
    editions: editions.split(',') as Edition[],
    transform: transform!,
    retentionDays: Number(days),
    personal: personal === 'personal',
    sensitivity: sensitivity!,
    purposes: purposes!.split(','),
    recipients: recipients!.split(','),
    type: type.join(FIELD),
  };
}
