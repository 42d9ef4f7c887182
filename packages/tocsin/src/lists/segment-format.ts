// The bytes of a segment file (spec/segment.md): constants, header, trailer, class lines. Pure: no I/O here.
//
//   header | entries, ascending by key | class lines | page index | trailer
//     32 B   key · class u32 · line u32   JSON        12 B a page   96 B
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS, keyKindOfCode } from '../protocol/kinds.ts';
import { parseClassRecord, record } from '../protocol/lookup.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import { isCategory } from '../protocol/verdict.ts';

export const SEGMENT_VERSION = 1;
export const HEADER_BYTES = 32;
export const TRAILER_BYTES = 96;
export const PAGE_ENTRIES = 128;
export const INDEX_ROW_BYTES = 12;
/** Class and line, behind the key. */
export const ENTRY_TAIL_BYTES = 8;

const MOST = 2n ** 38n;
const MAGIC = Buffer.from('TOCSEG1\n');
const END_MAGIC = Buffer.from('TOCEND1\n');
/** Where in the trailer the SHA-256 of the structure stands; all before it is under it. */
const STRUCTURE_DIGEST_AT = 56;

export const SEGMENT_LIMITS = {
  maxRows: 2 ** 30,
  maxClasses: 2 ** 24,
  maxClassesBytes: 2 ** 31,
  maxClassLineBytes: 32 * 1024,
  maxLine: 2 ** 32 - 1,
  /** Buffers of writer and cursor are whole pages of about this size. */
  bufferBytes: 2 ** 20,
  /** What is read in one step of opening: half a millisecond, after which others may have their turn. */
  stepBytes: 2 ** 18,
  /** Parsed class records that a reader keeps. */
  cachedClasses: 4_096,
  /** A reader keeps two bytes a row in memory against needless reads (page-filter.ts) of segments up to this. */
  filterRows: 2 ** 24,
  /** It does so after so many reads, and so many a page: a read costs as much as taking in four pages. */
  filterReads: 256,
  filterReadsPerPage: 1 / 16,
} as const;

/** One segment file that is durable in its directory. */
export interface SegmentFile {
  readonly path: string;
  /** SHA-256 of the file, hex: its name and its version. */
  readonly digest: string;
  readonly kind: KeyKind;
  readonly rows: number;
  readonly bytes: number;
}

/** Where the sections of a segment stand, and how many rows of each. */
export interface SegmentLayout {
  readonly rows: number;
  readonly classesOffset: number;
  readonly classesBytes: number;
  readonly indexOffset: number;
  readonly indexBytes: number;
  readonly classCount: number;
  readonly pageCount: number;
}

export function segmentFileName(digest: string): string {
  return `${digest}.seg`;
}

export function encodeHeader(kind: KeyKind): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt16LE(SEGMENT_VERSION, 8);
  header[10] = KEY_KINDS[kind].code;
  header[11] = KEY_KINDS[kind].bytes;
  header.writeUInt16LE(KEY_KINDS[kind].bytes + ENTRY_TAIL_BYTES, 12);
  header.writeUInt16LE(PAGE_ENTRIES, 14);
  return header;
}

/** The kind of key. Throws `format` for another or a later format, `corrupt` for a header that contradicts itself. */
export function decodeHeader(header: Uint8Array, name: string): KeyKind {
  const view = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  if (!view.subarray(0, 8).equals(MAGIC))
    throw new TocsinError('format', `Cannot read '${name}': it is no segment, want the magic TOCSEG1`);
  if (view.length < HEADER_BYTES) throw corrupt(name, 'it ends in the header', 'a whole file');
  const version = view.readUInt16LE(8);
  if (version !== SEGMENT_VERSION)
    throw new TocsinError(
      'format',
      `Cannot read '${name}': it is a segment of version ${version}, want version ${SEGMENT_VERSION}`,
    );
  const kind = keyKindOfCode(view[10]!);
  if (kind === undefined)
    throw new TocsinError(
      'format',
      `Cannot read '${name}': its kind of key is ${view[10]}, want a known one`,
    );
  if (!view.subarray(0, HEADER_BYTES).equals(encodeHeader(kind)))
    throw corrupt(name, 'its header contradicts itself', `the header of a ${kind} segment`);
  return kind;
}

