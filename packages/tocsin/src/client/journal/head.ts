// The sealed head of the journal (spec/journal.md, 3): where both chains begin and end, what was pruned, how much is
// kept. It is renewed in the transaction of each change, so that a tail that is cut off is missed. No I/O.
import { TocsinError } from '../../protocol/errors.ts';
import { record, whole } from '../../protocol/lookup.ts';
import type { Link } from './record.ts';
import { CHAIN_START } from './record.ts';

/** `first`: the anchor, the place before the first record that is kept. `last`: the newest record. */
export interface Chain {
  readonly first: Link;
  readonly last: Link;
}

export interface JournalHead {
  /** When this journal was begun, ISO 8601 in UTC. */
  readonly begun: string;
  /** `set-aside`: an earlier journal that could not be opened lies beside it. */
  readonly after: 'nothing' | 'set-aside';
  readonly requests: Chain;
  readonly answers: Chain;
  /** Time of the first request that is kept; null where none is. */
  readonly oldest: string | null;
  /** Bytes of all sealed rows that are kept. */
  readonly bytes: number;
  /** Requests that age or size have taken away, and when last. */
  readonly pruned: { readonly requests: number; readonly at: string | null };
}

export function newHead(begun: string, after: JournalHead['after']): JournalHead {
  const chain: Chain = { first: CHAIN_START, last: CHAIN_START };
  return {
    begun,
    after,
    requests: chain,
    answers: chain,
    oldest: null,
    bytes: 0,
    pruned: { requests: 0, at: null },
  };
}

export function headBytes({ begun, after, requests, answers, oldest, bytes, pruned }: JournalHead): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, begun, after, requests, answers, oldest, bytes, pruned }));
}

/** Throws `format`. */
export function parseHead(plain: Uint8Array): JournalHead {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(plain).toString());
  } catch {
    throw bad();
  }
  const o = record(value, 'head of the journal');
  const { begun, after, oldest } = o;
  const pruned = record(o['pruned'], 'head of the journal');
  if (o['v'] !== 1 || typeof begun !== 'string' || (after !== 'nothing' && after !== 'set-aside'))
    throw bad();
  return {
    begun,
    after,
    requests: chain(o['requests']),
    answers: chain(o['answers']),
    oldest: textOrNull(oldest),
    bytes: whole(o['bytes'], 'bytes', 0, Number.MAX_SAFE_INTEGER),
    pruned: {
      requests: whole(pruned['requests'], 'pruned', 0, Number.MAX_SAFE_INTEGER),
      at: textOrNull(pruned['at']),
    },
  };
}

function chain(value: unknown): Chain {
  const o = record(value, 'head of the journal');
  return { first: link(o['first']), last: link(o['last']) };
}

function link(value: unknown): Link {
  const o = record(value, 'head of the journal');
  const { chain: text } = o;
  if (typeof text !== 'string' || !/^[0-9a-f]{64}$/.test(text)) throw bad();
  return { id: whole(o['id'], 'id', 0, Number.MAX_SAFE_INTEGER), chain: text };
}

function textOrNull(value: unknown): string | null {
  if (value !== null && typeof value !== 'string') throw bad();
  return value;
}

function bad(): TocsinError {
  return new TocsinError(
    'format',
    'Cannot read the head of the journal: it has another shape, want it as written',
  );
}
