// The secret of the hub's group (spec/objects.md): in DATA/keys/group.secret, given to joined machines and to nobody else.
// Whoever has it can test whether a Wi-Fi network is listed; it opens and signs nothing. A replaced one counts for a named
// time beside the new one.
import { join } from 'node:path';
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { makePrivateDirectory, PRIVATE_FILE, writeFileDurable } from 'tocsin/client/state/home.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { GroupSecret, GroupSecrets } from 'tocsin/protocol/wifi.ts';
import {
  formatGroupSecrets,
  groupSecretOf,
  parseGroupSecrets,
  secretsInForce,
  WIFI_LIMITS,
} from 'tocsin/protocol/wifi.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { HUB_KEY_LIMITS } from './config.ts';
import { createKeyFile, KEY_FILES, readKeyFile } from './files.ts';

/** The secret under which networks are named now; as `openGroupSecrets`. */
export function openGroupSecret(directory: string, world: World): GroupSecret {
  return openGroupSecrets(directory, world).current;
}

/**
 * The secret, made where there is none, and the one before as long as it counts; durable on return, and the same for two
 * processes at once. Throws `corrupt` for a damaged file: with another secret every listed network would become unknown.
 */
export function openGroupSecrets(directory: string, world: World): GroupSecrets {
  const path = join(directory, KEY_FILES.groupSecret);
  makePrivateDirectory(directory);
  if (readKeyFile(path) === null) createKeyFile(path, fileOf({ current: newSecret(world), former: null }));
  try {
    const held = parseGroupSecrets(Buffer.from(readKeyFile(path)!));
    const counts = secretsInForce(held, world.clock.now() / 1000).length > 1;
    return counts ? held : { ...held, former: null };
  } catch (cause) {
    throw new TocsinError(
      'corrupt',
      `Cannot open the hub's keys: '${KEY_FILES.groupSecret}' is damaged, want it from a backup`,
      { cause },
    );
  }
}

/** Puts a new secret in place; the old one counts on, unless `dropOld`. Durable on return; for one process at a time. */
export function replaceGroupSecret(directory: string, world: World, dropOld: boolean): GroupSecrets {
  const { current } = openGroupSecrets(directory, world);
  const until = Math.floor(world.clock.now() / 1000) + HUB_KEY_LIMITS.groupSecretRetiredLife;
  const fresh = { current: newSecret(world), former: dropOld ? null : { ...current, until } };
  writeFileDurable(join(directory, KEY_FILES.groupSecret), fileOf(fresh), PRIVATE_FILE);
  return fresh;
}

function newSecret(world: World): GroupSecret {
  return groupSecretOf(world.random(WIFI_LIMITS.secret));
}

function fileOf(secrets: GroupSecrets): string {
  return `${formatGroupSecrets(secrets)}\n`;
}

/**
 * GET /v1/group-secret, for machines that joined. The file is made here where there is none, and read for each answer:
 * another process may have replaced the secret.
 */
export function registerGroupSecretRoute(app: FastifyInstance, directory: string, world: World): void {
  openGroupSecrets(directory, world);
  app.get(
    '/v1/group-secret',
    { schema: { summary: 'The secret under which the group names Wi-Fi networks (spec/objects.md)' } },
    (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type('application/json')
        .send(formatGroupSecrets(openGroupSecrets(directory, world))),
  );
}
