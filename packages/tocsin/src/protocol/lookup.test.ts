// Manifests and class records come from other machines: every field is checked, nothing unknown passes through.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import { KEY_KIND_NAMES } from './kinds.ts';
import type { ListManifest, ListRole } from './lookup.ts';
import {
  allowedPrefixBits,
  CLASS_LIMITS,
  isListRole,
  LIST_ROLES,
  LOOKUP_LIMITS,
  MANIFEST_LIMITS,
  parseClassRecord,
  parseManifest,
  record,
  whole,
} from './lookup.ts';
import type { ClassRecord } from './verdict.ts';
import { CATEGORIES, LEVEL_NAMES } from './verdict.ts';

const ENTRY = {
  role: 'malicious',
  kind: 'file-sha256',
  digest: 'ab'.repeat(32),
  bytes: 1_000,
  rows: 20,
} as const;
const MANIFEST: ListManifest = { v: 1, revision: 7, lists: [ENTRY], prefixBits: { 'file-sha256': 14 } };
const RECORD: ClassRecord = {
  level: 'malicious',
  category: 'malware',
  name: 'Trojan.Win32.A',
  source: 'a list',
  reason: 'named by it',
  lifetime: 86_400,
};

/** Any JSON value, and often one near to a right one. */
function near(value: object): fc.Arbitrary<unknown> {
  const changed = fc
    .tuple(fc.constantFrom(...Object.keys(value)), fc.jsonValue(), fc.boolean())
    .map(([field, other, drop]) => {
      const { [field]: _, ...rest } = value as Record<string, unknown>;
      return drop ? rest : { ...rest, [field]: other };
    });
  return fc.oneof(changed, fc.jsonValue());
}

test('parseManifest: what is right passes unchanged', () => {
  assert.deepEqual(parseManifest(JSON.parse(JSON.stringify(MANIFEST))), MANIFEST);
  assert.deepEqual(parseManifest({ v: 1, revision: 0, lists: [], prefixBits: {} }).lists, []);
});

test('parseManifest: as many lists as allowed pass', () => {
  const lists = new Array(MANIFEST_LIMITS.maxLists).fill(ENTRY);
  assert.equal(parseManifest({ ...MANIFEST, lists }).lists.length, MANIFEST_LIMITS.maxLists);
});

test('parseManifest: roles, kinds and fields of a later version are left out', () => {
  const later = {
    ...MANIFEST,
    colour: 'red',
    lists: [
      { ...ENTRY, role: 'newer' },
      { ...ENTRY, kind: 'newer' },
      { ...ENTRY, colour: 'red' },
    ],
    prefixBits: { 'file-sha256': 14, newer: 99, __proto__: null },
  };
  assert.deepEqual(parseManifest(later), MANIFEST);
});

const BAD_MANIFESTS: readonly [what: string, value: unknown, words: RegExp][] = [
  ['no object', 'x', /it is a string, want an object/],
  ['null', null, /it is null, want an object/],
  ['an array', [], /it is an array, want an object/],
  ['another version', { ...MANIFEST, v: 2 }, /'v' is wrong/],
  ['no revision', { ...MANIFEST, revision: undefined }, /'revision'/],
  ['a negative revision', { ...MANIFEST, revision: -1 }, /'revision'/],
  ['lists that are no array', { ...MANIFEST, lists: {} }, /'lists'/],
  ['too many lists', { ...MANIFEST, lists: new Array(MANIFEST_LIMITS.maxLists + 1).fill(ENTRY) }, /'lists'/],
  ['an entry that is none', { ...MANIFEST, lists: [null] }, /list entry/],
  [
    'a digest with a path in it',
    { ...MANIFEST, lists: [{ ...ENTRY, digest: '../../../etc/passwd' }] },
    /'digest'/,
  ],
  ['a digest in capitals', { ...MANIFEST, lists: [{ ...ENTRY, digest: 'AB'.repeat(32) }] }, /'digest'/],
  [
    'a list too large',
    { ...MANIFEST, lists: [{ ...ENTRY, bytes: MANIFEST_LIMITS.maxListBytes + 1 }] },
    /'bytes'/,
  ],
  ['half a row', { ...MANIFEST, lists: [{ ...ENTRY, rows: 0.5 }] }, /'rows'/],
  [
    'prefixes too long to hide anything',
    { ...MANIFEST, prefixBits: { url: LOOKUP_LIMITS.maxPrefixBits + 1 } },
    /'prefixBits'/,
  ],
  ['no prefixes', { ...MANIFEST, prefixBits: undefined }, /want an object/],
];
for (const [what, value, words] of BAD_MANIFESTS)
  test(`parseManifest refuses ${what}`, () => {
    assert.throws(
      () => parseManifest(value),
      (error) => isFormatError(error) && words.test((error as Error).message),
    );
  });

