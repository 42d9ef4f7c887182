// What a slow, large or broken client can cost the hub: bounded, and never another client.
import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { FastifyReply } from 'fastify';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import { openHub } from 'tocsin/client/channel/open-hub.ts';
import { makeAuthority } from '../keys/authority.ts';
import { type FixtureHub, startHub } from './hub-fixture.ts';
import { get } from './outgoing-fixture.ts';
import { asMachine, exchange, hubCredentials, rawConnect } from './wire-fixture.ts';

const LIMITS = {
  handshakeMs: 200,
  headersMs: 300,
  requestMs: 600,
  silenceMs: 1_500,
  checkMs: 50,
  maxStrangers: 3,
  maxBody: 10_000,
  graceMs: 200,
};
let hub: FixtureHub;
let joined: Joined;
const waiting: (() => void)[] = [];
before(async () => {
  hub = await startHub({
    limits: LIMITS,
    registerRoutes: (app) => {
      app.post('/v1/echo', (request) => ({ body: request.body }));
      app.get(
        '/v1/slow',
        { config: { access: 'anyone' } },
        () => new Promise((resolve) => waiting.push(() => resolve({}))),
      );
      app.get('/v1/boom', { config: { access: 'anyone' } }, () => {
        throw new Error('the password is hunter2');
      });
      app.get('/v1/stream', (_request, reply: FastifyReply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
        reply.raw.write('data: 1\n\n');
      });
    },
  });
  joined = await join(hub.newHome(), hub.url, await hub.token(), hub.world);
});
after(() => hub.close());

/** How long the hub keeps a connection on which `bytes` came and then nothing. */
async function heldFor(bytes: string, own = true): Promise<{ ms: number; status: number }> {
  const start = performance.now();
  const { status } = await exchange(hub.port, bytes === '' ? [] : [bytes], own ? asMachine(joined) : {});
  return { ms: performance.now() - start, status };
}

const HEAD = 'POST /v1/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

test('slow: who opens a connection and does not speak TLS is cut', async () => {
  const start = performance.now();
  const socket = connectTcp(hub.port, '127.0.0.1');
  await new Promise((resolve) =>
    socket
      .on('close', resolve)
      .on('error', () => {})
      .resume(),
  );
  assert.ok(performance.now() - start < 1_000);
});

test('slow: a handshake with no request after it, half a head, and half a body are cut', async () => {
  for (const bytes of ['', 'POST /v1/echo HT', `${HEAD}x: `, `${HEAD}content-length: 100\r\n\r\n{`]) {
    const { ms, status } = await heldFor(bytes);
    assert.ok(ms < 1_400, `${JSON.stringify(bytes)} was held for ${ms} ms`);
    assert.ok(status === 0 || status === 408 || status === 400, String(status));
  }
});

test('slow: a head that comes a byte at a time is cut all the same', async () => {
  const socket = await rawConnect(hub.port, asMachine(joined));
  socket.on('error', () => {}).resume();
  const start = performance.now();
  socket.write('GET /v1/health HTTP/1.1\r\nhost: x\r\nx: ');
  const drip = setInterval(() => socket.write('a'), 20);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
  const ms = performance.now() - start;
  assert.ok(ms > 200 && ms < 1_400, `${ms} ms`);
});

test('large: a head beyond the limit, too many headers, and a body beyond the limit are refused', async () => {
  const head = await exchange(hub.port, [`${HEAD}x: ${'a'.repeat(20_000)}\r\n\r\n`], asMachine(joined));
  assert.ok([400, 431].includes(head.status), String(head.status));
  const announced = await exchange(hub.port, [`${HEAD}content-length: 10001\r\n\r\n`], asMachine(joined));
  assert.equal(announced.status, 413);
  assert.match(announced.text, /application\/problem\+json/);
  const chunk = `1000\r\n${'a'.repeat(4_096)}\r\n`;
  const streamed = await exchange(
    hub.port,
    [`${HEAD}transfer-encoding: chunked\r\n\r\n`, chunk, chunk, chunk, chunk],
    asMachine(joined),
  );
  assert.equal(streamed.status, 413);
});

