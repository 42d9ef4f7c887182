// Held objects decided together: those of one accuser, one warning list, one kind, one reason become analyst's claims in
// one transaction, and are taken back in one. What a person has said of a single object stands against both.
//
//   held ─ choice ─► group ─ good | listed | unlisted ─► claims of the source analyst, under one decision ─► publish
//                                                         undo ─► all of them gone, held again
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS, keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import { LEVELS, LIFETIME_SECONDS } from 'tocsin/protocol/verdict.ts';
import type { Queries } from '../store/database.ts';
import { ANALYST, checkReason } from './analyst.ts';
import { lockSource, markChanged } from './claim-store.ts';
import { WAITING } from './held.ts';
import type { Publication, PublishHub } from './publish.ts';
import { publish } from './publish.ts';

/** `listed`: as the accuser says; `unlisted`: neither good nor bad, and no question any more. */
export const HELD_VERDICTS = ['good', 'listed', 'unlisted'] as const;
export type HeldVerdict = (typeof HELD_VERDICTS)[number];

/** Which of the held objects; what is absent is any. */
export interface HeldChoice {
  readonly accuser?: string;
  readonly against?: string;
  readonly kind?: KeyKind;
  /** The whole reason for which they are held. */
  readonly because?: string;
}

export interface HeldGroup {
  readonly kind: KeyKind;
  readonly accuser: string;
  readonly against: string;
  readonly warns: boolean;
  readonly reason: string;
  readonly objects: number;
}

export interface Decision {
  readonly id: number;
  readonly verdict: HeldVerdict;
  readonly chosen: string;
  readonly reason: string;
  readonly objects: number;
  readonly decided_at: Date;
  readonly decided_by: string;
  readonly undone_at: Date | null;
}

const CHOSEN = `${WAITING} AND ($1::text IS NULL OR h.accuser = $1) AND ($2::text IS NULL OR h.against = $2)
  AND ($3::smallint IS NULL OR h.kind = $3) AND ($4::text IS NULL OR h.reason = $4)`;

function valuesOf({ accuser, against, kind, because }: HeldChoice): unknown[] {
  return [
    accuser ?? null,
    against ?? null,
    kind === undefined ? null : KEY_KINDS[kind].code,
    because ?? null,
  ];
}

/** The groups of what is chosen, the largest first. */
export async function heldGroups(db: Queries, choice: HeldChoice): Promise<readonly HeldGroup[]> {
  const rows = await db.query<Omit<HeldGroup, 'kind'> & { kind: number }>(
    `SELECT h.kind, h.accuser, h.against, h.warns, h.reason, count(*) AS objects FROM held h WHERE ${CHOSEN}
      GROUP BY h.kind, h.accuser, h.against, h.warns, h.reason ORDER BY count(*) DESC, h.kind, h.reason`,
    valuesOf(choice),
  );
  return rows.flatMap((row) => {
    const kind = keyKindOfCode(row.kind);
    return kind === undefined ? [] : [{ ...row, kind }];
  });
}

export interface DecideOptions {
  readonly verdict: HeldVerdict;
  readonly reason: string;
  readonly by: string;
  /** How many the person was told of: with more nothing is decided. */
  readonly expected: number;
}

/**
 * Decides what is chosen and publishes; gives the decision's number. Durable on return. Throws `not-found` where nothing
 * is chosen, `conflict` where more is held by now than the person knew of, `input` for a reason that no list can hold;
 * nothing is changed then.
 */
