// Makes an index in a thread of its own, so that whoever answers meanwhile is not held up.
import { Worker } from 'node:worker_threads';
import type { Failure } from '../protocol/errors.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import type { IndexData } from './key-index.ts';
import type { TableDensity } from './key-table.ts';

export interface Aside {
  readonly kind: KeyKind;
  /** As `buildIndex`. */
  readonly paths: readonly string[];
  readonly density: TableDensity;
  readonly spent?: SharedArrayBuffer | null;
}

export type Outcome =
  | { readonly kind: 'built'; readonly data: IndexData }
  | ({ readonly kind: 'failed' } & Failure);

/** As `buildIndex`; the secret of the table is drawn in that thread. Rejects with what it throws. */
export async function buildAside(what: Aside): Promise<IndexData> {
  const worker = new Worker(new URL('./key-index-worker.ts', import.meta.url), { workerData: what });
  const outcome = await new Promise<Outcome>((done, fail) => {
    worker.once('message', done);
    worker.once('error', fail);
    worker.once('exit', () => fail(new TocsinError('io', 'Cannot make the index: its thread ended early')));
  });
  if (outcome.kind === 'failed') throw new TocsinError(outcome.code, outcome.words);
  return outcome.data;
}
