// Asks the hub for the newest choice of this machine before anything but `connection` leaves in a process, and again
// every ten minutes: a restored copy of an older state must not send what was withdrawn since (spec/consent.md, 6).
import type { Clock } from '../../protocol/world.ts';
import type { HubCall } from './exchange.ts';
import type { ConsentSource } from './source.ts';

export const CHECK_LIMITS = { everyMs: 600_000 } as const;

export class ConsentCheck {
  readonly #source: Pick<ConsentSource, 'refreshConsent'>;
  readonly #call: HubCall;
  readonly #clock: Clock;
  #checkedAt: number | null = null;
  #running: Promise<void> | null = null;

  constructor(source: Pick<ConsentSource, 'refreshConsent'>, call: HubCall, clock: Clock) {
    this.#source = source;
    this.#call = call;
    this.#clock = clock;
  }

  /** Resolves when the answer of the last ten minutes is adopted; rejects as `refreshConsent`: then nothing may leave. */
  ensure(): Promise<void> {
    const now = this.#clock.monotonic();
    if (this.#checkedAt !== null && now - this.#checkedAt < CHECK_LIMITS.everyMs) return Promise.resolve();
    this.#running ??= this.#check().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #check(): Promise<void> {
    const asked = this.#clock.monotonic();
    await this.#source.refreshConsent(this.#call);
    this.#checkedAt = asked;
  }
}
