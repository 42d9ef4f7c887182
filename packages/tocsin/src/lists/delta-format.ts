// The bytes of a segment delta (spec/segment-delta.md): what makes one segment of an older one. Pure: no I/O here.
//
//   header | numbers of the old rows that go | what is new or says something else
//    96 B     Rice-coded                        a segment, under zstd
import { TocsinError } from '../protocol/errors.ts';
import { toHex } from '../protocol/hex.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS, keyKindOfCode } from '../protocol/kinds.ts';
import type { RiceDelta } from './rice.ts';
import { RICE_PARAMETERS } from './rice.ts';

export const DELTA_VERSION = 1;
export const DELTA_HEADER_BYTES = 96;

const MAGIC = Buffer.from('TOCDEL1\n');

export const DELTA_LIMITS = {
  /** Rows that go. */
  maxRemoved: 2 ** 22,
  /** Their numbers, coded: 30 bits and a quotient each are far more than any set of so many needs. */
  maxRemovedBytes: 2 ** 24,
  /** The segment of what comes, unpacked. It lies on the disk, not in memory. */
  maxSegmentBytes: 2 ** 26,
  /** Its classes: of each some 100 bytes stand in memory. */
  maxClasses: 2 ** 18,
  /** log2 of the window that zstd needs to unpack it. */
  windowLog: 22,
  /** What applying takes beyond the two segments' own readers and writer, whatever the delta says. */
  memoryBytes: 2 ** 27,
} as const;

/** The most bytes of a delta file; what is packed may be a little larger than what it unpacks to. */
export const MAX_DELTA_BYTES =
  DELTA_HEADER_BYTES + DELTA_LIMITS.maxRemovedBytes + DELTA_LIMITS.maxSegmentBytes + 2 ** 20;

export interface DeltaHeader {
  readonly kind: KeyKind;
  /** SHA-256 of the segment before and after, hex. */
  readonly from: string;
  readonly to: string;
  /** How many old rows go; the first of them, and how the others follow. */
  readonly removed: number;
  readonly firstRemoved: number;
  readonly parameter: number;
  readonly removedBytes: number;
  readonly packedBytes: number;
  /** Of the segment, unpacked. */
  readonly segmentBytes: number;
}

export function encodeDeltaHeader(header: DeltaHeader): Buffer {
  const bytes = Buffer.alloc(DELTA_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(DELTA_VERSION, 8);
  bytes[10] = KEY_KINDS[header.kind].code;
  bytes[11] = header.parameter;
  bytes.writeUInt32LE(header.removed, 12);
  bytes.writeUInt32LE(header.firstRemoved, 16);
  bytes.writeUInt32LE(header.removedBytes, 20);
  bytes.writeUInt32LE(header.packedBytes, 24);
  bytes.writeUInt32LE(header.segmentBytes, 28);
  bytes.set(Buffer.from(header.from, 'hex'), 32);
  bytes.set(Buffer.from(header.to, 'hex'), 64);
  return bytes;
}

/**
 * The header of a file of `fileBytes`. Throws `format` for another or a later format, `limit` beyond DELTA_LIMITS,
 * `corrupt` where its numbers do not fit each other or the file.
 */
export function decodeDeltaHeader(bytes: Buffer, fileBytes: number): DeltaHeader {
  if (bytes.length < DELTA_HEADER_BYTES) throw corruptDelta('it ends in the header', 'a whole file');
  if (!bytes.subarray(0, 8).equals(MAGIC))
    throw new TocsinError('format', 'Cannot apply the delta: it is none, want the magic TOCDEL1');
  const version = bytes.readUInt16LE(8);
  const kind = keyKindOfCode(bytes[10]!);
  if (version !== DELTA_VERSION || kind === undefined)
    throw new TocsinError(
      'format',
      `Cannot apply the delta: it is of version ${version} and kind ${bytes[10]}, want version ${DELTA_VERSION} and a known kind`,
    );
  const header: DeltaHeader = {
    kind,
    from: toHex(bytes.subarray(32, 64)),
    to: toHex(bytes.subarray(64, 96)),
    removed: bytes.readUInt32LE(12),
    firstRemoved: bytes.readUInt32LE(16),
    parameter: bytes[11]!,
    removedBytes: bytes.readUInt32LE(20),
    packedBytes: bytes.readUInt32LE(24),
    segmentBytes: bytes.readUInt32LE(28),
  };
  checkSizes(header, fileBytes);
  return header;
}

function checkSizes(header: DeltaHeader, fileBytes: number): void {
  const { removed, firstRemoved, parameter, removedBytes, packedBytes, segmentBytes } = header;
  const { maxRemoved, maxRemovedBytes, maxSegmentBytes } = DELTA_LIMITS;
  if (removed > maxRemoved || removedBytes > maxRemovedBytes || segmentBytes > maxSegmentBytes)
    throw new TocsinError(
      'limit',
      `Cannot apply the delta: ${removed} rows go and ${segmentBytes} bytes come, want up to ${maxRemoved} and ${maxSegmentBytes}`,
    );
  if (DELTA_HEADER_BYTES + removedBytes + packedBytes !== fileBytes)
    throw corruptDelta(`it has ${fileBytes} bytes`, 'as many as its header says');
  const coded = removed > 1;
  const plain = parameter === 0 && removedBytes === 0 && (removed === 1 || firstRemoved === 0);
  if (coded ? parameter < RICE_PARAMETERS.least || parameter > RICE_PARAMETERS.most : !plain)
    throw corruptDelta('the rows that go contradict each other', 'what the header says of them');
}

/** The rows that go as rice.ts takes them; `data` are the bytes behind the header. */
export function removedRows(header: DeltaHeader, data: Uint8Array): RiceDelta | null {
  const { removed, firstRemoved, parameter } = header;
  if (removed === 0) return null;
  const first = new Uint8Array(4);
  new DataView(first.buffer).setUint32(0, firstRemoved);
  return { first, parameter, count: removed - 1, data };
}

export function corruptDelta(state: string, want: string, cause?: unknown): TocsinError {
  return new TocsinError('corrupt', `Cannot apply the delta: ${state}, want ${want}`, { cause });
}
