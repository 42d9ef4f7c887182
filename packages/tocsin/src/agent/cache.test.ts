import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { homeAt } from '../client/state/home.ts';
import { systemWorld } from '../protocol/world.ts';
import type { ScanCache } from './cache.ts';
import { openCache } from './cache.ts';
import type { DirectoryRecord } from './cache-record.ts';
import { NO_ANSWER } from './cache-record.ts';
import { CACHE_LIMITS } from './config.ts';
import { pathText } from './file-path.ts';
import { answer, temporary } from './test-help.ts';

function recordOf(
  path: string,
  names: readonly string[],
  directories: readonly string[] = [],
): DirectoryRecord {
  return {
    ...{ parts: 1, epoch: 'e', path: Buffer.from(path), names, directories },
    facts: new Float64Array(names.length * 4).fill(7),
    digests: new Uint8Array(names.length * 32).fill(0xab),
    expires: new Uint32Array(names.length),
    answerOf: new Uint16Array(names.length).fill(NO_ANSWER),
    answers: [answer('good', 'hub')],
  };
}

const open = (directory: string) => openCache(homeAt(directory), systemWorld);
const paths = (cache: ScanCache) => [...cache.inventory()].map((entry) => pathText(entry.directory)).sort();

test('what was written is read back, at once and after a restart', () => {
  using home = temporary();
  const first = open(home.path);
  first.write('/a', 0, recordOf('/a', ['x', 'y']));
  first.write('/a', 1, recordOf('/a', ['z']));
  assert.deepEqual(first.read('/a', 0)?.names, ['x', 'y']);
  first.close();
  using second = open(home.path);
  assert.deepEqual(second.read('/a', 0)?.names, ['x', 'y']);
  assert.deepEqual(second.read('/a', 1)?.names, ['z']);
  assert.equal(second.read('/b', 0), null);
  assert.deepEqual(second.trouble, { damaged: 0, lost: 0 });
});

test('a cache that was empty when it was opened finds what it has written since, and what others had before', () => {
  using home = temporary();
  using first = open(home.path);
  assert.equal(first.read('/a', 0), null);
  first.write('/a', 1, recordOf('/a', ['x']));
  first.flush();
  assert.deepEqual(first.read('/a', 1)?.names, ['x']);
  assert.equal(first.read('/a', 0), null);
  using second = open(home.path);
  second.write('/b', 0, recordOf('/b', ['y']));
  for (const [path, part, names] of [
    ['/a', 1, ['x']],
    ['/b', 0, ['y']],
  ] as const)
    assert.deepEqual(second.read(path, part)?.names, names);
});

test('no nonce is used twice, also over many draws', () => {
  using home = temporary();
  const cache = open(home.path);
  const records = 2 * CACHE_LIMITS.drawnNonces + 3;
  for (let i = 0; i < records; i++) cache.write(`/d${i}`, 0, recordOf(`/d${i}`, ['x']));
  cache.close();
  const database = new DatabaseSync(join(home.path, 'cache.db'));
  const rows = database.prepare('SELECT sealed FROM record').all();
  database.close();
  const nonces = rows.map((row) => Buffer.from(row['sealed'] as Uint8Array).toString('hex', 0, 12));
  assert.deepEqual([nonces.length, new Set(nonces).size], [records, records]);
});

test('the files tell nothing in clear, and only their owner may read them', () => {
  using home = temporary();
  const cache = open(home.path);
  cache.write('/very-secret-directory', 0, recordOf('/very-secret-directory', ['very-secret-name']));
  cache.flush();
  for (const name of readdirSync(home.path)) {
    const file = join(home.path, name);
    assert.equal(statSync(file).mode & 0o777, 0o600, name);
    const bytes = readFileSync(file);
    for (const word of ['very-secret', '\xab\xab\xab\xab\xab\xab'])
      assert.ok(!bytes.includes(word, 0, 'latin1'), name);
  }
  cache.close();
});

/** Changes the sealed bytes of every record behind the cache's back. */
function tamper(home: string, change: (sealed: Uint8Array) => Uint8Array): void {
  const database = new DatabaseSync(join(home, 'cache.db'));
  for (const row of database.prepare('SELECT id, sealed FROM record').all())
    database
      .prepare('UPDATE record SET sealed = ? WHERE id = ?')
      .run(change(Uint8Array.from(row['sealed'] as Uint8Array)), row['id'] as Uint8Array);
  database.close();
}

test('a record with any bit changed, cut or emptied is dropped and counted', () => {
  using home = temporary();
  const changes: ((sealed: Uint8Array) => Uint8Array)[] = [
    (sealed) => sealed.subarray(0, 5),
    () => new Uint8Array(0),
    (sealed) => sealed.subarray(0, sealed.length - 1),
    ...[0, 12, 28, 60].map((at) => (sealed: Uint8Array) => {
      sealed[at] = sealed[at]! ^ 1;
      return sealed;
    }),
  ];
  for (const change of changes) {
    const before = open(home.path);
    before.write('/a', 0, recordOf('/a', ['x']));
    before.close();
    tamper(home.path, change);
    using after = open(home.path);
    assert.equal(after.read('/a', 0), null);
    assert.equal(after.trouble.damaged, 1);
    assert.deepEqual(paths(after), [], 'it is gone for good');
  }
});

