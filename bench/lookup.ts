// `bench lookup`: look-ups over TLS from a real hub, beside Redis and nginx with the same objects in the same run. One load
// generator (load.ts) and one server at a time, on a core each; our look-ups are over TLS with a machine's certificate,
// Redis is asked without TLS, as it is used.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TABLE_DENSITY } from 'tocsin/lists/key-table.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { encodePackedRequest, parsePackedResponse } from 'tocsin/protocol/packed-lookup.ts';
import type { Identity } from './ask.ts';
import { askOnce, identityOf, requestOf, single } from './ask.ts';
import { LOOKUP_BENCH, LOOKUP_GOALS } from './config.ts';
import type { Bench, BenchContext, BenchResult } from './goals.ts';
import { atLeast, atMost } from './goals.ts';
import { plainLine, writeHashList } from './hashes.ts';
import type { LoadOrder, LoadResult } from './load.ts';
import { startNginx } from './nginx.ts';
import { joinMachine, runTocsinHub, startHub } from './own.ts';
import { installPeers } from './peers.ts';
import { seededRandom } from './random.ts';
import { getRequest, mgetRequest, startRedis } from './redis.ts';
import { median } from './table.ts';

export const lookupBench: Bench = {
  describe: 'look-ups over TLS, whole keys packed and one by one, beside Redis and nginx',
  run: runLookupBench,
};

const KEY = 32;

/** How one server is asked: the connection, and the requests with the sizes of their answers. */
interface Way {
  readonly name: string;
  readonly objects: number;
  readonly order: Omit<LoadOrder, 'seconds'>;
}

interface Rates {
  readonly name: string;
  readonly perSecond: number;
  readonly p99: number;
}

/** Half of the keys of each batch are known. */
function batches(known: Uint8Array, size: number): readonly Buffer[] {
  const random = seededRandom(`tocsin-bench-lookup-${size}`);
  return Array.from({ length: LOOKUP_BENCH.batches }, () => {
    const keys = Buffer.from(random.bytes(size * KEY));
    for (let i = 0; i < size; i += 2) {
      const from = Math.floor(random.fraction() * (known.length / KEY)) * KEY;
      keys.set(known.subarray(from, from + KEY), i * KEY);
    }
    return keys;
  });
}

async function measure(context: BenchContext, { name, objects, order }: Way): Promise<Rates> {
  const rates: number[] = [];
  const p99: number[] = [];
  for (let round = 0; round < LOOKUP_BENCH.rounds[context.quick ? 'quick' : 'full']; round++) {
    const { answered, seconds, p99: slow } = await load(context, { ...order, seconds: LOOKUP_BENCH.seconds });
    rates.push((answered * objects) / seconds);
    p99.push(slow);
  }
  return { name, perSecond: median(rates), p99: median(p99) };
}

