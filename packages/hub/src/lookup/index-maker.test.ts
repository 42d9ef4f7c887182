import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { KeyTable } from 'tocsin/lists/key-table.ts';
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import type { IndexWant } from './index-maker.ts';
import { INDEX_MAKER_LIMITS, IndexMaker } from './index-maker.ts';

const KIND = 'file-sha256';
const MANY = INDEX_MAKER_LIMITS.atOnce + 1;

function keyOf(n: number): Uint8Array {
  return createHash('sha256').update(`object ${n}`).digest();
}

/** A maker over a directory, and a list of the keys `from` up to `to` in it. */
function stage(t: TestContext): { maker: IndexMaker; list: (from: number, to: number) => IndexWant } {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const pathOf = (digest: string): string => join(directory, `${digest}.seg`);
  const list = (from: number, to: number): IndexWant => {
    const builder = new SegmentBuilder({ directory, kind: KIND });
    const record = {
      level: 'malicious',
      category: null,
      name: null,
      source: 'x',
      reason: 'y',
      lifetime: 1,
    } as const;
    for (let n = from; n < to; n++) builder.add(keyOf(n), 0, builder.classIndex(record), 0);
    const { file } = builder.finish(directory);
    return { kind: KIND, of: 'bases', digests: [file.digest], rows: file.rows };
  };
  return { maker: new IndexMaker({ pathOf, random: (bytes) => randomBytes(bytes) }), list };
}

/** The same bytes: what comes from another thread is another object over them. */
function isSame(a: SharedArrayBuffer, b: SharedArrayBuffer): boolean {
  const [x, y] = [new Uint8Array(a), new Uint8Array(b)];
  const before = y[0];
  x[0]! ^= 1;
  const changed = y[0] !== before;
  x[0]! ^= 1;
  return changed;
}

test('an index is made once for all who take it, also at the same time', async (t) => {
  const { maker, list } = stage(t);
  const want = list(0, 10);
  const [a, b] = await Promise.all([maker.take(want), maker.take({ ...want })]);
  assert.equal(a, b);
  maker.giveBack(want);
  assert.equal(await maker.take(want), a);
});

test('the memory of an index serves again once its last reader gave it back, and not before', async (t) => {
  const { maker, list } = stage(t);
  const [first, second, third] = [list(0, MANY), list(5, MANY + 5), list(9, MANY + 9)];
  const a = await maker.take(first);
  await maker.take(first);
  maker.giveBack(first);
  const b = await maker.take(second);
  assert.equal(isSame(b.table.memory, a.table.memory), false);
  assert.equal(KeyTable.attach(a.table).find(keyOf(0)), 1, 'its other reader reads on');
  maker.giveBack(first);
  maker.giveBack(first); // once too often: nothing is given back twice
  const c = await maker.take(third);
  assert.equal(isSame(c.table.memory, a.table.memory), true);
  const table = KeyTable.attach(c.table);
  assert.deepEqual([table.find(keyOf(0)), table.find(keyOf(9)), table.find(keyOf(MANY + 8))], [0, 1, 1]);
  assert.equal(KeyTable.attach(b.table).find(keyOf(5)), 1);
});

test('an index that cannot be made is tried again by whoever asks next', async (t) => {
  const { maker, list } = stage(t);
  const missing = { ...list(0, 1), digests: ['f'.repeat(64)] };
  await assert.rejects(maker.take(missing), { code: 'not-found' });
  await assert.rejects(maker.take(missing), { code: 'not-found' });
});
