// Signed lists over the real channel: a hub whose keys change, machines that slept, and a thief of the channel's authority.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { type TestContext, test } from 'node:test';
import { join } from 'tocsin/client/channel/enrol.ts';
import { requireJoined, saveJoined } from 'tocsin/client/channel/identity.ts';
import { openHub } from 'tocsin/client/channel/open-hub.ts';
import { BAD, type FixtureList, keyOf, writeList } from 'tocsin/client/client-fixture.ts';
import { ListStore, readHeldLists } from 'tocsin/client/lists/store.ts';
import { type UpdateReport, updateLists } from 'tocsin/client/lists/update.ts';
import type { Home } from 'tocsin/client/state/home.ts';
import type { ListManifest } from 'tocsin/protocol/lookup.ts';
import { exportRoot, rotateKeys } from '../keys/commands.ts';
import { storeDocument } from '../keys/store.ts';
import { DAY, type FixtureHub, startHub } from '../server/hub-fixture.ts';
import { hubCredentials, type Impostor, startImpostor } from '../server/wire-fixture.ts';
import { listPath } from '../store/artifacts.ts';
import { layoutOf } from '../store/layout.ts';
import type { PublishedLists } from './published.ts';
import { registerListRoutes } from './routes.ts';
import { ManifestSigner } from './signed-manifest.ts';

const listOf = (n: number): FixtureList => ({
  role: 'malicious',
  kind: 'file-sha256',
  rows: [[keyOf('file-sha256', n), BAD]],
});

/** What the list routes need of published lists, without records behind them. */
class Lists {
  manifest: ListManifest = { v: 1, revision: 0, lists: [], prefixBits: {} };
  directory = '';

  publish(list: FixtureList): void {
    const entry = writeList(layoutOf(this.directory).lists, list);
    this.manifest = { v: 1, revision: this.manifest.revision + 1, lists: [entry], prefixBits: {} };
  }

  fileOf(digest: string): { path: string; bytes: number } | null {
    const entry = this.manifest.lists.find((list) => list.digest === digest);
    return entry === undefined
      ? null
      : { path: listPath(layoutOf(this.directory), digest), bytes: entry.bytes };
  }

  deltaOf(): Promise<{ kind: 'none' }> {
    return Promise.resolve({ kind: 'none' });
  }

  onRevision(): () => void {
    return () => {};
  }
}

interface Stage {
  readonly hub: FixtureHub;
  readonly keysOf: string;
  readonly lists: Lists;
  readonly home: Home;
  update(): Promise<UpdateReport>;
  held(): ReturnType<typeof readHeldLists>;
}

/** A hub with one list and a machine that joined it; `hasLogKey` false: as releases before lists were signed. */
async function started(t: TestContext, hasLogKey = true): Promise<Stage> {
  const lists = new Lists();
  const hub = await startHub({
    registerRoutes: (app, { context }) =>
      registerListRoutes(app, lists as unknown as PublishedLists, context.keys),
  });
  t.after(() => hub.close());
  lists.directory = hub.directory;
  lists.publish(listOf(1));
  const keysOf = joinPath(hub.directory, 'keys');
  if (!hasLogKey) {
    const { document } = hub.keys.keys;
    storeDocument(keysOf, hub.keys.rootSigner()!, { ...document, number: document.number + 1, log: null });
    hub.keys.reload();
  }
  const home = hub.newHome();
  await join(home, hub.url, await hub.token(), hub.world);
  const update = async (): Promise<UpdateReport> => {
    const channel = await openHub({ home, world: hub.world });
    try {
      return await updateLists({ home, channel, world: hub.world });
    } finally {
      channel.close();
    }
  };
  return { hub, keysOf, lists, home, update, held: () => readHeldLists(home, hub.keys.root) };
}

test('signed lists: a machine takes what the log key signed, and asks by the tag afterwards', async (t) => {
  const { hub, update, held } = await started(t);
  assert.equal((await update()).kind, 'updated');
  assert.equal(held()?.proof?.document.log, hub.keys.log?.verifierKey);
  assert.deepEqual(await update(), { kind: 'current', revision: 1 });
});

test('signed lists: a hub of an earlier release is believed as before, and by its log key once it has one', async (t) => {
  const { hub, update, held } = await started(t, false);
  await update();
  assert.deepEqual([held()?.manifest.revision, held()?.proof], [1, null]);
  await hub.server.tend();
  assert.notEqual(hub.keys.log, null);
  assert.deepEqual(await update(), { kind: 'current', revision: 1 });
  assert.equal(held()?.proof?.document.log, hub.keys.log?.verifierKey);
});

