// `bench index`: look-ups a second in the table that knows digests by heart, on one core, for present and absent ones,
// and what an object costs in memory; beside it a plain Map (where it fits) and LMDB, over the same keys, in the same run.
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { open } from 'lmdb';
import type { TableDensity } from 'tocsin/lists/key-table.ts';
import { drawSecret, KeyTable } from 'tocsin/lists/key-table.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { INDEX_BENCH, INDEX_GOALS, PAUSE_BENCH } from './config.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { atLeast, atMost } from './goals.ts';
import type { Loaded } from './index-load.ts';
import { measureLoad } from './index-load.ts';
import type { Pauses } from './index-pause.ts';
import { measureAllPauses, pauseTable, worstPause } from './index-pause.ts';
import { seededRandom } from './random.ts';
import { median } from './table.ts';

export const indexBench: Bench = {
  describe: 'look-ups a second in the index of digests, on one core, and its memory',
  run: runIndexBench,
};

const KEY = 32;

/** `count` keys, packed; the same for the same seed. */
function keysOf(seed: string, count: number): Uint8Array {
  const random = seededRandom(seed);
  const keys = new Uint8Array(count * KEY);
  for (let at = 0; at < keys.length; at += INDEX_BENCH.drawnBytes)
    keys.set(random.bytes(Math.min(INDEX_BENCH.drawnBytes, keys.length - at)), at);
  return keys;
}

/** Present keys in random order: neighbours in the file must not be neighbours in the question. */
function sampleOf(keys: Uint8Array, count: number): Uint8Array {
  const random = seededRandom('tocsin-bench-index-sample');
  const sample = new Uint8Array(count * KEY);
  for (let i = 0; i < count; i++) {
    const from = Math.floor(random.fraction() * (keys.length / KEY)) * KEY;
    sample.set(keys.subarray(from, from + KEY), i * KEY);
  }
  return sample;
}

interface Asked {
  readonly name: 'present' | 'absent';
  readonly keys: Uint8Array;
}

interface Measured {
  readonly name: string;
  readonly build: number;
  readonly bytes: number;
  readonly rates: Readonly<Record<Asked['name'], number>>;
}

function measureTable(
  objects: Uint8Array,
  density: TableDensity,
  asked: readonly Asked[],
  rounds: number,
): Measured {
  const count = objects.length / KEY;
  const random = seededRandom('tocsin-bench-index-secret');
  const secret = drawSecret((bytes) => random.bytes(bytes));
  const table = KeyTable.create('file-sha256', count, secret, { density });
  const records = new Int32Array(INDEX_BENCH.batch).fill(1);
  const started = performance.now();
  for (let at = 0; at < count; at += INDEX_BENCH.batch)
    table.add(objects, at * KEY, KEY, records, Math.min(INDEX_BENCH.batch, count - at));
  const build = count / ((performance.now() - started) / 1000);
  const found = new Int32Array(INDEX_BENCH.batch);
  const pass = ({ keys }: Asked): number => {
    let hits = 0;
    for (let at = 0; at < keys.length / KEY; at += INDEX_BENCH.batch) {
      const batch = Math.min(INDEX_BENCH.batch, keys.length / KEY - at);
      table.findMany(keys, at * KEY, batch, found);
      for (let i = 0; i < batch; i++) if (found[i] !== 0) hits++;
    }
    return hits;
  };
  const rates = rateOf(asked, rounds, pass);
  return { name: `index, ${density}`, build, bytes: table.bytes / count, rates };
}

async function measureLmdb(
  context: BenchContext,
  objects: Uint8Array,
  asked: readonly Asked[],
): Promise<Measured> {
  const count = objects.length / KEY;
  const path = join(context.directory, 'lmdb');
  const options = { keyEncoding: 'binary', encoding: 'binary', mapSize: INDEX_BENCH.lmdbMapBytes } as const;
  const database: RootDatabase<Buffer, Uint8Array> = open({
    path,
    ...options,
    noSync: true,
    compression: false,
  });
  try {
    const started = performance.now();
    for (let at = 0; at < count; at += INDEX_BENCH.lmdbBatch) {
      context.signal.throwIfAborted();
      await database.transaction(() => {
        for (let i = at; i < Math.min(count, at + INDEX_BENCH.lmdbBatch); i++)
          database.put(objects.subarray(i * KEY, (i + 1) * KEY), Buffer.of(1, 0, 0, 0));
      });
    }
    const build = count / ((performance.now() - started) / 1000);
    const pass = ({ keys }: Asked): number => {
      let hits = 0;
      for (let at = 0; at < keys.length; at += KEY)
        if (database.getBinaryFast(keys.subarray(at, at + KEY)) !== undefined) hits++;
      return hits;
    };
    const few = asked.map(({ name, keys }) => ({
      name,
      keys: keys.subarray(0, INDEX_BENCH.lmdbAsked * KEY),
    }));
    const rates = rateOf(few, 1, pass);
    const { pageSize, lastPageNumber } = database.getStats() as { pageSize: number; lastPageNumber: number };
    return { name: 'LMDB', build, bytes: (pageSize * lastPageNumber) / count, rates };
  } finally {
    await database.close();
  }
}

