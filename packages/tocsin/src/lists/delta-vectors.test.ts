// Every vector of spec/vectors/segment-delta: applied, made again, and refused with its code.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import type { KeyKind } from '../protocol/kinds.ts';
import { applyDelta } from './delta-apply.ts';
import { deltaBytes } from './delta-fixture.ts';
import { DELTA_HEADER_BYTES, decodeDeltaHeader } from './delta-format.ts';
import type { SegmentOf } from './delta-make.ts';
import { specText, withDirectoryAsync } from './test-help.ts';

interface ValidVector {
  readonly name: string;
  readonly kind: KeyKind;
  readonly old: string;
  readonly next: string;
  readonly delta: string;
}

function vectorsOf<T>(name: string): T[] {
  return (JSON.parse(specText(`vectors/segment-delta/${name}.json`)) as { vectors: T[] }).vectors;
}

const VALID = vectorsOf<ValidVector>('valid');

function stored(directory: string, hex: string): SegmentOf {
  const bytes = Buffer.from(hex, 'hex');
  const digest = createHash('sha256').update(bytes).digest('hex');
  const path = join(directory, `${digest}.old`);
  writeFileSync(path, bytes);
  return { path, digest };
}

/** The parts of a delta of which the bytes are laid down: all but the compression. */
function partsOf(delta: Buffer): unknown[] {
  const { packedBytes, ...header } = decodeDeltaHeader(delta, delta.length);
  const packed = DELTA_HEADER_BYTES + header.removedBytes;
  assert.equal(delta.length, packed + packedBytes);
  const segment = zstdDecompressSync(delta.subarray(packed));
  return [header, delta.toString('hex', DELTA_HEADER_BYTES, packed), Buffer.from(segment).toString('hex')];
}

for (const { name, kind, old: before, next: after, delta } of VALID)
  test(`segment delta vector '${name}' is applied, and made again`, () =>
    withDirectoryAsync(async (directory) => {
      const [old, next] = [stored(directory, before), stored(directory, after)];
      const path = join(directory, 'vector.delta');
      const bytes = Buffer.from(delta, 'hex');
      writeFileSync(path, bytes);
      const file = await applyDelta({ old, to: next.digest, delta: path, directory });
      assert.equal(file.kind, kind);
      assert.equal(readFileSync(file.path).toString('hex'), after);
      assert.deepEqual(partsOf(deltaBytes(old, next, directory)), partsOf(bytes));
    }));

test('every segment delta that must be refused is refused, with its code', () =>
  withDirectoryAsync(async (directory) => {
    const base = VALID.at(-1)!;
    const [old, next] = [stored(directory, base.old), stored(directory, base.next)];
    const path = join(directory, 'refused.delta');
    for (const { name, code, delta } of vectorsOf<{ name: string; code: string; delta: string }>('refused')) {
      writeFileSync(path, Buffer.from(delta, 'hex'));
      const application = applyDelta({ old, to: next.digest, delta: path, directory });
      await assert.rejects(application, { name: 'TocsinError', code }, name);
    }
  }));

test('the hex dump in the text is the first vector', () => {
  const rows = specText('segment-delta.md').match(/^[0-9a-f]{8} {2}[0-9a-f ]{48}/gm) ?? [];
  assert.equal(rows.map((row) => row.slice(10).replaceAll(' ', '')).join(''), VALID[0]!.delta);
});
