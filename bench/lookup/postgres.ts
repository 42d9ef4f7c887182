// A peer of the look-ups: PostgreSQL, the server that the hub carries with the hub's settings, in a cluster of its own: the
// same objects in a table, by its index. Asked by the same load generator as all, with prepared statements, on its socket.
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { ENGINE_DATABASE, ENGINE_PORT, ENGINE_USER } from '../../packages/hub/src/engine/config.ts';
import { readPidFile } from '../../packages/hub/src/engine/pidfile.ts';
import { type Postgres, startPostgres, stopLeftover } from '../../packages/hub/src/engine/postgres.ts';
import { openDatabase } from '../../packages/hub/src/store/database.ts';
import { layoutOf } from '../../packages/hub/src/store/layout.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { KEY } from './keys.ts';
import { byLoad, type Way } from './measure.ts';
import { batchesOf, writeRequests } from './order.ts';
import { ANSWER_BEGINS, answerSize, helloTo, question, type Statement } from './postgres-wire.ts';
import type { Contestant } from './turns.ts';

const KEYS_AT_ONCE = 50_000;
/** What the table says of every object: one level of verdicts. */
const LEVEL = 5;

export interface OpenPostgres {
  readonly ways: readonly Contestant[];
  stop(): Promise<void>;
}

/** `known`: all keys of the table; `asked`: half of them known. 32 bytes each. */
export async function openPostgres(
  context: BenchContext,
  known: Buffer,
  asked: Buffer,
): Promise<OpenPostgres> {
  const directory = join(context.directory, 'postgres');
  const postgres = await startPostgres({ directory, log: () => {} });
  const stop = async (): Promise<void> => {
    // A connection of the load generator may be seen for a moment more; nobody else has this cluster.
    if ((await postgres.stop()) === 'left-running') await stopLeftover(directory, () => {});
  };
  context.atEnd(stop);
  await fillTable(context, postgres, known);
  const pid = readPidFile(layoutOf(directory).postgres)?.pid ?? 0;
  const server = { socket: socketOf(postgres), pid };
  const sizes = [...LOOKUP_BENCH.batches, 1];
  return { ways: sizes.map((size) => byLoad(context, wayTo(context, server, asked, size))), stop };
}

/** The index is made over the whole table at the end; nothing of it needs to be durable. */
export async function fillTable(
  context: BenchContext,
  { connection }: Postgres,
  known: Buffer,
): Promise<void> {
  const database = await openDatabase({ connection });
  try {
    await database.execute('CREATE UNLOGGED TABLE objects (key bytea NOT NULL, level smallint NOT NULL)');
    const insert = `INSERT INTO objects SELECT substr($1::bytea, 1 + i * ${KEY}, ${KEY}), ${LEVEL}
      FROM generate_series(0, length($1::bytea) / ${KEY} - 1) AS i`;
    for (let at = 0; at < known.length; at += KEYS_AT_ONCE * KEY) {
      context.signal.throwIfAborted();
      await database.execute(insert, [known.subarray(at, at + KEYS_AT_ONCE * KEY)]);
    }
    await database.execute('ALTER TABLE objects ADD PRIMARY KEY (key)');
    await database.execute('VACUUM (ANALYZE) objects');
  } finally {
    await database.close();
  }
}

/** Where the server listens. */
export function socketOf({ connection: { host } }: Postgres): string {
  if (host?.startsWith('/') === true) return join(host, `.s.PGSQL.${ENGINE_PORT}`);
  throw new TocsinError('engine', `Cannot ask PostgreSQL: it listens at '${host}', want a socket`);
}

function wayTo(
  { directory }: BenchContext,
  { socket, pid }: { readonly socket: string; readonly pid: number },
  asked: Buffer,
  size: number,
): Way {
  const name = size === 1 ? 'PostgreSQL, one a request' : `PostgreSQL, = ANY of ${size}`;
  const statement: Statement = size === 1 ? 'one' : 'list';
  const few = size === 1 ? asked.subarray(0, LOOKUP_BENCH.singles * KEY) : asked;
  const file = join(directory, `postgres-requests-${size}`);
  const written = writeRequests(
    file,
    batchesOf(few, size).map((keys) => question(statement, keys, KEY)),
  );
  const present = size === 1 ? [1, 0] : [Math.ceil(size / 2)];
  const answers = present.map((count) => answerSize(statement, count, KEY));
  const order = {
    to: { path: socket },
    identities: null,
    hello: helloTo(ENGINE_USER, ENGINE_DATABASE, statement),
    awake: false,
    requests: { file, ...written, begins: ANSWER_BEGINS, answers },
    connections: LOOKUP_BENCH.connections,
    server: pid,
  };
  return { name, objects: size, order };
}
