// `bench lookup`: look-ups over TLS from a real hub, beside peers that hold the same objects and are asked for the same ones
// in the same run, in turn: one load generator and one server at a time. Our look-ups are over TLS with machines' certificates;
// Redis, PostgreSQL and rbldnsd are asked without, as they are used.
//
//   lookup/hub.ts ─► hub ─┐
//   lookup/peers.ts ─► nginx, node:http, Redis, rbldnsd, PostgreSQL ─┴─► lookup/turns.ts: highest rates ─► latency at half ┐
//   lookup/hub.ts ─► hubs with 1, 10, 100 million objects ─► lookup/turns.ts: highest rates                                ├─► lookup/report.ts
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { LOOKUP_BENCH } from './config.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { floorLatency } from './lookup/floor.ts';
import { type OpenHub, openHub } from './lookup/hub.ts';
import { byLoad, latencyAtHalf } from './lookup/measure.ts';
import { contestantsOf, openPeers, type Peers, stopPeers } from './lookup/peers.ts';
import { type Grown, type HubRates, type Measured, reportLookups } from './lookup/report.ts';
import type { Contestant, Rates } from './lookup/turns.ts';
import { inTurn } from './lookup/turns.ts';

export const lookupBench: Bench = {
  describe: 'look-ups over TLS beside Redis, nginx, rbldnsd and PostgreSQL; latency, and how it grows',
  run: runLookupBench,
};

async function runLookupBench(context: BenchContext): Promise<BenchResult> {
  const notes: string[] = [];
  const beside = await measureBeside(context, notes);
  const { growth, grewToEnd } = await measureGrowth(context, notes);
  return reportLookups({ ...beside, growth, grewToEnd, notes });
}

type Beside = Pick<Measured, 'objects' | 'hub' | 'bytesPerObject' | 'peers' | 'rates' | 'floorP99'>;

/** The hub and its peers, in turn. */
async function measureBeside(context: BenchContext, notes: string[]): Promise<Beside> {
  const objects = LOOKUP_BENCH.objects[modeOf(context)];
  const hub = await openHub(context, objects, true);
  const peers = await openPeers(context, { objects, answer: hub.answer, notes });
  try {
    const own = hub.ways.map((way) => byLoad(context, way));
    const rates = await inTurn(context, [...own, ...contestantsOf(peers)], notes);
    const rows: HubRates[] = [];
    for (const [i, contestant] of own.entries()) {
      const row = required(rates, contestant);
      context.say(`latency at half of the rate: ${row.name}`);
      rows.push({ ...row, halfP99: await latencyAtHalf(context, hub.ways[i]!, row.perSecond) });
    }
    const floorP99 = await floorOf(context, peers, rows.at(-1)!.perSecond);
    return { objects, hub: rows, bytesPerObject: hub.bytesPerObject, peers, rates, floorP99 };
  } finally {
    await stopPeers(peers);
    await hub.stop();
  }
}

async function floorOf(
  context: BenchContext,
  { bare: server }: Peers,
  perSecond: number,
): Promise<number | null> {
  if (server === null) return null;
  const { name } = server.way;
  context.say(`latency at half of the hub's rate: ${name}`);
  const connections = LOOKUP_BENCH.singleConnections;
  return floorLatency(context, { name, server, perSecond, connections });
}

/** Hubs of all sizes, in turn; one for which there is no room is a note. */
async function measureGrowth(
  context: BenchContext,
  notes: string[],
): Promise<Pick<Measured, 'growth' | 'grewToEnd'>> {
  const sizes = LOOKUP_BENCH.growth[modeOf(context)];
  const hubs: OpenHub[] = [];
  try {
    for (const size of sizes)
      try {
        hubs.push(await openHub(context, size));
      } catch (error) {
        context.signal.throwIfAborted();
        notes.push(errorWords(error));
      }
    const ways = hubs.map(({ objects, ways }) =>
      ways.map((way) => byLoad(context, { ...way, name: `${way.name}, ${objects} in the hub` })),
    );
    const rates = await inTurn(context, ways.flat(), notes);
    const growth = hubs.map(({ objects }, i): Grown => {
      const rows = ways[i]!.map((way, j) => ({ ...required(rates, way), name: hubs[i]!.ways[j]!.name }));
      return { objects, rows };
    });
    return { growth, grewToEnd: growth.length === sizes.length };
  } finally {
    for (const hub of hubs) await hub.stop();
  }
}

function required(rates: ReadonlyMap<Contestant, Rates>, contestant: Contestant): Rates {
  const row = rates.get(contestant);
  if (row !== undefined) return row;
  throw new TocsinError('engine', `Cannot measure '${contestant.name}': it failed, want a hub that answers`);
}

function modeOf({ quick }: BenchContext): 'quick' | 'full' {
  return quick ? 'quick' : 'full';
}
