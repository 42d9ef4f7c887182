// A running hub, config to service:
//
//   settings ─► records (hub.ts) ─► keys ─► terms, Statements ─► bundled lists ─► published lists ─► HTTPS server
//                                                    ▲
//                 PostgreSQL's notification ─► reload, tell machines (lists/published.ts)
//
// One process of possibly several over the same records; it holds nothing that a restart would lose.
import { once } from 'node:events';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { PostgresAccessStore } from './access/postgres-store.ts';
import type { Settings } from './config.ts';
import { checkBrowserSettings } from './hash-lists/browser-certificate.ts';
import type { BrowserServer } from './hash-lists/browser-server.ts';
import { startBrowserServer } from './hash-lists/browser-server.ts';
import { HashLists } from './hash-lists/hash-lists.ts';
import { registerHashListRoutes } from './hash-lists/routes.ts';
import type { Hub } from './hub.ts';
import { openHub } from './hub.ts';
import { importBundled } from './imports/bundled.ts';
import { registerGroupSecretRoute } from './keys/group-secret.ts';
import { maintain, maintenanceWords } from './keys/rotate.ts';
import type { KeyRing } from './keys/store.ts';
import { createKeys, openKeys } from './keys/store.ts';
import { openLists, spawnPublish } from './lists/open.ts';
import type { PublishedLists } from './lists/published.ts';
import { followLists } from './lists/published.ts';
import { registerListRoutes } from './lists/routes.ts';
import { IndexMaker } from './lookup/index-maker.ts';
import { KnownObjects } from './lookup/known.ts';
import { registerLookupRoutes } from './lookup/routes.ts';
import { LookupThreads } from './lookup/threads.ts';
import type { Participation } from './participation.ts';
import { openParticipation } from './participation.ts';
import type { HubServer } from './server/server.ts';
import { buildServer } from './server/server.ts';
import { listPath } from './store/artifacts.ts';
import { explain } from './verdicts/explain.ts';
import { collectGarbage } from './verdicts/garbage.ts';
import { isStale } from './verdicts/publish.ts';
import { VERSION } from './version.ts';

export const SERVE_LIMITS = {
  /** How often claims are compared with what is published, for the publication that a killed command left undone. */
  staleCheckMs: 5_000,
  garbageMs: 3_600_000,
} as const;

export interface RunningHub {
  readonly url: string;
  readonly server: HubServer;
  /** For stock browsers; null where the settings name no place for it. */
  readonly browsers: BrowserServer | null;
  /** For look-ups by the thousand; null where the settings name no place for them. */
  readonly threads: LookupThreads | null;
  close(): Promise<void>;
}

