// The hash threads and the queue in front of them: batches in, digests and facts out. It knows neither
// verdicts nor caches, and never opens a file itself.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { TocsinError } from '../protocol/errors.ts';
import { POOL_LIMITS } from './config.ts';
import type { FilePath } from './file-path.ts';

export type Algorithm = 'sha256' | 'sha1' | 'md5';
export const DIGEST_BYTES = { sha256: 32, sha1: 20, md5: 16 } as const satisfies Record<Algorithm, number>;

/** What became of a file; codes of hash-worker.js. */
export const HASHED = {
  /** Digests and facts belong together. */
  settled: 0,
  /** The same, but the content is so young that a later change could leave size and times as they are. */
  unsettled: 1,
  /** It changed while it was read, twice. */
  changed: 2,
  notRegular: 3,
  /** Not opened or not read: `codes` has the system's name of the error. */
  failed: 4,
  /** Left for another batch, see `HashBatch.most`; the facts of a large file have its size. */
  deferred: 5,
} as const;

/** Files to hash, up to `POOL_LIMITS.maxBatchFiles`. */
export interface HashBatch {
  readonly algorithms: readonly Algorithm[];
  readonly paths: readonly FilePath[];
  /** Their size together as far as known; steers the order of work only. */
  readonly bytes: number;
  /**
   * For files of unknown size: when so many bytes were read, those behind are answered `deferred`, and so is each
   * with more than twice as many unless it is the only one. Nothing is deferred without it.
   */
  readonly most?: number;
}

/** Columns in the order of `HashBatch.paths`. Digests of one file stand side by side, in the order asked. */
export interface HashAnswer {
  readonly status: Uint8Array;
  readonly digests: Uint8Array;
  /** Four a file, as `FACTS` of walk.ts, taken from the open file. Zeros where nothing was hashed. */
  readonly facts: Float64Array;
  readonly codes: readonly (string | null)[] | null;
}

interface Job {
  readonly id: number;
  readonly batch: HashBatch;
  readonly signal: AbortSignal | undefined;
  readonly settle: PromiseWithResolvers<HashAnswer>;
  attempts: number;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
  bytes: number;
}

export interface PoolOptions {
  /** How many threads; by default one a core within `POOL_LIMITS`. */
  readonly workers?: number;
  /** The program of a thread; `hash-worker.js` by default. */
  readonly program?: URL;
}

export class HashPool {
  readonly size: number;
  readonly #program: URL;
  #threads: Thread[] = [];
  #queue: Job[] = [];
  #nextId = 1;
  #crashes = 0;
  #closed = false;
  #room: PromiseWithResolvers<void> | null = null;

  /** Starts no thread: `start` and the first batches do. */
  constructor(options: PoolOptions = {}) {
    const cores = Math.min(Math.max(availableParallelism(), POOL_LIMITS.minWorkers), POOL_LIMITS.maxWorkers);
    this.size = options.workers ?? cores;
    this.#program = options.program ?? new URL('./hash-worker.js', import.meta.url);
  }

