// `bench lists`: what a hash list costs on the wire and on a machine, at one million prefixes. Beside it the same prefixes
// as they are, under gzip and under zstd, and the difference as plain places and prefixes. Then the lists of machines: a
// change as delta (segment-delta.ts), and how much a machine answers by itself (answered.ts).
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { applyUpdate, updateBetween, wholeUpdate } from 'tocsin/lists/hash-list-update.ts';
import type { HashSet, HashSize } from 'tocsin/lists/hash-set.ts';
import { countOf, emptySet, HashSetBuilder, setOf, union } from 'tocsin/lists/hash-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { decodeHashList, encodeHashList } from '../packages/hub/src/hash-lists/wire.ts';
import { measureAnswered } from './answered.ts';
import { LISTS_BENCH, LISTS_GOALS } from './config.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { atLeast, atMost } from './goals.ts';
import { measureSegmentDelta } from './segment-delta.ts';
import type { Table } from './table.ts';
import { median } from './table.ts';

export const listsBench: Bench = {
  describe:
    'bytes of a million prefixes and of a change, the time to apply it, and what a machine answers with the list of its distribution',
  run: runListsBench,
};

interface Case {
  readonly size: HashSize;
  readonly old: HashSet;
  readonly next: HashSet;
  readonly whole: Uint8Array;
  readonly delta: Uint8Array;
}

async function runListsBench(context: BenchContext): Promise<BenchResult> {
  const rounds = LISTS_BENCH.rounds[context.quick ? 'quick' : 'full'];
  const cases = LISTS_BENCH.sizes.map((size) => {
    context.say(`making lists of ${LISTS_BENCH.hashes} hashes of ${size} bytes`);
    return makeCase(size);
  });
  const rows = cases.map((one) => measureCase(one, rounds, context.signal));
  const prefixes = cases[0]!;
  const applyMs = rows[0]!.applyMs;
  const answered = await measureAnswered(context);
  return {
    tables: [
      hashListTable(rows),
      peersTable(prefixes),
      await measureSegmentDelta(context),
      ...answered.tables,
    ],
    notes: [
      'Bytes are those of the HashList message. To load is to read the message, decode it and compare the checksum; to apply the same with the change, on the list before it.',
      ...answered.notes,
    ],
    goals: {
      bytes_per_million: atMost(perMillion(prefixes.whole, prefixes.old), LISTS_GOALS.bytesPerMillion),
      delta_1pct_bytes: atMost(perMillion(prefixes.delta, prefixes.old), LISTS_GOALS.delta1pctBytes),
      apply_ms: atMost(applyMs, LISTS_GOALS.applyMs),
      answered_locally: atLeast(answered.here, LISTS_GOALS.answeredLocally),
      answered_distribution: atLeast(answered.distribution, LISTS_GOALS.answeredLocally),
    },
  };
}

function hashListTable(rows: readonly ReturnType<typeof measureCase>[]): Table {
  return {
    title: `Hash lists of ${LISTS_BENCH.hashes} hashes; the change replaces 1 % of them`,
    columns: ['bytes of a hash', 'whole, bytes', 'change, bytes', 'load ms', 'apply ms', 'make change ms'],
    rows: rows.map((row) => [row.size, row.whole, row.delta, row.loadMs, row.applyMs, row.makeMs]),
  };
}

/** A few of a million random prefixes are equal. */
function perMillion(message: Uint8Array, set: HashSet): number {
  return (message.length * 1e6) / countOf(set);
}

function makeCase(size: HashSize): Case {
  const { hashes, seed, replaced } = LISTS_BENCH;
  const old = setOf(size, hashesOf(`${seed}/${size}`, hashes));
  const kept = new HashSetBuilder(size);
  for (let i = 0; i < countOf(old); i++) if (i % replaced !== 0) kept.add(old.bytes, i * size);
  const fresh = setOf(size, hashesOf(`${seed}/${size}/fresh`, hashes / replaced));
  const next = union(kept.finish(), fresh);
  const common = { name: 'bench', version: new Uint8Array(16), size, minimumWait: 300 };
  return {
    size,
    old,
    next,
    whole: encodeHashList({ ...common, ...wholeUpdate(old) }),
    delta: encodeHashList({ ...common, ...updateBetween(old, next) }),
  };
}

function* hashesOf(seed: string, count: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) yield createHash('sha256').update(`${seed} ${i}`).digest();
}

function measureCase({ size, old, next, whole, delta }: Case, rounds: number, signal: AbortSignal) {
  const load: number[] = [];
  const apply: number[] = [];
  const make: number[] = [];
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    load.push(timed(() => expectSame(applyUpdate(emptySet(size), decodeHashList(whole, size)), old)));
    apply.push(timed(() => expectSame(applyUpdate(old, decodeHashList(delta, size)), next)));
    make.push(timed(() => updateBetween(old, next)));
  }
  return {
    size,
    whole: whole.length,
    delta: delta.length,
    loadMs: median(load),
    applyMs: median(apply),
    makeMs: median(make),
  };
}

function timed(run: () => unknown): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

/** Another list than the one that was encoded is no measurement. */
function expectSame(got: HashSet, want: HashSet): void {
  if (got.bytes.length !== want.bytes.length)
    throw new TocsinError(
      'corrupt',
      `Cannot trust the update: ${countOf(got)} hashes came out, want ${countOf(want)}`,
    );
}

function peersTable({ size, old, next, whole, delta }: Case) {
  const { replaced } = LISTS_BENCH;
  const plainDelta = (countOf(old) / replaced) * 4 + (countOf(next) / replaced) * size;
  return {
    title: `The same ${size}-byte prefixes in other forms, bytes`,
    columns: ['form', 'whole', 'change'],
    rows: [
      ['Rice deltas (HashList)', whole.length, delta.length],
      ['plain, sorted', old.bytes.length, Math.round(plainDelta)],
      ['plain, gzip -6', gzipSync(old.bytes).length, null],
      ['plain, zstd -3', zstdCompressSync(old.bytes).length, null],
    ],
  };
}
