// Deltas of segments against a plain Map: whatever changed, and whatever a delta says that is no such one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import type { DeltaApplication } from './delta-apply.ts';
import { applyDelta } from './delta-apply.ts';
import { anyKind, anyRows, deltaBytes, deltaPath, namesIn, namesOf, writeRows } from './delta-fixture.ts';
import type { DeltaHeader } from './delta-format.ts';
import { DELTA_HEADER_BYTES, DELTA_LIMITS, decodeDeltaHeader, encodeDeltaHeader } from './delta-format.ts';
import { makeDelta } from './delta-make.ts';
import { SegmentWriter } from './segment-writer.ts';
import { withDirectory, withDirectoryAsync } from './test-help.ts';

const refusal = (error: unknown): boolean =>
  error instanceof TocsinError && ['format', 'corrupt', 'limit'].includes(error.code);

/** Applies `bytes` in a directory of its own, and looks that nothing but the result is left there. */
async function applied(
  bytes: Uint8Array,
  options: Omit<DeltaApplication, 'delta' | 'directory'>,
  at: string,
) {
  const place = join(at, 'apply');
  mkdirSync(place, { recursive: true });
  const delta = join(at, 'some.delta');
  writeFileSync(delta, bytes);
  try {
    const file = await applyDelta({ ...options, delta, directory: place });
    assert.deepEqual(readdirSync(place), [`${options.to}.seg`]);
    return file;
  } catch (error) {
    assert.deepEqual(
      readdirSync(place).filter((name) => name !== `${options.to}.seg`),
      [],
    );
    throw error;
  }
}

test('segment delta: from any segment to any other it gives exactly its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(anyKind, anyRows, anyRows, (kind, before, after) =>
      withDirectoryAsync(async (directory) => {
        const old = writeRows(directory, kind, before);
        const next = writeRows(directory, kind, after);
        const bytes = deltaBytes(old, next, directory);
        const file = await applied(bytes, { old, to: next.digest }, directory);
        assert.equal(file.digest, next.digest);
        assert.deepEqual(readFileSync(file.path), readFileSync(next.path));
        assert.deepEqual(namesIn(file.path), namesOf(kind, after));
      }),
    ),
    { numRuns: 60 },
  );
});

