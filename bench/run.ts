// `npm run bench -- NAME [--quick]`: runs one bench, prints its tables beside the peers of the same run and,
// as the last line, its goals as JSON. Without NAME it lists the names. Exit status 0 measured (whether or
// not the goals are met: the line says it), 2 not measured.
//
//   NAME -> peers installed and started -> input generated -> rounds, own and peers in turn -> medians -> goals
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorWords } from 'tocsin/protocol/errors.ts';
import { BENCH_LIMITS } from './config.ts';
import { gateBench } from './gate.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { goalsLine } from './goals.ts';
import { importBench } from './import.ts';
import { indexBench } from './index.ts';
import { listsBench } from './lists.ts';
import { lookupBench } from './lookup.ts';
import { scanBench } from './scan.ts';
import { renderTable } from './table.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
  scan: scanBench,
  import: importBench,
  gate: gateBench,
  index: indexBench,
  lookup: lookupBench,
  lists: listsBench,
};
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const name = positionals[0];
  if (name === undefined) {
    process.stdout.write(`${usage()}\n`);
    return 0;
  }
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    process.stderr.write(`Cannot run the bench '${name}': there is none of that name, want one of these\n`);
    process.stderr.write(`${usage()}\n`);
    return 2;
  }
  return runBench(name, bench, values.quick);
}

function usage(): string {
  const lines = Object.entries(BENCHES).map(([name, bench]) => `  ${name.padEnd(10)}${bench.describe}`);
  return ['npm run bench -- NAME [--quick]', ...lines].join('\n');
}

async function runBench(name: string, bench: Bench, quick: boolean): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-bench-'));
  const cleanUps: (() => Promise<void> | void)[] = [
    () => rmSync(directory, { recursive: true, force: true }),
  ];
  const interruption = new AbortController();
  const context: BenchContext = {
    quick,
    directory,
    signal: interruption.signal,
    say: (line) => process.stderr.write(`${line}\n`),
    atEnd: (cleanUp) => cleanUps.push(cleanUp),
  };
  for (const name of SIGNALS) process.on(name, () => interruption.abort(new Error(`stopped by ${name}`)));
  const busy = busyNote();
  if (busy !== null) context.say(busy);
  try {
    const result = await bench.run(context);
    report(name, busy === null ? result : { ...result, notes: [...result.notes, busy] }, quick);
    return 0;
  } catch (error) {
    process.stderr.write(`bench ${name}: ${errorWords(error)}\n`);
    return interruption.signal.aborted ? 130 : 2;
  } finally {
    await cleanAll(cleanUps);
  }
}

/** Figures of a busy machine are worth little: that is said before and after. Null on a quiet one. */
function busyNote(): string | null {
  const load = loadavg()[0] ?? 0;
  if (load <= BENCH_LIMITS.quietLoad) return null;
  return `Not a quiet machine: load ${load.toFixed(1)} before the start. Figures are lower than they would be alone.`;
}

/** Latest first; one that fails is told and does not keep the others from running. */
async function cleanAll(cleanUps: (() => Promise<void> | void)[]): Promise<void> {
  for (let next = cleanUps.pop(); next !== undefined; next = cleanUps.pop()) {
    try {
      await next();
    } catch (error) {
      process.stderr.write(`cleaning up: ${errorWords(error)}\n`);
    }
  }
}

function report(name: string, result: BenchResult, quick: boolean): void {
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB`;
  const head = `bench ${name}${quick ? ' --quick' : ''}: Node ${process.versions.node}, ${machine}`;
  const parts = [head, ...result.tables.map(renderTable), ...result.notes];
  process.stdout.write(`${parts.join('\n\n')}\n\n${goalsLine(name, result.goals)}\n`);
}

process.exitCode = await main(process.argv.slice(2));