test('signed lists: with the root offline lists stay unsigned until the operator brings it', async (t) => {
  const { hub, keysOf, lists, update, held } = await started(t, false);
  const rootKeyFile = joinPath(hub.directory, 'root');
  exportRoot(keysOf, rootKeyFile, { remove: true });
  await hub.server.tend();
  assert.match(hub.log.join('\n'), /no log key: run 'tocsin-hub keys rotate --root-key FILE'/);
  await update();
  lists.publish(listOf(2));
  await update();
  assert.deepEqual([held()?.manifest.revision, held()?.proof], [2, null]);
  await rotateKeys(keysOf, hub.world, { rootKeyFile });
  await hub.server.tend();
  await update();
  assert.equal(held()?.proof?.document.log, hub.keys.log?.verifierKey);
});

test('signed lists: a machine that slept through rotations wakes up, and takes what the newest key signs', async (t) => {
  const { hub, keysOf, lists, update, held } = await started(t);
  await update();
  const first = hub.keys.log?.verifierKey;
  for (const days of [40, 70]) {
    hub.world.pass(days * DAY);
    await rotateKeys(keysOf, hub.world);
    await hub.server.tend();
    lists.publish(listOf(days));
  }
  assert.equal(held()?.proof?.document.log, first, 'what is held stands meanwhile');
  assert.equal((await update()).kind, 'updated');
  assert.deepEqual(
    [held()?.manifest.revision, held()?.proof?.document.number],
    [3, hub.keys.keys.document.number],
  );
  assert.notEqual(held()?.proof?.document.log, first);
});

test('signed lists: a channel that stays open through a rotation goes on with the new key', async (t) => {
  const { hub, keysOf, lists, home, held } = await started(t);
  const channel = await openHub({ home, world: hub.world });
  try {
    await updateLists({ home, channel, world: hub.world });
    await rotateKeys(keysOf, hub.world);
    await hub.server.tend();
    lists.publish(listOf(2));
    await updateLists({ home, channel, world: hub.world });
  } finally {
    channel.close();
  }
  assert.equal(held()?.proof?.document.log, hub.keys.log?.verifierKey);
});

/** One who holds the key of the TLS authority, and answers with whatever he likes. */
async function thief(t: TestContext, { hub, home }: Stage, answer: string): Promise<Impostor> {
  const impostor = await startImpostor(
    await hubCredentials(hub.keys.issuing, hub.keys.root.id, hub.world),
    answer,
  );
  t.after(() => impostor.close());
  saveJoined(home, { ...requireJoined(home), url: impostor.url });
  return impostor;
}

function answerOf(body: Uint8Array, note: string | null): string {
  const head = [
    `HTTP/1.1 200 OK`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
    ...(note === null ? [] : [`tocsin-note: ${note}`]),
  ];
  return `${head.join('\r\n')}\r\n\r\n${Buffer.from(body).toString()}`;
}

test('signed lists: a thief of the channel cannot make lists, change them, or go back to older ones', async (t) => {
  const stage = await started(t);
  const { hub, lists, home, update, held } = stage;
  const signer = new ManifestSigner(lists, hub.keys);
  const old = signer.current;
  lists.publish(listOf(2));
  await update();
  const genuine = signer.current;
  const before = readFileSync(joinPath(home.lists, 'lists.json'));
  const emptied = Buffer.from(JSON.stringify({ ...lists.manifest, revision: 9, lists: [] }));
  for (const [words, body, note] of [
    [/are not signed/, emptied, null],
    [/not what was signed/, emptied, genuine.note],
    [/not what was signed/, genuine.body.subarray(0, -2), genuine.note],
    [/of revision 1, want 2 or newer/, old.body, old.note],
    [/want a signed note|is wrong/, genuine.body, genuine.note!.slice(0, 40)],
  ] as const) {
    const impostor = await thief(t, stage, answerOf(body, note));
    await assert.rejects(update(), { message: words });
    assert.match(impostor.heard(), /^GET \/v1\/lists/);
    assert.deepEqual(readFileSync(joinPath(home.lists, 'lists.json')), before);
  }
  saveJoined(home, { ...requireJoined(home), url: hub.url });
  assert.deepEqual(await update(), { kind: 'current', revision: 2 });
  const store = ListStore.open(home, hub.keys.root);
  t.after(() => store.close());
  assert.equal(store.answer(keyOf('file-sha256', 2))?.verdict.level, 'malicious');
  assert.equal(held()?.manifest.revision, 2);
});
