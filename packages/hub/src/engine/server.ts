// One running PostgreSQL on a cluster: found, started, stopped. All of it is called under the engine's lock, so
// nobody else starts or stops the same cluster meanwhile. Holds no state: what runs is asked of the system.
import { closeSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { Layout } from '../store/layout.ts';
import { here } from './cluster.ts';
import { ENGINE_LIMITS, ENGINE_PORT, SERVER_SETTINGS } from './config.ts';
import { fatalLine, logSince, openLog } from './log-file.ts';
import type { Native } from './native.ts';
import { clusterName, disarmPidFiles, isServer, readPidFile } from './pidfile.ts';
import { type Runner, runAs } from './runner.ts';

export type Found =
  | { readonly kind: 'answering'; readonly client: pg.Client }
  /** Alive and ours, but nobody can reach it (its socket was removed, or it hangs). */
  | { readonly kind: 'deaf'; readonly pid: number }
  | { readonly kind: 'none' };

export interface ServerContext {
  readonly layout: Layout;
  readonly world: World;
  readonly connection: pg.ClientConfig;
  readonly log: (line: string) => void;
}

/** Looks for a server on the cluster; waits while one is on its way up or down. The client is connected. */
export async function findServer(context: ServerContext): Promise<Found> {
  const { layout, world } = context;
  const begun = world.clock.monotonic();
  let deafSince: number | null = null;
  for (;;) {
    const answer = await tryConnect(context.connection);
    if (answer.kind === 'connected') return { kind: 'answering', client: answer.client };
    const file = readPidFile(layout.postgres);
    const alive = file !== null && isServer(file.pid, clusterName(layout.postgres));
    const now = world.clock.monotonic();
    if (answer.kind === 'nobody' && !alive) return { kind: 'none' };
    if (now - begun > ENGINE_LIMITS.startMs)
      return file !== null && alive ? { kind: 'deaf', pid: file.pid } : { kind: 'none' };
    if (answer.kind === 'nobody' && file?.status === 'ready') {
      deafSince ??= now;
      const gone = !existsSync(join(layout.postgres, `.s.PGSQL.${ENGINE_PORT}`));
      if (gone || now - deafSince > ENGINE_LIMITS.deafMs) return { kind: 'deaf', pid: file.pid };
    }
    await sleep(ENGINE_LIMITS.pollMs);
  }
}

type Answer = { kind: 'connected'; client: pg.Client } | { kind: 'not-yet' } | { kind: 'nobody' };

async function tryConnect(connection: pg.ClientConfig): Promise<Answer> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: ENGINE_LIMITS.connectMs });
  client.on('error', () => {});
  try {
    await client.connect();
    return { kind: 'connected', client };
  } catch (error) {
    await client.end().catch(() => {});
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // 57P03: starting up, shutting down or recovering. 53300: it lives, with all places taken.
    if (code === '57P03' || code === '53300') return { kind: 'not-yet' };
    return { kind: 'nobody' };
  }
}

/** Starts a server and waits until it takes connections. Throws 'engine' with the server's own words. */
export async function startServer(context: ServerContext, native: Native, runner: Runner): Promise<void> {
  const deadline = context.world.clock.monotonic() + ENGINE_LIMITS.startMs;
  for (;;) {
    const why = await startOnce(context, native, runner, deadline);
    if (why === null) return;
    // Children of a killed server need a moment to notice that it is gone.
    const orphans = /shared memory block .* still in use/.test(why);
    if (!orphans || context.world.clock.monotonic() > deadline) {
      throw new TocsinError(
        'engine',
        `Cannot start the database engine: it says "${why}", want the reason removed (see postgres.log)`,
      );
    }
    await sleep(ENGINE_LIMITS.pollMs * 5);
  }
}

/** Null when the server is ready, else why it is not. */
async function startOnce(
  context: ServerContext,
  native: Native,
  runner: Runner,
  deadline: number,
): Promise<string | null> {
  const { layout, world } = context;
  disarmPidFiles(layout.postgres, ENGINE_PORT);
  const log = openLog(layout.postgresLog);
  const child = runAs(runner, join(native.directory, 'bin', 'postgres'), serverArguments(layout.postgres), {
    cwd: layout.postgres,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  closeSync(log.fd);
  child.unref();
  let ended: string | null = null;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended ??= signal ?? `exit status ${code}`;
  });
  while (ended === null) {
    const file = readPidFile(layout.postgres);
    if (file?.status === 'ready' && file.pid === child.pid) return null;
    if (world.clock.monotonic() > deadline) {
      child.kill('SIGINT');
      return `no answer within ${ENGINE_LIMITS.startMs / 1000} s`;
    }
    await sleep(ENGINE_LIMITS.pollMs);
  }
  return fatalLine(logSince(layout.postgresLog, log.size)) ?? ended;
}

function serverArguments(cluster: string): string[] {
  const settings = {
    ...SERVER_SETTINGS,
    unix_socket_directories: here(cluster),
    cluster_name: clusterName(cluster),
  };
  return [
    '-D',
    here(cluster),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Stops the server by a fast shutdown (open transactions are undone) and waits until it is gone. */
export async function stopServer(context: ServerContext): Promise<'stopped' | 'not-ours'> {
  const { layout, world } = context;
  const name = clusterName(layout.postgres);
  const file = readPidFile(layout.postgres);
  if (file === null) return 'stopped';
  if (!isServer(file.pid, name)) return 'not-ours';
  process.kill(file.pid, 'SIGINT');
  const deadline = world.clock.monotonic() + ENGINE_LIMITS.stopMs;
  while (isServer(file.pid, name)) {
    if (world.clock.monotonic() > deadline) {
      throw new TocsinError(
        'engine',
        `Cannot stop the database engine: process ${file.pid} still runs after ${ENGINE_LIMITS.stopMs / 1000} s, want it gone`,
      );
    }
    await sleep(ENGINE_LIMITS.pollMs);
  }
  return 'stopped';
}
