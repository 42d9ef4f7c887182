// The same routes on the hub's own port: for machines, by their certificate, and for nobody else. And a list that is large.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { join as joinHub } from 'tocsin/client/channel/enrol.ts';
import { requireJoined } from 'tocsin/client/channel/identity.ts';
import { applyUpdate } from 'tocsin/lists/hash-list-update.ts';
import { countOf, emptySet } from 'tocsin/lists/hash-set.ts';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { startHub } from '../server/hub-fixture.ts';
import { asMachine } from '../server/wire-fixture.ts';
import type { FixtureEntry } from './build-fixture.ts';
import { manifestWith, publishEntries } from './build-fixture.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import { HashLists } from './hash-lists.ts';
import type { HashListSources } from './routes.ts';
import { registerHashListRoutes } from './routes.ts';
import { decodeHashList } from './wire.ts';

const GOOD = 3_000;

function goodFile(i: number): FixtureEntry {
  const key = createHash('sha256').update(`file ${i}`).digest();
  return { kind: 'file-sha256', key, level: 'good', category: 'software', change: false };
}

async function sourcesWith(t: TestContext, entries: readonly FixtureEntry[]): Promise<HashListSources> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const segments = join(directory, 'segments');
  const manifest = manifestWith(1, publishEntries(segments, entries));
  const set = ListSet.open(manifest, (digest) => join(segments, `${digest}.seg`));
  const hashLists = new HashLists({
    segments,
    directory: join(directory, 'sets'),
    world: systemWorld,
    log: (line) => t.diagnostic(line),
  });
  t.after(async () => {
    await hashLists.close();
    set.close();
    rmSync(directory, { recursive: true });
  });
  await hashLists.follow(manifest);
  return { lists: { set }, hashLists };
}

function ask(
  url: string,
  path: string,
  options: ConnectionOptions,
): Promise<{ readonly status: number; readonly bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      `${url}${path}`,
      { rejectUnauthorized: false, agent: false, ...options },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode!, bytes: Buffer.concat(chunks) }));
      },
    );
    asked.on('error', reject).end();
  });
}

test('hash lists for machines: by certificate only, and a large list whole as protobuf, not as JSON', async (t) => {
  const entries = Array.from({ length: GOOD }, (_, i) => goodFile(i));
  const sources = await sourcesWith(t, entries);
  const hub = await startHub({
    registerRoutes: (app) => registerHashListRoutes(app, { ...sources, maxJsonBytes: 28 * GOOD }),
  });
  t.after(() => hub.close());
  const home = hub.newHome();
  await joinHub(home, hub.url, await hub.token(), hub.world);
  const machine = asMachine(requireJoined(home));
  const paths = ['/v5/hashLists:batchGet?names=mw-4b', '/v5/hashList/mw-4b', '/v5/hashLists'];
  for (const path of [...paths, '/v5/hashes:search?hashPrefixes=AAAAAA']) {
    assert.equal((await ask(hub.url, path, {})).status, 401, path);
    assert.equal((await ask(hub.url, path, machine)).status, 200, path);
  }
  assert.equal((await ask(hub.url, '/v1/download-check', machine)).status, 404);
  const { bytes } = await ask(hub.url, '/v5/hashList/file-good-32b', machine);
  const list = applyUpdate(emptySet(32), decodeHashList(bytes, 32));
  assert.equal(countOf(list), GOOD);
  assert.equal((await ask(hub.url, '/v5/hashList/file-good-32b?alt=json', machine)).status, 413);
});

test('a receiver with limits gets a list in pieces, over the wire, and asks at once for what is left', async (t) => {
  const entries = Array.from({ length: GOOD }, (_, i) => goodFile(i));
  const sources = await sourcesWith(t, entries);
  const hub = await startHub({ registerRoutes: (app) => registerHashListRoutes(app, sources) });
  t.after(() => hub.close());
  const home = hub.newHome();
  await joinHub(home, hub.url, await hub.token(), hub.world);
  const machine = asMachine(requireJoined(home));
  const fetchAll = async (limits: string): Promise<readonly (readonly [number, number])[]> => {
    const steps: [number, number][] = [];
    let list = emptySet(32);
    for (let version = '', wait = 0; wait === 0; ) {
      const path = `/v5/hashList/file-good-32b?${limits}&version=${encodeURIComponent(version)}`;
      const { status, bytes } = await ask(hub.url, path, machine);
      assert.equal(status, 200, bytes.toString());
      const update = decodeHashList(bytes, 32);
      list = applyUpdate(list, update);
      version = Buffer.from(update.version).toString('base64');
      wait = update.minimumWait;
      steps.push([countOf(list), wait]);
    }
    return steps;
  };
  const { minimumWait } = PUBLISHED_HASH_LISTS;
  assert.deepEqual(await fetchAll('sizeConstraints.maxUpdateEntries=1024'), [
    [1024, 0],
    [2048, 0],
    [GOOD, minimumWait],
  ]);
  assert.deepEqual(await fetchAll('size_constraints.max_database_entries=100'), [[100, minimumWait]]);
  assert.deepEqual(
    await fetchAll('sizeConstraints.maxUpdateEntries=3000&sizeConstraints.maxDatabaseEntries=0'),
    [[GOOD, minimumWait]],
  );
  const batch =
    '/v5/hashLists:batchGet?alt=json&names=mw-4b&names=file-good-32b&sizeConstraints.maxDatabaseEntries=2';
  const { hashLists } = JSON.parse((await ask(hub.url, batch, machine)).bytes.toString());
  assert.deepEqual(
    hashLists.map((list: { name: string }) => list.name),
    ['mw-4b', 'file-good-32b'],
  );
  assert.equal(hashLists[1].additionsThirtyTwoBytes.entriesCount, 1, 'beside the first');
  const refused = await ask(hub.url, '/v5/hashList/mw-4b?sizeConstraints.maxUpdateEntries=1023', machine);
  assert.equal(refused.status, 400);
});
