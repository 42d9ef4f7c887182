import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import { ASK_SEGMENTS, buildIndex, KeyIndex } from './key-index.ts';
import { IndexesAside } from './key-index-aside.ts';
import { drawSecret, KeyTable } from './key-table.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { SegmentReader } from './segment-reader.ts';
import { derivedKey, record, withDirectory, withDirectoryAsync } from './test-help.ts';

const KIND = 'file-sha256';
const random = (bytes: number): Uint8Array => crypto.getRandomValues(new Uint8Array(bytes));

/** A segment in which key number `n` says `says(n)`. */
function segmentOf(directory: string, numbers: Iterable<number>, says: (n: number) => ClassRecord): string {
  const builder = new SegmentBuilder({ directory, kind: KIND });
  for (const n of numbers) builder.add(derivedKey(KIND, n), 0, builder.classIndex(says(n)), 0);
  return builder.finish(directory).file.path;
}

function withIndex(paths: readonly string[], run: (index: KeyIndex) => void): void {
  const readers = paths.map((path) => SegmentReader.open(path));
  try {
    run(new KeyIndex(buildIndex({ kind: KIND, paths, random }), readers));
  } finally {
    for (const reader of readers) reader.close();
  }
}

test('an index says of every key what the first of its segments says, and nothing of others', () => {
  const numbers = fc.uniqueArray(fc.nat(400), { maxLength: 300 });
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 1, max: 7 }), (first, second, classes) => {
      withDirectory((directory) => {
        const bad = (n: number): ClassRecord => record('malicious', `Test.Any.B${n % classes}`);
        const good = (n: number): ClassRecord => record('good', `package ${n % classes}`);
        const paths = [segmentOf(directory, first, bad), segmentOf(directory, second, good)];
        withIndex(paths, (index) => {
          for (let n = 0; n <= 402; n++) {
            const want = first.includes(n) ? bad(n) : second.includes(n) ? good(n) : null;
            assert.deepEqual(index.find(derivedKey(KIND, n)), want);
          }
        });
      });
    }),
    { numRuns: 40 },
  );
});

test('records beyond what a slot can number are found in the segments themselves', () => {
  withDirectory((directory) => {
    const rows = 20;
    const path = segmentOf(directory, Array(rows).keys(), (n) => record('malicious', `Test.Any.N${n}`));
    const reader = SegmentReader.open(path);
    // As if a segment with nearly as many classes as there are numbers stood before it.
    const { table } = buildIndex({ kind: KIND, paths: [path], random });
    const shifted = KeyTable.create(KIND, rows, drawSecret(random));
    for (let n = 0; n < rows; n++) shifted.add(derivedKey(KIND, n), 0, 32, Int32Array.of(ASK_SEGMENTS), 1);
    assert.equal(table.rows, rows);
    const index = new KeyIndex({ table: shifted.share(), bases: [ASK_SEGMENTS - 1] }, [reader]);
    for (let n = 0; n < rows; n++) assert.equal(index.find(derivedKey(KIND, n))?.name, `Test.Any.N${n}`);
    assert.equal(index.find(derivedKey(KIND, rows)), null);
    reader.close();
  });
});

test('a damaged or cut segment makes no index, whichever byte it is', () => {
  withDirectory((directory) => {
    const path = segmentOf(directory, Array(300).keys(), (n) => record('malicious', `Test.Any.N${n % 3}`));
    const whole = readFileSync(path);
    const hurt = join(directory, 'hurt.seg');
    const refused = (bytes: Uint8Array): void => {
      writeFileSync(hurt, bytes);
      assert.throws(
        () => buildIndex({ kind: KIND, paths: [hurt], random }),
        (error) => error instanceof TocsinError && ['corrupt', 'format'].includes(error.code),
      );
    };
    for (let at = 0; at < whole.length; at += 97) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 0x55;
      refused(bytes);
      refused(whole.subarray(0, at));
    }
  });
});

test('made in another thread it is the same, and what is wrong there is told here', async () => {
  await withDirectoryAsync(async (directory) => {
    const path = segmentOf(directory, Array(5_000).keys(), (n) => record('good', `package ${n % 50}`));
    const aside = new IndexesAside();
    const data = await aside.build({ kind: KIND, paths: [path], density: 'dense' });
    const reader = SegmentReader.open(path);
    const index = new KeyIndex(data, [reader]);
    for (let n = 0; n < 5_000; n += 7)
      assert.equal(index.find(derivedKey(KIND, n))?.name, `package ${n % 50}`);
    reader.close();
    const missing = { kind: KIND, paths: [join(directory, 'none.seg')], density: 'fast' } as const;
    await assert.rejects(
      aside.build(missing),
      (error) => error instanceof TocsinError && error.code === 'not-found',
    );
  });
});