function rateOf(asked: readonly Asked[], rounds: number, pass: (asked: Asked) => number): Measured['rates'] {
  const rates: Record<Asked['name'], number[]> = { present: [], absent: [] };
  for (let round = 0; round <= rounds; round++)
    for (const each of asked) {
      const count = each.keys.length / KEY;
      const started = performance.now();
      const hits = pass(each);
      const rate = count / ((performance.now() - started) / 1000);
      if (hits !== (each.name === 'present' ? count : 0))
        throw new TocsinError(
          'corrupt',
          `Cannot trust the run: ${hits} of ${count} ${each.name} keys were found`,
        );
      if (round > 0 || rounds === 1) rates[each.name].push(rate); // the first round compiles
    }
  return { present: median(rates.present), absent: median(rates.absent) };
}

async function runIndexBench(context: BenchContext): Promise<BenchResult> {
  const mode = context.quick ? 'quick' : 'full';
  const measured = await measureIndexes(context, mode);
  const rows = INDEX_BENCH.loaded[mode];
  context.say(`writing and loading a list of ${rows} objects`);
  const load = measureLoad(context, rows);
  const pauses = await measureAllPauses(context, PAUSE_BENCH.bases[mode]);
  return resultOf(mode, measured, { ...load, rows }, pauses);
}

type Mode = 'full' | 'quick';

/** The index, fast and dense, and LMDB. */
async function measureIndexes(context: BenchContext, mode: Mode): Promise<[Measured, Measured, Measured]> {
  const { say } = context;
  const count = INDEX_BENCH.objects[mode];
  say(`drawing ${count} keys`);
  const objects = keysOf('tocsin-bench-index', count);
  const asked: readonly Asked[] = [
    { name: 'present', keys: sampleOf(objects, INDEX_BENCH.asked) },
    { name: 'absent', keys: keysOf('tocsin-bench-index-absent', INDEX_BENCH.asked) },
  ];
  const measure = (density: TableDensity): Measured => {
    context.signal.throwIfAborted();
    say(`the index, ${density}`);
    return measureTable(objects, density, asked, INDEX_BENCH.rounds[mode]);
  };
  const [fast, dense] = [measure('fast'), measure('dense')];
  context.signal.throwIfAborted();
  say('LMDB');
  const few = objects.subarray(0, INDEX_BENCH.lmdbObjects[mode] * KEY);
  const fewAsked = [{ name: 'present', keys: sampleOf(few, INDEX_BENCH.lmdbAsked) }, asked[1]!] as const;
  return [fast, dense, await measureLmdb(context, few, fewAsked)];
}

function resultOf(
  mode: Mode,
  measured: readonly [Measured, Measured, Measured],
  load: Loaded & { readonly rows: number },
  pauses: readonly Pauses[],
): BenchResult {
  const [fast, dense] = measured;
  return {
    tables: [
      {
        title: `${INDEX_BENCH.objects[mode]} objects by SHA-256; look-ups a second, one core`,
        columns: ['index', 'present/s', 'absent/s', 'built/s', 'bytes an object'],
        rows: measured.map(({ name, rates, build, bytes }) => [
          name,
          Math.round(rates.present),
          Math.round(rates.absent),
          Math.round(build),
          Number(bytes.toFixed(1)),
        ]),
      },
      pauseTable(pauses),
    ],
    notes: [
      `A list file of ${load.rows} objects (${Math.round(load.fileBytes / 1e6)} MB, in the page cache) was loaded in ${load.seconds.toFixed(1)} s, checked page by page, on one core.`,
      `The index is asked ${INDEX_BENCH.batch} keys at a time, LMDB one by one, as its interface is, and with ${INDEX_BENCH.lmdbObjects[mode]} objects; records are not counted.`,
      `Pauses are from one turn of ${PAUSE_BENCH.keysATurn} look-ups to the next; those where nothing is published are the machine's own.`,
    ],
    goals: {
      present_per_s: atLeast(fast.rates.present, INDEX_GOALS.perSecond),
      absent_per_s: atLeast(fast.rates.absent, INDEX_GOALS.perSecond),
      bytes_per_object: atMost(fast.bytes, INDEX_GOALS.bytes),
      dense_present_per_s: atLeast(dense.rates.present, INDEX_GOALS.densePerSecond),
      dense_absent_per_s: atLeast(dense.rates.absent, INDEX_GOALS.densePerSecond),
      dense_bytes_per_object: atMost(dense.bytes, INDEX_GOALS.denseBytes),
      load_100m_s: atMost(mode === 'quick' ? null : load.seconds, INDEX_GOALS.loadSeconds),
      pause_ms: atMost(worstPause(pauses), INDEX_GOALS.pauseMs),
    },
  };
}
