import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { TocsinError } from '../../protocol/errors.ts';
import { connectionRequest } from '../channel/connection.ts';
import type { FixtureList } from '../client-fixture.ts';
import { BAD, GOOD, HandWorld, keyOf, MemoryHub, NOW, temporaryHome } from '../client-fixture.ts';
import { withListLock } from './lock.ts';
import { ListStore, listFile, readHeldLists } from './store.ts';
import type { UpdateReport } from './update.ts';
import { updateLists } from './update.ts';

const K = (n: number) => keyOf('file-sha256', n);
const MALICIOUS: FixtureList = { role: 'malicious', kind: 'file-sha256', rows: [[K(1), BAD]] };
const KNOWN_GOOD: FixtureList = { role: 'known-good', kind: 'file-sha256', rows: [[K(2), GOOD]] };

function stage(t: TestContext) {
  const home = temporaryHome(t);
  const world = new HandWorld();
  const hub = new MemoryHub(t);
  const update = (channel = hub): Promise<UpdateReport> => updateLists({ home, channel, world });
  const levels = (...numbers: number[]): (string | null)[] => {
    const store = ListStore.open(home, null);
    const found = numbers.map((n) => store.answer(K(n))?.verdict.level ?? null);
    store.close();
    return found;
  };
  const files = () =>
    readdirSync(home.lists)
      .filter((name) => !name.startsWith('lock.db'))
      .sort();
  return { home, world, hub, update, levels, files };
}

const code = (want: string) => (error: unknown) => error instanceof TocsinError && error.code === want;

test('lists are fetched, checked and answered from', async (t) => {
  const { home, hub, update, levels, files } = stage(t);
  const entries = hub.publish([MALICIOUS, KNOWN_GOOD], { 'file-sha256': 8 });
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  assert.deepEqual(await update(), {
    kind: 'updated',
    revision: 1,
    files: 2,
    bytes,
    deltas: 0,
    deltaBytes: 0,
  });
  assert.deepEqual(levels(1, 2, 3), ['malicious', 'good', null]);
  assert.deepEqual(files(), [...entries.map(({ digest }) => `${digest}.seg`), 'lists.json'].sort());
  assert.equal(readHeldLists(home, null)?.checkedAt, NOW);
});

test('the second time only the version is asked for', async (t) => {
  const { home, world, hub, update } = stage(t);
  hub.publish([MALICIOUS]);
  await update();
  hub.asked.length = 0;
  world.pass(60);
  assert.deepEqual(await update(), { kind: 'current', revision: 1 });
  assert.deepEqual(hub.asked, ['GET /v1/lists']);
  assert.equal(readHeldLists(home, null)?.checkedAt, NOW + 60_000);
});

test('a new revision brings what is new and drops what nobody names', async (t) => {
  const { hub, update, levels, files } = stage(t);
  const [malicious] = hub.publish([MALICIOUS, KNOWN_GOOD]);
  await update();
  hub.publish([MALICIOUS, { ...KNOWN_GOOD, rows: [[K(3), GOOD]] }]);
  const report = await update();
  assert.equal(report.kind === 'updated' && report.files, 1);
  assert.deepEqual(levels(1, 2, 3), ['malicious', null, 'good']);
  assert.equal(files().length, 3);
  assert.equal(hub.asked.filter((line) => line.includes(malicious!.digest)).length, 1);
});

test('a download that broke off goes on where it stopped, and the old lists stand meanwhile', async (t) => {
  const { hub, update, levels } = stage(t);
  hub.publish([MALICIOUS]);
  await update();
  const [entry] = hub.publish([
    {
      ...MALICIOUS,
      rows: [
        [K(2), BAD],
        [K(4), BAD],
      ],
    },
  ]);
  hub.cutAfter = 100;
  await assert.rejects(update(), code('unreachable'));
  assert.deepEqual(levels(1, 2), ['malicious', null]);
  await update();
  assert.deepEqual(levels(1, 2), [null, 'malicious']);
  assert.equal(hub.asked.at(-1), `GET /v1/lists/files/${entry!.digest} bytes=100-`);
});

