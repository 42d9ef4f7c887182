// Certificates and keys over time: renewal, long absence, rotation, rollback (spec/enrolment.md 4, spec/keys.md 8).
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectHub, type HubChannel } from 'tocsin/client/channel/channel.ts';
import { makeMachineKey, makeRequest, readAnswer } from 'tocsin/client/channel/csr.ts';
import { join, rejoin } from 'tocsin/client/channel/enrol.ts';
import { currentKeys, requireJoined, saveJoined } from 'tocsin/client/channel/identity.ts';
import { openHub, renewIfDue } from 'tocsin/client/channel/open-hub.ts';
import type { Home } from 'tocsin/client/state/home.ts';
import { type ErrorCode, TocsinError } from 'tocsin/protocol/errors.ts';
import { rotateKeys } from '../keys/commands.ts';
import { DAY, type FixtureHub, HOUR, startHub } from './hub-fixture.ts';
import { get, NO_RECORDER, question, renewal } from './outgoing-fixture.ts';
import { asMachine, exchange, hubCredentials, rawConnect, startImpostor } from './wire-fixture.ts';

function refused(code: ErrorCode, words = /^Cannot /): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TocsinError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  };
}

async function started(t: TestContext): Promise<{ hub: FixtureHub; home: Home; keysOf: string }> {
  const hub = await startHub({
    registerRoutes: (app) => {
      app.get('/v1/consent', (request) => ({ machineId: request.machine?.machineId }));
    },
  });
  t.after(() => hub.close());
  const home = hub.newHome();
  await join(home, hub.url, await hub.token(), hub.world);
  return { hub, home, keysOf: joinPath(hub.directory, 'keys') };
}

/** Opens, asks one closed route, closes. */
async function who(home: Home, hub: FixtureHub): Promise<number> {
  const channel = await openHub({ home, world: hub.world });
  try {
    return (await channel.request(get('/v1/consent'))).status;
  } finally {
    channel.close();
  }
}

test('renewal: at two thirds of the life and not before, for the same machine and key', async (t) => {
  const { hub, home } = await started(t);
  const before = requireJoined(home).identity;
  hub.world.pass(48 * HOUR - 1_000);
  assert.equal((await renewIfDue(home, hub.world)).kind, 'current');
  assert.equal(requireJoined(home).identity.certificate, before.certificate);
  hub.world.pass(1_000);
  assert.deepEqual(await renewIfDue(home, hub.world), {
    kind: 'renewed',
    dueAt: hub.world.clock.now() + 48 * HOUR,
  });
  const after = requireJoined(home).identity;
  assert.equal(after.machineId, before.machineId);
  assert.equal(after.privateKey, before.privateKey);
  assert.equal(
    new X509Certificate(after.certificate).validToDate.getTime(),
    hub.world.clock.now() + 72 * HOUR,
  );
});

test('renewal: opening the channel does it, and a hub that is away is no harm until the certificate ends', async (t) => {
  const { hub, home } = await started(t);
  hub.world.pass(50 * HOUR);
  const away = { ...requireJoined(home), url: 'https://127.0.0.1:1' };
  saveJoined(home, away);
  const problems: string[] = [];
  const onRenewalProblem = (words: string): void => void problems.push(words);
  (await openHub({ home, world: hub.world, onRenewalProblem })).close();
  assert.match(problems.join(), /Cannot reach the hub/);
  hub.world.pass(30 * HOUR);
  await assert.rejects(openHub({ home, world: hub.world }), refused('unreachable'));
  saveJoined(home, { ...away, url: hub.url });
  assert.equal(await who(home, hub), 200);
});

test('renewal: a channel that stays open renews by itself, and shows the new certificate', async (t) => {
  const { hub, home } = await started(t);
  const channel: HubChannel = await openHub({ home, world: hub.world, limits: { renewCheckMs: 10 } });
  t.after(() => channel.close());
  for (let days = 0; days < 5; days++) {
    const before = requireJoined(home).identity.certificate;
    hub.world.pass(DAY * 2);
    while (requireJoined(home).identity.certificate === before)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await hub.server.sweep();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await channel.request(get('/v1/consent'))).status, 200);
  }
});

test('absence: an ended certificate renews, and does nothing else', async (t) => {
  const { hub, home } = await started(t);
  const joined = requireJoined(home);
  hub.world.pass(72 * HOUR + DAY + 1_000);
  const ask = 'GET /v1/consent HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
  const { status, text } = await exchange(hub.port, [ask], asMachine(joined));
  assert.equal(status, 401);
  assert.match(text, /it has ended.*renewal/);
  assert.equal(await who(home, hub), 200);
});

test('absence: a connection that outlives its certificate is cut', async (t) => {
  const { hub, home } = await started(t);
  const open = await rawConnect(hub.port, asMachine(requireJoined(home)));
  t.after(() => open.destroy());
  let closed = false;
  open.once('close', () => {
    closed = true;
  });
  open.on('error', () => {}).write('GET /v1/consent HTTP/1.1\r\nhost: x\r\n\r\n');
  await new Promise((resolve) => open.once('data', resolve));
  hub.world.pass(72 * HOUR + DAY);
  await hub.server.sweep();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(closed, false);
  hub.world.pass(1_000);
  await hub.server.sweep();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(closed, true);
});

