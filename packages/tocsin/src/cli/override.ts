// `tocsin override`: what the owner of this machine decides by hand. Wins over everything, stays here.
import type { Command } from 'commander';
import type { OverrideAction } from '../client/lookup/overrides.ts';
import { Overrides } from '../client/lookup/overrides.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, HintedError } from './failure.ts';
import { askedFor } from './objects.ts';
import { counted, moment, printable } from './words.ts';

export const define: Define = (cli) => {
  const command = subcommand(
    'override',
    'Allows or denies single objects on this machine. An override wins over every list and the hub, and is shown as such.',
    [
      {
        command: 'tocsin override allow ./build/tool',
        does: 'this file content is trusted here, wherever it lies',
      },
      {
        command: 'tocsin override deny evil.example --note "phish of 3 March"',
        does: 'a host and all below it',
      },
      { command: 'tocsin override clear evil.example', does: 'take it back' },
      { command: 'tocsin override list', does: 'show what is set' },
    ],
  );
  command.addCommand(setter(cli, 'allow', 'trust these objects on this machine'));
  command.addCommand(setter(cli, 'deny', 'treat these objects as malicious on this machine'));
  command.addCommand(clearer(cli));
  command.addCommand(lister(cli));
  return command;
};

const OBJECT = 'a file, digest, web address, host or IP address (as for tocsin check)';

function setter(cli: Cli, action: OverrideAction, description: string): Command {
  return subcommand(action, `${description[0]!.toUpperCase()}${description.slice(1)}.`, [
    {
      command: `tocsin override ${action} sha256:275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f`,
      does: 'by digest',
    },
  ])
    .summary(description)
    .argument('<object...>', OBJECT)
    .option('--note <text>', 'why, for yourself')
    .action((words: string[], options: { note?: string }) =>
      cli.run(() =>
        withOverrides(cli, (overrides) => setAll(cli, overrides, action, words, options.note ?? null)),
      ),
    );
}

function clearer(cli: Cli): Command {
  return subcommand('clear', 'Takes overrides back.', [
    { command: 'tocsin override clear evil.example', does: 'ask lists and hub again' },
  ])
    .summary('take overrides back')
    .argument('<object...>', OBJECT)
    .action((words: string[]) =>
      cli.run(() => withOverrides(cli, (overrides) => clearAll(cli, overrides, words))),
    );
}

function lister(cli: Cli): Command {
  return subcommand('list', 'Shows the overrides of this machine.', [
    { command: 'tocsin override list', does: 'one a line' },
  ])
    .summary('show what is set')
    .option('--json', 'print one JSON object a line')
    .action((options: { json?: true }) =>
      cli.run(() => withOverrides(cli, async (overrides) => showAll(cli, overrides, options.json === true))),
    );
}

async function withOverrides(cli: Cli, work: (overrides: Overrides) => Promise<number>): Promise<number> {
  const overrides = Overrides.open(cli.home, cli.world);
  try {
    return await work(overrides);
  } finally {
    overrides.close();
  }
}

async function setAll(
  { terminal }: Cli,
  overrides: Overrides,
  action: OverrideAction,
  words: readonly string[],
  note: string | null,
): Promise<number> {
  for (const word of words) {
    const { key, object, path } = await askedFor(word, ['sha256']);
    overrides.set(action, key, object, note ?? path);
    const done = terminal.style(
      action === 'allow' ? 'green' : 'red',
      action === 'allow' ? 'allowed' : 'denied',
    );
    terminal.out(`${done}  ${object}${path === null ? '' : `  (the content of ${printable(path)})`}\n`);
    if (KEY_KINDS[key.kind].alias)
      terminal.hint(
        `this holds for every file of that ${key.kind === 'file-md5' ? 'MD5' : 'SHA-1'}, whatever a list says of it, and such files can be made on purpose; a SHA-256 means one content only`,
      );
  }
  return EXIT.ok;
}

async function clearAll({ terminal }: Cli, overrides: Overrides, words: readonly string[]): Promise<number> {
  for (const word of words) {
    const { key, object } = await askedFor(word, ['sha256']);
    if (!overrides.clear(key))
      throw new HintedError(
        'not-found',
        `Cannot clear the override of '${object}': none is set, want one of those that are`,
        "run 'tocsin override list'",
      );
    terminal.out(`cleared  ${object}\n`);
  }
  return EXIT.ok;
}

function showAll({ terminal }: Cli, overrides: Overrides, json: boolean): number {
  const rows = overrides.list();
  if (json) {
    for (const { action, object, note, at } of rows)
      terminal.out(`${JSON.stringify({ action, object, note, at })}\n`);
    return EXIT.ok;
  }
  for (const { action, object, note, at } of rows) {
    const word = terminal.style(action === 'allow' ? 'green' : 'red', action.padEnd(5));
    terminal.out(`${word}  ${object}  since ${moment(at)}${note === null ? '' : `  ${printable(note)}`}\n`);
  }
  terminal.note(
    rows.length === 0 ? 'No overrides are set on this machine.' : `${counted(rows.length, 'override')}.`,
  );
  return EXIT.ok;
}
