// Codes and sizes stand in files and on the wire: this table may grow, but no row may change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKeyKind, KEY_KIND_NAMES, KEY_KINDS, keyKindOfCode, OBJECT_KINDS } from './kinds.ts';

test('key kinds: names, codes, sizes, objects and aliases are as published', () => {
  const rows = KEY_KIND_NAMES.map((name) => {
    const { code, bytes, object, alias } = KEY_KINDS[name];
    return `${code} ${name} ${bytes} ${object}${alias ? ' alias' : ''}`;
  });
  assert.deepEqual(rows, [
    '1 file-sha256 32 file',
    '2 file-sha1 20 file alias',
    '3 file-md5 16 file alias',
    '4 url 32 url',
    '5 host 32 host',
    '6 ip 32 ip',
    '7 certificate-sha256 32 certificate',
    '8 certificate-tbs 32 certificate',
    '9 wifi 32 wifi',
  ]);
});

test('keyKindOfCode: finds each kind by its code, and none for a code of a later version', () => {
  for (const name of KEY_KIND_NAMES) assert.equal(keyKindOfCode(KEY_KINDS[name].code), name);
  for (const code of [0, 10, 255, -1, 1.5, Number.NaN]) assert.equal(keyKindOfCode(code), undefined);
});

test('isKeyKind: true for the names alone, not for what every object has', () => {
  for (const name of KEY_KIND_NAMES) assert.ok(isKeyKind(name));
  for (const value of ['', 'file', 'toString', '__proto__', 'FILE-MD5', 1, null, undefined, ['url']])
    assert.ok(!isKeyKind(value), String(value));
});

test('object kinds: each has a kind of key', () => {
  assert.deepEqual(new Set(KEY_KIND_NAMES.map((name) => KEY_KINDS[name].object)), new Set(OBJECT_KINDS));
});
