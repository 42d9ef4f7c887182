// Makes the delta between two segments of one kind (spec/segment-delta.md): reads both once, side by side. For a thread
// or a process of its own; must not decide which segments are worth it.
import { closeSync, fsyncSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { TocsinError } from '../protocol/errors.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import { matchClasses } from './class-match.ts';
import type { DeltaHeader } from './delta-format.ts';
import { DELTA_HEADER_BYTES, DELTA_LIMITS, encodeDeltaHeader } from './delta-format.ts';
import { createPart, onFile, writeWhole } from './files.ts';
import { HashSetBuilder } from './hash-set.ts';
import type { MergeHit } from './merge.ts';
import { mergeCursors } from './merge.ts';
import type { RiceDelta } from './rice.ts';
import { encodeRice } from './rice.ts';
import { SegmentReader } from './segment-reader.ts';
import { SegmentWriter } from './segment-writer.ts';

/** zstd: what is packed once is fetched by many, and is mostly digests, which do not shrink. */
const LEVEL = 9;

export interface SegmentOf {
  readonly path: string;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
}

export interface DeltaOrder {
  readonly old: SegmentOf;
  readonly next: SegmentOf;
  /** Where the delta, and on the way to it a segment, is written. */
  readonly directory: string;
  /** A delta that would be larger is not made. */
  readonly mostBytes: number;
}

export type MadeDelta =
  /** Synced, under a name of no meaning in the directory. */
  | { readonly kind: 'made'; readonly path: string; readonly bytes: number }
  /** It would be larger than `mostBytes`, or beyond DELTA_LIMITS. */
  | { readonly kind: 'too-large' };

const TOO_LARGE: MadeDelta = { kind: 'too-large' };

/** Throws `input` for segments of two kinds, and as a reader and a writer of segments do; then nothing is left. */
export function makeDelta(order: DeltaOrder): MadeDelta {
  const place = onFile('write', order.directory, () => mkdtempSync(join(order.directory, 'delta-')));
  try {
    const changes = collectChanges(order, place);
    return changes === null ? TOO_LARGE : writeDelta(order, changes);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

interface Changes {
  readonly kind: DeltaHeader['kind'];
  readonly removed: RiceDelta | null;
  readonly segmentBytes: number;
  readonly packed: Uint8Array;
}

function collectChanges(order: DeltaOrder, place: string): Changes | null {
  const old = SegmentReader.open(order.old.path);
  let next: SegmentReader | null = null;
  try {
    next = SegmentReader.open(order.next.path);
    const { kind } = next;
    if (old.kind !== kind)
      throw new TocsinError(
        'input',
        `Cannot make a delta: the segments are of kind ${old.kind} and ${kind}, want one`,
      );
    const walked = walk(old, next, place, order.mostBytes);
    if (walked === null) return null;
    const { file, removed } = walked;
    if (file.bytes > DELTA_LIMITS.maxSegmentBytes) return null;
    const packed = zstdCompressSync(readFileSync(file.path), {
      params: {
        [constants.ZSTD_c_compressionLevel]: LEVEL,
        [constants.ZSTD_c_windowLog]: DELTA_LIMITS.windowLog,
      },
    });
    return { kind, removed, segmentBytes: file.bytes, packed };
  } finally {
    old.close();
    next?.close();
  }
}

/** Writes what is new or says something else as a segment; null where that, or what goes, is too much. */
function walk(old: SegmentReader, next: SegmentReader, place: string, mostBytes: number) {
  const { kind, classLines } = next;
  const { maxRemoved, maxClasses } = DELTA_LIMITS;
  const matches = matchClasses(old.classLines, classLines);
  const says = (a: MergeHit, b: MergeHit): boolean =>
    matches[b.classIndex] === a.classIndex && a.line === b.line;
  const gone = new HashSetBuilder(4);
  const row = new DataView(new ArrayBuffer(4));
  const mostRows = Math.floor(mostBytes / KEY_KINDS[kind].bytes);
  const used = new Set<number>();
  const writer = new SegmentWriter({ directory: place, kind, classes: classLines });
  let oldRow = -1;
  let rows = 0;
  try {
    mergeCursors([old.cursor(), next.cursor()], (key, hits) => {
      const before = hits[0]!.cursor === 0 ? hits[0]! : null;
      const after = before === null ? hits[0]! : hits[1];
      if (before !== null) oldRow++;
      if (after === undefined) {
        if (gone.byteLength === 4 * maxRemoved) throw new TooLarge();
        row.setUint32(0, oldRow);
        gone.add(new Uint8Array(row.buffer));
      } else if (before === null || !says(before, after)) {
        used.add(after.classIndex);
        if (++rows > mostRows || used.size > maxClasses) throw new TooLarge();
        writer.add(key, after.classIndex, after.line);
      }
    });
    const file = writer.finish();
    return { file, removed: encodeRice(gone.finish()) };
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  } finally {
    writer.abort();
  }
}

/** Ends the walk early. */
class TooLarge extends Error {}

function writeDelta({ old, next, directory, mostBytes }: DeltaOrder, changes: Changes): MadeDelta {
  const { kind, removed, segmentBytes, packed } = changes;
  const data = removed?.data ?? new Uint8Array(0);
  const bytes = DELTA_HEADER_BYTES + data.length + packed.length;
  if (bytes > mostBytes || data.length > DELTA_LIMITS.maxRemovedBytes) return TOO_LARGE;
  const header = encodeDeltaHeader({
    kind,
    from: old.digest,
    to: next.digest,
    removed: removed === null ? 0 : removed.count + 1,
    firstRemoved: removed === null ? 0 : Buffer.from(removed.first).readUInt32BE(),
    parameter: removed?.parameter ?? 0,
    removedBytes: data.length,
    packedBytes: packed.length,
    segmentBytes,
  });
  const { fd, path } = createPart(directory);
  try {
    for (const part of [header, data, packed]) writeWhole(fd, part, path);
    onFile('write', path, () => fsyncSync(fd));
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  return { kind: 'made', path, bytes };
}
