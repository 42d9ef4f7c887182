import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { gateLookup } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { LookupRequest } from '../../protocol/lookup.ts';
import { temporaryHome } from '../client-fixture.ts';
import { NO_OUTBOX } from './places.ts';
import { setParticipation } from './set-participation.ts';
import { setSelfDefence } from './set-self-defence.ts';
import { ConsentSource } from './source.ts';
import { ConsentStage, Killed, TestKey } from './stage-fixture.ts';

function refused(code: string, words = /./): (error: unknown) => boolean {
  return (error) => error instanceof TocsinError && error.code === code && words.test(error.message);
}

const LOOKUP: LookupRequest = { v: 1, prefixes: [{ kind: 'file-sha256', bits: 8, prefix: 'ab' }] };

function lookup(stage: ConsentStage): string {
  const decision = gateLookup(
    LOOKUP,
    stage.open().consent(),
    { prefixBits: { 'file-sha256': 8 } },
    '2026-01-15',
  );
  return decision.kind === 'released' ? decision.kind : decision.reason;
}

test('standard and extended need the hash of the Statement for this machine, in any language', async (t) => {
  const stage = await ConsentStage.make(t);
  const source = stage.open();
  for (const level of ['standard', 'extended'] as const)
    for (const accept of [null, '', 'f'.repeat(64)])
      assert.throws(
        () => source.change((parts) => setParticipation(parts, { level, accept })),
        refused('input', /want --accept/),
      );
  assert.equal(source.current().kind, 'unset');
  for (const level of ['standard', 'extended', 'standard'] as const) {
    source.change((parts) => setParticipation(parts, { level, accept: stage.statement(source.current()) }));
    assert.deepEqual([source.current().kind, source.consent().level], ['chosen', level]);
  }
  assert.equal(lookup(stage), 'released');
  source.change((parts) => setParticipation(parts, { level: 'off', accept: null }));
  assert.deepEqual([source.current().kind, source.consent().level], ['withdrawing', 'off']);
  assert.equal(source.records().length, 4);
  assert.equal(statSync(stage.places.log).mode & 0o777, 0o600);
});

test('without a hub nothing but off can be chosen, and off writes nothing', (t) => {
  const home = temporaryHome(t);
  const parts = {
    home,
    world: { clock: { now: () => 0, monotonic: () => 0 }, random: () => Buffer.alloc(12) },
  };
  const source = ConsentSource.open({
    ...parts,
    localKey: () => ({ key: new TestKey() }),
    outbox: () => NO_OUTBOX,
  });
  assert.throws(
    () => source.change((parts) => setParticipation(parts, { level: 'standard', accept: null })),
    refused('not-joined'),
  );
  assert.deepEqual(
    source.change((parts) => setParticipation(parts, { level: 'off', accept: null })),
    [],
  );
  assert.equal(existsSync(home.directory), false);
});

test('off where nothing was on tells nobody; off after something was on asks for erasure first', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'off' });
  assert.deepEqual([stage.outbox.erasure, stage.open().toSend.pending()], [null, []]);
  assert.deepEqual(stage.choose({ level: 'off' }), [], 'said already');
  stage.choose({ level: 'standard' });
  stage.report();
  stage.outbox.put();
  stage.steps.length = 0;
  const [off] = stage.choose({ level: 'off' });
  assert.deepEqual(stage.steps, ['outbox-emptied', 'record-appended', 'settings-written', 'guard-written']);
  assert.deepEqual([stage.outbox.waiting, stage.outbox.erasure?.record], [0, off!.text]);
  stage.choose({ level: 'extended' });
  assert.deepEqual(
    [stage.open().current().kind, stage.level()],
    ['withdrawing', 'off'],
    'until it is confirmed',
  );
  stage.outbox.confirm();
  assert.deepEqual([stage.open().current().kind, stage.level()], ['chosen', 'extended']);
});

test('a withdrawal that is killed after the outbox was emptied is finished at the next start', async (t) => {
  for (const killAt of ['outbox-emptied', 'record-appended', 'settings-written', 'guard-written'] as const) {
    const stage = await ConsentStage.make(t);
    stage.choose({ level: 'extended' });
    stage.killAt = killAt;
    assert.throws(() => stage.choose({ level: 'off' }), Killed);
    const source = stage.open();
    assert.equal(source.current().kind, 'withdrawing', killAt);
    assert.deepEqual(source.records().at(-1)?.text, stage.outbox.erasure?.record);
    stage.outbox.confirm();
    assert.deepEqual([stage.open().current().kind, stage.level()], ['chosen', 'off'], killAt);
  }
});

test('an outbox that cannot be emptied: off all the same, and the same again asks for erasure', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  const broken = {
    erasure: null,
    isSettled: () => false,
    withdraw: () => {
      throw new TocsinError('corrupt', 'Cannot open the outbox: it is damaged, want it whole');
    },
  };
  const source = ConsentSource.open({ ...stage.parts, outbox: () => broken });
  assert.throws(
    () => source.change((parts) => setParticipation(parts, { level: 'off', accept: null })),
    refused('corrupt'),
  );
  assert.equal(source.consent().level, 'off');
  source.change((parts) => setSelfDefence(parts, false));
  assert.equal(stage.level(), 'off', 'what is set beside it does not turn it on');
  stage.choose({ level: 'off' });
  assert.notEqual(stage.outbox.erasure, null);
});

test('a record that became durable before a kill counts; the settings follow at the next start', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  stage.killAt = 'record-appended';
  assert.throws(() => stage.choose({ level: 'extended' }), Killed);
  const source = stage.open();
  assert.deepEqual([source.consent().level, source.current().settings?.level], ['extended', 'extended']);
});
