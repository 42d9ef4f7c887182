// The reader: right for every key, and never anything but the truth or an error, whatever happens to the file.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  closeSync,
  openSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import { SegmentBuilder } from './segment-builder.ts';
import {
  encodeClass,
  encodeHeader,
  encodeTrailer,
  encodeTrailerEnd,
  layOut,
  SEGMENT_LIMITS,
} from './segment-format.ts';
import type { SegmentEntry } from './segment-reader.ts';
import { SegmentReader, verifyFull } from './segment-reader.ts';
import { byKey, derivedKey, record, refusedVectors, validVectors, withDirectory } from './test-help.ts';

/** Keys of 16 bytes from few values, so that prefixes of every length are shared. */
const key = fc
  .tuple(
    fc.uint8Array({ minLength: 16, maxLength: 16, max: 3 }),
    fc.constantFrom(0, 8, 15, 16),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  )
  .map(([few, from, any]) => few.map((byte, i) => (i < from ? 0 : i === from ? byte : any[i]! & 0x83)));

test('find and range say what a Map says, of keys that are there and keys that are not', () => {
  const keys = fc.uniqueArray(key, { minLength: 0, maxLength: 400, selector: (k) => k.join() });
  const prefixes = fc.array(
    fc.tuple(key, fc.integer({ min: 0, max: 128 }), fc.integer({ min: 0, max: 50 })),
    {
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(keys, fc.array(key, { maxLength: 60 }), prefixes, (present, others, asked) => {
      withDirectory((directory) => {
        const reader = SegmentReader.open(write(directory, present));
        const model = new Map(present.map((k, i) => [k.join(), i]));
        for (const k of [...present, ...others]) {
          const line = model.get(k.join());
          assert.deepEqual(reader.find(k), line === undefined ? null : { classIndex: 0, line });
        }
        const sorted = present.map((k, line) => ({ key: k, classIndex: 0, line })).sort(byKey);
        const rows = new Map(sorted.map((entry, row) => [entry.key.join(), row]));
        for (const k of [...present, ...others]) assert.equal(reader.rowOf(k), rows.get(k.join()) ?? -1);
        for (const [prefix, bits, limit] of asked) {
          const expected = sorted.filter((entry) => shares(entry, prefix, bits)).slice(0, limit);
          assert.deepEqual(reader.range(prefix, bits, limit), expected);
        }
        reader.close();
      });
    }),
    { numRuns: 40 },
  );
});

test('keys are found at an offset of a larger array', () => {
  withDirectory((directory) => {
    const reader = SegmentReader.open(write(directory, [derivedKey('file-md5', 1)]));
    const larger = Buffer.concat([Buffer.from('abc'), derivedKey('file-md5', 1), Buffer.from('d')]);
    assert.deepEqual(reader.find(larger, 3), { classIndex: 0, line: 0 });
    assert.equal(reader.find(larger, 4), null);
    assert.throws(() => reader.find(larger, 5), { name: 'TocsinError', code: 'input' });
    assert.throws(() => reader.range(larger, 129, 1), { name: 'TocsinError', code: 'input' });
    assert.throws(() => reader.range(new Uint8Array(1), 9, 1), { name: 'TocsinError', code: 'input' });
    reader.close();
  });
});

test('a flipped bit in any byte is found by the whole check, and no look-up answers wrongly before', () => {
  const example = validVectors()[0]!;
  const file = Buffer.from(example.hex!, 'hex');
  withDirectory((directory) => {
    const path = join(directory, 'flipped.seg');
    writeFileSync(path, file);
    const fd = openSync(path, 'r+');
    for (let at = 0; at < file.length; at++) {
      writeSync(fd, Buffer.of(file[at]! ^ (1 << (at % 8))), 0, 1, at);
      assert.throws(() => verifyFull(path), ours, `byte ${at}`);
      for (const row of example.rows!) {
        const answer = findIn(path, row.key);
        if (answer !== 'refused')
          assert.deepEqual(answer, { classIndex: row.class, line: row.line }, `byte ${at}`);
      }
      writeSync(fd, file, at, 1, at);
    }
    closeSync(fd);
    assert.equal(verifyFull(path), example.digest);
  });
});

test('every truncation is refused when it is opened', () => {
  const file = Buffer.from(validVectors()[0]!.hex!, 'hex');
  withDirectory((directory) => {
    const path = join(directory, 'cut.seg');
    writeFileSync(path, file);
    for (let length = file.length - 1; length >= 0; length--) {
      truncateSync(path, length);
      assert.throws(() => SegmentReader.open(path), ours, `${length} bytes`);
    }
  });
});

test('arbitrary bytes, and arbitrary bytes put into a segment, throw nothing but our error', () => {
  const file = Buffer.from(validVectors()[0]!.hex!, 'hex');
  const patch = fc.record({
    at: fc.nat(file.length),
    bytes: fc.uint8Array({ maxLength: 64 }),
    cut: fc.nat(64),
  });
  const patched = fc
    .array(patch, { minLength: 1, maxLength: 4 })
    .map((patches) =>
      patches.reduce(
        (bytes, { at, bytes: put, cut }) =>
          Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]),
        file,
      ),
    );
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 700 }), patched), (bytes) => {
      withDirectory((directory) => {
        const path = join(directory, 'any.seg');
        writeFileSync(path, bytes);
        if (file.equals(bytes)) return;
        assert.throws(() => verifyFull(path), ours);
        findIn(path, derivedKey('file-sha256', 0));
      });
    }),
    { numRuns: 200 },
  );
});

