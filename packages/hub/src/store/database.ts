// The hub's records in PostgreSQL: queries, transactions, locks between nodes, messages between nodes.
// Knows no table. What a returned promise acknowledges is on disk (synchronous_commit is never turned off).
//
//   openDatabase(source: { connection } | { url }, options?): Promise<Database>
//   database.query<Row>(sql, values?)      -> rows          (int8 arrives as number, bytea as Buffer, time as Date)
//   database.execute(sql, values?)         -> number of rows touched
//   database.transaction(work, options?)   -> what work(session) returns; run again where another one came first
//   database.withLock(name, work)          -> one holder among all nodes (ADVISORY_LOCKS in store/config.ts)
//   database.listen(channel, heard)        -> heard(payload), heard(null) = connected (again): look for yourself
//   database.notify(channel, payload?)
//   database.close()
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { systemWorld, type World } from 'tocsin/protocol/world.ts';
import { ADVISORY_LOCKS, ADVISORY_SPACE, type AdvisoryLock, STORE_LIMITS } from './config.ts';
import { isConnectionLoss, isSerializationFailure, storeError } from './errors.ts';
import { type Listener, openListener } from './listener.ts';
import { storeTypes } from './types.ts';

/**
 * Values are spelt in one way, and commits are durable, whatever the operator's server is set to.
 */
