// The engine after everything that can go wrong around it: killed owners, stale files, lost servers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { layoutOf } from '../store/layout.ts';
import { ENGINE_LIMITS } from './config.ts';
import {
  count,
  endServer,
  Holder,
  keepOneRow,
  serverOf,
  temporaryData,
  until,
  withClient,
} from './engine-fixture.ts';
import { startPostgres } from './postgres.ts';

const log = (): void => {};

test('an engine whose owner was killed is adopted, and an acknowledged row is there', async (t) => {
  const directory = temporaryData(t);
  const holder = new Holder(t, directory);
  assert.equal(await holder.ask(), 'started');
  const before = serverOf(directory);
  await holder.kill();
  const engine = await startPostgres({ directory, log });
  assert.equal(engine.adopted, true);
  assert.equal(serverOf(directory), before);
  assert.equal(await engine.stop(), 'stopped');
});

test('a stale pid file is no obstacle: of a dead process, of a living stranger, or cut short', async (t) => {
  const directory = temporaryData(t);
  const cluster = layoutOf(directory).postgres;
  await (await startPostgres({ directory, log })).stop();
  const stranger = spawn('sleep', ['60']);
  t.after(() => stranger.kill());
  const dead = spawn('true');
  await once(dead, 'exit');
  const lines = (pid: number) =>
    `${pid}\n/proc/self/cwd\n1700000000\n5432\n/proc/self/cwd\n\n  1234567         1\nready   \n`;
  const stale = [lines(dead.pid ?? 0), lines(stranger.pid ?? 0), '', '12'];
  for (const text of stale) {
    writeFileSync(join(cluster, 'postmaster.pid'), text, { mode: 0o600 });
    writeFileSync(join(cluster, '.s.PGSQL.5432.lock'), text, { mode: 0o600 });
    const engine = await startPostgres({ directory, log });
    assert.equal(engine.adopted, false);
    assert.equal(await engine.stop(), 'stopped');
  }
  assert.equal(stranger.exitCode, null, 'the stranger was left alone');
});

test('killed in the middle of a transaction: the committed row stays, the open one is undone, the handle comes back', async (t) => {
  const directory = temporaryData(t);
  const lines: string[] = [];
  const engine = await startPostgres({ directory, log: (line) => lines.push(line) });
  await keepOneRow(engine);
  await withClient(engine, async (client) => {
    await client.query('BEGIN');
    await client.query(`INSERT INTO kept VALUES ('never committed')`);
    const before = serverOf(directory);
    await endServer(directory, 'SIGKILL');
    await until(() => lines.length > 0);
    assert.notEqual(serverOf(directory), before);
  });
  assert.deepEqual(lines, ['database engine was lost and runs again']);
  assert.equal(await count(engine), 1);
  assert.equal(await engine.stop(), 'stopped');
});

test('an engine whose socket was removed is started again', async (t) => {
  const directory = temporaryData(t);
  const holder = new Holder(t, directory);
  await holder.ask();
  const before = serverOf(directory);
  await holder.kill();
  rmSync(join(layoutOf(directory).postgres, '.s.PGSQL.5432'));
  const engine = await startPostgres({ directory, log });
  assert.notEqual(serverOf(directory), before);
  await engine.stop();
});

test('a cluster of another major version is refused and left as it is', async (t) => {
  const directory = temporaryData(t);
  await (await startPostgres({ directory, log })).stop();
  const version = join(layoutOf(directory).postgres, 'PG_VERSION');
  writeFileSync(version, '17\n');
  await assert.rejects(startPostgres({ directory, log }), {
    code: 'format',
    message: /written by PostgreSQL 17, this hub carries 18/,
  });
  assert.equal(readFileSync(version, 'utf8'), '17\n');
});

test("an engine that cannot start says why in PostgreSQL's own words, and leaves nothing running", async (t) => {
  const directory = temporaryData(t);
  await (await startPostgres({ directory, log })).stop();
  rmSync(join(layoutOf(directory).postgres, 'global', 'pg_control'));
  await assert.rejects(startPostgres({ directory, log }), {
    code: 'engine',
    message: /it says ".*could not find the database system/,
  });
  assert.equal(serverOf(directory), null);
});

test('an unfinished cluster of a killed first start is cleared away', async (t) => {
  const directory = temporaryData(t);
  const leftover = join(layoutOf(directory).tmp, 'cluster-abc');
  mkdirSync(leftover, { recursive: true });
  const engine = await startPostgres({ directory, log });
  assert.equal(existsSync(leftover), false);
  await engine.stop();
});

test('a log that is a link is not followed', async (t) => {
  const directory = temporaryData(t);
  const { postgresLog } = layoutOf(directory);
  mkdirSync(directory, { recursive: true });
  symlinkSync('/dev/null', postgresLog);
  await assert.rejects(startPostgres({ directory, log }), {
    code: 'io',
    message: /postgres\.log: the system says ELOOP/,
  });
  assert.equal(serverOf(directory), null);
});

test('the log is moved aside when it has grown, and the server goes on writing', async (t) => {
  const directory = temporaryData(t);
  const { postgresLog } = layoutOf(directory);
  mkdirSync(directory, { recursive: true });
  writeFileSync(postgresLog, Buffer.alloc(ENGINE_LIMITS.logBytes + 1, 'x\n'));
  const engine = await startPostgres({ directory, log });
  assert.equal(statSync(`${postgresLog}.1`).size, ENGINE_LIMITS.logBytes + 1);
  assert.match(readFileSync(postgresLog, 'utf8'), /^\d{4}-\d\d-\d\d .*starting PostgreSQL/);
  await engine.stop();
});
