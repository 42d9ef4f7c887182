// What the published lists of this moment say of whole keys, by heart: one index a kind over the base lists, made aside
// when they change (index-maker.ts), and one over the changes, which are few. Taken from the first question about a kind
// on: most hubs are never asked by whole keys. Until both are there the first time the files are asked, which say the same.
// When lists change, what was published before is said until the new index is there, and then the new one at once: never
// half of each. Files are never asked by the thousand: who wants that waits for the index, or comes again.
//
//   key ─► changes ─ listed ─► that (level `unknown`: taken back, or held for a person)
//             └─ absent ─► malicious and known-good in one table ─► record, or nothing
import { setTimeout } from 'node:timers/promises';
import { KeyIndex } from 'tocsin/lists/key-index.ts';
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import type { PublishedLists } from '../lists/published.ts';
import { isDamage } from '../verdicts/damage.ts';
import type { IndexSource, IndexWant } from './index-maker.ts';

/** An index over list files that are held open, and which ones. */
interface Held {
  readonly want: IndexWant;
  readonly index: KeyIndex;
  readonly readers: readonly SegmentReader[];
}

/** What one publication says of a kind. */
interface Snapshot {
  readonly revision: number;
  readonly bases: Held | null;
  readonly changes: Held | null;
}

export const KNOWN_LIMITS = {
  /** Keys of one question for which files are asked: some twenty milliseconds. */
  inFiles: 1_024,
  /** So long a question about more waits for the first index of its kind. */
  waitMs: 2_000,
} as const;

interface Kind {
  /** False until somebody asked: then nothing is held. */
  asked: boolean;
  /** Null while the files are asked. */
  snapshot: Snapshot | null;
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
  readonly #inBases = new Numbers();
  readonly #inChanges = new Numbers();
  readonly #unfollow: () => void;
  #following: Promise<void> = Promise.resolve();
  #closed = false;

  /** Follows the lists of each kind that is asked about. */
  constructor(parts: KnownParts) {
    this.#parts = parts;
    for (const kind of KEY_KIND_NAMES) this.#kinds.set(kind, { asked: false, snapshot: null });
    this.#unfollow = parts.lists.onRevision(() => this.#follow());
  }

  /** Resolves when everything that was asked about and is published now is known by heart, or the files have to do. */
  get ready(): Promise<void> {
    return this.#following;
  }

  /** The revision of the lists behind what is said of a kind now. */
  revisionOf(kind: KeyKind): number {
    return this.#kinds.get(kind)!.snapshot?.revision ?? this.#parts.lists.manifest.revision;
  }

  /** Resolves when so many keys of a kind can be asked for; rejects with `busy` where that takes too long. */
  async untilKnown(kind: KeyKind, count: number): Promise<void> {
    if (this.#snapshot(kind) !== null || count <= KNOWN_LIMITS.inFiles) return;
    const tooLong = new AbortController();
    await Promise.race([this.ready, setTimeout(KNOWN_LIMITS.waitMs, null, { signal: tooLong.signal })]);
    tooLong.abort();
    if (this.#snapshot(kind) === null) throw notYet(kind);
  }

  /**
   * What is published of the key that stands in `keys` at `offset`: a record of level `unknown` where that was taken back,
   * null where nothing is known. Throws `corrupt` for a list file that does not hold, and has them looked at.
   */
  find(kind: KeyKind, keys: Uint8Array, offset = 0): ClassRecord | null {
    return this.#reading(() => this.#find(kind, keys, offset));
  }

  #find(kind: KeyKind, keys: Uint8Array, offset: number): ClassRecord | null {
    const snapshot = this.#snapshot(kind);
    if (snapshot === null) return this.#inFiles(kind, keys, offset);
    return snapshot.changes?.index.find(keys, offset) ?? snapshot.bases?.index.find(keys, offset) ?? null;
  }

  /**
   * As `find`, for `count` packed keys at once: calls back for each that is known and not taken back. Nothing may be asked
   * here from within. Throws `busy` for more than `KNOWN_LIMITS.inFiles` while the files are asked.
   */
  findMany(
    kind: KeyKind,
    keys: Uint8Array,
    count: number,
    onKnown: (i: number, record: ClassRecord) => void,
  ): void {
    this.#reading(() => this.#findMany(kind, keys, count, onKnown));
  }

  #findMany(
    kind: KeyKind,
    keys: Uint8Array,
    count: number,
    onKnown: (i: number, record: ClassRecord) => void,
  ): void {
    const { bytes } = KEY_KINDS[kind];
    const snapshot = this.#snapshot(kind);
    if (snapshot === null && count > KNOWN_LIMITS.inFiles) throw notYet(kind);
    const inBases = this.#inBases.of(snapshot?.bases ?? null, keys, count);
    const inChanges = this.#inChanges.of(snapshot?.changes ?? null, keys, count);
    for (let i = 0; i < count; i++) {
      const number = inBases === null ? 0 : inBases[i]!;
      const isChanged = inChanges !== null && inChanges[i] !== 0;
      if (snapshot !== null && !isChanged && number === 0) continue;
      const record =
        snapshot !== null && !isChanged
          ? snapshot.bases!.index.record(number, keys, i * bytes)
          : this.#find(kind, keys, i * bytes);
      if (record !== null && record.level !== 'unknown') onKnown(i, record);
    }
  }

