import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { automaticBackup } from '../backup/automatic.ts';
import { verifyBackup } from '../backup/restore.ts';
import { prepareLayout } from './layout.ts';
import { loadMigrations, type Migration, migrate, schemaVersion } from './migrate.ts';
import { startTestServer } from './store-fixture.ts';

const log = (): void => {};
const pets: Migration = {
  number: 1,
  name: 'pets',
  sql: 'CREATE TABLE pet (name text); CREATE TABLE toy (name text);',
};
const colours: Migration = { number: 2, name: 'colours', sql: 'ALTER TABLE pet ADD COLUMN colour text;' };
const broken: Migration = {
  number: 2,
  name: 'broken',
  sql: 'CREATE TABLE half (a integer); SELECT no_such_function();',
};

test('the schema goes forward', async (t) => {
  const server = await startTestServer(t);

  await t.test('our own migrations run from nothing to the newest, once', async () => {
    const database = await server.database('ours');
    const newest = loadMigrations().length;
    assert.deepEqual(await migrate({ database, log }), { from: 0, to: newest });
    assert.deepEqual(await migrate({ database, log }), { from: newest, to: newest });
    assert.equal(await schemaVersion(database), newest);
  });

  await t.test('nodes that start at once migrate once', async () => {
    const lines: string[] = [];
    const nodes = await Promise.all(
      ['nodes', 'nodes', 'nodes'].map((name) => server.database(name)).slice(0, 1),
    );
    nodes.push(await server.database('nodes'), await server.database('nodes'));
    const options = { migrations: [pets, colours], log: (line: string) => lines.push(line) };
    await Promise.all(nodes.map((database) => migrate({ database, ...options })));
    assert.deepEqual(lines, [
      'records: schema 1 (pets) is in place',
      'records: schema 2 (colours) is in place',
    ]);
  });

  await t.test('a migration that fails leaves nothing of itself, and the ones before it stay', async () => {
    const database = await server.database('broken');
    await assert.rejects(migrate({ database, log, migrations: [pets, broken] }), /no_such_function/);
    assert.equal(await schemaVersion(database), 1);
    assert.deepEqual(await database.query(`SELECT to_regclass('half') AS half`), [{ half: null }]);
    assert.deepEqual(await migrate({ database, log, migrations: [pets, colours] }), { from: 1, to: 2 });
  });

  await t.test(
    'before an older schema is touched something can be done, and when that fails nothing is',
    async () => {
      const database = await server.database('older');
      const calls: string[] = [];
      const beforeUpgrade = async (from: number, to: number): Promise<void> => {
        calls.push(`${from} to ${to}, columns ${(await database.query('SELECT * FROM pet')).length}`);
        throw new Error('the disk is full');
      };
      await migrate({ database, log, migrations: [pets], beforeUpgrade });
      assert.deepEqual(calls, [], 'nothing to keep before the first');
      await assert.rejects(
        migrate({ database, log, migrations: [pets, colours], beforeUpgrade }),
        /the disk is full/,
      );
      assert.deepEqual(calls, ['1 to 2, columns 0']);
      assert.equal(await schemaVersion(database), 1);
    },
  );

  await t.test(
    'an upgrade of a hub is preceded by a backup of what it was; only the newest few are kept',
    async () => {
      const database = await server.database('upgraded');
      const { layout } = server;
      prepareLayout(layout);
      const ours = loadMigrations();
      await migrate({ database, log, migrations: ours });
      await database.execute(
        `INSERT INTO source (name, kind, rank, created_at) VALUES ('kept', 'feed', 1, now())`,
      );
      for (let year = 2001; year < 2009; year++)
        writeFileSync(join(layout.backups, `before-upgrade-${year}.tar.zst`), '');
      writeFileSync(join(layout.backups, 'by-hand.tar.zst'), '');
      const next: Migration = {
        number: ours.length + 1,
        name: 'next',
        sql: 'ALTER TABLE source ADD COLUMN colour text;',
      };
      const beforeUpgrade = (from: number, to: number) =>
        automaticBackup({ database, layout, log }, from, to);
      await migrate({ database, log, migrations: [...ours, next], beforeUpgrade });
      const kept = readdirSync(layout.backups).toSorted();
      assert.equal(kept.length, 6);
      assert.ok(kept.includes('by-hand.tar.zst'));
      const file = join(layout.backups, kept.find((name) => name.includes('-schema-')) ?? '');
      const { header, manifest } = await verifyBackup(file);
      assert.equal(header.schema, ours.length);
      assert.equal(manifest.tables.find((table) => table.name === 'source')?.rows, 1);
    },
  );

  await t.test('a schema of a newer release is refused in one sentence and stays as it is', async () => {
    const database = await server.database('newer');
    await migrate({ database, log, migrations: [pets, colours] });
    await assert.rejects(migrate({ database, log, migrations: [pets] }), {
      code: 'format',
      message: /schema is version 2, made by a newer release; want this hub upgraded/,
    });
    assert.equal(await schemaVersion(database), 2);
  });

  await t.test('a database that holds something else is refused', async () => {
    const database = await server.database('foreign');
    await database.execute('CREATE TABLE invoices (id integer)');
    await assert.rejects(migrate({ database, log }), {
      code: 'conflict',
      message: /holds a table 'invoices' already/,
    });
    assert.equal(existsSync(server.layout.backups), true);
    assert.equal(await schemaVersion(database), 0);
  });
});

test('migration files are numbered without gaps and named by rule', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const load = (...names: string[]) => {
    rmSync(directory, { recursive: true });
    mkdirSync(directory);
    for (const name of names) writeFileSync(join(directory, name), 'SELECT 1;');
    return loadMigrations(directory).map((each) => `${each.number} ${each.name}`);
  };
  assert.deepEqual(load('002-b.sql', '001-a-a.sql', 'README.md'), ['1 a-a', '2 b']);
  assert.throws(() => load('001-a.sql', '003-c.sql'), /migration 2 is missing/);
  assert.throws(() => load('001-a.sql', '001-b.sql'), /there twice/);
  assert.throws(() => load('1-a.sql'), /not named NNN-name/);
});
