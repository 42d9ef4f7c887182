// `tocsin scan`: wires machine, hash threads and cache to the scan, and prints what it says. Decides nothing.
import { lstatSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ScanCache } from '../agent/cache.ts';
import { openCache } from '../agent/cache.ts';
import { countAhead } from '../agent/count-ahead.ts';
import { tuneForScan } from '../agent/engine.ts';
import { HashPool } from '../agent/hash-pool.ts';
import type { ScanResult, ScanSummary } from '../agent/scan.ts';
import { problemWords, scan } from '../agent/scan.ts';
import type { Machine } from '../client/machine.ts';
import { makeHome } from '../client/state/home.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { polarity } from '../protocol/verdict.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, tellFailure } from './failure.ts';
import { FoundFiles } from './found-files.ts';
import { freshenLists, withMachine } from './machine.ts';
import { tellMissing } from './missing.ts';
import { scanProgress } from './progress.ts';
import { ResultLines } from './result-lines.ts';
import { summaryLines } from './scan-words.ts';
import { counted, levelStyle, printable } from './words.ts';

/** Names that are no UTF-8 and are told one by one. */
const SHOWN_ODD_NAMES = 10;

export const define: Define = (cli) =>
  subcommand(
    'scan',
    'Looks at every file below some paths: known good, unknown, or bad. Changes nothing.\nExit status: 0 nothing bad found, 1 something bad found, 2 failed (also where a path that you named, or the\noverrides or a list of this machine, could not be read),\n130 stopped by Ctrl-C (with the summary so far).',
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
  tuneForScan();
  const { paths, wrong } = existing(cli, words);
  if (paths.length === 0) return EXIT.failed;
  await using pool = new HashPool();
  pool.start(); // while lists and cache are opened
  return await withMachine(cli, async (machine) => {
    const { summary, unscanned } = await scanWith(cli, { machine, pool }, paths, options);
    return exitOf(summary, wrong + unscanned + (machine.weakened ? 1 : 0));
  });
}

async function scanWith(
  cli: Cli,
  { machine, pool }: { readonly machine: Machine; readonly pool: HashPool },
  paths: readonly string[],
  options: ScanWords,
): Promise<{ readonly summary: ScanSummary; readonly unscanned: number }> {
  const signal = cli.interrupted();
  if (options.offline !== true) await freshenLists(cli, machine, signal);
  const cache = options.cache ? openCacheOrNone(cli) : null;
  const lines = new ResultLines(cli.terminal);
  const print = printer(cli, lines, options);
  const found = new FoundFiles();
  const named = new Set(paths.flatMap((path) => [path, realPath(path)]));
  const oddNames = new OddNames(cli);
  let unscanned = 0;
  try {
    const summary = await scan(paths, {
      pool,
      cache,
      ladder: machine.ladder,
      world: cli.world,
      signal,
      ...(options.json === true || options.all === true ? {} : { wants: isBad }),
      onResult: (result) => {
        found.add(result);
        print(result);
      },
      resultRoom: () => lines.room,
      overridesAlias: (kind) => machine.overrides.has(kind),
      onProblem: (problem) => {
        cli.terminal.note(`${printable(problem.path)}: ${problemWords(problem)}`);
        if (named.has(problem.path)) unscanned++;
      },
      onOddName: (path, bytes) => oddNames.tell(path, bytes),
      ...(cli.terminal.showsProgress
        ? { onProgress: scanProgress(cli.terminal, countAhead(paths, cli.world.clock)) }
        : {}),
    });
    lines.flush();
    cli.terminal.progress('');
    oddNames.end();
    tellSummary(cli, machine, summary, options.json === true);
    if (options.offline !== true) await found.report(cli, machine);
    return { summary, unscanned };
  } finally {
    lines.flush();
    cache?.close();
  }
}

/** The path without links; itself where that cannot be told. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Tells the first names that are no UTF-8, and how many more there were. */
class OddNames {
  readonly #cli: Cli;
  #told = 0;

  constructor(cli: Cli) {
    this.#cli = cli;
  }

  tell(path: string, bytes: string): void {
    if (++this.#told <= SHOWN_ODD_NAMES)
      this.#cli.terminal.note(`${printable(path)}: its name is no UTF-8, exactly (base64) ${bytes}`);
  }

  end(): void {
    const more = this.#told - SHOWN_ODD_NAMES;
    if (more > 0) this.#cli.terminal.note(`… and ${counted(more, 'more name')} that are no UTF-8`);
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
  if (options.json === true) return ({ alias: _, ...result }) => lines.put(`${JSON.stringify(result)}\n`);
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
  const lines = json
    ? [JSON.stringify({ summary })]
    : summaryLines(summary, (style, text) => terminal.style(style, text));
  for (const line of lines) terminal.out(`${line}\n`);
  if (machine.joined !== null) tellMissing(cli, summary.missing);
}

/** `wrong`: how many of the named paths could not be scanned themselves. */
function exitOf(summary: ScanSummary, wrong: number): number {
  if (summary.interrupted) return EXIT.interrupted;
  if (summary.found > 0) return EXIT.found;
  return wrong > 0 ? EXIT.failed : EXIT.ok;
}
