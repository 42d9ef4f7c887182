// `tocsin catalog`: every datum that can leave a machine, item by item. Asks nobody and reads no setting: what
// may leave this machine now is in `tocsin preview`.
import { Option } from 'commander';
import { ITEMS, MESSAGES, messageOf, messagesWith } from '../catalog/catalog.ts';
import { dictionaryAsMarkdown } from '../catalog/dictionary.ts';
import type { Item } from '../catalog/item.ts';
import { EDITIONS } from '../catalog/item.ts';
import { allSchemas, schemaOf } from '../catalog/json-schema.ts';
import { marked } from '../catalog/statement/document.ts';
import { plain } from '../catalog/statement/render-text.ts';
import type { Language } from '../catalog/statement/words.ts';
import { LANGUAGES, wordsIn } from '../catalog/statement/words.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT } from './failure.ts';
import { printable } from './words.ts';

interface Options {
  readonly json?: true;
  readonly dictionary?: true;
  readonly schema?: string;
  readonly lang: Language;
}

export const define: Define = (cli) =>
  subcommand(
    'catalog',
    'Prints every datum that can leave a machine: what it is, when it leaves, what it is read from.',
    [
      { command: 'tocsin catalog', does: 'read all of it' },
      { command: 'tocsin catalog wifi object.sha256', does: 'a group, and a single item' },
      { command: 'tocsin catalog --json', does: 'for programs: an array of items with all that is declared' },
      {
        command: 'tocsin catalog --dictionary --lang de',
        does: 'the data dictionary as Markdown, in German',
      },
      { command: 'tocsin catalog --schema detection', does: 'JSON Schema of a message; of all with `all`' },
    ],
  )
    .argument('[name...]', 'groups or items; all where none is given')
    .option('--json', 'print one JSON array')
    .addOption(new Option('--dictionary', 'print the data dictionary as Markdown').conflicts('json'))
    .addOption(
      new Option('--schema <message>', 'print the JSON Schema of a message')
        .choices(['all', ...MESSAGES.map(({ id }) => id)])
        .conflicts(['json', 'dictionary']),
    )
    .addOption(new Option('--lang <language>', 'language of the texts').choices(LANGUAGES).default('en'))
    .action((names: string[], options: Options) =>
      cli.run(() => {
        cli.terminal.out(print(cli, names, options));
        return EXIT.ok;
      }),
    );

function print(cli: Cli, names: readonly string[], { json, dictionary, schema, lang }: Options): string {
  if (names.length > 0 && (dictionary === true || schema !== undefined))
    throw new TocsinError(
      'input',
      `Cannot show '${printable(names[0]!)}': dictionary and schema are not of single items, want no name`,
    );
  if (dictionary === true) return dictionaryAsMarkdown(lang);
  if (schema !== undefined) return asSchema(schema);
  const items = named(names);
  return json === true ? asJson(items, lang) : items.map((item) => asText(cli, item, lang)).join('\n');
}

function asSchema(message: string): string {
  const schema = message === 'all' ? allSchemas() : schemaOf(messageOf(message)!);
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Items of these ids or groups, in catalog order; throws `not-found` for a name of neither. */
function named(names: readonly string[]): readonly Item[] {
  const fits = ({ id }: Item, name: string) => id === name || id.startsWith(`${name}.`);
  for (const name of names)
    if (!ITEMS.some((item) => fits(item, name)))
      throw new TocsinError(
        'not-found',
        `Cannot show '${printable(name)}': no item or group has that name, want one of 'tocsin catalog'`,
      );
  return names.length === 0 ? ITEMS : ITEMS.filter((item) => names.some((name) => fits(item, name)));
}

/** As declared, with the messages that carry it; `what` in the language asked for. */
function asJson(items: readonly Item[], language: Language): string {
  const words = wordsIn(language);
  return `${JSON.stringify(
    items.map((item) => ({ ...item, what: marked(words.catalog(item.id)), messages: messagesWith(item.id) })),
    null,
    2,
  )}\n`;
}

function asText(cli: Cli, item: Item, language: Language): string {
  const { collector, editions, participation, proof, retentionDays } = item;
  const days = retentionDays === 0 ? 'for the answer only' : `${retentionDays} days`;
  const facts: readonly [name: string, value: string][] = [
    ['leaves at', participation === 'connection' ? 'every participation' : participation],
    ['editions', editions.length === EDITIONS.length ? 'all' : editions.join(', ')],
    ['changed by', item.transform],
    ['needed for', item.purposes.join(', ')],
    ['kept', proof === 'in-force' ? `while in force, then ${days}` : days],
    ['sent in', messagesWith(item.id).join(', ')],
    ['read from', `${collector.reads}${collector.state === 'planned' ? ' (planned: not sent yet)' : ''}`],
    ['rows', item.statement.length === 0 ? 'none' : item.statement.join(', ')],
  ];
  const lines = facts.map(([name, value]) => `  ${name.padEnd(11)} ${value}\n`);
  const what = plain(wordsIn(language).catalog(item.id));
  return `${cli.terminal.style('bold', item.id)}\n  ${what}\n${lines.join('')}`;
}
