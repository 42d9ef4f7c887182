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

/** The day in UTC as YYYY-MM-DD. */
export function dayOf(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(0, 10);
}

/** Now in UTC to the second, as YYYY-MM-DDTHH:MM:SSZ. */
export function secondOf(clock: Clock): string {
  return utcSecond(clock.now());
}

/** Milliseconds since 1970 as YYYY-MM-DDTHH:MM:SSZ. */
export function utcSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
