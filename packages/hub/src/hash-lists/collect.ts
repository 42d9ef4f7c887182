// The hashes of one list, from the published segments of its kinds:
//
//   malicious, known-good ─ records that the list takes ─► base set (kept on the disk while the segments are the same)
//   changes ─ taken: added;  not taken: removed, unless another object with these first bytes stays ─► set of the kind
//   sets of all kinds ─► one set
//
// So one verdict costs a walk over the changes, not over millions of objects. Reads segments, changes none.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HASH_LIST_LIMITS } from 'tocsin/lists/hash-list-update.ts';
import type { HashSet } from 'tocsin/lists/hash-set.ts';
import { emptySet, HashSetBuilder, hasHash, union, without } from 'tocsin/lists/hash-set.ts';
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ListEntry } from 'tocsin/protocol/lookup.ts';
import type { HashListSpec } from './catalogue.ts';
import { CATALOGUE_VERSION } from './catalogue.ts';
import { readSetFile, writeSetFile } from './set-file.ts';

export interface CollectPlace {
  /** The published lists of one revision. */
  readonly lists: readonly ListEntry[];
  readonly pathOf: (digest: string) => string;
  /** Where base sets are kept. */
  readonly directory: string;
  /** Names of the files there that are in use; this adds to it. */
  readonly used: Set<string>;
}

/** Of objects that share the first bytes, so many are looked at before one of them is taken to stay. */
const MAX_SHARED = 4_096;

/** Throws `limit` for a list beyond HASH_LIST_LIMITS, and like SegmentReader where a segment does not hold. */
export function collectSet(spec: HashListSpec, place: CollectPlace): HashSet {
  let set = emptySet(spec.size);
  for (const kind of spec.kinds) set = union(set, kindSet(spec, kind, place));
  checkSize(spec, set.bytes.length);
  return set;
}

function kindSet(spec: HashListSpec, kind: KeyKind, place: CollectPlace): HashSet {
  const entries = place.lists.filter((entry) => entry.kind === kind);
  const segments = entries.map(({ role, digest }) => ({
    role,
    segment: new OpenSegment(place.pathOf(digest), spec),
  }));
  try {
    const bases = segments.filter(({ role }) => role !== 'changes').map(({ segment }) => segment);
    const changes = segments.find(({ role }) => role === 'changes')?.segment;
    const digests = entries.filter(({ role }) => role !== 'changes').map(({ digest }) => digest);
    const base = baseSet(spec, kind, bases, digests, place);
    return changes === undefined ? base : withChanges(base, bases, changes);
  } finally {
    for (const { segment } of segments) segment.reader.close();
  }
}

/** A segment, and which of its classes the list takes. */
class OpenSegment {
  readonly reader: SegmentReader;
  readonly spec: HashListSpec;
  /** Per class: 0 not looked at yet, 1 not taken, 2 taken. */
  readonly #taken: Uint8Array;

  constructor(path: string, spec: HashListSpec) {
    this.reader = SegmentReader.open(path);
    this.spec = spec;
    this.#taken = new Uint8Array(this.reader.classCount);
  }

  takes(classIndex: number): boolean {
    if (this.#taken[classIndex] === 0)
      this.#taken[classIndex] = this.spec.takes(this.reader.classRecord(classIndex)) ? 2 : 1;
    return this.#taken[classIndex] === 2;
  }
}

function baseSet(
  spec: HashListSpec,
  kind: KeyKind,
  bases: readonly OpenSegment[],
  digests: readonly string[],
  { directory, used }: CollectPlace,
): HashSet {
  if (bases.length === 0) return emptySet(spec.size);
  const inputs = createHash('sha256')
    .update([CATALOGUE_VERSION, ...digests].join('\0'))
    .digest('hex');
  const name = `${spec.name}.${kind}.${inputs.slice(0, 32)}.base`;
  used.add(name);
  const kept = readSetFile(join(directory, name), spec.size);
  if (kept !== null) return kept;
  let set = emptySet(spec.size);
  for (const base of bases) set = union(set, takenOf(base));
  writeSetFile(directory, join(directory, name), set);
  return set;
}

function takenOf(segment: OpenSegment): HashSet {
  const builder = new HashSetBuilder(segment.spec.size);
  const cursor = segment.reader.cursor();
  while (cursor.next()) {
    if (!segment.takes(cursor.classIndex)) continue;
    builder.add(cursor.key);
    checkSize(segment.spec, builder.byteLength);
  }
  return builder.finish();
}

function withChanges(base: HashSet, bases: readonly OpenSegment[], changes: OpenSegment): HashSet {
  const added = new HashSetBuilder(base.size);
  const gone = new HashSetBuilder(base.size);
  const cursor = changes.reader.cursor();
  while (cursor.next()) {
    if (changes.takes(cursor.classIndex)) added.add(cursor.key);
    else if (hasHash(base, cursor.key) && !staysListed(cursor.key, base.size, bases, changes))
      gone.add(cursor.key);
  }
  return union(without(base, gone.finish()), added.finish());
}

/** Whether another object with the same first bytes is listed, about which no change speaks. */
function staysListed(
  key: Uint8Array,
  size: number,
  bases: readonly OpenSegment[],
  changes: OpenSegment,
): boolean {
  return bases.some((base) => {
    const sharing = base.reader.range(key, 8 * size, MAX_SHARED);
    return (
      sharing.length === MAX_SHARED ||
      sharing.some((entry) => base.takes(entry.classIndex) && changes.reader.find(entry.key) === null)
    );
  });
}

function checkSize(spec: HashListSpec, bytes: number): void {
  const { maxBytes } = HASH_LIST_LIMITS;
  if (bytes > maxBytes)
    throw new TocsinError(
      'limit',
      `Cannot publish the hash list '${spec.name}': it has more than ${maxBytes / spec.size} hashes, want fewer`,
    );
}