test('broken: bytes that are no HTTP, smuggling shapes and bad JSON get an error and harm nobody', async () => {
  for (const bytes of [
    '\x16\x03\x01\x00\x00',
    'GET / HTTP/9.9\r\n\r\n',
    `${HEAD}content-length: 4\r\ncontent-length: 5\r\n\r\n1234`,
    `${HEAD}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${HEAD}content-length: 5\r\nconnection: close\r\n\r\n{"a":`,
    `${HEAD}content-length: 25\r\nconnection: close\r\n\r\n{"__proto__":{"admin":1}}`,
    `${HEAD.replace('application/json', 'text/weird')}content-length: 1\r\nconnection: close\r\n\r\nx`,
  ]) {
    const { status } = await exchange(hub.port, [bytes], asMachine(joined));
    assert.ok(status === 400 || status === 505, `${JSON.stringify(bytes)} -> ${status}`);
  }
  assert.equal((await exchange(hub.port, ['GET /v1/health HTTP/1.0\r\n\r\n'])).status, 200);
});

test('broken: arbitrary bytes after the handshake never take the hub down', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (bytes, own) => {
      await exchange(hub.port, [bytes, '\r\n\r\n'], own ? asMachine(joined) : {});
    }),
    { numRuns: 20 },
  );
  assert.equal((await exchange(hub.port, ['GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n'])).status, 200);
});

test('strangers: beyond the limit they are told busy, machines are not, and places are given back', async () => {
  const ask = 'GET /v1/slow HTTP/1.1\r\nhost: x\r\n\r\n';
  const first = Array.from({ length: 3 }, () => exchange(hub.port, [ask]));
  while (waiting.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  const busy = await exchange(hub.port, [ask]);
  assert.equal(busy.status, 503);
  const disguised = await hubCredentials(await makeAuthority('x', hub.world), 'x', hub.world);
  assert.equal((await exchange(hub.port, [ask], { key: disguised.key, cert: disguised.cert })).status, 503);
  assert.match(busy.text, /retry-after: 5/i);
  const machine = await exchange(
    hub.port,
    ['GET /v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    asMachine(joined),
  );
  assert.equal(machine.status, 200);
  for (const answer of waiting.splice(0)) answer();
  assert.deepEqual(
    (await Promise.all(first)).map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal((await exchange(hub.port, ['GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n'])).status, 200);
});

test('strangers: who leaves in the middle gives the place back', async () => {
  for (let i = 0; i < 6; i++) {
    const socket = await rawConnect(hub.port);
    socket.on('error', () => {});
    const before = waiting.length;
    socket.write('GET /v1/slow HTTP/1.1\r\nhost: x\r\n\r\n');
    while (waiting.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  waiting.splice(0);
  assert.equal((await exchange(hub.port, ['GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n'])).status, 200);
});

test('failure: what breaks inside is in the log of the hub and not in the answer', async () => {
  const { status, text } = await exchange(hub.port, ['GET /v1/boom HTTP/1.1\r\nhost: x\r\n\r\n']);
  assert.equal(status, 500);
  assert.ok(!text.includes('hunter2'));
  assert.ok(hub.log.some((line) => line.includes('hunter2')));
});

test('close: what is idle or streams ends within the grace, and the port is free', async () => {
  const other = await startHub({
    limits: LIMITS,
    registerRoutes: (app) => {
      app.get('/v1/events', (_request, reply: FastifyReply) => {
        reply.hijack();
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
        reply.raw.write('data: 1\n\n');
      });
    },
  });
  const home = other.newHome();
  await join(home, other.url, await other.token(), other.world);
  const channel = await openHub({ home, world: other.world });
  let heard = 0;
  const ended = channel
    .events(get('/v1/events'), () => heard++, new AbortController().signal)
    .catch(() => 'cut');
  while (heard === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const start = performance.now();
  await other.close();
  assert.ok(performance.now() - start < 1_500);
  await ended;
  channel.close();
  await assert.rejects(rawConnect(other.port), /ECONNREFUSED/);
});
