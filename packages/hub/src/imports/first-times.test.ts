// Since when a source names an object: through every way in which an import can be stored, with real files and records.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { firstsPath } from '../store/artifacts.ts';
import type { StandingHub } from '../testing/temporary-hub.ts';
import { standingHub } from '../testing/temporary-hub.ts';
import { setVerdict } from '../verdicts/analyst.ts';
import { segmentsOf } from '../verdicts/claim-store.ts';
import { explain, firstSeenOf } from '../verdicts/explain.ts';
import { collectGarbage, KEEP_UNREFERENCED_MS } from '../verdicts/garbage.ts';
import { isDamaged } from '../verdicts/mend.ts';
import { publish } from '../verdicts/publish.ts';
import { FIRST_TIMES, FirstTimesReader, FirstTimesWriter } from './first-times.ts';
import { FORMATS } from './formats/index.ts';
import type { ImportReport } from './report.ts';
import type { ImportRequest } from './run-import.ts';
import { ROWS_BELOW, runImport } from './run-import.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
let hub: StandingHub;
before(async () => {
  hub = await standingHub(START);
});
after(() => hub.close());

function write(path: string, times: readonly number[]): string {
  const writer = new FirstTimesWriter(path);
  for (const time of times) writer.add(time);
  return writer.finish();
}

const u32 = fc.integer({ min: 0, max: FIRST_TIMES.maxSeconds });

test('times come back row by row, in any order, and the file is named by what is in it', () => {
  const path = join(hub.inbox, 'times');
  fc.assert(
    fc.property(fc.array(u32, { maxLength: 60 }), fc.infiniteStream(u32), (times, picks) => {
      rmSync(path, { force: true });
      const digest = write(path, times);
      assert.equal(digest, createHash('sha256').update(readFileSync(path)).digest('hex'));
      const reader = new FirstTimesReader(path, times.length);
      for (const [row, time] of times.entries()) assert.equal(reader.at(row), time);
      for (const pick of picks.take(times.length))
        assert.equal(reader.at(pick % times.length), times[pick % times.length]);
      assert.throws(() => reader.at(times.length), RangeError);
      reader.close();
    }),
    { numRuns: 50 },
  );
});

test('more rows than a buffer has, read from both ends', () => {
  const path = join(hub.inbox, 'many-times');
  const rows = 2 * FIRST_TIMES.bufferTimes + 3;
  write(
    path,
    Array.from({ length: rows }, (_, i) => 3 * i),
  );
  const reader = new FirstTimesReader(path, rows);
  for (let row = 0; row < rows; row += 1_000) assert.equal(reader.at(row), 3 * row);
  for (let row = rows - 1; row >= 0; row -= 1_000) assert.equal(reader.at(row), 3 * row);
  reader.close();
});

test('a time before 1970 or beyond the form becomes the nearest that it holds', () => {
  const path = join(hub.inbox, 'odd-times');
  write(path, [-5, 2 ** 40, 1.9]);
  const reader = new FirstTimesReader(path, 3);
  assert.deepEqual([reader.at(0), reader.at(1), reader.at(2)], [0, FIRST_TIMES.maxSeconds, 1]);
  reader.close();
});

test('whatever is no file of so many rows is refused', () => {
  const path = join(hub.inbox, 'no-times');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), fc.nat({ max: 8 }), (bytes, magic, rows) => {
      const content = magic ? Buffer.concat([Buffer.from('TOCFST1\n'), bytes]) : bytes;
      writeFileSync(path, content);
      const isOne = magic && bytes.length === 4 * rows;
      try {
        new FirstTimesReader(path, rows).close();
        assert.ok(isOne);
      } catch (error) {
        assert.ok(error instanceof TocsinError && error.code === 'corrupt' && !isOne, String(error));
      }
    }),
  );
  assert.throws(() => new FirstTimesReader(join(hub.inbox, 'nothing'), 1), { code: 'not-found' });
});

const key = (text: string): ObjectKey => ({
  kind: 'file-sha256',
  bytes: createHash('sha256').update(text).digest(),
});

let files = 0;
async function take(
  source: string,
  names: readonly string[],
  more: Partial<ImportRequest> = {},
): Promise<ImportReport> {
  const path = join(hub.inbox, `list-${++files}.txt`);
  writeFileSync(path, names.map((name) => `${Buffer.from(key(name).bytes).toString('hex')}\n`).join(''));
  return await runImport(hub, { format: FORMATS['hashes']!, path, source, replace: true, ...more });
}

const many = (name: string): string[] => Array.from({ length: ROWS_BELOW }, (_, i) => `${name} ${i}`);

/** The day, counted from the start, on which the hub first heard of it. */
async function firstDay(name: string): Promise<number | null> {
  const first = firstSeenOf((await explain(hub, key(name))).claims);
  return first === null ? null : (first.getTime() - START) / DAY;
}

async function onDay<T>(day: number, run: () => Promise<T>): Promise<T> {
  hub.clock.at = START + day * DAY;
  return await run();
}

