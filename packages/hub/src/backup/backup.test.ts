// Backup and restore against real records: what comes back, and what is refused.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemWorld, type World } from 'tocsin/protocol/world.ts';
import { serverOf, temporaryData } from '../engine/engine-fixture.ts';
import { startPostgres } from '../engine/postgres.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { type Layout, layoutOf, prepareLayout } from '../store/layout.ts';
import { loadMigrations, migrate } from '../store/migrate.ts';
import { startTestServer, type TestServer } from '../store/store-fixture.ts';
import { backup } from './backup.ts';
import { addSegment, allFiles, allRows, fillHub } from './backup-fixture.ts';
import { restore, verifyBackup } from './restore.ts';

const log = (): void => {};
const RESTORED = Date.UTC(2030, 0, 1) / 1000;
/** What is restored twice is restored in the same second. */
const world: World = { ...systemWorld, clock: { ...systemWorld.clock, now: () => RESTORED * 1000 } };

interface Hub {
  readonly server: TestServer;
  readonly database: Database;
  readonly layout: Layout;
  /** A name for a backup that is not there yet. */
  file(name: string): string;
}

async function startHub(t: TestContext): Promise<Hub> {
  const server = await startTestServer(t);
  const database = await server.database('hub');
  await fillHub(database, server.layout);
  const file = (name: string): string => join(dirname(server.layout.directory), name);
  return { server, database, layout: server.layout, file };
}

