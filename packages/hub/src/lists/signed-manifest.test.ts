import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { rootKeyOf } from 'tocsin/protocol/ed25519.ts';
import type { ListManifest } from 'tocsin/protocol/lookup.ts';
import { MANIFEST_NOTE_LIMITS, verifyManifest } from 'tocsin/protocol/manifest-note.ts';
import { formatVerifierKey, verifierOf } from 'tocsin/protocol/signed-note.ts';
import type { LogSigner } from '../keys/log-key.ts';
import { ManifestSigner, manifestTag } from './signed-manifest.ts';

const LIST = { role: 'changes', kind: 'host', digest: 'a'.repeat(64), bytes: 366, rows: 1 } as const;
const MANIFEST: ListManifest = { v: 1, revision: 17, lists: [LIST], prefixBits: {} };
const root = rootKeyOf(Buffer.alloc(32, 9));

function logSigner(): LogSigner {
  const signer = { name: `${root.id}/log`, privateKey: generateKeyPairSync('ed25519').privateKey };
  return { ...signer, verifierKey: formatVerifierKey(verifierOf(signer)) };
}

test('the tag of a manifest is quoted text, equal for equal manifests and notes and for no others', () => {
  const tagOf = (manifest: ListManifest, note: string | null = null): string =>
    manifestTag(manifest.revision, JSON.stringify(manifest), note);
  assert.match(tagOf(MANIFEST), /^"17-[0-9a-f]{32}"$/);
  assert.equal(tagOf({ ...MANIFEST, lists: [{ ...LIST }] }), tagOf(MANIFEST));
  const others: ListManifest[] = [
    { ...MANIFEST, revision: 18 },
    { ...MANIFEST, lists: [] },
    { ...MANIFEST, lists: [{ ...LIST, digest: 'b'.repeat(64) }] },
    { ...MANIFEST, prefixBits: { host: 3 } },
  ];
  const tags = [MANIFEST, ...others].map((manifest) => tagOf(manifest));
  assert.equal(new Set([...tags, tagOf(MANIFEST, 'a'), tagOf(MANIFEST, 'b')]).size, 7);
});

test('a manifest is signed once for each set of lists and each key, so that a machine can verify it', () => {
  const lists = { manifest: MANIFEST };
  const keys = { root, log: logSigner() as LogSigner | null };
  const signer = new ManifestSigner(lists, keys);
  const first = signer.current;
  assert.equal(signer.current, first);
  const note = Buffer.from(first.note!, 'base64').toString();
  const question = { text: first.body.toString(), note, hub: root.id };
  assert.deepEqual(verifyManifest({ ...question, logKey: keys.log!.verifierKey }), {
    kind: 'signed',
    manifest: MANIFEST,
  });
  assert.ok(note.length < MANIFEST_NOTE_LIMITS.maxBytes / 16, 'a header that no server minds');
  keys.log = logSigner();
  const second = signer.current;
  assert.notEqual(second.tag, first.tag);
  assert.deepEqual(second.body, first.body);
  lists.manifest = { ...MANIFEST, revision: 18 };
  assert.notEqual(signer.current.note, second.note);
});

test('without a log key a manifest has no note', () => {
  const signer = new ManifestSigner({ manifest: MANIFEST }, { root, log: null });
  assert.equal(signer.current.note, null);
  assert.match(signer.current.tag, /^"17-[0-9a-f]{32}"$/);
});
