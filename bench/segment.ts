// List files of random keys for benches, at the speed of the disk: no sorting, each key lies in a part of its own.

import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { SegmentWriter } from 'tocsin/lists/segment-writer.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { INDEX_BENCH } from './config.ts';
import type { BenchContext } from './goals.ts';
import { seededRandom } from './random.ts';

const KEY = 32;

export interface SegmentPlan {
  readonly directory: string;
  readonly seed: string;
  readonly rows: number;
  /** Different class records, in turn. */
  readonly classes: number;
}

export interface MadeSegment extends SegmentFile {
  /** A key that is in it, of class 0. */
  readonly sample: Buffer;
}

export function makeSegment({ signal }: Pick<BenchContext, 'signal'>, plan: SegmentPlan): MadeSegment {
  const { directory, seed, rows, classes: count } = plan;
  const random = seededRandom(seed);
  const classes = Array.from({ length: count }, (_, i) => recordOf(i));
  const writer = new SegmentWriter({ directory, kind: 'file-sha256', classes });
  const step = Math.floor(2 ** 48 / rows);
  let sample: Buffer = Buffer.alloc(0);
  for (let row = 0; row < rows; row += INDEX_BENCH.batch) {
    signal.throwIfAborted();
    const batch = Math.min(INDEX_BENCH.batch, rows - row);
    const keys = random.bytes(batch * KEY);
    for (let i = 0; i < batch; i++) {
      const at = i * KEY;
      keys.writeUIntBE((row + i) * step + (keys.readUIntBE(at, 6) % step), at, 6);
      writer.add(keys, (row + i) % count, 0, at);
    }
    if (row === 0) sample = Buffer.from(keys.subarray(0, KEY));
  }
  return { ...writer.finish(), sample };
}

function recordOf(i: number): ClassRecord {
  return {
    level: 'malicious',
    category: 'malware',
    name: i === 0 ? null : `Trojan.Linux.Bench${i}`,
    source: 'bench',
    reason: 'listed by bench',
    lifetime: 86_400,
  };
}
