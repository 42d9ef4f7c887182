// What some segments of one kind say, by heart: a KeyTable over their keys, and the class records where they are, in
// the segments. Made from the files in one pass; many times faster to ask than they are, and it knows nothing else.
//
//   buildIndex(kind, paths) ─► IndexData (can be posted) ─► KeyIndex over the same segments, opened
//
// The number of a record is that of the class in its segment plus where the segment begins: 1 + classes of those before.
// Numbers that no slot can hold become MAX_RECORD: then the segments themselves are asked.
import { closeSync } from 'node:fs';
import type { KeyKind } from '../protocol/kinds.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import type { SharedTable, TableDensity } from './key-table.ts';
import { drawSecret, KeyTable, MAX_RECORD } from './key-table.ts';
import { pagesBuffer, readPages } from './pages.ts';
import { corrupt, PAGE_ENTRIES } from './segment-format.ts';
import type { SegmentReader } from './segment-reader.ts';
import type { SegmentStructure } from './segment-structure.ts';
import { openStructure } from './segment-structure.ts';

/** In which a number that is too large for a slot stands for "ask the segments". */
export const ASK_SEGMENTS = MAX_RECORD;

export interface IndexData {
  readonly table: SharedTable;
  /** Where the records of each segment begin. */
  readonly bases: readonly number[];
}

export interface IndexOptions {
  readonly kind: KeyKind;
  /** Segment files; of a key that several hold the first one's record counts. */
  readonly paths: readonly string[];
  readonly random: (bytes: number) => Uint8Array;
  readonly density?: TableDensity;
  /** As of `KeyTable.create`. */
  readonly spent?: SharedArrayBuffer | null;
}

/**
 * Reads all segments, checked page by page. Throws as SegmentReader.open, `corrupt` where a page or a class number
 * does not hold. Blocks: some 4 million keys a second; large ones are made in a thread of their own
 * (key-index-worker.ts).
 */
export function buildIndex({ kind, paths, random, ...options }: IndexOptions): IndexData {
  const segments: SegmentStructure[] = [];
  try {
    for (const path of paths) segments.push(openStructure(path));
    const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
    const table = KeyTable.create(kind, rows, drawSecret(random), options);
    const bases: number[] = [];
    let base = 1;
    for (const segment of segments) {
      if (segment.kind !== kind)
        throw corrupt(segment.name, `its keys are of kind ${segment.kind}`, `a segment of ${kind}`);
      bases.push(base);
      addSegment(table, segment, base);
      base += segment.classes.count;
    }
    return { table: table.share(), bases };
  } finally {
    for (const { fd } of segments) closeSync(fd);
  }
}

function addSegment(table: KeyTable, segment: SegmentStructure, base: number): void {
  const { entryBytes, keyBytes, name, rows } = segment;
  const { count } = segment.classes;
  const buffer = pagesBuffer(segment);
  const view = new DataView(buffer.buffer, buffer.byteOffset);
  const records = new Int32Array(buffer.length / entryBytes);
  for (let row = 0; row < rows; ) {
    const entries = readPages(segment, row / PAGE_ENTRIES, buffer) / entryBytes;
    for (let i = 0; i < entries; i++) {
      const classIndex = view.getUint32(i * entryBytes + keyBytes, true);
      if (classIndex >= count) throw corrupt(name, 'an entry points to no class', `one of ${count}`);
      records[i] = Math.min(base + classIndex, ASK_SEGMENTS);
    }
    table.add(buffer, 0, entryBytes, records, entries);
    row += entries;
  }
}

export class KeyIndex {
  readonly kind: KeyKind;
  readonly table: KeyTable;
  readonly #bases: readonly number[];
  readonly #segments: readonly SegmentReader[];

  /** Over the segments that it was made from, in the same order. They stay open as long as it is asked. */
  constructor({ table, bases }: IndexData, segments: readonly SegmentReader[]) {
    if (bases.length !== segments.length) throw new TypeError('these are not the segments of the index');
    this.kind = table.kind;
    this.table = KeyTable.attach(table);
    this.#bases = bases;
    this.#segments = segments;
  }

  /** What the first segment that holds the key says; null where none does. Throws as SegmentReader. */
  find(keys: Uint8Array, offset = 0): ClassRecord | null {
    return this.record(this.table.find(keys, offset), keys, offset);
  }

  /** The record behind a number that `table` gave for this key. */
  record(number: number, keys: Uint8Array, offset: number): ClassRecord | null {
    if (number === 0) return null;
    if (number === ASK_SEGMENTS) return this.#askSegments(keys, offset);
    let at = this.#bases.length - 1;
    while (this.#bases[at]! > number) at--;
    return this.#segments[at]!.classRecord(number - this.#bases[at]!);
  }

  #askSegments(keys: Uint8Array, offset: number): ClassRecord | null {
    for (const segment of this.#segments) {
      const hit = segment.find(keys, offset);
      if (hit !== null) return segment.classRecord(hit.classIndex);
    }
    return null;
  }
}