test('a backup and what becomes of it', async (t) => {
  const hub = await startHub(t);
  const { server, database, layout } = hub;
  const file = hub.file('good.tar.zst');

  await t.test('a backup of a running hub is one private file, with its size and digest told', async () => {
    const seen: string[] = [];
    const result = await backup({ file, database, layout, progress: ({ name }) => seen.push(name) });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(file).size, result.bytes);
    assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), result.sha256);
    assert.equal(result.schema, loadMigrations().length);
    assert.equal(result.files, Object.keys(allFiles(layout)).length);
    assert.deepEqual(
      seen.filter((name) => name.startsWith('keys')),
      ['keys/authorities/1.pem', 'keys/root.key'],
    );
    assert.deepEqual(leftovers(layout), []);
    const { manifest, bytes } = await verifyBackup(file);
    assert.ok(bytes > 100_000);
    assert.equal(manifest.tables.find((table) => table.name === 'source')?.rows, 2);
  });

  await t.test(
    'restored into an empty directory it is the same hub: rows, files, numbering, private',
    async (t) => {
      const directory = temporaryData(t);
      const result = await restore({ file, directory, databaseUrl: null, log, world });
      assert.equal(result.files, 4);
      assert.equal(serverOf(directory), null);
      const restored = layoutOf(directory);
      assert.deepEqual(allFiles(restored), allFiles(layout));
      assert.equal(statSync(join(restored.keys, 'root.key')).mode & 0o777, 0o600);
      assert.equal(statSync(join(restored.keys, 'authorities')).mode & 0o777, 0o700);
      assert.equal(existsSync(restored.restoreMark), false);
      const engine = await startPostgres({ directory, log });
      const copy = await openDatabase(engine);
      await migrate({ database: copy, log });
      assert.equal(await revisionOf(copy), RESTORED, 'no hub before counted so far');
      await copy.execute('UPDATE publication SET revision = $1', [await revisionOf(database)]);
      assert.deepEqual(await allRows(copy), await allRows(database));
      const [next] = await copy.query<{ id: number }>(
        `INSERT INTO source (name, kind, rank, created_at) VALUES ('new', 'feed', 1, now()) RETURNING id`,
      );
      assert.equal(next?.id, 4, 'the number of a deleted source is not given again');
      await copy.close();
      await engine.stop();
    },
  );

  await t.test('a directory or database that is not empty is refused and left alone', async (t) => {
    const directory = temporaryData(t);
    mkdirSync(directory);
    writeFileSync(join(directory, 'thesis.txt'), 'mine');
    await assert.rejects(restore({ file, directory, databaseUrl: null, log }), {
      code: 'conflict',
      message: /it holds 'thesis.txt', want it empty/,
    });
    assert.deepEqual(readdirSync(directory), ['thesis.txt']);
    const filled = temporaryData(t);
    const into = restore({ file, directory: filled, databaseUrl: await server.url('hub'), log });
    await assert.rejects(into, { code: 'conflict', message: /holds a table 'claim' already/ });
    assert.deepEqual(readdirSync(filled), []);
    await assert.rejects(restore({ file, directory: layout.directory, databaseUrl: null, log }), {
      code: 'conflict',
    });
    assert.ok(serverOf(layout.directory), 'the hub that runs there still runs');
  });

  await t.test('an existing file is not written over, and a failed backup leaves nothing', async () => {
    await assert.rejects(backup({ file, database, layout }), {
      code: 'conflict',
      message: /'good.tar.zst': that file exists/,
    });
    const nowhere = join(hub.file('no-directory'), 'x.tar.zst');
    await assert.rejects(backup({ file: nowhere, database, layout }), {
      code: 'io',
      message: /ENOENT, want a writable/,
    });
    writeFileSync(join(layout.keys, 'my key.pem'), '');
    await assert.rejects(backup({ file: hub.file('b'), database, layout }), {
      code: 'format',
      message: /'keys\/my key.pem'/,
    });
    rmSync(join(layout.keys, 'my key.pem'));
    const [empty] = [await server.database('empty')];
    await assert.rejects(backup({ file: hub.file('b'), database: empty, layout }), { code: 'not-found' });
    assert.deepEqual(leftovers(layout), []);
    assert.deepEqual(readdirSync(dirname(file)).toSorted(), ['data', 'good.tar.zst']);
  });

  await t.test('a missing segment is told by name, and so are its times', async () => {
    const digest = await addSegment(database, layout, 9);
    const path = join(layout.segments, `${digest}.seg`);
    const bytes = readFileSync(path);
    rmSync(path);
    const missing = backup({ file: hub.file('missing.tar.zst'), database, layout });
    await assert.rejects(missing, { code: 'conflict', message: new RegExp(`segment ${digest} is gone`) });
    writeFileSync(path, bytes);
    await database.execute('UPDATE segment SET firsts = digest WHERE kind = 9');
    const untimed = backup({ file: hub.file('untimed.tar.zst'), database, layout });
    await assert.rejects(untimed, { code: 'conflict', message: new RegExp(`times ${digest} is gone`) });
    await database.execute('UPDATE segment SET firsts = NULL');
  });

  await t.test(
    'backups made while segments are replaced hold exactly the segments that their rows name',
    async (t) => {
      let going = true;
      const replacing = (async () => {
        for (let old = await addSegment(database, layout, 3); going; ) {
          const next = await addSegment(database, layout, 3);
          rmSync(join(layout.segments, `${old}.seg`));
          old = next;
        }
      })();
      for (let round = 1; round <= 3; round++) {
        await backup({ file: hub.file(`busy-${round}.tar.zst`), database, layout });
      }
      going = false;
      await replacing;
      const directory = temporaryData(t);
      await restore({
        file: hub.file('busy-3.tar.zst'),
        directory,
        databaseUrl: await server.url('busy'),
        log,
      });
      const copy = await server.database('busy');
      const named = await copy.query<{ digest: string }>(
        `SELECT encode(digest, 'hex') AS digest FROM segment`,
      );
      const files = Object.values(allFiles(layoutOf(directory)));
      for (const { digest } of named) assert.ok(files.includes(digest));
    },
  );

  await t.test(
    'an older schema is restored as it was, and then goes forward; a newer one is refused',
    async (t) => {
      const ours = loadMigrations();
      const more = {
        number: ours.length + 1,
        name: 'more',
        sql: 'ALTER TABLE source ADD COLUMN colour text;',
      };
      const directory = temporaryData(t);
      const target = { directory, databaseUrl: await server.url('older'), log, world };
      await restore({ ...target, file, migrations: [...ours, more] });
      const copy = await server.database('older');
      assert.deepEqual(await allRows(copy), await allRowsOf(file, server));
      assert.deepEqual(await migrate({ database: copy, log, migrations: [...ours, more] }), {
        from: ours.length,
        to: more.number,
      });
      const newer = hub.file('newer.tar.zst');
      const copyLayout = layoutOf(directory);
      await backup({ file: newer, database: copy, layout: copyLayout });
      const refused = restore({ file: newer, directory: temporaryData(t), databaseUrl: null, log });
      await assert.rejects(refused, {
        code: 'format',
        message: new RegExp(`schema version ${more.number}, made by a newer release`),
      });
      const again = { directory: temporaryData(t), databaseUrl: await server.url('newer'), log, world };
      await restore({ ...again, file: newer, migrations: [...ours, more] });
      assert.equal(await revisionOf(await server.database('newer')), RESTORED + 1_000_000);
    },
  );

  await t.test('what a killed backup left is cleared away by the next', async () => {
    const dead = join(layout.tmp, 'backup-999999999-ab');
    const alive = join(layout.tmp, `backup-${process.pid}-ab`);
    mkdirSync(dead);
    mkdirSync(alive);
    const part = hub.file('after.tar.zst.part-999999999-ab');
    writeFileSync(part, 'half');
    await backup({ file: hub.file('after.tar.zst'), database, layout });
    assert.equal(existsSync(part), false);
    assert.deepEqual(leftovers(layout), [`backup-${process.pid}-ab`]);
    rmSync(alive, { recursive: true });
  });
});

