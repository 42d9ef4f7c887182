// How long a list file takes from disk to a table that answers: part of `bench index`.
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildIndex } from 'tocsin/lists/key-index.ts';
import { KeyTable } from 'tocsin/lists/key-table.ts';
import { SegmentWriter } from 'tocsin/lists/segment-writer.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { INDEX_BENCH } from './config.ts';
import type { BenchContext } from './goals.ts';
import { seededRandom } from './random.ts';

const KEY = 32;
const RECORD: ClassRecord = {
  level: 'malicious',
  category: 'malware',
  name: null,
  source: 'bench',
  reason: 'listed by bench',
  lifetime: 86_400,
};

export interface Loaded {
  readonly seconds: number;
  readonly fileBytes: number;
  readonly tableBytes: number;
}

/** Writes a segment of `count` random keys, and loads it. */
export function measureLoad(context: BenchContext, count: number): Loaded {
  const { path, sample } = writeSegment(context, count);
  const random = seededRandom('tocsin-bench-index-load');
  const started = performance.now();
  const { table } = buildIndex({
    kind: 'file-sha256',
    paths: [path],
    random: (bytes) => random.bytes(bytes),
    density: 'dense',
  });
  const seconds = (performance.now() - started) / 1000;
  const loaded = KeyTable.attach(table);
  if (loaded.rows !== count || loaded.find(sample) !== 1)
    throw new TocsinError('corrupt', `Cannot trust the run: ${loaded.rows} of ${count} keys were loaded`);
  const fileBytes = statSync(path).size;
  rmSync(path);
  return { seconds, fileBytes, tableBytes: loaded.bytes };
}

/** Keys that are random and ascend: each begins somewhere in the part of the key space that is its own. */
function writeSegment(context: BenchContext, count: number): { path: string; sample: Buffer } {
  const random = seededRandom('tocsin-bench-index-segment');
  const writer = new SegmentWriter({ directory: context.directory, kind: 'file-sha256', classes: [RECORD] });
  const step = Math.floor(2 ** 48 / count);
  let sample: Buffer = Buffer.alloc(0);
  for (let row = 0; row < count; row += INDEX_BENCH.batch) {
    context.signal.throwIfAborted();
    const rows = Math.min(INDEX_BENCH.batch, count - row);
    const keys = random.bytes(rows * KEY);
    for (let i = 0; i < rows; i++) {
      const at = i * KEY;
      keys.writeUIntBE((row + i) * step + (keys.readUIntBE(at, 6) % step), at, 6);
      writer.add(keys, 0, 0, at);
    }
    sample = keys.subarray(0, KEY);
  }
  return { path: join(context.directory, `${writer.finish().digest}.seg`), sample };
}
