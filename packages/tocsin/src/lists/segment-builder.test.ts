// The builder against a Map: whatever the claims, their order and the size of a run.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import type { ClassRecord, Level } from '../protocol/verdict.ts';
import { LEVEL_NAMES, LEVELS, polarity } from '../protocol/verdict.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { SegmentReader, verifyFull } from './segment-reader.ts';
import { derivedKey, record, withDirectory, withDirectoryAsync } from './test-help.ts';

interface Row {
  readonly key: number;
  readonly level: Level;
  readonly line: number;
}

const KINDS: readonly KeyKind[] = ['file-sha256', 'file-sha1', 'file-md5', 'url'];
const rows = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 40 }),
    level: fc.constantFrom(...LEVEL_NAMES),
    line: fc.integer({ min: 0, max: 6 }),
  }),
  { maxLength: 120 },
);

test('a segment holds of each key the worst bad claim, else the least line, else the first', () => {
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom(...KINDS),
      fc.integer({ min: 1, max: 150 }),
      (given, kind, runEntries) => {
        withDirectory((directory) => {
          const { path, duplicates } = build(given, kind, directory, runEntries);
          const model = resolveAll(given);
          const reader = SegmentReader.open(path, { verify: 'full' });
          assert.equal(reader.rows, model.size);
          assert.equal(duplicates, given.length - model.size);
          for (let key = 0; key <= 45; key++) {
            const hit = reader.find(makeKey(kind, key));
            const row = model.get(key);
            if (row === undefined) assert.equal(hit, null);
            else
              assert.deepEqual([reader.classRecord(hit!.classIndex).level, hit!.line], [row.level, row.line]);
          }
          reader.close();
          assert.deepEqual(readdirSync(directory).length, 1, 'only the segment is left');
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('the bytes do not depend on the size of a run', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 50 }), (given, runEntries) => {
      withDirectory((directory) => {
        const one = build(given, 'file-md5', directory, 1_000);
        assert.equal(build(given, 'file-md5', directory, runEntries).path, one.path);
      });
    }),
    { numRuns: 25 },
  );
});

test('two runs and more of random keys come out sorted and whole', () => {
  withDirectory((directory) => {
    const builder = new SegmentBuilder({ directory, kind: 'file-sha256', runEntries: 7_000 });
    const bad = builder.classIndex(record('malicious'));
    for (let i = 0; i < 30_000; i++) builder.add(derivedKey('file-sha256', i), 0, bad, i + 1);
    for (let i = 0; i < 30_000; i += 10) builder.add(derivedKey('file-sha256', i), 0, bad, 40_000);
    const { file, duplicates } = builder.finish(directory);
    assert.equal(file.rows, 30_000);
    assert.equal(duplicates, 3_000);
    const reader = SegmentReader.open(file.path, { verify: 'full' });
    for (let i = 0; i < 30_000; i += 7)
      assert.deepEqual(reader.find(derivedKey('file-sha256', i)), { classIndex: 0, line: i + 1 });
    for (let i = 30_000; i < 40_000; i++) assert.equal(reader.find(derivedKey('file-sha256', i)), null);
    reader.close();
  });
});

test('a class of its own for every key is kept, also where the classes are more than a buffer', () => {
  withDirectory((directory) => {
    const builder = new SegmentBuilder({ directory, kind: 'file-sha1', runEntries: 5_000 });
    const of = (i: number): ClassRecord => ({
      ...record('malicious', `Name.${i}`),
      reason: 'r'.repeat(i % 300),
    });
    for (let i = 0; i < 12_000; i++) assert.equal(builder.classIndex(of(i)), i);
    for (let i = 0; i < 12_000; i++) builder.add(derivedKey('file-sha1', i), 0, builder.classIndex(of(i)), i);
    const reader = SegmentReader.open(builder.finish(directory).file.path, { verify: 'full' });
    assert.equal(reader.classCount, 12_000);
    for (let i = 0; i < 12_000; i += 3) {
      const hit = reader.find(derivedKey('file-sha1', i))!;
      assert.deepEqual(reader.classRecord(hit.classIndex), of(i));
    }
    assert.equal(reader.classes.length, 12_000);
    reader.close();
  });
});

