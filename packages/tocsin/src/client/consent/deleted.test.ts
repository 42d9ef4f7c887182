// Whoever can remove files and read no key cannot make a machine look as if nobody ever chose on it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadJoined, saveJoined } from '../channel/identity.ts';
import { beginAnew } from './anew.ts';
import { ConsentStage } from './stage-fixture.ts';

const FORMER = JSON.stringify({
  format: 'tocsin-participation',
  v: 1,
  level: 'extended',
  statementSha256: 'a'.repeat(64),
  at: 1,
});

function removeAll({ places }: ConsentStage): void {
  for (const path of [places.settings, places.guard, places.log]) rmSync(path, { force: true });
}

function alarmOf(stage: ConsentStage): string | null {
  const state = stage.open().current();
  assert.equal(state.consent.level, 'off');
  return state.kind === 'alarm' ? state.alarm.code : null;
}

test('deleted: settings, seal and log at once are an alarm that stands, also where one stood before', async (t) => {
  for (const before of ['sound', 'altered'] as const) {
    const stage = await ConsentStage.make(t);
    stage.choose({ level: 'standard' });
    stage.report();
    if (before === 'altered') {
      writeFileSync(stage.places.settings, 'x');
      assert.equal(alarmOf(stage), 'settings-altered');
    }
    removeAll(stage);
    for (const _ of ['first', 'again']) assert.equal(alarmOf(stage), 'settings-deleted', before);
    assert.equal(stage.open().alarms.pending().length, 1);
    assert.equal((await stage.open().refreshConsent(stage.hub.call)).kind, 'adopted');
    assert.equal(alarmOf(stage), 'settings-deleted', 'what the hub knows does not turn it on');
    assert.equal(stage.open().records().length, 1, 'and is there to be seen');
    stage.choose({ level: 'standard' });
    assert.equal(stage.level(), 'standard');
  }
});

test('deleted: a withdrawal that the hub has not heard of is not undone', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  stage.report();
  stage.choose({ level: 'off' });
  stage.outbox.confirm();
  removeAll(stage);
  await stage.open().refreshConsent(stage.hub.call);
  assert.equal(alarmOf(stage), 'settings-deleted');
  stage.choose({ level: 'off' });
  assert.notEqual(stage.outbox.erasure, null, 'said once more, the hub is asked to erase');
});

test('deleted: on a machine where nobody chose as well, and an old choice that is put there is none', async (t) => {
  const stage = await ConsentStage.make(t);
  assert.equal(alarmOf(stage), null);
  writeFileSync(stage.places.former, FORMER);
  assert.equal(alarmOf(stage), null);
  assert.equal(existsSync(stage.places.former), false);
  removeAll(stage);
  writeFileSync(stage.places.former, FORMER);
  assert.equal(alarmOf(stage), 'settings-deleted');
});

test('deleted: no edit around the key makes an identity of a machine that never had a seal', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  const text = readFileSync(stage.places.identity, 'utf8');
  assert.ok(text.startsWith('{"v":2,'));
  assert.deepEqual(loadJoined(stage.home), { ...stage.joined, guarded: true });
  const hex = /"privateKey":"([0-9a-f]+)"/.exec(text)![1]!;
  const asPem = `-----BEGIN PRIVATE KEY-----\\n${hex}\\n-----END PRIVATE KEY-----\\n`;
  for (const forged of [text.replace('"v":2', '"v":1'), text.replace('"v":2', '"v":1').replace(hex, asPem)]) {
    writeFileSync(stage.places.identity, forged);
    removeAll(stage);
    assert.throws(() => loadJoined(stage.home));
    assert.equal(stage.level(), 'off');
  }
});

test('deleted: no kill while a machine joins is taken for it', async (t) => {
  const stage = await ConsentStage.make(t);
  // The identity is stored, and nothing else yet.
  assert.equal(alarmOf(stage), null);
  const other = await ConsentStage.make(t);
  beginAnew(other.parts);
  // The seal is there, and the identity does not say so yet.
  saveJoined(other.home, other.joined);
  assert.equal(alarmOf(other), null);
  assert.equal(loadJoined(other.home)?.guarded, true);
});

test('adoption: a machine whose log was never begun takes no level from the hub, only the alarm and the records', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.level();
  const asJoined = stage.file('guard');
  stage.choose({ level: 'extended' });
  stage.report();
  removeAll(stage);
  writeFileSync(stage.places.guard, asJoined);
  assert.equal(alarmOf(stage), null, 'as on the day on which it joined');
  await stage.open().refreshConsent(stage.hub.call);
  assert.equal(alarmOf(stage), 'settings-older');
  assert.equal(stage.open().records().length, 1);
  stage.choose({ level: 'standard' });
  assert.equal(stage.level(), 'standard');
});
