// `tocsin check`: asks about single objects, by the same ladder as a scan.

import type { Answer } from '../client/lookup/answer.ts';
import { mostExact } from '../client/lookup/answer.ts';
import type { Machine } from '../client/machine.ts';
import type { AnsweredBy } from '../protocol/verdict.ts';
import { ANSWERED_BY, polarity } from '../protocol/verdict.ts';
import type { Cli, Define } from './command.ts';
import { subcommand } from './command.ts';
import { EXIT, tellFailure } from './failure.ts';
import { freshenLists, withMachine } from './machine.ts';
import { tellMissing } from './missing.ts';
import type { Asked, FileAlgorithm } from './objects.ts';
import { askedFor } from './objects.ts';
import { levelStyle, printable } from './words.ts';

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
    ],
  )
    .argument('<object...>', 'what to ask about')
    .option('--json', 'print one JSON object a line, a summary last')
    .action((words: string[], options: { json?: true }) =>
      cli.run(() =>
        withMachine(cli, (machine) => checkAll(cli, machine, words, options.json === true), {
          asks: 'asked',
        }),
      ),
    );

interface Tally {
  objects: number;
  found: number;
  failed: number;
  readonly answeredBy: Record<AnsweredBy, number>;
}

async function checkAll(
  cli: Cli,
  machine: Machine,
  words: readonly string[],
  json: boolean,
): Promise<number> {
  const signal = cli.interrupted();
  await freshenLists(cli, machine, signal);
  const zeros = Object.fromEntries(ANSWERED_BY.map((name) => [name, 0])) as Record<AnsweredBy, number>;
  const tally: Tally = { objects: 0, found: 0, failed: 0, answeredBy: zeros };
  for (const word of words) {
    if (signal.aborted) break;
    await checkOne(cli, machine, word, json, tally);
  }
  if (json)
    cli.terminal.out(`${JSON.stringify({ summary: { ...tally, missing: machine.ladder.missing } })}\n`);
  if (machine.joined !== null) tellMissing(cli, machine.ladder.missing);
  if (signal.aborted) return EXIT.interrupted;
  if (tally.found > 0) return EXIT.found;
  return tally.failed > 0 || machine.weakened ? EXIT.failed : EXIT.ok;
}

async function checkOne(
  cli: Cli,
  machine: Machine,
  word: string,
  json: boolean,
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
  const answer = await lookUp(machine, asked);
  tally.objects++;
  tally.answeredBy[answer.answeredBy]++;
  if (polarity(answer.verdict.level) === 'bad') tally.found++;
  if (json) {
    const { object, path, size } = asked;
    const { verdict, answeredBy } = answer;
    const file = path === null ? {} : { path, sha256: object.slice('sha256:'.length), size };
    cli.terminal.out(`${JSON.stringify({ object, ...file, verdict, answeredBy })}\n`);
  } else show(cli, asked, answer, machine.ladder.missing);
}

/**
 * As a scan does: a file's weaker digests count where its SHA-256 is not known here, and where the owner decided by
 * one; the hub gets the SHA-256 alone.
 */
async function lookUp({ ladder, overrides }: Machine, { path, key, keys }: Asked): Promise<Answer> {
  const isFile = path !== null;
  const exact = isFile ? ladder.near([key]) : null;
  const byAlias = exact?.answeredBy !== 'override' && keys.some(({ kind }) => overrides.has(kind));
  const near = exact === null || byAlias ? ladder.near(keys) : exact;
  if (near !== null) return near;
  const farKeys = isFile ? [key] : keys;
  return mostExact(farKeys, await ladder.far(farKeys));
}

function show(
  { terminal }: Cli,
  asked: Asked,
  { verdict, answeredBy }: Answer,
  missing: string | null,
): void {
  const row = (name: string, text: string): void => terminal.out(`  ${name.padEnd(10)}${text}\n`);
  terminal.out(`${printable(asked.path ?? asked.object)}\n`);
  const named = [verdict.name, verdict.category].filter((text) => text !== null).join(', ');
  const level = terminal.style(levelStyle(verdict.level), verdict.level);
  terminal.out(
    `  ${level}${' '.repeat(Math.max(1, 10 - verdict.level.length))}${printable(named)}`.trimEnd(),
  );
  terminal.out('\n');
  if (verdict.reason !== null)
    row('because', `${printable(verdict.reason)} (source: ${printable(verdict.source ?? 'unnamed')})`);
  row('answer', answererWords(answeredBy, missing));
  if (asked.path !== null) row('sha256', asked.object.slice('sha256:'.length));
}

/** Who answered, for a person. */
function answererWords(answeredBy: AnsweredBy, missing: string | null): string {
  switch (answeredBy) {
    case 'override':
      return 'by your own override on this machine';
    case 'list':
      return 'by the lists on this machine';
    case 'cache':
      return 'by an earlier answer of the hub, kept here';
    case 'relay':
      return 'by the relay';
    case 'hub':
      return 'by the hub';
    case 'none':
      return `by nobody: the lists here do not know it, and ${missing ?? 'nobody else could be asked'}`;
  }
}
