import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ListManifest, ListRole, LookupRequest, LookupResponse } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { answer } from './answer.ts';

interface Vectors {
  readonly prefixBits: ListManifest['prefixBits'];
  readonly lists: readonly {
    readonly role: ListRole;
    readonly kind: KeyKind;
    readonly entries: readonly { readonly key: string; readonly record: ClassRecord }[];
  }[];
  readonly answered: readonly {
    readonly name: string;
    readonly request: LookupRequest;
    readonly response: LookupResponse;
  }[];
  readonly refused: readonly { readonly name: string; readonly request: LookupRequest }[];
}

const FILE = join(import.meta.dirname, '..', '..', '..', '..', 'spec', 'vectors', 'lookup', 'buckets.json');
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

let directory: string;
let lists: ListSet;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const entries = vectors.lists.map(({ role, kind, entries }) => {
    const builder = new SegmentBuilder({ directory, kind });
    for (const { key, record } of entries) builder.add(parseHex(key)!, 0, builder.classIndex(record), 0);
    const { file } = builder.finish(directory);
    return { role, kind, digest: file.digest, bytes: file.bytes, rows: file.rows };
  });
  const manifest: ListManifest = { v: 1, revision: 1, lists: entries, prefixBits: vectors.prefixBits };
  lists = ListSet.open(manifest, (digest) => join(directory, `${digest}.seg`));
});
after(() => {
  lists.close();
  rmSync(directory, { recursive: true });
});

for (const { name, request, response } of vectors.answered)
  test(`look-up vector: ${name}`, () => assert.deepEqual(answer(lists, request), response));

for (const { name, request } of vectors.refused)
  test(`look-up vector, refused: ${name}`, () => {
    assert.throws(
      () => answer(lists, request),
      (error: unknown) => error instanceof TocsinError && error.code === 'input',
    );
  });
