// What is kept of lists that are published no more: as many and as large as may be, and nothing else.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Layout } from '../store/layout.ts';
import { layoutOf, prepareLayout } from '../store/layout.ts';
import { LIST_DELTAS } from './config.ts';
import type { PublishedList } from './former.ts';
import { formerPath, keepFormer, limitDeltas, listDeltaPath, pruneFormer } from './former.ts';

function layoutFor(t: TestContext): Layout {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const layout = layoutOf(directory);
  prepareLayout(layout);
  return layout;
}

function list(n: number, role: PublishedList['role'] = 'malicious'): PublishedList {
  return { role, kind: 'file-sha256', digest: n.toString(16).padStart(64, '0') };
}

/** The n-th list of a role, published at the n-th second. */
function published(layout: Layout, n: number, role?: PublishedList['role']): PublishedList {
  const one = list(n, role);
  const path = join(layout.lists, `${one.digest}.seg`);
  writeFileSync(path, Buffer.alloc(100));
  utimesSync(path, n, n);
  return one;
}

function delta(layout: Layout, from: number, to: number, at: number): void {
  const path = listDeltaPath(layout, list(from).digest, list(to).digest);
  mkdirSync(layout.listDeltas, { recursive: true });
  writeFileSync(path, Buffer.alloc(10));
  utimesSync(path, at, at);
}

function numbersIn(layout: Layout): string[] {
  return readdirSync(layout.listDeltas)
    .map((name) => name.replaceAll(/0{10,}/g, '').replace('.file-sha256', ''))
    .sort();
}

test('published lists are kept by links, so that they stay when their files go', (t) => {
  const layout = layoutFor(t);
  const one = published(layout, 1);
  keepFormer(layout, [one, list(2)]);
  keepFormer(layout, [one]);
  rmSync(join(layout.lists, `${one.digest}.seg`));
  assert.deepEqual(readdirSync(layout.listDeltas), [`malicious.file-sha256.${one.digest}.seg`]);
});

test('former lists are kept by number and by bytes, each role and kind for itself; published ones do not count', (t) => {
  for (const limits of [
    { ...LIST_DELTAS, keptVersions: 2 },
    { ...LIST_DELTAS, keptBytes: 299 },
  ]) {
    const layout = layoutFor(t);
    for (let n = 1; n <= 5; n++) keepFormer(layout, [published(layout, n)]);
    keepFormer(layout, [published(layout, 9, 'changes')]);
    pruneFormer(layout, [list(5), list(2)], limits);
    assert.deepEqual(numbersIn(layout), [
      'changes.9.seg',
      'malicious.2.seg',
      'malicious.3.seg',
      'malicious.4.seg',
      'malicious.5.seg',
    ]);
    keepFormer(layout, [published(layout, 6)]);
    pruneFormer(layout, [list(6)], limits);
    assert.deepEqual(numbersIn(layout), [
      'changes.9.seg',
      'malicious.4.seg',
      'malicious.5.seg',
      'malicious.6.seg',
    ]);
  }
});

test('a delta goes with either of its lists, and the oldest beyond the limits', (t) => {
  const layout = layoutFor(t);
  for (let n = 1; n <= 3; n++) keepFormer(layout, [published(layout, n)]);
  delta(layout, 1, 3, 1);
  delta(layout, 2, 3, 2);
  delta(layout, 1, 2, 3);
  delta(layout, 7, 3, 4);
  pruneFormer(layout, [list(3)]);
  const lists = ['malicious.1.seg', 'malicious.2.seg', 'malicious.3.seg'];
  assert.deepEqual(numbersIn(layout), ['1.3.delta', '2.3.delta', ...lists]);
  limitDeltas(layout, { ...LIST_DELTAS, maxDeltaBytes: 15 });
  assert.deepEqual(numbersIn(layout), ['2.3.delta', ...lists]);
  limitDeltas(layout, { ...LIST_DELTAS, maxDeltas: 0 });
  assert.deepEqual(numbersIn(layout), lists);
});

test('where nothing was ever kept there is nothing to remove, and other files are left alone', (t) => {
  const layout = layoutFor(t);
  pruneFormer(layout, [list(1)]);
  mkdirSync(layout.listDeltas);
  writeFileSync(join(layout.listDeltas, 'README'), '');
  pruneFormer(layout, []);
  assert.deepEqual(readdirSync(layout.listDeltas), ['README']);
  assert.match(formerPath(layout, list(1)), /malicious\.file-sha256\.0+1\.seg$/);
});
