// What the declarations of the object group have in common. No item is declared here.
import { ALL_EDITIONS, COMMON, type Collector } from '../item.ts';

/** Defaults of an item of the object group; a declaration overrides what it says itself. */
export const OBJECT = {
  ...COMMON,
  purposes: ['threat-analysis'],
  sensitivity: 'technical',
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'detection',
} as const;

/** What shows a person's doing: which programs, pages or files, and when. */
export const OF_A_PERSON = { sensitivity: 'interaction', personal: true } as const;

/** A collector that a later version brings. */
export function planned(reads: string): Collector {
  return { state: 'planned', reads };
}

/** One that this release has. */
export function built(reads: string): Collector {
  return { state: 'built', reads };
}