export async function decideHeld(
  hub: PublishHub,
  choice: HeldChoice,
  { verdict, reason, by, expected }: DecideOptions,
): Promise<{ readonly id: number; readonly objects: number; readonly publication: Publication }> {
  checkReason(reason);
  const now = new Date(hub.world.clock.now());
  const made = await hub.db.transaction(async (tx) => {
    const source = await lockSource(tx, ANALYST, now);
    const rows = await tx.query<{ id: number }>(
      `INSERT INTO decision (verdict, chosen, reason, objects, decided_at, decided_by)
       VALUES ($1, $2, $3, 0, $4, $5) RETURNING id`,
      [verdict, choiceWords(choice), reason, now, by],
    );
    const { id } = rows[0]!;
    const objects = await tx.execute(insertFor(verdict), [
      ...valuesOf(choice),
      source.id,
      reason,
      now,
      by,
      id,
      KEY_KINDS.ip.code,
      LIFETIME_SECONDS.ip,
      LIFETIME_SECONDS[verdict === 'listed' ? 'bad' : verdict === 'good' ? 'good' : 'unknown'],
    ]);
    if (objects === 0) throw noneHeld(choice);
    if (objects > expected) throw moreHeld(objects, expected);
    await tx.execute('UPDATE decision SET objects = $2 WHERE id = $1', [id, objects]);
    await markChanged(tx, { bases: false });
    return { id, objects };
  });
  return { ...made, publication: await publish(hub) };
}

function insertFor(verdict: HeldVerdict): string {
  const record =
    verdict === 'listed'
      ? 'h.level, h.category, h.name'
      : `${LEVELS[verdict === 'good' ? 'good' : 'unknown']}::smallint, NULL, NULL`;
  return `INSERT INTO claim (kind, key, source_id, level, category, name, reason, lifetime, claimed_at, claimed_by, decision)
    SELECT h.kind, h.key, $5, ${record}, $6, CASE WHEN h.kind = $10 THEN $11::int ELSE $12::int END, $7, $8, $9
      FROM held h WHERE ${CHOSEN} ON CONFLICT (kind, key, source_id) DO NOTHING`;
}

/**
 * Takes a decision back and publishes: its objects are held again, unless a person spoke of one since. Throws
 * `not-found` for a number that no decision has, `conflict` where it was undone before.
 */
export async function undoDecision(
  hub: PublishHub,
  id: number,
  by: string,
): Promise<{ readonly objects: number; readonly publication: Publication }> {
  const now = new Date(hub.world.clock.now());
  const objects = await hub.db.transaction(async (tx) => {
    await lockSource(tx, ANALYST, now);
    const rows = await tx.query<{ undone_at: Date | null }>('SELECT undone_at FROM decision WHERE id = $1', [
      id,
    ]);
    if (rows[0] === undefined)
      throw new TocsinError(
        'not-found',
        `Cannot undo decision ${id}: there is none of that number, want one that 'tocsin-hub held --decisions' shows`,
      );
    if (rows[0].undone_at !== null)
      throw new TocsinError('conflict', `Cannot undo decision ${id}: it was undone before, want another one`);
    const removed = await tx.execute('DELETE FROM claim WHERE decision = $1', [id]);
    await tx.execute('UPDATE decision SET undone_at = $2, undone_by = $3 WHERE id = $1', [id, now, by]);
    await markChanged(tx, { bases: false });
    return removed;
  });
  return { objects, publication: await publish(hub) };
}

/** All decisions, the newest first. */
export async function decisions(db: Queries): Promise<readonly Decision[]> {
  return await db.query<Decision>(
    `SELECT id, verdict, chosen, reason, objects, decided_at, decided_by, undone_at FROM decision ORDER BY id DESC`,
  );
}

/** What is chosen, for a person. */
export function choiceWords({ accuser, against, kind, because }: HeldChoice): string {
  const words = [
    accuser === undefined ? null : `accused by ${accuser}`,
    against === undefined ? null : `against ${against}`,
    kind === undefined ? null : `of kind ${kind}`,
    because === undefined ? null : `'${because}'`,
  ].filter((word) => word !== null);
  return words.length === 0 ? 'everything that is held' : words.join(', ');
}

function noneHeld(choice: HeldChoice): TocsinError {
  return new TocsinError(
    'not-found',
    `Cannot decide '${shown(choiceWords(choice), 120)}': nothing like that is held, want a group that 'tocsin-hub held' shows`,
  );
}

function moreHeld(objects: number, expected: number): TocsinError {
  return new TocsinError(
    'conflict',
    `Cannot decide ${expected} held objects: ${objects} are held by now, want a look at them first`,
  );
}
