// One look-up thread: a server of its own on the port that all of them share (SO_REUSEPORT), with look-ups and nothing
// else. It reads the tables of the hub's own thread, follows the published lists by itself, and keeps nothing.
import { parentPort, workerData } from 'node:worker_threads';
import type { IndexData } from 'tocsin/lists/key-index.ts';
import { failureOf, TocsinError } from 'tocsin/protocol/errors.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import { openKeys } from '../keys/store.ts';
import { followLists, PublishedLists } from '../lists/published.ts';
import { buildServer } from '../server/server.ts';
import { listPath } from '../store/artifacts.ts';
import { openDatabase } from '../store/database.ts';
import { layoutOf } from '../store/layout.ts';
import { explain } from '../verdicts/explain.ts';
import { VERSION } from '../version.ts';
import type { IndexSource, IndexWant } from './index-maker.ts';
import { KnownObjects } from './known.ts';
import { registerLookupRoutes } from './routes.ts';
import type { FromThread, ThreadOrder, ToThread } from './thread-messages.ts';

/** Each thread looks a machine up once a connection, and waits for news of the lists on one more. */
const POOL_SIZE = 2;

/** The tables of the hub's own thread. */
class FarIndexes implements IndexSource {
  readonly #waiting = new Map<number, PromiseWithResolvers<IndexData>>();
  #last = 0;

  take(want: IndexWant): Promise<IndexData> {
    const answer = Promise.withResolvers<IndexData>();
    this.#waiting.set(++this.#last, answer);
    say({ kind: 'take', id: this.#last, want });
    return answer.promise;
  }

  giveBack(want: IndexWant): void {
    say({ kind: 'give-back', want });
  }

  hear(message: Exclude<ToThread, { kind: 'close' }>): void {
    const answer = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'taken') answer?.resolve(message.data);
    else answer?.reject(new TocsinError(message.code, message.words));
  }
}

function say(message: FromThread): void {
  parentPort!.postMessage(message);
}

async function run({ data, database, listen }: ThreadOrder): Promise<void> {
  const log = (line: string): void => say({ kind: 'log', line });
  const layout = layoutOf(data);
  const world = systemWorld;
  const db = await openDatabase(database, { world, poolSize: POOL_SIZE });
  const lists = await PublishedLists.open(db, layout, () => say({ kind: 'damaged' }));
  const source = new FarIndexes();
  const known = new KnownObjects({ lists, source, pathOf: (digest) => listPath(layout, digest), log });
  const access = new PostgresAccessStore(db);
  const server = await buildServer({
    keys: openKeys(layout.keys),
    tokens: access,
    machines: access,
    world,
    version: VERSION,
    log,
    isBare: true,
    registerRoutes: (app, { answerEarly }) => {
      const { clock } = world;
      registerLookupRoutes(app, {
        lists,
        known,
        clock,
        explain: (key) => explain({ db, layout, world }, key),
        answerEarly,
      });
    },
  });
  const unfollow = await followLists(db, lists, log);
  parentPort!.on('message', (message: ToThread) => {
    if (message.kind === 'close') void close();
    else source.hear(message);
  });
  const close = async (): Promise<void> => {
    await server.close();
    await unfollow();
    await known.close();
    await lists.close();
    await db.close();
    parentPort!.close();
  };
  const { port } = await server.listen({ ...listen, isShared: true });
  say({ kind: 'ready', port });
}

try {
  await run(workerData as ThreadOrder);
} catch (error) {
  say({ kind: 'failed', ...failureOf(error) });
  process.exit(1); // of this thread alone
}
