// The gate of the hub over look-ups, on the wire: what the vectors refuse is refused whole, with the item and the reason.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import type { ListSet } from 'tocsin/lists/list-set.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { PACKED_TYPES, parsePackedResponse } from 'tocsin/protocol/packed-lookup.ts';
import type { Verdict } from 'tocsin/protocol/verdict.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { Type } from 'typebox';
import type { PublishedLists } from '../lists/published.ts';
import { type FixtureHub, startHub } from '../server/hub-fixture.ts';
import { asMachine, exchange } from '../server/wire-fixture.ts';
import { IndexMaker } from './index-maker.ts';
import { KnownObjects } from './known.ts';
import { registerLookupRoutes } from './routes.ts';
import type { Vectors } from './vectors-fixture.ts';
import { openVectorLists, readVectors } from './vectors-fixture.ts';

interface Packed extends Pick<Vectors, 'prefixBits' | 'lists'> {
  readonly answered: readonly {
    name: string;
    kind: KeyKind;
    keys: string[];
    request: string;
    response: string;
  }[];
  readonly refused: readonly { name: string; what: 'request' | 'response'; hex: string; code: string }[];
}
const VECTORS = new URL('../../../../spec/vectors/lookup/packed.json', import.meta.url);
const packed = JSON.parse(readFileSync(VECTORS, 'utf8')) as Packed;

const vectors = readVectors();
const { lists, close } = openVectorLists(vectors);
// Keys of these are digests: an index knows by heart nothing but random bytes.
const whole = openVectorLists(packed);
const Strict = Type.Object({ n: Type.Integer() }, { additionalProperties: false });
let hub: FixtureHub;
let joined: Joined;
let known: KnownObjects;
before(async () => {
  hub = await startHub({
    registerRoutes: (app) => {
      const follow = (set: ListSet): PublishedLists =>
        ({ set, manifest: set.manifest, onRevision: () => () => {} }) as unknown as PublishedLists;
      const { pathOf } = whole;
      const source = new IndexMaker({ pathOf, random: systemWorld.random });
      known = new KnownObjects({ lists: follow(whole.lists), source, pathOf, log: () => {} });
      const explain = async (): Promise<never> => {
        throw new Error('nobody asks who said it');
      };
      registerLookupRoutes(app, { lists: follow(lists), known, clock: systemWorld.clock, explain });
      app.post('/v1/strict', { schema: { body: Strict } }, (request) => ({ body: request.body }));
    },
  });
  joined = await join(hub.newHome(), hub.url, await hub.token(), hub.world);
  known.find('file-sha256', new Uint8Array(32)); // made from the first question on
  await known.ready;
});
after(async () => {
  await hub.close();
  await known.close();
  close();
  whole.close();
});

async function post(
  path: string,
  text: string,
): Promise<{ status: number; type: string; head: string; body: unknown }> {
  const asked = `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept-encoding: gzip, br, zstd\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`;
  const answer = await exchange(hub.port, [asked + text], asMachine(joined));
  const type = /content-type: ([^;\r]+)/i.exec(answer.text)?.[1] ?? '';
  const [head, body] = answer.text.split('\r\n\r\n') as [string, string];
  return { status: answer.status, type, head, body: JSON.parse(body) };
}

for (const { name, request, response } of vectors.answered)
  test(`look-up on the wire: ${name}`, async () => {
    const { status, body } = await post('/v1/lookup', JSON.stringify(request));
    assert.equal(status, 200);
    assert.deepEqual(body, response);
  });

test('look-up on the wire: every answer to one prefix has the same length, head and body, and is not compressed', async () => {
  const heads = new Set<string>();
  for (const { request } of vectors.answered.filter((each) => each.request.prefixes.length === 1)) {
    const { head } = await post('/v1/lookup', JSON.stringify(request));
    heads.add(head.replace(/^date: .{29}$/im, 'date'));
  }
  assert.equal(heads.size, 1, [...heads].join('\n'));
  const [head] = heads;
  assert.match(head!, /^content-length: 16384$/im);
  assert.match(head!, /^cache-control: no-store, no-transform$/im);
  assert.doesNotMatch(head!, /content-encoding/i);
});

