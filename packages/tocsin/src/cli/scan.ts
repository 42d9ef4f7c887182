// `tocsin scan`: wires machine, hash threads and cache to the scan, and prints what it says. Decides nothing.
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ScanCache } from '../agent/cache.ts';
import { openCache } from '../agent/cache.ts';
import { countAhead } from '../agent/count-ahead.ts';
import { HashPool } from '../agent/hash-pool.ts';
import { keepYoungHeapSmall } from '../agent/memory.ts';
import type { ScanResult, ScanSummary } from '../agent/scan.ts';
import { problemWords, scan } from '../agent/scan.ts';
import { makeHome } from '../client/home.ts';
import type { Machine } from '../client/machine.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { polarity } from '../protocol/verdict.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, tellFailure } from './failure.ts';
import { freshenLists, withMachine } from './machine.ts';
import { tellMissing } from './missing.ts';
import { scanProgress } from './progress.ts';
import { ResultLines } from './result-lines.ts';
import { summaryLines } from './scan-words.ts';
import { levelStyle, printable } from './words.ts';

export const define: Define = (cli) =>
  subcommand(
    'scan',
    'Looks at every file below some paths: known good, unknown, or bad. Changes nothing.\nExit status: 0 nothing bad found, 1 something bad found, 2 failed, 130 stopped by Ctrl-C (with the summary so far).',
    [
      { command: 'tocsin scan ~/Downloads', does: 'shows what is bad, and a summary' },
      { command: 'tocsin scan --all /opt', does: 'shows every file with its verdict' },
      { command: 'tocsin scan --json / > scan.jsonl', does: 'one JSON object a file, the summary last' },
    ],
  )
    .argument('<path...>', 'files and directories; links are followed only where you name one')
    .option('--all', 'show every file, not only bad ones')
    .option('--json', 'print one JSON object a line, {"summary":…} last')
    .option('--no-cache', 'hash every file anew, and keep nothing')
    .option('--offline', 'do not refresh the lists before')
    .action((paths: string[], options: ScanWords) => cli.run(() => run(cli, paths, options)));

interface ScanWords {
  readonly all?: true;
  readonly json?: true;
  readonly cache: boolean;
  readonly offline?: true;
}

async function run(cli: Cli, words: readonly string[], options: ScanWords): Promise<number> {
  keepYoungHeapSmall();
  const { paths, wrong } = existing(cli, words);
  if (paths.length === 0) return EXIT.failed;
  await using pool = new HashPool();
  pool.start(); // while lists and cache are opened
  return await withMachine(cli, async (machine) => {
    const summary = await scanWith(cli, { machine, pool }, paths, options);
    return exitOf(summary, wrong);
  });
}

async function scanWith(
  cli: Cli,
  { machine, pool }: { readonly machine: Machine; readonly pool: HashPool },
  paths: readonly string[],
  options: ScanWords,
): Promise<ScanSummary> {
  const signal = cli.interrupted();
  if (options.offline !== true) await freshenLists(cli, machine, signal);
  const cache = options.cache ? openCacheOrNone(cli) : null;
  const lines = new ResultLines(cli.terminal);
  try {
    const summary = await scan(paths, {
      pool,
      cache,
      ladder: machine.ladder,
      world: cli.world,
      signal,
      ...(options.json === true || options.all === true ? {} : { wants: isBad }),
      onResult: printer(cli, lines, options),
      resultRoom: () => lines.room,
      onProblem: (problem) => cli.terminal.note(`${printable(problem.path)}: ${problemWords(problem)}`),
      ...(cli.terminal.showsProgress
        ? { onProgress: scanProgress(cli.terminal, countAhead(paths, cli.world.clock)) }
        : {}),
    });
    lines.flush();
    cli.terminal.progress('');
    tellSummary(cli, machine, summary, options.json === true);
    return summary;
  } finally {
    lines.flush();
    cache?.close();
  }
}

/** Paths that are not there are told at once; the others are scanned. */
function existing(
  cli: Cli,
  words: readonly string[],
): { readonly paths: readonly string[]; readonly wrong: number } {
  const paths = words.filter((word) => {
    try {
      lstatSync(word);
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const state = code === 'ENOENT' ? 'there is no such file or directory' : `the system says ${code}`;
      tellFailure(
        cli.terminal,
        new TocsinError('io', `Cannot scan '${printable(word)}': ${state}, want one that exists`),
      );
      return false;
    }
  });
  return { paths: paths.map((path) => resolve(path)), wrong: words.length - paths.length };
}

/** A cache that cannot be used costs time, never a scan. */
function openCacheOrNone(cli: Cli): ScanCache | null {
  try {
    makeHome(cli.home);
    return openCache(cli.home, cli.world);
  } catch (error) {
    cli.terminal.warn(`scanning without the cache of earlier scans: ${errorWords(error)}`);
    return null;
  }
}

function printer({ terminal }: Cli, lines: ResultLines, options: ScanWords): (result: ScanResult) => void {
  if (options.json === true) return (result) => lines.put(`${JSON.stringify(result)}\n`);
  return ({ path, verdict, answeredBy }) => {
    const { level } = verdict;
    const named = [verdict.name, verdict.category, verdict.source && `by ${verdict.source}`]
      .filter(Boolean)
      .join(', ');
    const more = answeredBy === 'override' ? 'your own override' : named;
    lines.put(
      `${terminal.style(levelStyle(level), level.padEnd(10))} ${printable(path)}${more ? `  (${printable(more)})` : ''}\n`,
    );
  };
}

function isBad({ level }: Verdict): boolean {
  return polarity(level) === 'bad';
}

function tellSummary(cli: Cli, machine: Machine, summary: ScanSummary, json: boolean): void {
  const { terminal } = cli;
  if (json) {
    terminal.out(`${JSON.stringify({ summary })}\n`);
    return;
  }
  for (const line of summaryLines(summary, (style, text) => terminal.style(style, text)))
    terminal.out(`${line}\n`);
  if (machine.joined !== null) tellMissing(cli, summary.missing);
}

function exitOf(summary: ScanSummary, wrong: number): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.found > 0) return EXIT.found;
  return wrong > 0 ? EXIT.failed : EXIT.ok;
}
