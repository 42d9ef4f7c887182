// The codec against the vectors of two other encoders, and against itself over any set and any bytes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import type { HashSet, HashSize } from './hash-set.ts';
import { checkSet, checksumOf, countOf, HASH_SIZES, setOf } from './hash-set.ts';
import type { RiceDelta } from './rice.ts';
import { decodeRice, encodeRice } from './rice.ts';
import { specText } from './test-help.ts';

interface Vector {
  readonly name: string;
  readonly size: HashSize;
  readonly first: string;
  readonly parameter: number;
  readonly count: number;
  readonly data: string;
  readonly hashes?: readonly string[];
  readonly derive?: number;
  readonly sha256?: string;
}

const { vectors, published } = JSON.parse(specText('vectors/hash-lists/rice.json')) as {
  vectors: Vector[];
  published: Vector[];
};
const LIMIT = 1_000_000;

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function deltaOf({ first, parameter, count, data }: Vector): RiceDelta {
  return { first: hex(first), parameter, count, data: hex(data) };
}

function setOfVector({ size, hashes, derive = 0 }: Vector): HashSet {
  const text = (i: number): string => `tocsin rice vector ${size} ${derive} ${i}`;
  const derived = Array.from({ length: derive }, (_, i) => createHash('sha256').update(text(i)).digest());
  return setOf(size, hashes?.map(hex) ?? derived);
}

for (const vector of vectors)
  test(`Rice vector, both ways: ${vector.name}`, () => {
    const set = setOfVector(vector);
    assert.equal(Buffer.from(checksumOf(set)).toString('hex'), vector.sha256);
    assert.deepEqual(encodeRice(set), deltaOf(vector));
    assert.deepEqual(decodeRice(deltaOf(vector), vector.size, LIMIT), set);
  });

for (const vector of published)
  test(`Rice vector of another encoder: ${vector.name}`, () => {
    const set = setOfVector(vector);
    assert.deepEqual(decodeRice(deltaOf(vector), vector.size, LIMIT), set);
    const own = encodeRice(set)!;
    assert.ok(own.data.length <= vector.data.length / 2);
    assert.deepEqual(decodeRice(own, vector.size, LIMIT), set);
  });

/** Sets whose hashes lie close to each other, far apart, and at both ends. */
const anySet = fc.constantFrom(...HASH_SIZES).chain((size) =>
  fc
    .array(
      fc.oneof(
        fc.uint8Array({ minLength: size, maxLength: size }),
        fc.uint8Array({ minLength: 2, maxLength: 2 }).map((tail) => {
          const hash = new Uint8Array(size);
          hash.set(tail, size - 2);
          return hash;
        }),
        fc.constantFrom(new Uint8Array(size), new Uint8Array(size).fill(255)),
      ),
      { maxLength: 60 },
    )
    .map((hashes) => setOf(size, hashes)),
);

test('Rice: what is encoded is decoded to the same set, and its parameter is in the published range', () => {
  fc.assert(
    fc.property(anySet, (set) => {
      const delta = encodeRice(set);
      assert.equal(delta === null, countOf(set) === 0);
      assert.deepEqual(decodeRice(delta, set.size, LIMIT), set);
      if (delta === null || delta.count === 0) return;
      const base = 8 * set.size - 32;
      assert.ok(delta.parameter >= base + 3 && delta.parameter <= base + 30);
    }),
  );
});

const anyDelta = fc.constantFrom(...HASH_SIZES).chain((size) =>
  fc.record({
    size: fc.constant(size),
    delta: fc.record({
      first: fc.oneof(fc.uint8Array({ minLength: size, maxLength: size }), fc.uint8Array({ maxLength: 40 })),
      parameter: fc.oneof(
        fc.integer({ min: 8 * size - 30, max: 8 * size }),
        fc.double({ noNaN: false }),
        fc.integer(),
      ),
      count: fc.oneof(fc.nat(60), fc.integer(), fc.double()),
      data: fc.uint8Array({ maxLength: 600 }),
    }),
  }),
);

test('Rice: any numbers and bytes are decoded to a set of bounded size, or refused', () => {
  fc.assert(
    fc.property(anyDelta, ({ size, delta }) => {
      try {
        const set = decodeRice(delta, size, LIMIT);
        checkSet(set);
        assert.equal(countOf(set), delta.count + 1);
        assert.ok(set.bytes.length <= 8 * delta.data.length + size);
      } catch (error) {
        if (!(error instanceof TocsinError)) throw error;
        assert.ok(error.code === 'corrupt' || error.code === 'limit', error.message);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('Rice: data cut anywhere or with a bit changed never gives the set that was encoded', () => {
  fc.assert(
    fc.property(anySet, fc.nat(), fc.nat(7), (set, at, bit) => {
      const delta = encodeRice(set);
      if (delta === null || delta.data.length === 0) return;
      const cut = { ...delta, data: delta.data.subarray(0, at % delta.data.length) };
      assert.throws(() => decodeRice(cut, set.size, LIMIT), TocsinError);
      const data = delta.data.slice();
      data[at % data.length]! ^= 1 << bit;
      try {
        const other = decodeRice({ ...delta, data }, set.size, LIMIT);
        // Bits after the last number are not looked at.
        const last = at % data.length === data.length - 1;
        assert.ok(last || !Buffer.from(other.bytes).equals(set.bytes));
      } catch (error) {
        assert.ok(error instanceof TocsinError);
      }
    }),
  );
});

test('Rice: a few bytes that claim a billion values are refused before memory is taken for them', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const size of HASH_SIZES) {
    const delta = {
      first: new Uint8Array(size),
      parameter: 8 * size - 29,
      count: 2 ** 30,
      data: new Uint8Array(64),
    };
    assert.throws(() => decodeRice(delta, size, 2 ** 31), { code: 'corrupt' });
    assert.throws(() => decodeRice(delta, size, LIMIT), { code: 'limit' });
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20);
});

test('Rice: hashes that do not strictly ascend are not encoded', () => {
  for (const bytes of ['0000000200000001', '0000000100000001'])
    assert.throws(() => encodeRice({ size: 4, bytes: hex(bytes) }), { code: 'input' });
});
