import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import type { ListEntry } from '../../protocol/lookup.ts';
import type { FixtureList } from '../client-fixture.ts';
import { BAD, GOOD, keyOf, NOW, TRUSTED, temporaryHome, WITHDRAWN, writeList } from '../client-fixture.ts';
import type { Home } from '../state/home.ts';
import { ListStore, listFile, parseHeldLists, readHeldLists, writeHeldLists } from './store.ts';

const K = (n: number) => keyOf('file-sha256', n);

function hold(home: Home, lists: readonly FixtureList[]): readonly ListEntry[] {
  const entries = lists.map((list) => writeList(home.lists, list));
  const manifest = { v: 1 as const, revision: 3, lists: entries, prefixBits: { 'file-sha256': 8 } };
  const text = JSON.stringify(manifest);
  writeHeldLists(home, { manifest, text, proof: null, checkedAt: NOW, hub: 'root', etag: '"3"' });
  return entries;
}

function open(t: TestContext, home: Home): ListStore {
  const store = ListStore.open(home, null);
  t.after(() => store.close());
  return store;
}

test('no lists: nothing is known, nothing is wrong', (t) => {
  const store = open(t, temporaryHome(t));
  assert.deepEqual([store.answer(K(1)), store.held, store.revision, store.damaged], [null, null, '0', []]);
});

test('changes win over malicious, malicious over known good, and what was taken back is unknown', (t) => {
  const home = temporaryHome(t);
  hold(home, [
    {
      role: 'known-good',
      kind: 'file-sha256',
      rows: [
        [K(1), GOOD],
        [K(2), GOOD],
        [K(3), GOOD],
        [K(4), GOOD],
      ],
    },
    {
      role: 'malicious',
      kind: 'file-sha256',
      rows: [
        [K(2), BAD],
        [K(3), BAD],
        [K(5), BAD],
      ],
    },
    {
      role: 'changes',
      kind: 'file-sha256',
      rows: [
        [K(3), TRUSTED],
        [K(4), WITHDRAWN],
        [K(5), WITHDRAWN],
      ],
    },
  ]);
  const store = open(t, home);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((n) => store.answer(K(n))?.verdict.level ?? null),
    ['good', 'malicious', 'trusted', 'unknown', 'unknown', null],
  );
  const answer = store.answer(K(2));
  assert.deepEqual(
    [answer?.answeredBy, answer?.lifetime, answer?.verdict.source],
    ['list', BAD.lifetime, 'feed'],
  );
});

test('a list of MD5 says good at most and is seen as one of that kind', (t) => {
  const home = temporaryHome(t);
  const md5 = keyOf('file-md5', 1);
  hold(home, [{ role: 'known-good', kind: 'file-md5', rows: [[md5, TRUSTED]] }]);
  const store = open(t, home);
  assert.equal(store.answer(md5)?.verdict.level, 'good');
  assert.deepEqual([store.has('file-md5'), store.has('file-sha1')], [true, false]);
});

test('equal lists have an equal revision, other lists another', (t) => {
  const lists: FixtureList[] = [{ role: 'malicious', kind: 'file-sha256', rows: [[K(1), BAD]] }];
  const homes = [temporaryHome(t), temporaryHome(t), temporaryHome(t)];
  hold(homes[0]!, lists);
  hold(homes[1]!, lists);
  hold(homes[2]!, [{ ...lists[0]!, rows: [[K(2), BAD]] }]);
  const [a, b, c] = homes.map((home) => open(t, home).revision);
  assert.equal(a, b);
  assert.notEqual(a, c);
});

const THREE: readonly FixtureList[] = [
  { role: 'known-good', kind: 'file-sha256', rows: [[K(1), GOOD]] },
  { role: 'malicious', kind: 'file-sha256', rows: [[K(2), BAD]] },
  { role: 'changes', kind: 'file-sha256', rows: [[K(3), BAD]] },
];

test('a damaged list is left out and told, the others go on', (t) => {
  const home = temporaryHome(t);
  const [good] = hold(home, THREE);
  writeFileSync(listFile(home, good!.digest), 'no segment');
  const store = open(t, home);
  assert.deepEqual(
    [1, 2, 3].map((n) => store.answer(K(n))?.verdict.level ?? null),
    [null, 'malicious', 'malicious'],
  );
  assert.deepEqual(
    store.damaged.map(({ entry }) => entry?.role),
    ['known-good'],
  );
  assert.equal(existsSync(listFile(home, good!.digest)), false, 'it is fetched anew');
});

test('without the changes of a kind nothing of it counts as good: a recall could be lost', (t) => {
  const home = temporaryHome(t);
  const [, , changes] = hold(home, THREE);
  writeFileSync(
    listFile(home, changes!.digest),
    readFileSync(listFile(home, changes!.digest)).subarray(0, 50),
  );
  const store = open(t, home);
  assert.deepEqual(
    [1, 2, 3].map((n) => store.answer(K(n))?.verdict.level ?? null),
    [null, 'malicious', null],
  );
});

test('a page that goes bad under an open list takes that list away and no other', (t) => {
  const home = temporaryHome(t);
  const [good] = hold(home, THREE);
  const store = open(t, home);
  const file = openSync(listFile(home, good!.digest), 'r+');
  writeSync(file, Buffer.from('spoiled'), 0, 7, 40);
  closeSync(file);
  assert.deepEqual(
    [1, 2, 3].map((n) => store.answer(K(n))?.verdict.level ?? null),
    [null, 'malicious', 'malicious'],
  );
  assert.equal(store.damaged.length, 1);
});

test('a damaged record of the lists is told, and nothing is answered from lists', (t) => {
  const home = temporaryHome(t);
  hold(home, THREE);
  writeFileSync(join(home.lists, 'lists.json'), '{');
  const store = open(t, home);
  assert.deepEqual([store.answer(K(2)), store.held, store.damaged.length], [null, null, 1]);
  assert.throws(
    () => readHeldLists(home, null),
    (error) => error instanceof TocsinError && error.code === 'corrupt',
  );
});

test('no text is taken for a record of lists that is none', (t) => {
  const home = temporaryHome(t);
  mkdirSync(home.lists, { recursive: true, mode: 0o700 });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.jsonValue()), (value) => {
      assert.throws(
        () => parseHeldLists(value, null),
        (error) => error instanceof TocsinError && error.code === 'format',
      );
    }),
  );
  const parts = fc.record({
    format: fc.constant('tocsin-lists'),
    v: fc.constant(2),
    hub: fc.string(),
    etag: fc.constant(null),
    checkedAt: fc.nat(),
    manifest: fc.oneof(fc.string(), fc.json(), fc.anything()),
    proof: fc.oneof(fc.record({ note: fc.string(), keys: fc.oneof(fc.string(), fc.json()) }), fc.anything()),
  });
  fc.assert(
    fc.property(parts, (value) => {
      assert.throws(
        () => parseHeldLists(value, null),
        (error) => error instanceof TocsinError && ['format', 'corrupt', 'limit'].includes(error.code),
      );
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      writeFileSync(join(home.lists, 'lists.json'), text);
      assert.throws(
        () => readHeldLists(home, null),
        (error) => error instanceof TocsinError && error.code === 'corrupt',
      );
    }),
    { numRuns: 30 },
  );
});
