// How common a file is: on how many machines it was met, as far as these told the hub. Counted anew each time from the
// messages that are there: what is erased or has reached its end no longer counts.
import { toHex } from 'tocsin/protocol/hex.ts';
import { HISTORY_LIMITS } from 'tocsin/protocol/history.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import type { Queries } from '../store/database.ts';

/**
 * Machines that sent `object.sha256` in any message, each once, up to `HISTORY_LIMITS.maxMachines`. Null for what is no
 * file by SHA-256: messages name nothing else by its key.
 */
export async function machinesThatMet(db: Queries, { kind, bytes }: ObjectKey): Promise<number | null> {
  if (kind !== 'file-sha256') return null;
  const [row] = await db.query<{ machines: number }>(
    `SELECT count(*) AS machines
       FROM (SELECT DISTINCT machine FROM message WHERE items ->> 'object.sha256' = $1 LIMIT $2) AS met`,
    [toHex(bytes), HISTORY_LIMITS.maxMachines],
  );
  return row!.machines;
}

/** As machines are told: so few that one of them could be meant are not counted. */
export function toldMachines(machines: number | null): number | null {
  return machines === null || machines < HISTORY_LIMITS.leastMachines ? null : machines;
}
