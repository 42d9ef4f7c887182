// Look-ups in threads of their own, on a port of their own: for programs that ask by the thousand, beside which machines
// are answered as fast as ever. The system parts connections among the threads; all read the same tables.
//
//   serve ─► LookupThreads ─► thread 1 .. n (thread.ts), each with a TLS server on the shared port
//                 ▲ IndexMaker: each table once in memory ◄── take, give back
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { errorWords, failureOf, never, TocsinError } from 'tocsin/protocol/errors.ts';
import { hostInUrl } from 'tocsin/protocol/host.ts';
import { THREADS_LIMITS } from './config.ts';
import type { IndexSource, IndexWant } from './index-maker.ts';
import type { FromThread, ThreadOrder, ToThread } from './thread-messages.ts';

const PROGRAM = new URL('./thread.ts', import.meta.url);

export interface LookupThreadsParts extends ThreadOrder {
  readonly threads: number;
  readonly source: IndexSource;
  /** Called whenever a thread reads a list that does not hold. */
  readonly onDamage: () => void;
  readonly log: (line: string) => void;
  /** The program of a thread; another one in tests. */
  readonly program?: URL;
}

export class LookupThreads {
  readonly #parts: LookupThreadsParts;
  readonly #resting = new AbortController();
  readonly #threads = new Set<LookupThread>();
  readonly port: number;

  /** All threads answer on return. Rejects with what the first one that cannot says. */
  static async start(parts: LookupThreadsParts): Promise<LookupThreads> {
    const first = await LookupThread.start(parts, parts.listen.port);
    const threads = new LookupThreads(parts, first);
    const others = Array.from({ length: parts.threads - 1 }, () => LookupThread.start(parts, first.port));
    const started = await Promise.allSettled(others);
    for (const each of started) if (each.status === 'fulfilled') threads.#add(each.value);
    const failed = started.find((each) => each.status === 'rejected');
    if (failed === undefined) return threads;
    await threads.close();
    throw failed.reason;
  }

  private constructor(parts: LookupThreadsParts, first: LookupThread) {
    this.#parts = parts;
    this.port = first.port;
    this.#add(first);
  }

  get url(): string {
    return `https://${hostInUrl(this.#parts.listen.host)}:${this.port}`;
  }

  /** Ends them all; what is under way may end within the grace of a server. */
  async close(): Promise<void> {
    this.#resting.abort();
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #add(thread: LookupThread): void {
    this.#threads.add(thread);
    void thread.ended.then(() => this.#replace(thread));
  }

  async #replace(ended: LookupThread): Promise<void> {
    this.#threads.delete(ended);
    const { signal } = this.#resting;
    if (!signal.aborted) this.#parts.log('a look-up thread ended by itself, and is started again');
    while (!signal.aborted) {
      try {
        await sleep(THREADS_LIMITS.restMs, undefined, { signal });
        const thread = await LookupThread.start(this.#parts, this.port);
        if (!signal.aborted) return this.#add(thread);
        return await thread.close();
      } catch (error) {
        if (!signal.aborted) this.#parts.log(`a look-up thread cannot be started: ${errorWords(error)}`);
      }
    }
  }
}

class LookupThread {
  readonly #worker: Worker;
  readonly #parts: LookupThreadsParts;
  /** What it took and did not give back: given back for it when it ends. */
  readonly #taken: IndexWant[] = [];
  readonly ended: Promise<void>;
  port = 0;
  #hasEnded = false;

  static async start(parts: LookupThreadsParts, port: number): Promise<LookupThread> {
    const { data, database, listen } = parts;
    const order: ThreadOrder = { data, database, listen: { host: listen.host, port } };
    const thread = new LookupThread(parts, order);
    await thread.#ready.promise;
    return thread;
  }

  readonly #ready = Promise.withResolvers<void>();

  private constructor(parts: LookupThreadsParts, order: ThreadOrder) {
    this.#parts = parts;
    this.#worker = new Worker(parts.program ?? PROGRAM, { workerData: order });
    this.#worker.on('message', (message: FromThread) => this.#hear(message));
    this.#worker.on('error', (error) => {
      parts.log(`a look-up thread failed: ${errorWords(error)}`);
    });
    this.ended = new Promise((done) => this.#worker.once('exit', () => done()));
    void this.ended.then(() => {
      this.#hasEnded = true;
      this.#ready.reject(new TocsinError('io', 'Cannot start a look-up thread: it ended at once'));
      for (const want of this.#taken) parts.source.giveBack(want);
    });
    this.#ready.promise.catch(() => {}); // told to whoever started it
  }

  async close(): Promise<void> {
    this.#say({ kind: 'close' });
    await this.ended;
  }

  #say(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'ready':
        this.port = message.port;
        this.#ready.resolve();
        break;
      case 'failed':
        this.#ready.reject(new TocsinError(message.code, message.words));
        break;
      case 'take':
        void this.#take(message.id, message.want);
        break;
      case 'give-back':
        this.#giveBack(message.want);
        break;
      case 'damaged':
        this.#parts.onDamage();
        break;
      case 'log':
        this.#parts.log(message.line);
        break;
      default:
        never(message);
    }
  }

  async #take(id: number, want: IndexWant): Promise<void> {
    try {
      const data = await this.#parts.source.take(want);
      if (this.#hasEnded) return this.#parts.source.giveBack(want);
      this.#taken.push(want);
      this.#say({ kind: 'taken', id, data });
    } catch (error) {
      this.#say({ kind: 'not-taken', id, ...failureOf(error) });
    }
  }

  #giveBack(want: IndexWant): void {
    const id = want.digests.join();
    const at = this.#taken.findIndex(({ kind, digests }) => kind === want.kind && digests.join() === id);
    if (at < 0) return;
    this.#taken.splice(at, 1);
    this.#parts.source.giveBack(want);
  }
}
