// What the counters of network use have in common: their declaration, and the fixed ranges of their histograms.
import { ALL_EDITIONS, COMMON } from '../item.ts';

export const NETWORK_USE = {
  ...COMMON,
  purposes: ['service-quality'],
  sensitivity: 'technical',
  participation: 'extended',
  editions: ALL_EDITIONS,
  owner: 'network',
} as const;

export const TIMES = { ...NETWORK_USE, transform: 'bucket' } as const;

const MAX_COUNT = 1_000_000_000;
export const COUNT = { kind: 'integer', min: 0, max: MAX_COUNT, unit: 'count' } as const;
/** How long something took: 10 ms to 30 s. */
export const DURATIONS = {
  kind: 'histogram',
  edges: [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000],
  unit: 'ms',
  max: MAX_COUNT,
} as const;
/** How long something waited: a second, a minute, 10 minutes, an hour, 6 hours, a day, a week. */
export const WAITS = {
  kind: 'histogram',
  edges: [1_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000],
  unit: 'ms',
  max: MAX_COUNT,
} as const;
