// How long a list file takes from disk to a table that answers: part of `bench index`.
import { rmSync, statSync } from 'node:fs';
import { buildIndex } from 'tocsin/lists/key-index.ts';
import { KeyTable } from 'tocsin/lists/key-table.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { BenchContext } from './goals.ts';
import { seededRandom } from './random.ts';
import { makeSegment } from './segment.ts';

export interface Loaded {
  readonly seconds: number;
  readonly fileBytes: number;
  readonly tableBytes: number;
}

/** Writes a segment of `count` random keys, and loads it. */
export function measureLoad(context: BenchContext, count: number): Loaded {
  const { directory } = context;
  const plan = { directory, seed: 'tocsin-bench-index-segment', rows: count, classes: 1 };
  const { path, sample } = makeSegment(context, plan);
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
