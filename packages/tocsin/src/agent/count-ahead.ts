// How much there is to scan, counted before it is scanned, so that a bar can show how far it is. Reads no file.
import type { Clock } from '../protocol/world.ts';
import { FACTS, SIZE, walk } from './walk.ts';

/** A tree that takes longer to count than this is scanned without a bar. */
export const COUNT_AHEAD_MS = 1_000;

export interface Whole {
  readonly files: number;
  readonly bytes: number;
}

/** Files and bytes below `paths`; null where counting them would keep a person waiting. */
export function countAhead(paths: readonly string[], clock: Clock): Whole | null {
  const until = clock.monotonic() + COUNT_AHEAD_MS;
  let files = 0;
  let bytes = 0;
  for (const step of walk(paths)) {
    if (clock.monotonic() > until) return null;
    if (step.kind !== 'files' || step.facts === null) continue;
    files += step.names.length;
    for (let i = 0; i < step.names.length; i++) bytes += step.facts[i * FACTS + SIZE]!;
  }
  return { files, bytes };
}
