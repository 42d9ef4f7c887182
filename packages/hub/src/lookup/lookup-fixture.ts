// For tests only: a hub with the look-ups of spec/vectors/lookup/packed.json, and a machine that joined it.
import { readFileSync } from 'node:fs';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES } from 'tocsin/protocol/kinds.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import type { PublishedLists } from '../lists/published.ts';
import { registerListRoutes } from '../lists/routes.ts';
import { type FixtureHub, startHub } from '../server/hub-fixture.ts';
import { IndexMaker } from './index-maker.ts';
import { KnownObjects } from './known.ts';
import { LookupLoad } from './load.ts';
import { registerLookupRoutes } from './routes.ts';
import type { Vectors } from './vectors-fixture.ts';
import { openVectorLists } from './vectors-fixture.ts';

export interface Packed extends Pick<Vectors, 'prefixBits' | 'lists'> {
  readonly answered: readonly {
    readonly name: string;
    readonly kind: KeyKind;
    readonly keys: string[];
    readonly request: string;
  }[];
  readonly refused: readonly {
    readonly name: string;
    readonly what: 'request' | 'response';
    readonly hex: string;
  }[];
}

const VECTORS = new URL('../../../../spec/vectors/lookup/packed.json', import.meta.url);

export function readPacked(): Packed {
  return JSON.parse(readFileSync(VECTORS, 'utf8')) as Packed;
}

export interface LookupHub extends FixtureHub {
  readonly joined: Joined;
  readonly load: LookupLoad;
  /** Requests that came to the framework so far. */
  framework(): number;
}

/** The indexes of `warm` are made on return. Of every object nobody says anything beyond its verdict. */
export async function startLookupHub(
  packed: Packed,
  warm: readonly KeyKind[] = KEY_KIND_NAMES,
): Promise<LookupHub> {
  const { lists: set, pathOf, close } = openVectorLists(packed);
  const lists = { set, manifest: set.manifest, onRevision: () => () => {} } as unknown as PublishedLists;
  const source = new IndexMaker({ pathOf, random: systemWorld.random });
  const known = new KnownObjects({ lists, source, pathOf, log: () => {} });
  const explain = async () => ({ claims: [], unread: [], resolution: { kind: 'none' }, machines: null });
  let framework = 0;
  const load = new LookupLoad(systemWorld.clock);
  const hub = await startHub({
    registerRoutes: (app, { answerEarly, context }) => {
      app.addHook('onRequest', async () => {
        framework++;
      });
      const { clock } = systemWorld;
      registerLookupRoutes(app, { lists, known, clock, explain: explain as never, answerEarly, load });
      registerListRoutes(app, lists, context.keys);
    },
  });
  for (const kind of warm) known.find(kind, new Uint8Array(32));
  await known.ready;
  return {
    ...hub,
    joined: await join(hub.newHome(), hub.url, await hub.token(), hub.world),
    load,
    framework: () => framework,
    close: async () => {
      await hub.close();
      await known.close();
      close();
    },
  };
}
