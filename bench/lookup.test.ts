// The parts of `bench lookup` whose mistakes would make a figure wrong without anybody seeing it: what is asked for, the load
// generator (the real process, against a real server), and how goals are made of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { BenchContext } from './goals.ts';
import { askedKeys, isKnown, KEY } from './lookup/keys.ts';
import type { LoadOrder, LoadResult, Requests } from './lookup/order.ts';
import { batchesOf, writeRequests } from './lookup/order.ts';
import type { Peers } from './lookup/peers.ts';
import { growthSpread, perCore, reportLookups } from './lookup/report.ts';
import { type Contestant, inTurn, type Rates } from './lookup/turns.ts';
import { cpuSeconds, residentBytes } from './process.ts';
import { seededRandom } from './random.ts';

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('asked keys: known ones stand in the list, at even places; all differ; the same seed asks the same', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.integer({ min: 1, max: 40_000 }),
      fc.integer({ min: 1, max: 900 }),
      (seed, rows, n) => {
        const asked = Math.min(n, 2 * rows);
        const hex = (keys: Buffer): string[] => [...batchesOf(keys, 1)].map((key) => key.toString('hex'));
        const list = new Set(hex(seededRandom(seed).bytes(rows * KEY)));
        const keys = hex(askedKeys(seed, rows, asked));
        assert.equal(new Set(keys).size, asked);
        assert.deepEqual(
          keys.map((key) => list.has(key)),
          keys.map((_, i) => isKnown(i)),
        );
        assert.deepEqual(hex(askedKeys(seed, rows, asked)), keys);
      },
    ),
    { numRuns: 12 },
  );
  assert.throws(() => askedKeys('s', 4, 10), RangeError);
});

test('requests: stand in the file one behind the other; one of another size is refused', (t) => {
  const file = join(directoryFor(t), 'requests');
  assert.deepEqual(writeRequests(file, [Buffer.from('ab'), Buffer.from('cd')]), { size: 2, count: 2 });
  assert.equal(readFileSync(file, 'latin1'), 'abcd');
  assert.throws(() => writeRequests(file, [Buffer.from('ab'), Buffer.from('c')]), RangeError);
});

interface Ended {
  readonly status: number | null;
  readonly words: string;
  readonly result: LoadResult | null;
}

