// The peers of `bench lookup`, each with the same objects and asked for the same ones, one at a time: started, measured,
// stopped. One that cannot be had is a note, and not measured.
import { errorWords } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { seededRandom } from '../random.ts';
import { startBare } from './bare.ts';
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
  readonly bare: Rates | null;
  readonly redis: RedisRates | null;
  readonly rbldnsd: Rates | null;
  readonly postgres: readonly Rates[] | null;
}

export interface PeerPlan {
  readonly objects: number;
  /** For those that answer all with the same. */
  readonly answer: StaticAnswer;
  /** Is told which peer could not be measured, and why. */
  readonly notes: string[];
}

export async function measurePeers(
  context: BenchContext,
  { objects, answer, notes }: PeerPlan,
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
  const fixed = (name: string, start: typeof startNginx) =>
    attempt(name, () => staticRate(context, name, () => start(context, answer)));
  const nginx = await fixed('nginx', startNginx);
  const bare = await fixed('node:http alone', startBare);
  const known = seededRandom(LOOKUP_BENCH.seed).bytes(objects * KEY);
  const asked = askedKeys(LOOKUP_BENCH.seed, objects, LOOKUP_BENCH.asked);
  const redis = await attempt('Redis', () => redisRates(context, known, asked));
  const rbldnsd = await attempt('rbldnsd', () => rbldnsdRate(context, known, asked));
  const postgres = await attempt('PostgreSQL', () => postgresRates(context, known, asked));
  return { nginx, bare, redis, rbldnsd, postgres };
}

async function staticRate(context: BenchContext, name: string, start: () => Promise<Server>): Promise<Rates> {
  const { port, pid, stop } = await start();
  const target = { name: `${name}, one answer, TLS`, url: `https://127.0.0.1:${port}/`, pid };
  return wrkRate(context, target).finally(stop);
}
