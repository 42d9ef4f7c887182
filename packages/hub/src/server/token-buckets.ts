// Buckets of tokens that fill with time, one a key: who may do how much. In memory and of this node alone: a guard against
// a client gone wild, not a count. Clocks are monotonic.
import type { Clock } from 'tocsin/protocol/world.ts';

export interface Rate {
  /** Most tokens that a bucket holds: what may be done at once. */
  readonly capacity: number;
  /** Tokens a millisecond. */
  readonly fill: number;
}

/** Keys are put in order of when they were last seen to this exactness: to do it each time costs more than the rest. */
const ORDER_MS = 1_000;

interface Bucket {
  /** Tokens at `at`; below zero where more was taken than there was. */
  tokens: number;
  at: number;
  /** When it was put behind the others. */
  movedAt: number;
}

export class TokenBuckets {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  /** Of more than `maxKeys` keys, the one that was not seen for the longest (to a second) is full again. */
  constructor(clock: Clock, maxKeys: number) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
  }

  /**
   * Takes `tokens` where there is one at least: 0, or the seconds until there is one again, and nothing is taken. Who
   * takes more than there is waits the longer for the next time.
   */
  take(key: string, { capacity, fill }: Rate, tokens = 1): number {
    const now = this.#clock.monotonic();
    const held = this.#buckets.get(key);
    const bucket = held ?? { tokens: capacity, at: now, movedAt: now };
    const there = Math.min(capacity, bucket.tokens + Math.max(0, now - bucket.at) * fill);
    bucket.tokens = there >= 1 ? there - tokens : there;
    bucket.at = now;
    if (held === undefined || now - held.movedAt >= ORDER_MS) this.#putLast(key, bucket);
    return there >= 1 ? 0 : Math.ceil((1 - there) / fill / 1000);
  }

  /** Behind the others: the first is the longest unseen. */
  #putLast(key: string, bucket: Bucket): void {
    bucket.movedAt = bucket.at;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxKeys) this.#buckets.delete(this.#buckets.keys().next().value!);
  }
}
