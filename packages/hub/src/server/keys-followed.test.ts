// Keys documents over time: what a machine takes up, and what it never does (spec/keys.md section 8).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectHub } from 'tocsin/client/channel/channel.ts';
import { join, rejoin } from 'tocsin/client/channel/enrol.ts';
import { requireJoined, saveJoined } from 'tocsin/client/channel/identity.ts';
import { openHub } from 'tocsin/client/channel/open-hub.ts';
import type { Home } from 'tocsin/client/state/home.ts';
import { type ErrorCode, TocsinError } from 'tocsin/protocol/errors.ts';
import { exportRoot, rotateKeys } from '../keys/commands.ts';
import { DAY, type FixtureHub, SeededWorld, startHub } from './hub-fixture.ts';
import { get, NO_RECORDER } from './outgoing-fixture.ts';
import { httpAnswer, hubCredentials, startImpostor } from './wire-fixture.ts';

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
  const channel = connectHub({
    url: hub.url,
    keys: hub.keys.keys,
    identity: null,
    world: hub.world,
    recorder: NO_RECORDER,
  });
  t.after(() => channel.close());
  assert.equal((await channel.request(get('/v1/keys'))).status, 200);
  hub.world.pass(181 * DAY + 1_000);
  await hub.server.tend();
  await assert.rejects(channel.request(get('/v1/keys')), refused('pin', /ran out/));
  await rotateKeys(keysOf, hub.world, { rootKeyFile: joinPath(hub.directory, 'root') });
  await hub.server.tend();
  assert.equal((await channel.request(get('/v1/keys'))).status, 200);
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
  await assert.rejects(channel.request(get('/v1/consent')), refused('pin', /number 1, want 2 or higher/));
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
  await assert.rejects(channel.request(get('/v1/consent')), refused('pin', /tocsin rejoin/));
  const text = readFileSync(joinPath(home.identity, 'identity.json'), 'utf8');
  assert.ok(!text.includes(other.keys.keys.text.slice(60, 120)));
  await rejoin(home, other.url, await other.token(), world);
  assert.equal(requireJoined(home).root.id, other.keys.root.id);
});
