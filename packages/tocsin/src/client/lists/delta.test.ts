// Updates by deltas against a plain Map: whatever a hub sends as a delta, the lists are those that it named, or stay.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import fc from 'fast-check';
import { SegmentReader } from '../../lists/segment-reader.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { ListEntry } from '../../protocol/lookup.ts';
import type { FixtureList } from '../client-fixture.ts';
import { BAD, GOOD, HandWorld, keyOf, MemoryHub, temporaryHome } from '../client-fixture.ts';
import { LIST_FETCH } from './config.ts';
import { ListStore, listFile, readHeldLists } from './store.ts';
import type { UpdateReport } from './update.ts';
import { updateLists } from './update.ts';

/** Enough rows of SHA-256 that deltas are asked for. */
const MANY = Math.ceil(LIST_FETCH.leastBytes / 40) + 100;
const K = (n: number) => keyOf('file-sha256', n);
const NAMES = ['Trojan.Any.A', 'Trojan.Any.B'];

/** Number of the object -> which name it has. */
type Says = ReadonlyMap<number, number>;

function listOf(says: Says): FixtureList {
  const records = NAMES.map((name) => ({ ...BAD, name }));
  const rows = [...says].map(([n, name]) => [K(n), records[name]!] as const);
  return { role: 'malicious', kind: 'file-sha256', rows };
}

function range(count: number, from = 0): Map<number, number> {
  return new Map(Array.from({ length: count }, (_, i) => [from + i, 0]));
}

function stage(t: TestContext) {
  const home = temporaryHome(t);
  const world = new HandWorld();
  const hub = new MemoryHub(t);
  hub.delta = (bytes) => bytes;
  const update = (): Promise<UpdateReport> => updateLists({ home, channel: hub, world });
  const files = () => readdirSync(home.lists).filter((name) => !/^lock\.db|^lists\.json$/.test(name));
  return { home, hub, update, files };
}

function names(home: Parameters<typeof listFile>[0], { digest }: ListEntry): Map<string, string | null> {
  const reader = SegmentReader.open(listFile(home, digest), { verify: 'full' });
  const found = new Map<string, string | null>();
  for (const cursor = reader.cursor(); cursor.next(); )
    found.set(Buffer.from(cursor.key).toString('hex'), reader.classRecord(cursor.classIndex).name);
  reader.close();
  return found;
}