  /** Waits for what is being made; afterwards nothing may be asked. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unfollow();
    await this.#following;
    for (const { snapshot } of this.#kinds.values()) this.#release(snapshot, null);
    this.#kinds.clear();
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (isDamage(error)) this.#parts.lists.reportDamage();
      throw error;
    }
  }

  #snapshot(kind: KeyKind): Snapshot | null {
    const held = this.#kinds.get(kind)!;
    if (!held.asked) {
      held.asked = true;
      this.#follow();
    }
    return held.snapshot;
  }

  #inFiles(kind: KeyKind, keys: Uint8Array, offset: number): ClassRecord | null {
    const bytes = keys.subarray(offset, offset + KEY_KINDS[kind].bytes);
    const answer = this.#parts.lists.set.find({ kind, bytes });
    return answer.kind === 'absent' ? null : answer.record;
  }

  #follow(): void {
    this.#following = this.#following.then(() => this.#takeUp());
  }

  /** Digests of the lists of a kind as they are published now: those of the bases, that of the changes. */
  #wanted(kind: KeyKind): readonly [readonly string[], readonly string[]] {
    const lists = this.#parts.lists.manifest.lists.filter((entry) => entry.kind === kind);
    const of = (role: ListRole): string[] => lists.filter((l) => l.role === role).map((l) => l.digest);
    return [[...of('malicious'), ...of('known-good')], of('changes')];
  }

  async #takeUp(): Promise<void> {
    for (const [kind, held] of this.#kinds) {
      if (this.#closed || !held.asked) continue;
      const old = held.snapshot;
      try {
        held.snapshot = await this.#next(kind, old);
      } catch (error) {
        held.snapshot = null;
        this.#parts.log(
          `the index of ${kind} cannot be made, its list files are asked: ${errorWords(error)}`,
        );
      }
      this.#release(old, held.snapshot);
    }
  }

  /** What is published now; of the old one whatever is still the same. */
  async #next(kind: KeyKind, old: Snapshot | null): Promise<Snapshot> {
    const { revision } = this.#parts.lists.manifest;
    const [wantedBases, wantedChanges] = this.#wanted(kind);
    const bases = await this.#take(kind, 'bases', old, wantedBases);
    try {
      return {
        revision,
        bases,
        changes: await this.#take(kind, 'changes', old, wantedChanges),
      };
    } catch (error) {
      this.#release({ revision, bases, changes: null }, old);
      throw error;
    }
  }

  /**
   * What is held where that is it, else a new one. A file that was mended has the name of the damaged one that is open
   * here: the index over both is the same, what it points to is read from the new one.
   */
  async #take(
    kind: KeyKind,
    of: IndexWant['of'],
    old: Snapshot | null,
    digests: readonly string[],
  ): Promise<Held | null> {
    if (digests.length === 0) return null;
    const held = old?.[of] ?? null;
    const isThat = held?.want.digests.join() === digests.join() && held.readers.every((r) => r.isInPlace);
    return isThat ? held : await this.#open(kind, of, digests);
  }

  async #open(kind: KeyKind, of: IndexWant['of'], digests: readonly string[]): Promise<Held> {
    const { pathOf, source } = this.#parts;
    const readers: SegmentReader[] = [];
    try {
      for (const digest of digests) readers.push(await SegmentReader.openInTurns(pathOf(digest)));
      const want = { kind, of, digests, rows: readers.reduce((sum, reader) => sum + reader.rows, 0) };
      return { want, index: new KeyIndex(await source.take(want), readers), readers };
    } catch (error) {
      for (const reader of readers) reader.close();
      throw error;
    }
  }

  /** Gives back what the one holds and the other does not. */
  #release(snapshot: Snapshot | null, kept: Snapshot | null): void {
    for (const held of [snapshot?.bases, snapshot?.changes]) {
      if (held === undefined || held === null || held === kept?.bases || held === kept?.changes) continue;
      for (const reader of held.readers) reader.close();
      this.#parts.source.giveBack(held.want);
    }
  }
}

function notYet(kind: KeyKind): TocsinError {
  return new TocsinError(
    'busy',
    `Cannot answer the look-up now: what is known of ${kind} is not in memory yet, want a later call or at most ${KNOWN_LIMITS.inFiles} keys`,
  );
}

/** What a table says of many keys at once. Its answer holds until it is asked again: thousands of them are no garbage. */
class Numbers {
  #room = new Int32Array(0);

  of(held: Held | null, keys: Uint8Array, count: number): Int32Array | null {
    if (held === null) return null;
    if (this.#room.length < count) this.#room = new Int32Array(count);
    held.index.table.findMany(keys, 0, count, this.#room);
    return this.#room;
  }
}
