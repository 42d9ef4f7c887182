// `tocsin completion`: prints a script for a shell, made from the subcommands themselves, so that it cannot
// tell of options that are not there.
import type { Command, Option } from 'commander';
import { Argument } from 'commander';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import type { CompletedCommand } from './completion-scripts.ts';
import { bashScript, fishScript, zshScript } from './completion-scripts.ts';
import { EXIT } from './failure.ts';
import { SUBCOMMANDS } from './subcommands.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;

export const define: Define = (cli) =>
  subcommand(
    'completion',
    'Prints a script with which your shell completes commands, options and files of tocsin.',
    [
      { command: 'source <(tocsin completion bash)', does: 'in ~/.bashrc' },
      { command: 'source <(tocsin completion zsh)', does: 'in ~/.zshrc, after compinit' },
      { command: 'tocsin completion fish | source', does: 'in ~/.config/fish/config.fish' },
    ],
  )
    .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(SCRIPTS)))
    .action((shell: Shell) =>
      cli.run(async () => {
        cli.terminal.out(SCRIPTS[shell](await completedCommands(cli)));
        return EXIT.ok;
      }),
    );

/** Every subcommand with what can stand after it. */
export async function completedCommands(cli: Cli): Promise<readonly CompletedCommand[]> {
  return Promise.all(
    SUBCOMMANDS.map(async ({ name, summary, load }) => ({
      ...completed((await load())(cli)),
      name,
      summary,
    })),
  );
}

/** Subcommands whose words are files. */
const TAKES_FILES = new Set(['scan', 'check', 'vouch', 'allow', 'deny', 'clear', 'export']);

function completed(command: Command): CompletedCommand {
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    options: [...command.options.map(optionOf), { long: '--help', summary: 'print help', choices: [] }],
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    files: TAKES_FILES.has(command.name()),
    children: command.commands.map(completed),
  };
}

function optionOf(option: Option): CompletedCommand['options'][number] {
  return { long: option.long ?? option.flags, summary: option.description, choices: option.argChoices ?? [] };
}