for (const { name, request, item, reason } of vectors.refused)
  test(`look-up on the wire, refused: ${name}`, async () => {
    const { status, type, body } = await post('/v1/lookup', JSON.stringify(request));
    assert.deepEqual([status, type], [422, 'application/problem+json']);
    const problem = body as Record<string, unknown>;
    assert.deepEqual(
      { type: problem['type'], item: problem['item'], reason: problem['reason'] },
      { type: 'urn:tocsin:problem:withheld', item, reason },
    );
    assert.ok(!JSON.stringify(body).includes('/home'), 'a refusal repeats no value');
  });

test('look-up on the wire: what is no JSON object is refused', async () => {
  assert.equal((await post('/v1/lookup', '{"v":1,')).status, 400);
  for (const text of ['null', '[]', '1', '"x"'])
    assert.equal((await post('/v1/lookup', text)).status, 422, text);
});

test('any route: a field that its schema does not name is refused and not taken out; a text is no number', async () => {
  assert.deepEqual((await post('/v1/strict', '{"n":1}')).body, { body: { n: 1 } });
  assert.equal((await post('/v1/strict', '{"n":1,"user":"joe"}')).status, 400);
  assert.equal((await post('/v1/strict', '{"n":"1"}')).status, 400);
});

async function postPacked(body: Buffer): Promise<{ status: number; body: Buffer }> {
  const head = `POST /v1/lookup HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: ${PACKED_TYPES.request}\r\ncontent-length: ${body.length}\r\n\r\n`;
  const { status, bytes } = await exchange(hub.port, [head, body], asMachine(joined));
  return { status, body: bytes.subarray(bytes.indexOf('\r\n\r\n') + 4) };
}

for (const { name, kind, keys, request, response } of packed.answered)
  test(`whole keys on the wire: ${name}, packed and as JSON`, async () => {
    await known.ready;
    const answer = await postPacked(Buffer.from(request, 'hex'));
    assert.deepEqual([answer.status, answer.body.toString('hex')], [200, response]);
    const { classes, objects } = parsePackedResponse(answer.body, keys.length);
    const json = await post(
      '/v1/lookup',
      JSON.stringify({ v: 1, objects: keys.map((key) => ({ kind, key })) }),
    );
    assert.equal(json.status, 200);
    assert.deepEqual(json.body, {
      v: 1,
      classes,
      objects: [...objects].map((n) => (n === 0 ? null : n - 1)),
      unknownLifetime: 3_600,
    });
  });

test('whole keys on the wire: what is no such request is refused', async () => {
  for (const { what, hex } of packed.refused)
    if (what === 'request')
      assert.ok([400, 413].includes((await postPacked(Buffer.from(hex, 'hex'))).status), hex);
  const key = 'ab'.repeat(32);
  const bad: readonly (readonly [number, unknown])[] = [
    [400, { v: 2, objects: [{ kind: 'file-sha256', key }] }],
    [400, { v: 1, objects: [{ kind: 'file-sha256', key: key.toUpperCase() }] }],
    [400, { v: 1, objects: [{ kind: 'file-md5', key }] }],
    [400, { v: 1, objects: [{ kind: 'file-sha256', key, path: '/home/joe' }] }],
    [400, { v: 1, objects: [{ kind: 'file-sha256', key }], user: 'joe' }],
    [400, { v: 1, objects: [null] }],
    [413, { v: 1, objects: [] }],
    [413, { v: 1, objects: Array(1_001).fill({ kind: 'file-sha256', key }) }],
  ];
  for (const [status, body] of bad)
    assert.equal(
      (await post('/v1/lookup', JSON.stringify(body))).status,
      status,
      JSON.stringify(body).slice(0, 99),
    );
});

test('one object: its verdict with reason and source, and unknown where nothing is known', async () => {
  const bad = packed.answered[0]!.keys[0]!;
  const { status, body } = await get(`/v1/objects/sha256:${bad}`);
  assert.equal(status, 200);
  const { id, verdict } = body as { id: string; verdict: Verdict };
  assert.deepEqual(
    [id, verdict.level, verdict.source, verdict.reason],
    [`sha256:${bad}`, 'malicious', 'feed', 'listed by feed'],
  );
  const unknown = (await get(`/v1/objects/${encodeURIComponent('http://nobody.example/a')}`)).body as {
    verdict: Verdict;
  };
  assert.equal(unknown.verdict.level, 'unknown');
  assert.equal((await get('/v1/objects/what%20is%20this')).status, 400);
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
  const answer = await exchange(hub.port, [head], asMachine(joined));
  return { status: answer.status, body: JSON.parse(answer.text.split('\r\n\r\n')[1]!) };
}
