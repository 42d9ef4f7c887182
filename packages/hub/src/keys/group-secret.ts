// The secret of the hub's group (spec/objects.md): made once, in DATA/keys/group.secret, given to joined machines and to
// nobody else. Whoever has it can test whether a Wi-Fi network is listed; it opens and signs nothing.
import { join } from 'node:path';
import type {} from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { makePrivateDirectory } from 'tocsin/client/state/home.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';
import { formatGroupSecret, groupSecretOf, parseGroupSecret, WIFI_LIMITS } from 'tocsin/protocol/wifi.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { createKeyFile, KEY_FILES, readKeyFile } from './files.ts';

/**
 * The secret, made where there is none; durable on return, and the same for two processes at once. Throws `corrupt` for
 * a damaged file: with another secret every listed network would become unknown.
 */
export function openGroupSecret(directory: string, world: World): GroupSecret {
  const path = join(directory, KEY_FILES.groupSecret);
  makePrivateDirectory(directory);
  if (readKeyFile(path) === null)
    createKeyFile(path, `${formatGroupSecret(groupSecretOf(world.random(WIFI_LIMITS.secret)))}\n`);
  try {
    return parseGroupSecret(Buffer.from(readKeyFile(path)!));
  } catch (cause) {
    throw new TocsinError(
      'corrupt',
      `Cannot open the hub's keys: '${KEY_FILES.groupSecret}' is damaged, want it from a backup`,
      { cause },
    );
  }
}

/** GET /v1/group-secret, for machines that joined. */
export function registerGroupSecretRoute(app: FastifyInstance, secret: GroupSecret): void {
  app.get(
    '/v1/group-secret',
    { schema: { summary: 'The secret under which the group names Wi-Fi networks (spec/objects.md)' } },
    (_request, reply) =>
      reply.header('cache-control', 'no-store').type('application/json').send(formatGroupSecret(secret)),
  );
}
