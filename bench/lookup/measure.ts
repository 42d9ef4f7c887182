// Asks one server in one way with the load generator (load.ts), a process of its own: at the highest rate in a closed loop, and
// at half of a rate in an open one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { median } from '../table.ts';
import type { LoadOrder, LoadResult } from './order.ts';
import { type Contestant, orNull, roundsOf } from './turns.ts';

const GENERATOR = fileURLToPath(new URL('./load.ts', import.meta.url));

/** How one server is asked. */
export interface Way {
  readonly name: string;
  /** In one request. */
  readonly objects: number;
  readonly order: Omit<LoadOrder, 'rate' | 'warmSeconds' | 'seconds'>;
}

export function byLoad(context: BenchContext, { name, objects, order }: Way): Contestant {
  const run: Contestant['run'] = async () => {
    const { answered, seconds, p99, serverCores, askerCores } = await load(context, order, null);
    const perSecond = (answered * objects) / seconds;
    return { perSecond, p99, serverCores: orNull(serverCores), askerCores: orNull(askerCores) };
  };
  return { name, objects, run };
}

/** p99 in milliseconds, counted from the planned times, at half of `perSecond` objects a second. */
export async function latencyAtHalf(context: BenchContext, way: Way, perSecond: number): Promise<number> {
  const p99: number[] = [];
  for (let round = 0; round < roundsOf(context); round++)
    p99.push((await load(context, way.order, perSecond / way.objects / 2)).p99);
  return median(p99);
}

async function load(context: BenchContext, order: Way['order'], rate: number | null): Promise<LoadResult> {
  context.signal.throwIfAborted();
  const child = spawn(process.execPath, [GENERATOR], {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: context.signal,
  });
  child.on('error', () => {}); // an interruption: told by the status
  const ended = once(child, 'close');
  const { warmSeconds, seconds } = LOOKUP_BENCH;
  const whole: LoadOrder = { ...order, rate, warmSeconds, seconds };
  child.stdin.end(JSON.stringify(whole));
  const [out, words, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  context.signal.throwIfAborted();
  if (status === 0) return JSON.parse(out) as LoadResult;
  throw new TocsinError(
    'io',
    `Cannot measure: the load generator failed (${words.trim()}), want it to end well`,
  );
}
