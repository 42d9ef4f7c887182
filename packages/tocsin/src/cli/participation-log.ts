// `tocsin participation receipt` and `history`: the records of choices on this machine and the hub's countersignatures,
// for the person who keeps them. Asks nobody, changes nothing.
import type { Command } from 'commander';
import { Option } from 'commander';
import { asIso27560 } from '../catalog/consent-27560.ts';
import type { SignedRecord } from '../catalog/consent-record.ts';
import type { ConsentSource } from '../client/consent/source.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { Cli } from './command.ts';
import { subcommand } from './command.ts';
import { withConsents } from './consents.ts';
import { EXIT } from './failure.ts';
import { moment } from './words.ts';

export function receiptCommand(cli: Cli): Command {
  return subcommand(
    'receipt',
    'Shows the newest choice about participation as it was signed, and the hub’s countersignature under it.',
    [
      { command: 'tocsin participation receipt --json > receipt.json', does: 'to keep it' },
      { command: 'tocsin participation receipt --format 27560', does: 'in the shape of ISO/IEC TS 27560' },
    ],
  )
    .summary('the countersigned record of the newest choice')
    .option('--json', 'print one JSON object with both signed texts')
    .addOption(new Option('--format <format>', 'a shape that other systems read').choices(['27560']))
    .action((options: { json?: true; format?: '27560' }, command: Command) =>
      cli.run(() => withConsents(cli, (source) => showReceipt(cli, source, all(options, command)))),
    );
}

export function historyCommand(cli: Cli): Command {
  return subcommand('history', 'Lists every choice about participation on this machine, oldest first.', [
    { command: 'tocsin participation history', does: 'for a person' },
    { command: 'tocsin participation history --json', does: 'one JSON object a line' },
  ])
    .summary('every choice that was made')
    .option('--json', 'print one JSON object a line')
    .action((options: { json?: true }, command: Command) =>
      cli.run(() =>
        withConsents(cli, (source) => showHistory(cli, source, all(options, command).json === true)),
      ),
    );
}

/** The command above has a --json of its own, which may have taken the word. */
function all<T extends { json?: true }>(options: T, command: Command): T {
  return { ...options, ...(command.optsWithGlobals() as T) };
}

function showReceipt(
  { terminal }: Cli,
  source: ConsentSource,
  { json, format }: { json?: true; format?: '27560' },
): number {
  const newest = newestChoice(source);
  const receipt = source.receiptOf(newest);
  if (format !== undefined) {
    const { terms } = source.current().place;
    if (terms === null)
      throw new TocsinError(
        'not-found',
        "Cannot print the record: the operator's terms are not here, want them from the hub ('tocsin sync')",
      );
    const shaped = asIso27560(newest.record, newest.sha256, terms, receipt?.id ?? null);
    terminal.out(`${JSON.stringify(shaped, null, 2)}\n`);
    return EXIT.ok;
  }
  if (json === true) {
    const { record, text, sha256 } = newest;
    const signed = receipt && { id: receipt.id, receivedAt: receipt.receipt.receivedAt, text: receipt.text };
    terminal.out(`${JSON.stringify({ record, sha256, text, receipt: signed })}\n`);
    return EXIT.ok;
  }
  const row = (name: string, words: string): void =>
    terminal.out(`${terminal.style('bold', name.padEnd(16))}${words}\n`);
  for (const [name, words] of recordRows(newest)) row(name, words);
  row('Countersigned', receipt === null ? 'not yet' : moment(Date.parse(receipt.receipt.receivedAt)));
  if (receipt !== null) row('Receipt', receipt.id);
  return EXIT.ok;
}

function newestChoice(source: ConsentSource): SignedRecord {
  const newest =
    source.records().findLast(({ record }) => record.choice === 'participation') ?? source.records().at(-1);
  if (newest === undefined)
    throw new TocsinError(
      'not-found',
      "Cannot show a receipt: no choice was recorded on this machine, want one ('tocsin participation')",
    );
  return newest;
}

function recordRows({ record, sha256 }: SignedRecord): readonly (readonly [string, string])[] {
  const { statement, jurisdiction, regime, by, policy } = record;
  return [
    ['Choice', `${record.choice}: ${record.value}`],
    [
      'Made',
      `${moment(Date.parse(record.at))} by ${by === 'policy' ? `policy ${policy}` : by === 'migration' ? 'a person, with an earlier release' : 'a person'}`,
    ],
    ['Machine', record.machine],
    ['Rule', `${regime}, ${jurisdiction ?? 'place unknown'}`],
    [
      'Statement',
      statement === null
        ? 'none had to be accepted'
        : `version ${statement.version} (${statement.language}), SHA-256 ${statement.sha256}`,
    ],
    ['Record', `${record.sequence}, SHA-256 ${sha256}`],
  ];
}

function showHistory({ terminal }: Cli, source: ConsentSource, json: boolean): number {
  const receipts = source.receipts();
  for (const { record, sha256 } of source.records()) {
    const receipt = receipts.get(sha256) ?? null;
    const { sequence, at, choice, value, by, statement } = record;
    const signed = receipt?.receipt.receivedAt ?? null;
    terminal.out(
      json
        ? `${JSON.stringify({ sequence, at, choice, value, by, statement, sha256, countersigned: signed })}\n`
        : `${String(sequence).padStart(4)}  ${moment(Date.parse(at))}  ${`${choice} ${value}`.padEnd(24)}  ${by.padEnd(9)}  ${statement === null ? '' : `Statement ${statement.version}  `}${signed === null ? 'not countersigned' : 'countersigned'}\n`,
    );
  }
  return EXIT.ok;
}
