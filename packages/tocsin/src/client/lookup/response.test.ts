import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { toHex } from '../../protocol/hex.ts';
import { KEY_KIND_NAMES } from '../../protocol/kinds.ts';
import type { PrefixQuestion } from '../../protocol/lookup.ts';
import { BAD, GOOD, keyOf } from '../client-fixture.ts';
import { findInBucket, parseBuckets, prefixQuestion } from './response.ts';

const KEY = keyOf('file-sha256', 1);
const QUESTION = prefixQuestion(KEY.kind, KEY.bytes, 12);

function answer(change: Record<string, unknown> = {}): Record<string, unknown> {
  const buckets = [[{ key: toHex(KEY.bytes), class: 1 }]];
  return { v: 1, classes: [GOOD, BAD], buckets, unknownLifetime: 60, ...change };
}

test('a prefix shows exactly the leading bits of the key', () => {
  const bits = fc.integer({ min: 1, max: 24 });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), bits, (key, bits) => {
      const { prefix } = prefixQuestion('file-sha256', key, bits);
      const whole = BigInt(`0x${toHex(key)}`)
        .toString(2)
        .padStart(256, '0');
      const shown = BigInt(`0x${prefix}`)
        .toString(2)
        .padStart(prefix.length * 4, '0');
      assert.equal(prefix.length, 2 * Math.ceil(bits / 8));
      assert.equal(shown, whole.slice(0, bits).padEnd(shown.length, '0'));
    }),
  );
});

test('what is known of a key is found in its bucket, and of no other', () => {
  const { buckets, unknownLifetime } = parseBuckets(answer(), [QUESTION]);
  assert.deepEqual(findInBucket(buckets[0]!, KEY.bytes), BAD);
  assert.equal(findInBucket(buckets[0]!, keyOf('file-sha256', 2).bytes), null);
  assert.equal(unknownLifetime, 60);
});

test('an answer that does not fit the questions is refused whole', () => {
  const other = toHex(keyOf('file-sha256', 2).bytes);
  const bucket = (entry: unknown) => answer({ buckets: [[entry]] });
  const table: [string, unknown][] = [
    ['another version', answer({ v: 2 })],
    ['no buckets', answer({ buckets: undefined })],
    ['a bucket too few', answer({ buckets: [] })],
    ['a bucket too many', answer({ buckets: [[], []] })],
    ['a key outside of the prefix', bucket({ key: other, class: 0 })],
    ['a short key', bucket({ key: toHex(KEY.bytes).slice(2), class: 0 })],
    ['no hex', bucket({ key: 'z'.repeat(64), class: 0 })],
    ['a class that is not there', bucket({ key: toHex(KEY.bytes), class: 2 })],
    ['a class that is none', answer({ classes: [GOOD, { ...BAD, level: 'evil' }] })],
    ['an endless lifetime', answer({ unknownLifetime: 1e12 })],
    ['null', null],
  ];
  for (const [name, value] of table)
    assert.throws(
      () => parseBuckets(value, [QUESTION]),
      (error) => error instanceof TocsinError && error.code === 'format',
      name,
    );
});

test('no JSON at all brings anything but buckets or words', () => {
  const question: fc.Arbitrary<PrefixQuestion> = fc
    .tuple(fc.constantFrom(...KEY_KIND_NAMES), fc.integer({ min: 1, max: 24 }))
    .map(([kind, bits]) => prefixQuestion(kind, keyOf(kind, 1).bytes, bits));
  const entry = fc.record({
    key: fc.oneof(fc.constant(toHex(KEY.bytes)), fc.string()),
    class: fc.oneof(fc.nat(2), fc.anything()),
  });
  const shaped = fc.record({
    v: fc.constant(1),
    classes: fc.array(fc.oneof(fc.constant(BAD), fc.anything()), { maxLength: 2 }),
    buckets: fc.array(fc.array(entry, { maxLength: 2 }), { maxLength: 2 }),
    unknownLifetime: fc.oneof(fc.nat(), fc.anything()),
  });
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.jsonValue(), shaped),
      fc.array(question, { maxLength: 2 }),
      (value, questions) => {
        try {
          assert.equal(parseBuckets(value, questions).buckets.length, questions.length);
        } catch (error) {
          assert.ok(error instanceof TocsinError && error.code === 'format', String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});
