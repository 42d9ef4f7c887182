import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { TocsinError } from '../../protocol/errors.ts';
import type { KeyKind } from '../../protocol/kinds.ts';
import { KEY_KINDS } from '../../protocol/kinds.ts';
import { HandWorld, keyOf, temporaryHome } from '../client-fixture.ts';
import type { Home } from '../state/home.ts';
import { makeHome } from '../state/home.ts';
import { Overrides } from './overrides.ts';

/** A file as release 0.1.0 wrote it, left by a process that was killed: part of it stands in the log only. */
function writeClear(home: Home, rows: number): void {
  makeHome(home);
  const database = new DatabaseSync(home.state);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; BEGIN;
    CREATE TABLE override (kind INTEGER NOT NULL, key BLOB NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('allow', 'deny')), object TEXT NOT NULL, note TEXT, at INTEGER NOT NULL,
      PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
    PRAGMA application_id = ${0x5443534e}; PRAGMA user_version = 1; COMMIT;`);
  const put = database.prepare('INSERT INTO override VALUES (?, ?, ?, ?, ?, ?)');
  const kind: KeyKind = 'host';
  for (let n = 0; n < rows; n++)
    put.run(
      KEY_KINDS[kind].code,
      keyOf(kind, n).bytes,
      'deny',
      `host:planted-${n}.example`,
      `planted ${n}`,
      n,
    );
  // Whole pages of others are freed, as they were without being wiped.
  const other = KEY_KINDS.ip.code;
  database.exec('BEGIN');
  for (let n = 0; n < 4 * rows; n++)
    put.run(other, keyOf('ip', n).bytes, 'deny', `ip:planted-${n}`, 'planted', n);
  database.exec(`COMMIT; DELETE FROM override WHERE kind = ${other}`);
  put.run(77, keyOf(kind, 0).bytes, 'deny', 'planted of a later version', null, 1);
  database.exec('DELETE FROM override WHERE at % 2 = 1 AND kind <> 77; PRAGMA wal_checkpoint(PASSIVE)');
  database.exec("UPDATE override SET note = note || ' planted again' WHERE at < 10");
  const files = ['', '-wal'].map((suffix) => readFileSync(home.state + suffix));
  database.close();
  for (const [i, suffix] of ['', '-wal'].entries()) writeFileSync(home.state + suffix, files[i]!);
}

function found(home: Home, word: string | Buffer): string[] {
  return readdirSync(home.directory).filter((name) =>
    readFileSync(join(home.directory, name)).includes(word),
  );
}

const userVersion = (home: Home): unknown => {
  const database = new DatabaseSync(home.state);
  const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
  database.close();
  return version;
};

test('overrides in clear are sealed when they are first opened, and nothing of them stays readable', (t) => {
  const home = temporaryHome(t);
  writeClear(home, 2_000);
  assert.deepEqual(found(home, 'planted'), ['state.db', 'state.db-wal'], 'what is to vanish was there');
  for (let n = 0; n < 2; n++) {
    const overrides = Overrides.open(home, new HandWorld());
    assert.equal(overrides.list().length, 1_000);
    assert.deepEqual(overrides.list()[0], {
      key: { kind: 'host', bytes: keyOf('host', 0).bytes },
      action: 'deny',
      object: 'host:planted-0.example',
      note: 'planted 0 planted again',
      at: 0,
    });
    assert.equal(overrides.answer(keyOf('host', 1_998))?.verdict.level, 'malicious');
    assert.equal(overrides.answer(keyOf('host', 1_999)), null);
    for (const word of [
      'planted',
      'example',
      Buffer.from(keyOf('host', 0).bytes),
      Buffer.from(keyOf('host', 1_999).bytes),
    ])
      assert.deepEqual(found(home, word), []);
    overrides.close();
  }
  assert.equal(userVersion(home), 3);
  for (const name of readdirSync(home.directory))
    assert.equal(statSync(join(home.directory, name)).mode & 0o777, 0o600, name);
});

test('while another process reads, the old pages stay, and the next opening wipes them', (t) => {
  const home = temporaryHome(t);
  writeClear(home, 20);
  const reader = new DatabaseSync(home.state);
  reader.exec('BEGIN; SELECT * FROM override');
  reader.prepare('SELECT count(*) FROM override').get();
  const first = Overrides.open(home, new HandWorld());
  assert.equal(first.list().length, 10);
  first.close();
  reader.close();
  assert.equal(userVersion(home), 2);
  const second = Overrides.open(home, new HandWorld());
  assert.equal(second.list().length, 10);
  second.close();
  assert.equal(userVersion(home), 3);
  assert.deepEqual(found(home, 'planted'), []);
});

test('neither objects nor notes stand in the files, while they are set, replaced and cleared', (t) => {
  const home = temporaryHome(t);
  const overrides = Overrides.open(home, new HandWorld());
  for (let n = 0; n < 50; n++)
    overrides.set('deny', keyOf('url', n), `url:http://planted-${n}.example/`, `planted ${n}`);
  for (let n = 0; n < 25; n++) overrides.clear(keyOf('url', n));
  for (const word of [
    'planted',
    'example',
    Buffer.from(keyOf('url', 3).bytes),
    Buffer.from(keyOf('url', 30).bytes),
  ])
    assert.deepEqual(found(home, word), []);
  overrides.close();
  assert.deepEqual(found(home, 'planted'), []);
});

function codeOf(home: Home): string {
  try {
    Overrides.open(home, new HandWorld()).close();
    return 'opened';
  } catch (error) {
    assert.ok(error instanceof TocsinError, String(error));
    return error.code;
  }
}

/** A home with two overrides, and its file for changes behind their back. */
function withTwo(t: TestContext, change: (home: Home, database: DatabaseSync) => void): string {
  const home = temporaryHome(t);
  const overrides = Overrides.open(home, new HandWorld());
  for (const n of [1, 2]) overrides.set('deny', keyOf('ip', n), `ip:${n}`, null);
  overrides.close();
  const database = new DatabaseSync(home.state);
  change(home, database);
  database.close();
  return codeOf(home);
}

test('a row that was altered, moved or sealed under a lost key is an alarm, not a missing override', (t) => {
  assert.equal(
    withTwo(t, () => {}),
    'opened',
  );
  assert.equal(
    withTwo(t, (_home, database) => {
      const [a, b] = database.prepare('SELECT id, sealed FROM sealed_override').all();
      const put = database.prepare('UPDATE sealed_override SET sealed = ? WHERE id = ?');
      put.run(a?.['sealed'] as Uint8Array, b?.['id'] as Uint8Array);
    }),
    'corrupt',
  );
  assert.equal(
    withTwo(t, (_home, database) => database.exec("UPDATE sealed_override SET sealed = x'00'")),
    'corrupt',
  );
  assert.equal(
    withTwo(t, (home) => {
      rmSync(home.localKey);
      writeFileSync(home.localKey, Buffer.alloc(32, 1));
    }),
    'corrupt',
  );
});