/** Runs the load generator against a server that answers requests 'a0' and 'a1' as it likes. */
async function generate(
  t: TestContext,
  answer: (socket: Socket, request: string) => void,
  order: Partial<LoadOrder> & { answers?: number[] },
): Promise<Ended> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => answer(socket, chunk.toString()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const file = join(directoryFor(t), 'requests');
  const written = writeRequests(file, [Buffer.from('a0'), Buffer.from('a1')]);
  const whole: LoadOrder = {
    to: { port: (server.address() as AddressInfo).port },
    identities: null,
    hello: null,
    awake: false,
    requests: { file, ...written, begins: 'ok', answers: order.answers ?? [3, 4] } satisfies Requests,
    connections: 2,
    rate: null,
    warmSeconds: 0,
    seconds: 0.3,
    server: process.pid,
    ...order,
  };
  const script = fileURLToPath(new URL('./lookup/load.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: 'pipe' });
  const ended = once(child, 'close');
  child.stdin.end(JSON.stringify(whole));
  const [out, words, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return {
    status: status as number | null,
    words,
    result: out === '' ? null : (JSON.parse(out) as LoadResult),
  };
}

const good = (socket: Socket, request: string): void => void socket.write(request === 'a0' ? 'ok0' : 'ok11');

test('load: a closed loop counts what was answered, in turn, and not the warm part', async (t) => {
  let asked = 0;
  const count = (socket: Socket, request: string): void => {
    asked++;
    good(socket, request);
  };
  const { status, result } = await generate(t, count, { warmSeconds: 0.3, seconds: 1 });
  assert.equal(status, 0);
  assert.ok(result!.answered > 0 && result!.answered < asked, `${result!.answered} of ${asked}`);
  // It begins with the first answer behind the warm part, which may be late where others use the processor.
  assert.ok(result!.seconds >= 0.25 && result!.seconds < 1.3, `${result!.seconds} s`);
  assert.ok(result!.p50 > 0 && result!.p99 >= result!.p50);
  assert.ok(result!.serverCores > 0 && result!.askerCores > 0);
});

test('load: an asker that stays awake answers for all of its core, and ends', async (t) => {
  const { status, result } = await generate(t, good, { awake: true, seconds: 0.5 });
  assert.equal(status, 0);
  assert.ok(result!.answered > 0 && result!.askerCores > 0.5, `${result!.askerCores} cores`);
  const failed = await generate(t, (socket) => void socket.write('no'), { awake: true });
  assert.deepEqual([failed.status, failed.words], [1, "an answer begins with 'no'\n"]);
});

test('load: in an open loop a request that waits behind a slow answer is late, though it was sent late', async (t) => {
  let first = true;
  const slow = async (socket: Socket, request: string): Promise<void> => {
    if (first) {
      first = false;
      await sleep(400);
    }
    good(socket, request);
  };
  const order = { connections: 1, rate: 100, seconds: 1 };
  const { status, result } = await generate(t, (socket, request) => void slow(socket, request), order);
  assert.equal(status, 0);
  assert.equal(result!.answered, 99, 'all planned ones but the first, by which counting begins');
  // Ten to thirty of them were planned within the pause: one slow answer makes many late ones.
  assert.ok(result!.p99 >= 300, `p99 ${result!.p99} ms`);
});

test('load: an answer of another beginning, a longer one and an end are no measurement', async (t) => {
  const cases: readonly [RegExp, (socket: Socket) => void][] = [
    [/begins with '429/, (socket) => socket.write('429')],
    [/1 bytes too long/, (socket) => socket.write('ok012')],
    [/the other end closed/, (socket) => socket.end()],
  ];
  for (const [words, answer] of cases) {
    const ended = await generate(t, answer, { answers: [4] });
    assert.deepEqual([ended.status, ended.result], [1, null]);
    assert.match(ended.words, words);
  }
});

test('processor time: counts what a process and its children used', async () => {
  const before = cpuSeconds(process.pid);
  const child = spawn('/bin/sh', ['-c', 'while :; do :; done']);
  const until = performance.now() + 20_000;
  while (cpuSeconds(child.pid!) < 0.1 && performance.now() < until) await sleep(20);
  const used = cpuSeconds(process.pid) - before;
  child.kill('SIGKILL');
  await once(child, 'close');
  assert.ok(used >= 0.09, `${used} s`);
  assert.equal(cpuSeconds(child.pid!), 0);
});

test('resident memory: what a process took since counts; of one that is gone nothing is known', () => {
  const before = residentBytes(process.pid)!;
  const taken = Buffer.alloc(2 ** 26, 1);
  const grown = residentBytes(process.pid)! - before;
  assert.ok(grown > 0.9 * taken.length && grown < 1.5 * taken.length, `${grown} bytes`);
  assert.equal(residentBytes(2 ** 30), null);
});

test('goals: growth is the worst way over all sizes; a core is what the server used, where that is known', () => {
  const sizes = [
    [100, 50],
    [80, 70],
    [90, 60],
  ].map((rates) => ({ rows: rates.map((perSecond) => ({ perSecond })) }));
  assert.equal(growthSpread(sizes), 1.4);
  const rates = { name: 'x', objects: 1, perSecond: 100, p99: null, askerCores: null };
  assert.equal(perCore({ ...rates, serverCores: 0.5 }), 200);
  assert.equal(perCore({ ...rates, serverCores: null }), null);
});

test('goals: what was not measured is not met; singles count by the core, the slowest p99 and nothing else counts', () => {
  const row = (perSecond: number, serverCores: number, halfP99 = 0) =>
    ({ name: 'x', objects: 1, perSecond, p99: 9, askerCores: 1, serverCores, halfP99 }) as const;
  const hub = [row(900, 1, 1.5), row(300, 1, 0.5), row(40, 0.5, 1)];
  const growth = [
    { objects: 1, rows: hub },
    { objects: 2, rows: [row(900, 1), row(300, 1), row(50, 1)] },
  ];
  const way = (): Contestant => ({ name: 'x', objects: 1, run: () => Promise.reject(new Error('not run')) });
  const server = { port: 1, pid: 1, stop: async () => {} };
  const nginx = { ...server, way: way() };
  const redis = { ...server, ways: [way(), way()], bytesPerKey: 64 };
  const none: Peers = { nginx: null, bare: null, redis: null, rbldnsd: null, postgres: null };
  const rates = new Map<Contestant, Rates>([
    [nginx.way, row(80, 0.5)],
    [redis.ways[0]!, row(100, 1)],
    [redis.ways[1]!, row(300, 1)],
  ]);
  const report = (peers: Peers, grewToEnd: boolean, bytesPerObject: number | null) =>
    reportLookups({
      objects: 5,
      hub,
      bytesPerObject,
      peers,
      rates,
      floorP99: null,
      growth,
      grewToEnd,
      notes: [],
    });
  const values = (...measured: Parameters<typeof report>): unknown[] =>
    Object.values(report(...measured).goals).map(({ value }) => value);
  assert.deepEqual(values(none, false, 16), [null, null, null, null, 1.5, null]);
  const peers = { ...none, nginx, redis };
  assert.deepEqual(values(peers, true, 16), [3, 1, 0.5, 0.25, 1.5, 1.25]);
  assert.deepEqual(values(peers, true, null), [3, 1, 0.5, null, 1.5, 1.25]);
  const words = (...measured: Parameters<typeof report>): string | undefined =>
    report(...measured).notes?.at(-1);
  assert.equal(
    words(peers, true, 16.6),
    'The hub keeps 17 bytes an object more than without them, Redis 64 a key.',
  );
  assert.equal(
    words(none, true, null),
    'What the hub keeps for an object is not known on this system, Redis was not measured.',
  );
});

test('in turn: each runs once a round, its median counts, and one that fails is left out with a note', async () => {
  const order: string[] = [];
  const contestant = (name: string, perSecond: readonly number[], failsAt = Infinity): Contestant => {
    let round = 0;
    return {
      name,
      objects: 1,
      run: async () => {
        order.push(name);
        if (round === failsAt) throw new TocsinError('io', 'it broke off');
        return { perSecond: perSecond[round++]!, p99: null, serverCores: round, askerCores: null };
      },
    };
  };
  const all = [
    contestant('a', [1, 9, 5, 2, 7]),
    contestant('b', [1, 1], 1),
    contestant('c', [4, 4, 3, 9, 1]),
  ];
  const context = {
    quick: true,
    say: () => {},
    signal: new AbortController().signal,
  } as unknown as BenchContext;
  const notes: string[] = [];
  const rates = await inTurn(context, all, notes);
  assert.equal(order.join(''), 'abcabcacacac');
  assert.deepEqual([rates.get(all[0]!)?.perSecond, rates.get(all[0]!)?.serverCores], [5, 3]);
  assert.deepEqual([rates.get(all[1]!), rates.get(all[2]!)?.perSecond], [undefined, 4]);
  assert.deepEqual(notes, ['Not measured: b: it broke off']);
});
