// Erasing what came from a machine, and remembering up to which number, so that nothing older comes in late (tables
// message and erasure). All within the caller's transaction: erased and confirmed, or neither.
import type { ErasureScope } from 'tocsin/catalog/erasure-confirmation.ts';
import { SUBMISSION_MESSAGES } from 'tocsin/catalog/messages/submission.ts';
import { never } from 'tocsin/protocol/errors.ts';
import type { Queries } from '../store/database.ts';

/** The number of a message; ordered by epoch, then sequence. */
export interface MessageNumber {
  readonly epoch: number;
  readonly sequence: number;
}

/** Up to where messages of a kind were erased. */
export interface ErasedRange {
  readonly scope: ErasureScope;
  readonly until: MessageNumber;
}

/** Messages that hold content given for analysis. */
export const SUBMISSIONS: readonly string[] = SUBMISSION_MESSAGES.map(({ id }) => id);

/** True for a message that an erasure covers: what is or was of its kind, numbered up to its end. */
export function isErased(ranges: readonly ErasedRange[], message: string, at: MessageNumber): boolean {
  return ranges.some(({ scope, until }) => covers(scope, message) && !isAfter(at, until));
}

export function isAfter(a: MessageNumber, b: MessageNumber): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.sequence > b.sequence);
}

export async function erasedRanges(db: Queries, machine: string): Promise<readonly ErasedRange[]> {
  const rows = await db.query<{ scope: ErasureScope; until_epoch: number; until_sequence: number }>(
    'SELECT scope, until_epoch, until_sequence FROM erasure WHERE machine = $1',
    [machine],
  );
  return rows.map(({ scope, until_epoch: epoch, until_sequence: sequence }) => ({
    scope,
    until: { epoch, sequence },
  }));
}

/** The confirmation of a request that was carried out before; null for a new one. */
export async function findConfirmation(
  db: Queries,
  machine: string,
  request: MessageNumber,
): Promise<string | null> {
  const [row] = await db.query<{ confirmation: string }>(
    `SELECT confirmation FROM erasure WHERE machine = $1 AND epoch = $2 AND sequence = $3 AND asked_by = 'machine'`,
    [machine, request.epoch, request.sequence],
  );
  return row?.confirmation ?? null;
}

/** Deletes what a range covers; how many messages that were. */
export async function deleteMessages(db: Queries, machine: string, range: ErasedRange): Promise<number> {
  const { scope, until } = range;
  return db.execute(
    `DELETE FROM message WHERE machine = $1 AND (epoch, sequence) <= ($2::bigint, $3::bigint)
       AND ($4 = 'all' OR (message = ANY ($5)) = ($4 = 'submissions'))`,
    [machine, until.epoch, until.sequence, scope, SUBMISSIONS],
  );
}

export interface ErasureRow extends ErasedRange {
  readonly machine: string;
  readonly request: MessageNumber;
  readonly askedBy: 'machine' | 'operator';
  readonly messages: number;
  readonly erasedAt: number;
  readonly confirmation: string;
}

/** Remembers an erasure. One of an operator that changes nothing is remembered once. */
export async function addErasure(db: Queries, row: ErasureRow): Promise<void> {
  await db.execute(
    `INSERT INTO erasure (machine, epoch, sequence, asked_by, scope, until_epoch, until_sequence, messages, erased_at,
                          confirmation)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
    [
      row.machine,
      row.request.epoch,
      row.request.sequence,
      row.askedBy,
      row.scope,
      row.until.epoch,
      row.until.sequence,
      row.messages,
      new Date(row.erasedAt),
      row.confirmation,
    ],
  );
}

function covers(scope: ErasureScope, message: string): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'statistics':
      return !SUBMISSIONS.includes(message);
    case 'submissions':
      return SUBMISSIONS.includes(message);
    default:
      return never(scope);
  }
}
