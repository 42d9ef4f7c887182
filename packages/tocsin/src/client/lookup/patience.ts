// How a machine leaves a hub alone that has failed, or that asks for it (`retry-after`): a short pause is waited for and
// the question asked once more, a longer one is a rest in which nothing is asked. Both are bounded here: a hub that says
// a year is asked again before. Knows nothing of what is asked.
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from '../../protocol/errors.ts';
import { waitOf } from '../../protocol/retry-after.ts';
import type { Clock } from '../../protocol/world.ts';

export const PATIENCE_LIMITS = {
  /** After a failure that says nothing of when. */
  restMs: 30_000,
  maxRestMs: 600_000,
  /** A person may wait: a hub that asks for no more is asked again within the same question. */
  maxPauseMs: 5_000,
  /** Also where the hub says 0: it refused. */
  minWaitMs: 250,
  /** Pauses in a row; a hub that asks for one more each time is left alone. */
  maxPauses: 6,
} as const;

export type Sleep = (ms: number) => Promise<unknown>;

export class Patience {
  readonly #clock: Clock;
  readonly #sleep: Sleep;
  #restUntil = -1;
  /** Since the hub last answered at once. */
  #pauses = 0;
  #pause: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock, wait: Sleep = sleep) {
    this.#clock = clock;
    this.#sleep = wait;
  }

  /** Nothing should be asked now. */
  get rests(): boolean {
    return this.#clock.monotonic() < this.#restUntil;
  }

  /**
   * What `ask` gives. It waits while another question does, and is called once more where the hub asked for a short
   * pause. Throws as it; the rest has begun then.
   */
  async asked<T>(ask: () => Promise<T>): Promise<T> {
    await this.#pause;
    try {
      const answer = await ask();
      this.#pauses = 0;
      return answer;
    } catch (error) {
      const ms = toldBy(error, this.#clock);
      const { maxPauseMs, maxPauses, restMs } = PATIENCE_LIMITS;
      if (ms === null || ms > maxPauseMs) return this.#fail(error, ms ?? restMs);
      if (this.#pauses >= maxPauses) return this.#fail(error, Math.max(ms, restMs));
      this.#pauses++;
      this.#pause = Promise.all([this.#pause, this.#sleep(ms)]);
    }
    await this.#pause;
    return await ask().catch((error: unknown) =>
      this.#fail(error, toldBy(error, this.#clock) ?? PATIENCE_LIMITS.restMs),
    );
  }

  /** A rest begins; the longest that was asked for counts. */
  #fail(error: unknown, ms: number): never {
    this.#restUntil = Math.max(this.#restUntil, this.#clock.monotonic() + ms);
    throw error;
  }
}

/** How long the hub asked to be left alone, bounded; null where it said nothing of it. */
function toldBy(error: unknown, clock: Clock): number | null {
  if (!(error instanceof TocsinError) || error.retryAfter === null) return null;
  const { minWaitMs, maxRestMs } = PATIENCE_LIMITS;
  return Math.min(Math.max(waitOf(error.retryAfter, clock), minWaitMs), maxRestMs);
}
