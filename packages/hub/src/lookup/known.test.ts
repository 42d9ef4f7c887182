// What is known by heart says the same as the list files, at every moment: while it is made, after it is, and when the
// lists change.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { ListManifest, ListRole } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord, Level } from 'tocsin/protocol/verdict.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import type { PublishedLists, RevisionListener } from '../lists/published.ts';
import { INDEX_MAKER_LIMITS, IndexMaker } from './index-maker.ts';
import { KNOWN_LIMITS, KnownObjects } from './known.ts';

const KIND = 'file-sha256';
const KNOWN_ASIDE = INDEX_MAKER_LIMITS.atOnce + 1;
type Says = ReadonlyMap<number, Level>;

function keyOf(n: number): Uint8Array {
  return createHash('sha256').update(`object ${n}`).digest();
}

function recordOf(role: ListRole, level: Level): ClassRecord {
  return { level, category: null, name: null, source: role, reason: `${role} says so`, lifetime: 60 };
}

/** Published lists of one kind that a test replaces, with the real files. */
class Lists {
  readonly directory: string;
  set: ListSet;
  readonly #listeners = new Set<RevisionListener>();
  readonly maker = new IndexMaker({ pathOf: (digest) => this.pathOf(digest), random: systemWorld.random });
  readonly #former: ListSet[] = [];
  #revision = 0;

