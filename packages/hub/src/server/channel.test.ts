// The channel as an attacker meets it: impostors in front of machines, strangers in front of the hub.
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { TlsOptions } from 'node:tls';
import { connectHub, type HubChannel } from 'tocsin/client/channel/channel.ts';
import { join, rejoin } from 'tocsin/client/channel/enrol.ts';
import {
  currentKeys,
  type Joined,
  loadJoined,
  requireJoined,
  saveJoined,
} from 'tocsin/client/channel/identity.ts';
import { openHub, renewIfDue } from 'tocsin/client/channel/open-hub.ts';
import type { Home } from 'tocsin/client/state/home.ts';
import { type ErrorCode, TocsinError } from 'tocsin/protocol/errors.ts';
import { makeAuthority } from '../keys/authority.ts';
import { DAY, type FixtureHub, HOUR, startHub } from './hub-fixture.ts';
import { get, NO_RECORDER, question } from './outgoing-fixture.ts';
import {
  asMachine,
  httpAnswer,
  hubCredentials,
  type Impostor,
  rawConnect,
  startImpostor,
  startWire,
} from './wire-fixture.ts';

let hub: FixtureHub;
let home: Home;
let joined: Joined;
before(async () => {
  hub = await startHub({
    registerRoutes: (app) => {
      app.get('/v1/consent', (request) => ({ machineId: request.machine?.machineId }));
      app.post('/v1/lookup', (request) => ({ body: request.body }));
    },
  });
  home = hub.newHome();
  joined = await join(home, hub.url, await hub.token(), hub.world);
});
after(() => hub.close());

function refused(code: ErrorCode, words = /^Cannot .*: .*want /): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TocsinError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  };
}

/** A channel of the joined machine that leads to another address. */
function channelTo(url: string): HubChannel {
  const keys = currentKeys(joined, hub.world.clock)!;
  return connectHub({
    url,
    keys,
    identity: joined.identity,
    world: hub.world,
    recorder: NO_RECORDER,
  });
}

/** Another hub, for as long as the test runs. */
async function otherHub(t: TestContext): Promise<FixtureHub> {
  const other = await startHub();
  t.after(() => other.close());
  return other;
}

async function impostorFor(t: TestContext, options: TlsOptions, answer = ''): Promise<Impostor> {
  const impostor = await startImpostor(options, answer);
  t.after(() => impostor.close());
  return impostor;
}

async function refusedBy(url: string, code: ErrorCode): Promise<void> {
  const channel = channelTo(url);
  await assert.rejects(channel.request(question(0xab)), refused(code));
  channel.close();
}

test('a machine that joined is known by its certificate on a closed route', async () => {
  const channel = await openHub({ home, world: hub.world });
  const { status, body } = await channel.request(get('/v1/consent'));
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body.toString()), { machineId: joined.identity.machineId });
  channel.close();
});

test('impostor: a hub of another root is refused, and not one byte of a request reaches it', async (t) => {
  const other = await otherHub(t);
  const credentials = await hubCredentials(other.keys.issuing, other.keys.root.id, hub.world);
  const impostor = await impostorFor(t, credentials, httpAnswer(other.keys.keys.text));
  const wire = await startWire(t, impostor.port);
  await refusedBy(wire.url, 'pin');
  await assert.rejects(join(hub.newHome(), wire.url, await hub.token(), hub.world), refused('token-foreign'));
  assert.equal(wire.connections.length, 2);
  assert.equal(impostor.heard(), '');
});

test('impostor: a token of another hub is refused by the machine before the real hub hears it', async (t) => {
  const other = await otherHub(t);
  await assert.rejects(
    join(hub.newHome(), hub.url, await other.token(), hub.world),
    refused('token-foreign'),
  );
});

test('impostor: the certificate of a machine does not make a hub', async (t) => {
  const { key, cert } = asMachine(joined) as { key: string; cert: string };
  const impostor = await impostorFor(t, { key, cert });
  await refusedBy(impostor.url, 'pin');
  await assert.rejects(
    join(hub.newHome(), impostor.url, await hub.token(), hub.world),
    refused('token-foreign'),
  );
  assert.equal(impostor.heard(), '');
});

test('impostor: the authority itself does not make a hub', async (t) => {
  const { certificate, privateKey } = hub.keys.issuing;
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const impostor = await impostorFor(t, { key, cert: certificate.toString() });
  await refusedBy(impostor.url, 'pin');
  assert.equal(impostor.heard(), '');
});

