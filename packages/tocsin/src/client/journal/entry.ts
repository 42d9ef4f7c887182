// One entry of the journal while its request is under way. What becomes of it is written once; whatever is not known
// leaves it `unknown`.
import type { SentAnswer } from './record.ts';

export class JournalEntry {
  readonly id: number;
  readonly #settle: (state: SentAnswer['state'], status: number | null) => void;
  #written = false;
  #settled = false;

  constructor(id: number, settle: (state: SentAnswer['state'], status: number | null) => void) {
    this.id = id;
    this.#settle = settle;
  }

  /** All bytes went to the socket. Writes nothing: a process that is killed now cannot say whether they left. */
  written(): void {
    this.#written = true;
  }

  /** The head of the answer came: acknowledged for 2xx and 304, else sent. Never throws. */
  answered(status: number): void {
    const yes = (status >= 200 && status < 300) || status === 304;
    this.#once(yes ? 'acknowledged' : 'sent', status);
  }

  /** The connection broke before an answer: sent where all had been written, else it stays unknown. Never throws. */
  broken(): void {
    if (this.#written) this.#once('sent', null);
    this.#settled = true;
  }

  #once(state: SentAnswer['state'], status: number | null): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(state, status);
  }
}
