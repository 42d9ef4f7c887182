import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import { drawSecret, KeyTable, MAX_RECORD, TABLE_DENSITY } from './key-table.ts';

/** Random bytes that follow from a seed (mulberry32), so that a failure can be run again. */
function seeded(seed: number): (bytes: number) => Uint8Array {
  let state = seed >>> 0;
  return (bytes) =>
    Uint8Array.from({ length: bytes }, () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let word = Math.imul(state ^ (state >>> 15), state | 1);
      word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
      return (word ^ (word >>> 14)) & 0xff;
    });
}

function tableOf(kind: KeyKind, keys: readonly Uint8Array[], records: readonly number[]): KeyTable {
  const table = KeyTable.create(kind, keys.length, drawSecret(seeded(1)), { density: 'dense' });
  const packed = Buffer.concat(keys);
  table.add(packed, 0, KEY_KINDS[kind].bytes, Int32Array.from(records), keys.length);
  return table;
}

test('adding and finding, alone and together, answer as a Map does, for each size of key', () => {
  for (const kind of ['file-sha256', 'file-sha1', 'file-md5'] as const) {
    const { bytes } = KEY_KINDS[kind];
    const keyOf = (n: number): Uint8Array => createHash('sha256').update(`${n}`).digest().subarray(0, bytes);
    const entry = fc.tuple(fc.nat(300), fc.integer({ min: 1, max: MAX_RECORD }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 400 }), fc.integer(), (entries, seed) => {
        const table = KeyTable.create(kind, entries.length, drawSecret(seeded(seed)), {
          density: 'dense',
        });
        const map = new Map<number, number>();
        for (const [n, record] of entries) {
          table.add(keyOf(n), 0, bytes, Int32Array.of(record), 1);
          if (!map.has(n)) map.set(n, record);
        }
        const asked = Array.from({ length: 302 }, (_, n) => n);
        const packed = Buffer.concat(asked.map(keyOf));
        const found = new Int32Array(asked.length);
        table.findMany(packed, 0, asked.length, found);
        for (const n of asked)
          assert.deepEqual([found[n], table.find(packed, n * bytes)], [map.get(n) ?? 0, found[n]]);
        assert.equal(table.rows, map.size);
      }),
      { numRuns: 200 },
    );
  }
});

test('a hundred thousand random keys are all found, and as many others are not', () => {
  const random = seeded(7);
  const keys = Array.from({ length: 100_000 }, () => random(32));
  const table = tableOf(
    'file-sha256',
    keys,
    keys.map((_, i) => 1 + (i % MAX_RECORD)),
  );
  assert.equal(table.rows, keys.length);
  assert.ok(Math.abs(table.bytes / keys.length - 64 / TABLE_DENSITY.dense) < 0.1);
  for (const [i, key] of keys.entries()) assert.equal(table.find(key), 1 + (i % MAX_RECORD));
  for (let i = 0; i < 100_000; i++) assert.equal(table.find(random(32)), 0);
});

test('a key that is added again keeps what it had, and a full table says so', () => {
  const [a, b] = [randomBytes(16), randomBytes(16)];
  const table = tableOf('file-md5', [a, a, b], [1, 2, 3]);
  assert.deepEqual([table.find(a), table.find(b), table.rows], [1, 3, 2]);
  const many = randomBytes(16 * 100);
  assert.throws(() => table.add(many, 0, 16, new Int32Array(100).fill(1), 100), RangeError);
});

test('every slot can be filled, the last line goes on in the first, and a search still ends', () => {
  const table = KeyTable.create('file-sha256', 4, drawSecret(seeded(3)));
  const keys = Array.from({ length: 8 }, (_, i) => new Uint8Array(32).fill(0xff).fill(i, 0, 31));
  for (const [i, key] of keys.entries()) table.add(key, 0, 32, Int32Array.of(i + 1), 1);
  const found = keys.map((key) => table.find(key));
  assert.equal(new Set(found).size >= 7, true);
  assert.equal(table.find(new Uint8Array(32).fill(0x77)), 0);
});

test('a table in memory that another one had is empty, and takes none that is too small', () => {
  const random = seeded(9);
  const secret = drawSecret(random);
  const full = (rows: number): KeyTable => {
    const keys = random(rows * 32);
    const table = KeyTable.create('file-sha256', rows, secret);
    table.add(keys, 0, 32, new Int32Array(rows).fill(1), rows);
    return table;
  };
  for (const rows of [10, 5_000]) {
    const spent = full(rows).share().memory;
    const key = random(32);
    const again = KeyTable.create('file-sha256', rows - 1, secret, { spent });
    again.add(key, 0, 32, Int32Array.of(5), 1);
    assert.equal(again.share().memory, spent);
    assert.equal(again.rows, 1);
    assert.equal(again.find(key), 5);
    for (let i = 0; i < 1_000; i++) assert.equal(again.find(random(32)), 0);
    assert.notEqual(KeyTable.create('file-sha256', 20 * rows, secret, { spent }).share().memory, spent);
  }
});

test('the secret is odd numbers, drawn anew, and decides where a key goes', () => {
  const key = seeded(1)(32);
  const lines = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const secret = drawSecret(seeded(seed));
    assert.ok(secret.length === 12 && secret.every((number) => (number & 1) === 1));
    const table = KeyTable.create('file-sha256', 4_000, secret);
    table.add(key, 0, 32, Int32Array.of(1), 1);
    lines.add(new Int32Array(table.share().memory).findIndex((word) => word !== 0) >> 4);
  }
  assert.ok(lines.size > 150, `${lines.size} different lines`);
});

test('a key with one of its first 16 bytes altered is another key, whichever secret', () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = seeded(seed);
    const key = random(16);
    const table = KeyTable.create('file-md5', 1, drawSecret(random));
    table.add(key, 0, 16, Int32Array.of(9), 1);
    assert.equal(table.find(key), 9);
    for (let at = 0; at < 16; at++)
      for (const bit of [1, 0x80, 0xff]) {
        const other = Uint8Array.from(key);
        other[at]! ^= bit;
        assert.equal(table.find(other), 0);
      }
  }
});

test('another thread reads the same table', async () => {
  const key = randomBytes(32);
  const table = tableOf('file-sha256', [key], [77]);
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { KeyTable } = await import(workerData.module);
    parentPort.postMessage(KeyTable.attach(workerData.shared).find(workerData.key));`;
  const module = new URL('./key-table.ts', import.meta.url).href;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: { module, shared: table.share(), key: new Uint8Array(key) },
  });
  assert.equal(await new Promise((done) => worker.once('message', done)), 77);
  await worker.terminate();
});
