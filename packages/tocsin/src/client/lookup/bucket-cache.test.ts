import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BAD, HandWorld, keyOf } from '../client-fixture.ts';
import { BUCKET_CACHE_LIMITS, BucketCache } from './bucket-cache.ts';
import type { Bucket } from './response.ts';
import { prefixQuestion } from './response.ts';

const question = (n: number) => prefixQuestion('file-sha256', keyOf('file-sha256', n).bytes, 24);

/** A bucket of so many objects that may be kept for so long. */
function bucketOf(objects: number, lifetime = BAD.lifetime): Bucket {
  const records = Array.from({ length: objects }, () => ({ ...BAD, lifetime }));
  return { start: 3, end: 19, suffixes: new Uint8Array(16 * objects), records };
}

test('silence is kept for its lifetime, and what is left of it is told', () => {
  const world = new HandWorld();
  const cache = new BucketCache(world.clock);
  cache.put(question(1), bucketOf(0), { revision: 1, unknownLifetime: 60 });
  world.pass(59);
  assert.equal(cache.get(question(1))?.unknownLifetime, 1);
  world.pass(1);
  assert.equal(cache.get(question(1)), null);
});

test('a bucket is kept no longer than the shortest-lived thing that it says', () => {
  const world = new HandWorld();
  const cache = new BucketCache(world.clock);
  cache.put(question(1), bucketOf(2, 10), { revision: 1, unknownLifetime: 60 });
  cache.put(question(2), bucketOf(2, 0), { revision: 1, unknownLifetime: 60 });
  assert.equal(cache.get(question(2)), null);
  world.pass(10);
  assert.equal(cache.get(question(1)), null);
});

test('beyond its limits the oldest go first', () => {
  const cache = new BucketCache(new HandWorld().clock);
  const half = BUCKET_CACHE_LIMITS.maxKeys / 2;
  for (const n of [1, 2, 3]) cache.put(question(n), bucketOf(half), { revision: 1, unknownLifetime: 60 });
  assert.deepEqual(
    [1, 2, 3].map((n) => cache.get(question(n)) !== null),
    [false, true, true],
  );
});

test('whatever comes in whatever order: what is kept is of the newest revision known, and within its lifetime', () => {
  const step = fc.oneof(
    fc.record({ put: fc.nat(3), revision: fc.nat(5), seconds: fc.nat(20) }),
    fc.record({ know: fc.nat(5) }),
    fc.record({ pass: fc.nat(10) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const world = new HandWorld();
      const cache = new BucketCache(world.clock);
      const model = new Map<number, { revision: number; until: number; bucket: Bucket }>();
      let newest = 0;
      for (const each of steps) {
        if ('pass' in each) world.pass(each.pass);
        else if ('know' in each) {
          newest = Math.max(newest, each.know);
          cache.know(each.know);
        } else {
          const { put, revision, seconds } = each;
          newest = Math.max(newest, revision);
          const bucket = bucketOf(0);
          cache.put(question(put), bucket, { revision, unknownLifetime: seconds });
          if (revision === newest)
            model.set(put, { revision, until: world.clock.monotonic() + seconds * 1000, bucket });
        }
        assert.equal(cache.revision, newest);
        for (const n of [0, 1, 2, 3]) {
          const kept = model.get(n);
          const holds = kept?.revision === newest && world.clock.monotonic() < kept.until;
          assert.equal(cache.get(question(n))?.bucket, holds ? kept.bucket : undefined);
        }
      }
    }),
  );
});
