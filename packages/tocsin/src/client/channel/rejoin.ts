// Another identity with its consequences: another hub means other lists, and no choice that was made before was made
// to it, or by a machine of this number.
import { rmSync } from 'node:fs';
import type { World } from '../../protocol/world.ts';
import { beginAnew } from '../consent/anew.ts';
import type { ConsentParts } from '../consent/places.ts';
import { enrolAnew, join, rejoin } from './enrol.ts';
import type { Joined } from './identity.ts';
import { loadJoined } from './identity.ts';

/** As `join`; what was chosen before there was an operator has no effect. */
export async function joinHub(parts: ConsentParts, url: string, token: string): Promise<Joined> {
  const joined = await join(parts.home, url, token, parts.world);
  beginAnew(parts);
  return joined;
}

/**
 * As `rejoin`. Participation begins anew, off. Where the hub's root is another than before (or the old one cannot be
 * read), the old lists are dropped before anything is asked of the new hub; `otherHub` tells so.
 */
export async function rejoinHub(
  parts: ConsentParts,
  url: string,
  token: string,
): Promise<{ readonly joined: Joined; readonly otherHub: boolean }> {
  const { home, world } = parts;
  const before = identityBefore(parts);
  const joined = await rejoin(home, url, token, world);
  const otherHub = before !== 'none' && before.root !== joined.root.id;
  // The same token shown again by the same key gives the same machine back: its choices stand.
  if (before === 'none' || before.machine !== joined.identity.machineId) beginAnew(parts);
  if (otherHub) rmSync(home.lists, { recursive: true, force: true });
  return { joined, otherHub };
}

/** A copy of another machine gets a number of its own from the hub, under the certificate that was copied. */
export async function joinAsOneself(parts: ConsentParts, world: World): Promise<Joined> {
  const joined = await enrolAnew(parts.home, world);
  beginAnew(parts);
  return joined;
}

function identityBefore({
  home,
}: ConsentParts): 'none' | { readonly root: string; readonly machine: string } {
  try {
    const joined = loadJoined(home);
    return joined === null ? 'none' : { root: joined.root.id, machine: joined.identity.machineId };
  } catch {
    return { root: 'unreadable', machine: 'unreadable' };
  }
}
