import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { readManifest } from '../lists/manifest.ts';
import { listPath } from '../store/artifacts.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import { setVerdict, unsetVerdict } from '../verdicts/analyst.ts';
import { explain } from '../verdicts/explain.ts';
import { collectGarbage } from '../verdicts/garbage.ts';
import { publish } from '../verdicts/publish.ts';
import { FORMATS } from './formats/index.ts';
import type { ImportReport } from './report.ts';
import { reportText } from './report.ts';
import type { ImportRequest } from './run-import.ts';
import { runImport } from './run-import.ts';

let hub: TemporaryHub;
let directory: string;
before(async () => {
  hub = await temporaryHub();
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
});
after(async () => {
  await hub.close();
  rmSync(directory, { recursive: true });
});

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function key(text: string): ObjectKey {
  return { kind: 'file-sha256', bytes: parseHex(digest(text))! };
}

let files = 0;
async function importText(
  content: string | Buffer,
  request: Partial<ImportRequest> = {},
): Promise<ImportReport> {
  const path = join(directory, `list-${++files}.txt`);
  writeFileSync(path, content);
  return await runImport(hub, { format: FORMATS['hashes']!, path, ...request });
}

function bulk(from: number, to: number): string {
  const lines: string[] = [];
  for (let i = from; i < to; i++) lines.push(`${digest(`object ${i}`)} # number ${i}`);
  return `${lines.join('\n')}\n`;
}

/** What a machine would be told of the object. */
async function listed(text: string): Promise<string> {
  await publish(hub);
  const manifest = await readManifest(hub.db);
  const set = ListSet.open(manifest, (d) => listPath(hub.layout, d));
  try {
    const answer = set.find(key(text));
    if (answer.kind === 'absent') return 'absent';
    const { level, source } = answer.record;
    return answer.kind === 'withdrawn'
      ? `withdrawn: ${answer.record.reason}`
      : `${answer.role} ${level} by ${source}`;
  } finally {
    set.close();
  }
}

test('a small import becomes rows, with the original line of each', async () => {
  const report = await importText(
    `# a list\n${digest('one')} first\nnot a hash\n${digest('two')}\n${digest('one')}\n`,
    { source: 'small' },
  );
  assert.deepEqual(
    {
      rows: report.rows,
      taken: report.taken,
      duplicates: report.duplicates,
      refused: report.refused,
      storedAs: report.storedAs,
      change: report.change,
    },
    {
      rows: 4,
      taken: 3,
      duplicates: 1,
      refused: 1,
      storedAs: 'rows',
      change: { added: 2, removed: 0, changed: 0, kept: 0 },
    },
  );
  assert.equal(report.refusals[0]!.line, 3);
  const { claims } = await explain(hub, key('one'));
  assert.equal(claims.length, 1);
  assert.equal(claims[0]!.original, `${digest('one')} first`);
  assert.equal(claims[0]!.line, 2);
  assert.equal(await listed('one'), 'changes malicious by small');
});

test('the report counts rows as rows, and objects apart; its text says what a number counts', async () => {
  const table = `sha256,md5\n${digest('p')},${'0'.repeat(32)}\n${digest('q')},${'0'.repeat(32)}\n,\n`;
  const report = await importText(table, { format: FORMATS['csv']!, source: 'a table' });
  const { rows, taken, refused, duplicates, objects, unit } = report;
  assert.deepEqual([rows, taken, refused, duplicates, unit], [3, 2, 1, 1, 'line']);
  assert.deepEqual(objects, { 'file-sha256': 2, 'file-md5': 1 });
  assert.deepEqual(reportText(report).split('\n').slice(1), [
    '  rows read 3, taken 2, refused 1',
    '  objects: 2 file-sha256, 1 file-md5; duplicates 1',
    '  added 3, removed 0, changed 0, kept 0',
    '  refused line 4: no object in any known column',
  ]);
  const event = {
    Event: {
      info: 'x',
      Attribute: [
        { type: 'md5', value: 'zz' },
        { type: 'md5', value: '1'.repeat(32) },
      ],
    },
  };
  const misp = await importText(JSON.stringify(event), { format: FORMATS['misp']!, source: 'an event' });
  assert.match(reportText(misp), /^ {2}refused entry 1: no MD5, SHA-1 or SHA-256 in hex$/m);
  const { claims } = await explain(hub, { kind: 'file-md5', bytes: parseHex('1'.repeat(32))! });
  assert.deepEqual([claims[0]!.format, claims[0]!.line], ['misp', 2]);
});

