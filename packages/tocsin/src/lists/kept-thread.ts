// A thread that answers orders, one at a time: started with the first order, since most programs never have one, and kept
// for the next, since starting it takes more of a processor than most orders (a new heap, and every module anew). It ends
// where no order came for a while, and with it whatever memory its garbage held.
//
//   ask(order) ─► the orders before it ─► message to the thread ─► its next message is the answer
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { TocsinError } from '../protocol/errors.ts';

export const KEPT_THREAD_LIMITS = {
  /** So long it waits for the next order. */
  restMs: 60_000,
} as const;

export interface KeptThreadOptions {
  /** What it makes, for a message: 'the index'. */
  readonly makes: string;
  readonly restMs?: number;
}

/**
 * The program answers each message with one. Nothing here keeps the process alive but an order under way. How many wait is
 * for whoever asks to bound.
 */
export class KeptThread<Order, Answer> {
  readonly #program: URL;
  readonly #makes: string;
  readonly #restMs: number;
  #worker: Worker | null = null;
  #resting: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(program: URL, { makes, restMs = KEPT_THREAD_LIMITS.restMs }: KeptThreadOptions) {
    this.#program = program;
    this.#makes = makes;
    this.#restMs = restMs;
  }

  /** Rejects with what the program throws, or with `busy` where its thread ends; the next order starts another. */
  ask(order: Order): Promise<Answer> {
    const answer = this.#last.then(() => this.#ask(order));
    this.#last = answer.catch(() => {}); // told to whoever asked
    return answer;
  }

  /** Ends the thread; whatever is under way or waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
    await this.#last;
  }

  async #ask(order: Order): Promise<Answer> {
    if (this.#closed) return this.#throwEnded();
    clearTimeout(this.#resting);
    const worker = this.#worker ?? this.#start();
    worker.ref();
    const heard = new AbortController();
    try {
      const answered = once(worker, 'message', heard); // rejects on an error
      const ended = once(worker, 'exit', heard);
      worker.postMessage(order);
      const [answer] = await Promise.race([answered, ended.then(() => this.#throwEnded())]);
      return answer as Answer;
    } finally {
      heard.abort();
      worker.unref();
      this.#resting = setTimeout(() => void this.#end(), this.#restMs).unref();
    }
  }

  async #end(): Promise<void> {
    clearTimeout(this.#resting);
    const worker = this.#worker;
    this.#worker = null; // the next order is not for one that is ending
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(this.#program);
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = null;
    };
    this.#worker = worker.on('error', forget).on('exit', forget);
    return worker;
  }

  #throwEnded(): never {
    throw new TocsinError('busy', `Cannot make ${this.#makes}: its thread has ended, want a later call`);
  }
}
