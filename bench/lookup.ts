// `bench lookup`: look-ups over TLS from a real hub, beside peers that hold the same objects and are asked for the same ones
// in the same run. One load generator and one server at a time. Our look-ups are over TLS with machines' certificates; Redis,
// PostgreSQL and rbldnsd are asked without, as they are used.
//
//   lookup/hub.ts ─► hub.ts: highest rates, latency at half of them ┐
//   lookup/peers.ts ─► nginx, node:http, Redis, rbldnsd, PostgreSQL ├─► lookup/report.ts ─► tables, goals
//   lookup/hub.ts ─► the same hub with 1, 10, 100 million objects   ┘
import { errorWords } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from './config.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { type HubFigures, measureHub } from './lookup/hub.ts';
import { measurePeers } from './lookup/peers.ts';
import { reportLookups } from './lookup/report.ts';

export const lookupBench: Bench = {
  describe: 'look-ups over TLS beside Redis, nginx, rbldnsd and PostgreSQL; latency, and how it grows',
  run: runLookupBench,
};

async function runLookupBench(context: BenchContext): Promise<BenchResult> {
  const mode = context.quick ? 'quick' : 'full';
  const objects = LOOKUP_BENCH.objects[mode];
  const notes: string[] = [];
  const hub = await measureHub(context, { objects, withLatency: true });
  const singles = hub.rows.at(-1)!.perSecond;
  const peers = await measurePeers(context, { objects, singles, answer: hub.answer, notes });
  const growth: HubFigures[] = [];
  for (const size of LOOKUP_BENCH.growth[mode])
    try {
      growth.push(size === objects ? hub : await measureHub(context, { objects: size, withLatency: false }));
    } catch (error) {
      context.signal.throwIfAborted();
      notes.push(errorWords(error));
    }
  const grewToEnd = growth.length === LOOKUP_BENCH.growth[mode].length;
  return reportLookups({ hub, peers, growth, grewToEnd, notes });
}
