// The parts of `bench lookup` whose mistakes would make a figure wrong without anybody seeing it: what is asked for, the load
// generator (the real process, against a real server), what peers answer, and how goals are made of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { startPostgres } from '../packages/hub/src/engine/postgres.ts';
import type { BenchContext } from './goals.ts';
import { startBare } from './lookup/bare.ts';
import { askedKeys, isKnown, KEY } from './lookup/keys.ts';
import { openLine } from './lookup/line.ts';
import { startNginx } from './lookup/nginx.ts';
import type { LoadOrder, LoadResult, Requests } from './lookup/order.ts';
import { batchesOf, writeRequests } from './lookup/order.ts';
import { fillTable, socketOf } from './lookup/postgres.ts';
import { ANSWER_BEGINS, answerSize, helloTo, question, type Statement } from './lookup/postgres-wire.ts';
import { parseDnsperf, rbldnsdRate } from './lookup/rbldnsd.ts';
import { redisRates } from './lookup/redis.ts';
import { growthSpread, perCore } from './lookup/report.ts';
import { parseWrk } from './lookup/wrk.ts';
import { findProgram } from './peers.ts';
import { cpuSeconds } from './process.ts';
import { seededRandom } from './random.ts';

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function contextFor(t: TestContext): BenchContext {
  const ends: (() => Promise<void> | void)[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(async () => {
    for (const end of ends.reverse()) await end();
    rmSync(directory, { recursive: true, force: true });
  });
  const { signal } = new AbortController();
  return { quick: true, directory, say: () => {}, signal, atEnd: (end) => ends.push(end) };
}

/** Why a peer cannot be tried here; false where it can. */
function without(...programs: readonly string[]): string | false {
  const absent = programs.filter((program) => findProgram(program) === null);
  return absent.length === 0 ? false : `no ${absent.join(', ')} here`;
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
  const { status, result } = await generate(t, count, { warmSeconds: 0.3 });
  assert.equal(status, 0);
  assert.ok(result!.answered > 0 && result!.answered < asked, `${result!.answered} of ${asked}`);
  assert.ok(result!.seconds >= 0.25 && result!.p50 > 0 && result!.p99 >= result!.p50);
  assert.ok(result!.serverCores > 0 && result!.askerCores > 0);
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

test('wrk: its rate and latency are read; what failed is no measurement', () => {
  const said = (p99: string, more = ''): string =>
    `Running 2s test\n  Latency Distribution\n     50%  207.00us\n     99%  ${p99}\n  124480 requests in 4.00s\n${more}Requests/sec:  31120.35\nTransfer/sec: 1MB\n`;
  assert.deepEqual(parseWrk(said('304.00us')), { perSecond: 31_120.35, p99: 0.304 });
  assert.equal(parseWrk(said('1.05ms')).p99, 1.05);
  assert.equal(parseWrk(said('1.50s')).p99, 1_500);
  assert.throws(
    () => parseWrk(said('1.05ms', '  Non-2xx or 3xx responses: 7\n')),
    /Non-2xx or 3xx responses: 7/,
  );
  assert.throws(
    () => parseWrk(said('1ms', '  Socket errors: connect 0, read 1, write 0, timeout 0\n')),
    /read 1/,
  );
  assert.throws(() => parseWrk('unable to connect'), { code: 'io' });
});

test('dnsperf: its rate is read; lost queries, or other than half of the names known, are no measurement', () => {
  const said = (known: string, lost: string): string =>
    `  Queries sent:         400\n  Queries lost:         4 (${lost}%)\n\n  Response codes:       NOERROR 1 (${known}%), NXDOMAIN 1 (50.00%)\n  Queries per second:   67136.842095\n`;
  assert.equal(parseDnsperf(said('50.00', '0.06')), 67_136.842095);
  assert.throws(() => parseDnsperf(said('0.00', '0.00')), { code: 'corrupt' });
  assert.throws(() => parseDnsperf(said('50.00', '25.00')), { code: 'corrupt' });
  assert.throws(() => parseDnsperf('[Timeout] Query timed out'), { code: 'io' });
});

test('PostgreSQL: the server answers the prepared bytes with as many bytes as are counted on', async (t) => {
  const context = contextFor(t);
  const postgres = await startPostgres({ directory: join(context.directory, 'postgres'), log: () => {} });
  context.atEnd(async () => void (await postgres.stop()));
  await fillTable(context, postgres, seededRandom('p').bytes(1_000 * KEY));
  const keys = askedKeys('p', 1_000, 200);
  const cases: readonly [Statement, Buffer, number][] = [
    ['one', keys.subarray(0, KEY), 1],
    ['one', keys.subarray(KEY, 2 * KEY), 0],
    ['list', keys, 100],
    ['list', keys.subarray(0, KEY), 1],
  ];
  for (const [statement, asked, present] of cases) {
    const order = {
      to: { path: socketOf(postgres) },
      hello: helloTo('tocsin', 'postgres', statement),
      requests: { begins: ANSWER_BEGINS },
    } as LoadOrder;
    const failure = Promise.withResolvers<never>();
    const line = await openLine(order, null, failure.reject);
    for (let round = 0; round < 3; round++) {
      const answered = new Promise<void>((done) =>
        line.ask(question(statement, asked, KEY), answerSize(statement, present, KEY), done),
      );
      await Promise.race([answered, failure.promise]);
    }
    line.close();
  }
});

test('Redis: answers as many bytes as are counted on, with half of the keys known', {
  skip: without('redis-server'),
}, async (t) => {
  const known = seededRandom('r').bytes(5_000 * KEY);
  const { rows, bytesPerKey } = await redisRates(contextFor(t), known, askedKeys('r', 5_000, 8_192));
  assert.ok(rows.length === 3 && rows.every(({ perSecond }) => perSecond > 0));
  assert.ok(bytesPerKey > KEY);
});

test('rbldnsd: knows the half of the names that stand in its zone', {
  skip: without('rbldnsd', 'dnsperf'),
}, async (t) => {
  const known = seededRandom('d').bytes(5_000 * KEY);
  const rates = await rbldnsdRate(contextFor(t), known, askedKeys('d', 5_000, 4_096));
  assert.ok(rates.perSecond > 0);
});

const STATIC = { cacheControl: 'private, max-age=60', body: `{"reason":"it's \\"listed\\""}` };
for (const [name, start] of [
  ['nginx', startNginx],
  ['node:http', startBare],
] as const)
  test(`${name}: answers every path with the very bytes of the hub's answer`, {
    skip: without('openssl', ...(name === 'nginx' ? [name] : [])),
  }, async (t) => {
    const server = await start(contextFor(t), STATIC);
    const asked = request({
      port: server.port,
      path: '/v1/objects/x',
      rejectUnauthorized: false,
      agent: false,
    }).end();
    const [answer] = await once(asked, 'response');
    assert.equal((await buffer(answer)).toString(), STATIC.body);
    assert.deepEqual([answer.statusCode, answer.headers['cache-control']], [200, STATIC.cacheControl]);
    await server.stop();
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
