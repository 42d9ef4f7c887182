// Keeps the journal within its limits: the oldest requests go, with their answers, and the anchor moves on, so that
// the rest can still be checked. Runs inside the transaction of a new entry, some rows at a time.
import { TocsinError } from '../../protocol/errors.ts';
import type { JournalHead } from './head.ts';
import { parseRequest } from './record.ts';
import type { JournalLimits, JournalStore } from './store.ts';

const DAY_MS = 86_400_000;

/** True where something is too old, or all that is kept too much. For its size the newest request never goes. */
export function isDue({ requests, bytes, oldest }: JournalHead, now: number, limits: JournalLimits): boolean {
  const kept = requests.last.id - requests.first.id;
  if (kept > 0 && Date.parse(oldest ?? '') < now - limits.maxAgeDays * DAY_MS) return true;
  return kept > 1 && bytes > limits.maxBytes;
}

/**
 * The head after what is due has gone. A row that does not open is not passed over, since the anchor would then be a
 * lie: throws `corrupt` where the journal outgrows twice its limit by it.
 */
export function prune(
  store: JournalStore,
  head: JournalHead,
  now: number,
  limits: JournalLimits,
): JournalHead {
  let next = head;
  for (let n = 0; n < limits.pruneRows && isDue(next, now, limits); n++) {
    const without = withoutOldest(store, next, now);
    if (without === null) {
      if (next.bytes > 2 * limits.maxBytes) throw stuck();
      return next;
    }
    next = without;
  }
  return next === head ? head : pruneAnswers(store, next, limits);
}

function withoutOldest(store: JournalStore, head: JournalHead, now: number): JournalHead | null {
  const { first, last } = head.requests;
  const row = store.row('request', first.id + 1);
  const opened = row === null ? null : store.open('request', row);
  const oldest = first.id + 2 > last.id ? null : timeOf(store, first.id + 2);
  if (row === null || opened === null || oldest === undefined) return null;
  store.drop('request', row.id);
  return {
    ...head,
    requests: { first: opened.link, last },
    oldest,
    bytes: head.bytes - row.sealed.length,
    pruned: { requests: head.pruned.requests + 1, at: new Date(now).toISOString() },
  };
}

/** Undefined where the row does not open. */
function timeOf(store: JournalStore, id: number): string | undefined {
  const row = store.row('request', id);
  const opened = row === null ? null : store.open('request', row);
  return opened === null ? undefined : parseRequest(opened.canonical).at;
}

/** Answers to what is gone. They stand in the order in which they came: one to a kept request holds later ones back. */
function pruneAnswers(store: JournalStore, head: JournalHead, limits: JournalLimits): JournalHead {
  let { first } = head.answers;
  let { bytes } = head;
  for (let n = 0; n < limits.pruneRows && first.id < head.answers.last.id; n++) {
    const row = store.row('answer', first.id + 1);
    const opened = row === null ? null : store.open('answer', row);
    if (row === null || opened === null || store.requestOf(row.id) > head.requests.first.id) break;
    store.drop('answer', row.id);
    first = opened.link;
    bytes -= row.sealed.length;
  }
  return { ...head, answers: { first, last: head.answers.last }, bytes };
}

function stuck(): TocsinError {
  return new TocsinError(
    'corrupt',
    "Cannot write the journal: its oldest entry does not open, so that nothing can make room, want it whole ('tocsin sent verify')",
  );
}
