// The sort of a run against a plain one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RUN_ENTRIES, sortRun } from './run-sort.ts';

const shape = { entryBytes: 24, keyBytes: 16 };

test('places come in the order of keys, and equal keys in the order of places', () => {
  const bytes = fc.oneof(fc.constantFrom(0, 1, 255), fc.integer({ min: 0, max: 255 }));
  const key = fc
    .tuple(fc.nat(16), fc.array(bytes, { minLength: 16, maxLength: 16 }))
    .map(([zeros, any]) => any.fill(0, 0, zeros));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
      const entries = Buffer.concat(keys.map((k) => Buffer.from([...k, 9, 9, 9, 9, 9, 9, 9, 9])));
      const expected = keys
        .map((k, i) => [Buffer.from(k), i] as const)
        .sort((a, b) => Buffer.compare(a[0], b[0]) || a[1] - b[1]);
      assert.deepEqual(
        [...sortRun(entries, keys.length, shape)],
        expected.map(([, i]) => i),
      );
    }),
    { numRuns: 300 },
  );
});

test('only the entries of the run are sorted, and the greatest place is still told apart', () => {
  const entries = Buffer.alloc(RUN_ENTRIES * shape.entryBytes, 0xff);
  entries.fill(0, (RUN_ENTRIES - 1) * shape.entryBytes);
  const places = sortRun(entries, RUN_ENTRIES, shape);
  assert.equal(places[0], RUN_ENTRIES - 1);
  assert.equal(places[1], 0);
  assert.equal(places[RUN_ENTRIES - 1], RUN_ENTRIES - 2);
  assert.deepEqual([...sortRun(entries, 3, shape)], [0, 1, 2]);
});
