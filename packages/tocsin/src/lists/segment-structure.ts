// What stands in memory of an open segment, read and checked against the trailer's SHA-256. The steps are those of
// spec/segment.md, "Opening". Entries are not read here.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import { ClassReader } from './class-reader.ts';
import { onFile, readWhole } from './files.ts';
import { PageIndex } from './page-index.ts';
import {
  corrupt,
  decodeHeader,
  decodeTrailer,
  ENTRY_TAIL_BYTES,
  HEADER_BYTES,
  PAGE_ENTRIES,
  SEGMENT_LIMITS,
  TRAILER_BYTES,
} from './segment-format.ts';

export interface SegmentStructure {
  readonly fd: number;
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
    return readStructure(fd, basename(path), maxClasses);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readStructure(fd: number, name: string, maxClasses: number): SegmentStructure {
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
  const classes = new ClassReader(fd, name, layout, hash);
  const index = readPart(fd, name, layout.indexOffset, layout.indexBytes);
  if (!hash.update(index).update(covered).digest().equals(structureDigest))
    throw corrupt(name, 'its structure does not have its checksum', 'the bytes as they were written');
  const keyBytes = KEY_KINDS[kind].bytes;
  const entryBytes = keyBytes + ENTRY_TAIL_BYTES;
  const sizes = { keyBytes, entryBytes, pageBytes: entryBytes * PAGE_ENTRIES, rows: layout.rows, bytes };
  return { fd, name, kind, ...sizes, index: new PageIndex(index), classes };
}

function readPart(fd: number, name: string, position: number, length: number): Buffer {
  const part = Buffer.allocUnsafe(length);
  if (!onFile('read', name, () => readWhole(fd, part, 0, length, position)))
    throw corrupt(name, 'it has become shorter', 'an immutable file');
  return part;
}
