// Applies a delta to an older segment (spec/segment-delta.md): a streaming merge whose result must have the digest that
// was asked for. Must not trust a delta: whatever does not hold ends it, the old segment is never touched, and memory
// has a bound that no delta moves.
//
//   delta ─► header: from, to as wanted? ─► rows that go (memory, bounded) ─► segment of what comes (disk, bounded)
//                                                          │                        │
//   old segment ───────────────── row by row ──────────────┴────────────────────────┴─► SegmentWriter ─► SHA-256 = to?
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  readSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { constants, createZstdDecompress } from 'node:zlib';
import { TocsinError } from '../protocol/errors.ts';
import { matchClasses } from './class-match.ts';
import type { DeltaHeader } from './delta-format.ts';
import {
  corruptDelta,
  DELTA_HEADER_BYTES,
  DELTA_LIMITS,
  decodeDeltaHeader,
  removedRows,
} from './delta-format.ts';
import type { SegmentOf } from './delta-make.ts';
import { onFile, readWhole } from './files.ts';
import { countOf } from './hash-set.ts';
import { compareKeys } from './keys.ts';
import { decodeRice } from './rice.ts';
import type { SegmentFile } from './segment-format.ts';
import { SegmentReader } from './segment-reader.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { ClassLines } from './used-classes.ts';

/** Rows between two moments in which the rest of the process may run: some milliseconds. */
const ROWS_A_BREATH = 2 ** 14;

export interface DeltaApplication {
  /** Opened, not checked whole: what it does not hold shows in the digest of the result. */
  readonly old: SegmentOf;
  /** SHA-256 of the new segment, hex. */
  readonly to: string;
  /** Path of the delta. */
  readonly delta: string;
  /** For the result, and for what is written on the way (`TO.coming`, `*.part`): nobody else writes there meanwhile. */
  readonly directory: string;
  readonly signal?: AbortSignal;
}

/**
 * The new segment, durable in the directory under its digest, which is `to`. Throws `format`, `corrupt` or `limit` where
 * the delta or the old segment does not hold, `io` where the disk refuses, the signal's reason; then no result is left.
 */
export async function applyDelta(options: DeltaApplication): Promise<SegmentFile> {
  const { old, to, delta, directory, signal } = options;
  const { header, gone } = readDelta(delta);
  if (header.from !== old.digest || header.to !== to)
    throw corruptDelta('it is one between other segments', 'the one that was asked for');
  const coming = join(directory, `${to}.coming`);
  try {
    await unpack(delta, header, coming);
    signal?.throwIfAborted();
    return await merge(options, header, gone, coming);
  } finally {
    rmSync(coming, { force: true });
  }
}

/** Header, and the numbers of the rows that go, ascending. */
function readDelta(path: string): { header: DeltaHeader; gone: Uint32Array } {
  const fd = onFile('open', path, () => openSync(path, 'r'));
  try {
    const bytes = onFile('read', path, () => fstatSync(fd)).size;
    const head = Buffer.alloc(DELTA_HEADER_BYTES);
    const there = onFile('read', path, () => readSync(fd, head, 0, head.length, 0));
    const header = decodeDeltaHeader(head.subarray(0, there), bytes);
    const data = Buffer.alloc(header.removedBytes);
    if (!onFile('read', path, () => readWhole(fd, data, 0, data.length, DELTA_HEADER_BYTES)))
      throw corruptDelta('it has become shorter', 'an immutable file');
    const packed = decodeRice(removedRows(header, data), 4, DELTA_LIMITS.maxRemoved + 1);
    const view = new DataView(packed.bytes.buffer, packed.bytes.byteOffset);
    const gone = new Uint32Array(countOf(packed)).map((_, i) => view.getUint32(4 * i));
    return { header, gone };
  } finally {
    closeSync(fd);
  }
}

