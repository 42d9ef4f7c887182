// The merge against a Map of what each cursor has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffCursors, mergeCursors } from './merge.ts';
import type { Cursor } from './segment-cursor.ts';

interface Entry {
  readonly key: Uint8Array;
  readonly classIndex: number;
  readonly line: number;
}

/** Keys of 8 bytes from few values, some of which differ only behind the first six bytes. */
const entries = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })
  .map((numbers) => numbers.toSorted((a, b) => a - b))
  .chain((numbers) =>
    fc.tuple(...numbers.map((n) => fc.integer({ min: 0, max: 3 }).map((c) => entry(n, c)))),
  );

test('every key comes once, in order, with what each cursor says in the order of the cursors', () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 9 }), (lists) => {
      const expected = new Map<string, [number, number, number][]>();
      for (const [cursor, list] of lists.entries())
        for (const { key, classIndex, line } of list) {
          const hits = expected.get(hex(key)) ?? [];
          expected.set(hex(key), [...hits, [cursor, classIndex, line]]);
        }
      const merged: [string, [number, number, number][]][] = [];
      mergeCursors(lists.map(walk), (key, hits) =>
        merged.push([hex(key), hits.map((h) => [h.cursor, h.classIndex, h.line])]),
      );
      assert.deepEqual(
        merged,
        [...expected].sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    }),
  );
});

test('a difference counts keys added, removed, changed and kept', () => {
  fc.assert(
    fc.property(entries, entries, (old, next) => {
      const before = new Map(old.map((e) => [hex(e.key), e.classIndex]));
      const after = new Map(next.map((e) => [hex(e.key), e.classIndex]));
      const both = [...before.keys()].filter((k) => after.has(k));
      const kept = both.filter((k) => before.get(k)! % 2 === after.get(k)! % 2).length;
      const said: (number | null)[] = [];
      const isSame = (a: number, b: number): boolean => a % 2 === b % 2;
      assert.deepEqual(
        diffCursors(walk(old), walk(next), isSame, (hit) => said.push(hit?.classIndex ?? null)),
        {
          added: after.size - both.length,
          removed: before.size - both.length,
          changed: both.length - kept,
          kept,
        },
      );
      const keys = [...after.keys()].sort();
      assert.deepEqual(
        said,
        keys.map((k) => before.get(k) ?? null),
      );
    }),
  );
});

test('a cursor that does not ascend is refused', () => {
  for (const numbers of [
    [1, 1],
    [2, 1],
    [64, 1],
  ])
    for (const others of [[], [[0, 5, 70]]])
      assert.throws(
        () =>
          mergeCursors(
            [...others, numbers].map((list) => walk(list.map((n) => entry(n, 0)))),
            () => {},
          ),
        {
          name: 'TocsinError',
          code: 'corrupt',
        },
      );
});

test('keys of different sizes are not merged', () => {
  const short = { key: new Uint8Array(7), classIndex: 0, line: 0 };
  assert.throws(() => mergeCursors([walk([entry(1, 0)]), walk([short])], () => {}), TypeError);
});

test('no cursors, and cursors without keys, merge to nothing', () => {
  mergeCursors([], () => assert.fail());
  mergeCursors([walk([]), walk([])], () => assert.fail());
  assert.deepEqual(
    diffCursors(walk([]), walk([]), () => false),
    { added: 0, removed: 0, changed: 0, kept: 0 },
  );
});

function entry(n: number, classIndex: number): Entry {
  const key = new Uint8Array(8);
  key[0] = n >> 4;
  key[7] = n & 15;
  return { key, classIndex, line: n };
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}

/** A cursor that shows one array, as that of a segment does. */
function walk(list: readonly Entry[]): Cursor {
  let at = -1;
  const key = new Uint8Array(list[0]?.key.length ?? 8);
  return {
    key,
    next: () => {
      at++;
      if (at < list.length) key.set(list[at]!.key);
      else key.fill(0xff);
      return at < list.length;
    },
    get classIndex() {
      return list[at]!.classIndex;
    },
    get line() {
      return list[at]!.line;
    },
  };
}
