// `tocsin sent`: what left this machine, entry by entry, from its own journal. Asks nobody, sends nothing.
import type { Command } from 'commander';
import { Option } from 'commander';
import { Journal } from '../client/journal/journal.ts';
import type { EntryFilter, SentEntry } from '../client/journal/read.ts';
import type { SentState } from '../client/journal/record.ts';
import { SENT_STATES } from '../client/journal/record.ts';
import { lazyLocalKey } from '../client/state/local-key.ts';
import { shown, TocsinError } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, HintedError } from './failure.ts';
import { asider, exporter, verifier } from './sent-whole.ts';
import { entryFacts, entryJson, readable, STATE_STYLES, second } from './sent-words.ts';
import { parseWhen } from './when.ts';
import { counted, printable, size } from './words.ts';

export const SENT_LIMITS = {
  /** Entries that a person is shown unless they ask for more. */
  shown: 50,
} as const;

export const define: Define = (cli) => {
  const command = subcommand(
    'sent',
    'Shows everything that left this machine, newest first, as it stands in the journal on its disk. Times are UTC.\nExit status: 0 shown, 1 entries that cannot be read, 2 failed.',
    [
      { command: 'tocsin sent', does: 'the newest entries' },
      {
        command: 'tocsin sent --since 2h --message lookup',
        does: 'look-ups of the last two hours',
      },
      { command: 'tocsin sent show 17', does: 'one entry, with all that it said' },
      { command: 'tocsin sent verify', does: 'check that nothing was changed or taken away' },
      { command: 'tocsin sent export sent.jsonl', does: 'all of it, for somebody else to check' },
    ],
  )
    .option('--since <when>', 'begun then or later: 2h, 7d, 2026-11-30, 2026-11-30T18:00')
    .option('--until <when>', 'begun before')
    .option('--message <id>', 'only this message (tocsin catalog names them)')
    .addOption(new Option('--state <state>', 'only with this state').choices(SENT_STATES))
    .option('--limit <n>', `so many at most (${SENT_LIMITS.shown}, with --json all)`)
    .option('--json', 'print one JSON object a line, bodies in base64')
    .action((options: ListWords) =>
      cli.run(() => withJournal(cli, (journal) => list(cli, journal, options))),
    );
  for (const make of [shower, verifier, exporter, asider]) command.addCommand(make(cli));
  return command;
};

interface ListWords {
  readonly since?: string;
  readonly until?: string;
  readonly message?: string;
  readonly state?: SentState;
  readonly limit?: string;
  readonly json?: true;
}

/** Commander takes --json for that of `sent`, wherever it stands. */
interface ShowWords {
  readonly json?: true;
  readonly raw?: true;
}

function shower(cli: Cli): Command {
  return subcommand('show', 'Shows one entry: where it went, why, and what it said.', [
    { command: 'tocsin sent show 17', does: 'for a person' },
    { command: 'tocsin sent show 17 --raw > body', does: 'the bytes of the body, as they left' },
  ])
    .summary('show one entry with all that it said')
    .argument('<id>', "number of the entry, as 'tocsin sent' shows it")
    .option('--json', 'print one JSON object, the body in base64')
    .option('--raw', 'write the bytes of the body to stdout, and nothing else')
    .action((id: string, _options: object, command: Command) =>
      cli.run(() =>
        withJournal(cli, (journal) =>
          show(cli, journal, wholeNumber('entry', id), command.optsWithGlobals<ShowWords>()),
        ),
      ),
    );
}

/** Runs `work` with the journal; null where nothing was ever written down. */
async function withJournal(
  cli: Cli,
  work: (journal: Journal | null) => number | Promise<number>,
): Promise<number> {
  using journal = Journal.openIfThere(cli.home, cli.world, lazyLocalKey(cli.home, cli.world));
  return await work(journal);
}

async function list({ terminal, world }: Cli, journal: Journal | null, words: ListWords): Promise<number> {
  const filter = filterOf(words, world.clock.now());
  const limit = limitOf(words);
  if (journal === null) {
    terminal.note('There is no journal here: nothing that left is recorded.');
    return EXIT.ok;
  }
  const damaged: number[] = [];
  let count = 0;
  let more = false;
  for (const entry of journal.entries(filter, (id) => damaged.push(id))) {
    if (count === limit) {
      more = true;
      break;
    }
    count++;
    terminal.out(words.json === true ? `${entryJson(entry)}\n` : line({ terminal }, entry));
    await terminal.outRoom;
  }
  if (words.json !== true) terminal.note(summary(count, more, Object.keys(filter).length > 0));
  if (damaged.length === 0) return EXIT.ok;
  terminal.warn(`${counted(damaged.length, 'entry', 'entries')} cannot be read, from ${damaged.at(-1)} on`);
  terminal.hint("run 'tocsin sent verify'");
  return EXIT.found;
}

function filterOf({ since, until, message, state }: ListWords, now: number): EntryFilter {
  return {
    ...(since === undefined ? {} : { since: parseWhen(since, now) }),
    ...(until === undefined ? {} : { until: parseWhen(until, now) }),
    ...(message === undefined ? {} : { message }),
    ...(state === undefined ? {} : { state }),
  };
}

function limitOf({ limit, json }: ListWords): number {
  if (limit !== undefined) return wholeNumber('limit', limit);
  return json === true ? Infinity : SENT_LIMITS.shown;
}

function wholeNumber(what: string, text: string): number {
  const n = /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
  if (n > 0) return n;
  throw new TocsinError('input', `Cannot use the ${what} '${shown(text)}': it is none, want a number from 1`);
}

function line({ terminal }: Pick<Cli, 'terminal'>, entry: SentEntry): string {
  const { id, at, state, message, reason } = entry;
  const styled = terminal.style(STATE_STYLES[state], state.padEnd(12));
  const what = `${message.padEnd(18)} ${reason.padEnd(16)}`;
  return `${String(id).padStart(7)}  ${second(at)}  ${styled}  ${printable(what)} ${size(entry.size).padStart(9)}\n`;
}

function summary(count: number, more: boolean, filtered: boolean): string {
  if (count === 0) return filtered ? 'No entry fits.' : 'The journal is empty.';
  return more
    ? `The newest ${counted(count, 'entry', 'entries')}; --limit shows more.`
    : `${counted(count, 'entry', 'entries')}.`;
}

async function show(
  { terminal }: Cli,
  journal: Journal | null,
  id: number,
  { json, raw }: ShowWords,
): Promise<number> {
  const entry = journal?.entry(id) ?? null;
  if (entry === null)
    throw new HintedError(
      'not-found',
      `Cannot show entry ${id}: it is not in the journal, want one that is`,
      "run 'tocsin sent' to see them; the oldest go after a year",
    );
  if (json === true) terminal.out(`${entryJson(entry)}\n`);
  else if (raw === true) await writeBytes(entry.body ?? new Uint8Array(0));
  else showText(terminal, entry);
  return EXIT.ok;
}

function showText(terminal: Cli['terminal'], entry: SentEntry): void {
  for (const [name, value] of entryFacts(entry))
    terminal.out(`${terminal.style('bold', name.padEnd(9))} ${value}\n`);
  const lines = readable(entry);
  if (lines === null) {
    terminal.out(entry.size === 0 ? '\nIt had no body.\n' : '\nIts body is no text: --raw writes it.\n');
    return;
  }
  const sealed = entry.clear === null ? '' : ' (sealed to the hub on its way; --raw writes the sealed bytes)';
  terminal.out(`\nWhat it said${sealed}:\n\n${lines.join('\n')}\n`);
}

/** The one output that is no text. */
async function writeBytes(bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve())),
  );
}
