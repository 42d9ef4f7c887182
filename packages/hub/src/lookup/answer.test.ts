import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { answer } from './answer.ts';
import { openVectorLists, readVectors } from './vectors-fixture.ts';

const vectors = readVectors();
const { lists, close } = openVectorLists(vectors);
after(close);

for (const { name, request, response } of vectors.answered)
  test(`look-up vector: ${name}`, () => assert.deepEqual(answer(lists, request), response));
