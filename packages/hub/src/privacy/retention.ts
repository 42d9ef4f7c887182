// What the hub removes by itself: items of messages whose time is over, then the message; records of choices a year
// after they were replaced; what is remembered of erasures; machines that cannot come back; counts. Each step is a
// transaction of its own and can be interrupted anywhere; running it twice at once removes nothing twice.
import type { Terms } from 'tocsin/catalog/terms.ts';
import { CERTIFICATE_LIMITS } from 'tocsin/protocol/certificates.ts';
import type { Database, Queries, Session } from '../store/database.ts';
import { PRIVACY_LIMITS } from './config.ts';
import { keptOf } from './retention-rules.ts';

export interface Swept {
  /** Messages of which items were removed, and messages that went. */
  readonly trimmed: number;
  readonly removed: number;
  readonly records: number;
  readonly erasures: number;
  readonly machines: number;
  readonly counts: number;
}

export interface SweepParts {
  readonly db: Database;
  readonly terms: Pick<Terms, 'retentionDays'>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One sweep: everything that is over, up to a bound of work; the rest is for the next. */
export async function sweepRetention(parts: SweepParts): Promise<Swept> {
  const messages = { trimmed: 0, removed: 0 };
  for (let round = 0; round < PRIVACY_LIMITS.sweepRounds; round++) {
    const done = await parts.db.transaction((session) => sweepMessages(session, parts));
    messages.trimmed += done.trimmed;
    messages.removed += done.removed;
    if (done.trimmed + done.removed < PRIVACY_LIMITS.sweepRows) break;
  }
  const { db, now } = parts;
  return {
    ...messages,
    records: await sweepRecords(db, now),
    erasures: await db.execute('DELETE FROM erasure WHERE erased_at < $1', [
      new Date(now - PRIVACY_LIMITS.erasureMs),
    ]),
    machines: await db.transaction((session) => sweepMachines(session, now)),
    counts: await db.execute('DELETE FROM intake_count WHERE day < $1', [
      new Date(now - PRIVACY_LIMITS.countMs).toISOString().slice(0, 10),
    ]),
  };
}

/**
 * To be called when declarations or terms changed: every stored message is looked at again by the next sweeps, for
 * what it holds may now be kept for a shorter time.
 */
export async function reconsiderRetention(db: Queries, now: number): Promise<number> {
  return db.execute('UPDATE message SET sweep_at = $1 WHERE sweep_at > $1', [new Date(now)]);
}

interface DueRow {
  readonly machine: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly made_at: Date;
  readonly received_at: Date;
  readonly items: Readonly<Record<string, unknown>>;
}

async function sweepMessages(
  session: Session,
  { terms, now }: SweepParts,
): Promise<{ readonly trimmed: number; readonly removed: number }> {
  const due = await session.query<DueRow>(
    `SELECT machine, epoch, sequence, made_at, received_at, items FROM message WHERE sweep_at <= $1
      ORDER BY sweep_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [new Date(now), PRIVACY_LIMITS.sweepRows],
  );
  let removed = 0;
  for (const { machine, epoch, sequence, made_at, received_at, items } of due) {
    const key = [machine, epoch, sequence];
    const from = Math.min(made_at.getTime(), received_at.getTime());
    const kept = keptOf(items, from, now, terms);
    if (kept.sweepAt === null) {
      removed += await session.execute(
        'DELETE FROM message WHERE machine = $1 AND epoch = $2 AND sequence = $3',
        key,
      );
      continue;
    }
    await session.execute(
      'UPDATE message SET items = $4, sweep_at = $5 WHERE machine = $1 AND epoch = $2 AND sequence = $3',
      [...key, JSON.stringify(kept.items), new Date(kept.sweepAt)],
    );
  }
  return { trimmed: due.length - removed, removed };
}

/**
 * Records that a newer one of the same choice replaced longer ago than the limit, and those of machines that cannot
 * come back. The newest of each choice, and the newest of all, stay: they say what is in force.
 */
async function sweepRecords(db: Database, now: number): Promise<number> {
  const before = new Date(now - PRIVACY_LIMITS.recordMs);
  const gone = new Date(now - PRIVACY_LIMITS.recordMs - CERTIFICATE_LIMITS.renewAfterEnd * 1000);
  return db.execute(
    `DELETE FROM consent_record r USING machine m
      WHERE m.id = r.machine AND (m.revoked_at < $1 OR m.expires_at < $2 OR EXISTS (
        SELECT FROM consent_record n
         WHERE n.machine = r.machine AND n.choice = r.choice AND n.sequence > r.sequence AND n.received_at < $1))`,
    [before, gone],
  );
}

/** Machines whose certificate can no longer be renewed, as soon as nothing else that is kept names them. */
async function sweepMachines(session: Session, now: number): Promise<number> {
  const ended = now - (CERTIFICATE_LIMITS.renewAfterEnd + CERTIFICATE_LIMITS.skew) * 1000;
  const rows = await session.query<{ id: string }>(
    `SELECT id FROM machine m
      WHERE expires_at < $1
        AND NOT EXISTS (SELECT FROM consent_record r WHERE r.machine = m.id)
        AND NOT EXISTS (SELECT FROM erasure e WHERE e.machine = m.id)
        AND NOT EXISTS (SELECT FROM message s WHERE s.machine = m.id)
      LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [new Date(ended), PRIVACY_LIMITS.sweepRows],
  );
  const ids = rows.map(({ id }) => id);
  // A copy that lives on does not keep the number of the machine that it was made of.
  await session.execute('UPDATE machine SET cloned_from = NULL WHERE cloned_from = ANY ($1::uuid[])', [ids]);
  return session.execute('DELETE FROM machine WHERE id = ANY ($1::uuid[])', [ids]);
}
