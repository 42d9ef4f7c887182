import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderStatement } from '../catalog/statement.ts';
import { TocsinError } from '../protocol/errors.ts';
import { HandWorld, NOW, temporaryHome } from './client-fixture.ts';
import { makeHome } from './home.ts';
import {
  consentOf,
  effectiveLevel,
  parseParticipation,
  readParticipation,
  setParticipation,
} from './participation.ts';

const STATEMENT = renderStatement();

test('nobody chose: off', (t) => {
  const participation = readParticipation(temporaryHome(t));
  assert.deepEqual(participation, { kind: 'unset' });
  assert.equal(effectiveLevel(participation, STATEMENT), 'off');
});

test('standard and extended need the hash of the Statement in force, off needs nothing', (t) => {
  const home = temporaryHome(t);
  const world = new HandWorld();
  for (const level of ['standard', 'extended'] as const)
    for (const accept of [null, '', 'f'.repeat(64)])
      assert.throws(
        () => setParticipation(home, level, accept, STATEMENT, world),
        (error) => error instanceof TocsinError && error.code === 'input',
      );
  assert.deepEqual(readParticipation(home), { kind: 'unset' });
  for (const level of ['standard', 'extended'] as const) {
    setParticipation(home, level, STATEMENT.sha256, STATEMENT, world);
    assert.deepEqual(readParticipation(home), {
      kind: 'chosen',
      level,
      statementSha256: STATEMENT.sha256,
      at: NOW,
    });
    assert.equal(effectiveLevel(readParticipation(home), STATEMENT), level);
  }
  setParticipation(home, 'off', null, STATEMENT, world);
  assert.equal(effectiveLevel(readParticipation(home), STATEMENT), 'off');
});

test('a consent to another Statement counts as off', (t) => {
  const home = temporaryHome(t);
  setParticipation(home, 'standard', STATEMENT.sha256, STATEMENT, new HandWorld());
  const newer = { ...STATEMENT, sha256: '0'.repeat(64) };
  assert.equal(effectiveLevel(readParticipation(home), newer), 'off');
});

test('a setting that cannot be read is off and an alarm', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  mkdirSync(home.participation);
  const participation = readParticipation(home);
  assert.equal(participation.kind, 'alarm');
  assert.deepEqual(consentOf(participation), { level: 'off', statementSha256: null });
});

test('no text that is not a choice is taken for one', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.equal(parseParticipation(text).kind, 'alarm');
    }),
  );
});

test('no change of bytes turns a choice into one that goes further', (t) => {
  const home = temporaryHome(t);
  setParticipation(home, 'standard', STATEMENT.sha256, STATEMENT, new HandWorld());
  const written = readFileSync(home.participation);
  const change = fc.tuple(fc.nat(written.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(written.length), (changes, cut) => {
      const bytes = Buffer.from(written);
      for (const [at, value] of changes) bytes[at] = value;
      for (const text of [bytes, bytes.subarray(0, cut)]) {
        writeFileSync(home.participation, text);
        assert.notEqual(effectiveLevel(readParticipation(home), STATEMENT), 'extended');
      }
    }),
  );
  writeFileSync(home.participation, written.subarray(0, -3));
  assert.equal(readParticipation(home).kind, 'alarm');
});
