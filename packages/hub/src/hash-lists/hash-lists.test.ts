// The lists as a node gives them out: built in their thread, swapped in whole, followed while they change.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { applyUpdate } from 'tocsin/lists/hash-list-update.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import type { ListManifest } from 'tocsin/protocol/lookup.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import type { FixtureEntry } from './build-fixture.ts';
import { expectedSet, manifestWith, publishEntries } from './build-fixture.ts';
import { HASH_LISTS, hashListNamed } from './catalogue.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import { HashLists } from './hash-lists.ts';
import { decodeHashList } from './wire.ts';

const host = (name: string): FixtureEntry => ({
  kind: 'host',
  key: hostKey(name).bytes,
  level: 'malicious',
  category: 'phishing',
  change: false,
});

interface Node {
  readonly hashLists: HashLists;
  readonly log: string[];
  publish(revision: number, entries: readonly FixtureEntry[]): ListManifest;
}

function startNode(t: TestContext, directory: string, lazy = false): Node {
  const log: string[] = [];
  const segments = join(directory, 'segments');
  const hashLists = new HashLists({
    segments,
    directory: join(directory, 'sets'),
    world: systemWorld,
    log: (line) => log.push(line),
    lazy,
  });
  t.after(() => hashLists.close());
  return {
    hashLists,
    log,
    publish: (revision, entries) => manifestWith(revision, publishEntries(segments, entries)),
  };
}

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const MANY = Array.from({ length: 200 }, (_, i) => host(`h${i}.example`));

test('hash lists of a node: whole for a stranger, small for who has an older version, empty for who is current', async (t) => {
  const { hashLists, publish } = startNode(t, temporary(t));
  assert.equal(hashLists.ready, false);
  await hashLists.follow(publish(1, MANY));
  const first = decodeHashList(hashLists.messageFor('se-4b', [])!, 4);
  await hashLists.follow(publish(2, [...MANY.slice(1), host('new.example')]));
  const message = hashLists.messageFor('se-4b', [new Uint8Array(16), first.version])!;
  const update = decodeHashList(message, 4);
  assert.ok(update.partial && message.length < hashLists.messageFor('se-4b', [])!.length);
  const expected = expectedSet(hashListNamed('se-4b')!, [...MANY.slice(1), host('new.example')]);
  assert.deepEqual(applyUpdate(expectedSet(hashListNamed('se-4b')!, MANY), update), expected);
  const current = decodeHashList(hashLists.messageFor('se-4b', [update.version])!, 4);
  assert.ok(current.partial && current.additions === null && current.removals === null);
  assert.deepEqual(applyUpdate(expected, current), expected);
  const foreign = parseHex(hashLists.get('mw-4b')!.version)!;
  assert.equal(decodeHashList(hashLists.messageFor('se-4b', [foreign])!, 4).partial, false);
  assert.equal(hashLists.messageFor('se-8b', []), undefined);
});

test('hash lists of a node: of publications that come while one is built, the newest is given out', async (t) => {
  const { hashLists, publish } = startNode(t, temporary(t));
  const done = [1, 2, 3, 4].map((n) => hashLists.follow(publish(n, MANY.slice(0, 10 * n))));
  await Promise.all(done);
  assert.equal(hashLists.get('se-4b')!.count, 40);
});

test('hash lists of a node: a second node and one that starts again have the same versions and updates', async (t) => {
  const directory = temporary(t);
  const one = startNode(t, directory);
  await one.hashLists.follow(one.publish(1, MANY));
  const old = one.hashLists.get('se-4b')!.version;
  const manifest = one.publish(2, MANY.slice(3));
  await one.hashLists.follow(manifest);
  const again = startNode(t, directory);
  await again.hashLists.follow(manifest);
  const other = startNode(t, temporary(t));
  await other.hashLists.follow(other.publish(1, MANY.slice(3)));
  for (const { name } of HASH_LISTS) {
    const { version, whole } = one.hashLists.get(name)!;
    assert.deepEqual(
      [again, other].map(({ hashLists }) => hashLists.get(name)!.version),
      [version, version],
    );
    assert.deepEqual(other.hashLists.get(name)!.whole, whole);
  }
  assert.ok(again.hashLists.get('se-4b')!.updates.has(old), 'older versions outlive a restart');
  assert.deepEqual(again.log, []);
});

test('hash lists of a node: segments that are not there are told, and the older lists stay', async (t) => {
  const { hashLists, publish, log } = startNode(t, temporary(t));
  await hashLists.follow(publish(1, MANY));
  const before = hashLists.get('se-4b');
  const list = { role: 'malicious', kind: 'host', digest: 'a'.repeat(64), bytes: 1, rows: 1 } as const;
  await hashLists.follow(manifestWith(2, [list]));
  assert.equal(hashLists.get('se-4b'), before);
  assert.match(log.join(), /the hash lists cannot be built: Cannot open 'a+\.seg'/);
});

test('hash lists of a node: a build that failed is tried again, but never after newer lists came', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { hashLists, publish, log } = startNode(t, temporary(t));
  const missing = manifestWith(1, [
    { role: 'malicious', kind: 'host', digest: 'a'.repeat(64), bytes: 1, rows: 1 },
  ]);
  const newer = publish(2, MANY);
  /** How often a build failed until the time to try again is over. */
  const failures = async (last: ListManifest): Promise<number> => {
    log.length = 0;
    t.mock.timers.tick(PUBLISHED_HASH_LISTS.retryMs);
    await hashLists.follow(last);
    return log.length;
  };
  await hashLists.follow(missing);
  assert.equal(await failures(newer), 1, 'tried again, and then the newer');
  await Promise.all([missing, newer].map((manifest) => hashLists.follow(manifest)));
  assert.equal(await failures(newer), 0, 'newer lists came while it was built');
  await hashLists.follow(missing);
  await hashLists.follow(newer);
  assert.equal(await failures(newer), 0, 'newer lists came while it waited');
});

test('hash lists of a node: where nobody asks, none is built; the first who asks wakes it', async (t) => {
  const directory = temporary(t);
  const { hashLists, publish } = startNode(t, directory, true);
  await hashLists.follow(publish(1, MANY));
  await hashLists.follow(publish(2, MANY.slice(1)));
  assert.deepEqual(readdirSync(join(directory, 'sets')), []);
  assert.equal(hashLists.messageFor('se-4b', []), undefined);
  await hashLists.follow(publish(3, MANY.slice(2)));
  assert.equal(hashLists.get('se-4b')!.count, MANY.length - 2);
});

test('hash lists of a node: closing while one is built ends it', async (t) => {
  const { hashLists, publish, log } = startNode(t, temporary(t));
  const following = hashLists.follow(publish(1, MANY));
  await hashLists.close();
  await following;
  assert.deepEqual(log, []);
});
