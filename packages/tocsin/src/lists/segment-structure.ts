// What stands in memory of an open segment, read and checked against the trailer's SHA-256. The steps are those of
// spec/segment.md, "Opening". Entries are not read here. Millions of classes take a third of a second: who answers
// meanwhile opens in turns.
import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import { ClassReader } from './class-reader.ts';
import { onFile, readWhole } from './files.ts';
import { PageIndex } from './page-index.ts';
import type { SegmentLayout } from './segment-format.ts';
import {
  corrupt,
  decodeHeader,
  decodeTrailer,
  ENTRY_TAIL_BYTES,
  HEADER_BYTES,
  INDEX_ROW_BYTES,
  PAGE_ENTRIES,
  SEGMENT_LIMITS,
  TRAILER_BYTES,
} from './segment-format.ts';

export interface SegmentStructure {
  readonly fd: number;
  /** Device and inode: which file it is, whatever stands under its path. */
  readonly file: string;
  /** The last part of the path, for error words. */
  readonly name: string;
  readonly kind: KeyKind;
  readonly keyBytes: number;
  readonly entryBytes: number;
  /** Of a page that is full. */
  readonly pageBytes: number;
  readonly rows: number;
  /** Size of the file. */
  readonly bytes: number;
  readonly index: PageIndex;
  readonly classes: ClassReader;
}

/**
 * Throws `not-found`, `io`, `format`, `corrupt` or `limit` (also for more classes than `maxClasses`, of which memory is
 * needed for each); then nothing is left open.
 */
export function openStructure(
  path: string,
  maxClasses: number = SEGMENT_LIMITS.maxClasses,
): SegmentStructure {
  const fd = onFile('open', path, () => openSync(path, 'r'));
  try {
    const steps = readStructure(fd, basename(path), maxClasses);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** As `openStructure`, in steps between which others have their turn. */
export async function openStructureInTurns(path: string): Promise<SegmentStructure> {
  const fd = onFile('open', path, () => openSync(path, 'r'));
  try {
    const steps = readStructure(fd, basename(path), SEGMENT_LIMITS.maxClasses);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await nextTurn();
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

export function fileId({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}-${ino}`;
}

function* readStructure(fd: number, name: string, maxClasses: number): Generator<void, SegmentStructure> {
  const stat = onFile('open', name, () => fstatSync(fd));
  if (!stat.isFile())
    throw new TocsinError('input', `Cannot read '${name}': it is no file, want a segment file`);
  const bytes = stat.size;
  const header = readPart(fd, name, 0, Math.min(bytes, HEADER_BYTES)); // step 1
  const kind = decodeHeader(header, name);
  if (bytes < HEADER_BYTES + TRAILER_BYTES) throw corrupt(name, 'it ends too early', 'a whole file');
  const end = readPart(fd, name, bytes - TRAILER_BYTES, TRAILER_BYTES); // step 2
  const { layout, covered, structureDigest } = decodeTrailer(end, kind, bytes, name);
  if (layout.classCount > maxClasses)
    throw new TocsinError(
      'limit',
      `Cannot read '${name}': it has ${layout.classCount} classes, want up to ${maxClasses}`,
    );
  const hash = createHash('sha256').update(header); // step 3
  const classes = yield* ClassReader.read(fd, name, layout, hash);
  const index = yield* readIndex(fd, name, layout, hash);
  if (!hash.update(covered).digest().equals(structureDigest))
    throw corrupt(name, 'its structure does not have its checksum', 'the bytes as they were written');
  const keyBytes = KEY_KINDS[kind].bytes;
  const entryBytes = keyBytes + ENTRY_TAIL_BYTES;
  const sizes = { keyBytes, entryBytes, pageBytes: entryBytes * PAGE_ENTRIES, rows: layout.rows, bytes };
  return { fd, file: fileId(stat), name, kind, ...sizes, index, classes };
}

function* readIndex(fd: number, name: string, layout: SegmentLayout, hash: Hash): Generator<void, PageIndex> {
  const { indexOffset, indexBytes } = layout;
  const index = new PageIndex(indexBytes / INDEX_ROW_BYTES);
  const step = SEGMENT_LIMITS.stepBytes - (SEGMENT_LIMITS.stepBytes % INDEX_ROW_BYTES);
  for (let done = 0; done < indexBytes; done += step) {
    const part = readPart(fd, name, indexOffset + done, Math.min(step, indexBytes - done));
    hash.update(part);
    index.take(part, done / INDEX_ROW_BYTES);
    yield;
  }
  return index;
}

function readPart(fd: number, name: string, position: number, length: number): Buffer {
  const part = Buffer.allocUnsafe(length);
  if (!onFile('read', name, () => readWhole(fd, part, 0, length, position)))
    throw corrupt(name, 'it has become shorter', 'an immutable file');
  return part;
}
