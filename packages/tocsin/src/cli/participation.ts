// `tocsin participation`: shows or sets what may leave. Anything but `off` needs the Statement to be accepted:
// by its hash, or by a person who has it before their eyes.
import { Argument } from 'commander';
import type { ParticipationLevel } from '../catalog/consent.ts';
import { PARTICIPATION_LEVELS } from '../catalog/consent.ts';
import { renderStatement, statementAsText } from '../catalog/statement.ts';
import { effectiveLevel, readParticipation, setParticipation } from '../client/participation.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, HintedError } from './failure.ts';
import { levelWords, participationWords } from './participation-words.ts';

export const define: Define = (cli) =>
  subcommand(
    'participation',
    'Shows what may leave this machine, or sets it. Lists are received at every level.',
    [
      { command: 'tocsin participation', does: 'show the level in force' },
      { command: 'tocsin participation standard', does: 'read the Statement and decide' },
      {
        command: 'tocsin participation standard --accept SHA256',
        does: 'in a script: accept the Statement of this hash',
      },
      { command: 'tocsin participation off', does: 'nothing is asked any more, at once' },
    ],
  )
    .addArgument(new Argument('[level]', 'what may leave').choices(PARTICIPATION_LEVELS))
    .option('--accept <sha256>', "the hash that 'tocsin statement' prints, as a sign that you read it")
    .option('--json', 'print one JSON object')
    .action((level: ParticipationLevel | undefined, options: { accept?: string; json?: true }) =>
      cli.run(async () => {
        if (level !== undefined) await change(cli, level, options.accept ?? null);
        show(cli, options.json === true);
        return EXIT.ok;
      }),
    );

async function change(cli: Cli, level: ParticipationLevel, accept: string | null): Promise<void> {
  const statement = renderStatement();
  const read = accept?.toLowerCase() ?? (level === 'off' ? null : await acceptByHand(cli, level));
  setParticipation(cli.home, level, read, statement, cli.world);
}

/** Shows the Statement and asks; the hash of what was shown for a yes. Throws `input` for anything else. */
async function acceptByHand({ terminal }: Cli, level: ParticipationLevel): Promise<string> {
  const statement = renderStatement();
  if (!terminal.canAsk)
    throw new HintedError(
      'input',
      `Cannot set participation to '${level}': nobody is here to accept the Statement, want --accept with its SHA-256`,
      "read it with 'tocsin statement'; its last line is the SHA-256",
    );
  terminal.note(statementAsText(statement));
  const answer = await terminal.ask(
    `Do you accept this Statement and set participation to '${level}'? Type yes or no: `,
  );
  if (answer.toLowerCase() === 'yes') return statement.sha256;
  throw new HintedError(
    'input',
    `Cannot set participation to '${level}': the Statement was not accepted`,
    'nothing was changed',
  );
}

function show({ home, terminal }: Cli, json: boolean): void {
  const statement = renderStatement();
  const participation = readParticipation(home);
  const level = effectiveLevel(participation, statement);
  if (json) {
    terminal.out(`${JSON.stringify({ level, chosen: participation, statementSha256: statement.sha256 })}\n`);
    return;
  }
  terminal.out(`Participation is ${terminal.style('bold', level)}: ${levelWords(level)}\n`);
  for (const line of participationWords(participation, statement)) terminal.out(`${line}\n`);
  if (participation.kind === 'alarm')
    terminal.hint("set it again: 'tocsin participation off' or 'tocsin participation standard'");
  else if (level === 'off')
    terminal.hint(
      "to let look-ups out, run 'tocsin participation standard'; 'tocsin statement' tells what they send",
    );
}
