import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import type { DirectoryRecord } from './cache-record.ts';
import { NO_ANSWER, packRecord, unpackRecord } from './cache-record.ts';
import { answer } from './test-help.ts';

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes('\0'));

const record: fc.Arbitrary<DirectoryRecord> = fc
  .record({
    epoch: fc.string(),
    path: fc.uint8Array({ maxLength: 60 }),
    names: fc.uniqueArray(name, { maxLength: 12 }),
    directories: fc.array(name, { maxLength: 4 }),
    levels: fc.array(fc.constantFrom('good', 'malicious', 'unknown'), { maxLength: 3 }),
    number: fc.double({ noNaN: true }),
    parts: fc.integer({ min: 1, max: 64 }),
  })
  .map((r) => {
    const rows = r.names.length;
    const answers = r.levels.map((level) => answer(level as 'good', 'hub'));
    return {
      ...{
        parts: r.parts,
        epoch: r.epoch,
        path: r.path,
        names: r.names,
        directories: r.directories,
        answers,
      },
      facts: new Float64Array(rows * 4).map((_, i) => r.number + i),
      digests: new Uint8Array(rows * 32).map((_, i) => i),
      expires: new Uint32Array(rows).map((_, i) => 2 ** 32 - 1 - i),
      answerOf: new Uint16Array(rows).fill(NO_ANSWER),
    };
  });

/** Views compared by content, whatever buffer they stand in. */
const plain = (r: DirectoryRecord) => ({
  ...r,
  path: [...r.path],
  facts: [...r.facts],
  digests: [...r.digests],
  expires: [...r.expires],
  answerOf: [...r.answerOf],
});

test('a record reads back as it was written, at any place in memory', () => {
  fc.assert(
    fc.property(record, fc.integer({ min: 0, max: 9 }), (before, shift) => {
      const packed = packRecord(before);
      const moved = new Uint8Array(packed.length + shift);
      moved.set(packed, shift);
      assert.deepEqual(plain(unpackRecord(moved.subarray(shift))), plain(before));
    }),
  );
});

const refuse = (bytes: Uint8Array) => {
  try {
    unpackRecord(bytes);
  } catch (error) {
    assert.ok(
      error instanceof TocsinError && (error.code === 'corrupt' || error.code === 'format'),
      String(error),
    );
    return true;
  }
  return false;
};

test('arbitrary and cut bytes are refused with an error of ours, never with another', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void refuse(bytes)));
  fc.assert(
    fc.property(record, fc.nat(), (before, cut) => {
      const packed = packRecord(before);
      assert.ok(refuse(packed.subarray(0, cut % packed.length)));
    }),
  );
});

test('flipped bits of a record give an error of ours or another record, never a crash', () => {
  fc.assert(
    fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (before, at, mask) => {
      const packed = packRecord(before);
      packed[at % packed.length] = packed[at % packed.length]! ^ mask;
      refuse(packed);
    }),
  );
});

test('a record of a later version is refused by name', () => {
  const packed = packRecord(fc.sample(record, 1)[0]!);
  packed.writeUInt32LE(2, 0);
  assert.throws(() => unpackRecord(packed), { code: 'format', message: /version 2, want 1/ });
});
