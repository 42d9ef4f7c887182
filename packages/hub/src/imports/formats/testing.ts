// For tests of formats only: a sink that records what it gets, and a way to run a format over chunks.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { ClaimDetails, FormatOptions, ImportSink, StreamFormat } from './format.ts';

export interface Taken {
  readonly kind: KeyKind;
  readonly key: string;
  readonly details: ClaimDetails | null;
  readonly line: number;
}

export class RecordingSink implements ImportSink {
  rows = 0;
  readonly taken: Taken[] = [];
  readonly refused: { line: number; why: string }[] = [];
  readonly originals = new Map<number, string>();

  heading: string | null = null;

  head(_line: number, bytes: Uint8Array, start: number, end: number): void {
    this.heading = Buffer.from(bytes.subarray(start, end)).toString('utf8');
  }

  row(): void {
    this.rows++;
  }

  original(line: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.originals.has(line)) throw new Error(`line ${line} came twice`);
    this.originals.set(line, Buffer.from(bytes.subarray(start, end)).toString('utf8'));
  }

  take(kind: KeyKind, key: Uint8Array, offset: number, details: ClaimDetails | null, line: number): void {
    if (!this.originals.has(line)) throw new Error(`line ${line} was taken without its text`);
    const hex = toHex(key.subarray(offset, offset + KEY_KINDS[kind].bytes));
    this.taken.push({ kind, key: hex, details, line });
  }

  refuse(line: number, why: string): void {
    this.refused.push({ line, why });
  }

  /** Claims by kind. */
  get counts(): Readonly<Partial<Record<KeyKind, number>>> {
    const counts: Partial<Record<KeyKind, number>> = {};
    for (const { kind } of this.taken) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** Refusals by reason. */
  get reasons(): Readonly<Record<string, number>> {
    const reasons: Record<string, number> = {};
    for (const { why } of this.refused) reasons[why] = (reasons[why] ?? 0) + 1;
    return reasons;
  }
}

/** Runs a format over `chunks`; throws what its parser throws. Each chunk is spoilt after it was pushed. */
export function run(
  format: StreamFormat,
  chunks: string | Uint8Array | readonly Uint8Array[],
  options: FormatOptions = {},
): RecordingSink {
  const sink = new RecordingSink();
  feed(format, sink, chunks, options);
  return sink;
}

/** The same, with the words of a `format` error instead of its throw; any other error is thrown. */
export function attempt(
  format: StreamFormat,
  chunks: string | Uint8Array | readonly Uint8Array[],
  options: FormatOptions = {},
): { sink: RecordingSink; error: string | null } {
  const sink = new RecordingSink();
  try {
    feed(format, sink, chunks, options);
    return { sink, error: null };
  } catch (error) {
    if (error instanceof TocsinError && error.code === 'format') return { sink, error: error.message };
    throw error;
  }
}

function feed(
  format: StreamFormat,
  sink: ImportSink,
  chunks: string | Uint8Array | readonly Uint8Array[],
  options: FormatOptions,
): void {
  const list =
    typeof chunks === 'string' ? [Buffer.from(chunks)] : chunks instanceof Uint8Array ? [chunks] : chunks;
  const parser = format.open(sink, options);
  for (const chunk of list) {
    const copy = Uint8Array.from(chunk);
    parser.push(copy);
    copy.fill(0x23);
  }
  parser.end();
}
