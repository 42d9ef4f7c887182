// `tocsin sent verify`, `export` and `set-aside`: what is done with the journal as a whole.
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { setJournalAside } from '../client/journal/aside.ts';
import { Journal, verifyJournal } from '../client/journal/journal.ts';
import type { Verification } from '../client/journal/verify.ts';
import type { LocalKeySource } from '../client/state/local-key.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { Cli } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, HintedError } from './failure.ts';
import { KEY_HINT, keyProblem, wayOut } from './journal-hint.ts';
import { verificationWords } from './sent-words.ts';
import { counted, printable } from './words.ts';

export function verifier(cli: Cli): Command {
  return subcommand(
    'verify',
    'Checks that no entry of the journal was changed, moved or taken away. A whole older copy that was put back is not found.\nExit status: 0 it holds, 1 it does not, 2 it cannot be checked.',
    [{ command: 'tocsin sent verify', does: 'one sentence' }],
  )
    .summary('check that nothing was changed or taken away')
    .option('--json', 'print one JSON object')
    .action((_options: object, command: Command) =>
      // Commander takes --json for that of `sent`, wherever it stands.
      cli.run(() => verify(cli, command.optsWithGlobals<{ json?: true }>().json === true)),
    );
}

function verify(cli: Cli, json: boolean): number {
  const found = verifyJournal(cli.home, cli.world, keyOf(cli));
  if (json) cli.terminal.out(`${JSON.stringify(found ?? { kind: 'none' })}\n`);
  else if (found === null) cli.terminal.out('There is no journal here: nothing that left is recorded.\n');
  else cli.terminal.out(`${verificationWords(found)}\n`);
  if (found?.kind === 'unreadable') cli.terminal.hint(wayOut(keyOf(cli)));
  return statusOf(found);
}

function statusOf(found: Verification | null): number {
  switch (found?.kind) {
    case undefined:
    case 'ok':
      return EXIT.ok;
    case 'broken':
    case 'missing':
      return EXIT.found;
    case 'unreadable':
      return EXIT.failed;
  }
}

export function exporter(cli: Cli): Command {
  return subcommand(
    'export',
    'Writes the whole journal as JSON lines, oldest first, with the chain values by which anybody can check it, and what a check says as the last line. It is readable: keep it as you keep what it tells.\nExit status: as of verify.',
    [
      { command: 'tocsin sent export sent.jsonl', does: 'into a new file that only you can read' },
      { command: 'tocsin sent export | zstd > sent.zst', does: 'to another program' },
    ],
  )
    .summary('write all of it, for somebody else to check')
    .argument('[file]', 'a new file; stdout where none is named')
    .action((file: string | undefined) => cli.run(() => exportTo(cli, file)));
}

async function exportTo(cli: Cli, file: string | undefined): Promise<number> {
  const { terminal } = cli;
  using journal = Journal.openIfThere(cli.home, cli.world, keyOf(cli));
  if (journal === null) {
    terminal.note('Nothing was exported: there is no journal here, nothing that left is recorded.');
    return EXIT.ok;
  }
  let found: Verification | null = null;
  const lines = withVerdict(journal, (verdict) => {
    found = verdict;
  });
  if (file === undefined) {
    for (const line of lines) {
      terminal.out(line);
      await terminal.outRoom;
    }
  } else terminal.note(`${counted(writeNew(file, lines), 'line')} written to ${printable(file)}.`);
  return statusOf(found);
}

function* withVerdict(journal: Journal, onVerdict: (found: Verification) => void): Generator<string> {
  yield* journal.exportLines();
  const found = journal.verify();
  onVerdict(found);
  yield `${JSON.stringify({ verify: found })}\n`;
}

/** A new file for its owner alone, durable on return; none where it fails. Returns how many lines it has. */
function writeNew(file: string, lines: Iterable<string>): number {
  let open: number;
  try {
    open = openSync(file, 'wx', 0o600);
  } catch (cause) {
    throw notWritten(cause, 'a new name in a directory where you may write');
  }
  try {
    let count = 0;
    for (const line of lines) {
      const bytes = Buffer.from(line);
      for (let at = 0; at < bytes.length; ) at += writeSync(open, bytes, at);
      count++;
    }
    fsyncSync(open);
    return count;
  } catch (cause) {
    rmSync(file, { force: true });
    throw cause instanceof TocsinError ? cause : notWritten(cause, 'a disk with room');
  } finally {
    closeSync(open);
  }
}

function notWritten(cause: unknown, want: string): TocsinError {
  const { code } = cause as NodeJS.ErrnoException;
  const state = code === 'EEXIST' ? 'the file is there already' : `the system says ${code}`;
  return new TocsinError('io', `Cannot export the journal: ${state}, want ${want}`, { cause });
}

export function asider(cli: Cli): Command {
  return subcommand(
    'set-aside',
    'Renames a journal that cannot be used and begins a new one, so that this machine can send again. The old file stays as it is, for who can still open it; the new journal says that there was one before.',
    [{ command: 'tocsin sent set-aside', does: 'asks first' }],
  )
    .summary('put a journal that cannot be used out of the way')
    .option('--yes', 'do not ask')
    .action((options: { yes?: true }) => cli.run(() => setAside(cli, options.yes === true)));
}

async function setAside(cli: Cli, sure: boolean): Promise<number> {
  const { terminal, home, world } = cli;
  const found = verifyJournal(home, world, keyOf(cli));
  if (found === null || found.kind === 'ok')
    throw new HintedError(
      'input',
      'Cannot set the journal aside: there is nothing wrong with it, want one that does not hold',
      'it is bounded by age and size, and nothing else takes from it',
    );
  const problem = keyProblem(keyOf(cli));
  if (problem !== null) throw new HintedError(problem.code, problem.message, KEY_HINT);
  terminal.note(verificationWords(found));
  if (!sure) await askFirst(cli);
  terminal.out(`The journal lies in ${setJournalAside(home, world)} now; the next entry begins a new one.\n`);
  return EXIT.ok;
}

async function askFirst({ terminal }: Cli): Promise<void> {
  if (terminal.canAsk) {
    const answer = await terminal.ask('Set it aside and begin a new one? Type yes or no: ');
    if (answer.toLowerCase() === 'yes') return;
  }
  throw new HintedError(
    'input',
    'Cannot set the journal aside: nobody said yes, want an answer or --yes',
    'nothing was changed',
  );
}

function keyOf({ home, world }: Cli): LocalKeySource {
  return lazyLocalKey(home, world);
}
