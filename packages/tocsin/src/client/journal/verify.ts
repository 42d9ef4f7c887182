// Whether the journal is as it was written: every row opens, the chains hold from the anchor to the head, none is
// missing (spec/journal.md, 5). Finds what somebody without the local key changed; a whole older copy put back is
// sound in itself and is not noticed. Changes nothing.
import { TocsinError } from '../../protocol/errors.ts';
import type { Chain, JournalHead } from './head.ts';
import type { Link } from './record.ts';
import { nextLink, parseAnswer, parseRequest } from './record.ts';
import type { JournalStore, Part, StoredRow } from './store.ts';
import { stored } from './store.ts';

export type Verification =
  | {
      readonly kind: 'ok';
      /** Kept requests; `from` and `to` are their ids, null where there are none. */
      readonly requests: number;
      readonly from: number | null;
      readonly to: number | null;
      readonly answers: number;
      readonly begun: string;
      readonly after: JournalHead['after'];
      readonly pruned: JournalHead['pruned'];
    }
  /** The first row that does not hold; `id` is null where it is the file itself. `why` is a clause for a person. */
  | { readonly kind: 'broken'; readonly part: Part; readonly id: number | null; readonly why: string }
  /** Rows `from` to `to` are gone. */
  | { readonly kind: 'missing'; readonly part: Part; readonly from: number; readonly to: number }
  /** Nothing can be said: the file or its head cannot be opened. */
  | { readonly kind: 'unreadable'; readonly why: string };

type Fault = Exclude<Verification, { kind: 'ok' }>;

/** Looks at every row; throws nothing but `conflict` and `io`. */
export function verifyStore(store: JournalStore): Verification {
  try {
    return store.attempt('check', () => {
      store.database.exec('BEGIN');
      try {
        return check(store);
      } finally {
        store.database.exec('ROLLBACK');
      }
    });
  } catch (error) {
    return unreadable(error);
  }
}

/** What an error of opening says; throws what is no finding. */
export function unreadable(error: unknown): Verification {
  if (!isFinding(error)) throw error;
  return { kind: 'unreadable', why: error.message };
}

/** True where it is about the file or its key, and does not pass by itself. */
export function isFinding(error: unknown): error is TocsinError {
  return error instanceof TocsinError && ['corrupt', 'format', 'denied'].includes(error.code);
}

function check(store: JournalStore): Verification {
  const head = store.head();
  const sums = { bytes: 0, request: 0, answer: 0 };
  for (const part of ['request', 'answer'] as const) {
    const chain = part === 'request' ? head.requests : head.answers;
    const fault = checkPart(store, part, chain, (row) => {
      sums.bytes += row.sealed.length;
      sums[part]++;
    });
    if (fault !== null) return fault;
  }
  const structure = checkStructure(store);
  if (structure !== null) return structure;
  if (sums.bytes !== head.bytes)
    return { kind: 'broken', part: 'request', id: null, why: 'the rows have other sizes than the head says' };
  return {
    kind: 'ok',
    requests: sums.request,
    from: sums.request === 0 ? null : head.requests.first.id + 1,
    to: sums.request === 0 ? null : head.requests.last.id,
    answers: sums.answer,
    begun: head.begun,
    after: head.after,
    pruned: head.pruned,
  };
}

/** Follows one chain from its anchor to the head. */
function checkPart(
  store: JournalStore,
  part: Part,
  { first, last }: Chain,
  onRow: (row: StoredRow) => void,
): Fault | null {
  const column = part === 'answer' ? ', request' : '';
  const select = store.database.prepare(`SELECT id, sealed${column} FROM ${part} ORDER BY id`);
  let at: Link = first;
  try {
    for (const raw of select.iterate()) {
      const row = stored(raw)!;
      if (row.id <= at.id) return broken(part, row.id, 'it was taken away before, and is here again');
      if (row.id !== at.id + 1)
        return { kind: 'missing', part, from: at.id + 1, to: Math.min(row.id - 1, last.id) };
      if (row.id > last.id) return broken(part, row.id, 'it is newer than the head says');
      const next = follow(store, part, at, row, raw['request']);
      if (typeof next === 'string') return broken(part, row.id, next);
      at = next;
      onRow(row);
    }
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    return broken(part, at.id < last.id ? at.id + 1 : null, 'the file is damaged there');
  }
  if (at.id < last.id) return { kind: 'missing', part, from: at.id + 1, to: last.id };
  return at.chain === last.chain ? null : broken(part, at.id, 'the chain does not lead to the head');
}

/** The place of a row behind `previous`, or what is wrong with it. */
function follow(
  store: JournalStore,
  part: Part,
  previous: Link,
  row: StoredRow,
  request: unknown,
): Link | string {
  const opened = store.open(part, row);
  if (opened === null) return 'it does not open: it was changed, or stands in the place of another';
  try {
    if (part === 'request') {
      if (parseRequest(opened.canonical).id !== row.id) return 'it says that it is another';
    } else {
      const answer = parseAnswer(opened.canonical);
      if (answer.id !== row.id || answer.request !== Number(request)) return 'it says that it is another';
    }
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error;
    return 'what it holds is no record';
  }
  const link = nextLink(previous, opened.canonical);
  return link.chain === opened.link.chain ? link : 'the chain does not hold';
}

/** What the chains do not reach: indexes, and pages that no row of ours uses. */
function checkStructure({ database }: JournalStore): Fault | null {
  const found = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'];
  return found === 'ok' ? null : broken('request', null, 'the file is damaged beside the rows');
}

/** SQLITE_CORRUPT, whatever it adds in the higher bits. */
function isCorrupt(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' && (code & 0xff) === 11;
}

function broken(part: Part, id: number | null, why: string): Fault {
  return { kind: 'broken', part, id, why };
}
