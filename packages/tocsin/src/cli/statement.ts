// `tocsin statement`: the text of what leaves this machine. Asks nobody.
import { Option } from 'commander';
import { renderStatement, statementAsJson, statementAsText } from '../catalog/statement.ts';
import type { Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT } from './failure.ts';

export const define: Define = (cli) =>
  subcommand('statement', 'Prints what leaves this machine, item by item, what for, and how to change it.', [
    { command: 'tocsin statement', does: 'read it' },
    { command: 'tocsin statement --format json', does: 'for programs, with its sha256' },
  ])
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action((options: { format: string }) =>
      cli.run(() => {
        const statement = renderStatement();
        cli.terminal.out(options.format === 'json' ? statementAsJson(statement) : statementAsText(statement));
        return EXIT.ok;
      }),
    );
