// The versions of the catalog, oldest first. The newest is what the present declarations say; a test holds that, so
// that nobody changes an item without a new version (scripts/write-catalog-version.ts writes it).
import type { VersionEntry, VersionItem } from './version.ts';
import { itemsOfTable } from './version.ts';
import { VERSION_1 } from './version-1.ts';
import { VERSION_2 } from './version-2.ts';

export const VERSIONS: readonly VersionEntry[] = [VERSION_1, VERSION_2];

export const NEWEST_VERSION: VersionEntry = VERSIONS.at(-1)!;

/** The version of that number; `undefined` where there is none. */
export function versionOf(number: number): VersionEntry | undefined {
  return VERSIONS.find((version) => version.number === number);
}

/** The version before; `undefined` for the first. */
export function versionBefore(number: number): VersionEntry | undefined {
  return VERSIONS.findLast((version) => version.number < number);
}

export function itemsOfVersion(version: VersionEntry): readonly VersionItem[] {
  return itemsOfTable(version.table);
}
