// Measures one way to ask one server with the load generator (load.ts) in a process of its own: the highest rate in a closed
// loop, and the latency at half of it in an open one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from '../config.ts';
import type { BenchContext } from '../goals.ts';
import { median } from '../table.ts';
import type { LoadOrder, LoadResult } from './order.ts';

const GENERATOR = fileURLToPath(new URL('./load.ts', import.meta.url));

/** How one server is asked. */
export interface Way {
  readonly name: string;
  /** In one request. */
  readonly objects: number;
  readonly order: Omit<LoadOrder, 'rate' | 'warmSeconds' | 'seconds'>;
}

export interface Rates {
  readonly name: string;
  readonly objects: number;
  readonly perSecond: number;
  /** At the full rate, milliseconds; null where the asker does not tell. */
  readonly p99: number | null;
  /** Cores that the server used, and the asker; null where the system does not tell. */
  readonly serverCores: number | null;
  readonly askerCores: number | null;
}

export async function highestRate(context: BenchContext, { name, objects, order }: Way): Promise<Rates> {
  const results: LoadResult[] = [];
  for (let round = 0; round < roundsOf(context); round++) results.push(await load(context, order, null));
  const middle = (of: (result: LoadResult) => number): number => median(results.map(of));
  return {
    name,
    objects,
    perSecond: middle(({ answered, seconds }) => (answered * objects) / seconds),
    p99: middle(({ p99 }) => p99),
    serverCores: orNull(middle(({ serverCores }) => serverCores)),
    askerCores: orNull(middle(({ askerCores }) => askerCores)),
  };
}

/** p99 in milliseconds, counted from the planned times, at half of `perSecond` objects a second. */
export async function latencyAtHalf(context: BenchContext, way: Way, perSecond: number): Promise<number> {
  const p99: number[] = [];
  for (let round = 0; round < roundsOf(context); round++)
    p99.push((await load(context, way.order, perSecond / way.objects / 2)).p99);
  return median(p99);
}

export function orNull(cores: number): number | null {
  return cores > 0 ? cores : null;
}

export function roundsOf({ quick }: BenchContext): number {
  return LOOKUP_BENCH.rounds[quick ? 'quick' : 'full'];
}

export function secondsOf({ quick }: BenchContext): number {
  return LOOKUP_BENCH.seconds[quick ? 'quick' : 'full'];
}

async function load(context: BenchContext, order: Way['order'], rate: number | null): Promise<LoadResult> {
  context.signal.throwIfAborted();
  const child = spawn(process.execPath, [GENERATOR], {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: context.signal,
  });
  child.on('error', () => {}); // an interruption: told by the status
  const ended = once(child, 'close');
  const { warmSeconds } = LOOKUP_BENCH;
  const whole: LoadOrder = { ...order, rate, warmSeconds, seconds: secondsOf(context) };
  child.stdin.end(JSON.stringify(whole));
  const [out, words, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  context.signal.throwIfAborted();
  if (status === 0) return JSON.parse(out) as LoadResult;
  throw new TocsinError(
    'io',
    `Cannot measure: the load generator failed (${words.trim()}), want it to end well`,
  );
}
