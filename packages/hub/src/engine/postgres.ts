// The hub's own PostgreSQL, from npm, one cluster a data directory. Several processes share it; each holds a
// handle, the first one starts the server, the last one stops it. It is a daemon: a killed hub leaves it running,
// and the next one adopts it.
//
//   startPostgres -> lock(engine.lock) -> find: answering -> adopt ----------------> hold a connection
//                                               deaf      -> stop -> start --------> hold
//                                               none      -> initdb once -> start -> hold
//   stop          -> lock(engine.lock) -> someone else connected ? leave it : fast shutdown
//
// startPostgres(options: PostgresOptions): Promise<Postgres>   (throws TocsinError 'engine' | 'conflict' | 'format')
//   Postgres { connection: pg.ClientConfig; adopted: boolean; stop(): Promise<'stopped' | 'left-running'> }
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { errorWords, never, TocsinError } from 'tocsin/protocol/errors.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import { systemWorld, type World } from 'tocsin/protocol/world.ts';
import { layoutOf, prepareLayout } from '../store/layout.ts';
import { checkClusterVersion, clusterOwner, createCluster } from './cluster.ts';
import { ENGINE_DATABASE, ENGINE_LIMITS, ENGINE_PORT, ENGINE_USER } from './config.ts';
import { withFileLock } from './lock.ts';
import { boundLog } from './log-file.ts';
import { findNative, hydrateNative, type Native } from './native.ts';
import { chooseRunner, giveTo, type RootWay, reachableBy } from './runner.ts';
import { findServer, type ServerContext, startServer, stopServer } from './server.ts';
import { openSocketPath, type SocketPath } from './socket-path.ts';

export interface PostgresOptions {
  /** The hub's data directory (the cluster is `postgres/` in it); made when absent. */
  readonly directory: string;
  /** For a person: one line at a time, without line end. */
  readonly log: (line: string) => void;
  readonly world?: World;
  /** How root is left; see `engine/runner.ts`. */
  readonly rootWay?: RootWay;
  /** Other binaries than those of the npm package. */
  readonly native?: Native;
  /** Where binaries may be copied for a user that cannot reach them. */
  readonly copyParents?: readonly string[];
  /** Only for `backup/restore.ts`: open a directory whose restore is under way. */
  readonly restoring?: boolean;
}

export interface Postgres {
  /** For `openDatabase` or any client of `pg`, in this process, while the handle is held. */
  readonly connection: pg.ClientConfig;
  /** True where the server was running already. */
  readonly adopted: boolean;
  /**
   * Gives the server back; close what uses `connection` first. Stops it where nobody else is connected; what was
   * committed is on disk in either case. A second call changes nothing.
   */
  stop(): Promise<'stopped' | 'left-running'>;
}

/** Starts the engine, or joins the one that runs on this directory. On return it takes connections. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const layout = layoutOf(options.directory);
  prepareLayout(layout, { restoring: options.restoring === true });
  const engine = new Engine(options);
  await engine.start();
  return engine;
}

/**
 * Stops a server that a killed process left on this directory, whoever else uses it. Only for a directory that is
 * about to be emptied.
 */
export async function stopLeftover(directory: string, log: (line: string) => void): Promise<void> {
  const layout = layoutOf(directory);
  if (!existsSync(layout.postgres)) return;
  const context = { layout, world: systemWorld, connection: {}, log };
  const lock = {
    path: layout.engineLock,
    what: 'the database engine',
    waitMs: ENGINE_LIMITS.lockMs,
    world: systemWorld,
  };
  await withFileLock(lock, () => stopServer(context));
}

class Engine implements Postgres {
  readonly connection: pg.ClientConfig;
  adopted = false;
  readonly #options: PostgresOptions;
  readonly #context: ServerContext;
  readonly #socket: SocketPath;
  readonly #logTimer: NodeJS.Timeout;
  /** The connection by which other processes see that this handle is held. */
  #presence: pg.Client | null = null;
  #stopping: Promise<'stopped' | 'left-running'> | null = null;

