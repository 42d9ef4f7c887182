import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ListSet } from 'tocsin/lists/list-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { LookupRequest } from 'tocsin/protocol/lookup.ts';
import { ANSWER_SIZES } from 'tocsin/protocol/padding.ts';
import { answer, SLICES } from './answer.ts';
import { openVectorLists, readVectors } from './vectors-fixture.ts';

const vectors = readVectors();
const { lists: set, close } = openVectorLists(vectors);
after(close);

for (const { name, request, response } of vectors.answered)
  test(`look-up vector: ${name}`, async () => {
    const text = await answer({ set }, request);
    assert.equal(text.length, ANSWER_SIZES[0], 'one of few sizes, whatever is in it');
    const json = text.toString();
    assert.deepEqual(JSON.parse(json), response);
    assert.equal(json.trimEnd(), JSON.stringify(JSON.parse(json)));
  });

/** Lists of a revision in which every prefix holds `objects` objects. */
function listsOf(revision: number, objects: number): ListSet {
  const record = {
    level: 'malicious',
    category: null,
    name: null,
    source: 's',
    reason: `${revision}`,
    lifetime: 1,
  };
  const found = Array(objects).fill({ key: new Uint8Array(32), record });
  return { manifest: { revision }, bucket: () => found } as unknown as ListSet;
}

function questions(count: number): LookupRequest {
  return { v: 1, prefixes: Array(count).fill({ kind: 'file-sha256', bits: 8, prefix: '00' }) };
}

test('an answer beyond the largest size is refused, and none is cut', async () => {
  const full = { set: listsOf(1, 65_536) };
  assert.equal((await answer(full, questions(9))).length, ANSWER_SIZES.at(-1));
  await assert.rejects(
    answer(full, questions(10)),
    (error) => error instanceof TocsinError && error.code === 'limit',
  );
});

test('an answer to many prefixes lets others have their turn, and is of one revision, however often the lists change', async () => {
  for (const changes of [0, 1, 2, 10]) {
    const lists = { set: listsOf(0, 2) };
    let left = changes;
    let turns = 0;
    let done = false;
    const others = (): void => {
      turns++;
      if (left-- > 0) lists.set = listsOf(lists.set.manifest.revision + 1, 2);
      if (!done) setImmediate(others);
    };
    setImmediate(others);
    const { revision, classes, buckets } = JSON.parse(
      (await answer(lists, questions(10 * SLICES.prefixes))).toString(),
    ) as { revision: number; classes: { reason: string }[]; buckets: unknown[] };
    done = true;
    assert.equal(buckets.length, 10 * SLICES.prefixes);
    assert.deepEqual(
      classes.map(({ reason }) => reason),
      [String(revision)],
    );
    assert.ok(turns >= SLICES.tries - 1);
    assert.equal(revision, Math.min(changes, SLICES.tries - 1));
  }
});
