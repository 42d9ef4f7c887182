// The one query that exports and published figures may use: messages of machines whose owners agreed that they are
// shared, or used commercially, as the newest of their records say. Without a record the rule of the jurisdiction
// speaks: no where opt-in rules, yes until somebody objected where it does not. Nothing while participation is off.
import { itemOf, MESSAGES } from 'tocsin/catalog/catalog.ts';
import type { Edition, ItemType } from 'tocsin/catalog/item.ts';
import { regimeOf } from 'tocsin/catalog/jurisdictions.ts';
import type { PartnerUse } from 'tocsin/catalog/terms.ts';
import { SUBMISSIONS } from '../privacy/erasure.ts';
import type { SignedTerms } from '../privacy/terms.ts';
import type { Queries } from '../store/database.ts';

export const SHARE_LIMITS = {
  /** Rows read at once. */
  page: 500,
} as const;

export interface ShareableRow {
  readonly machine: string;
  readonly message: string;
  readonly reason: string;
  readonly edition: Edition;
  readonly madeAt: Date;
  readonly items: Readonly<Record<string, unknown>>;
}

/**
 * Not what leaves without participation, as alarms do: that is no agreement to anything. And not what holds contents
 * of files or reports of what a process did: those were given for analysis.
 */
const SHAREABLE: readonly string[] = MESSAGES.filter(
  (message) =>
    message.attribution === 'attributed' &&
    message.from !== 'connection' &&
    !SUBMISSIONS.includes(message.id) &&
    !message.items.some((id) => holdsBytes(itemOf(id)?.type)),
).map(({ id }) => id);

function holdsBytes(type: ItemType | undefined): boolean {
  switch (type?.kind) {
    case 'bytes':
      return true;
    case 'list':
      return holdsBytes(type.of);
    case 'record':
      return Object.values(type.fields).some(holdsBytes);
    default:
      return false;
  }
}

interface Columns {
  readonly machine: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly message: string;
  readonly reason: string;
  readonly edition: Edition;
  readonly made_at: Date;
  readonly received_at: string;
  readonly items: Readonly<Record<string, unknown>>;
}

/**
 * `p` is the newest choice of participation, `u` the newest one of this use. A yes, chosen or by rule, counts under the
 * terms that were shown with it: a partner who came later has to be shown first. A policy's yes does not speak for the
 * person whose own machine it is.
 */
const QUERY = `
  SELECT m.machine, m.epoch, m.sequence, m.message, m.reason, m.edition, m.made_at, m.received_at::text, m.items
    FROM message m
    JOIN machine k ON k.id = m.machine
    JOIN LATERAL (SELECT value, terms, regime = 'opt-out' AND jurisdiction = ANY ($2) AS opt_out FROM consent_record
                   WHERE machine = m.machine AND choice = 'participation'
                   ORDER BY sequence DESC LIMIT 1) p ON p.value <> 'off'
    LEFT JOIN LATERAL (SELECT value, terms, chosen_by FROM consent_record
                        WHERE machine = m.machine AND choice = $1
                        ORDER BY sequence DESC LIMIT 1) u ON true
   WHERE m.message = ANY ($3)
     AND coalesce(CASE u.value WHEN 'yes' THEN u.terms = $4
                                               AND (p.opt_out OR NOT (k.personal AND u.chosen_by = 'policy'))
                               WHEN 'no' THEN false
                               ELSE p.opt_out AND p.terms = $4 END, false)
     AND m.received_at >= $5
     AND (m.received_at, m.machine, m.epoch, m.sequence) > ($6::timestamptz, $7::uuid, $8::bigint, $9::bigint)
   ORDER BY m.received_at, m.machine, m.epoch, m.sequence LIMIT $10`;

/** In the order in which they came, each page under the records of its moment. */
export async function* shareableMessages(
  db: Queries,
  use: PartnerUse,
  { terms, fingerprint }: SignedTerms,
  since: Date,
): AsyncGenerator<ShareableRow> {
  const places = await optOutPlaces(db, terms);
  let after: readonly unknown[] = ['-infinity', '00000000-0000-0000-0000-000000000000', -1, -1];
  for (;;) {
    const rows = await db.query<Columns>(QUERY, [
      use,
      places,
      SHAREABLE,
      fingerprint,
      since,
      ...after,
      SHARE_LIMITS.page,
    ]);
    for (const { machine, message, reason, edition, made_at: madeAt, items } of rows)
      yield { machine, message, reason, edition, madeAt, items };
    const last = rows.at(-1);
    if (last === undefined || rows.length < SHARE_LIMITS.page) return;
    after = [last.received_at, last.machine, last.epoch, last.sequence];
  }
}

/** Of the places that records name, those where the law, and the operator, let opt-out do now. */
async function optOutPlaces(db: Queries, terms: SignedTerms['terms']): Promise<readonly string[]> {
  const rows = await db.query<{ jurisdiction: string }>(
    `SELECT DISTINCT jurisdiction FROM consent_record WHERE regime = 'opt-out' AND jurisdiction IS NOT NULL`,
  );
  return rows.map(({ jurisdiction }) => jurisdiction).filter((place) => regimeOf(place, terms) === 'opt-out');
}
