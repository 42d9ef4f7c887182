// Golden keys: they stand in segment files and on the wire, so they may never change.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex } from './hex.ts';
import { digestKey, fileKey, hostKey, ipKey, urlKey } from './keys-of.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from './kinds.ts';

test('urlKey: SHA-256 of the expression (golden)', () => {
  const key = urlKey('evil.example/a?b');
  assert.equal(key.kind, 'url');
  assert.equal(toHex(key.bytes), '87cffecf59ec2839073f40b99c3cbe51265252164d1c226971af7172d4994287');
});

test('hostKey: SHA-256 of the host and a slash (golden), the same bytes as its root URL, of another kind', () => {
  const key = hostKey('evil.example');
  assert.equal(key.kind, 'host');
  assert.equal(toHex(key.bytes), 'f001957c833da35384097567d684bbfdccfd3c0aea51b672d740b5858f6e9aa5');
  assert.deepEqual(key.bytes, urlKey('evil.example/').bytes);
});

test('ipKey: SHA-256 of the canonical text (golden)', () => {
  const key = ipKey('192.0.2.0/24');
  assert.equal(key.kind, 'ip');
  assert.equal(toHex(key.bytes), 'e336915ff179f536c8e8fff8480a5293f82e4db826367068433f337aa7c94601');
});

test('keys made of text: plain byte arrays of their own, equal to SHA-256 of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      const { bytes } = urlKey(text);
      assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
      assert.equal(toHex(bytes), createHash('sha256').update(text).digest('hex'));
    }),
  );
  const [one, two] = [urlKey('a/'), urlKey('b/')];
  assert.notDeepEqual(one.bytes, two.bytes);
});

test('digestKey and fileKey: take the size of their kind and no other', () => {
  for (const kind of KEY_KIND_NAMES) {
    const size = KEY_KINDS[kind].bytes;
    const bytes = new Uint8Array(size).fill(7);
    assert.deepEqual(digestKey(kind, bytes), { kind, bytes });
    assert.throws(() => digestKey(kind, new Uint8Array(size - 1)), TypeError);
    assert.throws(() => digestKey(kind, new Uint8Array(size + 1)), TypeError);
  }
  assert.equal(fileKey('file-md5', new Uint8Array(16)).kind, 'file-md5');
});
