// The Statement: what leaves this machine and what for, rendered from the catalog. Its SHA-256 is what an
// owner accepts; the same catalog gives the same bytes everywhere. No clock, no I/O.
import { createHash } from 'node:crypto';
import type { ParticipationLevel } from './consent.ts';
import { PARTICIPATION_LEVELS, reaches } from './consent.ts';
import type { Message } from './items.ts';
import { CONNECTION, LOOKUP, MESSAGES } from './items.ts';

/** Raised with every change of the text; the date is the day of that change. */
export const STATEMENT_VERSION = { version: 1, date: '2026-11-23', language: 'en' } as const;

const WIDTH = 78;

export interface Statement {
  readonly version: number;
  readonly date: string;
  readonly language: string;
  /** The text without the line that tells its hash; UTF-8, LF, ends with LF. */
  readonly text: string;
  /** SHA-256 of `text`, hex. */
  readonly sha256: string;
}

export function renderStatement(): Statement {
  const text = `${sections().join('\n\n')}\n`;
  return { ...STATEMENT_VERSION, text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** For a person: the text, then its hash. */
export function statementAsText(statement: Statement): string {
  return `${statement.text}\nSHA-256 of the text above: ${statement.sha256}\n`;
}

/** For programs: the same, with the messages and items one by one. */
export function statementAsJson(statement: Statement): string {
  const messages = MESSAGES.map((message) => ({ ...message, levels: levelsOf(message) }));
  return `${JSON.stringify({ format: 'tocsin-statement', v: 1, ...statement, messages }, null, 2)}\n`;
}

function levelsOf(message: Message): readonly ParticipationLevel[] {
  return PARTICIPATION_LEVELS.filter((level) => reaches(level, message.from));
}

function sections(): readonly string[] {
  const { version, date } = STATEMENT_VERSION;
  return [
    `WHAT LEAVES THIS MACHINE\nThe Statement of Tocsin, version ${version} of ${date}`,
    heading('In short'),
    wrap(
      'Tocsin tells you whether files, web addresses, hosts, network addresses and certificates can be trusted. It first asks this machine itself: your own decisions, then the lists it has received, then earlier answers. Only where all of these know nothing, and only if you agreed, it asks the hub that this machine joined. This text lists all that then leaves, and all that shows without any question. What is not listed does not leave.',
    ),
    ...renderMessage(CONNECTION),
    ...renderMessage(LOOKUP),
    wrap(
      'Questions about files travel together. The parts of a web address, a host or a network address are asked one by one, in envelopes of their own. A look-up travels over the connection described above, so the items listed there show with it. The hub software keeps no record of which machine asked what. A hub that somebody altered could keep one: that is why a question is so vague.',
    ),
    heading('What does not leave'),
    wrap(
      'Files or parts of them, whole digests, names and paths of files, web addresses, names of hosts, what else runs or is stored here, names of people, machines and networks. Your decisions about single objects stay on this machine, and so does what scans learned about its files (sealed with a key that is kept here).',
    ),
    heading('The three levels'),
    ...['off', 'standard', 'extended'].map((level) => levelText(level)),
    heading('Who receives it, and for how long'),
    wrap(
      "The hub that this machine joined, and whoever runs it: 'tocsin status' names its address. Nobody else. Of a connection it keeps the machine's number, a fingerprint of its key, and when it was admitted and its certificate renewed, until the machine is removed there. Of a look-up it keeps nothing.",
    ),
    heading('How to change it'),
    wrap(
      "'tocsin participation' shows the level in force. 'tocsin participation off' ends all look-ups at once, also of a scan that is running. 'tocsin participation standard' turns them on, after you accepted this text. If this text changes, nothing more is asked until you accepted the new one. A setting that is missing, damaged or cannot be read counts as off.",
    ),
  ];
}

function renderMessage(message: Message): readonly string[] {
  const levels = levelsOf(message).join(', ');
  return [
    heading(`${message.title} (levels: ${levels})`),
    wrap(`Sent ${message.when}.`),
    ...message.items.map((item) =>
      [
        wrap(`${item.id}: ${item.what}.`, '- '),
        wrap(`For: ${item.purpose}.`, '  '),
        wrap(`Example: ${item.example}`, '  '),
      ].join('\n'),
    ),
  ];
}

function levelText(level: string): string {
  const words: Record<string, string> = {
    off: 'no look-up leaves. Lists still arrive and protect; what receiving shows is listed above. What the lists do not know stays unknown.',
    standard: 'look-ups as listed above.',
    extended: 'all that this text lists. In this version that is the same as standard.',
  };
  return wrap(`${level}: ${words[level]}`, '- ');
}

function heading(text: string): string {
  return `${text}\n${'-'.repeat(text.length)}`;
}

/** Fills lines up to WIDTH; the first starts with `lead`, the others are indented by as much. */
function wrap(text: string, lead = ''): string {
  const indent = ' '.repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line !== lead && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += line === lead || line === indent ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
