// The peers of `bench lookup`, each with the same objects and asked for the same ones: started, ready to be measured in turn
// with the hub. One that cannot be had is a note, and not measured.
import { errorWords } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { seededRandom } from '../random.ts';
import { startBare } from './bare.ts';
import { askedKeys, KEY } from './keys.ts';
import type { Server, StaticAnswer } from './nginx.ts';
import { startNginx } from './nginx.ts';
import type { OpenPostgres } from './postgres.ts';
import { openPostgres } from './postgres.ts';
import type { OpenRbldnsd } from './rbldnsd.ts';
import { openRbldnsd } from './rbldnsd.ts';
import type { OpenRedis } from './redis.ts';
import { openRedis } from './redis.ts';
import type { Contestant } from './turns.ts';
import { byWrk } from './wrk.ts';

export interface Peers {
  readonly nginx: OpenStatic | null;
  readonly bare: OpenStatic | null;
  readonly redis: OpenRedis | null;
  readonly rbldnsd: OpenRbldnsd | null;
  readonly postgres: OpenPostgres | null;
}

export interface OpenStatic extends Server {
  readonly way: Contestant;
}

export interface PeerPlan {
  readonly objects: number;
  /** For those that answer all with the same. */
  readonly answer: StaticAnswer;
  /** Is told which peer could not be started, and why. */
  readonly notes: string[];
}

export async function openPeers(context: BenchContext, { objects, answer, notes }: PeerPlan): Promise<Peers> {
  const attempt = async <T>(name: string, open: () => Promise<T>): Promise<T | null> => {
    try {
      context.say(`starting ${name}`);
      return await open();
    } catch (error) {
      context.signal.throwIfAborted();
      notes.push(`Not measured against ${name}: ${errorWords(error)}`);
      return null;
    }
  };
  const fixed = (name: string, start: typeof startNginx): Promise<OpenStatic | null> =>
    attempt(name, async () => {
      const server = await start(context, answer);
      const url = `https://127.0.0.1:${server.port}/`;
      return {
        ...server,
        way: await byWrk(context, { name: `${name}, one answer, TLS`, url, pid: server.pid }),
      };
    });
  const known = seededRandom(LOOKUP_BENCH.seed).bytes(objects * KEY);
  const asked = askedKeys(LOOKUP_BENCH.seed, objects, LOOKUP_BENCH.asked);
  return {
    nginx: await fixed('nginx', startNginx),
    bare: await fixed('node:http alone', startBare),
    redis: await attempt('Redis', () => openRedis(context, known, asked)),
    rbldnsd: await attempt('rbldnsd', () => openRbldnsd(context, known, asked)),
    postgres: await attempt('PostgreSQL', () => openPostgres(context, known, asked)),
  };
}

export function contestantsOf({ nginx, bare, redis, rbldnsd, postgres }: Peers): readonly Contestant[] {
  const one = (peer: { readonly way: Contestant } | null): Contestant[] => (peer === null ? [] : [peer.way]);
  return [...(redis?.ways ?? []), ...(postgres?.ways ?? []), ...one(nginx), ...one(bare), ...one(rbldnsd)];
}

export async function stopPeers(peers: Peers): Promise<void> {
  for (const peer of Object.values(peers) as Peers[keyof Peers][]) await peer?.stop();
}
