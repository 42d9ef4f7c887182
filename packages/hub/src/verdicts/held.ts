// Objects that are published as neither good nor bad until a person decides, as the records keep them.
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { Queries } from '../store/database.ts';
import type { Resolution } from './resolve.ts';
import { heldReason } from './resolve.ts';

/** Conflicts beyond this are held all the same (they are in no list), but not shown one by one. */
export const MAX_HELD_SHOWN = 100_000;

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
    `INSERT INTO held (kind, key, reason, accuser, against, warns, held_at, among_rows)
     SELECT kind, key, reason, accuser, against, warns, $1, among_rows
       FROM unnest($2::smallint[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::boolean[])
         AS row (kind, key, reason, accuser, against, warns, among_rows)
     ON CONFLICT (kind, key) DO UPDATE SET reason = excluded.reason, accuser = excluded.accuser,
       against = excluded.against, warns = excluded.warns, among_rows = excluded.among_rows`,
    [
      now,
      held.map((h) => KEY_KINDS[h.kind].code),
      held.map((h) => Buffer.from(h.key)),
      held.map((h) => h.reason),
      held.map((h) => h.accuser),
      held.map((h) => h.against),
      held.map((h) => h.warns),
      held.map((h) => h.amongRows),
    ],
  );
}