/** The segment of what comes, as a file of exactly the bytes that the header says. */
async function unpack(path: string, header: DeltaHeader, to: string): Promise<void> {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > header.segmentBytes)
        done(corruptDelta('it unpacks to more than it says', 'its own number'));
      else done(null, chunk);
    },
  });
  try {
    await pipeline(
      createReadStream(path, { start: DELTA_HEADER_BYTES + header.removedBytes }),
      createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: DELTA_LIMITS.windowLog } }),
      counted,
      createWriteStream(to, { mode: 0o600 }),
    );
  } catch (cause) {
    if (cause instanceof TocsinError) throw cause;
    if ((cause as NodeJS.ErrnoException).syscall !== undefined)
      onFile('unpack', path, () => {
        throw cause;
      });
    throw corruptDelta('it cannot be unpacked', 'one zstd frame', cause);
  }
  if (bytes !== header.segmentBytes) throw corruptDelta('it unpacks to less than it says', 'its own number');
}

async function merge(
  { old, directory, signal }: DeltaApplication,
  header: DeltaHeader,
  gone: Uint32Array,
  comingPath: string,
): Promise<SegmentFile> {
  const before = SegmentReader.open(old.path);
  let coming: SegmentReader | null = null;
  try {
    coming = SegmentReader.open(comingPath, { maxClasses: DELTA_LIMITS.maxClasses });
    const { kind } = header;
    if (before.kind !== kind || coming.kind !== kind)
      throw corruptDelta('it is of another kind of key than a segment', `${kind} in all three`);
    const pool = new JoinedClasses(before.classLines, coming.classLines);
    const writer = new SegmentWriter({ directory, kind, classes: pool, digest: header.to });
    try {
      await copyRows({ before, coming, gone, pool, writer, signal });
      return writer.finish();
    } finally {
      writer.abort();
    }
  } finally {
    before.close();
    coming?.close();
  }
}

interface Rows {
  readonly before: SegmentReader;
  readonly coming: SegmentReader;
  readonly gone: Uint32Array;
  readonly pool: JoinedClasses;
  readonly writer: SegmentWriter;
  readonly signal: AbortSignal | undefined;
}

/** Old rows but for those that go; where a row that comes has the same key, that one instead. */
async function copyRows({ before, coming, gone, pool, writer, signal }: Rows): Promise<void> {
  const old = before.cursor();
  const next = coming.cursor();
  let hasOld = old.next();
  let hasNext = next.next();
  let row = 0;
  let going = 0;
  for (let step = 1; hasOld || hasNext; step++) {
    if (step % ROWS_A_BREATH === 0) {
      await breathe();
      signal?.throwIfAborted();
    }
    const order = orderOf(hasOld ? old.key : null, hasNext ? next.key : null);
    if (order >= 0) writer.add(next.key, pool.ofComing(next.classIndex), next.line);
    if (order >= 0) hasNext = next.next();
    if (order > 0) continue;
    if (gone[going] === row++) going++;
    else if (order < 0) writer.add(old.key, old.classIndex, old.line);
    hasOld = old.next();
  }
  if (going < gone.length) throw corruptDelta('it removes a row beyond the end', 'rows of the old segment');
}

/** Below zero where the old key is the first, above where the new one is; an absent one (null) stands last. */
function orderOf(old: Uint8Array | null, next: Uint8Array | null): number {
  if (old === null) return 1;
  return next === null ? -1 : compareKeys(old, 0, next, 0, old.length);
}

/** The classes of the old segment, then those of the new rows that it does not have. */
class JoinedClasses implements ClassLines {
  readonly #old: ClassLines;
  readonly #coming: ClassLines;
  /** By class of what comes: its number here. */
  readonly #numbers: Int32Array;
  /** Classes of what comes that the old one lacks, in order. */
  readonly #fresh: number[] = [];

  constructor(old: ClassLines, coming: ClassLines) {
    this.#old = old;
    this.#coming = coming;
    this.#numbers = matchClasses(old, coming);
    for (const [i, match] of this.#numbers.entries())
      if (match < 0) this.#numbers[i] = old.length + this.#fresh.push(i) - 1;
  }

  get length(): number {
    return this.#old.length + this.#fresh.length;
  }

  ofComing(index: number): number {
    return this.#numbers[index]!;
  }

  line(index: number): Uint8Array {
    const { length } = this.#old;
    return index < length ? this.#old.line(index) : this.#coming.line(this.#fresh[index - length]!);
  }
}