test('a file named after another digest is refused by the whole check', () => {
  withDirectory((directory) => {
    const path = join(directory, `${'0'.repeat(64)}.seg`);
    writeFileSync(path, Buffer.from(validVectors()[0]!.hex!, 'hex'));
    SegmentReader.open(path).close();
    assert.throws(() => SegmentReader.open(path, { verify: 'full' }), { code: 'corrupt' });
  });
});

test('a file that is cut while it is open is an error, not an absent key', () => {
  withDirectory((directory) => {
    const keys = Array.from({ length: 1_000 }, (_, i) => derivedKey('file-md5', i));
    const path = write(directory, keys);
    const reader = SegmentReader.open(path);
    const cursor = reader.cursor();
    truncateSync(path, 5_000);
    assert.throws(() => keys.map((k) => reader.find(k)), { name: 'TocsinError', code: 'corrupt' });
    assert.throws(() => cursor.next(), { name: 'TocsinError', code: 'corrupt' });
    assert.throws(() => reader.classRecord(0), { name: 'TocsinError', code: 'corrupt' });
    reader.close();
  });
});

test('an entry that points to no class is an error when it is found', () => {
  const { hex } = refusedVectors().vectors.find((v) => v.name === 'a class number beyond the classes')!;
  withDirectory((directory) => {
    const path = join(directory, 'class.seg');
    writeFileSync(path, Buffer.from(hex, 'hex'));
    const reader = SegmentReader.open(path);
    const [first, second] = validVectors()[0]!.rows!;
    assert.throws(() => reader.find(first!.key), { name: 'TocsinError', code: 'corrupt' });
    assert.throws(() => reader.range(first!.key, 0, 9), { name: 'TocsinError', code: 'corrupt' });
    assert.deepEqual(reader.find(second!.key), { classIndex: 1, line: 3 });
    reader.close();
  });
});

test('a class record that has changed since the segment was opened is an error', () => {
  withDirectory((directory) => {
    const path = write(directory, [derivedKey('file-md5', 1)]);
    const reader = SegmentReader.open(path);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.toString('latin1').replace('said so', 'said no'), 'latin1');
    assert.throws(() => reader.classRecord(0), { name: 'TocsinError', code: 'corrupt' });
    reader.close();
  });
});

