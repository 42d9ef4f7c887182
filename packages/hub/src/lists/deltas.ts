// Deltas to the published lists from those before them: each is made once, when the first machine asks for it, in a thread
// of its own and one after the other, and lies on the disk from then on. A request waits for it, but not for long.
//
//   machine has FROM, wants TO ─► on the disk? ─► FROM still kept? ─► place in the queue? ─► worth it? ─► made in time?
//                                   └ file            └ none               └ later             └ none       └ file, or later
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { DeltaOrder } from 'tocsin/lists/delta-make.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { ListEntry } from 'tocsin/protocol/lookup.ts';
import { listPath } from '../store/artifacts.ts';
import type { Layout } from '../store/layout.ts';
import type { ListDeltaLimits } from './config.ts';
import { LIST_DELTAS } from './config.ts';
import type { DeltaOutcome } from './delta-thread.ts';
import { formerPath, limitDeltas, listDeltaPath } from './former.ts';

export interface FileToSend {
  readonly path: string;
  readonly bytes: number;
}

export type DeltaAnswer =
  | ({ readonly kind: 'file' } & FileToSend)
  /** There is none, and asking again brings none: the whole list is to be fetched. */
  | { readonly kind: 'none' }
  /** It is being made, or will be. */
  | { readonly kind: 'later' };

const NONE: DeltaAnswer = { kind: 'none' };
const LATER: DeltaAnswer = { kind: 'later' };

export class ListDeltas {
  readonly #layout: Layout;
  readonly #limits: ListDeltaLimits;
  /** By path of the delta: what is being made or waits for it. */
  readonly #making = new Map<string, Promise<void>>();
  /** Paths of those that cannot be made or are not worth it. */
  readonly #none = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #worker: Worker | null = null;
  #closed = false;

  constructor(layout: Layout, limits: ListDeltaLimits = LIST_DELTAS) {
    this.#layout = layout;
    this.#limits = limits;
  }

  /** What makes the published list of `to` of the one named `from`. Throws where making it failed. */
  async between(from: string, to: ListEntry): Promise<DeltaAnswer> {
    const path = listDeltaPath(this.#layout, from, to.digest);
    const there = fileAt(path);
    if (there !== null) return there;
    const old = formerPath(this.#layout, { ...to, digest: from });
    const { leastBytes, maxWaiting, waitMs } = this.#limits;
    if (from === to.digest || to.bytes < leastBytes || this.#closed || !existsSync(old)) return NONE;
    if (this.#none.has(path)) return NONE;
    if (!this.#making.has(path) && this.#making.size >= maxWaiting) return LATER;
    await withinTime(this.#making.get(path) ?? this.#queue(path, old, from, to), waitMs);
    return fileAt(path) ?? (this.#making.has(path) ? LATER : NONE);
  }

  /** Another revision is published: what could not be had is tried again. */
  forget(): void {
    this.#none.clear();
  }

  /** Stops what is being made. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
    await this.#last;
  }

  #queue(path: string, old: string, from: string, to: ListEntry): Promise<void> {
    const order: DeltaOrder = {
      old: { path: old, digest: from },
      next: { path: listPath(this.#layout, to.digest), digest: to.digest },
      directory: this.#layout.tmp,
      mostBytes: Math.floor(to.bytes * this.#limits.worth),
    };
    const making = this.#last.then(() => this.#make(path, order)).finally(() => this.#making.delete(path));
    this.#making.set(path, making);
    this.#last = making.catch(() => {}); // who asked hears of it
    return making;
  }

  async #make(path: string, order: DeltaOrder): Promise<void> {
    if (this.#closed) return;
    const outcome = await this.#run(order);
    switch (outcome.kind) {
      case 'made':
        renameSync(outcome.path, path);
        limitDeltas(this.#layout, this.#limits);
        return;
      case 'too-large':
        this.#none.add(path);
        return;
      case 'failed':
        this.#none.add(path);
        throw new TocsinError(outcome.code, outcome.words);
      case 'stopped':
        return;
    }
  }

  #run(order: DeltaOrder): Promise<DeltaOutcome | { readonly kind: 'stopped' }> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(join(import.meta.dirname, 'delta-thread.ts'), { workerData: order });
      this.#worker = worker;
      worker.on('message', (outcome: DeltaOutcome) => {
        if (this.#closed && outcome.kind === 'made') rmSync(outcome.path, { force: true });
        resolve(this.#closed ? { kind: 'stopped' } : outcome);
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        this.#worker = null;
        resolve({ kind: 'stopped' });
      });
    });
  }
}

/** Resolves with the work, or when the time is over; rejects as the work. */
async function withinTime(work: Promise<void>, ms: number): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([work, sleep(ms, undefined, { signal: over.signal }).catch(() => {})]);
  } finally {
    over.abort();
  }
}

function fileAt(path: string): DeltaAnswer | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : { kind: 'file', path, bytes: stat.size };
}