test('a source that names an object again and again named it first on the first day, as rows and as segments', async () => {
  const source = 'steady';
  const bulk = many(source);
  await onDay(0, () => take(source, ['old', 'gone']));
  await onDay(1, () => take(source, ['old', 'young'], { level: 'suspicious' }));
  assert.deepEqual([await firstDay('old'), await firstDay('young'), await firstDay('gone')], [0, 1, null]);

  const report = await onDay(2, () => take(source, ['old', 'young', ...bulk]));
  assert.equal(report.storedAs, 'segments');
  assert.deepEqual(
    [await firstDay('old'), await firstDay('young'), await firstDay(`${source} 77`)],
    [0, 1, 2],
  );

  for (const day of [3, 4]) await onDay(day, () => take(source, ['old', 'young', `new ${day}`, ...bulk]));
  const days = ['old', 'young', `${source} 77`, 'new 4', 'new 3'].map(firstDay);
  assert.deepEqual(await Promise.all(days), [0, 1, 2, 4, null]);

  await onDay(5, () => take(source, ['old', `${source} 77`, 'gone']));
  const after = ['old', `${source} 77`, 'gone', 'young'].map(firstDay);
  assert.deepEqual(await Promise.all(after), [0, 2, 5, null]);
});

test('of several sources the first that named it counts, and no import makes it later', async () => {
  await onDay(10, () => take('one', ['shared']));
  await onDay(11, () => take('two', ['shared', ...many('two')]));
  await onDay(12, () => take('one', ['another']));
  assert.equal(await firstDay('shared'), 11);
  await onDay(13, () => take('one', ['shared', 'another']));
  assert.equal(await firstDay('shared'), 11);
});

test('a kind that stays as it is keeps its days while another kind of the same source changes', async () => {
  const source = 'mixed';
  const path = join(hub.inbox, 'mixed.txt');
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const sha = many(source).map((name) => Buffer.from(key(name).bytes).toString('hex'));
  for (const [day, others] of [
    [20, ['a']],
    [21, ['b']],
    [22, ['b', 'c']],
  ] as const)
    await onDay(day, async () => {
      writeFileSync(path, [...sha, ...others.map(md5)].map((line) => `${line}\n`).join(''));
      await runImport(hub, { format: FORMATS['hashes']!, path, source, replace: true });
    });
  assert.equal(await firstDay(`${source} 5`), 20);
  const { claims } = await explain(hub, { kind: 'file-md5', bytes: Buffer.from(md5('b'), 'hex') });
  assert.equal((firstSeenOf(claims)!.getTime() - START) / DAY, 21);
});

test('an analyst who changes the own word spoke first when it was first said', async () => {
  const verdict = {
    key: key('judged'),
    text: 'judged',
    category: null,
    name: null,
    reason: 'seen',
    by: 'mia',
  };
  await onDay(30, () => setVerdict(hub, { ...verdict, level: 'suspicious' }));
  await onDay(31, () => setVerdict(hub, { ...verdict, level: 'malicious' }));
  assert.equal(await firstDay('judged'), 30);
});

test('a clock that was set back makes no claim older than the first time that is told', async () => {
  await onDay(40, () => take('clock', ['set back']));
  await onDay(35, () => take('clock', ['set back', 'beside']));
  assert.deepEqual([await firstDay('set back'), await firstDay('beside')], [35, 35]);
});

test('times stay as long as their segment, and go with it', async () => {
  await onDay(50, () => take('kept', ['here', ...many('kept')]));
  await onDay(51, () => take('kept', ['here', 'there', ...many('kept')]));
  const [{ firsts } = { firsts: null }] = (await segmentsOf(hub.db)).filter(
    ({ source }) => source.name === 'kept',
  );
  const path = firstsPath(hub.layout, firsts!);
  const clock = { now: () => systemWorld.clock.now() + 2 * KEEP_UNREFERENCED_MS, monotonic: () => 0 };
  await collectGarbage({ db: hub.db, layout: hub.layout, clock });
  assert.equal(await firstDay('here'), 50);
  await onDay(52, () => take('kept', ['there']));
  await collectGarbage({ db: hub.db, layout: hub.layout, clock });
  assert.deepEqual([existsSync(path), await firstDay('there')], [false, 51]);
});

for (const [what, damage, check] of [
  ['cut', (path: string) => truncateSync(path, 100), 'size'],
  ['gone', (path: string) => rmSync(path), 'size'],
  ['altered', (path: string) => writeFileSync(path, flipped(readFileSync(path))), 'whole'],
] as const)
  test(`times that are ${what} are found, told and forgotten: then the last import counts`, async () => {
    const source = `lost ${what}`;
    await onDay(60, () => take(source, [source, ...many(source)]));
    await onDay(61, () => take(source, [source, 'more', ...many(source)]));
    await publish(hub);
    assert.deepEqual([await firstDay(source), await isDamaged(hub, 'whole')], [60, false]);
    const [{ firsts } = { firsts: null }] = (await segmentsOf(hub.db)).filter(
      (s) => s.source.name === source,
    );
    damage(firstsPath(hub.layout, firsts!));
    assert.equal(await isDamaged(hub, check), true);
    const { notes } = await publish(hub, check);
    assert.match(
      notes.join('\n'),
      new RegExp(`^since when source '${source}' names each file-sha256 is damaged: `),
    );
    assert.deepEqual([await firstDay(source), await isDamaged(hub, 'whole')], [61, false]);
    await onDay(62, () => take(source, [source, ...many(source)]));
    assert.equal(await firstDay(source), 61);
  });

function flipped(bytes: Buffer): Buffer {
  bytes[100]! ^= 1;
  return bytes;
}
