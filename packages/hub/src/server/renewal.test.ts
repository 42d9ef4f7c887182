// Certificates and keys over time: renewal, long absence, rotation, rollback (spec/enrolment.md 4, spec/keys.md 8).
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectHub, type HubChannel } from 'tocsin/client/channel.ts';
import { makeMachineKey, makeRequest, readAnswer } from 'tocsin/client/csr.ts';
import { join, openHub, rejoin, renewIfDue } from 'tocsin/client/enrol.ts';
import type { Home } from 'tocsin/client/home.ts';
import { requireJoined, saveJoined } from 'tocsin/client/identity.ts';
import { type ErrorCode, TocsinError } from 'tocsin/protocol/errors.ts';
import { exportRoot, rotateKeys } from '../keys/commands.ts';
import { DAY, type FixtureHub, HOUR, SeededWorld, startHub } from './hub-fixture.ts';
import {
  asMachine,
  exchange,
  httpAnswer,
  hubCredentials,
  rawConnect,
  startImpostor,
} from './wire-fixture.ts';

const REENROLL = '/.well-known/est/simplereenroll';
const EST = { 'content-type': 'application/pkcs10' };

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
      app.get('/v1/who', (request) => ({ machineId: request.machine?.machineId }));
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
    return (await channel.request('GET', '/v1/who')).status;
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
    assert.equal((await channel.request('GET', '/v1/who')).status, 200);
  }
});

test('absence: an ended certificate renews, and does nothing else', async (t) => {
  const { hub, home } = await started(t);
  const joined = requireJoined(home);
  hub.world.pass(72 * HOUR + DAY + 1_000);
  const ask = 'GET /v1/who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
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
  open.on('error', () => {}).write('GET /v1/who HTTP/1.1\r\nhost: x\r\n\r\n');
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
  assert.equal((await channel.request('GET', '/v1/who')).status, 200);
  await rotateKeys(keysOf, hub.world);
  await hub.server.tend();
  assert.equal((await channel.request('GET', '/v1/who')).status, 200);
  assert.equal((await channel.request('GET', '/v1/who')).status, 200);
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
  assert.equal((await channel.request('GET', '/v1/who')).status, 200);
  const stolen = hub.keys.issuing;
  await rotateKeys(keysOf, hub.world, { dropOld: true });
  await hub.server.tend();
  const answer = await channel.request('GET', '/v1/who');
  assert.equal(answer.status, 401);
  assert.match(answer.body.toString(), /no authority of this hub issued it.*rejoin/);
  // and the thief is no hub for a machine that saw the new document
  await rejoin(home, hub.url, await hub.token(), hub.world);
  const thief = await startImpostor(await hubCredentials(stolen, hub.keys.root.id, hub.world));
  t.after(() => thief.close());
  saveJoined(home, { ...requireJoined(home), url: thief.url });
  const lured = await openHub({ home, world: hub.world, limits: { answerMs: 300 } });
  t.after(() => lured.close());
  await assert.rejects(lured.request('POST', '/v1/echo', { secret: 1 }), TocsinError);
  assert.ok(!thief.heard().includes('secret'));
});

test('keys: a machine whose document ran out fetches a newer one, and refuses a hub that has none', async (t) => {
  const { hub, home, keysOf } = await started(t);
  exportRoot(keysOf, joinPath(hub.directory, 'root'), { remove: true });
  hub.world.pass(182 * DAY);
  await assert.rejects(openHub({ home, world: hub.world }), refused('pin', /ran out/));
  await rotateKeys(keysOf, hub.world, { rootKeyFile: joinPath(hub.directory, 'root') });
  await hub.server.tend();
  assert.equal(await who(home, hub), 200);
});

test('keys: a channel that stays open does not go on under a document that ran out', async (t) => {
  const { hub, keysOf } = await started(t);
  exportRoot(keysOf, joinPath(hub.directory, 'root'), { remove: true });
  const channel = connectHub({ url: hub.url, keys: hub.keys.keys, identity: null, world: hub.world });
  t.after(() => channel.close());
  assert.equal((await channel.request('GET', '/v1/health')).status, 200);
  hub.world.pass(181 * DAY + 1_000);
  await hub.server.tend();
  await assert.rejects(channel.request('GET', '/v1/health'), refused('pin', /ran out/));
  await rotateKeys(keysOf, hub.world, { rootKeyFile: joinPath(hub.directory, 'root') });
  await hub.server.tend();
  assert.equal((await channel.request('GET', '/v1/health')).status, 200);
  assert.equal(channel.keys.document.number, 2);
});

test('keys: an older document than the one that was seen is refused, whoever serves it', async (t) => {
  const { hub, home, keysOf } = await started(t);
  const old = hub.keys.keys.text;
  const oldLeaf = await hubCredentials(hub.keys.issuing, hub.keys.root.id, hub.world);
  await rotateKeys(keysOf, hub.world, { dropOld: true });
  await hub.server.tend();
  await rejoin(home, hub.url, await hub.token(), hub.world);
  const past = await startImpostor(oldLeaf, httpAnswer(old));
  t.after(() => past.close());
  saveJoined(home, { ...requireJoined(home), url: past.url });
  const channel = await openHub({ home, world: hub.world });
  t.after(() => channel.close());
  await assert.rejects(channel.request('GET', '/v1/who'), refused('pin', /number 1, want 2 or higher/));
  await assert.rejects(
    rejoin(home, past.url, await hub.token(), hub.world),
    refused('token-foreign', /number 1, want 2 or higher/),
  );
});

test('keys: another root is never taken up; the words tell how a person changes it', async (t) => {
  const { hub, home } = await started(t);
  const world = new SeededWorld('other');
  const other = await startHub({ world });
  t.after(() => other.close());
  saveJoined(home, { ...requireJoined(home), url: other.url });
  const channel = await openHub({ home, world: hub.world });
  t.after(() => channel.close());
  await assert.rejects(channel.request('GET', '/v1/who'), refused('pin', /tocsin rejoin/));
  const text = readFileSync(joinPath(home.identity, 'identity.json'), 'utf8');
  assert.ok(!text.includes(other.keys.keys.text.slice(60, 120)));
  await rejoin(home, other.url, await other.token(), world);
  assert.equal(requireJoined(home).root.id, other.keys.root.id);
});

test('renewal for a new key: a lost answer locks nobody out, and the former key ends when the new one is seen', async (t) => {
  const { hub, home } = await started(t);
  const joined = requireJoined(home);
  const newKey = makeMachineKey();
  const renewTo = async (): Promise<X509Certificate> => {
    const channel = await openHub({ home, world: hub.world });
    try {
      const answer = await channel.request('POST', REENROLL, Buffer.from(await makeRequest(newKey)), {
        headers: EST,
      });
      assert.equal(answer.status, 200);
      return await readAnswer(answer.body, newKey);
    } finally {
      channel.close();
    }
  };
  await renewTo(); // the answer is lost
  assert.equal(await who(home, hub), 200, 'the former key still counts');
  const certificate = await renewTo();
  const ask = 'GET /v1/who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
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
