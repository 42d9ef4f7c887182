// Claims about addresses end: an address changes hands within weeks, and a feed that nobody imports any more says nothing
// of today. What counts is when the source was last imported, whether that changed anything or not. Analysts, rules and
// warning lists do not age. Knows the hub's clock only as a parameter.
//
//   last import ─ address_days ─► ended: no part in verdicts, published without it by the hub itself
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { Queries } from '../store/database.ts';

const IP = KEY_KINDS.ip.code;
const ENDS = `s.said_at + make_interval(days => p.address_days)`;

/** Takes over how many days claims about addresses stand; another number is a change of claims. */
export async function setAddressDays(db: Queries, days: number): Promise<void> {
  await db.execute(
    `UPDATE publication SET address_days = $1, claims_changed = claims_changed + 1, bases_changed = bases_changed + 1
      WHERE address_days <> $1`,
    [days],
  );
}

/** Names of the feeds whose claims about addresses have ended. */
export async function endedFeeds(db: Queries, now: Date): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ name: string }>(
    `SELECT s.name FROM source s, publication p WHERE s.kind = 'feed' AND ${ENDS} <= $1`,
    [now],
  );
  return new Set(rows.map(({ name }) => name));
}

/**
 * Whether claims ended since the last publication, or came back because a clock was set back; `bases`: among those of
 * segments.
 */
export async function agedSince(db: Queries, now: Date): Promise<{ some: boolean; bases: boolean }> {
  const rows = await db.query<{ rows: boolean; bases: boolean }>(
    `SELECT EXISTS (SELECT FROM claim c WHERE c.source_id = s.id AND c.kind = $2) AS rows,
            EXISTS (SELECT FROM segment g WHERE g.source_id = s.id AND g.kind = $2) AS bases
       FROM source s, publication p
      WHERE s.kind = 'feed' AND ${ENDS} > least(p.published_at, $1) AND ${ENDS} <= greatest(p.published_at, $1)`,
    [now, IP],
  );
  const bases = rows.some((row) => row.bases);
  return { some: bases || rows.some((row) => row.rows), bases };
}

/** Notes that a source says now what it says. Returns whether that revives claims that had ended. */
export async function sayAgain(db: Queries, sourceId: number, now: Date): Promise<boolean> {
  const rows = await db.query<{ ended: boolean | null }>(
    `SELECT s.kind = 'feed' AND ${ENDS} <= $2
            AND (EXISTS (SELECT FROM claim c WHERE c.source_id = s.id AND c.kind = $3)
                 OR EXISTS (SELECT FROM segment g WHERE g.source_id = s.id AND g.kind = $3)) AS ended
       FROM source s, publication p WHERE s.id = $1`,
    [sourceId, now, IP],
  );
  await db.execute('UPDATE source SET said_at = $2 WHERE id = $1', [sourceId, now]);
  return rows[0]?.ended === true;
}
