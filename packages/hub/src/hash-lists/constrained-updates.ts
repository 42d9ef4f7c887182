// Asks the thread that makes updates under a receiver's limits (constrained-thread.ts): one order at a time, equal ones
// made once.
import { KeptThread } from 'tocsin/lists/kept-thread.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import type { ConstrainedAnswer, ConstrainedOrder } from './constrained-thread.ts';

export class ConstrainedUpdates {
  /** By order; the least lately used first. */
  readonly #kept = new Map<string, Uint8Array>();
  readonly #making = new Map<string, Promise<Uint8Array>>();
  #keptBytes = 0;
  readonly #thread = new KeptThread<ConstrainedOrder, ConstrainedAnswer>(
    new URL('./constrained-thread.ts', import.meta.url),
    { makes: 'the update' },
  );

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
    const made = this.#ask(order);
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
    await this.#thread.close();
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

  async #ask(order: ConstrainedOrder): Promise<Uint8Array> {
    const answer = await this.#thread.ask(order);
    if (answer.kind === 'made') return answer.bytes;
    throw new TocsinError('busy', 'Cannot make the update: newer lists have come, want another call');
  }
}
