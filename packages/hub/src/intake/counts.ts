// How much was refused and dropped, by day, message and reason (table intake_count): nothing of what it was, and no
// machine. Reasons and messages are those of the catalog or of this hub, so that nobody can write into the table.
import { messageOf } from 'tocsin/catalog/catalog.ts';
import type { Queries } from '../store/database.ts';

/** Where a message could not be opened, or is none of the catalog. */
export const NO_MESSAGE = '-';

/** Counts one; durable with the transaction of `db`. `message` may be foreign. */
export async function countOne(
  db: Queries,
  at: number,
  message: string,
  outcome: 'refused' | 'dropped',
  reason: string,
): Promise<void> {
  const known = messageOf(message)?.id ?? NO_MESSAGE;
  await db.execute(
    `INSERT INTO intake_count (day, message, outcome, reason, count) VALUES ($1, $2, $3, $4, 1)
     ON CONFLICT (day, message, outcome, reason) DO UPDATE SET count = intake_count.count + 1`,
    [new Date(at).toISOString().slice(0, 10), known, outcome, reason],
  );
}

export interface IntakeCount {
  readonly message: string;
  readonly outcome: 'refused' | 'dropped';
  readonly reason: string;
  readonly count: number;
}

/** Sums since a day (YYYY-MM-DD), the most first. */
export async function countsSince(db: Queries, day: string): Promise<readonly IntakeCount[]> {
  return db.query<IntakeCount>(
    `SELECT message, outcome, reason, sum(count)::bigint AS count FROM intake_count WHERE day >= $1
      GROUP BY message, outcome, reason ORDER BY count DESC, message, outcome, reason`,
    [day],
  );
}
