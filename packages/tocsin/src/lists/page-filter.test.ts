// The filter changes how fast an absent key is answered, and nothing else.
import assert from 'node:assert/strict';
import { closeSync, openSync, readSync, truncateSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { readsBeforeFilter } from './page-filter.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { HEADER_BYTES, PAGE_ENTRIES, SEGMENT_LIMITS } from './segment-format.ts';
import { SegmentReader } from './segment-reader.ts';
import { openStructure } from './segment-structure.ts';
import { derivedKey, record, withDirectory } from './test-help.ts';

/** Keys of 16 bytes that share their first bytes, their last bytes, both or none. */
const key = fc
  .tuple(
    fc.uint8Array({ minLength: 16, maxLength: 16, max: 3 }),
    fc.constantFrom(0, 7, 14, 15, 16),
    fc.boolean(),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  )
  .map(([few, from, atEnd, any]) => few.map((byte, i) => (i < from === atEnd ? any[i]! : byte)));

test('find says what a Map says, with a filter, without one, and while it grows', () => {
  const keys = fc.uniqueArray(key, { minLength: 100, maxLength: 600, selector: (k) => k.join() });
  fc.assert(
    fc.property(keys, fc.array(key, { maxLength: 200 }), (present, others) => {
      withDirectory((directory) => {
        const path = write(directory, present);
        const model = new Map(present.map((k, i) => [k.join(), i]));
        for (const filterAfterReads of [0, 7, Infinity]) {
          const reader = SegmentReader.open(path, { filterAfterReads });
          for (const k of [...others, ...present, ...others]) {
            const line = model.get(k.join());
            assert.deepEqual(reader.find(k), line === undefined ? null : { classIndex: 0, line });
          }
          reader.close();
        }
      });
    }),
    { numRuns: 30 },
  );
});

test('once it is whole, absent keys are answered without a read but for one in some hundred', () => {
  withDirectory((directory) => {
    const path = write(directory, some(0, 20_000));
    const reader = SegmentReader.open(path, { filterAfterReads: 0 });
    for (const k of some(100_000, 20)) assert.equal(reader.find(k), null);
    truncateSync(path, 0);
    const refused = (keys: readonly Uint8Array[]): number =>
      keys.filter((k) => {
        try {
          assert.equal(reader.find(k), null);
          return false;
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'corrupt');
          return true;
        }
      }).length;
    assert.ok(refused(some(200_000, 10_000)) < 100);
    reader.close();
    assert.throws(() => reader.find(derivedKey('file-md5', 200_000)), TypeError);
  });
});

test('keys that are there are read from the file also with a filter', () => {
  withDirectory((directory) => {
    const path = write(directory, some(0, 5_000));
    const reader = SegmentReader.open(path, { filterAfterReads: 0 });
    for (const k of some(100_000, 20)) assert.equal(reader.find(k), null);
    truncateSync(path, HEADER_BYTES);
    for (const k of some(0, 5_000).filter((_, i) => i % 500 === 0))
      assert.throws(() => reader.find(k), { name: 'TocsinError', code: 'corrupt' });
    reader.close();
  });
});

test('a bad page is told while the filter grows, whatever key was asked for, and other pages answer on', () => {
  withDirectory((directory) => {
    const path = write(directory, some(0, 2_000));
    const bad = 9;
    flip(path, HEADER_BYTES + bad * PAGE_ENTRIES * 24 + 5);
    const reader = SegmentReader.open(path, { filterAfterReads: 2 });
    const [first, second, third] = some(0, 2_000).sort(Buffer.compare);
    for (const k of [first!, some(0, 2_000).sort(Buffer.compare)[200]!]) assert.ok(reader.find(k) !== null);
    assert.throws(() => reader.find(first!), { name: 'TocsinError', code: 'corrupt' });
    const { answered, refused } = askAll(reader);
    assert.deepEqual([answered, refused], [2_000 - PAGE_ENTRIES, PAGE_ENTRIES]);
    assert.ok(reader.find(second!) !== null && reader.find(third!) !== null);
    reader.close();
  });
});

test('only segments whose pages do not stay in memory anyway, and up to a limit, have a filter', () => {
  withDirectory((directory) => {
    const structure = openStructure(write(directory, some(0, PAGE_ENTRIES)));
    assert.equal(readsBeforeFilter(structure), Infinity);
    closeSync(structure.fd);
    const larger = openStructure(write(directory, some(0, PAGE_ENTRIES + 1)));
    assert.ok(readsBeforeFilter(larger) < SEGMENT_LIMITS.filterReads + 2);
    assert.equal(readsBeforeFilter({ ...larger, rows: SEGMENT_LIMITS.filterRows + 1 }), Infinity);
    closeSync(larger.fd);
  });
});

/** A segment of MD5 keys; the line of each is its place. */
function write(directory: string, keys: readonly Uint8Array[]): string {
  const builder = new SegmentBuilder({ directory, kind: 'file-md5' });
  const bad = builder.classIndex(record('malicious'));
  for (const [line, k] of keys.entries()) builder.add(k, 0, bad, line);
  return builder.finish(directory).file.path;
}

function some(from: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => derivedKey('file-md5', from + i));
}

function flip(path: string, at: number): void {
  const fd = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, at);
  writeSync(fd, Buffer.of(byte[0]! ^ 1), 0, 1, at);
  closeSync(fd);
}

function askAll(reader: SegmentReader): { answered: number; refused: number } {
  let refused = 0;
  const all = some(0, 2_000);
  for (const k of all)
    try {
      assert.ok(reader.find(k) !== null);
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'corrupt');
      refused++;
    }
  return { answered: all.length - refused, refused };
}