test('a class line is read up to its limit, over the end of a buffer, and refused beyond', () => {
  const { maxClassLineBytes: most } = SEGMENT_LIMITS;
  withDirectory((directory) => {
    const path = join(directory, 'lines.seg');
    const plain = encodeClass(record('good'));
    const padded = (bytes: number): string =>
      `${plain.slice(0, -2)},"later":"${'x'.repeat(bytes - plain.length - 11)}"}\n`;
    const lines = Array.from({ length: 40 }, (_, i) => padded(most - i));
    writeFileSync(path, classesOnly(lines));
    const reader = SegmentReader.open(path, { verify: 'full' });
    assert.deepEqual(reader.classes, Array(40).fill(record('good')));
    reader.close();
    writeFileSync(path, classesOnly([...lines, padded(most + 1)]));
    assert.throws(() => SegmentReader.open(path), { name: 'TocsinError', code: 'corrupt' });
  });
});

test('a segment answers as long as it is open, also when its file is replaced or removed', () => {
  withDirectory((directory) => {
    const path = write(directory, [derivedKey('file-md5', 1)]);
    const reader = SegmentReader.open(path);
    unlinkSync(path);
    assert.deepEqual(reader.find(derivedKey('file-md5', 1)), { classIndex: 0, line: 0 });
    assert.equal(reader.find(derivedKey('file-md5', 2)), null);
    reader.close();
    reader.close();
    assert.throws(() => reader.find(derivedKey('file-md5', 1)), TypeError);
    assert.throws(() => reader.cursor(), TypeError);
    assert.throws(() => reader.classRecord(0), TypeError);
  });
});

test('what is no file is refused with words, without the path', () => {
  withDirectory((directory) => {
    assert.throws(
      () => SegmentReader.open(join(directory, 'none.seg')),
      (error) => {
        assert.ok(error instanceof TocsinError);
        assert.equal(error.code, 'not-found');
        assert.ok(!error.message.includes(directory));
        return true;
      },
    );
    assert.throws(() => SegmentReader.open(directory), { name: 'TocsinError', code: 'input' });
  });
});

test('a closed cursor has no next entry', () => {
  withDirectory((directory) => {
    const keys = Array.from({ length: 300 }, (_, i) => derivedKey('file-md5', i));
    const reader = SegmentReader.open(write(directory, keys));
    const cursor = reader.cursor();
    assert.ok(cursor.next());
    cursor.close();
    assert.ok(!cursor.next());
    reader.close();
  });
});

/** A segment of MD5 keys; the line of each is its place. */
function write(directory: string, keys: readonly Uint8Array[]): string {
  const builder = new SegmentBuilder({ directory, kind: 'file-md5' });
  const bad = builder.classIndex(record('malicious'));
  for (const [line, k] of keys.entries()) builder.add(k, 0, bad, line);
  const { path } = builder.finish(directory).file;
  assert.ok(readFileSync(path).length > 0);
  return path;
}

/** The bytes of a segment without entries. */
function classesOnly(lines: readonly string[]): Buffer {
  const header = encodeHeader('file-md5');
  const classes = Buffer.from(lines.join(''));
  const trailer = encodeTrailer(layOut('file-md5', 0, lines.length, classes.length));
  const digest = createHash('sha256').update(header).update(classes).update(trailer).digest();
  return Buffer.concat([header, classes, trailer, encodeTrailerEnd(digest)]);
}

function shares({ key: k }: SegmentEntry, prefix: Uint8Array, bits: number): boolean {
  const text = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');
  return text(k).slice(0, bits) === text(prefix).slice(0, bits);
}

function findIn(path: string, k: Uint8Array): unknown {
  let reader: SegmentReader | null = null;
  try {
    reader = SegmentReader.open(path);
    const hit = reader.find(k);
    if (hit !== null) reader.classRecord(hit.classIndex);
    return hit;
  } catch (error) {
    assert.ok(ours(error), String(error));
    return 'refused';
  } finally {
    reader?.close();
  }
}

function ours(error: unknown): boolean {
  return (
    error instanceof TocsinError &&
    (error.code === 'format' || error.code === 'corrupt' || error.code === 'input')
  );
}
