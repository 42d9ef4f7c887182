// A hub for tests: real keys in a temporary directory, the real server on loopback, the memory store, a clock
// that stands where it is put. For tests only; nothing of the product imports it.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from 'tocsin/client/state/home.ts';
import { homeAt } from 'tocsin/client/state/home.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { MemoryAccessStore } from '../access/memory-store.ts';
import { mintToken } from '../access/tokens.ts';
import type { KeyRing } from '../keys/store.ts';
import { createKeys, openKeys } from '../keys/store.ts';
import type { ServerContext } from './context.ts';
import type { HubServer } from './server.ts';
import { buildServer } from './server.ts';

/** A clock that moves only by hand, and a repeatable source of bytes. */
export class SeededWorld implements World {
  #nowMs: number;
  #count = 0;
  readonly #seed: string;
  readonly clock: { now(): number; monotonic(): number };

  constructor(seed = 'seed', nowMs = Date.UTC(2026, 0, 15)) {
    this.#nowMs = nowMs;
    this.#seed = seed;
    this.clock = { now: () => this.#nowMs, monotonic: () => this.#nowMs };
  }

  random(size: number): Uint8Array {
    const parts: Buffer[] = [];
    for (let have = 0; have < size; have += 32)
      parts.push(
        createHash('sha256')
          .update(`${this.#seed} ${this.#count++}`)
          .digest(),
      );
    return Buffer.concat(parts).subarray(0, size);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface FixtureHub {
  readonly directory: string;
  readonly world: SeededWorld;
  readonly keys: KeyRing;
  readonly store: MemoryAccessStore;
  readonly server: HubServer;
  readonly url: string;
  readonly port: number;
  readonly log: string[];
  token(lifetime?: number): Promise<string>;
  /** A fresh state directory of a machine, removed with the hub. */
  newHome(): Home;
  close(): Promise<void>;
}

export async function startHub(
  options: Partial<ServerContext> & { readonly world?: SeededWorld; readonly port?: number } = {},
): Promise<FixtureHub> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const world = options.world ?? new SeededWorld(directory);
  await createKeys(join(directory, 'keys'), world);
  const keys = openKeys(join(directory, 'keys'));
  const store = new MemoryAccessStore();
  const log: string[] = [];
  const context = {
    keys,
    tokens: store,
    machines: store,
    world,
    version: '0.0.0',
    log: (line: string) => log.push(line),
  };
  const server = await buildServer({ ...context, ...options, world });
  const { url, port } = await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  let homes = 0;
  return {
    directory,
    world,
    keys,
    store,
    server,
    url,
    port,
    log,
    token: async (lifetime) => (await mintToken(store, keys.root, world, lifetime)).text,
    newHome: () => homeAt(join(directory, `home-${homes++}`)),
    close: async () => {
      await server.close();
      rmSync(directory, { recursive: true });
    },
  };
}
