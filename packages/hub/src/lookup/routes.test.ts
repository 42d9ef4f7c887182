// The gate of the hub over look-ups, on the wire: what the vectors refuse is refused whole, with the item and the reason.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import { Type } from 'typebox';
import type { PublishedLists } from '../lists/published.ts';
import { type FixtureHub, startHub } from '../server/hub-fixture.ts';
import { asMachine, exchange } from '../server/wire-fixture.ts';
import { registerLookupRoutes } from './routes.ts';
import { openVectorLists, readVectors } from './vectors-fixture.ts';

const vectors = readVectors();
const { lists, close } = openVectorLists(vectors);
const Strict = Type.Object({ n: Type.Integer() }, { additionalProperties: false });
let hub: FixtureHub;
let joined: Joined;
before(async () => {
  hub = await startHub({
    registerRoutes: (app) => {
      registerLookupRoutes(app, { set: lists } as PublishedLists);
      app.post('/v1/strict', { schema: { body: Strict } }, (request) => ({ body: request.body }));
    },
  });
  joined = await join(hub.newHome(), hub.url, await hub.token(), hub.world);
});
after(async () => {
  await hub.close();
  close();
});

async function post(path: string, text: string): Promise<{ status: number; type: string; body: unknown }> {
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`;
  const answer = await exchange(hub.port, [head + text], asMachine(joined));
  const type = /content-type: ([^;\r]+)/i.exec(answer.text)?.[1] ?? '';
  return { status: answer.status, type, body: JSON.parse(answer.text.split('\r\n\r\n')[1]!) };
}

for (const { name, request, response } of vectors.answered)
  test(`look-up on the wire: ${name}`, async () => {
    const { status, body } = await post('/v1/lookup', JSON.stringify(request));
    assert.equal(status, 200);
    assert.deepEqual(body, response);
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
