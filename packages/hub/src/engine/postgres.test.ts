// The engine against real processes: every way in which it is started, shared, lost and found again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { layoutOf } from '../store/layout.ts';
import {
  count,
  giveParentTo,
  Holder,
  keepOneRow,
  serverOf,
  temporaryData,
  withClient,
} from './engine-fixture.ts';
import { findNative } from './native.ts';
import { startPostgres } from './postgres.ts';

const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;
const log = (): void => {};

/** Skips with a line where the test needs root. */
function needsRoot(t: TestContext): boolean {
  if (!isRoot) t.skip('not root here: the ways of root are not tried');
  return isRoot;
}

test('a fresh directory gets an engine, and the engine keeps what was committed over a stop', async (t) => {
  const directory = temporaryData(t);
  const first = await startPostgres({ directory, log });
  assert.equal(first.adopted, false);
  await keepOneRow(first);
  assert.equal(await first.stop(), 'stopped');
  assert.equal(serverOf(directory), null);
  const second = await startPostgres({ directory, log });
  assert.equal(await count(second), 1);
  assert.equal(await second.stop(), 'stopped');
});

test('the engine is private and durable: no TCP, folders for the owner alone, fsync on', async (t) => {
  const directory = temporaryData(t);
  const engine = await startPostgres({ directory, log });
  const settings = await withClient(engine, async (client) => {
    const rows = await client.query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE name IN
        ('listen_addresses', 'fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'server_encoding')`,
    );
    return Object.fromEntries(rows.rows.map((row) => [row.name, row.setting]));
  });
  assert.deepEqual(settings, {
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
    synchronous_commit: 'on',
  });
  for (const name of ['.', 'postgres', 'keys', 'segments', 'lists', 'tmp', 'backups']) {
    assert.equal(statSync(join(directory, name)).mode & 0o777, 0o700, name);
  }
  for (const name of ['postgres.log', 'engine.lock']) {
    assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600, name);
  }
  await engine.stop();
});

for (const rootWay of ['namespace', 'setuid'] as const) {
  test(`root starts the engine by ${rootWay}, with binaries and data below a directory only root may pass`, async (t) => {
    if (!needsRoot(t)) return;
    const unshare = spawnSync('unshare', ['--user', '--map-user=1', '--map-group=1', 'true']);
    if (rootWay === 'namespace' && unshare.status !== 0)
      return t.skip('the kernel refuses user namespaces here');
    const directory = temporaryData(t);
    const parent = dirname(directory);
    assert.equal(statSync(parent).mode & 0o777, 0o700);
    const native = { ...findNative(), directory: join(parent, 'native') };
    cpSync(findNative().directory, native.directory, { recursive: true, verbatimSymlinks: true });
    const copies = temporaryData(t);
    chmodSync(dirname(copies), 0o755);
    const options = { directory, log, rootWay, native, copyParents: [copies] };
    const engine = await startPostgres(options);
    await keepOneRow(engine);
    await engine.stop();
    const again = await startPostgres(options);
    assert.equal(await count(again), 1);
    const owner = lstatSync(layoutOf(directory).postgres).uid;
    assert.equal(owner === 0, rootWay === 'namespace');
    assert.equal(
      existsSync(copies),
      rootWay === 'setuid',
      'binaries are copied only where they cannot be reached',
    );
    await again.stop();
  });
}

test('a cluster goes over from one way of root to the other and stays whole', async (t) => {
  if (!needsRoot(t)) return;
  const directory = temporaryData(t);
  const first = await startPostgres({ directory, log, rootWay: 'setuid' });
  await keepOneRow(first);
  await first.stop();
  const kept = await startPostgres({ directory, log });
  assert.notEqual(
    lstatSync(layoutOf(directory).postgres).uid,
    0,
    'auto keeps the user that owns the cluster',
  );
  await kept.stop();
  const moved = await startPostgres({ directory, log, rootWay: 'namespace' });
  assert.equal(lstatSync(layoutOf(directory).postgres).uid, 0);
  assert.equal(await count(moved), 1);
  await moved.stop();
});

test('another user than root starts the engine in a directory of its own', async (t) => {
  if (!needsRoot(t)) return;
  const directory = temporaryData(t);
  giveParentTo(directory, NOBODY);
  const user = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath];
  const reach = spawnSync(user[0] ?? '', [
    ...user.slice(1),
    '-e',
    `require('fs').accessSync(${JSON.stringify(import.meta.filename)})`,
  ]);
  if (reach.status !== 0) return t.skip('no setpriv here, or no other user can reach this project');
  const holder = new Holder(t, directory, user, { HOME: dirname(directory) });
  assert.equal(await holder.ask(), 'started');
  assert.equal(lstatSync(layoutOf(directory).postgres).uid, NOBODY);
  // Root beside it, as an operator who runs a command on that user's hub, shares the engine.
  const root = await startPostgres({ directory, log });
  assert.equal(root.adopted, true);
  assert.equal(await root.stop(), 'left-running');
  assert.equal(await holder.ask('stop'), 'stopped');
});

test('two processes share one engine, and the last one stops it', async (t) => {
  const directory = temporaryData(t);
  const holders = [new Holder(t, directory), new Holder(t, directory), new Holder(t, directory)];
  const words = await Promise.all(holders.map((holder) => holder.ask()));
  assert.deepEqual(
    words.toSorted(),
    ['adopted', 'adopted', 'started'],
    'started at once, only one makes the cluster',
  );
  assert.equal(await holders[0]?.ask('stop'), 'left-running');
  assert.equal(await holders[1]?.ask('stop'), 'left-running');
  assert.notEqual(serverOf(directory), null);
  assert.equal(await holders[2]?.ask('stop'), 'stopped');
  assert.equal(serverOf(directory), null);
});

test('two handles of one process count as two', async (t) => {
  const directory = temporaryData(t);
  const [first, second] = await Promise.all([
    startPostgres({ directory, log }),
    startPostgres({ directory, log }),
  ]);
  assert.equal(await first.stop(), 'left-running');
  assert.equal(await first.stop(), 'left-running', 'a second call changes nothing');
  assert.equal(await second.stop(), 'stopped');
});

test('a path longer than a socket may have is no obstacle', async (t) => {
  const directory = temporaryData(t, 'a'.repeat(120), 'b'.repeat(120));
  const engine = await startPostgres({ directory, log });
  await keepOneRow(engine);
  const holder = new Holder(t, directory);
  assert.equal(await holder.ask(), 'adopted');
  assert.equal(await holder.ask('stop'), 'left-running');
  assert.equal(await engine.stop(), 'stopped');
});
