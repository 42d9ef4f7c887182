// How entries of the journal, and what a check of it found, are shown to a person. No I/O.
import { messageOf } from '../catalog/catalog.ts';
import type { SentEntry } from '../client/journal/read.ts';
import type { SentState } from '../client/journal/record.ts';
import type { Verification } from '../client/journal/verify.ts';
import { toBase64 } from '../protocol/base64.ts';
import type { Style } from './terminal.ts';
import { counted, printable, size } from './words.ts';

export const STATE_STYLES: Readonly<Record<SentState, Style>> = {
  unknown: 'gray',
  sent: 'yellow',
  acknowledged: 'green',
};

/** `2026-01-15 00:02:01 UTC` of ISO 8601 in UTC. */
export function second(iso: string): string {
  return printable(`${iso.slice(0, 19).replace('T', ' ')} UTC`);
}

/** As one JSON object, the body in base64. */
export function entryJson(entry: SentEntry): string {
  return JSON.stringify({ ...entry, body: entry.body === null ? null : toBase64(entry.body) });
}

/** Name and value of what is known of an entry, for a table. */
export function entryFacts(entry: SentEntry): readonly (readonly [name: string, value: string])[] {
  const { at, receiver, message, reason, consent, method, path, headers } = entry;
  const why = messageOf(message)?.reasons[reason];
  const facts: [string, string][] = [
    ['Entry', String(entry.id)],
    ['When', second(at)],
    ['To', receiver],
    ['Message', `${message}${messageOf(message) === undefined ? '' : ` (${messageOf(message)!.title})`}`],
    ['Reason', `${reason}${why === undefined ? '' : `: ${why}`}`],
    ['Consent', consent === 0 ? 'none was given' : `record ${consent}`],
    ['State', stateWords(entry)],
    ['Size', size(entry.size)],
    ['Request', `${method} ${path}`],
    ...headers.map(([name, value]): [string, string] => ['', `${name}: ${value}`]),
  ];
  return facts.map(([name, value]) => [name, printable(value)]);
}

function stateWords({ state, status, answeredAt }: SentEntry): string {
  const when = answeredAt === null ? '' : ` at ${second(answeredAt)}`;
  switch (state) {
    case 'unknown':
      return 'unknown: it may have left, in whole or in part; nothing came back';
    case 'sent':
      return status === null
        ? `sent: all of it left; the connection broke${when}`
        : `sent: all of it left; the answer was ${status}${when}`;
    case 'acknowledged':
      return `acknowledged with ${status}${when}`;
  }
}

/** What the request says, in lines that a terminal can show; null where there is nothing to read. */
export function readable({ body, clear }: SentEntry): readonly string[] | null {
  const text = clear ?? (body === null ? null : utf8(body));
  if (text === null || text === '') return null;
  return pretty(text)
    .split('\n')
    .map((line) => printable(line));
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.trimEnd();
  }
}

/** Null for bytes that are no text. */
function utf8(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** One sentence. */
export function verificationWords(found: Verification): string {
  switch (found.kind) {
    case 'ok':
      return okWords(found);
    case 'broken':
      return found.id === null
        ? `The journal does not hold: ${found.why}.`
        : `The journal does not hold from ${found.part} ${found.id} on: ${found.why}.`;
    case 'missing':
      return found.from === found.to
        ? `The journal does not hold: ${found.part} ${found.from} is missing.`
        : `The journal does not hold: ${found.part}s ${found.from} to ${found.to} are missing.`;
    case 'unreadable':
      return `The journal cannot be checked. ${found.why}.`;
  }
}

function okWords({
  requests,
  from,
  to,
  begun,
  after,
  pruned,
}: Extract<Verification, { kind: 'ok' }>): string {
  const range = from === null || from === to ? '' : ` (${from} to ${to})`;
  const gone = pruned.requests === 0 ? '' : ` ${counted(pruned.requests, 'older one')} went for age or size.`;
  const earlier = after === 'set-aside' ? ' An earlier one lies set aside: it could not be opened.' : '';
  return `The journal holds: ${counted(requests, 'entry', 'entries')}${range}, begun ${second(begun)}.${gone}${earlier}`;
}
