import assert from 'node:assert/strict';
import { appendFileSync, existsSync } from 'node:fs';
import { test } from 'node:test';
import { gateLookup } from '../../catalog/gate.ts';
import type { LookupRequest } from '../../protocol/lookup.ts';
import { ConsentStage } from './stage-fixture.ts';

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

test('nobody chose: off, and nothing is written but the seal that notices later whether something was', async (t) => {
  const stage = await ConsentStage.make(t);
  const state = stage.open().current();
  assert.deepEqual([state.kind, state.consent.level, state.chosen], ['unset', 'off', null]);
  assert.equal(lookup(stage), 'participation');
  for (const file of ['log', 'settings'] as const) assert.equal(existsSync(stage.places[file]), false);
  assert.equal(existsSync(stage.places.guard), true);
});

test('the same state is the same object as long as nothing changed, and another process is noticed', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  const source = stage.open();
  assert.equal(source.consent(), source.consent());
  stage.choose({ level: 'extended' });
  assert.equal(source.consent().level, 'extended');
});

test('a log whose last line a crash tore: cut off and gone, with no alarm', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  appendFileSync(stage.places.log, stage.file('log').subarray(0, 300));
  assert.equal(stage.level(), 'standard');
  stage.choose({ level: 'extended' });
  assert.equal(stage.open().records().length, 2);
});
