// Every vector of spec/vectors/segment in every way the code offers: written, built, opened, looked up, walked.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TocsinError } from '../protocol/errors.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { SegmentReader, verifyFull } from './segment-reader.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { Claim, ValidVector } from './test-help.ts';
import { byKey, refusedVectors, specText, validVectors, withDirectory } from './test-help.ts';

for (const vector of validVectors()) {
  test(`segment vector '${vector.name}' is built byte for byte, in one run and in many`, () => {
    withDirectory((directory) => {
      for (const runEntries of [undefined, 1, 3, 100]) {
        const { file, duplicates } = build(vector, vector.claims, directory, runEntries);
        check(vector, file.path);
        assert.equal(file.digest, vector.digest);
        assert.equal(file.bytes, vector.bytes);
        assert.equal(duplicates, vector.duplicates);
      }
    });
  });

  test(`segment vector '${vector.name}' is built the same from claims in another order`, () => {
    if (vector.name === 'duplicates') return; // "the first taken" is a matter of order
    withDirectory((directory) => {
      for (const claims of [vector.claims.toReversed(), vector.claims.toSorted(byKey)])
        assert.equal(build(vector, claims, directory, 7).file.digest, vector.digest);
    });
  });

  test(`segment vector '${vector.name}' is read, looked up and walked, and written again`, () => {
    withDirectory((directory) => {
      const { file } = build(vector, vector.claims, directory);
      assert.equal(verifyFull(file.path), vector.digest);
      const reader = SegmentReader.open(file.path, { verify: 'full' });
      assert.equal(reader.kind, vector.kind);
      assert.equal(reader.rows, file.rows);
      assert.equal(reader.bytes, vector.bytes);
      assert.deepEqual(reader.classes, vector.usedClasses);
      assert.equal(reader.isInPlace, true);
      const cursor = reader.cursor();
      const writer = new SegmentWriter({ directory, kind: vector.kind, classes: reader.classes });
      const rows: Claim[] = [];
      while (cursor.next()) {
        const { key, classIndex, line } = cursor;
        assert.deepEqual(reader.find(key), { classIndex, line });
        assert.deepEqual(reader.range(key, 8 * key.length, 2), [{ key: key.slice(), classIndex, line }]);
        rows.push({ key: key.slice(), class: classIndex, line });
        writer.add(key, classIndex, line);
      }
      assert.equal(rows.length, vector.claims.length - vector.duplicates);
      if (vector.rows !== null) assert.deepEqual(rows, vector.rows);
      assert.equal(writer.finish().digest, vector.digest);
      reader.close();
    });
  });
}

test('every segment that must be refused is refused at its step, with its code', () => {
  withDirectory((directory) => {
    for (const vector of refusedVectors().vectors) {
      const path = join(directory, 'refused.seg');
      writeFileSync(path, Buffer.from(vector.hex, 'hex'));
      if (vector.stage === 'full') SegmentReader.open(path).close();
      for (const refuse of [
        () => SegmentReader.open(path, vector.stage === 'full' ? { verify: 'full' } : {}),
        () => verifyFull(path),
        () => readAll(path),
      ])
        assert.throws(refuse, { name: 'TocsinError', code: vector.code }, vector.name);
    }
  });
});

test('a category of a later version is read as none', () => {
  withDirectory((directory) => {
    const path = join(directory, 'later.seg');
    writeFileSync(path, Buffer.from(refusedVectors().laterCategory.hex, 'hex'));
    const reader = SegmentReader.open(path, { verify: 'full' });
    assert.deepEqual(reader.classRecord(0), { ...validVectors()[0]!.classes[0]!, category: null });
    reader.close();
  });
});

test('the hex dump in the text is the first vector, and so is the name', () => {
  const text = specText('segment.md');
  const rows = text.match(/^[0-9a-f]{8} {2}[0-9a-f ]{48}/gm) ?? [];
  const hex = rows.map((row) => row.slice(10).replaceAll(' ', '')).join('');
  const example = validVectors()[0]!;
  assert.equal(hex, example.hex);
  assert.ok(text.includes(`${example.digest}.seg`));
});

function build(vector: ValidVector, claims: readonly Claim[], directory: string, runEntries?: number) {
  const options = { directory, kind: vector.kind };
  const builder = new SegmentBuilder(runEntries === undefined ? options : { ...options, runEntries });
  for (const { key, class: index, line } of claims)
    assert.equal(builder.add(key, 0, builder.classIndex(vector.classes[index]!), line), 'taken');
  return builder.finish(directory);
}

function check(vector: ValidVector, path: string): void {
  const bytes = readFileSync(path);
  assert.equal(bytes.length, vector.bytes);
  if (vector.hex !== null) assert.equal(bytes.toString('hex'), vector.hex);
}

/** What a merge does. */
function readAll(path: string): void {
  const reader = SegmentReader.open(path);
  try {
    const cursor = reader.cursor();
    while (cursor.next()) reader.classRecord(cursor.classIndex);
  } catch (error) {
    assert.ok(error instanceof TocsinError);
    throw error;
  } finally {
    reader.close();
  }
}