test('segment delta: one that was cut, lengthened or altered anywhere gives the right segment or a refusal', async () => {
  await withDirectoryAsync(async (directory) => {
    const old = writeRows(directory, 'file-md5', new Map(numbers(200, 0)));
    const next = writeRows(directory, 'file-md5', new Map([...numbers(150, 0), ...numbers(40, 1, 180)]));
    const bytes = deltaBytes(old, next, directory);
    const changed = fc.oneof(
      fc.nat(bytes.length - 1).map((n) => bytes.subarray(0, n)),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((tail) => Buffer.concat([bytes, tail])),
      fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const other = Buffer.from(bytes);
        other[at]! ^= by;
        return other;
      }),
      fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.concat([bytes.subarray(0, 8), some])),
    );
    await fc.assert(
      fc.asyncProperty(changed, async (other) => {
        try {
          const file = await applied(other, { old, to: next.digest }, directory);
          assert.deepEqual(readFileSync(file.path), readFileSync(next.path));
        } catch (error) {
          assert.ok(refusal(error), String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('segment delta: a header is read back, and arbitrary bytes are a header or a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(400), fc.boolean(), (some, size, magic) => {
      const bytes = Buffer.from(some);
      if (magic) bytes.write('TOCDEL1\n\x01\x00\x01');
      try {
        const header = decodeDeltaHeader(bytes, size);
        assert.deepEqual(encodeDeltaHeader(header), bytes.subarray(0, DELTA_HEADER_BYTES));
      } catch (error) {
        assert.ok(refusal(error), String(error));
      }
    }),
  );
});

test('segment delta: one between other segments, or on another old one, is refused', async () => {
  await withDirectoryAsync(async (directory) => {
    const [a, b, c] = [1, 2, 3].map((n) =>
      writeRows(directory, 'file-sha256', new Map(numbers(50, n % 3, n))),
    );
    const bytes = deltaBytes(a!, b!, directory);
    for (const options of [
      { old: a!, to: c!.digest },
      { old: c!, to: b!.digest },
      { old: { path: c!.path, digest: a!.digest }, to: b!.digest },
    ])
      await assert.rejects(applied(bytes, options, directory), refusal);
  });
});

test('segment delta: one that would be larger than wanted is not made, and leaves nothing', () => {
  withDirectory((directory) => {
    const old = writeRows(directory, 'file-sha256', new Map(numbers(10, 0)));
    const next = writeRows(directory, 'file-sha256', new Map(numbers(300, 1)));
    for (const mostBytes of [0, 500, 320 * 32 - 1000])
      assert.deepEqual(makeDelta({ old, next, directory, mostBytes }), { kind: 'too-large' });
    assert.equal(readdirSync(directory).length, 2);
    const other = writeRows(directory, 'file-md5', new Map(numbers(10, 0)));
    assert.throws(() => makeDelta({ old: other, next, directory, mostBytes: 1e6 }), { code: 'input' });
    assert.equal(readdirSync(directory).length, 3);
  });
});

test('segment delta: one that unpacks to far more than it says is stopped at what it says', async () => {
  await withDirectoryAsync(async (directory) => {
    const old = writeRows(directory, 'file-sha256', new Map(numbers(10, 0)));
    const packed = zstdCompressSync(Buffer.alloc(2 ** 27));
    const header = headerOf(old.digest, { packedBytes: packed.length, segmentBytes: 1000 });
    const bytes = Buffer.concat([encodeDeltaHeader(header), packed]);
    await assert.rejects(applied(bytes, { old, to: header.to }, directory), { code: 'corrupt' });
  });
});

/** Forged deltas that ask for as much memory as one can, each applied in a process of its own. */
test('segment delta: a forged one needs no more memory than its bound', async () => {
  await withDirectoryAsync(async (directory) => {
    const old = writeRows(directory, 'file-sha256', new Map(numbers(10, 0)));
    const rows = DELTA_LIMITS.maxRemoved;
    const ones = Buffer.alloc(DELTA_LIMITS.maxRemovedBytes);
    const plain = zstdCompressSync(readFileSync(old.path));
    const zeros = zstdCompressSync(Buffer.alloc(DELTA_LIMITS.maxSegmentBytes));
    const forged: [Partial<DeltaHeader>, Buffer[]][] = [
      [
        {
          removed: rows,
          parameter: 30,
          removedBytes: ones.length,
          packedBytes: plain.length,
          segmentBytes: old.bytes,
        },
        [ones.fill(0x11), plain],
      ],
      [{ packedBytes: zeros.length, segmentBytes: DELTA_LIMITS.maxSegmentBytes }, [zeros]],
      segmentOfClasses(directory, DELTA_LIMITS.maxClasses),
    ];
    const least = peakOf(deltaPath(old, old, directory), old, old.digest);
    for (const [fields, parts] of forged) {
      const path = join(directory, 'forged.delta');
      writeFileSync(path, Buffer.concat([encodeDeltaHeader(headerOf(old.digest, fields)), ...parts]));
      const extra = peakOf(path, old, 'ee'.repeat(32)) - least;
      assert.ok(extra < DELTA_LIMITS.memoryBytes, `${extra} bytes more`);
    }
  });
});

/** As many rows as classes, which are no records: nobody looks at them before the digest. */
function segmentOfClasses(directory: string, count: number): [Partial<DeltaHeader>, Buffer[]] {
  const classes = { length: count, line: (i: number) => Buffer.from(`${i}\n`) };
  const writer = new SegmentWriter({ directory, kind: 'file-sha256', classes });
  const key = Buffer.alloc(32);
  for (let i = 0; i < count; i++) {
    key.writeUInt32BE(i);
    writer.add(key, i, 0);
  }
  const { path, bytes } = writer.finish();
  const packed = zstdCompressSync(readFileSync(path));
  return [{ packedBytes: packed.length, segmentBytes: bytes }, [packed]];
}

function headerOf(from: string, fields: Partial<DeltaHeader>): DeltaHeader {
  const rest = {
    removed: 0,
    firstRemoved: 0,
    parameter: 0,
    removedBytes: 0,
    packedBytes: 0,
    segmentBytes: 0,
  };
  return { kind: 'file-sha256', from, to: 'ee'.repeat(32), ...rest, ...fields };
}

/** The most memory of a process that applies the delta, bytes. */
function peakOf(delta: string, old: { path: string; digest: string }, to: string): number {
  const script = `
    const { applyDelta } = await import(process.argv[1]);
    const [old, to, delta, directory] = process.argv.slice(2);
    await applyDelta({ old: JSON.parse(old), to, delta, directory }).catch(() => {});
    console.log(process.resourceUsage().maxRSS * 1024);`;
  return withDirectory((directory) => {
    const module = new URL('./delta-apply.ts', import.meta.url).href;
    const { path, digest } = old;
    const words = ['--input-type=module', '-e', script, module, JSON.stringify({ path, digest }), to, delta];
    const { stdout, stderr, status } = spawnSync(process.execPath, [...words, directory], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return Number(stdout);
  });
}

/** Keys `from` to `from + count`, all of one class. */
function numbers(count: number, value: number, from = 0): [number, number][] {
  return Array.from({ length: count }, (_, i) => [from + i, value]);
}
