// Reads the journal for its owner: entries by time, message and state, one by its id, all for an export. Goes from
// id to id and holds no lock meanwhile; what is pruned while it reads is left out.
import { TocsinError } from '../../protocol/errors.ts';
import { damagedFile } from '../state/state-file.ts';
import type { SentAnswer, SentRequest, SentState } from './record.ts';
import { parseAnswer, parseRequest } from './record.ts';
import type { JournalStore, Part, StoredRow } from './store.ts';
import { JOURNAL } from './store.ts';

export interface SentEntry extends SentRequest {
  readonly state: SentState;
  /** HTTP status of the answer; null where none came. */
  readonly status: number | null;
  readonly answeredAt: string | null;
}

export interface EntryFilter {
  /** Milliseconds since 1970; begun then or later. */
  readonly since?: number;
  /** Begun before. */
  readonly until?: number;
  readonly message?: string;
  readonly state?: SentState;
  readonly order?: 'newest' | 'oldest';
}

export function* entries(
  store: JournalStore,
  filter: EntryFilter,
  onDamaged: (id: number) => void = () => {},
): Generator<SentEntry> {
  const { first, last } = store.head().requests;
  const oldestFirst = filter.order === 'oldest';
  for (let n = 0; n < last.id - first.id; n++) {
    const id = oldestFirst ? first.id + 1 + n : last.id - n;
    const read = tryRead(store, id);
    if (read === 'damaged') onDamaged(id);
    else if (read === 'gone') {
      if (!oldestFirst) return; // all older ones are gone as well
    } else if (fits(read, filter)) yield read;
  }
}

export function entry(store: JournalStore, id: number): SentEntry | null {
  const { first, last } = store.head().requests;
  if (id <= first.id || id > last.id) return null;
  const read = tryRead(store, id);
  if (read === 'gone') return null;
  if (read !== 'damaged') return read;
  throw damagedFile(JOURNAL, 'read', `entry ${id} does not open`);
}

/**
 * Head, requests and answers as they were when the first line was asked for (spec/journal.md, 7). A row that cannot
 * be read is named in its place: an export is evidence also of that.
 */
export function* exportLines(store: JournalStore, now: number): Generator<string> {
  const head = store.head();
  const { begun, after, requests, answers, pruned } = head;
  const exported = new Date(now).toISOString();
  yield `${JSON.stringify({ journal: { v: 1, exported, begun, after, requests, answers, pruned } })}\n`;
  for (const part of ['request', 'answer'] as const) {
    const { first, last } = part === 'request' ? requests : answers;
    for (let id = first.id + 1; id <= last.id; id++) {
      const row = store.row(part, id);
      const open = row === null ? null : store.open(part, row);
      if (open !== null) yield `{"${part}":${open.canonical.toString()},"chain":"${open.link.chain}"}\n`;
      else if (row !== null || !isPruned(store, part, id))
        yield `${JSON.stringify({ unreadable: { part, id } })}\n`;
    }
  }
}

function isPruned(store: JournalStore, part: Part, id: number): boolean {
  const { requests, answers } = store.head();
  return id <= (part === 'request' ? requests : answers).first.id;
}

function tryRead(store: JournalStore, id: number): SentEntry | 'gone' | 'damaged' {
  const row = store.row('request', id);
  if (row === null) return isPruned(store, 'request', id) ? 'gone' : 'damaged';
  try {
    const request = parsed(store, 'request', row, parseRequest);
    const answerRow = store.answerOf(id);
    const answer: SentAnswer | null =
      answerRow === null ? null : parsed(store, 'answer', answerRow, parseAnswer);
    if (request.id !== id || (answer !== null && answer.request !== id)) return 'damaged';
    return {
      ...request,
      state: answer?.state ?? 'unknown',
      status: answer?.status ?? null,
      answeredAt: answer?.at ?? null,
    };
  } catch (error) {
    if (error instanceof TocsinError && (error.code === 'corrupt' || error.code === 'format'))
      return 'damaged';
    throw error;
  }
}

function parsed<T>(store: JournalStore, part: Part, row: StoredRow, parse: (canonical: Uint8Array) => T): T {
  const open = store.open(part, row);
  if (open === null) throw damagedFile(JOURNAL, 'read', `${part} ${row.id} does not open`);
  return parse(open.canonical);
}

function fits({ at, message, state }: SentEntry, filter: EntryFilter): boolean {
  const begun = Date.parse(at);
  return (
    begun >= (filter.since ?? -Infinity) &&
    begun < (filter.until ?? Infinity) &&
    (filter.message ?? message) === message &&
    (filter.state ?? state) === state
  );
}
