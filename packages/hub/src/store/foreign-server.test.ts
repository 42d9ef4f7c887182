// The operator's own server, as --database-url names it: Debian's PostgreSQL, over TCP and with a password. Another
// major version than the embedded one, so what moves between the two does not lean on either.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { backup } from '../backup/backup.ts';
import { allFiles, allRows, fillHub } from '../backup/backup-fixture.ts';
import { restore } from '../backup/restore.ts';
import { temporaryData } from '../engine/engine-fixture.ts';
import { startPostgres } from '../engine/postgres.ts';
import type { Database } from './database.ts';
import { openDatabase } from './database.ts';
import { layoutOf, prepareLayout } from './layout.ts';
import { loadMigrations, migrate } from './migrate.ts';

const log = (): void => {};
const PASSWORD = 'geheim';

/** The newest /usr/lib/postgresql/N/bin, or null. */
function systemPostgres(): string | null {
  try {
    const versions = readdirSync('/usr/lib/postgresql').filter((name) => /^\d+$/.test(name));
    const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
    return newest === undefined ? null : join('/usr/lib/postgresql', newest, 'bin');
  } catch {
    return null;
  }
}

/** Whom the server runs as: not root. */
function account(): { uid: number; gid: number } | Record<string, never> {
  if (process.geteuid?.() !== 0) return {};
  const row = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m);
  return { uid: Number(row?.[1] ?? 65_534), gid: Number(row?.[2] ?? 65_534) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Runs until the test ends. */
async function startSystemServer(t: TestContext, bin: string): Promise<number> {
  const parent = mkdtempSync(join(tmpdir(), 'tocsin-'));
  let server: ChildProcess | null = null;
  const onExit = (): void => {
    server?.kill('SIGQUIT');
  };
  process.once('exit', onExit);
  t.after(async () => {
    process.off('exit', onExit);
    if (server !== null && server.exitCode === null) {
      const gone = once(server, 'exit');
      server.kill('SIGQUIT');
      await gone;
    }
    rmSync(parent, { recursive: true, force: true });
  });
  const who = account();
  const data = join(parent, 'data');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(parent, 'password'), PASSWORD);
  if (who.uid !== undefined)
    for (const path of [parent, data, join(parent, 'password')]) chownSync(path, who.uid, who.gid);
  const options = { cwd: parent, ...who, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } };
  const args = [
    '-D',
    data,
    '-U',
    'operator',
    '--auth=scram-sha-256',
    `--pwfile=${join(parent, 'password')}`,
    '-E',
    'UTF8',
    '--no-sync',
  ];
  const made = spawnSync(join(bin, 'initdb'), args, { ...options, encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const port = await freePort();
  const settings = [
    '-c',
    'listen_addresses=127.0.0.1',
    '-p',
    String(port),
    '-c',
    'unix_socket_directories=',
    '-c',
    'fsync=off',
  ];
  // A server that spells its values in another way than ours, and forgets what it acknowledged.
  const spelling = [
    '-c',
    'datestyle=SQL, DMY',
    '-c',
    'timezone=Asia/Kathmandu',
    '-c',
    'bytea_output=escape',
    '-c',
    'synchronous_commit=off',
  ];
  server = spawn(join(bin, 'postgres'), ['-D', data, ...settings, ...spelling], {
    ...options,
    stdio: 'ignore',
  });
  return port;
}

test('a PostgreSQL of the operator’s own holds the records as the embedded one does', async (t) => {
  const bin = systemPostgres();
  if (bin === null) return t.skip('no /usr/lib/postgresql/*/bin here: the second PostgreSQL is not tried');
  const port = await startSystemServer(t, bin);
  const url = (user: string, database: string) => `postgresql://${user}@127.0.0.1:${port}/${database}`;
  const database = await openDatabase({ url: url(`operator:${PASSWORD}`, 'postgres') });
  await database.execute('CREATE DATABASE hub');
  await database.execute('CREATE DATABASE copy');
  await database.close();
  const hubUrl = url(`operator:${PASSWORD}`, 'hub');
  const directory = temporaryData(t);
  const layout = layoutOf(directory);
  prepareLayout(layout);
  const file = join(directory, '..', 'hub.tar.zst');
  const hub = await openDatabase({ url: hubUrl });
  t.after(() => hub.close());

  await t.test('a wrong password or database is denied, without a word of either', async () => {
    for (const wrong of [url('operator:falsch', 'hub'), url(`operator:${PASSWORD}`, 'nichtda')]) {
      await assert.rejects(openDatabase({ url: wrong }), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, 'denied');
        assert.doesNotMatch(error.message, /geheim|falsch|nichtda|127/);
        return true;
      });
    }
  });

  await t.test('the schema goes there, and a backup of it restores into the embedded engine', async (t) => {
    await fillHub(hub, layout);
    const [now] = await hub.query<{ at: Date; commit: string }>(
      `SELECT '2026-02-01T12:00:00Z'::timestamptz AS at, current_setting('synchronous_commit') AS commit`,
    );
    assert.deepEqual(now, { at: new Date('2026-02-01T12:00:00Z'), commit: 'on' });
    await backup({ file, database: hub, layout });
    const target = temporaryData(t);
    await restore({ file, directory: target, databaseUrl: null, log });
    assert.deepEqual(allFiles(layoutOf(target)), allFiles(layout));
    const engine = await startPostgres({ directory: target, log });
    const copy = await openDatabase(engine);
    await numberAsBefore(copy);
    assert.deepEqual(await allRows(copy), await allRows(hub));
    await copy.close();
    await engine.stop();
  });

  await t.test('and from there back', async (t) => {
    const target = temporaryData(t);
    const databaseUrl = url(`operator:${PASSWORD}`, 'copy');
    await restore({ file, directory: target, databaseUrl, log });
    const copy = await openDatabase({ url: databaseUrl });
    await numberAsBefore(copy);
    assert.deepEqual(await allRows(copy), await allRows(hub));
    assert.deepEqual((await migrate({ database: copy, log })).from, loadMigrations().length);
    await copy.close();
    assert.deepEqual(
      readdirSync(target).toSorted(),
      ['backups', 'keys', 'lists', 'segments', 'tmp'],
      'no engine of its own',
    );
    const again = restore({ file, directory: temporaryData(t), databaseUrl, log });
    await assert.rejects(again, { code: 'conflict', message: /holds a table/ });
  });

  await t.test('locks and messages between nodes work there', async () => {
    const other = await openDatabase({ url: hubUrl });
    const heard: (string | null)[] = [];
    const listener = await other.listen('news', (payload) => heard.push(payload));
    await hub.withLock('publish', async () => {
      assert.deepEqual(await other.tryWithLock('publish', async () => 1), { kind: 'held' });
      await hub.notify('news', 'one');
    });
    while (heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(heard, [null, 'one']);
    await listener.close();
    await other.close();
  });
});

/** A restore numbers the lists on from its own time: takes that back, for all else must be as it was. */
async function numberAsBefore(copy: Database): Promise<void> {
  const [publication] = await copy.query<{ revision: number }>('SELECT revision FROM publication');
  assert.ok(publication!.revision >= Date.UTC(2026, 0, 1) / 1000, `revision ${publication!.revision}`);
  await copy.execute('UPDATE publication SET revision = 0');
}