test('absence: 180 days after the end renewal still works, later only rejoin does', async (t) => {
  const { hub, home } = await started(t);
  const late = hub.newHome();
  await join(late, hub.url, await hub.token(), hub.world);
  const end = 72 * HOUR + DAY;
  hub.world.pass(end + 180 * DAY);
  await hub.server.tend();
  assert.equal(await who(home, hub), 200);
  hub.world.pass(1_000);
  await assert.rejects(openHub({ home: late, world: hub.world }), refused('certificate', /180 days.*rejoin/));
  await rejoin(late, hub.url, await hub.token(), hub.world);
  assert.equal(await who(late, hub), 200);
});

test('rotation: a machine that slept through it renews and goes on under the new authority', async (t) => {
  const { hub, home, keysOf } = await started(t);
  await rotateKeys(keysOf, hub.world);
  await hub.server.tend();
  assert.equal(await who(home, hub), 200);
  assert.equal(requireJoined(home).keysNumber, 2);
  for (let n = 0; n < 3; n++) {
    hub.world.pass(50 * DAY);
    await rotateKeys(keysOf, hub.world);
    await hub.server.tend();
  }
  assert.equal(await who(home, hub), 200);
  assert.equal(requireJoined(home).keysNumber, 5);
  const [issuing] = hub.keys.keys.authorities;
  const leaf = new X509Certificate(requireJoined(home).identity.certificate);
  assert.ok(leaf.verify(issuing!.certificate.publicKey));
});

test('rotation: a channel that is open goes on, and takes up the newer document that the hub announces', async (t) => {
  const { hub, home, keysOf } = await started(t);
  const channel = await openHub({ home, world: hub.world });
  t.after(() => channel.close());
  assert.equal((await channel.request(get('/v1/consent'))).status, 200);
  await rotateKeys(keysOf, hub.world);
  await hub.server.tend();
  assert.equal((await channel.request(get('/v1/consent'))).status, 200);
  assert.equal((await channel.request(get('/v1/consent'))).status, 200);
  assert.equal(channel.keys.document.number, 2);
  assert.equal(requireJoined(home).keysNumber, 2);
});

test('rotation: a running hub follows by itself', async (t) => {
  const hub = await startHub({ limits: { keysPollMs: 20 } });
  t.after(() => hub.close());
  await rotateKeys(joinPath(hub.directory, 'keys'), hub.world);
  while (hub.keys.keys.document.number < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await join(hub.newHome(), hub.url, await hub.token(), hub.world);
});

test('rotation after a theft: certificates of the dropped authority end at once, open connections too', async (t) => {
  const { hub, home, keysOf } = await started(t);
  const channel = await openHub({ home, world: hub.world });
  t.after(() => channel.close());
  assert.equal((await channel.request(get('/v1/consent'))).status, 200);
  const stolen = hub.keys.issuing;
  await rotateKeys(keysOf, hub.world, { dropOld: true });
  await hub.server.tend();
  const answer = await channel.request(get('/v1/consent'));
  assert.equal(answer.status, 401);
  assert.match(answer.body.toString(), /no authority of this hub issued it.*rejoin/);
  // and the thief is no hub for a machine that saw the new document
  await rejoin(home, hub.url, await hub.token(), hub.world);
  const thief = await startImpostor(await hubCredentials(stolen, hub.keys.root.id, hub.world));
  t.after(() => thief.close());
  const state = requireJoined(home);
  const lured = connectHub({
    url: thief.url,
    keys: currentKeys(state, hub.world.clock)!,
    identity: state.identity,
    world: hub.world,
    recorder: NO_RECORDER,
    limits: { answerMs: 300 },
  });
  t.after(() => lured.close());
  await assert.rejects(lured.request(question(0xab)), TocsinError);
  assert.ok(!thief.heard().includes('prefix'));
});

test('renewal for a new key: a lost answer locks nobody out, and the former key ends when the new one is seen', async (t) => {
  const { hub, home } = await started(t);
  const joined = requireJoined(home);
  const newKey = makeMachineKey();
  const renewTo = async (): Promise<X509Certificate> => {
    const channel = await openHub({ home, world: hub.world });
    try {
      const answer = await channel.request(renewal(await makeRequest(newKey)));
      assert.equal(answer.status, 200);
      return await readAnswer(answer.body, newKey);
    } finally {
      channel.close();
    }
  };
  await renewTo(); // the answer is lost
  assert.equal(await who(home, hub), 200, 'the former key still counts');
  const certificate = await renewTo();
  const ask = 'GET /v1/consent HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
  const asNew = { key: newKey, cert: certificate.toString() };
  assert.equal((await exchange(hub.port, [ask], asNew)).status, 200);
  const former = await exchange(hub.port, [ask], asMachine(joined));
  assert.equal(former.status, 401);
  assert.match(former.text, /key was replaced/);
});

test('renewal: a crash leaves the state of before or of after, whichever file was being written', async (t) => {
  const { hub, home } = await started(t);
  const [name] = readdirSync(home.identity);
  // What a killed process leaves beside the file: a part of the next one, under a temporary name.
  writeFileSync(joinPath(home.identity, `${name}.4242.tmp`), '{"v":1,"url":"https://');
  hub.world.pass(50 * HOUR);
  assert.equal(await who(home, hub), 200);
});