function namesSaid(says: Says): Map<string, string | null> {
  const rows = [...says].map(([n, name]) => [Buffer.from(K(n).bytes).toString('hex'), NAMES[name]!] as const);
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('of a newer list only the change is fetched, and the report says how much', async (t) => {
  const { home, hub, update, files } = stage(t);
  const [old] = hub.publish([listOf(range(MANY))]);
  await update();
  hub.asked.length = 0;
  let sent = 0;
  hub.delta = (bytes) => {
    sent = bytes.length;
    return bytes;
  };
  const says = new Map([...range(MANY - 5, 5), [3, 1]]);
  const [entry] = hub.publish([listOf(says)]);
  const report = await update();
  const fetched = { files: 1, bytes: sent, deltas: 1, deltaBytes: sent };
  assert.deepEqual(report, { kind: 'updated', revision: 2, ...fetched });
  assert.ok(sent < entry!.bytes / 20, `${sent} bytes`);
  assert.deepEqual(hub.asked, ['GET /v1/lists', `GET delta ${old!.digest} ${entry!.digest}`]);
  assert.deepEqual(files(), [`${entry!.digest}.seg`]);
  assert.deepEqual(names(home, entry!), namesSaid(says));
});

test('small lists, first lists and lists of another role are fetched whole, and nothing is asked of what is here', async (t) => {
  const { hub, update } = stage(t);
  hub.publish([listOf(range(10))]);
  await update();
  hub.publish([listOf(range(11))]);
  await update();
  const good = [...range(MANY)].map(([n]) => [K(n), GOOD] as const);
  hub.publish([listOf(range(11)), { role: 'known-good', kind: 'file-sha256', rows: good }]);
  await update();
  assert.ok(hub.asked.every((line) => !line.startsWith('GET delta')));
});

test('where the hub has no delta, or the older list is damaged here, the whole list is fetched', async (t) => {
  for (const damaged of [false, true]) {
    const { home, hub, update, files } = stage(t);
    const [old] = hub.publish([listOf(range(MANY))]);
    await update();
    if (damaged) {
      const bytes = readFileSync(listFile(home, old!.digest));
      bytes[5_000]! ^= 1;
      writeFileSync(listFile(home, old!.digest), bytes);
    } else hub.delta = null;
    const [entry] = hub.publish([listOf(range(MANY + 1))]);
    const report = await update();
    const fetched = { files: 1, bytes: entry!.bytes, deltas: 0, deltaBytes: 0 };
    assert.deepEqual(report, { kind: 'updated', revision: 2, ...fetched });
    assert.deepEqual(files(), [`${entry!.digest}.seg`]);
  }
});

test('a delta that breaks off leaves the older list in force, and the next call gets it', async (t) => {
  const { home, hub, update, files } = stage(t);
  const [old] = hub.publish([listOf(range(MANY))]);
  await update();
  const [entry] = hub.publish([listOf(range(MANY, 3))]);
  hub.cutAfter = 60;
  await assert.rejects(update(), { code: 'unreachable' });
  assert.deepEqual(files(), [`${old!.digest}.seg`]);
  assert.equal(readHeldLists(home, null)!.manifest.revision, 1);
  assert.equal((await update()).kind, 'updated');
  assert.deepEqual(names(home, entry!), namesSaid(range(MANY, 3)));
});

test('a delta that would make another list of those held is refused, and that list stays', async (t) => {
  const { home, hub, update } = stage(t);
  const lists = (n: number): FixtureList[] => [
    listOf(range(MANY, n)),
    { ...listOf(range(MANY, 5_000)), role: 'known-good' },
  ];
  const [, kept] = hub.publish(lists(0));
  await update();
  const forged = await forgedDelta(hub, range(MANY), range(MANY, 5_000));
  const [entry] = hub.publish(lists(1));
  hub.delta = (bytes) => {
    const header = Buffer.from(bytes.subarray(0, 96));
    return Buffer.concat([forged.subarray(0, 64), header.subarray(64), forged.subarray(96)]);
  };
  await update();
  assert.deepEqual(names(home, entry!), namesSaid(range(MANY, 1)));
  assert.deepEqual(names(home, kept!), namesSaid(range(MANY, 5_000)));
});

/** A delta that makes the second list of the first. */
async function forgedDelta(hub: MemoryHub, from: Says, to: Says): Promise<Buffer> {
  const { manifest } = hub;
  const [[old], [next]] = [hub.publish([listOf(from)]), hub.publish([listOf(to)])];
  hub.manifest = manifest;
  return hub.deltaBetween(old!.digest, next!.digest);
}

type Trick = (bytes: Buffer, before: readonly Buffer[], at: number) => Buffer;
const TRICKS: Readonly<Record<string, Trick>> = {
  right: (bytes) => bytes,
  cut: (bytes, _before, at) => bytes.subarray(0, at % bytes.length),
  altered: (bytes, _before, at) => {
    const other = Buffer.from(bytes);
    other[at % bytes.length]! ^= 1 + (at % 255);
    return other;
  },
  replayed: (bytes, before, at) => before[at % Math.max(1, before.length)] ?? bytes.subarray(1),
  renamed: (bytes, before, at) => {
    const other = before[at % Math.max(1, before.length)] ?? bytes;
    return Buffer.concat([
      bytes.subarray(0, 8),
      other.subarray(8, 32),
      bytes.subarray(32, 96),
      other.subarray(96),
    ]);
  },
  longer: (bytes) => Buffer.concat([bytes, bytes]),
};

test('in any order of lists and tricks a machine has exactly the list that was named', async (t) => {
  const step = fc.record({
    from: fc.nat(60),
    count: fc.integer({ min: MANY - 80, max: MANY }),
    named: fc.array(fc.nat(MANY), { maxLength: 12 }),
    trick: fc.constantFrom('right', 'right', 'right', ...Object.keys(TRICKS)),
    at: fc.nat(2 ** 20),
    skip: fc.nat(3).map((n) => n === 0),
  });
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 7 }), async (steps) => {
      const { home, hub, update, files } = stage(t);
      const sent: Buffer[] = [];
      for (const { from, count, named, trick, at, skip } of steps) {
        const says = new Map([...range(count, from), ...named.map((n) => [n, 1] as const)]);
        const [entry] = hub.publish([listOf(says)]);
        if (skip) continue; // as a machine that was off meanwhile
        hub.delta = (bytes) => {
          const other = TRICKS[trick]!(bytes, sent, at);
          sent.push(bytes);
          return other;
        };
        const report = await update();
        if (report.kind === 'updated') applied += report.deltas;
        assert.deepEqual(names(home, entry!), namesSaid(says), trick);
        assert.deepEqual(files(), [`${entry!.digest}.seg`], trick);
        assert.equal(ListStore.open(home, null).damaged.length, 0);
      }
    }),
    { numRuns: 30 },
  );
  assert.ok(applied > 5, `only ${applied} deltas were applied`);
});

test('a delta larger than the list itself is not taken', async (t) => {
  const { hub, update } = stage(t);
  hub.publish([listOf(range(MANY))]);
  await update();
  const [entry] = hub.publish([listOf(range(MANY, 1))]);
  hub.delta = (bytes) => Buffer.concat([bytes, Buffer.alloc(entry!.bytes)]);
  const report = await update();
  assert.equal(report.kind === 'updated' && report.deltas, 0);
});

test('a hub that is making a delta is asked again until it is there', async (t) => {
  const { hub, update } = stage(t);
  hub.publish([listOf(range(MANY))]);
  await update();
  hub.publish([listOf(range(MANY, 1))]);
  const download = hub.download.bind(hub);
  let busy = 3;
  hub.download = async (outgoing, to, options) =>
    outgoing.path.includes('/deltas/') && busy-- > 0
      ? { status: 503, headers: { 'retry-after': '0' }, bytes: 0, body: Buffer.alloc(0) }
      : await download(outgoing, to, options);
  const report = await update();
  assert.equal(report.kind === 'updated' && report.deltas, 1);
});

test('an answer that is no refusal of ours leads to the whole list all the same', async (t) => {
  const { hub, update } = stage(t);
  hub.publish([listOf(range(MANY))]);
  await update();
  hub.publish([listOf(range(MANY, 1))]);
  const download = hub.download.bind(hub);
  for (const status of [500, 503, 403, 204]) {
    hub.download = async (outgoing, to, options) =>
      outgoing.path.includes('/deltas/')
        ? { status, headers: { 'retry-after': '0' }, bytes: 0, body: Buffer.alloc(0) }
        : await download(outgoing, to, options);
    hub.publish([listOf(range(MANY, status))]);
    const report = await update();
    assert.equal(report.kind === 'updated' && report.files, 1);
  }
  hub.download = async (outgoing, to, options) => {
    if (outgoing.path.includes('/deltas/')) throw new TocsinError('certificate', 'revoked');
    return await download(outgoing, to, options);
  };
  hub.publish([listOf(range(MANY, 2))]);
  await assert.rejects(update(), { code: 'certificate' });
});