  constructor(options: PostgresOptions) {
    const layout = layoutOf(options.directory);
    const world = options.world ?? systemWorld;
    this.#socket = openSocketPath(layout);
    this.connection = {
      host: this.#socket.host,
      port: ENGINE_PORT,
      user: ENGINE_USER,
      database: ENGINE_DATABASE,
      ssl: false,
      application_name: `tocsin ${process.pid} ${toHex(world.random(6))}`,
    };
    this.#options = options;
    this.#context = { layout, world, connection: this.connection, log: options.log };
    this.#logTimer = setInterval(() => boundLog(layout.postgresLog), ENGINE_LIMITS.logCheckMs).unref();
  }

  async start(): Promise<void> {
    try {
      await this.#locked(() => this.#bringUp());
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  stop(): Promise<'stopped' | 'left-running'> {
    this.#stopping ??= this.#locked(() => this.#giveBack()).finally(() => this.#release());
    return this.#stopping;
  }

  async #bringUp(): Promise<void> {
    const found = await findServer(this.#context);
    switch (found.kind) {
      case 'answering':
        this.adopted = true;
        this.#hold(found.client);
        return;
      case 'deaf':
        this.#context.log(`database engine (process ${found.pid}) does not answer: starting it again`);
        await stopServer(this.#context);
        return this.#startAndHold();
      case 'none':
        return this.#startAndHold();
      default:
        return never(found);
    }
  }

  async #startAndHold(): Promise<void> {
    const { layout } = this.#context;
    const owner = clusterOwner(layout);
    const runner = chooseRunner(this.#options.rootWay ?? 'auto', owner);
    const complete = hydrateNative(this.#options.native ?? findNative(), layout.engine);
    const native = reachableBy(runner, complete, this.#options.copyParents);
    if (owner === null) await createCluster(layout, native, runner);
    else checkClusterVersion(layout, native);
    giveTo(runner, layout.postgres);
    await startServer(this.#context, native, runner);
    const found = await findServer(this.#context);
    if (found.kind !== 'answering') {
      throw new TocsinError(
        'engine',
        'Cannot reach the database engine: it runs and does not answer, want its socket open',
      );
    }
    this.#hold(found.client);
  }

  #hold(client: pg.Client): void {
    this.#presence = client;
    client.once('end', () => {
      if (this.#presence === client && this.#stopping === null) void this.#revive();
    });
  }

  /** The server went away under us (killed, out of memory): bring it back, so that the pool's next query works. */
  async #revive(): Promise<void> {
    this.#presence = null;
    for (let round = 1; round <= ENGINE_LIMITS.revivals && this.#stopping === null; round++) {
      try {
        await this.#locked(async () => {
          if (this.#stopping === null) await this.#bringUp();
        });
        this.#context.log('database engine was lost and runs again');
        return;
      } catch (error) {
        this.#context.log(
          `database engine is lost (try ${round} of ${ENGINE_LIMITS.revivals}): ${errorWords(error)}`,
        );
        await sleep(ENGINE_LIMITS.revivalPauseMs * round);
      }
    }
  }

  async #giveBack(): Promise<'stopped' | 'left-running'> {
    if ((await this.#others()) > 0) return 'left-running';
    return (await stopServer(this.#context)) === 'stopped' ? 'stopped' : 'left-running';
  }

  /** How many others are connected; 0 where no server answers. Ends the presence. */
  async #others(): Promise<number> {
    const held = this.#presence;
    this.#presence = null;
    const others = held === null ? null : await countOthers(held);
    if (others !== null) return others;
    // Lost a moment ago; somebody else may have brought the server back.
    const found = await findServer(this.#context);
    return found.kind === 'answering' ? ((await countOthers(found.client)) ?? 0) : 0;
  }

  #release(): void {
    clearInterval(this.#logTimer);
    this.#socket.close();
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    const { layout, world } = this.#context;
    const lock = {
      path: layout.engineLock,
      what: 'the database engine',
      waitMs: ENGINE_LIMITS.lockMs,
      world,
    };
    return withFileLock(lock, work);
  }
}

/** Connections of other handles, or of a person with psql; null where the server does not answer. Ends `client`. */
async function countOthers(client: pg.Client): Promise<number | null> {
  const sql = `SELECT count(*)::integer AS others FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND application_name <> current_setting('application_name')`;
  try {
    const result = await client.query<{ others: number }>(sql);
    return result.rows[0]?.others ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}
