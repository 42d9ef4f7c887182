// The tables and goals of `bench lookup`.
import { LOOKUP_GOALS } from '../config.ts';
import type { BenchResult } from '../goals.ts';
import { atLeast, atMost } from '../goals.ts';
import type { Table } from '../table.ts';
import type { Peers } from './peers.ts';
import { contestantsOf } from './peers.ts';
import type { Contestant, Rates } from './turns.ts';

export interface HubRates extends Rates {
  /** p99 at half of the highest rate, milliseconds. */
  readonly halfP99: number;
}

export interface Grown {
  readonly objects: number;
  readonly rows: readonly Rates[];
}

export interface Measured {
  /** In the hub and in each peer. */
  readonly objects: number;
  /** In the order of `LOOKUP_BENCH.batches`, then one by one. */
  readonly hub: readonly HubRates[];
  /** What an object costs in the memory of the hub; null where the system does not tell. */
  readonly bytesPerObject: number | null;
  readonly peers: Peers;
  /** Of the peers' contestants that did not fail, and of the hub's. */
  readonly rates: ReadonlyMap<Contestant, Rates>;
  /** p99 of node:http alone at half of the hub's rate: what it cannot be below on this machine. */
  readonly floorP99: number | null;
  /** The hub with other numbers of objects, fewest first. */
  readonly growth: readonly Grown[];
  /** False where one of the numbers could not be measured: then the spread is not known. */
  readonly grewToEnd: boolean;
  readonly notes: readonly string[];
}

export function reportLookups(measured: Measured): BenchResult {
  const { hub, bytesPerObject, peers, rates, growth, grewToEnd, notes } = measured;
  const [batch, batch100, one] = hub as readonly [HubRates, HubRates, HubRates];
  const { redis, nginx } = peers;
  const redisRates = (redis?.ways ?? []).flatMap((way) => rates.get(way)?.perSecond ?? []);
  const best = redisRates.length === 0 ? null : Math.max(...redisRates);
  const fixed = nginx === null ? null : (rates.get(nginx.way) ?? null);
  const bytesPerKey = redis?.bytesPerKey ?? null;
  return {
    tables: [ratesTable(measured), growthTable(growth)],
    notes: [...notes, ...explanations(bytesPerObject, bytesPerKey)],
    goals: {
      batch_vs_redis: atLeast(ratio(batch.perSecond, best), LOOKUP_GOALS.batch),
      batch100_vs_redis: atLeast(ratio(batch100.perSecond, best), LOOKUP_GOALS.batch100),
      single_vs_nginx: atLeast(ratio(perCore(one), fixed && perCore(fixed)), LOOKUP_GOALS.single),
      bytes_vs_redis: atMost(ratio(bytesPerObject, bytesPerKey), LOOKUP_GOALS.bytes),
      p99_ms_at_half_rate: atMost(Math.max(...hub.map(({ halfP99 }) => halfP99)), LOOKUP_GOALS.p99Ms),
      growth_spread: atMost(grewToEnd ? growthSpread(growth) : null, LOOKUP_GOALS.growth),
    },
  };
}

/** Of the rates of each way to ask, the highest over the lowest among all sizes; the worst way counts. */
export function growthSpread(
  growth: readonly { readonly rows: readonly Pick<Rates, 'perSecond'>[] }[],
): number {
  const ways = growth[0]?.rows.length ?? 0;
  const spreads = Array.from({ length: ways }, (_, way) => {
    const rates = growth.map(({ rows }) => rows[way]!.perSecond);
    return Math.max(...rates) / Math.min(...rates);
  });
  return Math.max(...spreads);
}

/** Objects a second of one core of the server; null where the system does not tell its time. */
export function perCore({ perSecond, serverCores }: Rates): number | null {
  return serverCores === null ? null : perSecond / serverCores;
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a / b;
}

function ratesTable({ objects, hub, peers, rates, floorP99 }: Measured): Table {
  const others = contestantsOf(peers).flatMap((way) => {
    const row = rates.get(way);
    return row === undefined ? [] : [{ ...row, halfP99: way === peers.bare?.way ? floorP99 : null }];
  });
  return {
    title: `${objects} objects by SHA-256; half of those asked for are known`,
    columns: ['asked', ...RATE_COLUMNS, 'asker cores', 'p99 ms', 'p99 ms, half rate'],
    rows: [...hub, ...others].map((row) => [
      row.name,
      ...rateCells(row),
      row.askerCores,
      row.p99,
      row.halfP99,
    ]),
  };
}

function growthTable(growth: readonly Grown[]): Table {
  return {
    title: 'The same with other numbers of objects in the hub',
    columns: ['asked', 'objects in the hub', ...RATE_COLUMNS],
    rows: growth.flatMap(({ objects, rows }) => rows.map((row) => [row.name, objects, ...rateCells(row)])),
  };
}

const RATE_COLUMNS = ['objects/s', 'server cores', 'objects/s a core'] as const;

function rateCells(rates: Rates): readonly (number | null)[] {
  const ofCore = perCore(rates);
  return [Math.round(rates.perSecond), rates.serverCores, ofCore && Math.round(ofCore)];
}

function explanations(bytesPerObject: number | null, bytesPerKey: number | null): string[] {
  return [
    'Cores are seconds of the processor a second. Singles are compared by what a core of the server answers a second, so neither wrk nor our own asker is the limit.',
    "p99 is that at the full rate; at half of it, requests have planned times from which their latency counts. That of node:http alone is at half of the hub's rate: what this machine and the asker make of it.",
    memoryWords(bytesPerObject, bytesPerKey),
  ];
}

function memoryWords(bytesPerObject: number | null, bytesPerKey: number | null): string {
  const own =
    bytesPerObject === null
      ? 'What the hub keeps for an object is not known on this system'
      : `The hub keeps ${bytesPerObject.toFixed(0)} bytes an object more than without them`;
  return `${own}, ${bytesPerKey === null ? 'Redis was not measured' : `Redis ${bytesPerKey.toFixed(0)} a key`}.`;
}
