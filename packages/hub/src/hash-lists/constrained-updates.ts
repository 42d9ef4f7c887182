// Asks the thread that makes updates under a receiver's limits (constrained-thread.ts): one order at a time, equal ones
// made once. The thread starts with the first order, and ends with `close`.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import type { ConstrainedAnswer, ConstrainedOrder } from './constrained-thread.ts';

export class ConstrainedUpdates {
  /** By order; the least lately used first. */
  readonly #kept = new Map<string, Uint8Array>();
  readonly #making = new Map<string, Promise<Uint8Array>>();
  #keptBytes = 0;
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** The HashList message. Throws `busy` where too many wait, or the lists were replaced meanwhile. */
  async make(order: ConstrainedOrder): Promise<Uint8Array> {
    const id = JSON.stringify({ ...order, constraints: Object.values(order.constraints).map(String) });
    const kept = this.#kept.get(id);
    if (kept !== undefined) {
      this.#kept.delete(id);
      this.#kept.set(id, kept);
      return kept;
    }
    const running = this.#making.get(id);
    if (running !== undefined) return await running;
    if (this.#making.size >= PUBLISHED_HASH_LISTS.maxWaitingUpdates)
      throw new TocsinError(
        'busy',
        'Cannot make the update: too many wait for one of theirs, want a later call',
      );
    const made = this.#last.then(() => this.#ask(order));
    this.#last = made.catch(() => {});
    this.#making.set(id, made);
    try {
      const bytes = await made;
      this.#keep(id, bytes);
      return bytes;
    } finally {
      this.#making.delete(id);
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    await this.#last;
  }

  #keep(id: string, bytes: Uint8Array): void {
    this.#kept.set(id, bytes);
    this.#keptBytes += bytes.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= PUBLISHED_HASH_LISTS.keptUpdatesBytes) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }

  #ask(order: ConstrainedOrder): Promise<Uint8Array> {
    const worker = this.#worker ?? this.#start();
    return new Promise((resolve, reject) => {
      const settle = (run: () => void): void => {
        worker.off('message', answered).off('error', failed).off('exit', ended);
        run();
      };
      const answered = (answer: ConstrainedAnswer): void =>
        settle(() => {
          if (answer.kind === 'made') resolve(answer.bytes);
          else
            reject(
              new TocsinError('busy', 'Cannot make the update: newer lists have come, want another call'),
            );
        });
      const failed = (error: Error): void => settle(() => reject(error));
      const ended = (): void =>
        failed(new TocsinError('busy', 'Cannot make the update: its thread has ended, want a later call'));
      worker.on('message', answered).on('error', failed).on('exit', ended);
      worker.postMessage(order);
    });
  }

  #start(): Worker {
    const worker = new Worker(join(import.meta.dirname, 'constrained-thread.ts'));
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = null;
    };
    // One that ends while nobody waits is started again by the next order.
    worker.on('error', forget).on('exit', forget).unref();
    this.#worker = worker;
    return worker;
  }
}
