import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { LOOKUP_LIMITS } from './lookup.ts';
import { ANSWER_SIZES, padded, QUESTION_SIZES } from './padding.ts';

const FILE = new URL('../../../../spec/vectors/lookup/buckets.json', import.meta.url);

test('the sizes are those of the vectors', () => {
  const { padded } = JSON.parse(readFileSync(FILE, 'utf8')) as { padded: unknown };
  assert.deepEqual(padded, { question: QUESTION_SIZES, answer: ANSWER_SIZES });
});

test('a text fills the least size that it fits, with white space alone, or none', () => {
  const sizes = fc.uniqueArray(fc.integer({ min: 2, max: 99 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.jsonValue(), sizes, (value, unsorted) => {
      const json = JSON.stringify(value);
      const sorted = unsorted.sort((a, b) => a - b);
      const body = padded(json, sorted);
      const bytes = Buffer.byteLength(json);
      if (body === null) return assert.ok(bytes > sorted.at(-1)!);
      assert.ok(sorted.includes(body.length) && !sorted.some((size) => size >= bytes && size < body.length));
      assert.equal(body.toString(), json + ' '.repeat(body.length - bytes));
      assert.deepEqual(JSON.stringify(JSON.parse(body.toString())), json);
    }),
  );
});

test('one prefix of any kind fits the first size, the largest envelope the last', () => {
  const question = (kind: string) => ({ kind, bits: 24, prefix: 'ffffff' });
  const one = JSON.stringify({ v: 1, prefixes: [question('certificate-sha256')] });
  assert.equal(padded(one, QUESTION_SIZES)?.length, QUESTION_SIZES[0]);
  const all = Array(LOOKUP_LIMITS.maxPrefixes).fill(question('certificate-sha256'));
  assert.equal(
    padded(JSON.stringify({ v: 1, prefixes: all }), QUESTION_SIZES)?.length,
    QUESTION_SIZES.at(-1),
  );
});