test('parseManifest: any JSON is refused with `format`, or what passed passes again unchanged', () => {
  const listed = near(ENTRY).map((entry) => ({ ...MANIFEST, lists: [entry, ENTRY] }));
  fc.assert(
    fc.property(fc.oneof(near(MANIFEST), listed), (value) => {
      const manifest = attempt(() => parseManifest(value));
      if (manifest === null) return;
      assert.deepEqual(parseManifest(manifest), manifest);
      for (const entry of manifest.lists) {
        assert.match(entry.digest, /^[0-9a-f]{64}$/);
        assert.ok(isListRole(entry.role) && KEY_KIND_NAMES.includes(entry.kind));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('parseClassRecord: what is right passes, without fields of a later version', () => {
  assert.deepEqual(parseClassRecord({ ...RECORD, colour: 'red' }), RECORD);
  assert.deepEqual(parseClassRecord({ ...RECORD, category: null, name: null }), {
    ...RECORD,
    category: null,
    name: null,
  });
});

const BAD_RECORDS: readonly [field: keyof ClassRecord, value: unknown][] = [
  ['level', 'bad'],
  ['level', undefined],
  ['category', 'bad'],
  ['category', undefined],
  ['name', 7],
  ['name', 'x'.repeat(CLASS_LIMITS.maxText + 1)],
  ['source', null],
  ['reason', 'x'.repeat(CLASS_LIMITS.maxText + 1)],
  ['lifetime', -1],
  ['lifetime', CLASS_LIMITS.maxLifetime + 1],
  ['lifetime', '60'],
];
for (const [field, value] of BAD_RECORDS)
  test(`parseClassRecord refuses '${field}' ${JSON.stringify(value)?.slice(0, 20) ?? 'missing'}`, () => {
    assert.throws(
      () => parseClassRecord({ ...RECORD, [field]: value }),
      (error) => isFormatError(error) && (error as Error).message.includes(`'${field}'`),
    );
  });

test('parseClassRecord: a text as long as allowed passes', () => {
  const name = 'x'.repeat(CLASS_LIMITS.maxText);
  assert.equal(parseClassRecord({ ...RECORD, name }).name, name);
});

test('parseClassRecord: any JSON is refused with `format`, or what passed is within the limits', () => {
  fc.assert(
    fc.property(near(RECORD), (value) => {
      const parsed = attempt(() => parseClassRecord(value));
      if (parsed === null) return;
      assert.deepEqual(parseClassRecord(parsed), parsed);
      assert.ok(LEVEL_NAMES.includes(parsed.level));
      assert.ok(parsed.category === null || CATEGORIES.includes(parsed.category));
    }),
    { numRuns: 2_000 },
  );
});

test('record: objects pass; null, arrays and plain values do not', () => {
  assert.deepEqual(record({ a: 1 }, 'thing'), { a: 1 });
  for (const value of [null, undefined, [], 'x', 1, true])
    assert.throws(() => record(value, 'thing'), isFormatError);
});

test('whole: whole numbers in the range pass, both ends included', () => {
  assert.equal(whole(1, 'n', 1, 3), 1);
  assert.equal(whole(3, 'n', 1, 3), 3);
  for (const value of [0, 4, 1.5, '2', null, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => whole(value, 'n', 1, 3), /'n' is wrong, want a whole number from 1 to 3/);
});

test('list roles: in the order in which they are asked', () => {
  assert.deepEqual(LIST_ROLES, ['changes', 'malicious', 'known-good']);
  assert.ok(!isListRole('toString') && !isListRole(null));
});

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    assert.ok(isFormatError(error), String(error));
    return null;
  }
}

function isFormatError(error: unknown): boolean {
  return error instanceof TocsinError && error.code === 'format';
}

test('a machine shows no more bits than its lists allow, whatever the manifest says', () => {
  const list = (role: ListRole, rows: number) =>
    ({ role, kind: 'file-sha256', digest: 'a'.repeat(64), bytes: 1, rows }) as const;
  const allowed = (rows: number, announced: number, changes = 0): number | undefined =>
    allowedPrefixBits({
      v: 1,
      revision: 1,
      lists: [list('malicious', rows), list('changes', changes)],
      prefixBits: { 'file-sha256': announced },
    })['file-sha256'];
  assert.equal(allowed(10, 24), undefined);
  assert.equal(allowed(127, 24), undefined);
  assert.equal(allowed(128, 24), 1);
  assert.equal(allowed(64 * 2 ** 10, 24), 10);
  assert.equal(allowed(64 * 2 ** 10, 9), 9);
  assert.equal(allowed(0, 5, 64 * 2 ** 4), 4);
  assert.equal(allowed(2 ** 40, 24), 24);
});