  /** Starts all threads now, for a caller that has other things to do meanwhile (each takes about 40 ms). */
  start(): void {
    while (this.#threads.length < this.size && !this.#closed) this.#start().worker.unref();
  }

  /** True while fewer batches wait than the limit; a caller that goes on regardless only costs memory. */
  get hasRoom(): boolean {
    return this.#queue.length < POOL_LIMITS.maxQueuedBatches;
  }

  /** Resolves when there is room (also on close). */
  async room(): Promise<void> {
    if (this.hasRoom || this.#closed) return;
    this.#room ??= Promise.withResolvers<void>();
    await this.#room.promise;
  }

  /**
   * The digests of a batch. One file's failure is a status, not a rejection. Rejects with `engine` where
   * threads keep dying or the pool is closed, and with the signal's reason where it aborts before a thread has
   * the batch.
   */
  hash(batch: HashBatch, signal?: AbortSignal): Promise<HashAnswer> {
    const settle = Promise.withResolvers<HashAnswer>();
    if (this.#closed) settle.reject(stopped());
    else {
      this.#queue.push({ id: this.#nextId++, batch, signal, settle, attempts: 0 });
      this.#dispatch();
    }
    return settle.promise;
  }

  /** Stops the threads at once; batches under way are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const threads = this.#threads.splice(0);
    this.#rejectAll(threads, stopped());
    // An idle thread, and one that ends, hold no process open; but their end is waited for.
    const hold = setInterval(() => {}, POOL_LIMITS.closeHoldMs);
    try {
      await Promise.all(threads.map((thread) => thread.worker.terminate()));
    } finally {
      clearInterval(hold);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const thread = this.#freeThread();
      if (thread === null) break;
      const job = this.#next();
      if (job.signal?.aborted) job.settle.reject(job.signal.reason);
      else this.#send(thread, job);
    }
    this.#wake();
  }

  /** The oldest, but a huge one before all: taken last, it would keep one thread busy and the others idle. */
  #next(): Job {
    const huge = this.#queue.findIndex((job) => job.batch.bytes > POOL_LIMITS.hugeBatchBytes);
    return this.#queue.splice(Math.max(huge, 0), 1)[0]!;
  }

  #wake(): void {
    if (this.#room === null || !(this.hasRoom || this.#closed)) return;
    this.#room.resolve();
    this.#room = null;
  }

  /** The thread with the least ahead of it, a new one before any gets a second batch; null = all are full. */
  #freeThread(): Thread | null {
    let best: Thread | null = null;
    for (const thread of this.#threads) if (best === null || thread.jobs.size < best.jobs.size) best = thread;
    if (best?.jobs.size !== 0 && this.#threads.length < this.size) return this.#start();
    if (best === null) return null;
    const full = best.jobs.size >= POOL_LIMITS.maxAheadBatches;
    return full || best.bytes > POOL_LIMITS.maxAheadBytes ? null : best;
  }

  #start(): Thread {
    const worker = new Worker(this.#program, {
      name: 'tocsin-hash',
      env: {},
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: POOL_LIMITS.oldGenerationMb,
        maxYoungGenerationSizeMb: POOL_LIMITS.youngGenerationMb,
      },
    });
    const thread: Thread = { worker, jobs: new Map(), bytes: 0 };
    worker.on('message', (answer: HashAnswer & { id: number }) => this.#answered(thread, answer));
    worker.on('error', () => {}); // followed by 'exit', which handles every death alike
    worker.on('exit', () => this.#died(thread));
    this.#threads.push(thread);
    return thread;
  }

  #send(thread: Thread, job: Job): void {
    const { paths, algorithms, bytes, most = Infinity } = job.batch;
    const packed = paths.every((path) => typeof path === 'string')
      ? paths.join('\0')
      : paths.map((path) => Uint8Array.from(Buffer.from(path)));
    thread.jobs.set(job.id, job);
    thread.bytes += bytes;
    thread.worker.ref();
    thread.worker.postMessage({ id: job.id, algorithms, most, paths: packed });
  }

  #answered(thread: Thread, answer: HashAnswer & { id: number }): void {
    const job = thread.jobs.get(answer.id);
    if (job === undefined) return;
    this.#release(thread, job);
    this.#dispatch();
    job.settle.resolve(answer);
  }

  /** A thread without work does not keep the process alive. */
  #release(thread: Thread, job: Job): void {
    thread.jobs.delete(job.id);
    thread.bytes -= job.batch.bytes;
    if (thread.jobs.size === 0) thread.worker.unref();
  }

  #died(thread: Thread): void {
    if (this.#closed) return;
    this.#threads = this.#threads.filter((other) => other !== thread);
    if (++this.#crashes > POOL_LIMITS.maxCrashes) {
      this.#rejectAll([thread], new TocsinError('engine', crashWords(this.#crashes)));
      return;
    }
    const [blamed, ...behind] = thread.jobs.values(); // a thread works in order: the first one killed it
    this.#queue.unshift(...behind);
    if (blamed !== undefined && ++blamed.attempts < POOL_LIMITS.maxAttempts) this.#queue.unshift(blamed);
    else blamed?.settle.resolve(failedAnswer(blamed.batch));
    this.#dispatch();
  }

  #rejectAll(threads: readonly Thread[], error: TocsinError): void {
    for (const thread of threads) for (const job of thread.jobs.values()) job.settle.reject(error);
    for (const job of this.#queue.splice(0)) job.settle.reject(error);
    this.#wake();
  }
}

/** A batch that killed two threads: its files are named as failed, the scan goes on. */
function failedAnswer(batch: HashBatch): HashAnswer {
  const count = batch.paths.length;
  const width = batch.algorithms.reduce((sum, name) => sum + DIGEST_BYTES[name], 0);
  return {
    status: new Uint8Array(count).fill(HASHED.failed),
    digests: new Uint8Array(count * width),
    facts: new Float64Array(count * 4),
    codes: new Array<string>(count).fill('THREAD_DIED'),
  };
}

function stopped(): TocsinError {
  return new TocsinError('engine', 'Cannot hash a file: the hash threads are stopped, want an open pool');
}

function crashWords(crashes: number): string {
  return `Cannot hash files: ${crashes} hash threads died, want ${POOL_LIMITS.maxCrashes} at most`;
}
