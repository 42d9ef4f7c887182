import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TocsinError } from './errors.ts';
import { parseManifest } from './lookup.ts';

interface Vectors {
  readonly accepted: readonly { readonly name: string; readonly manifest: unknown; readonly read: unknown }[];
  readonly refused: readonly { readonly name: string; readonly manifest: unknown; readonly field: string }[];
}

const FILE = join(import.meta.dirname, '..', '..', '..', '..', 'spec', 'vectors', 'lists', 'manifest.json');
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

for (const { name, manifest, read } of vectors.accepted)
  test(`manifest vector: ${name}`, () => assert.deepEqual(parseManifest(manifest), read));

for (const { name, manifest, field } of vectors.refused)
  test(`manifest vector, refused: ${name}`, () => {
    assert.throws(
      () => parseManifest(manifest),
      (error: unknown) =>
        error instanceof TocsinError && error.code === 'format' && error.message.includes(`'${field}'`),
    );
  });