/** What stands in a backup, restored once more. */
async function allRowsOf(file: string, server: TestServer): Promise<Record<string, readonly string[]>> {
  const directory = join(dirname(file), `again-${process.pid}`);
  await restore({ file, directory, databaseUrl: await server.url('again'), log, world });
  return allRows(await server.database('again'));
}

async function revisionOf(database: Database): Promise<number> {
  const [row] = await database.query<{ revision: number }>('SELECT revision AS revision FROM publication');
  return row!.revision;
}

function leftovers(layout: Layout): string[] {
  return readdirSync(layout.tmp);
}

test('a restore that was killed is no hub, and running it again makes one', async (t) => {
  const hub = await startHub(t);
  const file = hub.file('good.tar.zst');
  await backup({ file, database: hub.database, layout: hub.layout });
  const directory = temporaryData(t);
  const layout = layoutOf(directory);
  const before = await killedRestore(file, directory);
  writeFileSync(join(layout.segments, 'half.seg'), 'half');
  const refusal = { code: 'conflict', message: /a restore into it has not finished/ };
  await assert.rejects(startPostgres({ directory, log }), refusal);
  assert.throws(() => prepareLayout(layout), refusal);
  const result = await restore({ file, directory, databaseUrl: null, log });
  assert.equal(result.files, 4);
  assert.equal(existsSync(join(layout.segments, 'half.seg')), false);
  assert.notEqual(before, null, 'the killed one left its engine running');
  assert.equal(serverOf(directory), null);
  assert.deepEqual(allFiles(layout), allFiles(hub.layout));
});

/** A real process that restores, killed when the first rows were written; returns the engine it left behind. */
async function killedRestore(file: string, directory: string): Promise<number | null> {
  const code = `const { restore } = await import(${JSON.stringify(join(import.meta.dirname, 'restore.ts'))});
    const { writeSync } = await import('node:fs');
    const progress = () => {
      writeSync(1, 'rows');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    };
    await restore({ ...${JSON.stringify({ file, directory, databaseUrl: null })}, log: () => {}, progress });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  return serverOf(directory);
}
