// One object asked about, and its answer as a person and as a program read it: shared by all that `tocsin check` knows.
import type { Answer } from '../client/lookup/answer.ts';
import { mostExactMatch, nobodyKnows } from '../client/lookup/answer.ts';
import type { Machine } from '../client/machine.ts';
import type { AnsweredBy } from '../protocol/verdict.ts';
import { ANSWERED_BY, polarity } from '../protocol/verdict.ts';
import type { Cli } from './command.ts';
import { EXIT } from './failure.ts';
import { freshenLists } from './machine.ts';
import { tellMissing } from './missing.ts';
import type { Asked } from './objects.ts';
import { levelStyle, printable } from './words.ts';

export interface Found {
  readonly answer: Answer;
  /** Which of the object's expressions is known; null where none is. */
  readonly matched: string | null;
}

/** Rows for a person and members for a program that an object has beside its answer. */
export interface Facts {
  readonly rows: readonly (readonly [name: string, text: string])[];
  readonly json: Readonly<Record<string, unknown>>;
}

export const NO_FACTS: Facts = { rows: [], json: {} };

export interface Tally {
  objects: number;
  found: number;
  failed: number;
  readonly answeredBy: Record<AnsweredBy, number>;
}

/** Fresh lists, then each of `words`, then a summary; the exit status of `tocsin check`. */
export async function askEach(
  cli: Cli,
  machine: Machine,
  words: readonly string[],
  json: boolean,
  ask: (word: string, tally: Tally, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const signal = cli.interrupted();
  await freshenLists(cli, machine, signal);
  const zeros = Object.fromEntries(ANSWERED_BY.map((name) => [name, 0])) as Record<AnsweredBy, number>;
  const tally: Tally = { objects: 0, found: 0, failed: 0, answeredBy: zeros };
  for (const word of words) {
    if (signal.aborted) break;
    await ask(word, tally, signal);
  }
  if (json)
    cli.terminal.out(`${JSON.stringify({ summary: { ...tally, missing: machine.ladder.missing } })}\n`);
  if (machine.joined !== null) tellMissing(cli, machine.ladder.missing);
  if (signal.aborted) return EXIT.interrupted;
  if (tally.found > 0) return EXIT.found;
  return tally.failed > 0 || machine.weakened ? EXIT.failed : EXIT.ok;
}

/** Near rungs first, then the hub: what is known of the most exact of the object's keys. */
export async function askLadder({ ladder }: Machine, { keys, expressions }: Asked): Promise<Found> {
  const near = ladder.nearMatch(keys);
  if (near !== null) return { answer: near.answer, matched: expressions[near.index]! };
  return await askHub(ladder, keys, expressions);
}

/** What the hub knows, for an object of which nobody near does. */
export async function askHub(
  ladder: Machine['ladder'],
  keys: Asked['keys'],
  expressions: readonly string[],
): Promise<Found> {
  const answers = await ladder.far(keys);
  const far = mostExactMatch(keys, answers);
  if (far === null) return { answer: nobodyKnows(answers), matched: null };
  return { answer: far.answer, matched: expressions[far.index]! };
}

/** Counts the answer and prints it. */
export function tell(
  cli: Cli,
  asked: Asked,
  found: Found,
  how: { readonly json: boolean; readonly missing: string | null; readonly facts?: Facts },
  tally: Tally,
): void {
  const { verdict, answeredBy } = found.answer;
  tally.objects++;
  tally.answeredBy[answeredBy]++;
  if (polarity(verdict.level) === 'bad') tally.found++;
  const facts = how.facts ?? NO_FACTS;
  if (how.json) {
    const line = { object: asked.object, ...facts.json, matched: found.matched, verdict, answeredBy };
    cli.terminal.out(`${JSON.stringify(line)}\n`);
  } else show(cli, asked, found, how.missing, facts);
}

function show({ terminal }: Cli, asked: Asked, found: Found, missing: string | null, facts: Facts): void {
  const { verdict, answeredBy } = found.answer;
  const row = (name: string, text: string): void => terminal.out(`  ${name.padEnd(10)}${printable(text)}\n`);
  terminal.out(`${printable(asked.path ?? asked.object)}\n`);
  const named = [verdict.name, verdict.category].filter((text) => text !== null).join(', ');
  const level = terminal.style(levelStyle(verdict.level), verdict.level);
  terminal.out(
    `  ${level}${' '.repeat(Math.max(1, 10 - verdict.level.length))}${printable(named)}`.trimEnd(),
  );
  terminal.out('\n');
  if (found.matched !== null && asked.keys.length > 1) row('matched', found.matched);
  if (verdict.reason !== null) row('because', `${verdict.reason} (source: ${verdict.source ?? 'unnamed'})`);
  row('answer', answererWords(answeredBy, missing));
  for (const [name, text] of facts.rows) row(name, text);
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
