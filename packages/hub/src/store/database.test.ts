import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { until } from '../engine/engine-fixture.ts';
import { STORE_LIMITS } from './config.ts';
import { type Database, notify, openDatabase } from './database.ts';
import { isUniqueViolation } from './errors.ts';
import { startTestServer } from './store-fixture.ts';

/** Ends every other connection to the same database, as a restarted server would. */
async function endOthers(database: Database): Promise<void> {
  await database.query(
    'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

test('the store: values, transactions, locks, messages', async (t) => {
  const server = await startTestServer(t);

  await t.test(
    '64-bit integers are numbers, bytes are bytes, and what a number cannot hold is refused',
    async () => {
      const database = await server.database('values');
      const [row] = await database.query(
        `SELECT 9007199254740991::bigint AS big, '\\x00ff'::bytea AS bytes, count(*) AS n FROM pg_am`,
      );
      assert.deepEqual(row && { ...row, n: 0 }, {
        big: Number.MAX_SAFE_INTEGER,
        bytes: Buffer.from([0, 255]),
        n: 0,
      });
      const written = await database.query('SELECT $1::bytea AS bytes', [new Uint8Array([1, 2])]);
      assert.deepEqual(written, [{ bytes: Buffer.from([1, 2]) }]);
      await assert.rejects(database.query('SELECT 9007199254740993::bigint'), { code: 'limit' });
      assert.equal(await database.execute('SELECT generate_series(1, 3)'), 3);
    },
  );

  await t.test('a transaction is kept whole or not at all', async () => {
    const database = await server.database('whole');
    await database.execute('CREATE TABLE kept (what integer PRIMARY KEY)');
    await database.transaction(async (session) => {
      await session.execute('INSERT INTO kept VALUES (1)');
      await session.execute('INSERT INTO kept VALUES (2)');
    });
    const failing = database.transaction(async (session) => {
      await session.execute('INSERT INTO kept VALUES (3)');
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    const twice = database.transaction(async (session) => {
      await session.execute('INSERT INTO kept VALUES (4)');
      await session.execute('INSERT INTO kept VALUES (1)');
    });
    await assert.rejects(twice, (error) => isUniqueViolation(error));
    assert.deepEqual(await database.query('SELECT what FROM kept ORDER BY what'), [{ what: 1 }, { what: 2 }]);
  });

  await t.test('transactions that get in each other’s way are run again until all have counted', async () => {
    const database = await server.database('counters');
    await database.execute('CREATE TABLE counter AS SELECT 0 AS value');
    const add = () =>
      database.transaction(
        async (session) => {
          const [row] = await session.query<{ value: number }>('SELECT value FROM counter');
          await session.execute('UPDATE counter SET value = $1', [(row?.value ?? 0) + 1]);
        },
        { isolation: 'serializable' },
      );
    await Promise.all(Array.from({ length: 4 }, add));
    assert.deepEqual(await database.query('SELECT value FROM counter'), [{ value: 4 }]);
  });

  await t.test('a read-only transaction writes nothing', async () => {
    const database = await server.database('readonly');
    const writing = database.transaction((session) => session.execute('CREATE TABLE no ()'), {
      readOnly: true,
    });
    await assert.rejects(writing, /read-only/);
  });

  await t.test(
    'one holder of a lock among all nodes, and it is free again when its holder is gone',
    async () => {
      const one = await server.database('locks');
      const two = await server.database('locks');
      const trace: string[] = [];
      const { waiting } = await one.withLock('publish', async () => {
        assert.deepEqual(await two.tryWithLock('publish', async () => 'in'), { kind: 'held' });
        assert.deepEqual(await two.tryWithLock('keys', async () => 'in'), { kind: 'ran', value: 'in' });
        const waiting = two.withLock('publish', async () => trace.push('two'));
        await sleep(30);
        trace.push('one');
        return { waiting };
      });
      await waiting;
      assert.deepEqual(await one.tryWithLock('publish', async () => trace.push('one again')), {
        kind: 'ran',
        value: 3,
      });
      assert.deepEqual(trace, ['one', 'two', 'one again']);
      const lost = one.withLock('claims', async () => {
        await endOthers(two);
        return two.tryWithLock('claims', async () => 'in');
      });
      assert.deepEqual(await lost, { kind: 'ran', value: 'in' });
    },
  );

  await t.test(
    'messages arrive after the commit, and a listener that lost its connection is told to look for itself',
    async () => {
      const database = await server.database('messages');
      const other = await server.database('messages');
      const heard: (string | null)[] = [];
      const listener = await database.listen('news', (payload) => heard.push(payload));
      await other.transaction(async (session) => {
        await notify(session, 'news', 'first');
        await sleep(30);
        assert.deepEqual(heard, [null]);
      });
      await until(() => heard.length === 2);
      await endOthers(other);
      await until(() => heard.length === 3);
      await other.notify('news', 'second');
      await until(() => heard.length === 4);
      assert.deepEqual(heard, [null, 'first', null, 'second']);
      await listener.close();
      await other.notify('news', 'unheard');
      await assert.rejects(other.notify('news', 'x'.repeat(STORE_LIMITS.notifyBytes + 1)), { code: 'limit' });
      assert.equal(heard.length, 4);
    },
  );

  await t.test('the pool outlives its connections', async () => {
    const database = await server.database('pool');
    const other = await server.database('pool');
    const unreachable = (error: unknown): boolean =>
      error instanceof TocsinError && error.code === 'unreachable' && error.retryable;
    const cut = assert.rejects(database.query('SELECT pg_sleep(60)'), unreachable);
    await Promise.all(Array.from({ length: 3 }, () => database.query('SELECT pg_sleep(0.02)')));
    await endOthers(other);
    await cut;
    // A connection whose end has not arrived yet may fail one query; the next one has a new connection.
    for (let round = 0; round < 6; round++) {
      await endOthers(other);
      await database
        .query('SELECT 1')
        .catch((error: unknown) => assert.ok(unreachable(error), String(error)));
      await sleep(5);
      assert.deepEqual(await database.query('SELECT 1 AS one'), [{ one: 1 }]);
    }
    await database.close();
    await database.close();
  });
});

test('a server that is not there is unreachable, and its address and password stand in no words', async () => {
  const opening = openDatabase({ url: 'postgresql://me:geheim@127.0.0.1:1/db' }, { patienceMs: 0 });
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof TocsinError);
    assert.equal(error.code, 'unreachable');
    assert.equal(/geheim|127\.0\.0\.1/.test(error.message), false);
    return true;
  });
});
