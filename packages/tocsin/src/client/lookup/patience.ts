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
      const asking = ask().then((answer) => {
        this.#pauses = 0;
        return answer;
      });
      return await asking.catch(async (error: unknown) => {
        const ms = this.#waitAfter(error);
        if (ms === null || ms > PATIENCE_LIMITS.maxPauseMs) throw error;
        if (++this.#pauses > PATIENCE_LIMITS.maxPauses) throw error;
        this.#pause = Promise.all([this.#pause, this.#sleep(ms)]);
        await this.#pause;
        return await ask();
      });
    } catch (error) {
      const isTired = this.#pauses > PATIENCE_LIMITS.maxPauses;
      const ms = this.#waitAfter(error) ?? PATIENCE_LIMITS.restMs;
      this.#rest(isTired ? Math.max(ms, PATIENCE_LIMITS.restMs) : ms);
      throw error;
    }
  }

  /** Null where the hub said nothing of it. */
  #waitAfter(error: unknown): number | null {
    if (!(error instanceof TocsinError) || error.retryAfter === null) return null;
    const { minWaitMs, maxRestMs } = PATIENCE_LIMITS;
    return Math.min(Math.max(waitOf(error.retryAfter, this.#clock), minWaitMs), maxRestMs);
  }

  /** The longest rest that was asked for counts. */
  #rest(ms: number): void {
    this.#restUntil = Math.max(this.#restUntil, this.#clock.monotonic() + ms);
  }
}