test("a list's category goes with its side: a good list is not one of good malware", async () => {
  const categories = async (content: string, request: Partial<ImportRequest>, objects: readonly string[]) => {
    await importText(content, { source: 'sides', replace: true, ...request });
    return await Promise.all(
      objects.map(async (text) => {
        const { claims } = await explain(hub, key(text));
        const { level, category } = claims.find((c) => c.record.source === 'sides')!.record;
        return `${level} ${category}`;
      }),
    );
  };
  const plain = `${digest('side a')}\n`;
  assert.deepEqual(await categories(plain, {}, ['side a']), ['malicious malware']);
  assert.deepEqual(await categories(plain, { level: 'suspicious' }, ['side a']), ['suspicious malware']);
  assert.deepEqual(await categories(plain, { level: 'good' }, ['side a']), ['good null']);
  assert.deepEqual(await categories(plain, { level: 'unknown' }, ['side a']), ['unknown null']);
  assert.deepEqual(await categories(plain, { level: 'good', category: 'software' }, ['side a']), [
    'good software',
  ]);
  const table = `sha256,level\n${digest('side a')},\n${digest('side b')},good\n`;
  assert.deepEqual(
    await categories(table, { format: FORMATS['csv']!, category: 'phishing' }, ['side a', 'side b']),
    ['malicious phishing', 'good null'],
  );
});

test('importing the same again changes nothing and publishes no revision', async () => {
  const content = `${digest('same')}\n`;
  await importText(content, { source: 'again' });
  const before = (await publish(hub)).revision;
  const report = await importText(content, { source: 'again' });
  assert.deepEqual(report.change, { added: 0, removed: 0, changed: 0, kept: 1 });
  assert.deepEqual(await publish(hub), { kind: 'unchanged', revision: before, skipped: [], notes: [] });
});

test('a re-import replaces what the source said, as rows and as segments, and across the two', async () => {
  const source = 'replaced';
  await importText(`${digest('a')}\n${digest('b')}\n`, { source });
  const small = await importText(`${digest('b')}\n${digest('c')}\n`, { source });
  assert.deepEqual(small.change, { added: 1, removed: 1, changed: 0, kept: 1 });
  assert.equal(await listed('a'), 'absent');

  const large = await importText(bulk(0, 12_000), { source });
  assert.equal(large.storedAs, 'segments');
  assert.deepEqual(large.change, { added: 12_000, removed: 2, changed: 0, kept: 0 });
  assert.equal(await listed('object 7'), 'malicious malicious by replaced');
  assert.equal(await listed('b'), 'absent');

  const larger = await importText(bulk(2_000, 14_000), { source });
  assert.deepEqual(larger.change, { added: 2_000, removed: 2_000, changed: 0, kept: 10_000 });
  assert.equal(await listed('object 7'), 'absent');
  const { claims } = await explain(hub, key('object 2345'));
  assert.equal(claims[0]!.original, `${digest('object 2345')} # number 2345`);

  const levels = await importText(bulk(2_000, 14_000), { source, level: 'suspicious' });
  assert.deepEqual(levels.change, { added: 0, removed: 0, changed: 12_000, kept: 0 });

  await importText('# nothing any more\n', { source }).then(
    () => assert.fail('an empty list must not silently take everything back'),
    (error: unknown) => assert.ok(error instanceof TocsinError && error.code === 'format'),
  );
  assert.equal(await listed('object 2345'), 'malicious suspicious by replaced');
  const back = await importText(`${digest('c')}\n`, { source, replace: true });
  assert.deepEqual(back.change, { added: 1, removed: 12_000, changed: 0, kept: 0 });
  assert.equal(await listed('object 2345'), 'absent');
});

