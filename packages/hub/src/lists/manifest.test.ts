import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListManifest } from 'tocsin/protocol/lookup.ts';
import { manifestTag } from './manifest.ts';

const LIST = { role: 'changes', kind: 'host', digest: 'a'.repeat(64), bytes: 366, rows: 1 } as const;
const MANIFEST: ListManifest = { v: 1, revision: 17, lists: [LIST], prefixBits: {} };

test('the tag of a manifest is quoted text, equal for equal manifests and for no others', () => {
  assert.match(manifestTag(MANIFEST), /^"17-[0-9a-f]{32}"$/);
  assert.equal(manifestTag({ ...MANIFEST, lists: [{ ...LIST }] }), manifestTag(MANIFEST));
  const others: ListManifest[] = [
    { ...MANIFEST, revision: 18 },
    { ...MANIFEST, lists: [] },
    { ...MANIFEST, lists: [{ ...LIST, digest: 'b'.repeat(64) }] },
    { ...MANIFEST, prefixBits: { host: 3 } },
  ];
  assert.equal(new Set([MANIFEST, ...others].map(manifestTag)).size, 5);
});
