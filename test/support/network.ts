// A whole Tocsin network in one process: a hub with its real engine and TLS server, machines with directories of
// their own, all under one clock that the test moves.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresAccessStore } from '../../packages/hub/src/access/postgres-store.ts';
import { mintToken } from '../../packages/hub/src/access/tokens.ts';
import { readSettings } from '../../packages/hub/src/config.ts';
import type { KeyRing } from '../../packages/hub/src/keys/store.ts';
import { createKeys, openKeys } from '../../packages/hub/src/keys/store.ts';
import { PublishedLists } from '../../packages/hub/src/lists/published.ts';
import { registerListRoutes } from '../../packages/hub/src/lists/routes.ts';
import { IndexMaker } from '../../packages/hub/src/lookup/index-maker.ts';
import { KnownObjects } from '../../packages/hub/src/lookup/known.ts';
import { registerLookupRoutes } from '../../packages/hub/src/lookup/routes.ts';
import type { Participation } from '../../packages/hub/src/participation.ts';
import { openParticipation } from '../../packages/hub/src/participation.ts';
import type { HubServer } from '../../packages/hub/src/server/server.ts';
import { buildServer } from '../../packages/hub/src/server/server.ts';
import { listPath } from '../../packages/hub/src/store/artifacts.ts';
import type { TemporaryHub } from '../../packages/hub/src/testing/temporary-hub.ts';
import { temporaryHub } from '../../packages/hub/src/testing/temporary-hub.ts';
import { explain } from '../../packages/hub/src/verdicts/explain.ts';
import { LISTS_CHANNEL } from '../../packages/hub/src/verdicts/publish.ts';
import { join as joinHub } from '../../packages/tocsin/src/client/channel/enrol.ts';
import { Machine } from '../../packages/tocsin/src/client/machine.ts';
import type { Home } from '../../packages/tocsin/src/client/state/home.ts';
import { homeAt } from '../../packages/tocsin/src/client/state/home.ts';
import type { World } from '../../packages/tocsin/src/protocol/world.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A world whose clock stands still until the test moves it. */
export class MovedWorld implements World {
  #now = Date.UTC(2026, 0, 1);
  readonly clock = { now: () => this.#now, monotonic: () => this.#now };

  random(size: number): Uint8Array {
    return randomBytes(size);
  }

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** One request as the hub got it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export class Network {
  readonly world: MovedWorld;
  readonly hub: TemporaryHub;
  readonly keys: KeyRing;
  /** Terms, intake, policies and public pages of the hub; `sweep` and the like are its `upkeep`. */
  readonly participation: Participation;
  readonly server: HubServer;
  readonly url: string;
  /** Everything that machines sent, in order. */
  readonly seen: SeenRequest[];
  readonly #directory: string;
  readonly #machines: Machine[] = [];
  readonly #close: () => Promise<void>;

  private constructor(
    parts: Pick<Network, 'world' | 'hub' | 'keys' | 'participation' | 'server' | 'url' | 'seen'>,
    close: () => Promise<void>,
  ) {
    this.world = parts.world;
    this.hub = parts.hub;
    this.keys = parts.keys;
    this.participation = parts.participation;
    this.server = parts.server;
    this.url = parts.url;
    this.seen = parts.seen;
    this.#directory = mkdtempSync(join(tmpdir(), 'tocsin-machines-'));
    this.#close = close;
  }

  static async start(): Promise<Network> {
    const world = new MovedWorld();
    const hub = await temporaryHub(world);
    await createKeys(hub.layout.keys, world);
    const keys = openKeys(hub.layout.keys);
    const settings = readSettings({ flags: { data: hub.layout.directory }, env: {} });
    const { db, layout } = hub;
    const participation = await openParticipation({ db, layout, keys, settings, world, log: () => {} });
    const lists = await PublishedLists.open(hub.db, hub.layout);
    const pathOf = (digest: string): string => listPath(hub.layout, digest);
    const source = new IndexMaker({ pathOf, random: (bytes) => world.random(bytes) });
    const known = new KnownObjects({ lists, source, pathOf, log: () => {} });
    const access = new PostgresAccessStore(hub.db);
    const seen: SeenRequest[] = [];
    const server = await buildServer({
      keys,
      tokens: access,
      machines: access,
      world,
      version: 'test',
      log: () => {},
      registerRoutes: (app) => {
        app.addHook('preHandler', async ({ method, url, body }) => {
          seen.push({ method, path: url, body });
        });
        registerListRoutes(app, lists, keys);
        registerLookupRoutes(app, { lists, known, clock: world.clock, explain: (key) => explain(hub, key) });
        participation.register(app);
      },
    });
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
    const listener = await hub.db.listen(LISTS_CHANNEL, () => void lists.reload());
    const close = async (): Promise<void> => {
      await server.close();
      await participation.close();
      await listener.close();
      await known.close();
      await lists.close();
      await hub.close();
    };
    return new Network({ world, hub, keys, participation, server, url, seen }, close);
  }

  async token(): Promise<string> {
    const { text } = await mintToken(new PostgresAccessStore(this.hub.db), this.keys.root, this.world);
    return text;
  }

  home(name: string): Home {
    return homeAt(join(this.#directory, name));
  }

  /** A machine that has joined; open until the network closes. */
  async machine(name: string): Promise<Machine> {
    await joinHub(this.home(name), this.url, await this.token(), this.world);
    return this.open(name);
  }

  /** The machine as a new process would open it. */
  open(name: string): Machine {
    const machine = Machine.open({ home: this.home(name), world: this.world });
    this.#machines.push(machine);
    return machine;
  }

  /** A place for files of the test. */
  path(name: string): string {
    return join(this.#directory, name);
  }

  async close(): Promise<void> {
    for (const machine of this.#machines) await machine.close();
    await this.#close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
