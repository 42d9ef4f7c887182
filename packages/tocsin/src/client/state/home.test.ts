import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TocsinError } from '../../protocol/errors.ts';
import { temporaryHome } from '../client-fixture.ts';
import { withConsentLock } from '../consent/lock.ts';
import {
  homeDirectory,
  makeHome,
  makeLockFile,
  readSmallFile,
  removeFile,
  writeFileDurable,
} from './home.ts';

test('the state directory is TOCSIN_HOME, else the one of root, else the one of the user', () => {
  const table: [Record<string, string>, number, string][] = [
    [{ TOCSIN_HOME: '/x', XDG_STATE_HOME: '/y' }, 0, '/x'],
    [{ TOCSIN_HOME: '' }, 0, '/var/lib/tocsin'],
    [{ XDG_STATE_HOME: '/y' }, 0, '/var/lib/tocsin'],
    [{ XDG_STATE_HOME: '/y' }, 1000, '/y/tocsin'],
    [{ XDG_STATE_HOME: 'relative' }, 1000, '/home/u/.local/state/tocsin'],
    [{}, 1000, '/home/u/.local/state/tocsin'],
  ];
  for (const [env, uid, want] of table) assert.equal(homeDirectory(env, uid, '/home/u'), want);
});

test('a new state directory and its files are for their owner alone', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  writeFileDurable(home.participation, 'x');
  assert.equal(statSync(home.directory).mode & 0o777, 0o700);
  assert.equal(statSync(home.participation).mode & 0o777, 0o600);
});

test('a state directory in which others may write is refused', (t) => {
  const home = temporaryHome(t);
  mkdirSync(home.directory);
  chmodSync(home.directory, 0o770);
  assert.throws(
    () => makeHome(home),
    (error) => error instanceof TocsinError && error.code === 'denied',
  );
});

test('a state directory that others may enter is closed to them', (t) => {
  const home = temporaryHome(t);
  mkdirSync(home.directory);
  for (const mode of [0o755, 0o711, 0o750]) {
    chmodSync(home.directory, mode);
    makeHome(home);
    assert.equal(statSync(home.directory).mode & 0o777, 0o700);
  }
});

test('a lock file is for its owner alone, also one that an earlier release made', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  const [own, earlier] = [join(home.directory, 'own.lock'), join(home.directory, 'earlier.lock')];
  writeFileSync(earlier, '');
  chmodSync(earlier, 0o644);
  for (const path of [own, earlier]) {
    makeLockFile(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  }
  withConsentLock(home.participation, 0, () => {
    assert.equal(statSync(home.participation).mode & 0o777, 0o600);
  });
});

test('a state directory below a file is refused without telling the path', (t) => {
  const home = temporaryHome(t);
  writeFileSync(home.directory, '');
  assert.throws(
    () => makeHome(home),
    (error: Error) => !error.message.includes(home.directory),
  );
});

test('writing replaces the whole file and leaves nothing else behind', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  writeFileDurable(home.participation, 'a longer text');
  writeFileDurable(home.participation, 'short');
  assert.equal(readFileSync(home.participation, 'utf8'), 'short');
  assert.deepEqual(readdirSync(home.directory), ['participation.json']);
});

test('a write that fails says so and leaves nothing behind', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  mkdirSync(home.participation);
  assert.throws(
    () => writeFileDurable(home.participation, 'x'),
    (error) => error instanceof TocsinError && error.code === 'io',
  );
  assert.deepEqual(readdirSync(home.directory), ['participation.json']);
});

test('an absent file reads as null, an unreadable or too long one does not', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  const code = (want: string) => (error: unknown) => error instanceof TocsinError && error.code === want;
  assert.equal(readSmallFile(home.state), null);
  mkdirSync(home.state);
  assert.throws(() => readSmallFile(home.state), code('io'));
  writeFileDurable(home.participation, '12345');
  assert.throws(() => readSmallFile(home.participation, 4), code('limit'));
  assert.deepEqual(readSmallFile(home.participation, 5), Buffer.from('12345'));
});

test('removing a file that is not there is no error', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  removeFile(join(home.directory, 'nothing'));
});