/** The trailer but for its last 40 bytes: what the SHA-256 of the structure covers. */
export function encodeTrailer(layout: SegmentLayout): Buffer {
  const trailer = Buffer.alloc(STRUCTURE_DIGEST_AT);
  trailer.writeBigUInt64LE(BigInt(layout.rows), 0);
  trailer.writeBigUInt64LE(BigInt(layout.classesOffset), 8);
  trailer.writeBigUInt64LE(BigInt(layout.classesBytes), 16);
  trailer.writeBigUInt64LE(BigInt(layout.indexOffset), 24);
  trailer.writeBigUInt64LE(BigInt(layout.indexBytes), 32);
  trailer.writeUInt32LE(layout.classCount, 40);
  trailer.writeUInt32LE(layout.pageCount, 44);
  return trailer;
}

/** The end of a trailer: the SHA-256 of the structure and the end magic. */
export function encodeTrailerEnd(structureDigest: Uint8Array): Buffer {
  return Buffer.concat([structureDigest, END_MAGIC]);
}

export interface Trailer {
  readonly layout: SegmentLayout;
  /** SHA-256 that header, classes, page index and the trailer before it must have. */
  readonly structureDigest: Buffer;
  readonly covered: Buffer;
}

/** Throws `corrupt` unless the sections follow each other without a gap and fill the file. */
export function decodeTrailer(trailer: Buffer, kind: KeyKind, fileBytes: number, name: string): Trailer {
  if (!trailer.subarray(TRAILER_BYTES - END_MAGIC.length).equals(END_MAGIC))
    throw corrupt(name, 'its end is missing', 'a whole file');
  const rows = size(trailer, 0);
  const classesBytes = size(trailer, 16);
  const classCount = trailer.readUInt32LE(40);
  const layout = layOut(kind, rows, classCount, classesBytes);
  const covered = trailer.subarray(0, STRUCTURE_DIGEST_AT);
  if (
    !covered.equals(encodeTrailer(layout)) ||
    layout.indexOffset + layout.indexBytes + TRAILER_BYTES !== fileBytes
  )
    throw corrupt(name, 'the sizes in its trailer do not fit the file', 'sections that fill it');
  // A line is two bytes or more, so a made-up count asks for no more memory than the file's size does.
  if (classCount > classesBytes / 2)
    throw corrupt(name, 'it has too few class records', `${classCount} lines`);
  const limits = SEGMENT_LIMITS;
  if (rows > limits.maxRows || classCount > limits.maxClasses || classesBytes > limits.maxClassesBytes)
    throw new TocsinError(
      'limit',
      `Cannot read '${name}': it is beyond the limits of a segment, want fewer rows`,
    );
  const structureDigest = trailer.subarray(STRUCTURE_DIGEST_AT, STRUCTURE_DIGEST_AT + 32);
  return { layout, structureDigest, covered };
}

/** A size of the trailer; one beyond what `layOut` can reckon with becomes 0, which then is not what was said. */
function size(trailer: Buffer, at: number): number {
  const value = trailer.readBigUInt64LE(at);
  return value <= MOST ? Number(value) : 0;
}

/** Where each section stands in a segment of so many rows and classes. */
export function layOut(kind: KeyKind, rows: number, classCount: number, classesBytes: number): SegmentLayout {
  const classesOffset = HEADER_BYTES + rows * (KEY_KINDS[kind].bytes + ENTRY_TAIL_BYTES);
  const indexOffset = classesOffset + classesBytes;
  const pageCount = Math.ceil(rows / PAGE_ENTRIES);
  const indexBytes = pageCount * INDEX_ROW_BYTES;
  return { rows, classesOffset, classesBytes, indexOffset, indexBytes, classCount, pageCount };
}

/** The one spelling of a class record, with its line end. Throws `format` where a field is wrong. */
export function encodeClass(value: ClassRecord): string {
  const { level, category, name, source, reason, lifetime } = parseClassRecord(value);
  const fields = { level, category, name: name?.toWellFormed() ?? null };
  return `${JSON.stringify({ ...fields, source: source.toWellFormed(), reason: reason.toWellFormed(), lifetime })}\n`;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The class record in a line. A category of a later version is read as none; all else throws `corrupt`. */
export function decodeClass(line: Uint8Array, name: string): ClassRecord {
  try {
    const value = record(JSON.parse(UTF8.decode(line)), 'class record');
    const { category } = value;
    return parseClassRecord(
      typeof category === 'string' && !isCategory(category) ? { ...value, category: null } : value,
    );
  } catch (cause) {
    throw corrupt(name, 'a class record in it cannot be read', 'JSON lines of class records', cause);
  }
}

export function corrupt(name: string, state: string, want: string, cause?: unknown): TocsinError {
  return new TocsinError('corrupt', `Cannot read '${name}': ${state}, want ${want}`, { cause });
}
