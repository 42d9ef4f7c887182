// The channel in daily use: bodies, downloads, events, a hub that goes away and comes back.
import assert from 'node:assert/strict';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join as joinPath } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, test } from 'node:test';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { connectHub, type HubChannel } from 'tocsin/client/channel/channel.ts';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { HubEvent } from 'tocsin/client/channel/events.ts';
import { requireJoined } from 'tocsin/client/channel/identity.ts';
import type { Home } from 'tocsin/client/state/home.ts';
import { type ErrorCode, TocsinError } from 'tocsin/protocol/errors.ts';
import { expectOk } from 'tocsin/protocol/problem.ts';
import { type FixtureHub, startHub } from './hub-fixture.ts';
import { get, NO_RECORDER, question } from './outgoing-fixture.ts';

const FILE_PATH = `/v1/lists/files/${'aa'.repeat(32)}`;
const ENDLESS = `/v1/lists/files/${'bb'.repeat(32)}`;
const NONE = '/v1/lists';
const FILE = Buffer.alloc(3_000_000, 'abcdefgh');
let hub: FixtureHub;
let home: Home;
let channel: HubChannel;
let streams: FastifyReply[] = [];

function routes(
  app: Parameters<NonNullable<Parameters<typeof startHub>[0]>['registerRoutes'] & object>[0],
): void {
  app.post('/v1/lookup', (request) => ({ body: request.body }));
  app.get(FILE_PATH, (request, reply) => sendPart(request, reply));
  app.get(ENDLESS, (_request, reply: FastifyReply) => {
    reply.hijack();
    reply.raw.writeHead(200);
    const more = (): void => {
      while (!reply.raw.destroyed && reply.raw.write(FILE));
    };
    reply.raw.on('drain', more);
    more();
  });
  app.get('/v1/terms', (_request, reply: FastifyReply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-length': 1_000 });
    reply.raw.write('half');
    setTimeout(() => reply.raw.destroy(), 20);
  });
  app.get('/v1/policy', () => new Promise(() => {}));
  app.get('/v1/events', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write(': hello\n\nevent: lists\ndata: {"revision":1}\n\n');
    streams.push(reply);
  });
}

function sendPart(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const from = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  return reply
    .code(from > 0 ? 206 : 200)
    .type('application/octet-stream')
    .send(FILE.subarray(from));
}

before(async () => {
  hub = await startHub({ registerRoutes: routes, limits: { graceMs: 100 } });
  home = hub.newHome();
  const { identity } = await join(home, hub.url, await hub.token(), hub.world);
  channel = connectHub({
    url: hub.url,
    keys: hub.keys.keys,
    identity,
    world: hub.world,
    recorder: NO_RECORDER,
    limits: { answerMs: 300 },
  });
});
after(async () => {
  channel.close();
  await hub.close();
});

function refused(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof TocsinError && error.code === code;
}

class Sink extends Writable {
  bytes = 0;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.length;
    done();
  }
}

test('request: JSON goes and comes; a refusal is an answer, and `expectOk` makes an error of it', async () => {
  const answer = expectOk(await channel.request(question(0xab)));
  assert.deepEqual(JSON.parse(answer.body.toString()), {
    body: { v: 1, prefixes: [{ kind: 'file-sha256', bits: 8, prefix: 'ab' }] },
  });
  const none = await channel.request(get(NONE));
  assert.equal(none.status, 404);
  assert.throws(() => expectOk(none), refused('not-found'));
});

test('request: an answer that never comes, breaks off, or never ends is an error and not a wait', async () => {
  await assert.rejects(channel.request(get('/v1/policy')), refused('unreachable'));
  await assert.rejects(channel.request(get('/v1/terms')), refused('unreachable'));
  await assert.rejects(channel.request(get(ENDLESS), { maxBytes: 100_000 }), refused('limit'));
  expectOk(await channel.request(get('/v1/keys')));
});

test('request: a signal ends it', async () => {
  const signal = AbortSignal.timeout(20);
  await assert.rejects(channel.request(get('/v1/policy'), { signal }), { name: 'TimeoutError' });
});

test('close: a request that waits, or is still connecting, ends at once', async () => {
  const slow = createServer(() => {}); // takes connections and says nothing
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const { port } = slow.address() as AddressInfo;
  for (const url of [hub.url, `https://127.0.0.1:${port}`]) {
    const { identity } = requireJoined(home);
    const other = connectHub({ url, keys: hub.keys.keys, identity, world: hub.world, recorder: NO_RECORDER });
    const start = performance.now();
    const asked = other.request(get('/v1/policy'));
    setTimeout(() => other.close(), 50);
    await assert.rejects(asked, refused('unreachable'));
    assert.ok(performance.now() - start < 1_000);
    await assert.rejects(other.request(get('/v1/keys')), refused('unreachable'));
  }
  slow.close();
});

