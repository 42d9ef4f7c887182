// `tocsin check`: asks about single objects, by the same ladder as a scan.
import type { Machine } from '../client/machine.ts';
import type { Facts, Found, Tally } from './answers.ts';
import { askEach, askHub, askLadder, NO_FACTS, tell } from './answers.ts';
import { certificateCommand } from './check-certificate.ts';
import { historyFacts } from './check-history.ts';
import { wifiCommand } from './check-wifi.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { tellFailure } from './failure.ts';
import { withMachine } from './machine.ts';
import type { Asked, FileAlgorithm } from './objects.ts';
import { askedFor } from './objects.ts';

export const define: Define = (cli) =>
  subcommand(
    'check',
    'Asks about files, digests, web addresses, hosts and IP addresses. A name like evil[.]example is understood.\nExit status: 0 nothing bad, 1 something bad, 2 failed.',
    [
      { command: 'tocsin check ./setup.exe', does: 'a file: its content is hashed here and stays here' },
      { command: 'tocsin check https://evil.example/login', does: 'a web address' },
      { command: 'tocsin check 192.0.2.7 evil.example', does: 'an IP address and a host' },
      {
        command: 'tocsin check md5:44d88612fea8a8f36de82e1278abb02f',
        does: 'a digest, also SHA-1 and SHA-256',
      },
      { command: 'tocsin check --history evil.example', does: 'who said what of it: asks the hub by name' },
      { command: 'tocsin check certificate evil.example:443', does: 'the certificates that a server shows' },
      { command: 'tocsin check wifi "Free Wifi" 02:00:5e:10:00:01', does: 'a Wi-Fi network' },
    ],
  )
    .argument('<object...>', 'what to ask about; a file called certificate or wifi is written ./certificate')
    .option('--json', 'print one JSON object a line, a summary last')
    .option(
      '--history',
      'ask the hub who said what of it, by its whole digest; leaves with participation extended only',
    )
    .action((words: string[], options: Options) =>
      cli.run(() =>
        withMachine(
          cli,
          (machine) =>
            askEach(cli, machine, words, options.json === true, (word, tally) =>
              checkOne(cli, machine, word, options, tally),
            ),
          { asks: 'asked' },
        ),
      ),
    )
    .addCommand(certificateCommand(cli))
    .addCommand(wifiCommand(cli));

interface Options {
  readonly json?: true;
  readonly history?: true;
}

async function checkOne(
  cli: Cli,
  machine: Machine,
  word: string,
  { json, history }: Options,
  tally: Tally,
): Promise<void> {
  const { ladder } = machine;
  const algorithms: FileAlgorithm[] = ['sha256'];
  if (ladder.wantsAlias('file-md5')) algorithms.push('md5');
  if (ladder.wantsAlias('file-sha1')) algorithms.push('sha1');
  let asked: Asked;
  try {
    asked = await askedFor(word, algorithms);
  } catch (error) {
    tally.failed++;
    tellFailure(cli.terminal, error);
    return;
  }
  const found = asked.path === null ? await askLadder(machine, asked) : await askAboutFile(machine, asked);
  const own = factsOf(asked);
  const told = history === true ? await historyFacts(machine, asked, found) : NO_FACTS;
  const facts: Facts = { rows: [...own.rows, ...told.rows], json: { ...own.json, ...told.json } };
  tell(cli, asked, found, { json: json === true, missing: ladder.missing, facts }, tally);
}

/**
 * As a scan does: a file's weaker digests count where its SHA-256 is not known here, and where the owner decided by
 * one; the hub gets the SHA-256 alone.
 */
async function askAboutFile({ ladder, overrides }: Machine, asked: Asked): Promise<Found> {
  const { key, keys, expressions } = asked;
  const exact = ladder.nearMatch([key]);
  const byAlias = exact?.answer.answeredBy !== 'override' && keys.some(({ kind }) => overrides.has(kind));
  const near = exact === null || byAlias ? ladder.nearMatch(keys) : exact;
  if (near !== null) return { answer: near.answer, matched: expressions[near.index]! };
  return await askHub(ladder, [key], expressions);
}

function factsOf({ object, path, size }: Asked): Facts {
  if (path === null) return NO_FACTS;
  const sha256 = object.slice('sha256:'.length);
  return { rows: [['sha256', sha256]], json: { path, sha256, size } };
}