test('a builder refuses what no segment can hold, and goes on', () => {
  withDirectory((directory) => {
    const builder = new SegmentBuilder({ directory, kind: 'file-md5' });
    const good = builder.classIndex(record('good'));
    const key = new Uint8Array(16);
    const input = { name: 'TocsinError', code: 'input' };
    assert.throws(() => builder.add(new Uint8Array(15), 0, good, 1), input);
    assert.throws(() => builder.add(key, 1, good, 1), input);
    for (const index of [good + 1, -1, 0.5, Number.NaN])
      assert.throws(() => builder.add(key, 0, index, 1), input);
    for (const line of [-1, 2 ** 32, 1.5]) assert.throws(() => builder.add(key, 0, good, line), input);
    const wrong = { ...record('good'), reason: 'x'.repeat(2_000) };
    assert.throws(() => builder.classIndex(wrong), { name: 'TocsinError', code: 'format' });
    builder.add(key, 0, good, 1);
    assert.equal(builder.finish(directory).file.rows, 1);
  });
});

test('an aborted or finished builder leaves nothing behind and takes nothing more', () => {
  withDirectory((directory) => {
    const builder = new SegmentBuilder({ directory, kind: 'file-md5', runEntries: 2 });
    const good = builder.classIndex(record('good'));
    for (let i = 0; i < 7; i++) builder.add(derivedKey('file-md5', i), 0, good, i);
    builder.abort();
    builder.abort();
    assert.deepEqual(readdirSync(directory), []);
    assert.throws(() => builder.add(new Uint8Array(16), 0, good, 1), TypeError);
    assert.throws(() => builder.finish(directory), TypeError);
    assert.throws(() => builder.classIndex(record('good')), TypeError);
  });
});

test('a builder without its directory says so, and is over', () => {
  withDirectory((directory) => {
    const builder = new SegmentBuilder({ directory: `${directory}/gone`, kind: 'file-md5' });
    builder.add(new Uint8Array(16), 0, builder.classIndex(record('good')), 1);
    assert.throws(() => builder.finish(`${directory}/gone`), { name: 'TocsinError', code: 'not-found' });
    assert.throws(() => builder.finish(directory), TypeError);
  });
});

test('builders in several threads share a directory', async () => {
  const path = new URL('./segment-builder.ts', import.meta.url).href;
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    import(${JSON.stringify(path)}).then(({ SegmentBuilder }) => {
      const { directory, record, salt } = workerData;
      const builder = new SegmentBuilder({ directory, kind: 'file-md5', runEntries: 500 });
      const key = new Uint8Array(16);
      for (let i = 0; i < 3000; i++) {
        new DataView(key.buffer).setUint32(0, Math.imul(i + salt, 2654435761));
        builder.add(key, 0, builder.classIndex(record), i);
      }
      parentPort.postMessage(builder.finish(directory));
    });`;
  await withDirectoryAsync(async (directory) => {
    const salts = [0, 0, 5_000];
    const built = await Promise.all(
      salts.map(
        (salt) =>
          new Promise<{ file: { path: string; rows: number } }>((resolve, reject) => {
            const workerData = { directory, record: record('malicious'), salt };
            new Worker(code, { eval: true, workerData }).once('message', resolve).once('error', reject);
          }),
      ),
    );
    for (const { file } of built) assert.equal(file.rows, 3_000);
    assert.equal(built[0]!.file.path, built[1]!.file.path);
    assert.notEqual(built[0]!.file.path, built[2]!.file.path);
    for (const { file } of built) assert.ok(file.path.includes(verifyFull(file.path)));
    assert.equal(readdirSync(directory).length, 2);
  });
});

function build(given: readonly Row[], kind: KeyKind, directory: string, runEntries: number) {
  const builder = new SegmentBuilder({ directory, kind, runEntries });
  for (const { key, level, line } of given)
    builder.add(makeKey(kind, key), 0, builder.classIndex(record(level)), line);
  const { file, duplicates } = builder.finish(directory);
  assert.equal(readFileSync(file.path).length, file.bytes);
  return { path: file.path, duplicates };
}

/** Few first bytes, so that runs and merges meet keys that differ late. */
function makeKey(kind: KeyKind, n: number): Uint8Array {
  const key = new Uint8Array(KEY_KINDS[kind].bytes);
  key[0] = n % 3;
  key[key.length - 1] = n;
  return key;
}

/** The rule of the text, "Writing" 2, in the plainest form. */
function resolveAll(given: readonly Row[]): Map<number, Row> {
  const severity = (row: Row): number => (polarity(row.level) === 'bad' ? LEVELS[row.level] : 0);
  const groups = Map.groupBy(given, (row) => row.key);
  return new Map(
    [...groups].map(([key, all]) => [
      key,
      all.toSorted((a, b) => severity(b) - severity(a) || a.line - b.line)[0]!,
    ]),
  );
}
