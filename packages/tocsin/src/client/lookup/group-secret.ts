// The secret of the hub's group on this machine (spec/objects.md, "The secret of the group"): fetched over the channel
// when it is first needed, and again with the lists, for the hub may replace it; kept sealed under the local key. A file that does not open decides nothing: it is ignored
// and fetched anew. Never shown, never logged, never in an error.
import { statSync } from 'node:fs';
import { TocsinError } from '../../protocol/errors.ts';
import { expectOk } from '../../protocol/problem.ts';
import type { GroupSecrets } from '../../protocol/wifi.ts';
import { formatGroupSecrets, parseGroupSecrets, WIFI_LIMITS } from '../../protocol/wifi.ts';
import type { World } from '../../protocol/world.ts';
import type { HubChannel } from '../channel/channel.ts';
import { connectionRequest } from '../channel/connection.ts';
import type { Home } from '../state/home.ts';
import { readSmallFile, writeFileDurable } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { openRow, SEALED_ROW, sealRow } from '../state/sealed-row.ts';

export interface GroupSecretParts {
  readonly home: Home;
  readonly world: World;
  readonly localKey: LocalKeySource;
  /** Root key id of the hub that this machine joined; null where it joined none. */
  readonly hub: string | null;
  readonly channel: () => Promise<HubChannel>;
}

const PURPOSE = 'tocsin group secret';

/** With lists that did not change, the secret is asked for anew after so long: a call before may have failed. */
export const GROUP_SECRET_MAX_AGE_MS = 86_400_000;

/**
 * The secrets that are here, else the hub's, kept durably. Throws `not-joined` for a machine without a hub, `not-found`
 * where the hub is of a release that has none, and as the channel and the local key do.
 */
export async function groupSecrets(parts: GroupSecretParts): Promise<GroupSecrets> {
  if (parts.hub === null)
    throw new TocsinError(
      'not-joined',
      "Cannot tell which Wi-Fi network that is: its id is made under a secret of the hub's group and this machine has joined none, want 'tocsin join URL TOKEN' first",
    );
  return readKept(parts, parts.hub) ?? (await fetchSecret(parts, parts.hub));
}

/**
 * Fetches the secrets anew on a machine that uses them, after lists came (`changed`) or where they are old: lists are
 * named under the newest. Nothing on other machines. Throws as `groupSecrets`.
 */
export async function renewGroupSecrets(parts: GroupSecretParts, changed: boolean): Promise<void> {
  if (parts.hub === null || readKept(parts, parts.hub) === null) return;
  const age = parts.world.clock.now() - statSync(parts.home.groupSecret).mtimeMs;
  if (changed || age > GROUP_SECRET_MAX_AGE_MS) await fetchSecret(parts, parts.hub);
}

function readKept({ home, localKey }: GroupSecretParts, hub: string): GroupSecrets | null {
  const sealed = readSmallFile(home.groupSecret);
  if (sealed === null || sealed.length > WIFI_LIMITS.maxAnswer + SEALED_ROW.overhead) return null;
  const plain = openRow(localKey().key.derive(PURPOSE), nameOf(hub), sealed);
  return plain === null ? null : parseGroupSecrets(plain);
}

async function fetchSecret(
  { home, world, localKey, channel }: GroupSecretParts,
  hub: string,
): Promise<GroupSecrets> {
  const open = await channel();
  const call = { reason: 'lists', method: 'GET', path: '/v1/group-secret' } as const;
  const answer = await open.request(connectionRequest(call), { maxBytes: WIFI_LIMITS.maxAnswer });
  if (answer.status === 404)
    throw new TocsinError(
      'not-found',
      'Cannot tell which Wi-Fi network that is: the hub knows no secret of its group, want a hub of release 0.3.0 or later',
    );
  const secret = parseGroupSecrets(expectOk(answer).body);
  const plain = Buffer.from(formatGroupSecrets(secret));
  const key = localKey().key.derive(PURPOSE);
  writeFileDurable(
    home.groupSecret,
    sealRow(key, nameOf(hub), plain, (size) => world.random(size)),
  );
  return secret;
}

/** A secret of another hub does not open, so that nobody takes the ids of one group for those of another. */
function nameOf(hub: string): string {
  return `tocsin group secret, hub ${hub}`;
}
