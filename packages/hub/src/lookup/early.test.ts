// What is answered before the framework is, byte for byte, what the framework answers; the rest is left to it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { encodePackedRequest, PACKED_LIMITS, PACKED_TYPES } from 'tocsin/protocol/packed-lookup.ts';
import { asMachine, rawConnect } from '../server/wire-fixture.ts';
import { KNOWN_LIMITS } from './known.ts';
import type { LookupHub } from './lookup-fixture.ts';
import { readPacked, startLookupHub } from './lookup-fixture.ts';

const packed = readPacked();
const bad = packed.answered[0]!.keys[0]!;
let hub: LookupHub;

before(async () => {
  hub = await startLookupHub(packed);
});
after(() => hub.close());

function get(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
}

function post(body: Buffer, type: string = PACKED_TYPES.request, beside = ''): Buffer {
  const head = `POST /v1/lookup HTTP/1.1\r\nhost: x\r\n${beside}content-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The whole answer to the next request on a connection, but for its date. */
async function next(socket: TLSSocket, request: Buffer, cut = request.length): Promise<string> {
  socket.write(request.subarray(0, cut));
  if (cut < request.length) setTimeout(() => socket.write(request.subarray(cut)), 20);
  let got = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    got = Buffer.concat([got, chunk]);
    const end = got.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/i.exec(got.toString('latin1', 0, Math.max(end, 0)));
    if (length !== null && got.length === end + 4 + Number(length[1]))
      return got.toString('latin1').replace(/^date: .*\r\n/im, '');
  }
}

/** The answer on a connection of its own, by the framework, and on one that was used before. */
async function bothWays(
  request: Buffer,
  cut?: number,
): Promise<{ first: string; later: string; early: boolean }> {
  const fresh = await rawConnect(hub.port, asMachine(hub.joined));
  const used = await rawConnect(hub.port, asMachine(hub.joined));
  try {
    const first = await next(fresh, request);
    await next(used, get('/v1/objects/host:nobody.example'));
    const before = hub.framework();
    const later = await next(used, request, cut);
    return { first, later, early: hub.framework() === before };
  } finally {
    fresh.destroy();
    used.destroy();
  }
}

const VALID = Buffer.from(packed.answered[0]!.request, 'hex');
/** `early` null: the framework refuses it before its hooks. */
const CASES: readonly (readonly [what: string, request: Buffer, early: boolean | null])[] = [
  ['one object that is known', get(`/v1/objects/sha256:${bad}`), true],
  ['one object that nobody knows', get('/v1/objects/host:nobody.example'), true],
  [
    'an address, percent-encoded',
    get(`/v1/objects/${encodeURIComponent('http://nobody.example/a?b=c')}`),
    true,
  ],
  ['words that are no object', get('/v1/objects/what%20is%20this'), false],
  ['an escape that is none', get('/v1/objects/%zz'), null],
  ['nothing behind the path', get('/v1/objects/'), false],
  ['one object with its history', get(`/v1/objects/sha256:${bad}?history=true`), false],
  [
    'another method',
    Buffer.from('PUT /v1/objects/x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n'),
    false,
  ],
  [
    'whole keys as JSON',
    post(Buffer.from(`{"v":1,"objects":[{"kind":"file-sha256","key":"${bad}"}]}`), 'application/json'),
    false,
  ],
  ['another type', post(VALID, 'application/octet-stream'), false],
  ...packed.answered.map(
    ({ name, request }) => [`packed: ${name}`, post(Buffer.from(request, 'hex')), true] as const,
  ),
  ...packed.refused
    .filter(({ what, hex }) => what === 'request' && hex !== '')
    .map(({ name, hex }) => [`packed, refused: ${name}`, post(Buffer.from(hex, 'hex')), true] as const),
];
for (const [what, request, early] of CASES)
  test(`early or not, the same answer: ${what}`, async () => {
    const ways = await bothWays(request);
    assert.equal(ways.later, ways.first);
    if (early !== null) assert.equal(ways.early, early);
  });

test('answers about whole keys name the revision of the lists', async () => {
  const named = /\r\ntocsin-lists: 1\r\n/;
  for (const request of [get(`/v1/objects/sha256:${bad}`), post(VALID)])
    assert.match((await bothWays(request)).later, named);
});

test('one object: its history is told, and what it could be instead is refused in words', async () => {
  const { later } = await bothWays(get(`/v1/objects/sha256:${bad}?history=true`));
  assert.match(
    later,
    /^HTTP\/1\.1 200 OK\r\n.*"level":"malicious".*"firstSeen":null,"machines":null,"claims":\[\],"unread":\[\]\}$/s,
  );
  for (const query of ['history=1', 'history'])
    assert.match((await bothWays(get(`/v1/objects/sha256:${bad}?${query}`))).later, /^HTTP\/1\.1 400 /);
  const { later: long } = await bothWays(get(`/v1/objects/${'a'.repeat(7_000)}`));
  assert.match(
    long,
    /^HTTP\/1\.1 413 .*application\/problem\+json.*Cannot read the request: a part of its path/s,
  );
});

test('early: a body in two pieces is taken together', async () => {
  const request = post(VALID);
  for (const cut of [request.length - VALID.length, request.length - VALID.length + 5, request.length - 1]) {
    const { first, later, early } = await bothWays(request, cut);
    assert.deepEqual([later, early], [first, true]);
  }
});

test('early: bodies of two machines that come in turn, piece by piece, are not mixed up', async () => {
  const requests = packed.answered.slice(0, 2).map(({ request }) => post(Buffer.from(request, 'hex')));
  const alone: string[] = [];
  for (const request of requests) alone.push((await bothWays(request)).later);
  assert.notEqual(alone[0], alone[1]);
  const sockets = [];
  for (const _ of requests) {
    const socket = await rawConnect(hub.port, asMachine(hub.joined));
    await next(socket, get('/v1/objects/host:nobody.example'));
    sockets.push(socket);
  }
  const cut = (request: Buffer): number => request.length - 10;
  for (const [i, socket] of sockets.entries()) socket.write(requests[i]!.subarray(0, cut(requests[i]!)));
  await sleep(20);
  const together = await Promise.all(
    sockets.map((socket, i) => next(socket, requests[i]!.subarray(cut(requests[i]!)))),
  );
  for (const socket of sockets) socket.destroy();
  assert.deepEqual(together, alone);
});

test('early: the first large question about a kind waits for its index and is answered', async (t) => {
  const cold = await startLookupHub(packed, ['host']);
  t.after(() => cold.close());
  const used = await rawConnect(cold.port, asMachine(cold.joined));
  t.after(() => used.destroy());
  await next(used, get('/v1/objects/host:nobody.example'));
  const before = cold.framework();
  const keys = Buffer.alloc(32 * (KNOWN_LIMITS.inFiles + 1));
  assert.match(await next(used, post(encodePackedRequest('file-sha256', keys))), /^HTTP\/1\.1 200 /);
  assert.deepEqual([cold.framework(), cold.load.underWay], [before, 0]);
});

test('early: a body that is too long or breaks off is not taken, and the hub goes on', async () => {
  const used = await rawConnect(hub.port, asMachine(hub.joined));
  await next(used, get('/v1/objects/host:nobody.example'));
  used.write(
    `POST /v1/lookup HTTP/1.1\r\nhost: x\r\ncontent-type: ${PACKED_TYPES.request}\r\ncontent-length: ${PACKED_LIMITS.maxRequestBytes + 1}\r\n\r\n`,
  );
  const [chunk] = (await once(used, 'data')) as [Buffer];
  assert.match(chunk.toString(), /^HTTP\/1\.1 413 /);
  used.destroy();
  const broken = await rawConnect(hub.port, asMachine(hub.joined));
  await next(broken, get('/v1/objects/host:nobody.example'));
  broken.write(post(VALID).subarray(0, -3));
  broken.destroy();
  const { first, later } = await bothWays(post(VALID));
  assert.equal(later, first);
});

test('early: a machine whose certificate has ended is left to the guard', async () => {
  const used = await rawConnect(hub.port, asMachine(hub.joined));
  await next(used, get('/v1/objects/host:nobody.example'));
  hub.world.pass(40 * 86_400_000);
  assert.match(await next(used, get('/v1/objects/host:nobody.example')), /^HTTP\/1\.1 401 /);
  used.destroy();
});
