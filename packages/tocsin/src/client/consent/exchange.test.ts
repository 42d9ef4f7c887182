import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { TocsinError } from '../../protocol/errors.ts';
import { saveJoined } from '../channel/identity.ts';
import { beginAnew } from './anew.ts';
import { joinedAs, OTHER_MACHINE } from './fixture.ts';
import { ConsentStage } from './stage-fixture.ts';

function refused(code: string, words = /./): (error: unknown) => boolean {
  return (error) => error instanceof TocsinError && error.code === code && words.test(error.message);
}

test('a restored copy learns from the hub what was chosen since, and sends nothing under the older choice', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'extended' });
  stage.report();
  const copy = new Map((['log', 'settings', 'guard'] as const).map((name) => [name, stage.file(name)]));
  stage.choose({ level: 'off' });
  stage.outbox.confirm();
  stage.hub.take(stage.open().records().at(-1)!.text, stage.machineKey);
  for (const [name, bytes] of copy) writeFileSync(stage.places[name], bytes);
  stage.outbox.put();
  const source = stage.open();
  assert.equal(source.consent().level, 'extended', 'by itself it cannot know');
  const { kind } = await source.refreshConsent(stage.hub.call);
  assert.deepEqual([kind, source.consent().level, stage.outbox.waiting], ['adopted', 'off', 0]);
  assert.deepEqual(await source.refreshConsent(stage.hub.call), { kind: 'same' });
});

test('a withdrawal that the hub took before the records ahead of it reaches a restored copy as well', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'extended' });
  stage.report();
  const copy = new Map((['log', 'settings', 'guard'] as const).map((name) => [name, stage.file(name)]));
  stage.choose({ sharing: 'no' });
  stage.choose({ level: 'off' });
  stage.outbox.confirm();
  const [first, second, third] = stage.open().records();
  for (const [name, bytes] of copy) writeFileSync(stage.places[name], bytes);
  const source = stage.open();
  assert.throws(() => source.adopt(2, [first!.text]), refused('conflict', /does not show all/));
  assert.equal(source.adopt(3, [first!.text, third!.text]).kind, 'adopted');
  assert.deepEqual(
    [source.consent().level, source.consent().sequence, source.current().kind],
    ['off', 3, 'withdrawing'],
  );
  stage.outbox.confirm();
  assert.equal(source.adopt(3, [first!.text, second!.text, third!.text]).kind, 'same');
  stage.choose({ level: 'standard' });
  assert.deepEqual([stage.level(), source.records().at(-1)?.record.sequence], ['standard', 4]);
  assert.equal(stage.open().current().sharing.value, 'no', 'what is not known any more counts as no');
});

test('two machines that choose under one name: off and an alarm, until this one joins anew', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  stage.report();
  const twin = new ConsentStage(t, stage.joined);
  for (const name of ['log', 'settings', 'guard'] as const)
    writeFileSync(twin.places[name], stage.file(name));
  twin.choose({ level: 'off' });
  stage.hub.take(twin.open().records().at(-1)!.text, stage.machineKey);
  stage.choose({ level: 'extended' });
  const source = stage.open();
  assert.deepEqual(await source.refreshConsent(stage.hub.call), { kind: 'diverged' });
  const state = source.current();
  assert.equal(state.kind === 'alarm' && state.alarm.code, 'cloned');
  assert.throws(() => source.toSend.adopt([twin.open().records().at(-1)!.text]), refused('conflict'));
  saveJoined(stage.home, await joinedAs(OTHER_MACHINE));
  assert.equal(stage.open().current().kind, 'alarm', 'the files are still those of the other name');
  beginAnew(stage.parts);
  assert.deepEqual([stage.open().current().kind, stage.open().records()], ['unset', []]);
  assert.deepEqual(
    stage
      .open()
      .alarms.pending()
      .map(({ reason }) => reason),
    ['cloned'],
    'and that is still told',
  );
  assert.match(readFileSync(`${stage.home.directory}/consent.former.log`, 'utf8'), /consent\+json/);
  stage.choose({ level: 'standard' });
  assert.equal(stage.open().records()[0]!.record.machine, OTHER_MACHINE);
});

test('records from the hub that are not this machine’s, or do not show all that is missing, are refused', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  const other = await ConsentStage.make(t, OTHER_MACHINE);
  other.choose({ level: 'extended' });
  const foreign = other.open().records()[0]!.text;
  assert.throws(() => stage.open().adopt(1, [foreign]), refused('denied'));
  assert.throws(() => stage.open().adopt(9, []), refused('conflict', /does not show all/));
  assert.throws(() => stage.open().adopt(2, ['x']), refused('format'));
  assert.equal(stage.level(), 'standard');
});

test('receipts: verified, kept once each, and shown until there is one', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard', sharing: 'yes' });
  const source = stage.open();
  assert.equal(source.toSend.pending().length, 2);
  const [first] = source.toSend.pending();
  assert.equal(source.receiptOf(first!), null);
  stage.report(source);
  assert.deepEqual(source.toSend.pending(), []);
  assert.equal(source.receiptOf(first!)?.receipt.record, first!.sha256);
  const receipt = source.receiptOf(first!)!.text;
  source.toSend.receipted(receipt);
  assert.equal(stage.file('receipts').toString().trimEnd().split('\n').length, 2);
  assert.throws(() => source.toSend.receipted(receipt.replace('"sig":"', '"sig":"AAAA')), refused('format'));
  appendFileSync(stage.places.receipts, 'torn');
  stage.choose({ level: 'extended' });
  stage.report();
  assert.deepEqual(stage.open().toSend.pending(), []);
});
