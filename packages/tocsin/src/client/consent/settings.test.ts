import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { gateMessage } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { saveJoined } from '../channel/identity.ts';
import { joinedAs, MACHINE } from './fixture.ts';
import { setSelfDefence } from './set-self-defence.ts';
import { ConsentStage, TestKey } from './stage-fixture.ts';

function refused(code: string, words = /./): (error: unknown) => boolean {
  return (error) => error instanceof TocsinError && error.code === code && words.test(error.message);
}

test('what was altered, exchanged, taken away or cannot be read: off, an alarm with its code, until it is set anew', async (t) => {
  const table: readonly [string, string, (stage: ConsentStage) => void][] = [
    ['settings-altered', 'one byte of the settings', (s) => flip(s.places.settings, 40)],
    ['settings-altered', 'one byte of the log', (s) => flip(s.places.log, 90)],
    [
      'settings-altered',
      'settings without their end',
      (s) => writeFileSync(s.places.settings, s.file('settings').subarray(0, -1)),
    ],
    ['settings-altered', 'a line more', (s) => appendFileSync(s.places.log, 'x\n')],
    ['settings-deleted', 'no seal', (s) => rmSync(s.places.guard)],
    ['settings-altered', 'a seal of another key', (s) => flip(s.places.guard, 50)],
    ['settings-deleted', 'no settings', (s) => rmSync(s.places.settings)],
    ['settings-deleted', 'no log', (s) => rmSync(s.places.log)],
    ['settings-deleted', 'neither settings nor seal', (s) => removeAll(s.places.settings, s.places.guard)],
    ['settings-older', 'a log without its last line', (s) => cutLine(s.places.log)],
    ['settings-unreadable', 'a directory in place of the settings', (s) => inItsPlace(s.places.settings)],
    ['settings-unreadable', 'a directory in place of the log', (s) => inItsPlace(s.places.log)],
    ['settings-unreadable', 'a directory in place of the seal', (s) => inItsPlace(s.places.guard)],
    ['settings-unreadable', 'no identity', (s) => rmSync(s.places.identity)],
    [
      'cloned',
      'another machine',
      (s) => writeFileSync(s.productUuid, '564d9a1b-7c3e-4f0a-9b8d-1e2f3a4b5c6d\n'),
    ],
  ];
  for (const [code, name, harm] of table) {
    const stage = await ConsentStage.make(t);
    stage.choose({ level: 'standard' });
    stage.choose({ level: 'extended', sharing: 'yes' });
    harm(stage);
    const state = stage.open().current();
    assert.equal(state.kind === 'alarm' && state.alarm.code, code, name);
    assert.deepEqual([state.consent.level, state.consent.accepted.size], ['off', 0], name);
    if (name === 'no identity') saveJoined(stage.home, stage.joined);
    assert.equal(stage.level(), 'off', name);
    if (code === 'cloned') {
      assert.throws(() => stage.choose({ level: 'standard' }), refused('conflict', /is a copy/));
      writeFileSync(stage.productUuid, '4C4C4544-0042-4710-8052-B7C04F564232\n');
    }
    assert.throws(() => stage.choose({ sharing: 'no' }), refused('conflict', /level set anew/), name);
    stage.choose({ level: 'standard' });
    assert.deepEqual([stage.open().current().kind, stage.level()], ['chosen', 'standard'], name);
    stage.choose({ level: 'off' });
    stage.outbox.confirm();
    assert.deepEqual([stage.open().current().kind, stage.level()], ['chosen', 'off'], name);
  }
});

test('an alarm is told once, in the words of the catalog, also where nobody else could note it', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  flip(stage.places.settings, 40);
  const source = stage.open();
  for (const _ of [1, 2]) assert.equal(source.current().kind, 'alarm');
  const at = '2026-01-15T00:00:00Z';
  assert.deepEqual(stage.open().alarms.pending(), [{ code: 'settings-altered', at, reason: 'settings' }]);
  const { code } = stage.open().alarms.pending()[0]!;
  const decision = gateMessage(
    {
      message: 'tamper-alarm',
      reason: 'settings',
      items: { 'connection.alarm_code': code, 'connection.alarm_at': at },
    },
    source.consent(),
    '2026-01-15',
  );
  assert.equal(decision.kind, 'released', 'it leaves with participation off');
  source.alarms.reported(code, at);
  assert.deepEqual(source.alarms.pending(), []);
  assert.equal(stage.open().current().kind, 'alarm', 'and stands');
});

test('self-defence switched off: tampering is off, but neither latched nor told; switching is told once', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  const source = stage.open();
  source.change((parts) => setSelfDefence(parts, false));
  assert.equal(source.current().selfDefence, false);
  assert.deepEqual(
    source.alarms.pending().map(({ code, reason }) => [code, reason]),
    [['self-defence-off', 'switched-off']],
  );
  const whole = stage.file('settings');
  flip(stage.places.settings, 40);
  assert.equal(stage.open().current().kind, 'alarm');
  assert.throws(() => stage.open().change((parts) => setSelfDefence(parts, true)), refused('conflict'));
  writeFileSync(stage.places.settings, whole);
  assert.equal(stage.level(), 'standard', 'right again by itself');
  assert.equal(stage.open().alarms.pending().length, 1);
  source.change((parts) => setSelfDefence(parts, true));
  flip(stage.places.settings, 40);
  stage.level();
  writeFileSync(stage.places.settings, whole);
  assert.equal(stage.open().current().kind, 'alarm');
});

test('files that only their owner reads, and another user cannot make them look right', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  for (const file of ['log', 'settings', 'guard'] as const)
    assert.equal(statSync(stage.places[file]).mode & 0o777, 0o600, file);
  stage.key = new TestKey(Buffer.alloc(32, 8));
  assert.equal(stage.open().current().kind, 'alarm', 'the seal needs the local key');
  const other = await joinedAs(MACHINE);
  saveJoined(stage.home, other);
  assert.equal(stage.level(), 'off', 'the settings need the key of the machine');
  chmodSync(stage.home.directory, 0o700);
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

function cutLine(path: string): void {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${lines.slice(0, -1).join('\n')}\n`);
}

function removeAll(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path);
}

function inItsPlace(path: string): void {
  rmSync(path);
  mkdirSync(path);
}