test('a file that would take back most of what a source said is refused, unless that is meant', async () => {
  const source = 'guarded';
  const refused = (words: string) => ({
    code: 'conflict',
    message: `Cannot import the file as source 'guarded': it would remove ${words}, want --replace where that is meant`,
  });
  await importText(bulk(200_000, 200_200), { source });
  const grown = await importText(bulk(200_000, 200_400), { source });
  assert.deepEqual(grown.change, { added: 200, removed: 0, changed: 0, kept: 200 });
  const shrunk = await importText(bulk(200_000, 200_200), { source });
  assert.deepEqual(shrunk.change, { added: 0, removed: 200, changed: 0, kept: 200 });
  await assert.rejects(
    importText(bulk(200_000, 200_099), { source }),
    refused('101 of the 200 objects that the source named and add 0'),
  );
  const names = { format: FORMATS['domains']!, source };
  await assert.rejects(
    importText('a.example\nb.example\n', names),
    refused('200 of the 200 objects that the source named and add 2'),
  );
  assert.equal(await listed('object 200007'), 'changes malicious by guarded');
  const event = (marked: boolean): string =>
    JSON.stringify({
      Event: { info: 'x', Attribute: [{ type: 'sha256', value: digest('one'), to_ids: marked }] },
    });
  const misp = { format: FORMATS['misp']!, source: 'event' };
  await importText(event(true), misp);
  await assert.rejects(importText(event(false), misp), /it would remove 1 of the 1 objects/);
  await importText(event(false), { ...misp, replace: true });
  assert.equal((await importText(event(false), misp)).change.kept, 0, 'again is silent');

  const other = await importText('a.example\n', { ...names, replace: true });
  assert.deepEqual(other.change, { added: 1, removed: 200, changed: 0, kept: 0 });
  const short = await importText('c.example\n', names);
  assert.deepEqual(
    short.change,
    { added: 1, removed: 1, changed: 0, kept: 0 },
    'a short list may change wholly',
  );
  const emptied = await importText('# nothing any more\n', { ...names, replace: true });
  assert.deepEqual(emptied.change, { added: 0, removed: 1, changed: 0, kept: 0 });
});

test('good against bad is held, between rows, segments and both, until an analyst decides', async () => {
  await importText(bulk(20_000, 31_000), { source: 'bulk-bad' });
  await importText(bulk(30_000, 41_000), { source: 'bulk-good', level: 'good' });
  assert.equal(await listed('object 20500'), 'malicious malicious by bulk-bad');
  assert.equal(await listed('object 40500'), 'known-good good by bulk-good');
  assert.equal(await listed('object 30500'), 'absent');

  await importText(`${digest('object 20500')}\n`, { source: 'row-good', level: 'trusted' });
  assert.equal(
    await listed('object 20500'),
    'withdrawn: held for a person: row-good says trusted, bulk-bad says malicious',
  );
  const held = await hub.db.query<{ n: number }>('SELECT count(*) AS n FROM held');
  assert.equal(held[0]!.n, 1_001);

  const set = {
    key: key('object 20500'),
    text: 'object',
    level: 'good',
    category: null,
    name: null,
    reason: 'ours',
    by: 'ann',
  } as const;
  await setVerdict(hub, set);
  assert.equal(await listed('object 20500'), 'changes good by analyst');
  await unsetVerdict(hub, key('object 20500'));
  assert.match(await listed('object 20500'), /^withdrawn: held/);
  assert.equal(await unsetVerdict(hub, key('object 20500')), null);
});

test('an analyst withdraws what a bulk list says, and the base is not written again', async () => {
  await importText(bulk(50_000, 61_000), { source: 'recalled' });
  await publish(hub);
  const base = (await readManifest(hub.db)).lists.find((l) => l.role === 'malicious');
  await setVerdict(hub, {
    key: key('object 50007'),
    text: 'object',
    level: 'unknown',
    category: null,
    name: null,
    reason: 'false alarm',
    by: 'ann',
  });
  assert.equal(await listed('object 50007'), 'withdrawn: false alarm');
  assert.deepEqual(
    (await readManifest(hub.db)).lists.find((l) => l.role === 'malicious'),
    base,
  );
});

