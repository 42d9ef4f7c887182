import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import { HISTORY_LIMITS, parseHistory, SOURCE_KINDS, STANDINGS } from './history.ts';

const FILE = new URL('../../../../spec/vectors/lookup/history.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Record<
  'answers' | 'unreadable',
  readonly { readonly name: string; readonly answer: { readonly claims: readonly object[] } }[]
>;

const isFormat = (error: unknown): boolean => error instanceof TocsinError && error.code === 'format';

for (const { name, answer } of vectors.answers)
  test(`history vector: ${name}`, () => assert.deepEqual(parseHistory(answer), answer));

for (const { name, answer } of vectors.unreadable)
  test(`history vector, refused: ${name}`, () => assert.throws(() => parseHistory(answer), isFormat));

test('more claims or longer texts than there may be are refused', () => {
  const [claim] = vectors.answers[0]!.answer.claims as { original: string | null }[];
  const firstSeen = '2026-01-01T00:00:00.000Z';
  const of = (claims: unknown) => ({
    v: 1,
    standing: 'decided',
    firstSeen,
    machines: null,
    claims,
    unread: [],
  });
  const { maxClaims, maxText } = HISTORY_LIMITS;
  assert.equal(parseHistory(of(Array(maxClaims).fill(claim))).claims.length, maxClaims);
  assert.throws(() => parseHistory(of(Array(maxClaims + 1).fill(claim))), isFormat);
  assert.ok(parseHistory(of([{ ...claim, original: 'x'.repeat(maxText) }])));
  assert.throws(() => parseHistory(of([{ ...claim, original: 'x'.repeat(maxText + 1) }])), isFormat);
});

test('no JSON at all brings anything but a history or words', () => {
  const whole = vectors.answers[0]!.answer.claims[0]!;
  const claim = fc.record(
    Object.fromEntries(Object.entries(whole).map(([k, v]) => [k, fc.oneof(fc.constant(v), fc.anything())])),
    { requiredKeys: Object.keys(whole).slice(3) },
  );
  const shaped = fc.record({
    v: fc.constant(1),
    standing: fc.constantFrom(...STANDINGS),
    firstSeen: fc.oneof(
      fc.constantFrom(null, '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'),
      fc.anything(),
    ),
    machines: fc.oneof(fc.constantFrom(null, 4, 5, 6, 100_000, 100_001), fc.anything()),
    claims: fc.array(claim, { maxLength: 2 }),
    unread: fc.array(fc.oneof(fc.string(), fc.anything()), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.jsonValue(), shaped), (value) => {
      try {
        const { firstSeen, machines, claims } = parseHistory(value);
        assert.equal(firstSeen === null, claims.length === 0);
        assert.ok(machines === null || [5, 100_000].includes(machines));
        for (const { sourceKind, claimedAt } of claims) {
          assert.ok(SOURCE_KINDS.includes(sourceKind));
          assert.ok(Date.parse(firstSeen!) <= Date.parse(claimedAt));
        }
      } catch (error) {
        assert.ok(isFormat(error), String(error));
      }
    }),
    { numRuns: 1_000 },
  );
});
