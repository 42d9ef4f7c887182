// `tocsin join` and `tocsin rejoin`: makes this machine known to a hub and pins the hub's key, then fetches the
// lists. Sends the token's secret and a public key, no name of anything.
import type { Command } from 'commander';
import type { Joined } from '../client/channel/identity.ts';
import { rejoinHub } from '../client/channel/rejoin.ts';
import { openConsents } from '../client/consent/home.ts';
import type { ConsentParts } from '../client/consent/places.ts';
import { errorWords } from '../protocol/errors.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, HintedError } from './failure.ts';
import { withMachine } from './machine.ts';
import { levelWords } from './participation-words.ts';
import { count, size } from './words.ts';

/** A token is about 100 characters; more from stdin is no token. */
const MAX_TOKEN_INPUT = 4_096;

const EXAMPLE_URL = 'https://hub.example:8743';

export const define: Define = (cli) =>
  withArguments(
    subcommand('join', 'Joins a hub. Its key is pinned: from now on nobody else can answer in its place.', [
      { command: `tocsin join ${EXAMPLE_URL} tocsin1.…`, does: "both are printed by 'tocsin-hub token'" },
      { command: `tocsin join ${EXAMPLE_URL} -`, does: 'read the token from standard input' },
    ]),
  ).action((url: string, token: string) =>
    cli.run(async () => {
      const { joinHub } = await import('../client/channel/rejoin.ts');
      const joined = await withParts(cli, async (parts) => joinHub(parts, url, await readToken(token)));
      return welcome(cli, joined);
    }),
  );

export const defineRejoin: Define = (cli) =>
  withArguments(
    subcommand(
      'rejoin',
      'Joins again, or another hub, in place of the one before. With another hub, its lists replace the old ones\nand participation goes back to off: what you agreed to was said to the old one. Your overrides stay.',
      [{ command: `tocsin rejoin ${EXAMPLE_URL} tocsin1.…`, does: 'after the hub was set up anew' }],
    ),
  ).action((url: string, token: string) =>
    cli.run(async () => {
      const secret = await readToken(token);
      const { joined, otherHub } = await withParts(cli, (parts) => rejoinHub(parts, url, secret));
      if (otherHub) cli.terminal.note('This is another hub: the old lists are gone, participation is off.');
      return welcome(cli, joined);
    }),
  );

function withArguments(command: Command): Command {
  return command
    .argument('<url>', "the hub's address, https://HOST:PORT")
    .argument('<token>', "the join token, or '-' to read it from standard input");
}

async function withParts<T>({ home, world }: Cli, work: (parts: ConsentParts) => Promise<T>): Promise<T> {
  const consents = openConsents({ home, world });
  try {
    return await work(consents.parts);
  } finally {
    consents.close();
  }
}

/** The token as given, or from standard input, where other users of the machine cannot see it. */
async function readToken(word: string): Promise<string> {
  if (word !== '-') return word;
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > MAX_TOKEN_INPUT) break;
  }
  if (text.trim() === '' || text.length > MAX_TOKEN_INPUT)
    throw new HintedError(
      'input',
      'Cannot read the token: standard input holds none, want one line',
      'give it as the last word, or pipe it: echo TOKEN | tocsin join URL -',
    );
  return text.trim();
}

async function welcome(cli: Cli, joined: Joined): Promise<number> {
  const { terminal } = cli;
  terminal.out(`${terminal.style('green', 'Joined')} ${joined.url}\n`);
  terminal.out(`  root key  ${joined.root.id}, pinned: nobody else can answer in its place\n`);
  terminal.out(
    `  machine   ${joined.identity.machineId}, a random number; no name of this machine was sent\n`,
  );
  await withMachine(cli, async (machine) => {
    try {
      // The operator's terms belong into the Statement that a person reads next.
      await machine.refreshConsents();
      const report = await machine.refreshLists({
        onProgress: ({ bytesDone, bytes }) =>
          terminal.progress(`fetching lists  ${size(bytesDone)} of ${size(bytes)}`),
      });
      terminal.progress('');
      const files =
        report?.kind === 'updated' ? `${count(report.files)} fetched, ${size(report.bytes)}` : 'current';
      terminal.out(`  lists     ${files}\n`);
    } catch (error) {
      terminal.warn(`terms and lists could not be fetched yet. ${errorWords(error)}`);
      terminal.hint("run 'tocsin sync' later");
    }
    const { level } = machine.consents.consent();
    terminal.out(`Participation is ${terminal.style('bold', level)}: ${levelWords(level)}\n`);
    terminal.hint(
      level === 'off'
        ? "run 'tocsin scan PATH'; to let look-ups out, 'tocsin participation standard'"
        : "run 'tocsin scan PATH'",
    );
  });
  return EXIT.ok;
}
