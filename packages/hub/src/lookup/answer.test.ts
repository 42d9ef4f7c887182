import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ListSet } from 'tocsin/lists/list-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { LookupRequest } from 'tocsin/protocol/lookup.ts';
import { ANSWER_SIZES } from 'tocsin/protocol/padding.ts';
import { answer, MAX_BUCKET, SLICES } from './answer.ts';
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

const isCode = (code: string) => (error: unknown) => error instanceof TocsinError && error.code === code;

test('an answer beyond the largest size is refused, and none is cut', async () => {
  const full = { set: listsOf(1, MAX_BUCKET) };
  assert.equal((await answer(full, questions(72))).length, ANSWER_SIZES.at(-1));
  await assert.rejects(answer(full, questions(80)), isCode('limit'));
  await assert.rejects(answer({ set: listsOf(1, MAX_BUCKET + 1) }, questions(1)), isCode('limit'));
});

/** What is answered while the lists change in the first turns that others have, so often; null for `busy`. */
async function askedUnder(changes: number, count: number): Promise<string | null> {
  const lists = { set: listsOf(0, 2) };
  let left = changes;
  let done = false;
  const others = (): void => {
    if (done) return;
    if (left-- > 0) lists.set = listsOf(lists.set.manifest.revision + 1, 2);
    setImmediate(others);
  };
  setImmediate(others);
  try {
    return (await answer(lists, questions(count))).toString();
  } catch (error) {
    assert.ok(isCode('busy')(error), String(error));
    return null;
  } finally {
    done = true;
  }
}

test('an answer to many prefixes is of one revision, however often the lists change; again and again, it is not made', async () => {
  for (const changes of [0, 1, SLICES.tries - 1]) {
    const text = await askedUnder(changes, 10 * SLICES.prefixes);
    const { revision, classes, buckets } = JSON.parse(text!) as {
      revision: number;
      classes: { reason: string }[];
      buckets: unknown[];
    };
    assert.equal(buckets.length, 10 * SLICES.prefixes);
    assert.deepEqual([revision, ...classes.map(({ reason }) => reason)], [changes, String(changes)]);
  }
  for (const changes of [SLICES.tries, 10 * SLICES.tries])
    assert.equal(await askedUnder(changes, 10 * SLICES.prefixes), null);
});

test('others have their turn after some prefixes, and after few that hold much', async () => {
  const lists = (objects: number) => ({ set: listsOf(0, objects) });
  for (const [count, objects, least] of [
    [SLICES.prefixes, 1, 0],
    [10 * SLICES.prefixes, 1, 9],
    [SLICES.prefixes, SLICES.objects, SLICES.prefixes - 1],
  ] as const) {
    let turns = 0;
    let done = false;
    const others = (): void => {
      if (!done) setImmediate(others);
      turns++;
    };
    setImmediate(others);
    await answer(lists(objects), questions(count));
    done = true;
    assert.ok(turns >= least, `${turns} turns for ${count} prefixes of ${objects} objects`);
  }
});
