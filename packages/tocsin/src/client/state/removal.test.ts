import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { HandWorld, keyOf, temporaryHome } from '../client-fixture.ts';
import { setJournalAside } from '../journal/aside.ts';
import { HUB, journalPlace, LISTS } from '../journal/fixture.ts';
import { Journal, verifyJournal } from '../journal/journal.ts';
import { Overrides } from '../lookup/overrides.ts';
import type { Home } from './home.ts';
import { makeHome } from './home.ts';
import { lazyLocalKey, openLocalKey } from './local-key.ts';
import { planRemoval, removeState } from './removal.ts';

const UID = process.getuid?.();
const DIGEST = 'ab'.repeat(32);

/** A home with all that Tocsin makes, as a killed process may leave it. */
function fill(home: Home): void {
  const world = new HandWorld();
  const aside = Journal.open(home, world, openLocalKey(home, world).key);
  aside.begin(LISTS, HUB, 0);
  aside.close();
  setJournalAside(home, world);
  const journal = Journal.open(home, world, openLocalKey(home, world).key);
  journal.begin(LISTS, HUB, 0);
  const overrides = Overrides.open(home, world);
  overrides.set('deny', keyOf('host', 1), 'host:one', null);
  const put = (path: string, text: string) =>
    writeFileSync(join(home.directory, path), text, { mode: 0o600 });
  mkdirSync(home.identity, { mode: 0o700 });
  mkdirSync(home.lists, { mode: 0o700 });
  put('identity/identity.json', '{"v":1,"machineId":"x","privateKey":"PLANTED KEY"}');
  put('identity/pending.json.77.tmp', '{"privateKey":"PLANTED KEY"}');
  put(`lists/${DIGEST}.seg`, 'TOCSEG1\n');
  put(`lists/${DIGEST}.part`, 'TOC');
  put(`lists/${DIGEST}.delta`, 'TOC');
  put(`lists/${DIGEST}.coming`, 'TOC');
  put('lists/lists.json', '{"format":"tocsin-lists"}');
  put('lists/lock.db', '');
  put('spool.key', 'SPOOL KEY'.repeat(4));
  for (const name of [
    'participation.json',
    'settings.json',
    'terms.json',
    'terms.accepted.json',
    'policy.json',
    'consent.log',
  ])
    put(name, 'application/vnd.tocsin.x');
  put('settings.json.4711.tmp', 'half');
  put('local.key.4711.new', 'SPOOL KEY');
  journal.close();
  overrides.close();
}

function plan(home: Home): NonNullable<ReturnType<typeof planRemoval>> {
  const planned = planRemoval(home, UID);
  assert.ok(planned !== null);
  return planned;
}

test('everything that Tocsin made goes, and the directory with it', (t) => {
  const home = temporaryHome(t);
  fill(home);
  const planned = plan(home);
  assert.deepEqual(planned.left, []);
  assert.deepEqual(planned.keys.toSorted(), [
    'identity/identity.json',
    'identity/pending.json.77.tmp',
    'local.key',
    'local.key.4711.new',
    'spool.key',
  ]);
  removeState(home, planned);
  assert.equal(existsSync(home.directory), false);
  assert.equal(planRemoval(home, UID), null);
});

test('what Tocsin did not make stays, and no link is followed', (t) => {
  const home = temporaryHome(t);
  fill(home);
  const elsewhere = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(elsewhere, { recursive: true, force: true }));
  writeFileSync(join(elsewhere, `${DIGEST}.seg`), 'precious');
  writeFileSync(join(elsewhere, 'settings.json'), 'precious');
  rmSync(home.lists, { recursive: true });
  symlinkSync(elsewhere, home.lists);
  rmSync(home.settings);
  symlinkSync(join(elsewhere, 'settings.json'), home.settings);
  mkdirSync(join(home.directory, 'mine'));
  writeFileSync(join(home.directory, 'mine', 'cache.db'), 'precious');
  writeFileSync(join(home.directory, 'notes.txt'), 'precious');
  writeFileSync(join(home.identity, 'notes.txt'), 'precious');
  const planned = plan(home);
  const left = ['identity/notes.txt', 'lists', 'mine', 'notes.txt', 'settings.json'];
  assert.deepEqual(planned.left.toSorted(), left);
  removeState(home, planned);
  assert.deepEqual(readdirSync(home.directory).sort(), [
    'identity',
    'lists',
    'mine',
    'notes.txt',
    'settings.json',
  ]);
  assert.deepEqual(readdirSync(elsewhere).sort(), [`${DIGEST}.seg`, 'settings.json']);
  assert.equal(readFileSync(join(elsewhere, 'settings.json'), 'utf8'), 'precious');
});

