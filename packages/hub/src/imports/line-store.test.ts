import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { LINE_STORE, LineStoreReader, LineStoreWriter } from './line-store.ts';

function withDirectory(run: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  try {
    run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function write(path: string, lines: ReadonlyMap<number, string>): void {
  const writer = new LineStoreWriter(path);
  for (const [line, text] of lines) {
    const bytes = Buffer.from(`<<${text}>>`);
    writer.add(line, bytes, 2, bytes.length - 2);
  }
  writer.finish();
}

test('a line store gives back each line by its number, over many blocks', () =>
  withDirectory((directory) => {
    const path = join(directory, 'lines');
    const lines = new Map<number, string>();
    for (let i = 1; i <= 20_000; i++) lines.set(i * 3, `line ${i} ${'x'.repeat(i % 90)}`);
    write(path, lines);
    const reader = new LineStoreReader(path);
    for (const line of [3, 6, 29_997, 30_000, 60_000]) assert.equal(reader.find(line), lines.get(line));
    for (const absent of [0, 1, 4, 29_998, 60_001, 2 ** 31]) assert.equal(reader.find(absent), null);
    assert.deepEqual(new Map([...reader.lines()].map((l) => [l.line, l.text])), lines);
    reader.close();
  }));

test('an empty line store answers null', () =>
  withDirectory((directory) => {
    const path = join(directory, 'lines');
    write(path, new Map());
    const reader = new LineStoreReader(path);
    assert.equal(reader.find(1), null);
    assert.deepEqual([...reader.lines()], []);
    reader.close();
  }));

test('a line that is too long is kept cut', () =>
  withDirectory((directory) => {
    const path = join(directory, 'lines');
    write(path, new Map([[1, 'y'.repeat(LINE_STORE.maxLineBytes + 5)]]));
    const reader = new LineStoreReader(path);
    assert.equal(reader.find(1)?.length, LINE_STORE.maxLineBytes);
    reader.close();
  }));

test('a cut or altered line store is refused as corrupt, never with another error', () =>
  withDirectory((directory) => {
    const path = join(directory, 'lines');
    write(path, new Map(Array.from({ length: 50 }, (_, i) => [i + 1, `text ${i}`])));
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, flip, cut) => {
          const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
          if (!cut) bytes[at] = bytes[at]! ^ flip;
          writeFileSync(path, bytes);
          try {
            const reader = new LineStoreReader(path);
            try {
              reader.find(7);
            } finally {
              reader.close();
            }
          } catch (error) {
            assert.ok(error instanceof TocsinError && error.code === 'corrupt', String(error));
          }
        },
      ),
    );
  }));

test('what was finished can be given up without harm, and what was not leaves nothing behind', () =>
  withDirectory((directory) => {
    const path = join(directory, 'lines');
    const done = new LineStoreWriter(path);
    const digest = done.finish();
    done.abort();
    assert.equal(digest, createHash('sha256').update(readFileSync(path)).digest('hex'));
    const dropped = new LineStoreWriter(join(directory, 'dropped'));
    dropped.abort();
    dropped.abort();
    assert.deepEqual(readdirSync(directory), ['lines']);
  }));

test('a disk that refuses is told in words', () =>
  withDirectory((directory) => {
    assert.throws(() => new LineStoreWriter(join(directory, 'absent', 'lines')), {
      code: 'not-found',
      message: "Cannot write 'lines': there is no such file or directory, want an existing one",
    });
  }));
