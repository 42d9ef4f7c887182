// Buckets under a clock that moves by hand: of too many keys the longest unseen is forgotten, and no other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBuckets } from './token-buckets.ts';

const RATE = { capacity: 1, fill: 1e-6 };

test('buckets: of more keys than there is room for, the longest unseen is full again', () => {
  let now = 0;
  const buckets = new TokenBuckets({ now: () => 0, monotonic: () => now }, 3);
  const isFull = (key: string): boolean => buckets.take(key, RATE) === 0;
  for (const key of ['a', 'b', 'c']) {
    assert.ok(isFull(key), key);
    now += 1_000;
  }
  assert.ok(!isFull('a'), 'seen anew: now b is the longest unseen');
  assert.ok(isFull('d'));
  for (const key of ['a', 'c', 'd']) assert.ok(!isFull(key), `${key} is remembered`);
  now += 1_000;
  assert.ok(isFull('b'), 'was forgotten');
});

test('buckets: who takes more than there is waits the longer', () => {
  let now = 0;
  const buckets = new TokenBuckets({ now: () => 0, monotonic: () => now }, 3);
  const rate = { capacity: 10, fill: 1 / 1_000 };
  assert.equal(buckets.take('a', rate, 30), 0);
  assert.equal(buckets.take('a', rate), 21);
  now += 20_000;
  assert.equal(buckets.take('a', rate), 1, 'what was refused took nothing');
  now += 1_000;
  assert.equal(buckets.take('a', rate), 0);
});
