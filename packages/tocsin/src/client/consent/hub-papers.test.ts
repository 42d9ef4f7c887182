import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { gateLookup } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { LookupRequest } from '../../protocol/lookup.ts';
import { signedTerms, TERMS } from './fixture.ts';
import { setParticipation } from './set-participation.ts';
import { ConsentStage } from './stage-fixture.ts';
import { newSince } from './state.ts';

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

test('the operator’s terms: in the Statement, never older, and to be accepted anew where they bind', async (t) => {
  const stage = await ConsentStage.make(t);
  const source = stage.open();
  assert.equal((await source.refresh(stage.hub.call)).terms.kind, 'newer');
  assert.equal((await source.refresh(stage.hub.call)).terms.kind, 'same');
  assert.deepEqual([source.current().place.jurisdiction, source.current().regime], ['DE', 'opt-in']);
  stage.choose({ level: 'standard' });
  assert.equal(lookup(stage), 'released');
  stage.hub.terms = signedTerms({ number: 2, privacyContact: 'dpo@hub.example' });
  await source.refresh(stage.hub.call);
  assert.equal(lookup(stage), 'released', 'a contact binds nobody');
  stage.hub.terms = signedTerms({ number: 3, controller: { ...TERMS.controller, name: 'Somebody Else' } });
  await source.refresh(stage.hub.call);
  assert.deepEqual([lookup(stage), source.current().termsChanged], ['terms', true]);
  stage.choose({ level: 'standard' });
  assert.equal(lookup(stage), 'released');
  const before = stage.file('terms');
  stage.hub.terms = signedTerms({ number: 2 });
  await assert.rejects(source.refresh(stage.hub.call), refused('conflict'));
  stage.hub.terms = signedTerms({ number: 3 });
  await assert.rejects(source.refresh(stage.hub.call), refused('conflict'));
  assert.deepEqual(stage.file('terms'), before);
  writeFileSync(stage.places.terms, signedTerms({ number: 1 }));
  const older = stage.open().current();
  assert.deepEqual([older.place.terms, lookup(stage)], [null, 'participation'], 'an older file is none');
  assert.equal(older.kind === 'alarm' && older.alarm.code, 'settings-older');
});

test('the operator’s terms taken away: an alarm, and no yes before they are here again', async (t) => {
  for (const harm of ['remove', 'alter'] as const) {
    const stage = await ConsentStage.make(t);
    await stage.open().refresh(stage.hub.call);
    stage.choose({ level: 'standard' });
    if (harm === 'remove') rmSync(stage.places.terms);
    else writeFileSync(stage.places.terms, 'x');
    const state = stage.open().current();
    const code = harm === 'remove' ? 'settings-deleted' : 'settings-altered';
    assert.deepEqual([state.kind === 'alarm' && state.alarm.code, state.consent.level], [code, 'off']);
    assert.throws(() => stage.choose({ level: 'standard' }), refused('conflict', /terms/));
    assert.equal((await stage.open().refresh(stage.hub.call)).terms.kind, 'newer');
    assert.equal(stage.open().current().kind, 'alarm', 'until it is set anew');
    stage.choose({ level: 'standard' });
    assert.equal(stage.level(), 'standard');
  }
});

test('opt-out: new terms and items hold until somebody objects; sharing is yes until then', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.hub.terms = signedTerms({ jurisdiction: 'US' });
  const source = stage.open();
  await source.refresh(stage.hub.call);
  assert.equal(source.current().regime, 'opt-out');
  stage.choose({ level: 'standard' });
  assert.deepEqual(source.current().sharing, {
    value: 'yes',
    by: 'default',
    counts: true,
    heldByTerms: false,
  });
  stage.choose({ sharing: 'no' });
  assert.deepEqual(source.current().sharing, {
    value: 'no',
    by: 'person',
    counts: false,
    heldByTerms: false,
  });
  stage.hub.terms = signedTerms({ number: 2, jurisdiction: 'US', partners: [] });
  await source.refresh(stage.hub.call);
  assert.deepEqual([source.consent().termsAccepted, lookup(stage)], [true, 'released']);
  stage.hub.terms = signedTerms({ number: 3, jurisdiction: 'US', partners: [], optInEverywhere: true });
  await source.refresh(stage.hub.call);
  assert.deepEqual([source.current().regime, lookup(stage)], ['opt-in', 'terms'], 'the stricter rule');
  stage.hub.terms = signedTerms({ number: 4, jurisdiction: 'US' });
  await source.refresh(stage.hub.call);
  assert.equal(source.current().regime, 'opt-out');
});

test('opt-out: a partner who came later gets nothing until the new terms were shown', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.hub.terms = signedTerms({ jurisdiction: 'US' });
  await stage.open().refresh(stage.hub.call);
  stage.choose({ level: 'standard', commercial: 'yes' });
  const broker = { name: 'Broker', country: 'RU', purpose: 'selling on', use: 'sharing' } as const;
  stage.hub.terms = signedTerms({ number: 2, jurisdiction: 'US', partners: [broker] });
  await stage.open().refresh(stage.hub.call);
  const held = { value: 'no', counts: false, heldByTerms: true } as const;
  const { sharing, commercial } = stage.open().current();
  assert.deepEqual(
    [lookup(stage), sharing, commercial],
    ['released', { ...held, by: 'default' }, { ...held, by: 'person' }],
  );
  stage.choose({ level: 'standard' });
  const after = stage.open().current();
  assert.deepEqual(
    [after.sharing.value, after.commercial.value],
    ['yes', 'no'],
    'a yes of one’s own is given anew',
  );
  stage.choose({ commercial: 'yes' });
  assert.equal(stage.open().current().commercial.counts, true);
});

test('a place of its own: the jurisdiction that a person names wins, and is another Statement', async (t) => {
  const stage = await ConsentStage.make(t);
  await stage.open().refresh(stage.hub.call);
  stage.choose({ jurisdiction: 'US' });
  assert.deepEqual([stage.open().current().regime, stage.level()], ['opt-out', 'off']);
  stage.choose({ level: 'standard' });
  assert.throws(
    () => stage.open().change((parts) => setParticipation(parts, { jurisdiction: 'FR', accept: null })),
    refused('input'),
  );
  stage.choose({ jurisdiction: 'FR' });
  const state = stage.open().current();
  assert.deepEqual(
    [state.regime, state.chosen?.record.jurisdiction, state.consent.level],
    ['opt-in', 'FR', 'standard'],
  );
});

test('a change of edition is a new Statement: what the old one lacked waits for a new yes', async (t) => {
  const stage = await ConsentStage.make(t);
  const source = stage.open();
  await source.refresh(stage.hub.call);
  stage.choose({ level: 'extended' });
  assert.deepEqual(source.current().newItems, []);
  stage.hub.terms = signedTerms({ number: 2, edition: 'premium' });
  await source.refresh(stage.hub.call);
  const state = source.current();
  assert.equal(state.consent.edition, 'premium');
  assert.ok(state.newItems.length > 0);
  const added = state.newItems[0]!.id;
  assert.equal(state.consent.accepted.has(added), false);
  assert.deepEqual(newSince(state.chosen!.record, 'basic', 'extended'), []);
  stage.choose({ level: 'extended' });
  assert.deepEqual([source.current().newItems, source.consent().accepted.has(added)], [[], true]);
  stage.choose({ sharing: 'yes' });
  assert.equal(source.consent().edition, 'premium');
});