const CONNECTION_SETTINGS = `SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET intervalstyle = 'postgres';
  SET bytea_output = 'hex'; SET extra_float_digits = 1;
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

export type DatabaseSource = { readonly connection: pg.ClientConfig } | { readonly url: string };

export interface DatabaseOptions {
  readonly world?: World;
  readonly poolSize?: number;
  /** How long to wait for a server that does not answer, before 'unreachable'. */
  readonly patienceMs?: number;
}

/** One connection, or the pool. */
export interface Queries {
  query<R extends object>(sql: string, values?: readonly unknown[]): Promise<readonly R[]>;
  /** The number of rows inserted, updated, deleted or returned. */
  execute(sql: string, values?: readonly unknown[]): Promise<number>;
}

/** One connection inside a transaction or lock; not to be kept beyond it. */
export interface Session extends Queries {
  /** For COPY streams and cursors. */
  readonly client: pg.ClientBase;
}

export interface TransactionOptions {
  /** Default 'read committed'. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
}

/** Connects once to prove the source. Throws 'unreachable', 'denied', or 'engine' for a server that is too old. */
export async function openDatabase(source: DatabaseSource, options: DatabaseOptions = {}): Promise<Database> {
  const database = new Database(source, options);
  try {
    const rows = await database.query<{ version: string }>(
      `SELECT current_setting('server_version_num') AS version`,
    );
    const major = Math.floor(Number(rows[0]?.version) / 10_000);
    if (major >= STORE_LIMITS.serverMajor) return database;
    throw new TocsinError(
      'engine',
      `Cannot use the PostgreSQL server: it is version ${major}, want ${STORE_LIMITS.serverMajor} or later`,
    );
  } catch (error) {
    await database.close();
    throw error;
  }
}

export class Database implements Queries {
  readonly #config: pg.ClientConfig;
  readonly #pool: pg.Pool;
  readonly #world: World;
  readonly #patienceMs: number;
  readonly #listeners = new Set<Listener>();

  constructor(source: DatabaseSource, options: DatabaseOptions) {
    const base =
      'url' in source ? { connectionString: source.url, application_name: 'tocsin' } : source.connection;
    this.#config = { ...base, types: storeTypes, connectionTimeoutMillis: STORE_LIMITS.connectMs };
    this.#world = options.world ?? systemWorld;
    this.#patienceMs = options.patienceMs ?? STORE_LIMITS.reconnectMs;
    this.#pool = new pg.Pool({
      ...this.#config,
      max: options.poolSize ?? STORE_LIMITS.poolSize,
      idleTimeoutMillis: STORE_LIMITS.idleMs,
      onConnect: async (client) => {
        await client.query(CONNECTION_SETTINGS);
      },
    });
    // An idle connection that breaks is dropped by the pool; the next query makes a new one.
    this.#pool.on('error', () => {});
  }

  async query<R extends object>(sql: string, values: readonly unknown[] = []): Promise<readonly R[]> {
    return this.#withClient((session) => session.query<R>(sql, values));
  }

  async execute(sql: string, values: readonly unknown[] = []): Promise<number> {
    return this.#withClient((session) => session.execute(sql, values));
  }

  /**
   * Runs `work` in a transaction: committed and durable when the promise resolves, undone when `work` throws.
   * `work` may run several times (another transaction came first), so it must have no effect outside.
   * 'unreachable' from the commit itself leaves open whether it took effect.
   */
  async transaction<T>(work: (session: Session) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const mode = `ISOLATION LEVEL ${options.isolation ?? 'read committed'} READ ${options.readOnly === true ? 'ONLY' : 'WRITE'}`;
    for (let round = 1; ; round++) {
      try {
        return await this.#withClient((session) => runTransaction(session, mode, work));
      } catch (error) {
        const cause = error instanceof TocsinError ? error.cause : error;
        if (!isSerializationFailure(cause) || round >= STORE_LIMITS.transactionTries) throw error;
        const spread = (this.#world.random(1)[0] ?? 0) / 255;
        await sleep(STORE_LIMITS.transactionPauseMs * round * (0.5 + spread));
      }
    }
  }

  /** Runs `work` as the only holder of the lock among all nodes; waits for it, at last throws 'conflict'. */
  async withLock<T>(lock: AdvisoryLock, work: () => Promise<T>): Promise<T> {
    return this.#withClient(async (session) => {
      await session.execute(`SET lock_timeout = ${STORE_LIMITS.lockMs}`);
      await session.execute('SELECT pg_advisory_lock($1, $2)', [ADVISORY_SPACE, ADVISORY_LOCKS[lock]]);
      try {
        return await work();
      } finally {
        await releaseLock(session, lock);
      }
    });
  }

  /** As `withLock`, without waiting: 'held' where another node has it. */
  async tryWithLock<T>(
    lock: AdvisoryLock,
    work: () => Promise<T>,
  ): Promise<{ kind: 'ran'; value: T } | { kind: 'held' }> {
    return this.#withClient(async (session) => {
      const key = [ADVISORY_SPACE, ADVISORY_LOCKS[lock]];
      const rows = await session.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS got', key);
      if (rows[0]?.got !== true) return { kind: 'held' };
      try {
        return { kind: 'ran', value: await work() };
      } finally {
        await releaseLock(session, lock);
      }
    });
  }

  /**
   * Calls `heard` with each payload sent to `channel`, and with null after every (re)connection: messages sent
   * before it are lost, so look at the records. Resolves when connected the first time.
   */
  async listen(channel: string, heard: (payload: string | null) => void): Promise<Listener> {
    const listener = await openListener({
      config: this.#config,
      channel,
      heard,
      closed: () => this.#listeners.delete(listener),
    });
    this.#listeners.add(listener);
    return listener;
  }

  /** Inside a transaction use `notify` of this file with its session: it is sent on commit. */
  async notify(channel: string, payload = ''): Promise<void> {
    await notify(this, channel, payload);
  }

  /** Ends all connections and listeners; waits for queries that run. */
  async close(): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener.close()));
    if (!this.#pool.ended) await this.#pool.end();
  }

  async #withClient<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    // Without a listener an error between two queries would end the process.
    const broken = () => {};
    client.on('error', broken);
    let lost = false;
    try {
      return await work(sessionOf(client));
    } catch (error) {
      lost = isConnectionLoss(error) || (error instanceof TocsinError && error.code === 'unreachable');
      throw storeError(error);
    } finally {
      client.off('error', broken);
      client.release(lost);
    }
  }

  /** Nothing was sent yet, so trying again is safe. */
  async #connect(): Promise<pg.PoolClient> {
    const deadline = this.#world.clock.monotonic() + this.#patienceMs;
    for (;;) {
      try {
        return await this.#pool.connect();
      } catch (error) {
        const late = this.#world.clock.monotonic() > deadline;
        if (late || !isConnectionLoss(error)) throw storeError(error);
        await sleep(STORE_LIMITS.reconnectPauseMs);
      }
    }
  }
}

/** Sends `payload` to everyone who listens to `channel`; within a transaction, when it commits. */
export async function notify(queries: Queries, channel: string, payload = ''): Promise<void> {
  if (Buffer.byteLength(payload) > STORE_LIMITS.notifyBytes) {
    throw new TocsinError(
      'limit',
      `Cannot notify '${channel}': the message has ${Buffer.byteLength(payload)} bytes, want at most ${STORE_LIMITS.notifyBytes}`,
    );
  }
  await queries.execute('SELECT pg_notify($1, $2)', [channel, payload]);
}

async function runTransaction<T>(
  session: Session,
  mode: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await session.execute(`BEGIN ${mode}`);
  try {
    const value = await work(session);
    await session.execute('COMMIT');
    return value;
  } catch (error) {
    await session.execute('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function releaseLock(session: Session, lock: AdvisoryLock): Promise<void> {
  await session.execute('RESET lock_timeout').catch(() => {});
  // A broken connection has released it already.
  await session
    .execute('SELECT pg_advisory_unlock($1, $2)', [ADVISORY_SPACE, ADVISORY_LOCKS[lock]])
    .catch(() => {});
}

function sessionOf(client: pg.ClientBase): Session {
  return {
    client,
    query: async <R extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<R>(sql, [...values])).rows,
    execute: async (sql, values = []) => (await client.query(sql, [...values])).rowCount ?? 0,
  };
}
