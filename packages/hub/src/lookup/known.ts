// What the published lists of this moment say of whole keys, by heart: one index a kind over the base lists, made aside
// when they change (index-maker.ts), and one over the changes, which are few. Taken from the first question about a kind
// on: most hubs are never asked by whole keys. Until both are there the files are asked, which say the same.
//
//   key ─► changes ─ listed ─► that, or nothing where it was taken back
//             └─ absent ─► malicious and known-good in one table ─► record, or nothing
import { KeyIndex } from 'tocsin/lists/key-index.ts';
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import type { PublishedLists } from '../lists/published.ts';
import type { IndexSource, IndexWant } from './index-maker.ts';

/** An index over list files that are held open, and which ones. */
interface Held {
  readonly want: IndexWant;
  readonly index: KeyIndex;
  readonly readers: readonly SegmentReader[];
}

interface Kind {
  /** False until somebody asked: then nothing is held. */
  asked: boolean;
  /** False while what is held is not what is published. */
  current: boolean;
  bases: Held | null;
  changes: Held | null;
}

export interface KnownParts {
  readonly lists: PublishedLists;
  readonly source: IndexSource;
  /** Path of a list file. */
  readonly pathOf: (digest: string) => string;
  readonly log: (line: string) => void;
}

export class KnownObjects {
  readonly #parts: KnownParts;
  readonly #kinds = new Map<KeyKind, Kind>();
  readonly #unfollow: () => void;
  #following: Promise<void> = Promise.resolve();
  #closed = false;

  /** Follows the lists of each kind that is asked about. */
  constructor(parts: KnownParts) {
    this.#parts = parts;
    for (const kind of KEY_KIND_NAMES)
      this.#kinds.set(kind, { asked: false, current: false, bases: null, changes: null });
    this.#unfollow = parts.lists.onRevision(() => this.#follow());
  }

  /** Resolves when everything that was asked about and is published now is known by heart, or the files have to do. */
  get ready(): Promise<void> {
    return this.#following;
  }

  /** What is published of the key that stands in `keys` at `offset`; null where nothing is, or it was taken back. */
  find(kind: KeyKind, keys: Uint8Array, offset = 0): ClassRecord | null {
    const { current, changes, bases } = this.#asked(kind);
    if (!current) return this.#inFiles(kind, keys, offset);
    const changed = changes?.index.find(keys, offset) ?? null;
    if (changed !== null) return changed.level === 'unknown' ? null : changed;
    return bases?.index.find(keys, offset) ?? null;
  }

  /** As `find`, for `count` packed keys at once: calls back for each that is known. */
  findMany(
    kind: KeyKind,
    keys: Uint8Array,
    count: number,
    onKnown: (i: number, record: ClassRecord) => void,
  ): void {
    const { bytes } = KEY_KINDS[kind];
    const { current, changes, bases } = this.#asked(kind);
    const inBases = current ? numbersIn(bases, keys, count) : null;
    const inChanges = current ? numbersIn(changes, keys, count) : null;
    for (let i = 0; i < count; i++) {
      const number = inBases === null ? 0 : inBases[i]!;
      const isChanged = inChanges !== null && inChanges[i] !== 0;
      if (current && !isChanged && number === 0) continue;
      const record =
        current && !isChanged
          ? bases!.index.record(number, keys, i * bytes)
          : this.find(kind, keys, i * bytes);
      if (record !== null) onKnown(i, record);
    }
  }

  /** Waits for what is being made; afterwards nothing may be asked. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unfollow();
    await this.#following;
    for (const { bases, changes } of this.#kinds.values())
      for (const held of [bases, changes]) this.#release(held);
    this.#kinds.clear();
  }

  #asked(kind: KeyKind): Kind {
    const held = this.#kinds.get(kind)!;
    if (!held.asked) {
      held.asked = true;
      this.#follow();
    }
    return held;
  }

  #inFiles(kind: KeyKind, keys: Uint8Array, offset: number): ClassRecord | null {
    const bytes = keys.subarray(offset, offset + KEY_KINDS[kind].bytes);
    const answer = this.#parts.lists.set.find({ kind, bytes });
    return answer.kind === 'listed' ? answer.record : null;
  }

  /** Marks what is not current any more, at once, and has it made. */
  #follow(): void {
    for (const [kind, held] of this.#kinds) held.current = held.asked && this.#isCurrent(kind, held);
    this.#following = this.#following.then(() => this.#takeUp());
  }

  #isCurrent(kind: KeyKind, { bases, changes }: Kind): boolean {
    const [wantedBases, wantedChanges] = this.#wanted(kind);
    return holds(bases, wantedBases) && holds(changes, wantedChanges);
  }

  /** Digests of the lists of a kind as they are published now: those of the bases, that of the changes. */
  #wanted(kind: KeyKind): readonly [readonly string[], readonly string[]] {
    const lists = this.#parts.lists.manifest.lists.filter((entry) => entry.kind === kind);
    const of = (role: ListRole): string[] => lists.filter((l) => l.role === role).map((l) => l.digest);
    return [[...of('malicious'), ...of('known-good')], of('changes')];
  }

  async #takeUp(): Promise<void> {
    for (const [kind, held] of this.#kinds) {
      if (this.#closed || held.current || !held.asked) continue;
      try {
        const [bases, changes] = this.#wanted(kind);
        held.bases = await this.#take(kind, held.bases, bases);
        held.changes = await this.#take(kind, held.changes, changes);
        held.current = this.#isCurrent(kind, held); // another revision may have come meanwhile
      } catch (error) {
        this.#parts.log(
          `the index of ${kind} cannot be made, its list files are asked: ${errorWords(error)}`,
        );
      }
    }
  }

  /** What is held where that is it; else a new one, and the old one is given back. */
  async #take(kind: KeyKind, held: Held | null, digests: readonly string[]): Promise<Held | null> {
    if (holds(held, digests)) return held;
    const taken = digests.length === 0 ? null : await this.#open(kind, digests);
    this.#release(held);
    return taken;
  }

  async #open(kind: KeyKind, digests: readonly string[]): Promise<Held> {
    const { pathOf, source } = this.#parts;
    const readers: SegmentReader[] = [];
    try {
      for (const digest of digests) readers.push(SegmentReader.open(pathOf(digest)));
      const want = { kind, digests, rows: readers.reduce((sum, reader) => sum + reader.rows, 0) };
      return { want, index: new KeyIndex(await source.take(want), readers), readers };
    } catch (error) {
      for (const reader of readers) reader.close();
      throw error;
    }
  }

  #release(held: Held | null): void {
    if (held === null) return;
    for (const reader of held.readers) reader.close();
    this.#parts.source.giveBack(held.want);
  }
}

function holds(held: Held | null, digests: readonly string[]): boolean {
  return (held?.want.digests ?? []).join() === digests.join();
}

function numbersIn(held: Held | null, keys: Uint8Array, count: number): Int32Array | null {
  if (held === null) return null;
  const numbers = new Int32Array(count);
  held.index.table.findMany(keys, 0, count, numbers);
  return numbers;
}
