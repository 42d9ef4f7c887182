// What a change of a list costs that machines fetch (spec/segment-delta.md): the delta beside the whole file.
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { applyDelta } from 'tocsin/lists/delta-apply.ts';
import { makeDelta } from 'tocsin/lists/delta-make.ts';
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { SEGMENT_DELTA_BENCH } from './config.ts';
import type { BenchContext } from './goals.ts';
import type { Table } from './table.ts';
import { median } from './table.ts';

export async function measureSegmentDelta(context: BenchContext): Promise<Table> {
  const { seed, replaced } = SEGMENT_DELTA_BENCH;
  const size = context.quick ? 'quick' : 'full';
  const rows = SEGMENT_DELTA_BENCH.rows[size];
  context.say(`making list files of ${rows} SHA-256`);
  const directory = join(context.directory, 'segments');
  const work = join(directory, 'work');
  mkdirSync(work, { recursive: true });
  const old = build(directory, rows, (i) => `${seed} ${i}`);
  const next = build(directory, rows, (i) => (i % replaced === 0 ? `${seed} new ${i}` : `${seed} ${i}`));
  const make: number[] = [];
  const apply: number[] = [];
  let bytes = 0;
  for (let round = 0; round < SEGMENT_DELTA_BENCH.rounds[size]; round++) {
    context.signal.throwIfAborted();
    const started = performance.now();
    const made = makeDelta({ old, next, directory: work, mostBytes: next.bytes });
    make.push(performance.now() - started);
    if (made.kind !== 'made') throw new TocsinError('limit', 'Cannot measure deltas: one is too large');
    bytes = made.bytes;
    const begun = performance.now();
    const delta = { old, to: next.digest, delta: made.path, directory: work };
    const file = await applyDelta(delta);
    apply.push(performance.now() - begun);
    for (const path of [file.path, made.path]) rmSync(path);
  }
  return {
    title: `List files of machines, ${rows} SHA-256 with ${SEGMENT_DELTA_BENCH.names} records; the change replaces 1 %`,
    columns: ['whole, bytes', 'change, bytes', 'bytes a changed row', 'make change ms', 'apply ms'],
    rows: [[next.bytes, bytes, (bytes * replaced) / rows, median(make), median(apply)]],
  };
}

function build(directory: string, rows: number, text: (i: number) => string): SegmentFile {
  const builder = new SegmentBuilder({ directory, kind: 'file-sha256' });
  for (let i = 0; i < rows; i++) {
    const record = builder.classIndex({
      level: 'malicious',
      category: 'malware',
      name: `Trojan.Linux.Family${i % SEGMENT_DELTA_BENCH.names}`,
      source: 'bench',
      reason: 'made for a measurement',
      lifetime: 86_400,
    });
    builder.add(createHash('sha256').update(text(i)).digest(), 0, record, 0);
  }
  return builder.finish(directory).file;
}
