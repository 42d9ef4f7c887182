import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { toHex } from '../../protocol/hex.ts';
import { HandWorld, keyOf, NOW, temporaryHome } from '../client-fixture.ts';
import { makeHome } from '../state/home.ts';
import type { OverrideAction } from './overrides.ts';
import { Overrides } from './overrides.ts';

test('asking for overrides makes nothing on disk', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  const overrides = Overrides.open(home, new HandWorld());
  assert.equal(overrides.answer(keyOf('file-sha256', 1)), null);
  assert.equal(overrides.revision, '0');
  overrides.close();
  assert.deepEqual(readdirSync(home.directory), []);
});

test('allow answers trusted and deny malicious, by the owner of this machine', (t) => {
  const overrides = Overrides.open(temporaryHome(t), new HandWorld());
  t.after(() => overrides.close());
  overrides.set('allow', keyOf('file-sha256', 1), 'sha256:1', null);
  overrides.set('deny', keyOf('host', 1), 'host:one', 'why');
  const allowed = overrides.answer(keyOf('file-sha256', 1));
  assert.equal(allowed?.verdict.level, 'trusted');
  assert.equal(allowed?.verdict.source, 'this machine');
  assert.equal(allowed?.verdict.reason, 'allowed here by its owner');
  assert.equal(allowed?.answeredBy, 'override');
  assert.equal(overrides.answer(keyOf('host', 1))?.verdict.level, 'malicious');
  assert.equal(overrides.answer(keyOf('url', 1)), null);
  assert.deepEqual(
    overrides.list().map(({ action, object, note, at }) => ({ action, object, note, at })),
    [
      { action: 'deny', object: 'host:one', note: 'why', at: NOW },
      { action: 'allow', object: 'sha256:1', note: null, at: NOW },
    ],
  );
});

test('an allowed MD5 says good at most', (t) => {
  const overrides = Overrides.open(temporaryHome(t), new HandWorld());
  t.after(() => overrides.close());
  overrides.set('allow', keyOf('file-md5', 1), 'md5:1', null);
  assert.equal(overrides.answer(keyOf('file-md5', 1))?.verdict.level, 'good');
  assert.equal(overrides.has('file-md5'), true);
  assert.equal(overrides.has('file-sha1'), false);
});

test('whatever is set and cleared, overrides are what a map would be, also after opening anew', (t) => {
  const step = fc.tuple(fc.constantFrom('allow', 'deny', 'clear'), fc.integer({ min: 0, max: 4 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const home = temporaryHome(t);
      const model = new Map<string, OverrideAction>();
      const overrides = Overrides.open(home, new HandWorld());
      for (const [action, n] of steps) {
        const key = keyOf('file-sha256', n);
        if (action === 'clear') assert.equal(overrides.clear(key), model.delete(toHex(key.bytes)));
        else {
          overrides.set(action as OverrideAction, key, `object ${n}`, null);
          model.set(toHex(key.bytes), action as OverrideAction);
        }
      }
      const { revision } = overrides;
      overrides.close();
      const again = Overrides.open(home, new HandWorld());
      assert.deepEqual(new Map(again.list().map(({ key, action }) => [toHex(key.bytes), action])), model);
      assert.equal(again.revision, revision);
      again.close();
    }),
    { numRuns: 15 },
  );
});

test('the revision follows the content, not the way to it', (t) => {
  const overrides = Overrides.open(temporaryHome(t), new HandWorld());
  t.after(() => overrides.close());
  const key = keyOf('ip', 1);
  overrides.set('allow', key, 'ip:1', null);
  const allowed = overrides.revision;
  overrides.set('deny', key, 'ip:1', null);
  assert.notEqual(overrides.revision, allowed);
  overrides.set('allow', key, 'ip:1', 'another note');
  assert.equal(overrides.revision, allowed);
  overrides.clear(key);
  assert.equal(overrides.revision, '0');
});

test('what another process sets is seen after refresh', (t) => {
  const home = temporaryHome(t);
  const mine = Overrides.open(home, new HandWorld());
  const theirs = Overrides.open(home, new HandWorld());
  t.after(() => [mine, theirs].map((o) => o.close()));
  assert.equal(mine.refresh(), false);
  theirs.set('deny', keyOf('file-sha256', 1), 'sha256:1', null);
  assert.equal(mine.answer(keyOf('file-sha256', 1)), null);
  assert.equal(mine.refresh(), true);
  assert.equal(mine.answer(keyOf('file-sha256', 1))?.verdict.level, 'malicious');
  assert.equal(mine.refresh(), false);
});

test('an override that was acknowledged survives the death of its process', (t) => {
  const home = temporaryHome(t);
  const program = `
    const { Overrides } = await import(${JSON.stringify(fileURLToPath(new URL('./overrides.ts', import.meta.url)))});
    const { homeAt } = await import(${JSON.stringify(fileURLToPath(new URL('../state/home.ts', import.meta.url)))});
    const { systemWorld: world } = await import(${JSON.stringify(fileURLToPath(new URL('../../protocol/world.ts', import.meta.url)))});
    Overrides.open(homeAt(process.env.HOME_OF_TEST), world).set('deny', { kind: 'ip', bytes: new Uint8Array(32) }, 'ip:x', null);
    process.kill(process.pid, 'SIGKILL');`;
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...process.env, HOME_OF_TEST: home.directory },
  });
  assert.equal(done.signal, 'SIGKILL', String(done.stderr));
  const overrides = Overrides.open(home, new HandWorld());
  assert.equal(overrides.list().length, 1);
  overrides.close();
});

test('files that are no overrides are refused in words', (t) => {
  const code = (content: (path: string) => void): string => {
    const home = temporaryHome(t);
    mkdirSync(home.directory, { mode: 0o700 });
    content(home.state);
    try {
      Overrides.open(home, new HandWorld()).close();
      return 'opened';
    } catch (error) {
      assert.ok(error instanceof TocsinError, String(error));
      return error.code;
    }
  };
  const sql = (text: string) => (path: string) => {
    const database = new DatabaseSync(path);
    database.exec(text);
    database.close();
  };
  assert.equal(
    code((path) => writeFileSync(path, 'x'.repeat(5000))),
    'corrupt',
  );
  assert.equal(code(sql('PRAGMA application_id = 1; CREATE TABLE x (y)')), 'corrupt');
  assert.equal(code(sql(`PRAGMA application_id = ${0x5443534e}; PRAGMA user_version = 4`)), 'format');
  assert.equal(code(sql(`PRAGMA application_id = ${0x5443534e}; PRAGMA user_version = 3`)), 'corrupt');
  assert.equal(code(sql('CREATE TABLE x (y)')), 'corrupt');
});

test('arbitrary bytes as the file never bring anything but an empty set or words', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const home = temporaryHome(t);
      mkdirSync(home.directory, { mode: 0o700 });
      writeFileSync(home.state, bytes);
      try {
        const overrides = Overrides.open(home, new HandWorld());
        assert.deepEqual(overrides.list(), []);
        overrides.close();
      } catch (error) {
        assert.ok(error instanceof TocsinError, String(error));
      }
    }),
    { numRuns: 30 },
  );
});
