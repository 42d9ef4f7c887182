// What comes into every component by hand, so that the whole network runs in one process under a seed.
// Nothing else reads the clock or the random source.
import { randomBytes } from 'node:crypto';

export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump. */
  now(): number;
  /** Monotonic, milliseconds since an arbitrary start. Lifetimes are measured with it. */
  monotonic(): number;
}

export interface World {
  readonly clock: Clock;
  /** `size` unpredictable bytes (from the system, or from a seed in tests). */
  random(size: number): Uint8Array;
}

export const systemWorld: World = {
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  random: (size) => randomBytes(size),
};

/** Seconds since 1970, whole. */
export function unixSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}
