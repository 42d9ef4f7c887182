// How common a file is: on how many machines it was met, as far as these told the hub. Counted anew each time from the
// messages that are there: what is erased or has reached its end no longer counts.
import { toHex } from 'tocsin/protocol/hex.ts';
import { HISTORY_LIMITS } from 'tocsin/protocol/history.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import type { Queries } from '../store/database.ts';

/**
 * Machines that sent `object.sha256` in any message, a copy being one with what it is a copy of, up to
 * `HISTORY_LIMITS.maxMachines`. Null for what is no file by SHA-256: messages name nothing else by its key.
 */
export async function machinesThatMet(db: Queries, { kind, bytes }: ObjectKey): Promise<number | null> {
  if (kind !== 'file-sha256') return null;
  const { maxMachines } = HISTORY_LIMITS;
  const met = await db.query<{ machine: string }>(
    `SELECT DISTINCT machine FROM message WHERE items ->> 'object.sha256' = $1 LIMIT $2`,
    [toHex(bytes), maxMachines],
  );
  const ids = met.map(({ machine }) => machine);
  // Whoever holds the key of one machine can enrol copies of it.
  const [row] = await db.query<{ origins: number }>(
    `WITH RECURSIVE line AS (
       SELECT id AS first, id, cloned_from FROM machine WHERE id = ANY ($1::uuid[])
       UNION SELECT line.first, m.id, m.cloned_from FROM line JOIN machine m ON m.id = line.cloned_from
     ) SELECT count(DISTINCT id) AS origins FROM line WHERE cloned_from IS NULL`,
    [ids],
  );
  return row!.origins;
}

/** As machines are told: none that is so small that one of them could be meant, and in steps, so that few see it rise. */
export function toldMachines(machines: number | null): number | null {
  return HISTORY_LIMITS.machineSteps.findLast((step) => machines !== null && machines >= step) ?? null;
}
