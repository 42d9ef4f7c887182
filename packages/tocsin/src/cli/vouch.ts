// `tocsin vouch`: prints the files that this machine's package manager vouches for, as CSV that
// `tocsin-hub import csv` takes. Sends nothing.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { tuneForScan } from '../agent/engine.ts';
import { HashPool } from '../agent/hash-pool.ts';
import type { VouchedFile, VouchProblem, VouchSummary } from '../agent/vouch.ts';
import { vouch } from '../agent/vouch.ts';
import { onFile } from '../lists/files.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT } from './failure.ts';
import { vouchProgress } from './progress.ts';
import { ResultLines } from './result-lines.ts';
import { counted, duration, printable, size } from './words.ts';

export const define: Define = (cli) =>
  subcommand(
    'vouch',
    'Hashes the files that the package manager installed, compares them with its records, and prints those that\nmatch as CSV (sha256,name,reason). Altered files are named on stderr.\nExit status: 0 all match, 1 some are altered, 2 failed, 130 stopped by Ctrl-C.',
    [
      {
        command: 'tocsin vouch /usr/bin > good.csv',
        does: 'then: tocsin-hub import csv good.csv --level good',
      },
      { command: 'tocsin vouch --root /mnt/image', does: 'the records and files of another system' },
    ],
  )
    .argument('[path...]', 'only files in or below these; all by default')
    .option('--root <dir>', 'whose records and files', '/')
    .option('--altered <file>', 'name altered files in this file, not on stderr')
    .action((paths: string[], options: VouchWords) => cli.run(() => run(cli, paths, options)));

interface VouchWords {
  readonly root: string;
  readonly altered?: string;
}

async function run(cli: Cli, paths: readonly string[], { altered, root }: VouchWords): Promise<number> {
  tuneForScan();
  const { terminal } = cli;
  const signal = cli.interrupted();
  await using pool = new HashPool();
  pool.start(); // while the package manager's records are read
  const lines = new ResultLines(terminal);
  const tell = altered === undefined ? (line: string) => terminal.note(line) : lineWriter(altered);
  lines.put('sha256,name,reason\n');
  try {
    const summary = await vouch({
      pool,
      world: cli.world,
      root: resolve(root),
      signal,
      ...(paths.length === 0 ? {} : { under: paths.map((path) => resolve(path)) }),
      onVouched: (file) => lines.put(csvRow(file)),
      onProblem: (problem) => {
        if (problem.problem !== 'missing') tell(problemLine(problem));
      },
      ...(terminal.showsProgress ? { onProgress: vouchProgress(terminal) } : {}),
    });
    lines.flush();
    terminal.progress('');
    for (const line of summaryLines(summary)) terminal.note(line);
    if (summary.interrupted) return EXIT.interrupted;
    return summary.altered > 0 ? EXIT.found : EXIT.ok;
  } finally {
    lines.flush();
  }
}

/** Begins the file anew, and adds a line at each call. Throws `io` where it cannot be written. */
function lineWriter(path: string): (line: string) => void {
  const write = (text: string, flag: string): void =>
    onFile('write', path, () => writeFileSync(path, text, { flag, mode: 0o600 }));
  write('', 'w');
  return (line) => write(`${line}\n`, 'a');
}

function csvRow({ sha256, package: name }: VouchedFile): string {
  return `${sha256},${quoted(name)},${quoted(`installed by package ${name}, matches its records`)}\n`;
}

/** RFC 4180 */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function problemLine({ path, package: name, problem }: VouchProblem): string {
  const words = problem === 'altered' ? 'is not as its package installed it' : 'cannot be read';
  return `${printable(path)}: ${words} (package ${printable(name)})`;
}

function summaryLines(summary: VouchSummary): readonly string[] {
  const { files, vouched, altered, missing, failed, packages, bytes, elapsedMs, refused, interrupted } =
    summary;
  const parts = [
    `${counted(vouched, 'file')} vouched for`,
    `${altered} altered`,
    `${missing} not there (documentation is often left out)`,
    ...(failed > 0 ? [`${failed} not readable`] : []),
    ...(refused > 0 ? [`${counted(refused, 'line')} of the records not understood`] : []),
  ];
  const start = interrupted ? 'Stopped after' : 'Looked at';
  return [
    `${start} ${counted(files, 'file')} of ${counted(packages, 'package')}, ${size(bytes)}, in ${duration(elapsedMs)}.`,
    `${parts.join(', ')}.`,
  ];
}