test('a directory that is no home of Tocsin is left alone, whatever its files are called', (t) => {
  const home = temporaryHome(t);
  assert.equal(planRemoval(home, UID), null);
  makeHome(home);
  assert.equal(planRemoval(home, UID), null, 'empty');
  const names = [
    'settings.json',
    'policy.json',
    'cache.db',
    'state.db',
    'consent.log',
    'local.key',
    'README',
  ];
  for (const name of names) writeFileSync(join(home.directory, name), 'somebody elses');
  mkdirSync(home.lists);
  writeFileSync(join(home.lists, 'lists.json'), '[]');
  assert.throws(() => planRemoval(home, UID), { code: 'denied' });
  assert.deepEqual(readdirSync(home.directory).sort(), [...names, 'lists'].sort());
  writeFileSync(home.localKey, Buffer.alloc(32, 1));
  assert.ok(planRemoval(home, UID) !== null);
  assert.throws(() => planRemoval(home, (UID ?? 0) + 1), { code: 'denied' });
});

test('a link in the place of a key stops everything before anything is gone', (t) => {
  const home = temporaryHome(t);
  fill(home);
  const elsewhere = join(home.directory, '..', 'elsewhere');
  writeFileSync(elsewhere, 'precious');
  rmSync(home.localKey);
  symlinkSync(elsewhere, home.localKey);
  const before = readdirSync(home.directory).length;
  assert.throws(() => removeState(home, plan(home)), { code: 'denied' });
  assert.equal(readdirSync(home.directory).length, before + 1, 'and the mark');
  assert.equal(readFileSync(elsewhere, 'utf8'), 'precious');
});

/** Uninstalls in a process of its own that is killed once the keys are gone. */
function killed(t: TestContext, home: Home): void {
  const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const program = `
    const { planRemoval, removeState } = await import(${url('./removal.ts')});
    const { homeAt } = await import(${url('./home.ts')});
    const home = homeAt(process.argv[1]);
    removeState(home, planRemoval(home, process.getuid?.()), () => process.kill(process.pid, 'SIGKILL'));`; // at the first step: the keys
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', program, home.directory], {
    encoding: 'utf8',
  });
  assert.equal(done.signal, 'SIGKILL', done.stderr);
  t.diagnostic(`${readdirSync(home.directory).length} entries stayed`);
}

test('killed as soon as the keys are gone, what stays cannot be opened, and the next run takes it away', (t) => {
  const home = temporaryHome(t);
  fill(home);
  const key = readFileSync(home.localKey);
  killed(t, home);
  assert.ok(statSync(home.journal).size > 0, 'the journal is still there');
  for (const name of readdirSync(home.directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(home.directory, name);
    if (!statSync(path).isFile()) continue;
    for (const word of [key, 'PLANTED KEY', 'SPOOL KEY', 'host:one', 'hub.example'])
      assert.ok(!readFileSync(path).includes(word), name);
  }
  const world = new HandWorld();
  world.random(32); // another world than the one that made the first key
  assert.equal(verifyJournal(home, world, lazyLocalKey(home, world))?.kind, 'unreadable');
  assert.throws(() => Overrides.open(home, world), { code: 'corrupt' });
  removeState(home, plan(home));
  assert.equal(existsSync(home.directory), false);
});

test('ended after any step, a home is still known, and the next run takes it away', (t) => {
  const { home } = journalPlace(t);
  for (let last = 0, done = false; !done; last++) {
    fill(home);
    let steps = 0;
    try {
      removeState(home, plan(home), () => {
        if (steps++ === last) throw new RangeError('the end of this process');
      });
      done = true;
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
      assert.ok(existsSync(home.directory));
      removeState(home, plan(home));
    }
    assert.equal(existsSync(home.directory), false, `after step ${last}`);
    assert.ok(last < 40);
  }
});
