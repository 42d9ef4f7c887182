// `bench scan`: how fast a machine scans files, beside clamd with the same list and beside sha256sum on the
// same files. All programs run as a user runs them; each round runs all of them in turn, so that a busy moment
// of the machine meets all. Each scanner must find the planted files, or nothing is reported.
import { rmSync } from 'node:fs';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Clamd } from './clamd.ts';
import { PEER_THREADS, SCAN_BENCH, SCAN_GOALS } from './config.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { atLeast, atMost } from './goals.ts';
import { countLines } from './lines.ts';
import { freshHome, runTocsin } from './own.ts';
import type { Measured } from './process.ts';
import { measure, peakResidentMb } from './process.ts';
import type { ScanStage } from './scan-stage.ts';
import { setScanStage } from './scan-stage.ts';
import type { Table } from './table.ts';
import { median } from './table.ts';
import type { Tree } from './tree.ts';

export const scanBench: Bench = {
  describe: 'files scanned per second beside clamd and sha256sum; second scan; memory of the agent',
  run: runScanBench,
};

/** One program over one tree, round by round. */
interface Contender {
  readonly name: string;
  readonly tree: Tree;
  /** Seconds of the whole process, and of the same process on an empty directory: its start. */
  readonly whole: number[];
  readonly start: number[];
  rssMb: number;
}

type Runner = (path: string) => Promise<Measured>;

async function runScanBench(context: BenchContext): Promise<BenchResult> {
  const stage = await setScanStage(context);
  const { own, clamd, sha } = await firstScans(stage);
  const again = await rescans(stage);
  const first = clamd === null ? [own, sha] : [own, clamd, sha];
  const rates = { own: work(own), again: again.tree.files / work(again) };
  return {
    tables: [firstTable(first), rescanTable(again)],
    notes: [...stage.notes, startNote(own, clamd, sha)],
    goals: {
      files_vs_clamd: atLeast(clamd === null ? null : work(clamd) / rates.own, SCAN_GOALS.filesVsClamd),
      bytes_vs_sha256sum: atLeast(work(sha) / rates.own, SCAN_GOALS.bytesVsSha256sum),
      rescan_files_per_s: atLeast(rates.again, SCAN_GOALS.rescanFilesPerSecond),
      agent_rss_mb: atMost(Math.max(own.rssMb, again.rssMb), SCAN_GOALS.agentRssMb),
    },
  };
}

async function firstScans(
  stage: ScanStage,
): Promise<{ own: Contender; clamd: Contender | null; sha: Contender }> {
  const own = contender('tocsin scan', stage.tree);
  const sha = contender(`find | xargs -P${PEER_THREADS} sha256sum`, stage.tree);
  const clamd = stage.clamd === null ? null : contender('clamdscan --multiscan --fdpass', stage.tree);
  await sha256sumRunner(stage)(stage.tree.path); // brings all files into the page cache, for all contenders
  const length = stage.context.quick ? 'quick' : 'full';
  const rounds = SCAN_BENCH.rounds[length];
  const clamdRounds = SCAN_BENCH.clamdRounds[length];
  for (let round = 0; round < rounds; round++) {
    stage.context.say(`first scan, round ${round + 1} of ${rounds}`);
    const home = freshHome(stage.context, stage.joined, `machine-${round}`);
    await freshenLists(stage, home);
    await playRound(stage, own, ownRunner(stage, home));
    if (round === rounds - 1) await checkOwn(stage, home, stage.tree);
    rmSync(home, { recursive: true, force: true });
    if (clamd !== null && stage.clamd !== null && round < clamdRounds)
      await playRound(stage, clamd, clamdRunner(stage, stage.clamd));
    await playRound(stage, sha, sha256sumRunner(stage));
  }
  return { own, clamd, sha };
}

/** The first scan fills the cache and is not counted; the rounds are scans of files that did not change. */
async function rescans(stage: ScanStage): Promise<Contender> {
  const again = contender('tocsin scan, again', stage.manyFiles);
  const home = freshHome(stage.context, stage.joined, 'machine-again');
  const run = ownRunner(stage, home);
  stage.context.say(`first scan of ${stage.manyFiles.files} files`);
  again.rssMb = (await run(stage.manyFiles.path)).rssMb;
  const rounds = SCAN_BENCH.rounds[stage.context.quick ? 'quick' : 'full'];
  for (let round = 0; round < rounds; round++) {
    stage.context.say(`second scan, round ${round + 1} of ${rounds}`);
    await freshenLists(stage, home);
    await playRound(stage, again, run);
  }
  await checkOwn(stage, home, stage.manyFiles);
  return again;
}

