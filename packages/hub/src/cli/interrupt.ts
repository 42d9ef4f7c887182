// Ctrl-C for a command of the hub: the first one asks it to stop and waits until its engine has, a later one ends
// the process at once (the engine it started is then left for the next command to stop). Holds signals only while
// something has to be put in order.
import { note } from './words.ts';

/** The exit status of what Ctrl-C ended, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** Two signals within this time are one: a launcher may pass on what the terminal sent to both. */
const SAME_PRESS_MS = 300;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interrupt {
  readonly #control = new AbortController();
  readonly #asked = Promise.withResolvers<never>();
  readonly #onSignal: () => void;

  constructor() {
    let firstAt = 0;
    this.#asked.promise.catch(() => {});
    this.#onSignal = () => {
      if (!this.signal.aborted) {
        firstAt = performance.now();
        note('stopping … (once more ends it at once)');
        this.#control.abort();
        this.#asked.reject(this.signal.reason);
      } else if (performance.now() - firstAt > SAME_PRESS_MS) process.exit(EXIT_INTERRUPTED);
    };
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  /** What `work` resolves with, or a rejection as soon as a stop is asked for; `work` then goes on unheard. */
  async during<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return await Promise.race([this.#asked.promise, work]);
  }

  /** Signals do again what the system makes of them. */
  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}

/** Ends the process of a command that was stopped, and says what became of its work. */
export function exitStopped(): never {
  note('stopped: what was finished stands, the rest changed nothing');
  process.exit(EXIT_INTERRUPTED);
}
