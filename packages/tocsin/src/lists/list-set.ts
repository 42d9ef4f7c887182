// The published lists of one revision, opened: what hub nodes and machines alike ask first.
//
//   key ─► changes ─ listed ─────────────► that
//             │      withdrawn (unknown) ► nobody's list answers
//             └─ absent ─► malicious ─► known-good ─► absent
//
// Reads segment files; never fetches or changes them (client/lists/store.ts, hub/verdicts/publish.ts do).
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind, ObjectKey } from '../protocol/kinds.ts';
import type { ListEntry, ListManifest, ListRole } from '../protocol/lookup.ts';
import { LIST_ROLES } from '../protocol/lookup.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import { SegmentReader } from './segment-reader.ts';

export type ListAnswer =
  | { readonly kind: 'listed'; readonly role: ListRole; readonly record: ClassRecord }
  /** Some list named it, and that was taken back or is held for a person; the record says why. */
  | { readonly kind: 'withdrawn'; readonly record: ClassRecord }
  | { readonly kind: 'absent' };

const ABSENT: ListAnswer = { kind: 'absent' };

interface OpenList {
  readonly role: ListRole;
  readonly digest: string;
  readonly reader: SegmentReader;
}

export class ListSet {
  readonly manifest: ListManifest;
  readonly #lists = new Map<KeyKind, OpenList[]>();
  readonly #onDamage: (digest: string) => void;

  private constructor(manifest: ListManifest, onDamage: (digest: string) => void) {
    this.manifest = manifest;
    this.#onDamage = onDamage;
  }

  /**
   * Opens every list of the manifest; throws `corrupt` or `io` for the first that does not open, and leaves none open.
   * `onDamage` gets the digest of a list that is seen not to hold later on, before the look-up throws.
   */
  static open(
    manifest: ListManifest,
    pathOf: (digest: string) => string,
    onDamage: (digest: string) => void = () => {},
  ): ListSet {
    const set = new ListSet(manifest, onDamage);
    try {
      for (const entry of inOrder(manifest)) set.#add(entry, SegmentReader.open(pathOf(entry.digest)));
      return set;
    } catch (error) {
      set.close();
      throw error;
    }
  }

  /**
   * As `open`, while this one is asked: what has not changed is taken over, the rest is opened in turns with others. Close
   * the old one with `close(the new one)`.
   */
  async next(
    manifest: ListManifest,
    pathOf: (digest: string) => string,
    onDamage: (digest: string) => void,
  ): Promise<ListSet> {
    const set = new ListSet(manifest, onDamage);
    try {
      for (const entry of inOrder(manifest)) {
        const reader = this.#inPlace(entry.digest) ?? (await SegmentReader.openInTurns(pathOf(entry.digest)));
        set.#add(entry, reader);
      }
      return set;
    } catch (error) {
      set.close(this);
      throw error;
    }
  }

  /** True where each list of the manifest is open here, and its path still leads to that file. */
  holds({ lists }: ListManifest): boolean {
    return lists.every(({ digest }) => this.#inPlace(digest) !== null);
  }

  /** True where any list holds keys of that kind. */
  has(kind: KeyKind): boolean {
    return this.#lists.has(kind);
  }

  find(key: ObjectKey): ListAnswer {
    const lists = this.#lists.get(key.kind);
    if (lists === undefined) return ABSENT;
    for (let i = 0; i < lists.length; i++) {
      const { role, reader } = lists[i]!;
      const record = this.#reading(lists[i]!, () => {
        const hit = reader.find(key.bytes);
        return hit === null ? null : reader.classRecord(hit.classIndex);
      });
      if (record === null) continue;
      return record.level === 'unknown' ? { kind: 'withdrawn', record } : { kind: 'listed', role, record };
    }
    return ABSENT;
  }

  /**
   * Every object that some list answers for and whose key starts with the first `bits` bits of `prefix`, at most
   * `limit`, in the order of keys. Withdrawn ones are left out.
   */
  bucket(
    kind: KeyKind,
    prefix: Uint8Array,
    bits: number,
    limit: number,
  ): { key: Uint8Array; record: ClassRecord }[] {
    const found = new Map<string, { key: Uint8Array; record: ClassRecord }>();
    for (const list of this.#lists.get(kind) ?? [])
      this.#reading(list, () => {
        for (const entry of list.reader.range(prefix, bits, limit)) {
          const id = Buffer.from(entry.key).toString('latin1');
          if (!found.has(id))
            found.set(id, { key: entry.key, record: list.reader.classRecord(entry.classIndex) });
        }
      });
    return [...found.entries()]
      .filter(([, { record }]) => record.level !== 'unknown')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .slice(0, limit)
      .map(([, entry]) => entry);
  }

  #reading<T>({ digest }: OpenList, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof TocsinError && error.code === 'corrupt') this.#onDamage(digest);
      throw error;
    }
  }

  /** Closes its files, but for those that `kept` has as well. */
  close(kept: ListSet | null = null): void {
    const open = new Set((kept === null ? [] : kept.#all()).map(({ reader }) => reader));
    for (const { reader } of this.#all()) if (!open.has(reader)) reader.close();
  }

  #add({ kind, role, digest }: ListEntry, reader: SegmentReader): void {
    this.#lists.set(kind, [...(this.#lists.get(kind) ?? []), { role, digest, reader }]);
  }

  #all(): readonly OpenList[] {
    return [...this.#lists.values()].flat();
  }

  #inPlace(digest: string): SegmentReader | null {
    const found = this.#all().find((list) => list.digest === digest && list.reader.isInPlace);
    return found?.reader ?? null;
  }
}

/** What is asked first comes first. */
function inOrder({ lists }: ListManifest): readonly ListEntry[] {
  return LIST_ROLES.flatMap((role) => lists.filter((entry) => entry.role === role));
}