/** Starts a hub; it answers on return. Throws with why it cannot. */
export async function serve(
  settings: Settings,
  log: (line: string) => void,
  world: World = systemWorld,
): Promise<RunningHub> {
  checkBrowserSettings(settings);
  const hub = await openHub(settings, log, world);
  const cleanUp: (() => Promise<void> | void)[] = [() => hub.close()];
  const close = async (): Promise<void> => {
    for (const step of cleanUp.toReversed()) await step();
  };
  try {
    const keys = await prepareKeys(hub);
    const participation = await openParticipation({ ...hub, keys });
    cleanUp.push(() => participation.close());
    await importBundled(hub);
    const lists = await openLists(hub, (close) => cleanUp.push(close));
    const pathOf = (digest: string): string => listPath(hub.layout, digest);
    const source = new IndexMaker({ pathOf, random: (bytes) => world.random(bytes) });
    const known = new KnownObjects({ lists, source, pathOf, log });
    cleanUp.push(() => known.close());
    const hashLists = openHashLists(hub, lists);
    cleanUp.push(() => hashLists.close());
    const server = await makeServer({ hub, keys, lists, known, hashLists, participation });
    cleanUp.push(() => server.close());
    const { url } = await server.listen(settings.listen);
    const sources = { lists, hashLists };
    const browsers = await startBrowserServer(settings, { sources, keys: hub.layout.keys, world, log });
    if (browsers !== null) cleanUp.push(() => browsers.close());
    const threads = await startThreads(hub, source, lists);
    if (threads !== null) cleanUp.push(() => threads.close());
    cleanUp.push(await followLists(hub.db, lists, log), upkeep(hub, participation));
    void participation.publish();
    return { url, server, browsers, threads, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keys that are there, current, and of this release: hubs of an earlier one get what they lack. */
async function prepareKeys(hub: Hub): Promise<KeyRing> {
  const rootKey = hub.settings.rootKey ?? undefined;
  await createKeys(hub.layout.keys, hub.world, rootKey);
  const keys = openKeys(hub.layout.keys, rootKey);
  const words = maintenanceWords(await maintain(keys, hub.world));
  if (words !== null) hub.log(words);
  return keys;
}

interface ServerParts {
  readonly hub: Hub;
  readonly keys: KeyRing;
  readonly lists: PublishedLists;
  readonly known: KnownObjects;
  readonly hashLists: HashLists;
  readonly participation: Participation;
}

async function makeServer(parts: ServerParts): Promise<HubServer> {
  const { hub, keys, lists, known, hashLists, participation } = parts;
  const access = new PostgresAccessStore(hub.db);
  return await buildServer({
    keys,
    tokens: access,
    machines: access,
    world: hub.world,
    version: VERSION,
    log: hub.log,
    registerRoutes: (app, { answerEarly }) => {
      registerListRoutes(app, lists, keys);
      const { clock } = hub.world;
      registerLookupRoutes(app, { lists, known, clock, explain: (key) => explain(hub, key), answerEarly });
      registerHashListRoutes(app, { lists, hashLists });
      registerGroupSecretRoute(app, hub.layout.keys, hub.world);
      participation.register(app);
    },
  });
}

/** Over the system's clock and network, whatever the world of the hub is. */
async function startThreads(
  hub: Hub,
  source: IndexMaker,
  lists: PublishedLists,
): Promise<LookupThreads | null> {
  const { data, lookupListen: listen, lookupThreads } = hub.settings;
  if (listen === null) return null;
  const { source: database, log } = hub;
  return await LookupThreads.start({
    data,
    database,
    listen,
    threads: lookupThreads,
    source,
    onDamage: () => lists.reportDamage(),
    log,
  });
}

/** Built in the background, once somebody wants them: a hub answers machines at once, browsers when their lists are there. */
function openHashLists(hub: Hub, lists: PublishedLists): HashLists {
  const hashLists = new HashLists({
    segments: hub.layout.lists,
    directory: hub.layout.hashLists,
    world: hub.world,
    log: hub.log,
    lazy: hub.settings.browserListen === null,
  });
  lists.onRevision((manifest) => void hashLists.follow(manifest));
  void hashLists.follow(lists.manifest);
  return hashLists;
}

/** What nobody asks for: unfinished publications, files that nothing names, data whose time is over. */
function upkeep(hub: Hub, participation: Participation): () => void {
  const every = (ms: number, what: string, work: () => Promise<unknown>): NodeJS.Timeout => {
    let running = false;
    return setInterval(() => {
      if (running) return;
      running = true;
      work()
        .catch((error: unknown) => hub.log(`${what} failed: ${errorWords(error)}`))
        .finally(() => {
          running = false;
        });
    }, ms).unref();
  };
  const timers = [
    every(SERVE_LIMITS.staleCheckMs, 'publishing', () => publishIfStale(hub)),
    every(SERVE_LIMITS.garbageMs, 'clearing old files', () =>
      collectGarbage({ ...hub, clock: hub.world.clock }),
    ),
    ...participation.upkeep.map(({ everyMs, what, work }) => every(everyMs, what, work)),
  ];
  return () => timers.forEach(clearInterval);
}

/** In a process of its own: a merge of large sources would keep machines waiting here. */
async function publishIfStale(hub: Hub): Promise<void> {
  if (!(await isStale(hub))) return;
  const child = spawnPublish(hub.settings, [], 'ignore');
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) hub.log(`publishing in the background ended with status ${status}`);
}
