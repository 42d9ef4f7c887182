// Rejoining with its consequences: another hub means other lists and a consent that was never given to it.
import { rmSync } from 'node:fs';
import { renderStatement } from '../catalog/statement.ts';
import type { World } from '../protocol/world.ts';
import { rejoin } from './enrol.ts';
import type { Home } from './home.ts';
import type { Joined } from './identity.ts';
import { loadJoined } from './identity.ts';
import { readParticipation, setParticipation } from './participation.ts';

/**
 * As `rejoin`. Where the hub's root is another than before (or the old one cannot be read), participation is set
 * to off and the old lists are dropped before anything is asked of the new hub; `otherHub` tells so.
 */
export async function rejoinHub(
  home: Home,
  url: string,
  token: string,
  world: World,
): Promise<{ readonly joined: Joined; readonly otherHub: boolean }> {
  const before = rootBefore(home);
  const joined = await rejoin(home, url, token, world);
  const otherHub = before !== 'none' && before !== joined.root.id;
  if (otherHub) {
    if (readParticipation(home).kind !== 'unset')
      setParticipation(home, 'off', null, renderStatement(), world);
    rmSync(home.lists, { recursive: true, force: true });
  }
  return { joined, otherHub };
}

function rootBefore(home: Home): string {
  try {
    return loadJoined(home)?.root.id ?? 'none';
  } catch {
    return 'unreadable';
  }
}