test('a record moved to another directory is not believed', () => {
  using home = temporary();
  const before = open(home.path);
  before.write('/a', 0, recordOf('/a', ['x']));
  before.write('/b', 0, recordOf('/b', ['y']));
  before.close();
  const database = new DatabaseSync(join(home.path, 'cache.db'));
  const [one, two] = database.prepare('SELECT id, sealed FROM record').all();
  const move = database.prepare('UPDATE record SET sealed = ? WHERE id = ?');
  move.run(one?.['sealed'] as Uint8Array, two?.['id'] as Uint8Array);
  move.run(two?.['sealed'] as Uint8Array, one?.['id'] as Uint8Array);
  database.close();
  using after = open(home.path);
  assert.equal(after.read('/a', 0), null);
  assert.equal(after.read('/b', 0), null);
  assert.equal(after.trouble.damaged, 2);
});

test('without its key, or as a file of another kind, the cache starts empty and says so', () => {
  using home = temporary();
  const fill = () => {
    const cache = open(home.path);
    cache.write('/a', 0, recordOf('/a', ['x']));
    cache.close();
  };
  for (const harm of [
    () => rmSync(join(home.path, 'local.key')),
    () => writeFileSync(join(home.path, 'cache.db'), 'this is no database, whatever it is called'.repeat(99)),
  ]) {
    fill();
    harm();
    using cache = open(home.path);
    assert.equal(cache.read('/a', 0), null);
    assert.equal(cache.trouble.damaged, 1);
    cache.write('/a', 0, recordOf('/a', ['again']));
    cache.flush();
    assert.deepEqual(cache.read('/a', 0)?.names, ['again']);
  }
});

test('the cache of release 0.1.0 is opened by its old key, which becomes the local key', () => {
  using home = temporary();
  const before = open(home.path);
  before.write('/a', 0, recordOf('/a', ['x']));
  before.close();
  renameSync(join(home.path, 'local.key'), join(home.path, 'cache.key'));
  for (let n = 0; n < 2; n++) {
    using cache = open(home.path);
    assert.deepEqual(cache.read('/a', 0)?.names, ['x']);
    assert.deepEqual(cache.trouble, { damaged: 0, lost: 0 });
    assert.deepEqual(readdirSync(home.path).sort(), [
      'cache.db',
      'cache.db-shm',
      'cache.db-wal',
      'local.key',
    ]);
  }
});

test('a key that cannot be opened costs no record', () => {
  using home = temporary();
  const before = open(home.path);
  before.write('/a', 0, recordOf('/a', ['x']));
  before.close();
  const key = join(home.path, 'local.key');
  const bytes = readFileSync(key);
  writeFileSync(key, 'short');
  assert.throws(() => open(home.path), { code: 'corrupt' });
  writeFileSync(key, bytes);
  using cache = open(home.path);
  assert.deepEqual(cache.read('/a', 0)?.names, ['x']);
});

test('a cache of a later version is refused with one clear sentence', () => {
  using home = temporary();
  open(home.path).close();
  const database = new DatabaseSync(join(home.path, 'cache.db'));
  database.exec('PRAGMA user_version = 2');
  database.close();
  assert.throws(() => open(home.path), { code: 'format', message: /version 2, want 1/ });
});

test('a tree is forgotten with all that its records lead to', () => {
  using home = temporary();
  using cache = open(home.path);
  cache.write('/a', 0, recordOf('/a', ['x'], ['b', 'c']));
  cache.write('/a/b', 0, { ...recordOf('/a/b', ['y'], []), parts: 2 });
  cache.write('/a/b', 1, { ...recordOf('/a/b', ['z'], ['d']), parts: 2 });
  cache.write('/a/b/d', 0, recordOf('/a/b/d', ['w']));
  cache.write('/other', 0, recordOf('/other', ['v']));
  assert.equal(paths(cache).length, 5);
  cache.dropTree('/a');
  assert.deepEqual(paths(cache), ['/other']);
});

test('two processes share a cache: one that is held too long costs records, not the scan', () => {
  using home = temporary();
  using cache = open(home.path);
  const other = new DatabaseSync(join(home.path, 'cache.db'));
  other.exec('BEGIN IMMEDIATE');
  cache.write('/a', 0, recordOf('/a', ['x']));
  cache.flush();
  assert.equal(cache.trouble.lost, 1);
  other.exec('ROLLBACK');
  other.close();
  cache.write('/a', 0, recordOf('/a', ['x']));
  cache.flush();
  assert.deepEqual(paths(cache), ['/a']);
});
