// `bench import`: how fast a hub takes in a bulk list of hashes, from the start of the command to its durable
// end, database server included; and the memory of both. Beside it: sort(1) over the same file, which has to do
// the same core of the work (read, order, drop duplicates, write) and neither checks nor keeps anything.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { IMPORT_BENCH, IMPORT_GOALS, PEER_THREADS } from './config.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { atLeast, atMost } from './goals.ts';
import { plainLine, writeHashList } from './hashes.ts';
import { runTocsinHub } from './own.ts';
import type { Measured } from './process.ts';
import { measure, processTree } from './process.ts';
import type { Table } from './table.ts';
import { median } from './table.ts';

export const importBench: Bench = {
  describe: 'hash rows a second from a plain list into durable segments; memory of the importer',
  run: runImportBench,
};

interface Rounds {
  readonly start: Measured[];
  readonly own: Measured[];
  readonly sort: Measured[];
}

async function runImportBench(context: BenchContext): Promise<BenchResult> {
  const { seed, rows } = IMPORT_BENCH;
  context.say(`writing a list of ${rows} hashes`);
  const list = join(context.directory, 'list.txt');
  const one = join(context.directory, 'one.txt');
  await writeHashList(list, { seed, rows, planted: [] }, plainLine);
  await writeHashList(one, { seed: `${seed}/one`, rows: 1, planted: [] }, plainLine);
  const rounds: Rounds = { start: [], own: [], sort: [] };
  const count = IMPORT_BENCH.rounds[context.quick ? 'quick' : 'full'];
  for (let round = 0; round < count; round++) {
    context.say(`import, round ${round + 1} of ${count}`);
    await playRound(context, list, one, rounds);
  }
  return {
    tables: [importTable(rounds)],
    notes: [
      'The rate is that of the whole command: start of Node, start of PostgreSQL, import, publishing, stop.',
      `'start' is the same command for a list of one row. Memory is the importer's peak and the highest sum of the database server's processes beside it.`,
    ],
    goals: {
      rows_per_s: atLeast(rows / seconds(rounds.own), IMPORT_GOALS.rowsPerSecond),
      rss_mb: atMost(memory(rounds.own), IMPORT_GOALS.rssMb),
    },
  };
}

/** Each round in a data directory of its own: its engine made by a first import of one row. */
async function playRound(context: BenchContext, list: string, one: string, rounds: Rounds): Promise<void> {
  const data = join(context.directory, 'hub');
  await runImport(context, data, one, 'first');
  rounds.start.push(await runImport(context, data, one, 'start'));
  const own = await runImport(context, data, list, 'bench');
  expectTaken(own.out);
  rounds.own.push(own);
  rmSync(data, { recursive: true, force: true });
  rounds.sort.push(await runSort(context, list));
}

function runImport(context: BenchContext, data: string, file: string, source: string): Promise<Measured> {
  const words = ['import', 'hashes', file, '--data', data, '--source', source, '--json'];
  return runTocsinHub({ context, name: 'import', words, watch: () => engineProcesses(data) });
}

function runSort(context: BenchContext, list: string): Promise<Measured> {
  const sorted = join(context.directory, 'sorted.txt');
  return measure({
    path: 'sort',
    words: ['-u', `--parallel=${PEER_THREADS}`, '-S', '500M', '-T', context.directory, '-o', sorted, list],
    env: { LC_ALL: 'C' },
    directory: context.directory,
    signal: context.signal,
    name: 'sort',
    statuses: [0],
  });
}

/** Anything but every row taken, as segments, is no measurement. */
function expectTaken(reportPath: string): void {
  const report: unknown = JSON.parse(readFileSync(reportPath, 'utf8'));
  const want = {
    rows: IMPORT_BENCH.rows,
    taken: IMPORT_BENCH.rows,
    duplicates: 0,
    refused: 0,
    storedAs: 'segments',
  };
  const got = Object.fromEntries(
    Object.keys(want).map((key) => [key, (report as Record<string, unknown>)[key]]),
  );
  if (JSON.stringify(got) === JSON.stringify(want)) return;
  throw new TocsinError(
    'corrupt',
    `Cannot trust the import: it reports ${JSON.stringify(got)}, want ${JSON.stringify(want)}`,
  );
}

/** The database server that the hub started for this data directory: PostgreSQL leaves its pid in a file. */
function engineProcesses(data: string): number[] {
  for (const folder of ['postgres', 'postgres/data', 'postgres/cluster']) {
    try {
      if (!readdirSync(join(data, folder)).includes('postmaster.pid')) continue;
      const pid = Number.parseInt(readFileSync(join(data, folder, 'postmaster.pid'), 'latin1'), 10);
      return Number.isInteger(pid) ? processTree(pid) : [];
    } catch {
      // not there, or gone in between: no server, no memory
    }
  }
  return [];
}

function seconds(runs: readonly Measured[]): number {
  return median(runs.map((run) => run.seconds));
}

function memory(runs: readonly Measured[]): number {
  return Math.max(...runs.map((run) => run.rssMb + run.watchedMb));
}

function importTable(rounds: Rounds): Table {
  const { rows } = IMPORT_BENCH;
  const row = (name: string, runs: readonly Measured[], start: number | null): (string | number | null)[] => [
    name,
    seconds(runs),
    start,
    rows / seconds(runs),
    Math.max(...runs.map((run) => run.rssMb)),
    Math.max(...runs.map((run) => run.watchedMb)),
  ];
  return {
    title: `Import of ${rows} SHA-256 hashes`,
    columns: ['program', 'whole s', 'start s', 'rows/s', 'MB resident', 'MB database'],
    rows: [
      row('tocsin-hub import hashes', rounds.own, seconds(rounds.start)),
      row('sort -u (no checks, no database)', rounds.sort, null),
    ],
  };
}
