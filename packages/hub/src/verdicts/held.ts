// Objects that are published as neither good nor bad until a person decides, as the records keep them.
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { LEVELS } from 'tocsin/protocol/verdict.ts';
import type { Queries } from '../store/database.ts';
import type { Resolution } from './resolve.ts';
import { heldReason } from './resolve.ts';

/** Conflicts beyond this are held all the same (they are in no list), but not shown one by one. */
export const MAX_HELD_SHOWN = 100_000;

/**
 * SQL: what of `held h` waits for a person. What segments alone dispute stays in the table until bases are resolved anew,
 * also where an analyst has decided it.
 */
export const WAITING = `NOT EXISTS (SELECT FROM claim a JOIN source s ON s.id = a.source_id
  WHERE s.kind = 'analyst' AND a.kind = h.kind AND a.key = h.key)`;

type HeldResolution = Extract<Resolution, { kind: 'held' }>;

export interface HeldObject {
  readonly kind: KeyKind;
  readonly key: Uint8Array;
  readonly reason: string;
  /** Name of the source that accuses. */
  readonly accuser: string;
  /** Name of the source, or warning list, that stands against it. */
  readonly against: string;
  /** True for a warning list. */
  readonly warns: boolean;
  /** What the accuser says. */
  readonly accusation: ClassRecord;
  readonly amongRows: boolean;
}

export function heldObject(
  kind: KeyKind,
  key: Uint8Array,
  { good, bad }: HeldResolution,
  amongRows: boolean,
): HeldObject {
  return {
    kind,
    key,
    reason: heldReason(good, bad),
    accuser: bad.record.source,
    accusation: bad.record,
    against: good.record.source,
    warns: good.sourceKind === 'warning',
    amongRows,
  };
}

/** What is held now, in place of what was; where the bases were not resolved anew, of what rows take part in. */
export async function recordHeld(
  tx: Queries,
  held: readonly HeldObject[],
  basesStale: boolean,
  now: Date,
): Promise<void> {
  await tx.execute(basesStale ? 'DELETE FROM held' : 'DELETE FROM held WHERE among_rows');
  if (held.length === 0) return;
  await tx.execute(
    `INSERT INTO held (kind, key, reason, accuser, against, warns, level, category, name, held_at, among_rows)
     SELECT kind, key, reason, accuser, against, warns, level, category, name, $1, among_rows
       FROM unnest($2::smallint[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::boolean[],
                   $9::smallint[], $10::text[], $11::text[])
         AS row (kind, key, reason, accuser, against, warns, among_rows, level, category, name)
     ON CONFLICT (kind, key) DO UPDATE SET reason = excluded.reason, accuser = excluded.accuser,
       against = excluded.against, warns = excluded.warns, level = excluded.level, category = excluded.category,
       name = excluded.name, among_rows = excluded.among_rows`,
    [
      now,
      held.map((h) => KEY_KINDS[h.kind].code),
      held.map((h) => Buffer.from(h.key)),
      held.map((h) => h.reason),
      held.map((h) => h.accuser),
      held.map((h) => h.against),
      held.map((h) => h.warns),
      held.map((h) => h.amongRows),
      held.map(({ accusation }) => LEVELS[accusation.level]),
      held.map(({ accusation }) => accusation.category),
      held.map(({ accusation }) => accusation.name),
    ],
  );
}