async function load(context: BenchContext, order: LoadOrder): Promise<LoadResult> {
  context.signal.throwIfAborted();
  const child = spawn(process.execPath, [fileURLToPath(new URL('./load.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
    signal: context.signal,
  });
  const ended = once(child, 'close');
  child.stdin.end(JSON.stringify(order));
  const out = await text(child.stdout);
  const [status] = (await ended) as [number | null];
  if (status !== 0)
    throw new TocsinError('io', 'Cannot measure: the load generator failed, want it to end well');
  return JSON.parse(out) as LoadResult;
}

/** Our packed look-ups: each is asked once first, and its answer read, before its size is relied on. */
async function packedWay(url: string, identity: Identity, keys: readonly Buffer[]): Promise<Way> {
  const { port } = new URL(url);
  const objects = keys[0]!.length / KEY;
  const requests = [];
  for (const each of keys) {
    const body = encodePackedRequest('file-sha256', each);
    const answer = await askOnce(Number(port), identity, body);
    const { objects: found } = parsePackedResponse(answer.body, objects);
    const known = found.filter((n) => n !== 0).length;
    if (known !== Math.ceil(objects / 2))
      throw new TocsinError(
        'corrupt',
        `Cannot trust the run: ${known} of ${objects} objects were known, want half`,
      );
    requests.push({ bytes: requestOf(body).toString('base64'), answer: answer.bytes });
  }
  const order = { port: Number(port), tls: identity, connections: LOOKUP_BENCH.connections, requests };
  return { name: `tocsin-hub, packed, ${objects} a request, TLS`, objects, order };
}

async function settle(context: BenchContext): Promise<void> {
  await sleep(LOOKUP_BENCH.settleMs, undefined, { signal: context.signal });
}

async function runLookupBench(context: BenchContext): Promise<BenchResult> {
  const count = LOOKUP_BENCH.objects[context.quick ? 'quick' : 'full'];
  const notes: string[] = [];
  context.say(`importing ${count} hashes into a hub`);
  const file = join(context.directory, 'list.txt');
  const list = { seed: 'tocsin-bench-lookup', rows: count, planted: [] };
  writeHashList(file, list, plainLine);
  const data = join(context.directory, 'hub');
  const words = ['import', 'hashes', file, '--data', data, '--source', 'bench', '--level', 'malicious'];
  await runTocsinHub({ context, name: 'hub-import', words });
  const hub = await startHub(context, data);
  const home = await joinMachine(context, data, hub);
  const known = seededRandom(list.seed).bytes(count * KEY);
  const identity = identityOf(home);
  const rows: Rates[] = [];
  await packedWay(hub.url, identity, batches(known, 100));
  await settle(context); // the index is made aside, from the first question on
  for (const size of [4_096, 100]) {
    context.say(`the hub, ${size} a request`);
    rows.push(await measure(context, await packedWay(hub.url, identity, batches(known, size))));
  }
  const pem = join(context.directory, 'machine.pem');
  writeFileSync(pem, `${identity.cert}\n${identity.key}`, { mode: 0o600 });
  installPeers([{ program: 'ab', debianPackage: 'apache2-utils' }], context);
  context.say('the hub, one by one');
  const path = `/v1/objects/sha256:${known.subarray(0, KEY).toString('hex')}`;
  const own = single(context, `${hub.url}${path}`, pem);
  await hub.stop();
  const nginx = await nginxRate(context, path, notes);
  const redis = await redisRates(context, known, notes);
  return report({
    own: [...rows, { name: 'tocsin-hub, one a request, TLS', perSecond: own, p99: 0 }],
    redis,
    nginx,
    notes,
    count,
  });
}

async function nginxRate(context: BenchContext, path: string, notes: string[]): Promise<number | null> {
  try {
    context.say('nginx');
    const port = await startNginx(
      context,
      '{"id":"x","verdict":{"level":"malicious","reason":"listed by bench"}}',
    );
    return single(context, `https://127.0.0.1:${port}${path}`, null);
  } catch (error) {
    context.signal.throwIfAborted();
    notes.push(`Not measured against nginx: ${errorWords(error)}`);
    return null;
  }
}

interface RedisRates {
  readonly rows: readonly Rates[];
  readonly bytesPerKey: number;
}

async function redisRates(context: BenchContext, known: Buffer, notes: string[]): Promise<RedisRates | null> {
  try {
    context.say('Redis');
    const { port, bytesPerKey } = await startRedis(context, known);
    const rows: Rates[] = [];
    const ways = [
      ['MGET', 4_096, mgetRequest],
      ['MGET', 100, mgetRequest],
      ['GET, pipelined,', 100, getRequest],
    ] as const;
    for (const [name, size, make] of ways) {
      const requests = batches(known, size).map((keys) => {
        const { bytes, answer } = make(keys, Math.ceil(size / 2));
        return { bytes: bytes.toString('base64'), answer };
      });
      const order = { port, tls: null, connections: LOOKUP_BENCH.connections, requests };
      rows.push(await measure(context, { name: `Redis, ${name} ${size}`, objects: size, order }));
    }
    return { rows, bytesPerKey };
  } catch (error) {
    context.signal.throwIfAborted();
    notes.push(`Not measured against Redis: ${errorWords(error)}`);
    return null;
  }
}

interface Measured {
  readonly own: readonly Rates[];
  readonly redis: RedisRates | null;
  readonly nginx: number | null;
  readonly notes: readonly string[];
  readonly count: number;
}

function report({ own, redis, nginx, notes, count }: Measured): BenchResult {
  const [batch, batch100, one] = own as readonly [Rates, Rates, Rates];
  const best = redis === null ? null : Math.max(...redis.rows.map(({ perSecond }) => perSecond));
  const ratio = (a: number, b: number | null): number | null => (b === null ? null : a / b);
  const peers = [
    ...(redis?.rows ?? []),
    ...(nginx === null ? [] : [{ name: 'nginx, one answer, TLS', perSecond: nginx, p99: 0 }]),
  ];
  return {
    tables: [
      {
        title: `${count} objects by SHA-256; half of those asked for are known; one server process`,
        columns: ['asked', 'objects/s', 'p99 ms'],
        rows: [...own, ...peers].map(({ name, perSecond, p99 }) => [
          name,
          Math.round(perSecond),
          p99 === 0 ? null : p99,
        ]),
      },
    ],
    notes: [
      ...notes,
      'The latency is that at the full rate. Not measured yet: rbldnsd, PostgreSQL, the latency at half of the rate, growth.',
      redis === null ? 'Redis was not measured.' : `Redis keeps ${redis.bytesPerKey.toFixed(0)} bytes a key.`,
    ],
    goals: {
      batch_vs_redis: atLeast(ratio(batch.perSecond, best), LOOKUP_GOALS.batch),
      batch100_vs_redis: atLeast(ratio(batch100.perSecond, best), LOOKUP_GOALS.batch100),
      single_vs_nginx: atLeast(ratio(one.perSecond, nginx), LOOKUP_GOALS.single),
      bytes_vs_redis: atMost(
        redis === null ? null : 64 / TABLE_DENSITY.fast / redis.bytesPerKey,
        LOOKUP_GOALS.bytes,
      ),
      p99_ms_at_half_rate: atMost(null, LOOKUP_GOALS.p99Ms),
      growth_spread: atMost(null, LOOKUP_GOALS.growth),
    },
  };
}
