import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { parseHex, toHex } from '../../protocol/hex.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from '../../protocol/kinds.ts';
import type { LookupRequest, PrefixQuestion } from '../../protocol/lookup.ts';
import { SUFFIX_BYTES, suffixRange } from '../../protocol/lookup.ts';
import { ANSWER_SIZES } from '../../protocol/padding.ts';
import type { Level } from '../../protocol/verdict.ts';
import { CHANNEL_LIMITS } from '../channel/config.ts';
import { BAD, GOOD, keyOf } from '../client-fixture.ts';
import { findInBucket, parseBuckets, prefixQuestion } from './response.ts';

interface Vectors {
  readonly answered: readonly {
    readonly name: string;
    readonly request: LookupRequest;
    readonly response: unknown;
  }[];
  readonly read: readonly {
    readonly name: string;
    readonly questions: readonly PrefixQuestion[];
    readonly response: unknown;
    readonly keys: readonly { readonly key: string; readonly level: Level | null }[];
  }[];
  readonly unreadable: readonly {
    readonly name: string;
    readonly questions: readonly PrefixQuestion[];
    readonly response: unknown;
  }[];
}
const FILE = new URL('../../../../../spec/vectors/lookup/buckets.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

const KEY = keyOf('file-sha256', 1);
const QUESTION = prefixQuestion(KEY.kind, KEY.bytes, 12);
const SUFFIX = toHex(KEY.bytes.subarray(1, 17));

function answer(change: Record<string, unknown> = {}): Record<string, unknown> {
  const buckets = [[{ suffix: SUFFIX, class: 1 }]];
  return { v: 1, revision: 7, classes: [GOOD, BAD], buckets, unknownLifetime: 60, ...change };
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
  const { buckets, revision, unknownLifetime } = parseBuckets(answer(), [QUESTION]);
  assert.deepEqual(findInBucket(buckets[0]!, KEY.bytes), BAD);
  assert.equal(findInBucket(buckets[0]!, keyOf('file-sha256', 2).bytes), null);
  assert.deepEqual([revision, unknownLifetime], [7, 60]);
});

test('any object is found by its prefix and its suffix, and by no other suffix', () => {
  const kind = fc.constantFrom(...KEY_KIND_NAMES);
  fc.assert(
    fc.property(kind, fc.integer({ min: 1, max: 24 }), fc.nat(), fc.nat(), (kind, bits, n, at) => {
      const { bytes } = keyOf(kind, n);
      const { start, end } = suffixRange(kind, bits);
      const suffix = toHex(bytes.subarray(start, end));
      const question = prefixQuestion(kind, bytes, bits);
      const value = answer({ buckets: [[{ suffix, class: 1 }]] });
      const bucket = parseBuckets(value, [question]).buckets[0]!;
      assert.deepEqual(findInBucket(bucket, bytes), BAD);
      // Prefix and suffix together: every byte of the key up to the end, and as many as make a match mean something.
      assert.equal(end - start, Math.min(SUFFIX_BYTES, KEY_KINDS[kind].bytes - start));
      assert.ok(8 * start <= bits && 8 * end >= Math.min(128, 8 * KEY_KINDS[kind].bytes));
      const other = Uint8Array.from(bytes);
      other[start + (at % (end - start))]! ^= 1;
      assert.equal(findInBucket(bucket, other), null);
    }),
  );
});

for (const { name, request, response } of vectors.answered)
  test(`look-up vector, read: ${name}`, () => {
    const { classes, buckets: lists } = response as {
      classes: unknown[];
      buckets: { suffix: string; class: number }[][];
    };
    const { buckets } = parseBuckets(response, request.prefixes);
    assert.deepEqual(
      buckets.map(({ suffixes }) => toHex(suffixes)),
      lists.map((list) => list.map(({ suffix }) => suffix).join('')),
    );
    assert.deepEqual(
      buckets.map(({ records }) => records),
      lists.map((list) => list.map((entry) => classes[entry.class])),
    );
  });

for (const { name, questions, response, keys } of vectors.read)
  test(`look-up vector, keys in an answer: ${name}`, () => {
    const [bucket] = parseBuckets(response, questions).buckets;
    for (const { key, level } of keys)
      assert.equal(findInBucket(bucket!, parseHex(key)!)?.level ?? null, level, key);
  });

for (const { name, questions, response } of vectors.unreadable)
  test(`look-up vector, refused answer: ${name}`, () => {
    assert.throws(
      () => parseBuckets(response, questions),
      (error) => error instanceof TocsinError && error.code === 'format',
    );
  });

test('the largest answer of a hub is one that a machine takes', () => {
  assert.equal(ANSWER_SIZES.at(-1), CHANNEL_LIMITS.maxBody);
});

test('an answer that does not fit the questions is refused whole', () => {
  const other = toHex(keyOf('file-sha256', 2).bytes.subarray(1, 17));
  const bucket = (entry: unknown) => answer({ buckets: [[entry]] });
  const table: [string, unknown][] = [
    ['another version', answer({ v: 2 })],
    ['no buckets', answer({ buckets: undefined })],
    ['a bucket too few', answer({ buckets: [] })],
    ['a bucket too many', answer({ buckets: [[], []] })],
    ['a key outside of the prefix', bucket({ suffix: other, class: 0 })],
    ['a short suffix', bucket({ suffix: SUFFIX.slice(2), class: 0 })],
    ['a whole key', bucket({ suffix: toHex(KEY.bytes), class: 0 })],
    ['no hex', bucket({ suffix: 'z'.repeat(32), class: 0 })],
    ['a class that is not there', bucket({ suffix: SUFFIX, class: 2 })],
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
    suffix: fc.oneof(fc.constant(SUFFIX), fc.string()),
    class: fc.oneof(fc.nat(2), fc.anything()),
  });
  const shaped = fc.record({
    v: fc.constant(1),
    revision: fc.oneof(fc.nat(), fc.anything()),
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
