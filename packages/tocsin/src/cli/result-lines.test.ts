// Results on their way out: all of them, in order, in few writes, and no faster than their reader.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESULT_LINES_LIMITS, ResultLines } from './result-lines.ts';
import { Stage } from './run-fixture.ts';
import type { Streams } from './terminal.ts';
import { Terminal } from './terminal.ts';

/** A stdout that keeps what it is given, and is done with it when `release` is called. */
class Reader extends Writable {
  readonly writes: string[] = [];
  isTTY = false;
  release: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(String(chunk));
    this.release = done;
  }
}

function make(reader: Reader): ResultLines {
  return new ResultLines(new Terminal({ ...process, stdout: reader } as unknown as Streams));
}

test('lines go out together, in order, when they fill a write or have waited', async () => {
  const reader = new Reader({ highWaterMark: 1 << 30 });
  const lines = make(reader);
  lines.put('a\n');
  lines.put('b\n');
  assert.deepEqual(reader.writes, []);
  await sleep(3 * RESULT_LINES_LIMITS.waitMs);
  assert.deepEqual(reader.writes, ['a\nb\n']);
  reader.release?.();
  lines.put(`${'c'.repeat(RESULT_LINES_LIMITS.writeChars)}\n`);
  assert.equal(reader.writes.length, 2);
  lines.flush();
  assert.equal(reader.writes.length, 2);
});

test('a person who watches sees each line at once', () => {
  const reader = new Reader();
  reader.isTTY = true;
  const lines = make(reader);
  lines.put('a\n');
  assert.deepEqual(reader.writes, ['a\n']);
});

test('there is no room until a slow reader has caught up', async () => {
  const reader = new Reader({ highWaterMark: 4 });
  const lines = make(reader);
  assert.ok(!lines.room);
  lines.put('12345\n');
  lines.flush();
  const roomNow = (): PromiseLike<unknown> | null => lines.room;
  const room = roomNow() ?? assert.fail('there is room');
  let came = false;
  void room.then(() => {
    came = true;
  });
  await sleep(10);
  assert.equal(came, false);
  reader.release?.();
  await room;
  assert.equal(lines.room, null);
});

test('a reader that is slower than the scan gets every line', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.path('tree'));
  for (let n = 0; n < 4_000; n++) writeFileSync(stage.path(`tree/a-name-of-some-length-${n}`), `${n}`);
  const child = stage.start(['scan', '--json', 'tree']);
  await sleep(1_500);
  const { status, out } = await stage.ended(child);
  const printed = out.trimEnd().split('\n');
  assert.equal(status, 0);
  assert.equal(printed.length, 4_001);
  assert.equal(JSON.parse(printed.at(-1)!).summary.files, 4_000);
});
