// `tocsin`: from words to an exit status. Loads the one subcommand that is asked for and nothing else, so that
// the program starts fast.
//
//   argv ─► subcommands.ts: which? ─► its file ─► commander: words fit? ─► action ─► 0, 1 or 2 (130 on Ctrl-C)
//                                                      │ no                  │ throws
//                                                      ▼                     ▼
//                                              one sentence, a hint, 2   failure.ts: one sentence, a hint, 2
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { defaultHome } from '../client/state/home.ts';
import { TocsinError } from '../protocol/errors.ts';
import { systemWorld } from '../protocol/world.ts';
import type { Cli } from './command.ts';
import { EXIT, tellFailure } from './failure.ts';
import { onInterrupt } from './interrupt.ts';
import { SUBCOMMANDS } from './subcommands.ts';
import { Terminal } from './terminal.ts';

/** A reader that went away (`| head`) ends us as SIGPIPE ends other programs: quietly. */
const EXIT_PIPE = 141;

/** Runs the program with these words and sets the process's exit status. */
export async function main(words: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT_PIPE);
      throw error;
    });
  const terminal = new Terminal();
  const cli: Cli = {
    terminal,
    home: defaultHome(),
    world: systemWorld,
    version: readVersion(),
    interrupted: onInterrupt,
    run: async (action) => {
      process.exitCode = await action();
    },
  };
  try {
    await runWords(cli, words[0] === 'help' ? [...words.slice(1, 2), '--help'] : words);
  } catch (error) {
    process.exitCode =
      error instanceof CommanderError ? exitOf(error) : tellFailure(terminal, await explained(cli, error));
  }
}

/** A journal that is damaged stops whatever asks the hub: its own way out is told. */
async function explained(cli: Cli, error: unknown): Promise<unknown> {
  if (!(error instanceof TocsinError) || error.code !== 'corrupt') return error;
  return (await import('./journal-hint.ts')).withJournalHint(cli, error);
}

async function runWords(cli: Cli, words: readonly string[]): Promise<void> {
  const wanted = SUBCOMMANDS.find(({ name }) => name === words[0]);
  if (wanted === undefined) {
    const program = rootCommand(cli);
    for (const { name, summary, group } of SUBCOMMANDS)
      program.command(name).description(summary).helpGroup(group).allowUnknownOption();
    await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
    return;
  }
  const command = (await wanted.load())(cli);
  dress(command, cli);
  await rootCommand(cli)
    .addCommand(command)
    .parseAsync([...words], { from: 'user' });
}

function rootCommand(cli: Cli): Command {
  const program = new Command('tocsin')
    .description('Tells you which files, web addresses, hosts and IP addresses can be trusted.')
    .version(cli.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .usage('COMMAND [OPTIONS]')
    .addHelpText('after', ROOT_HELP);
  dress(program, cli);
  return program;
}

const ROOT_HELP = `
Example:
  tocsin scan ~/Downloads    look at every file there
  tocsin scan --help         what scan can do

Exit status: 0 nothing found, 1 something found, 2 failed.
State is kept in TOCSIN_HOME; colours are left out with NO_COLOR=1.`;

/** Errors in the words of the house; commander throws instead of ending the process. */
function dress(command: Command, { terminal }: Cli): void {
  command.exitOverride().showSuggestionAfterError(true);
  command.configureHelp({ styleTitle: (text) => terminal.style('bold', text) });
  command.configureOutput({
    writeOut: (text) => terminal.out(text),
    writeErr: (text) => terminal.note(text.trimEnd()),
    outputError: (text) => {
      const words = text
        .replace(/^error: /, '')
        .replace(/\s+/g, ' ')
        .trim();
      terminal.note(`${terminal.styleError('red', 'tocsin:')} ${words}`);
      terminal.hint(`run '${fullName(command)} --help'`);
    },
  });
  for (const child of command.commands) dress(child, { terminal } as Cli);
}

/** All words that lead to the command, as a person types them. */
function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

/** Help and version are what was asked for; all else that commander throws are words it cannot read. */
function exitOf(error: CommanderError): number {
  return error.exitCode === 0 ? EXIT.ok : EXIT.failed;
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
