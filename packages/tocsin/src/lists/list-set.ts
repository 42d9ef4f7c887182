// The published lists of one revision, opened: what hub nodes and machines alike ask first.
//
//   key ─► changes ─ listed ─────────────► that
//             │      withdrawn (unknown) ► nobody's list answers
//             └─ absent ─► malicious ─► known-good ─► absent
//
// Reads segment files; never fetches or changes them (client/lists/store.ts, hub/verdicts/publish.ts do).
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind, ObjectKey } from '../protocol/kinds.ts';
import type { ListManifest, ListRole } from '../protocol/lookup.ts';
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
  readonly #lists: ReadonlyMap<KeyKind, readonly OpenList[]>;
  readonly #onDamage: (digest: string) => void;

  private constructor(
    manifest: ListManifest,
    lists: ReadonlyMap<KeyKind, readonly OpenList[]>,
    onDamage: (digest: string) => void,
  ) {
    this.manifest = manifest;
    this.#lists = lists;
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
    const lists = new Map<KeyKind, OpenList[]>();
    const set = new ListSet(manifest, lists, onDamage);
    try {
      for (const role of LIST_ROLES)
        for (const entry of manifest.lists.filter((l) => l.role === role)) {
          const reader = SegmentReader.open(pathOf(entry.digest));
          const opened = { role, digest: entry.digest, reader };
          lists.set(entry.kind, [...(lists.get(entry.kind) ?? []), opened]);
        }
      return set;
    } catch (error) {
      set.close();
      throw error;
    }
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

  close(): void {
    for (const lists of this.#lists.values()) for (const { reader } of lists) reader.close();
  }
}