  constructor(t: TestContext) {
    this.directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
    this.set = this.#open({});
    t.after(() => rmSync(this.directory, { recursive: true }));
    t.after(() => {
      for (const set of [this.set, ...this.#former]) set.close();
    });
  }

  /** How often a look-up met a damaged file. */
  damage = 0;

  reportDamage(): void {
    this.damage++;
  }

  get manifest(): ListManifest {
    return this.set.manifest;
  }

  pathOf = (digest: string): string => join(this.directory, `${digest}.seg`);

  onRevision(listener: RevisionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `former`: what was published before, open until the end of the test. */
  publish(says: Partial<Record<ListRole, Says>>): { former: ListSet } {
    const former = this.set;
    this.#former.push(former);
    this.set = this.#open(says);
    for (const listener of this.#listeners) listener(this.manifest);
    return { former };
  }

  #open(says: Partial<Record<ListRole, Says>>): ListSet {
    const lists = Object.entries(says).map(([role, levels]) => {
      const builder = new SegmentBuilder({ directory: this.directory, kind: KIND });
      for (const [n, level] of levels)
        builder.add(keyOf(n), 0, builder.classIndex(recordOf(role as ListRole, level)), 0);
      const { digest, bytes, rows } = builder.finish(this.directory).file;
      return { role: role as ListRole, kind: KIND, digest, bytes, rows } as const;
    });
    return ListSet.open({ v: 1, revision: ++this.#revision, lists, prefixBits: {} }, this.pathOf);
  }

  known(t: TestContext, log: string[] = []): KnownObjects {
    const lists = this as unknown as PublishedLists;
    const known = new KnownObjects({
      lists,
      source: this.maker,
      pathOf: this.pathOf,
      log: (l) => log.push(l),
    });
    t.after(() => known.close());
    return known;
  }
}

/** Of the first 60 objects, one by one and all at once: what the index says is what these files say. */
function agrees(known: KnownObjects, lists: { readonly set: ListSet }): void {
  const count = 60;
  const keys = Buffer.concat(Array.from({ length: count }, (_, n) => keyOf(n)));
  const many = new Map<number, ClassRecord>();
  known.findMany(KIND, keys, count, (i, record) => many.set(i, record));
  for (let n = 0; n < count; n++) {
    const answer = lists.set.find({ kind: KIND, bytes: keyOf(n) });
    const want = answer.kind === 'absent' ? null : answer.record;
    assert.deepEqual(known.find(KIND, keys, n * 32), want, `object ${n}`);
    const listed = want?.level === 'unknown' ? null : want;
    assert.deepEqual(many.get(n) ?? null, listed, `object ${n}, with others`);
  }
}

function range(from: number, to: number, level: Level): Says {
  return new Map(Array.from({ length: to - from }, (_, i) => [from + i, level]));
}

test('known by heart: the same as the files, before, while and after it is made, and through every change', async (t) => {
  const lists = new Lists(t);
  const known = lists.known(t);
  agrees(known, lists);
  const malicious = range(0, 20, 'malicious');
  const steps: Partial<Record<ListRole, Says>>[] = [
    { malicious, 'known-good': range(15, 40, 'good') },
    {
      malicious,
      'known-good': range(15, 40, 'good'),
      changes: new Map([...range(5, 8, 'unknown'), [50, 'suspicious']]),
    },
    { malicious, changes: range(30, 35, 'trusted') },
    { changes: range(0, 3, 'malicious') },
    {},
  ];
  await known.ready;
  for (const step of steps) {
    const { former } = lists.publish(step);
    agrees(known, { set: former });
    await known.ready;
    agrees(known, lists);
  }
});

test('known by heart: lists that change back while an index is made are what is said in the end', async (t) => {
  const lists = new Lists(t);
  const known = lists.known(t);
  const many = KNOWN_ASIDE;
  const [a, b] = [range(0, many, 'malicious'), range(20, many + 20, 'malicious')];
  const changes = range(40, 45, 'unknown');
  lists.publish({ malicious: a });
  agrees(known, lists);
  await known.ready;
  lists.publish({ malicious: b, changes });
  await setImmediate(); // the index of these is being made
  lists.publish({ malicious: a });
  await known.ready;
  agrees(known, lists);
  lists.publish({ malicious: b, changes });
  await setImmediate();
  lists.publish({ malicious: a });
  lists.publish({ malicious: b, changes: range(50, 55, 'unknown') });
  await known.ready;
  agrees(known, lists);
});

test('known by heart: many objects are taken in aside, and a revision that comes meanwhile counts', async (t) => {
  const lists = new Lists(t);
  const known = lists.known(t);
  lists.publish({ malicious: range(0, KNOWN_ASIDE, 'malicious') });
  agrees(known, lists);
  lists.publish({ 'known-good': range(10, KNOWN_ASIDE + 20, 'good') });
  await known.ready;
  agrees(known, lists);
});

test('known by heart: files are not asked by the thousand: that waits for the index, and is refused while there is none', async (t) => {
  const lists = new Lists(t);
  const known = lists.known(t);
  const { inFiles } = KNOWN_LIMITS;
  const keys = Buffer.concat(Array.from({ length: inFiles + 1 }, (_, n) => keyOf(n)));
  const found = (count: number): number => {
    let objects = 0;
    known.findMany(KIND, keys, count, () => objects++);
    return objects;
  };
  const isBusy = (error: unknown): boolean => error instanceof TocsinError && error.code === 'busy';
  lists.publish({ malicious: range(0, KNOWN_ASIDE, 'malicious') });
  assert.throws(() => found(inFiles + 1), isBusy);
  assert.equal(found(inFiles), Math.min(inFiles, KNOWN_ASIDE));
  assert.equal(known.revisionOf(KIND), lists.manifest.revision);
  await known.untilKnown(KIND, inFiles + 1);
  assert.equal(found(inFiles + 1), Math.min(inFiles + 1, KNOWN_ASIDE));
  const { revision } = lists.manifest;
  lists.publish({ malicious: range(0, KNOWN_ASIDE + 1, 'malicious') });
  assert.equal(known.revisionOf(KIND), revision, 'of what is said, not of what is being made');
  await known.ready;
  assert.equal(known.revisionOf(KIND), revision + 1);
  lists.publish({ malicious: range(0, KNOWN_ASIDE + 2, 'malicious') });
  writeFileSync(lists.pathOf(lists.manifest.lists[0]!.digest), 'no segment');
  await known.ready;
  await assert.rejects(known.untilKnown(KIND, inFiles + 1), isBusy);
});

test('known by heart: a list file that is damaged is told, and what the files say goes on', async (t) => {
  const lists = new Lists(t);
  const log: string[] = [];
  const known = lists.known(t, log);
  agrees(known, lists);
  lists.publish({ malicious: range(0, 20, 'malicious') });
  await known.ready;
  const before = lists.manifest.lists[0]!;
  lists.publish({ malicious: range(0, 21, 'malicious') });
  writeFileSync(lists.pathOf(lists.manifest.lists[0]!.digest), 'no segment');
  await known.ready;
  assert.notEqual(lists.manifest.lists[0]!.digest, before.digest);
  assert.match(
    log.join(),
    /^the index of file-sha256 cannot be made, its list files are asked: .*no segment/,
  );
});

test('known by heart: a list file that is damaged under it, and written again under its name, is opened anew', async (t) => {
  const lists = new Lists(t);
  const known = lists.known(t);
  const says = { malicious: range(0, 20, 'malicious'), changes: range(30, 35, 'trusted') } as const;
  lists.publish(says);
  agrees(known, lists);
  await known.ready;
  for (const { digest } of lists.manifest.lists) {
    const path = lists.pathOf(digest);
    const whole = readFileSync(path);
    const damaged = Buffer.from(whole);
    for (let at = damaged.indexOf('"level"'); at < damaged.length; at += 8) damaged[at]! ^= 1;
    writeFileSync(path, damaged); // the file that is open
    rmSync(path);
    writeFileSync(path, whole); // another one, as `mendFiles` leaves it
  }
  assert.throws(() => known.find(KIND, keyOf(1)), { code: 'corrupt' });
  assert.throws(() => known.find(KIND, keyOf(31)), { code: 'corrupt' });
  assert.throws(() => known.findMany(KIND, keyOf(31), 1, () => {}), { code: 'corrupt' });
  assert.equal(lists.damage, 3, 'each is told, so that it is mended');
  lists.publish(says);
  await known.ready;
  agrees(known, lists);
});

test('known by heart: nothing is read of a kind until somebody asks about it', async (t) => {
  const lists = new Lists(t);
  const log: string[] = [];
  const known = lists.known(t, log);
  lists.publish({ malicious: range(0, 20, 'malicious') });
  writeFileSync(lists.pathOf(lists.manifest.lists[0]!.digest), 'no segment');
  await known.ready;
  assert.deepEqual(log, []);
  assert.throws(() => known.find(KIND, keyOf(1)), { code: 'corrupt' });
  await known.ready;
  assert.equal(log.length, 1, 'asked about, it is made, and cannot be');
});
