// Updates against a plain Set: whatever changed, in one step or many, stale, replayed, cut or forged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import { applyUpdate, updateBetween, wholeUpdate } from './hash-list-update.ts';
import type { HashSet, HashSize } from './hash-set.ts';
import { checkSet, countOf, emptySet, HASH_SIZES, setOf, union, without } from './hash-set.ts';

/** Few different hashes, so that sets share many. */
function anySet(size: HashSize): fc.Arbitrary<HashSet> {
  const hash = fc.tuple(fc.nat(7), fc.nat(7)).map(([a, b]) => {
    const bytes = new Uint8Array(size);
    bytes[0] = a * 36;
    bytes[size - 1] = b;
    return bytes;
  });
  return fc.array(hash, { maxLength: 40 }).map((hashes) => setOf(size, hashes));
}

const twoSets = fc.constantFrom(...HASH_SIZES).chain((size) => fc.tuple(anySet(size), anySet(size)));

function textsOf({ size, bytes }: HashSet): string[] {
  const buffer = Buffer.from(bytes);
  return Array.from({ length: bytes.length / size }, (_, i) =>
    buffer.toString('hex', i * size, (i + 1) * size),
  );
}

test('hash sets: union and difference are those of a Set', () => {
  fc.assert(
    fc.property(twoSets, ([a, b]) => {
      const [of, other] = [new Set(textsOf(a)), new Set(textsOf(b))];
      assert.deepEqual(textsOf(union(a, b)), [...of.union(other)].sort());
      assert.deepEqual(textsOf(without(a, b)), [...of.difference(other)].sort());
    }),
  );
});

test('hash list update: from any list to any other, and whole from nothing', () => {
  fc.assert(
    fc.property(twoSets, ([old, next]) => {
      assert.deepEqual(applyUpdate(old, updateBetween(old, next)), next);
      assert.deepEqual(applyUpdate(old, wholeUpdate(next)), next);
      assert.deepEqual(applyUpdate(emptySet(next.size), updateBetween(emptySet(next.size), next)), next);
    }),
  );
});

test('hash list update: in any order, stale and replayed ones included, a list is one of those published', () => {
  const history = fc
    .constantFrom(...HASH_SIZES)
    .chain((size) => fc.tuple(fc.array(anySet(size), { minLength: 2, maxLength: 6 }), fc.array(fc.nat())));
  fc.assert(
    fc.property(history, ([sets, order]) => {
      const updates = sets.slice(1).map((next, i) => updateBetween(sets[i]!, next));
      const published = new Set(sets.map((set) => textsOf(set).join()));
      let now = sets[0]!;
      for (const which of order) {
        try {
          now = applyUpdate(now, updates[which % updates.length]!);
        } catch (error) {
          assert.ok(error instanceof TocsinError && error.code === 'corrupt');
        }
        checkSet(now);
        assert.ok(published.has(textsOf(now).join()));
      }
    }),
  );
});

test('hash list update: a forged removal, addition or checksum is refused, and the old list stays as it was', () => {
  const old = setOf(4, [new Uint8Array([0, 0, 0, 1]), new Uint8Array([0, 0, 0, 2])]);
  const next = setOf(4, [new Uint8Array([0, 0, 0, 2]), new Uint8Array([0, 0, 0, 9])]);
  const update = updateBetween(old, next);
  const place = (n: number) => ({
    first: new Uint8Array([0, 0, 0, n]),
    parameter: 0,
    count: 0,
    data: update.checksum,
  });
  const forged = [
    { ...update, removals: place(1) },
    { ...update, removals: place(2) },
    { ...update, removals: null },
    { ...update, additions: place(8) },
    { ...update, additions: place(2) },
    { ...update, additions: null },
    { ...update, checksum: new Uint8Array(32) },
    { ...update, partial: false },
  ];
  const before = old.bytes.slice();
  for (const one of forged) assert.throws(() => applyUpdate(old, one), { code: 'corrupt' });
  assert.deepEqual(old.bytes, before);
  assert.equal(countOf(applyUpdate(old, update)), 2);
});
