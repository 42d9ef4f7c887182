// `tocsin catalog`: every datum that can leave a machine, item by item. Asks nobody and reads no setting: what
// may leave this machine now is in `tocsin preview`.
import { ITEMS, messagesWith } from '../catalog/catalog.ts';
import type { Item } from '../catalog/item.ts';
import { EDITIONS } from '../catalog/item.ts';
import { TocsinError } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT } from './failure.ts';
import { printable } from './words.ts';

export const define: Define = (cli) =>
  subcommand(
    'catalog',
    'Prints every datum that can leave a machine: what it is, when it leaves, what it is read from.',
    [
      { command: 'tocsin catalog', does: 'read all of it' },
      { command: 'tocsin catalog wifi object.sha256', does: 'a group, and a single item' },
      { command: 'tocsin catalog --json', does: 'for programs: an array of items with all that is declared' },
    ],
  )
    .argument('[name...]', 'groups or items; all where none is given')
    .option('--json', 'print one JSON array')
    .action((names: string[], options: { json?: true }) =>
      cli.run(() => {
        const items = named(names);
        cli.terminal.out(
          options.json === true ? asJson(items) : items.map((item) => asText(cli, item)).join('\n'),
        );
        return EXIT.ok;
      }),
    );

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

function asJson(items: readonly Item[]): string {
  return `${JSON.stringify(
    items.map((item) => ({ ...item, messages: messagesWith(item.id) })),
    null,
    2,
  )}\n`;
}

function asText(cli: Cli, item: Item): string {
  const { collector, editions, participation, retentionDays } = item;
  const facts: readonly [name: string, value: string][] = [
    ['leaves at', participation === 'connection' ? 'every participation' : participation],
    ['editions', editions.length === EDITIONS.length ? 'all' : editions.join(', ')],
    ['changed by', item.transform],
    ['needed for', item.purposes.join(', ')],
    ['kept', retentionDays === 0 ? 'for the answer only' : `${retentionDays} days`],
    ['sent in', messagesWith(item.id).join(', ')],
    ['read from', `${collector.reads}${collector.state === 'planned' ? ' (planned: not sent yet)' : ''}`],
    ['rows', item.statement.length === 0 ? 'none' : item.statement.join(', ')],
  ];
  const lines = facts.map(([name, value]) => `  ${name.padEnd(11)} ${value}\n`);
  return `${cli.terminal.style('bold', item.id)}\n  ${item.what}\n${lines.join('')}`;
}
