// The writer: refuses what would make a wrong segment, and leaves either a whole file or none.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { test } from 'node:test';
import type { ClassRecord } from '../protocol/verdict.ts';
import { SegmentReader } from './segment-reader.ts';
import { SegmentWriter } from './segment-writer.ts';
import { derivedKey, record, withDirectory } from './test-help.ts';

const input = { name: 'TocsinError', code: 'input' };

test('a writer refuses keys that do not ascend, and goes on with those that do', () => {
  withDirectory((directory) => {
    const writer = new SegmentWriter({ directory, kind: 'file-md5', classes: [record('good')] });
    const key = (last: number): Uint8Array => new Uint8Array(16).fill(last, 15);
    writer.add(key(5), 0, 1);
    assert.throws(() => writer.add(key(5), 0, 1), input);
    assert.throws(() => writer.add(key(4), 0, 1), input);
    writer.add(key(6), 0, 2);
    assert.equal(writer.finish().rows, 2);
  });
});

test('order is checked over the end of a buffer', () => {
  withDirectory((directory) => {
    const writer = new SegmentWriter({ directory, kind: 'file-md5', classes: [record('good')] });
    const key = new Uint8Array(16);
    const view = new DataView(key.buffer);
    // 1 MiB of pages of 24-byte entries: the buffer is written out after 43,648 of them.
    for (let i = 1; i <= 43_648; i++) {
      view.setUint32(0, i);
      writer.add(key, 0, i);
    }
    assert.throws(() => writer.add(key, 0, 1), input);
    view.setUint32(0, 43_649);
    writer.add(key, 0, 43_649);
    const reader = SegmentReader.open(writer.finish().path, { verify: 'full' });
    assert.equal(reader.rows, 43_649);
    reader.close();
  });
});

test('a writer refuses short keys, absent classes and lines that are no u32', () => {
  withDirectory((directory) => {
    const writer = new SegmentWriter({ directory, kind: 'file-sha256', classes: [record('good')] });
    const key = new Uint8Array(32);
    assert.throws(() => writer.add(new Uint8Array(31), 0, 1), input);
    assert.throws(() => writer.add(key, 0, 1, 1), input);
    for (const index of [1, -1, 0.5, Number.NaN]) assert.throws(() => writer.add(key, index, 1), input);
    for (const line of [-1, 2 ** 32, 0.5]) assert.throws(() => writer.add(key, 0, line), input);
    writer.add(key, 0, 2 ** 32 - 1);
    assert.equal(writer.finish().rows, 1);
  });
});

test('classes may be added while the writer is at work, and a wrong one is refused at its first use', () => {
  withDirectory((directory) => {
    const classes: ClassRecord[] = [];
    const writer = new SegmentWriter({ directory, kind: 'file-md5', classes });
    classes.push({ ...record('good'), lifetime: -1 }, record('good'));
    const key = new Uint8Array(16);
    assert.throws(() => writer.add(key, 0, 1), { name: 'TocsinError', code: 'format' });
    writer.add(key, 1, 1);
    for (let i = 2; i < 300; i++) {
      classes.push(record('malicious', `Name.${i}`));
      key[0] = i >> 4;
      key[1] = i << 4;
      writer.add(key, i, i);
    }
    const reader = SegmentReader.open(writer.finish().path, { verify: 'full' });
    assert.equal(reader.classCount, 299);
    assert.deepEqual(reader.classes[298], record('malicious', 'Name.299'));
    reader.close();
  });
});

test('a text with half a surrogate pair is written as U+FFFD', () => {
  withDirectory((directory) => {
    const classes = [{ ...record('good'), name: 'a\ud800b', source: '\udc00', reason: '\ud83d' }];
    const writer = new SegmentWriter({ directory, kind: 'file-md5', classes });
    writer.add(new Uint8Array(16), 0, 0);
    const reader = SegmentReader.open(writer.finish().path, { verify: 'full' });
    assert.deepEqual(reader.classes, [
      { ...record('good'), name: 'a\ufffdb', source: '\ufffd', reason: '\ufffd' },
    ]);
    reader.close();
  });
});

test('the file is private, named by its digest, and alone in its directory', () => {
  withDirectory((directory) => {
    const writer = new SegmentWriter({ directory, kind: 'file-md5', classes: [record('good')] });
    writer.add(derivedKey('file-md5', 1), 0, 1);
    const file = writer.finish();
    assert.deepEqual(readdirSync(directory), [`${file.digest}.seg`]);
    assert.equal(statSync(file.path).mode & 0o777, 0o600);
    assert.equal(statSync(file.path).size, file.bytes);
    assert.throws(() => writer.finish(), TypeError);
    assert.throws(() => writer.add(derivedKey('file-md5', 1), 0, 1), TypeError);
    writer.abort();
    assert.equal(readdirSync(directory).length, 1);
  });
});

test('an aborted writer leaves nothing behind', () => {
  withDirectory((directory) => {
    const writer = new SegmentWriter({ directory, kind: 'file-md5', classes: [record('good')] });
    writer.add(derivedKey('file-md5', 1), 0, 1);
    assert.equal(readdirSync(directory).length, 1);
    writer.abort();
    writer.abort();
    assert.deepEqual(readdirSync(directory), []);
  });
});

test('several writers work in one directory at once', () => {
  withDirectory((directory) => {
    const classes = [record('good'), record('malicious')];
    const writers = [0, 1, 1].map((index) => ({
      index,
      writer: new SegmentWriter({ directory, kind: 'url', classes }),
    }));
    for (const { index, writer } of writers) writer.add(derivedKey('url', 1), index, 1);
    const digests = writers.map(({ writer }) => writer.finish().digest);
    assert.equal(new Set(digests).size, 2);
    assert.equal(readdirSync(directory).length, 2);
  });
});

test('a writer that cannot finish is over', () => {
  withDirectory((directory) => {
    const inner = `${directory}/inner`;
    mkdirSync(inner);
    const writer = new SegmentWriter({ directory: inner, kind: 'file-md5', classes: [record('good')] });
    rmSync(inner, { recursive: true });
    assert.throws(() => writer.finish(), { name: 'TocsinError', code: 'not-found' });
    assert.throws(() => writer.add(new Uint8Array(16), 0, 0), TypeError);
  });
});

test('without its directory no writer is made', () => {
  withDirectory((directory) => {
    const options = { directory: `${directory}/gone`, kind: 'file-md5', classes: [] } as const;
    assert.throws(() => new SegmentWriter(options), { name: 'TocsinError', code: 'not-found' });
  });
});
