// The peers of `bench lookup`, the real programs where they are installed: that they hold what they are asked for, and that
// what they say is read as they mean it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { startPostgres } from '../packages/hub/src/engine/postgres.ts';
import type { BenchContext } from './goals.ts';
import { startBare } from './lookup/bare.ts';
import { floorLatency } from './lookup/floor.ts';
import { askedKeys, KEY } from './lookup/keys.ts';
import { openLine } from './lookup/line.ts';
import { startNginx } from './lookup/nginx.ts';
import type { LoadOrder } from './lookup/order.ts';
import { fillTable, socketOf } from './lookup/postgres.ts';
import { ANSWER_BEGINS, answerSize, helloTo, question, type Statement } from './lookup/postgres-wire.ts';
import { openRbldnsd, parseDnsperf } from './lookup/rbldnsd.ts';
import { openRedis } from './lookup/redis.ts';
import { inTurn } from './lookup/turns.ts';
import { parseWrk } from './lookup/wrk.ts';
import { findProgram } from './peers.ts';
import { seededRandom } from './random.ts';

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
  skip: without('redis-server'), // a peer that is not installed here cannot be tried
}, async (t) => {
  const known = seededRandom('r').bytes(5_000 * KEY);
  const context = contextFor(t);
  const { ways, bytesPerKey } = await openRedis(context, known, askedKeys('r', 5_000, 8_192));
  const notes: string[] = [];
  const rates = await inTurn(context, ways, notes);
  assert.deepEqual([...rates.keys()], ways, notes.join());
  assert.ok(ways.length === 3 && [...rates.values()].every(({ perSecond }) => perSecond > 0));
  assert.ok(bytesPerKey > KEY);
});

test('rbldnsd: knows the half of the names that stand in its zone', {
  skip: without('rbldnsd', 'dnsperf'), // a peer that is not installed here cannot be tried
}, async (t) => {
  const known = seededRandom('d').bytes(5_000 * KEY);
  const { way } = await openRbldnsd(contextFor(t), known, askedKeys('d', 5_000, 4_096));
  assert.ok((await way.run()).perSecond > 0);
});

const STATIC = { cacheControl: 'private, max-age=60', body: `{"reason":"it's \\"listed\\""}` };
for (const [name, start] of [
  ['nginx', startNginx],
  ['node:http', startBare],
] as const)
  test(`${name}: answers every path with the very bytes of the hub's answer`, {
    skip: without('openssl', ...(name === 'nginx' ? [name] : [])), // a peer that is not installed here cannot be tried
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

test('node:http: how late its answers are at a rate that it is far from', {
  skip: without('openssl'), // a peer that is not installed here cannot be tried
}, async (t) => {
  const context = contextFor(t);
  const server = await startBare(context, STATIC);
  const p99 = await floorLatency(context, { name: 'x', server, perSecond: 400, connections: 4 });
  await server.stop();
  assert.ok(p99 > 0 && Number.isFinite(p99));
});
