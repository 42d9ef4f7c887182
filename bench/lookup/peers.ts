// The peers of `bench lookup`, each with the same objects and asked for the same ones, one at a time: started, measured,
// stopped. One that cannot be had is a note, and not measured.
import { errorWords } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { seededRandom } from '../random.ts';
import { startBare } from './bare.ts';
import { floorLatency } from './floor.ts';
import { askedKeys, KEY } from './keys.ts';
import type { Rates } from './measure.ts';
import type { Server, StaticAnswer } from './nginx.ts';
import { startNginx } from './nginx.ts';
import { postgresRates } from './postgres.ts';
import { rbldnsdRate } from './rbldnsd.ts';
import { type RedisRates, redisRates } from './redis.ts';
import { wrkRate } from './wrk.ts';

export interface PeerFigures {
  readonly nginx: Rates | null;
  readonly bare: BareRates | null;
  readonly redis: RedisRates | null;
  readonly rbldnsd: Rates | null;
  readonly postgres: readonly Rates[] | null;
}

/** Latency at the rate of the hub's: what it cannot be below on this machine. */
export interface BareRates extends Rates {
  readonly halfP99: number;
}

export interface PeerPlan {
  readonly objects: number;
  /** Single look-ups a second of the hub, its highest rate. */
  readonly singles: number;
  /** For those that answer all with the same. */
  readonly answer: StaticAnswer;
  /** Is told which peer could not be measured, and why. */
  readonly notes: string[];
}

export async function measurePeers(
  context: BenchContext,
  { objects, singles, answer, notes }: PeerPlan,
): Promise<PeerFigures> {
  const attempt = async <T>(name: string, measure: () => Promise<T>): Promise<T | null> => {
    try {
      context.say(name);
      return await measure();
    } catch (error) {
      context.signal.throwIfAborted();
      notes.push(`Not measured against ${name}: ${errorWords(error)}`);
      return null;
    }
  };
  const nginx = await attempt('nginx', async () => {
    const server = await startNginx(context, answer);
    return staticRate(context, 'nginx', server).finally(server.stop);
  });
  const bare = await attempt('node:http alone', async () => {
    const server = await startBare(context, answer);
    return bareRates(context, server, singles).finally(server.stop);
  });
  const known = seededRandom(LOOKUP_BENCH.seed).bytes(objects * KEY);
  const asked = askedKeys(LOOKUP_BENCH.seed, objects, LOOKUP_BENCH.asked);
  const redis = await attempt('Redis', () => redisRates(context, known, asked));
  const rbldnsd = await attempt('rbldnsd', () => rbldnsdRate(context, known, asked));
  const postgres = await attempt('PostgreSQL', () => postgresRates(context, known, asked));
  return { nginx, bare, redis, rbldnsd, postgres };
}

function staticRate(context: BenchContext, name: string, { port, pid }: Server): Promise<Rates> {
  const target = { name: `${name}, one answer, TLS`, url: `https://127.0.0.1:${port}/`, pid };
  return wrkRate(context, target);
}

async function bareRates(context: BenchContext, server: Server, perSecond: number): Promise<BareRates> {
  const rates = await staticRate(context, 'node:http alone', server);
  const connections = LOOKUP_BENCH.singleConnections;
  const halfP99 = await floorLatency(context, { name: rates.name, server, perSecond, connections });
  return { ...rates, halfP99 };
}
