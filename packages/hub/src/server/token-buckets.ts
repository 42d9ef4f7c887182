// Buckets of tokens that fill with time, one a key: who may do how much. In memory and of this node alone: a guard against
// a client gone wild, not a count. Clocks are monotonic.
import type { Clock } from 'tocsin/protocol/world.ts';

export interface Rate {
  /** Most tokens that a bucket holds: what may be done at once. */
  readonly capacity: number;
  /** Tokens a millisecond. */
  readonly fill: number;
}

interface Bucket {
  /** Tokens at `at`; below zero where more was taken than there was. */
  readonly tokens: number;
  readonly at: number;
}

export class TokenBuckets {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  /** Of more than `maxKeys` keys, the one that was not seen for the longest is full again. */
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
    const held = this.#buckets.get(key) ?? { tokens: capacity, at: now };
    const there = Math.min(capacity, held.tokens + Math.max(0, now - held.at) * fill);
    const left = there >= 1 ? there - tokens : there;
    this.#buckets.delete(key); // and put behind the others: the first is the longest unseen
    this.#buckets.set(key, { tokens: left, at: now });
    if (this.#buckets.size > this.#maxKeys) this.#buckets.delete(this.#buckets.keys().next().value!);
    return there >= 1 ? 0 : Math.ceil((1 - there) / fill / 1000);
  }
}