test('one file that is read in two ways keeps the original lines of both', async () => {
  const path = join(directory, 'both.csv');
  const rows = Array.from({ length: 10_000 }, (_, i) => `${digest(`left ${i}`)},\n,${digest(`right ${i}`)}`);
  writeFileSync(path, `A,B\n${rows.join('\n')}\n`);
  for (const [source, sha256] of [
    ['left', 'A'],
    ['right', 'B'],
  ] as const) {
    const report = await runImport(hub, {
      format: FORMATS['csv']!,
      path,
      source,
      options: { columns: { sha256 } },
    });
    assert.equal(report.storedAs, 'segments');
  }
  const original = async (text: string): Promise<string | null | undefined> =>
    (await explain(hub, key(text))).claims[0]?.original;
  assert.equal(await original('left 7'), `${digest('left 7')},`);
  assert.equal(await original('right 7'), `,${digest('right 7')}`);
});

test('gzip and zstd are unpacked on the way; a cut one is refused with one sentence and nothing taken', async () => {
  const content = Buffer.from(bulk(70_000, 70_100));
  for (const [name, packed] of [
    ['gz', gzipSync(content)],
    ['zst', zstdCompressSync(content)],
  ] as const) {
    assert.equal((await importText(packed, { source: name })).taken, 100);
    await assert.rejects(
      importText(packed.subarray(0, packed.length - 20), { source: `${name}-cut` }),
      TocsinError,
    );
  }
  assert.equal(await listed('object 70001'), 'changes malicious by gz');
});

test('a database is unpacked for its format, whatever it is packed with', async () => {
  const path = join(directory, 'set.db');
  const db = new DatabaseSync(path);
  db.exec(`CREATE TABLE FILE (sha256 TEXT); INSERT INTO FILE VALUES ('${digest('in a set')}')`);
  db.close();
  const bytes = readFileSync(path);
  const format = FORMATS['nsrl']!;
  for (const [name, packed] of [
    ['set.gz', gzipSync(bytes)],
    ['set.zst', zstdCompressSync(bytes)],
  ] as const) {
    assert.equal((await importText(packed, { format, source: name })).objects['file-sha256'], 1);
    await assert.rejects(
      importText(packed.subarray(0, packed.length - 20), { format, source: `${name}-cut` }),
      {
        code: 'format',
      },
    );
  }
  await assert.rejects(importText(Buffer.from('PK\x03\x04rest', 'latin1'), { format, source: 'zip' }), {
    message:
      /^Cannot read the file as 'nsrl': it begins like a ZIP archive \(unpack it first\), want an NSRL/,
  });
});

test('a file of the wrong format is refused whole, and leaves nothing behind', async () => {
  const before = readdirSync(hub.layout.tmp);
  await assert.rejects(
    importText(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')),
    (error: unknown) => error instanceof TocsinError && error.code === 'format',
  );
  await assert.rejects(
    runImport(hub, { format: FORMATS['hashes']!, path: join(directory, 'absent') }),
    TocsinError,
  );
  assert.deepEqual(readdirSync(hub.layout.tmp), before);
});

test('a publication that a crash lost is made up for by the next one', async () => {
  await importText(`${digest('late')}\n`, { source: 'late' });
  const stale = await readManifest(hub.db);
  const publication = await publish(hub);
  assert.deepEqual([publication.kind, publication.revision], ['published', stale.revision + 1]);
});

test('garbage: files that nothing names go after an hour, all others stay', async () => {
  await publish(hub);
  writeFileSync(join(hub.layout.tmp, 'left-by-a-kill'), 'x');
  const count = (): number =>
    [hub.layout.segments, hub.layout.lists, hub.layout.tmp].reduce(
      (sum, path) => sum + readdirSync(path).length,
      0,
    );
  const before = count();
  assert.equal(await collectGarbage({ db: hub.db, layout: hub.layout, clock: hub.world.clock }), 0);
  const later = { now: () => hub.world.clock.now() + 2 * 3_600_000, monotonic: () => 0 };
  const gone = await collectGarbage({ db: hub.db, layout: hub.layout, clock: later });
  assert.ok(gone > 1);
  assert.equal(count(), before - gone);
  assert.equal(await listed('object 40500'), 'known-good good by bulk-good');
  assert.equal(
    (await explain(hub, key('object 50008'))).claims[0]!.original,
    `${digest('object 50008')} # number 50008`,
  );
});
