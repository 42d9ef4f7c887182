// A new secret for the group, from the file to the machines:
//
//   new secret in place, the old one beside it ─► imports named anew ─► published ─► machines fetch lists, then the secret
//
// Killed after the first step, machines match by the old secret; run again, it does what is left.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { GroupSecrets } from 'tocsin/protocol/wifi.ts';
import type { Renamed } from '../imports/rename-networks.ts';
import { renameNetworks } from '../imports/rename-networks.ts';
import { openGroupSecrets, replaceGroupSecret } from '../keys/group-secret.ts';
import type { Publication, PublishHub } from './publish.ts';
import { publish } from './publish.ts';

export interface RotatedSecret extends Renamed {
  /** `finished`: an earlier rotation had left something, and no other secret was made. */
  readonly kind: 'rotated' | 'finished';
  /** Until when the one before counts; null where it does not. */
  readonly until: Date | null;
  readonly publication: Publication;
}

/**
 * Replaces the secret. Throws `conflict` while the one before the present one still counts, unless `dropOld`: machines
 * that were away know of one older secret only.
 */
export async function rotateGroupSecret(hub: PublishHub, dropOld: boolean): Promise<RotatedSecret> {
  const { keys } = hub.layout;
  const done = await hub.db.withLock('keys', async () => {
    const held = openGroupSecrets(keys, hub.world);
    if (held.former === null || dropOld) {
      const fresh = replaceGroupSecret(keys, hub.world, dropOld);
      return { kind: 'rotated' as const, fresh, ...(await renameNetworks(hub, fresh.current)) };
    }
    const rest = await renameNetworks(hub, held.current);
    if (rest.networks === 0) throw tooEarly(held.former.until);
    return { kind: 'finished' as const, fresh: held, ...rest };
  });
  const { kind, networks, left, fresh } = done;
  return { kind, networks, left, until: endOf(fresh), publication: await publish(hub) };
}

function endOf({ former }: GroupSecrets): Date | null {
  return former === null ? null : new Date(former.until * 1000);
}

function tooEarly(until: number): TocsinError {
  const day = new Date(until * 1000).toISOString();
  return new TocsinError(
    'conflict',
    `Cannot replace the secret of the group: the one before counts until ${day}, want a later day, or --drop-old after a theft`,
  );
}
