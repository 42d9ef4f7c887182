// Makes the indexes that look-ups are answered from, once for all threads that ask by them, and keeps count of who reads
// which: memory that nobody reads any more is used for the next one of its kind. Left to the garbage collector it would
// stay for hours, since that knows of a gigabyte behind a buffer as little as of a byte.
//
//   take(want) ─► made already ─► the same, one reader more
//        └─ not yet ─► few keys: at once · many: in a thread of its own ─► IndexData
//   giveBack(want) ─► the last reader ─► its memory waits for the next take of this kind
import type { IndexData } from 'tocsin/lists/key-index.ts';
import { buildIndex } from 'tocsin/lists/key-index.ts';
import { IndexesAside } from 'tocsin/lists/key-index-aside.ts';
import type { TableDensity } from 'tocsin/lists/key-table.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';

export const INDEX_MAKER_LIMITS = {
  /** So many keys are taken in at once, in some 3 ms where each has a class of its own; more of them aside. */
  atOnce: 4_096,
  /** From so many objects in the bases of a kind on, memory counts more than speed. */
  denseFrom: 50_000_000,
} as const;

/** An index over list files of one kind, in the order in which they count. */
export interface IndexWant {
  readonly kind: KeyKind;
  readonly of: 'bases' | 'changes';
  readonly digests: readonly string[];
  readonly rows: number;
}

/** Where indexes come from. */
export interface IndexSource {
  /** Rejects as `buildIndex` throws. What was taken must be given back once nobody here reads it. */
  take(want: IndexWant): Promise<IndexData>;
  giveBack(want: IndexWant): void;
}

interface Made {
  readonly data: Promise<IndexData>;
  /** Null until it is made. */
  memory: SharedArrayBuffer | null;
  readers: number;
}

export interface IndexMakerParts {
  /** Path of a list file. */
  readonly pathOf: (digest: string) => string;
  readonly random: (bytes: number) => Uint8Array;
}

export class IndexMaker implements IndexSource {
  readonly #parts: IndexMakerParts;
  readonly #made = new Map<string, Made>();
  readonly #spent = new Map<KeyKind, SharedArrayBuffer>();
  readonly #aside = new IndexesAside();

  constructor(parts: IndexMakerParts) {
    this.#parts = parts;
  }

  async take(want: IndexWant): Promise<IndexData> {
    const id = idOf(want);
    const made = this.#made.get(id) ?? { data: this.#make(want), memory: null, readers: 0 };
    this.#made.set(id, made);
    made.readers++;
    try {
      const data = await made.data;
      made.memory = data.table.memory;
      return data;
    } catch (error) {
      if (this.#made.get(id) === made) this.#made.delete(id);
      throw error;
    }
  }

  giveBack(want: IndexWant): void {
    const id = idOf(want);
    const made = this.#made.get(id);
    if (made === undefined || --made.readers > 0) return;
    this.#made.delete(id);
    // One of a kind waits, the larger one.
    if ((made.memory?.byteLength ?? 0) > (this.#spent.get(want.kind)?.byteLength ?? 0))
      this.#spent.set(want.kind, made.memory!);
  }

  async #make({ kind, of, digests, rows }: IndexWant): Promise<IndexData> {
    const { pathOf, random } = this.#parts;
    const paths = digests.map(pathOf);
    if (rows <= INDEX_MAKER_LIMITS.atOnce) return buildIndex({ kind, paths, random });
    // One of the two tables of a kind at most, so that no unlisted key is mistaken more often than key-table.ts says.
    const isDense = of === 'bases' && rows >= INDEX_MAKER_LIMITS.denseFrom;
    const density: TableDensity = isDense ? 'dense' : 'fast';
    const spent = this.#spent.get(kind) ?? null;
    this.#spent.delete(kind);
    return await this.#aside.build({ kind, paths, density, spent });
  }
}

function idOf({ kind, digests }: IndexWant): string {
  return `${kind} ${digests.join()}`;
}