test('a part that does not fit is thrown away and fetched whole, also from a hub that does not go on', async (t) => {
  for (const ignoresRange of [false, true]) {
    const { home, hub, update, levels } = stage(t);
    const [entry] = hub.publish([MALICIOUS]);
    hub.cutAfter = 100;
    await assert.rejects(update(), code('unreachable'));
    const part = listFile(home, entry!.digest).replace(/seg$/, 'part');
    const bytes = readFileSync(part);
    if (!ignoresRange) bytes[50]! ^= 1;
    writeFileSync(part, bytes);
    hub.ignoresRange = ignoresRange;
    await update();
    assert.deepEqual(levels(1), ['malicious']);
  }
});

test('bytes that are not what their name says are never used', async (t) => {
  const { home, hub, update, files } = stage(t);
  hub.publish([MALICIOUS]);
  hub.spoil = (bytes) => {
    const other = Buffer.from(bytes);
    other[60]! ^= 1;
    return other;
  };
  await assert.rejects(update(), code('corrupt'));
  assert.equal(readHeldLists(home, null), null);
  assert.deepEqual(files(), []);
  hub.spoil = (bytes) => Buffer.concat([bytes, bytes]);
  await assert.rejects(update(), code('limit'));
  assert.equal(readHeldLists(home, null), null);
});

test('a list of another kind or length than the hub said is refused', async (t) => {
  for (const wrong of [{ kind: 'url' }, { rows: 7 }] as const) {
    const { home, hub, update } = stage(t);
    hub.publish([MALICIOUS]);
    hub.manifest = { ...hub.manifest, lists: hub.manifest.lists.map((entry) => ({ ...entry, ...wrong })) };
    await assert.rejects(update(), code('format'));
    assert.equal(readHeldLists(home, null), null);
  }
});

test('a file that was lost or damaged here is fetched again though nothing is new', async (t) => {
  const { home, hub, update, levels } = stage(t);
  const [entry] = hub.publish([MALICIOUS]);
  await update();
  writeFileSync(listFile(home, entry!.digest), 'short');
  assert.deepEqual(levels(1), [null]);
  assert.equal((await update()).kind, 'updated');
  assert.deepEqual(levels(1), ['malicious']);
});

test('lists of another hub are replaced whole', async (t) => {
  const { home, hub, update, levels } = stage(t);
  hub.publish([MALICIOUS]);
  await update();
  const other = new MemoryHub(t);
  other.publish([KNOWN_GOOD]);
  await update(other);
  assert.deepEqual(levels(1, 2), [null, 'good']);
  assert.equal(readHeldLists(home, null)?.hub, other.keys.root.id);
});

test('whether lists are the same is told by their digests, not by the number of their revision', async (t) => {
  const { home, world, hub } = stage(t);
  const whole = {
    keys: hub.keys,
    download: hub.download.bind(hub),
    // Without the mark of what is held: the answer is the whole list of lists.
    request: async () =>
      await hub.request(connectionRequest({ reason: 'lists', method: 'GET', path: '/v1/lists' })),
  };
  const update = () => updateLists({ home, channel: whole, world });
  hub.publish([MALICIOUS, KNOWN_GOOD]);
  await update();
  hub.manifest = { ...hub.manifest, revision: 1_000_001 };
  assert.deepEqual(await update(), { kind: 'current', revision: 1_000_001 });
  hub.manifest = { ...hub.manifest, lists: hub.manifest.lists.slice(0, 1) };
  assert.deepEqual(await update(), {
    kind: 'updated',
    revision: 1_000_001,
    files: 0,
    bytes: 0,
    deltas: 0,
    deltaBytes: 0,
  });
});

test('two processes do not fetch at once', async (t) => {
  const { home, hub, update } = stage(t);
  hub.publish([MALICIOUS]);
  await update();
  await withListLock(home, async () => {
    await assert.rejects(update(), code('conflict'));
  });
  assert.equal((await update()).kind, 'current');
});
