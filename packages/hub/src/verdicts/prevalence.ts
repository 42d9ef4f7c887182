// How common a file is: on how many machines it was met, as far as these told the hub. Counted anew each time from the
// messages that are there: what is erased or has reached its end no longer counts.
import { toHex } from 'tocsin/protocol/hex.ts';
import { HISTORY_LIMITS } from 'tocsin/protocol/history.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import type { Queries } from '../store/database.ts';

/**
 * Machines that sent `object.sha256` in any message, a copy being one with what it is a copy of, for whoever holds the key of
 * a machine can enrol copies of it; the last of `HISTORY_LIMITS.machineSteps` at most. Null for what is no file by SHA-256:
 * messages name nothing else by its key.
 */
export async function machinesThatMet(db: Queries, { kind, bytes }: ObjectKey): Promise<number | null> {
  if (kind !== 'file-sha256') return null;
  const [row] = await db.query<{ machines: number }>(
    `WITH RECURSIVE line AS (
       SELECT id, cloned_from FROM machine WHERE id IN (
         SELECT DISTINCT machine FROM message WHERE items ->> 'object.sha256' = $1 LIMIT $2)
       UNION SELECT m.id, m.cloned_from FROM line JOIN machine m ON m.id = line.cloned_from
     ) SELECT count(*) AS machines FROM line WHERE cloned_from IS NULL`,
    [toHex(bytes), HISTORY_LIMITS.machineSteps.at(-1)],
  );
  return row!.machines;
}

/** As machines are told: none that is so small that one of them could be meant, and in steps, so that few see it rise. */
export function toldMachines(machines: number | null): number | null {
  return HISTORY_LIMITS.machineSteps.findLast((step) => machines !== null && machines >= step) ?? null;
}