/** A scan asks for newer lists where the last look is half a minute ago; here neither the start nor the scan has to. */
async function freshenLists({ context }: ScanStage, home: string): Promise<void> {
  await runTocsin(home, { context, name: 'sync', words: ['sync'] });
}

async function playRound(stage: ScanStage, contender: Contender, run: Runner): Promise<void> {
  contender.start.push((await run(stage.empty)).seconds);
  const whole = await run(contender.tree.path);
  contender.whole.push(whole.seconds);
  contender.rssMb = Math.max(contender.rssMb, whole.rssMb);
}

/** As a person runs it; status 1 is "found", which the planted files make sure of. */
function ownRunner(stage: ScanStage, home: string): Runner {
  return async (path) => {
    const { context } = stage;
    const statuses = [path === stage.empty ? 0 : 1];
    return runTocsin(home, { context, name: 'scan', words: ['scan', path], statuses });
  };
}

function clamdRunner(stage: ScanStage, clamd: Clamd): Runner {
  return async (path) => {
    const run = await measure({
      path: clamd.scanner,
      words: [...clamd.scannerWords, path],
      directory: stage.context.directory,
      signal: stage.context.signal,
      name: 'clamdscan',
      statuses: [path === stage.empty ? 0 : 1],
    });
    if (path !== stage.empty) expectCount('clamdscan', countLines(run.out, ' FOUND'), SCAN_BENCH.planted);
    return { ...run, rssMb: run.rssMb + peakResidentMb(clamd.pid) };
  };
}

function sha256sumRunner(stage: ScanStage): Runner {
  const pipe = `find "$1" -type f -print0 | xargs -0 -r -P${PEER_THREADS} sha256sum`;
  return (path) =>
    measure({
      path: '/bin/sh',
      words: ['-c', pipe, 'sh', path],
      directory: stage.context.directory,
      signal: stage.context.signal,
      name: 'sha256sum',
      statuses: [0],
    });
}

/** Not timed: every file of the tree was reported, and the planted ones as malicious. */
async function checkOwn(stage: ScanStage, home: string, tree: Tree): Promise<void> {
  const { context } = stage;
  const words = ['scan', '--json', tree.path];
  const run = await runTocsin(home, { context, name: 'scan-check', words, statuses: [1] });
  expectCount('tocsin scan', countLines(run.out, '"level":"malicious"'), SCAN_BENCH.planted);
  expectCount('tocsin scan', countLines(run.out, '"sha256":"'), tree.files);
  rmSync(run.out);
}

function expectCount(name: string, count: number, want: number): void {
  if (count === want) return;
  throw new TocsinError('corrupt', `Cannot trust the run of '${name}': it reported ${count}, want ${want}`);
}

function contender(name: string, tree: Tree): Contender {
  return { name, tree, whole: [], start: [], rssMb: 0 };
}

/** Median seconds of the scan alone, without the start of the program. */
function work(contender: Contender): number {
  return median(contender.whole) - median(contender.start);
}

function firstTable(contenders: readonly Contender[]): Table {
  const { tree } = contenders[0]!;
  return {
    title: `First scan: ${tree.files} files, ${tree.bytes / 1e6} MB, page cache warm, list of ${SCAN_BENCH.listRows} hashes`,
    columns: ['program', 'whole s', 'start s', 'scan s', 'files/s', 'MB/s', 'MB resident'],
    rows: contenders.map((c) => [...columnsOf(c), c.tree.bytes / 1e6 / work(c), c.rssMb]),
  };
}

function rescanTable(again: Contender): Table {
  return {
    title: `Second scan: ${again.tree.files} unchanged files in ${again.tree.directories} directories`,
    columns: ['program', 'whole s', 'start s', 'scan s', 'files/s', 'MB resident'],
    rows: [[...columnsOf(again), again.rssMb]],
  };
}

function columnsOf(c: Contender): (string | number)[] {
  return [c.name, median(c.whole), median(c.start), work(c), c.tree.files / work(c)];
}

/** Rates leave the start out, on both sides; this says what a single run with its start comes to. */
function startNote(own: Contender, clamd: Contender | null, sha: Contender): string {
  const versus = (other: Contender): string => (median(other.whole) / median(own.whole)).toFixed(2);
  const clamdPart = clamd === null ? '' : `${versus(clamd)} x clamdscan, `;
  return `Rates are without the start of each program (an empty directory). With it: ${clamdPart}${versus(sha)} x sha256sum.`;
}
