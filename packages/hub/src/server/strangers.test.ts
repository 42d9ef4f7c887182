// Strangers in front of the hub: what is closed to whoever shows no certificate, or another one's.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { after, before, test } from 'node:test';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import { issueMachine, makeAuthority, makeKey } from '../keys/authority.ts';
import { type FixtureHub, startHub } from './hub-fixture.ts';
import { asMachine, exchange, hubCredentials, rawConnect } from './wire-fixture.ts';

let hub: FixtureHub;
let joined: Joined;
before(async () => {
  hub = await startHub({
    registerRoutes: (app) => {
      app.get('/v1/consent', (request) => ({ machineId: request.machine?.machineId }));
      app.post('/v1/lookup', (request) => ({ body: request.body }));
    },
  });
  joined = await join(hub.newHome(), hub.url, await hub.token(), hub.world);
});
after(() => hub.close());

const WHO = 'GET /v1/consent HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

test('stranger: without a certificate every route but the public ones is closed, unknown ones as well', async () => {
  for (const path of ['/v1/consent', '/v1/lookup', '/nothing', '/.well-known/est/simplereenroll']) {
    const { status, text } = await exchange(hub.port, [WHO.replace('/v1/consent', path)]);
    assert.equal(status, 401, path);
    assert.match(text, /none was shown/);
  }
  for (const path of ['/', '/v1/health', '/v1/keys', '/v1/openapi.json'])
    assert.equal((await exchange(hub.port, [WHO.replace('/v1/consent', path)])).status, 200, path);
});

test('stranger: the answer comes before the body of the request was read', async () => {
  const head =
    'POST /v1/lookup HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n';
  const { status } = await exchange(hub.port, [head]);
  assert.equal(status, 401);
});

test('stranger: certificates of no machine of this hub are refused', async () => {
  const world = hub.world;
  const foreign = await makeAuthority(hub.keys.root.id, world);
  const key = makeKey();
  const pem = key.export({ type: 'pkcs8', format: 'pem' }) as string;
  const by = async (authority: typeof foreign, id: string): Promise<string> =>
    (await issueMachine(authority, id, createPublicKey(key), world)).toString();
  const ownHub = await hubCredentials(hub.keys.issuing, hub.keys.root.id, world);
  const strangers = [
    { key: pem, cert: await by(foreign, joined.identity.machineId), why: /no authority of this hub/ },
    {
      key: pem,
      cert: await by(hub.keys.issuing, '00000000-0000-4000-8000-000000000000'),
      why: /not known here/,
    },
    { key: pem, cert: await by(hub.keys.issuing, joined.identity.machineId), why: /key was replaced/ },
    { key: ownHub.key, cert: ownHub.cert, why: /not the certificate of a machine/ },
  ];
  for (const { key, cert, why } of strangers) {
    const { status, text } = await exchange(hub.port, [WHO], { key, cert });
    assert.equal(status, 401);
    assert.match(text, why);
    const renewal = WHO.replace('GET /v1/consent', 'POST /.well-known/est/simplereenroll');
    assert.equal((await exchange(hub.port, [renewal], { key, cert })).status, 401);
  }
});

test('sessions are never resumed, whatever a client keeps', async () => {
  let session: Buffer | undefined;
  const first = await rawConnect(hub.port, asMachine(joined));
  first.on('session', (ticket: Buffer) => {
    session = ticket;
  });
  first.on('error', () => {});
  first.write(WHO);
  await new Promise<void>((resolve) => first.once('close', () => resolve()).resume());
  // Without its certificate: a resumed session would bring the judgement of the first one along.
  const second = await rawConnect(hub.port, session === undefined ? {} : { session });
  assert.equal(second.isSessionReused(), false);
  second.destroy();
  const { status } = await exchange(hub.port, [WHO], session === undefined ? {} : { session });
  assert.equal(status, 401);
});
