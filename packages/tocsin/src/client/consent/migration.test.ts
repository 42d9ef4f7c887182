import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { gateLookup, gateMessage } from '../../catalog/gate.ts';
import type { LookupRequest } from '../../protocol/lookup.ts';
import { parseFormer } from './migration.ts';
import { ConsentStage, Killed } from './stage-fixture.ts';

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

test('the choice of release 0.1.0 goes on for look-ups and nothing else; an old file that turns up later is none', async (t) => {
  const stage = await ConsentStage.make(t);
  const former = (level: string): string =>
    `${JSON.stringify({ format: 'tocsin-participation', v: 1, level, statementSha256: 'a'.repeat(64), at: 1 })}\n`;
  writeFileSync(stage.places.former, former('extended'));
  const source = stage.open();
  const { chosen, consent } = source.current();
  assert.deepEqual(
    [chosen?.record.by, consent.level, [...consent.accepted.keys()]],
    ['migration', 'standard', ['lookup.bits', 'lookup.kind', 'lookup.prefix']],
  );
  assert.deepEqual(chosen?.record.statement, { version: '1', sha256: 'a'.repeat(64), language: 'en' });
  assert.equal(existsSync(stage.places.former), false);
  await source.refresh(stage.hub.call);
  assert.equal(lookup(stage), 'released');
  const items = { 'object.sha256': 'ab'.repeat(32), 'object.threat_name': 'Trojan.Linux.Example' };
  const more = gateMessage({ message: 'detection', reason: 'found', items }, source.consent(), '2026-01-15');
  assert.equal(more.kind, 'withheld');
  assert.ok(source.current().newItems.length > 0, 'and the person is told what is new');
  stage.choose({ level: 'off' });
  stage.outbox.confirm();
  writeFileSync(stage.places.former, former('standard'));
  assert.deepEqual([stage.open().current().kind, stage.level()], ['chosen', 'off']);
  assert.equal(existsSync(stage.places.former), false);
});

test('taking over the old choice survives a kill at each step', async (t) => {
  for (const killAt of ['guard-made', 'record-appended', 'settings-written', 'guard-written'] as const) {
    const stage = await ConsentStage.make(t);
    writeFileSync(
      stage.places.former,
      JSON.stringify({
        format: 'tocsin-participation',
        v: 1,
        level: 'standard',
        statementSha256: 'a'.repeat(64),
        at: 1,
      }),
    );
    stage.killAt = killAt;
    assert.throws(() => stage.open(), Killed);
    assert.equal(stage.level(), 'standard', killAt);
    assert.equal(stage.open().records().length, 1, killAt);
    assert.equal(existsSync(stage.places.former), false, killAt);
  }
});

test('an old choice that cannot be read is off and an alarm until a new one is made', async (t) => {
  const stage = await ConsentStage.make(t);
  writeFileSync(stage.places.former, '{"level":"extended"}');
  const state = stage.open().current();
  assert.equal(state.kind === 'alarm' && state.alarm.code, 'former-unreadable');
  assert.equal(state.consent.level, 'off');
  stage.choose({ level: 'off' });
  assert.equal(stage.open().current().kind, 'chosen');
});

test('no text that is not an old choice is taken for one, and no change of bytes makes it wider', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.equal(parseFormer(text).kind, 'unreadable');
    }),
    { seed: 20260115 },
  );
  const off = JSON.stringify({
    format: 'tocsin-participation',
    v: 1,
    level: 'off',
    statementSha256: null,
    at: 5,
  });
  const change = fc.tuple(fc.nat(off.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(off.length), (changes, cut) => {
      const bytes = Buffer.from(off);
      for (const [at, value] of changes) bytes[at] = value;
      for (const part of [bytes, bytes.subarray(0, cut)]) {
        const read = parseFormer(part.toString());
        assert.ok(read.kind !== 'chosen' || !read.on);
      }
    }),
    { seed: 20260115 },
  );
});