test('impostor: who claims to be the pinned hub hears the constant question for keys, and no more', async (t) => {
  const forged = await hubCredentials(await makeAuthority('x', hub.world), hub.keys.root.id, hub.world);
  const answers = [
    '',
    'HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n',
    httpAnswer('{}'),
    httpAnswer('x'.repeat(200_000)),
    httpAnswer(hub.keys.keys.text), // the true document does not name the forged authority
    httpAnswer((await otherHub(t)).keys.keys.text),
  ];
  for (const answer of answers) {
    const impostor = await impostorFor(t, forged, answer || 'HTTP/1.1 204 No\r\n\r\n');
    const channel = channelTo(impostor.url);
    await assert.rejects(channel.request(question(0xab)), TocsinError);
    channel.close();
    const host = impostor.url.slice('https://'.length);
    assert.equal(impostor.heard(), `GET /v1/keys HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    assert.deepEqual(impostor.shown(), [undefined]);
  }
});

test('impostor: it sees the first message of TLS and nothing more, no certificate of the machine', async (t) => {
  const other = await otherHub(t);
  const forged = await hubCredentials(await makeAuthority('x', hub.world), hub.keys.root.id, hub.world);
  const real = await hubCredentials(other.keys.issuing, other.keys.root.id, hub.world);
  for (const [credentials, dials] of [
    [real, 1],
    [forged, 2], // the second one asks for keys, without a certificate
  ] as const) {
    const impostor = await impostorFor(t, credentials, httpAnswer(hub.keys.keys.text));
    const wire = await startWire(t, impostor.port);
    await refusedBy(wire.url, 'pin');
    assert.equal(wire.connections.length, dials);
    const sent = Buffer.concat(wire.connections[0]!);
    // One record of the handshake (22), one message in it: ClientHello (1).
    assert.deepEqual([sent[0], sent[5]], [22, 1]);
    assert.equal(sent.length, 5 + sent.readUInt16BE(3));
    assert.equal(sent.readUInt16BE(3), 4 + sent.readUIntBE(6, 3));
  }
});

test('impostor: an older TLS is not spoken', async (t) => {
  const credentials = await hubCredentials(hub.keys.issuing, hub.keys.root.id, hub.world);
  const impostor = await impostorFor(t, { ...credentials, maxVersion: 'TLSv1.2' });
  await refusedBy(impostor.url, 'unreachable');
  assert.equal(impostor.heard(), '');
  await assert.rejects(rawConnect(hub.port, { maxVersion: 'TLSv1.2' }), /protocol|alert/i);
});

test('impostor: a plain or silent server is unreachable, and in time', async () => {
  const { createServer } = await import('node:net');
  for (const greeting of ['HTTP/1.1 400 Bad Request\r\n\r\n', '']) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      if (greeting !== '') socket.end(greeting);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const keys = currentKeys(joined, hub.world.clock)!;
    const url = `https://127.0.0.1:${port}`;
    const channel = connectHub({
      url,
      keys,
      identity: null,
      world: hub.world,
      recorder: NO_RECORDER,
      limits: { connectMs: 200 },
    });
    await assert.rejects(channel.request(get('/v1/consent')), refused('unreachable'));
    channel.close();
    server.close();
  }
});

test('clocks: 24 hours of skew either way are tolerated, and no more', async () => {
  const shifted = (ms: number) => ({
    clock: { now: () => hub.world.clock.now() + ms, monotonic: () => 0 },
    random: (size: number) => hub.world.random(size),
  });
  for (const [ms, ok] of [
    [-DAY + HOUR, true],
    [DAY - HOUR, true],
    [-DAY - HOUR, false],
    [32 * DAY, false],
  ] as const) {
    const channel = connectHub({
      url: hub.url,
      keys: hub.keys.keys,
      identity: joined.identity,
      world: shifted(ms),
      recorder: NO_RECORDER,
    });
    const asked = channel.request(get('/v1/consent'));
    if (ok) assert.equal((await asked).status, 200);
    else await assert.rejects(asked, refused('certificate', /clock/));
    channel.close();
  }
});

test('revoked: the open connection is cut, the next one refused, and the words say rejoin', async () => {
  const revokedHome = hub.newHome();
  const { identity } = await join(revokedHome, hub.url, await hub.token(), hub.world);
  const channel = await openHub({ home: revokedHome, world: hub.world });
  assert.equal((await channel.request(get('/v1/consent'))).status, 200);
  const open = await rawConnect(hub.port, asMachine(requireJoined(revokedHome)));
  const cut = new Promise((resolve) =>
    open
      .once('close', resolve)
      .on('error', () => {})
      .resume(),
  );
  open.write('GET /v1/consent HTTP/1.1\r\nhost: x\r\n\r\n');
  await new Promise((resolve) => open.once('data', resolve));
  await hub.store.revoke(identity.machineId, hub.world.clock.now());
  await hub.server.sweep();
  await cut;
  const answer = await channel.request(get('/v1/consent'));
  assert.equal(answer.status, 401);
  assert.match(answer.body.toString(), /revoked.*rejoin/);
  hub.world.pass(50 * HOUR);
  await assert.rejects(renewIfDue(revokedHome, hub.world), refused('certificate', /revoked/));
  channel.close();
  await rejoin(revokedHome, hub.url, await hub.token(), hub.world);
  assert.notEqual(requireJoined(revokedHome).identity.machineId, identity.machineId);
});

test('a state file of another hub does not lead anywhere', async (t) => {
  const other = await otherHub(t);
  const mixed = hub.newHome();
  saveJoined(mixed, { ...loadJoined(home)!, url: other.url });
  const channel = await openHub({ home: mixed, world: hub.world, onRenewalProblem: () => {} });
  await assert.rejects(channel.request(get('/v1/consent')), refused('pin'));
  channel.close();
});
