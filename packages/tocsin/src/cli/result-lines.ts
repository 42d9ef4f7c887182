// Results on their way to stdout, many a write: one write a line costs a scan more than the look-up. Lines stand here
// for a moment only, and where a person watches not at all.
import type { Terminal } from './terminal.ts';

export const RESULT_LINES_LIMITS = {
  /** Characters that are written together. */
  writeChars: 64 * 1024,
  /** The longest that a line waits for others, ms. */
  waitMs: 100,
} as const;

export class ResultLines {
  readonly #terminal: Terminal;
  #waiting = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** `line` ends in a line end. It is on its way after `RESULT_LINES_LIMITS`, or at `flush`. */
  put(line: string): void {
    this.#waiting += line;
    if (this.#terminal.outIsShown || this.#waiting.length >= RESULT_LINES_LIMITS.writeChars) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), RESULT_LINES_LIMITS.waitMs).unref();
  }

  /** Hands over what waits. Call it before anything else goes to stdout, and at the end, whatever happened. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting !== '') this.#terminal.out(this.#waiting);
    this.#waiting = '';
  }

  /** Null while the reader keeps up; else resolves when it has caught up. */
  get room(): Promise<void> | null {
    return this.#terminal.outRoom;
  }
}
