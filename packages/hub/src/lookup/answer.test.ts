import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { ANSWER_SIZES } from 'tocsin/protocol/padding.ts';
import { answer, answerText } from './answer.ts';
import { openVectorLists, readVectors } from './vectors-fixture.ts';

const vectors = readVectors();
const { lists, close } = openVectorLists(vectors);
after(close);

for (const { name, request, response } of vectors.answered)
  test(`look-up vector: ${name}`, () => assert.deepEqual(answer(lists, request), response));

test('an answer has one of few sizes, and means what it says', () => {
  const [full, empty] = ['one bit', 'fewer bits than announced, and a kind without lists'].map(
    (name) => vectors.answered.find((each) => each.name === name)!.response,
  );
  const texts = [full!, empty!].map(answerText);
  assert.deepEqual(
    texts.map(({ length }) => length),
    [ANSWER_SIZES[0], ANSWER_SIZES[0]],
  );
  assert.deepEqual(
    texts.map((text) => JSON.parse(text.toString())),
    [full, empty],
  );
});

test('an answer beyond the largest size is refused, and none is cut', () => {
  const suffix = '00'.repeat(16);
  const bucket = Array(65_536).fill({ suffix, class: 0 });
  const buckets = (count: number) => ({
    ...vectors.answered[0]!.response,
    buckets: Array(count).fill(bucket),
  });
  assert.equal(answerText(buckets(9)).length, ANSWER_SIZES.at(-1));
  assert.throws(
    () => answerText(buckets(10)),
    (error) => error instanceof TocsinError && error.code === 'limit',
  );
});
