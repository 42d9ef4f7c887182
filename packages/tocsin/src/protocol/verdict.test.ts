// Levels and categories stand in files and on the wire; record ids must be the same on every machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KEY_KIND_NAMES, KEY_KINDS } from './kinds.ts';
import type { ClassRecord, Verdict } from './verdict.ts';
import {
  CATEGORIES,
  capAlias,
  isCategory,
  isLevel,
  LEVEL_NAMES,
  LEVELS,
  levelOfCode,
  polarity,
  recordId,
  UNKNOWN,
  verdictOf,
} from './verdict.ts';

const EICAR: ClassRecord = {
  level: 'malicious',
  category: 'test',
  name: 'Test.Any.EICAR',
  source: 'bundled',
  reason: 'the EICAR test file',
  lifetime: 86_400,
};

test('levels: names and codes are as published, and found again by code', () => {
  assert.deepEqual(LEVELS, { unknown: 0, trusted: 1, good: 2, riskware: 3, suspicious: 4, malicious: 5 });
  for (const level of LEVEL_NAMES) assert.equal(levelOfCode(LEVELS[level]), level);
  assert.equal(levelOfCode(6), undefined);
});

test('isLevel and isCategory: true for the names alone', () => {
  for (const level of LEVEL_NAMES) assert.ok(isLevel(level));
  for (const category of CATEGORIES) assert.ok(isCategory(category));
  for (const value of ['', 'toString', '__proto__', 'Malicious', 5, null, undefined, ['good']])
    assert.ok(!isLevel(value) && !isCategory(value), String(value));
});

test('polarity: two good levels, three bad ones, unknown on neither side', () => {
  assert.deepEqual(
    LEVEL_NAMES.map((level) => `${level} ${polarity(level)}`),
    ['unknown none', 'trusted good', 'good good', 'riskware bad', 'suspicious bad', 'malicious bad'],
  );
});

test('recordId: golden', () => {
  assert.equal(recordId(EICAR), 'r9e679bb6b436');
});

test('recordId: the same for equal records, another where any field differs', () => {
  const text = fc.string({ maxLength: 6 }).map((t) => t.replaceAll('\0', ''));
  const records = fc.record({
    level: fc.constantFrom(...LEVEL_NAMES),
    category: fc.constantFrom(null, ...CATEGORIES),
    name: fc.oneof(
      fc.constant(null),
      text.filter((t) => t !== ''),
    ),
    source: text,
    reason: text,
    lifetime: fc.nat({ max: 9 }),
  });
  fc.assert(
    fc.property(records, records, (one, two) => {
      assert.match(recordId(one), /^r[0-9a-f]{12}$/);
      assert.equal(recordId({ ...one }), recordId(one));
      const same = Object.keys(one).every(
        (field) => one[field as keyof ClassRecord] === two[field as keyof ClassRecord],
      );
      assert.equal(recordId(one) === recordId(two), same);
    }),
    { numRuns: 500 },
  );
});

test('verdictOf: says what the record says, and which record it was', () => {
  const { lifetime: _, ...said } = EICAR;
  assert.deepEqual(verdictOf(EICAR), { ...said, record: recordId(EICAR) });
});

test('capAlias: `trusted` by a weaker digest becomes `good`; nothing else changes', () => {
  for (const kind of KEY_KIND_NAMES)
    for (const level of LEVEL_NAMES) {
      const verdict: Verdict = { ...UNKNOWN, level, name: 'n', source: 's' };
      const capped = KEY_KINDS[kind].alias && level === 'trusted' ? 'good' : level;
      assert.deepEqual(capAlias(kind, verdict), { ...verdict, level: capped });
    }
});