test('request: many at once share a few connections', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => channel.request(question(i))));
  for (const [i, { body }] of answers.entries())
    assert.equal(JSON.parse(body.toString()).body.prefixes[0].prefix, i.toString(16).padStart(2, '0'));
});

test('download: a file arrives whole, and goes on from where it broke off', async () => {
  const path = joinPath(hub.directory, 'download');
  const whole = await channel.download(get(FILE_PATH), createWriteStream(path), { maxBytes: FILE.length });
  assert.deepEqual([whole.status, whole.bytes], [200, FILE.length]);
  assert.ok(readFileSync(path).equals(FILE));
  const range = { range: 'bytes=1000000-' };
  const rest = createWriteStream(path, { flags: 'r+', start: 1_000_000 });
  const part = await channel.download(get(FILE_PATH, range), rest, { maxBytes: FILE.length });
  assert.deepEqual([part.status, part.bytes], [206, 2_000_000]);
  assert.ok(readFileSync(path).equals(FILE));
});

test('download: one byte beyond the limit, and nothing endless, is written', async () => {
  const sink = new Sink();
  await assert.rejects(
    channel.download(get(FILE_PATH), sink, { maxBytes: FILE.length - 1 }),
    refused('limit'),
  );
  assert.ok(sink.destroyed && sink.bytes < FILE.length);
  const endless = new Sink();
  await assert.rejects(channel.download(get(ENDLESS), endless, { maxBytes: 10_000_000 }), refused('limit'));
  assert.ok(endless.bytes <= 10_000_000);
});

test('download: of a refusal nothing is written to the target, and a target that fails is told as it is', async () => {
  const sink = new Sink();
  const answer = await channel.download(get(NONE), sink, { maxBytes: 10 });
  assert.equal(answer.status, 404);
  assert.match(answer.body.toString(), /urn:tocsin:problem:not-found/);
  assert.equal(sink.bytes, 0);
  const path = joinPath(hub.directory, 'no', 'such', 'place');
  await assert.rejects(channel.download(get(FILE_PATH), createWriteStream(path), { maxBytes: FILE.length }), {
    code: 'ENOENT',
  });
  assert.ok(!existsSync(path));
  expectOk(await channel.request(get('/v1/keys')));
});

test('events: each is told once and in order, until the signal', async () => {
  const heard: HubEvent[] = [];
  const stop = new AbortController();
  const done = channel.events(get('/v1/events'), (event) => heard.push(event), stop.signal);
  while (heard.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  streams.at(-1)!.raw.write('event: lists\ndata: {"revision":2}\n\nevent: x\ndata: a\ndata: b\nid: 7\n\n');
  while (heard.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await done;
  assert.deepEqual(heard, [
    { event: 'lists', data: '{"revision":1}', id: '' },
    { event: 'lists', data: '{"revision":2}', id: '' },
    { event: 'x', data: 'a\nb', id: '7' },
  ]);
});

test('events: a hub that ends the stream ends the call; one that breaks it off is unreachable', async () => {
  for (const [end, rejects] of [
    [(reply: FastifyReply) => reply.raw.end(), false],
    [(reply: FastifyReply) => reply.raw.destroy(), true],
  ] as const) {
    streams = [];
    let heard = 0;
    const done = channel.events(get('/v1/events'), () => heard++, new AbortController().signal);
    while (heard === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    end(streams[0]!);
    if (rejects) await assert.rejects(done, refused('unreachable'));
    else await done;
  }
  await assert.rejects(
    channel.events(get(NONE), () => {}, new AbortController().signal),
    refused('not-found'),
  );
});

test('a hub that was away is reached again over the same channel', async () => {
  const { port, world, keys, store } = hub;
  assert.equal((await channel.request(get('/v1/keys'))).status, 200);
  await hub.server.close();
  await assert.rejects(channel.request(get('/v1/keys')), refused('unreachable'));
  const { buildServer } = await import('./server.ts');
  const server = await buildServer({
    keys,
    tokens: store,
    machines: store,
    world,
    version: '0',
    log: () => {},
    registerRoutes: routes,
    limits: { graceMs: 100 },
  });
  await server.listen({ host: '127.0.0.1', port });
  assert.equal((await channel.request(get('/v1/keys'))).status, 200);
  assert.equal((await channel.request(question(1))).status, 200);
  await server.close();
});
