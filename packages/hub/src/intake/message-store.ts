// Stored messages (table message): once each, by machine and number. What a committed transaction stored is on disk;
// who owns the table can read everything that machines sent and that is not erased or swept.
import type { Edition } from 'tocsin/catalog/item.ts';
import type { MessageNumber } from '../privacy/erasure.ts';
import type { Queries } from '../store/database.ts';

export interface MessageRow extends MessageNumber {
  readonly machine: string;
  readonly message: string;
  readonly reason: string;
  /** Of the choice under which it came; of the operator's terms where nobody had chosen (an alarm). */
  readonly edition: Edition;
  /** Sequence of the consent record under which it came. */
  readonly consent: number;
  /** Milliseconds since 1970, by the machine's clock and by the hub's. */
  readonly madeAt: number;
  readonly receivedAt: number;
  readonly items: Readonly<Record<string, unknown>>;
  /** When the first of its items is to be removed. */
  readonly sweepAt: number;
}

export type Stored =
  | { readonly kind: 'stored' }
  /** The same message came before. */
  | { readonly kind: 'duplicate' }
  /** Another message has its number. */
  | { readonly kind: 'number-used' };

/** Stores a message, once. */
export async function storeMessage(db: Queries, row: MessageRow): Promise<Stored> {
  const added = await db.execute(
    `INSERT INTO message (machine, epoch, sequence, message, reason, edition, consent, made_at, received_at, items,
                          sweep_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
    [
      row.machine,
      row.epoch,
      row.sequence,
      row.message,
      row.reason,
      row.edition,
      row.consent,
      new Date(row.madeAt),
      new Date(row.receivedAt),
      JSON.stringify(row.items),
      new Date(row.sweepAt),
    ],
  );
  if (added === 1) return { kind: 'stored' };
  const [held] = await db.query<{ message: string; made_at: Date }>(
    'SELECT message, made_at FROM message WHERE machine = $1 AND epoch = $2 AND sequence = $3',
    [row.machine, row.epoch, row.sequence],
  );
  const same = held?.message === row.message && held.made_at.getTime() === row.madeAt;
  return { kind: same ? 'duplicate' : 'number-used' };
}

interface MessageColumns {
  readonly machine: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly message: string;
  readonly reason: string;
  readonly edition: Edition;
  readonly consent: number;
  readonly made_at: Date;
  readonly received_at: Date;
  readonly items: Readonly<Record<string, unknown>>;
  readonly sweep_at: Date;
}

/** Messages of one machine in order of their numbers, up to `limit` behind `after`. */
export async function messagesOf(
  db: Queries,
  machine: string,
  after: MessageNumber,
  limit: number,
): Promise<readonly MessageRow[]> {
  const rows = await db.query<MessageColumns>(
    `SELECT * FROM message WHERE machine = $1 AND (epoch, sequence) > ($2::bigint, $3::bigint)
      ORDER BY epoch, sequence LIMIT $4`,
    [machine, after.epoch, after.sequence, limit],
  );
  return rows.map((row) => ({
    machine: row.machine,
    epoch: row.epoch,
    sequence: row.sequence,
    message: row.message,
    reason: row.reason,
    edition: row.edition,
    consent: row.consent,
    madeAt: row.made_at.getTime(),
    receivedAt: row.received_at.getTime(),
    items: row.items,
    sweepAt: row.sweep_at.getTime(),
  }));
}

/** Before all messages. */
export const BEFORE_ALL: MessageNumber = { epoch: -1, sequence: 0 };

/** The highest number stored of a machine; null for none. */
export async function highestNumber(db: Queries, machine: string): Promise<MessageNumber | null> {
  const [row] = await db.query<MessageNumber>(
    'SELECT epoch, sequence FROM message WHERE machine = $1 ORDER BY epoch DESC, sequence DESC LIMIT 1',
    [machine],
  );
  return row ?? null;
}

export async function countMessages(
  db: Queries,
): Promise<readonly { readonly message: string; readonly count: number; readonly machines: number }[]> {
  return db.query(
    `SELECT message, count(*) AS count, count(DISTINCT machine) AS machines FROM message
      GROUP BY message ORDER BY message`,
  );
}
