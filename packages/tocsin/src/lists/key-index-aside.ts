// Makes indexes in a thread of its own, so that whoever answers meanwhile is not held up.
import type { Failure } from '../protocol/errors.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import { KeptThread } from './kept-thread.ts';
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

export class IndexesAside {
  readonly #thread = new KeptThread<Aside, Outcome>(new URL('./key-index-worker.ts', import.meta.url), {
    makes: 'the index',
  });

  /** As `buildIndex`, one after the other; the secret of the table is drawn in that thread. Rejects with what it throws. */
  async build(what: Aside): Promise<IndexData> {
    const outcome = await this.#thread.ask(what);
    if (outcome.kind === 'failed') throw new TocsinError(outcome.code, outcome.words);
    return outcome.data;
  }
}
