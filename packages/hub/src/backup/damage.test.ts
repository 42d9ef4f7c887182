// Backups that were cut off, changed or made by somebody else: refused, always, and nothing is left of the try.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { createGzip, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { temporaryData } from '../engine/engine-fixture.ts';
import { loadMigrations } from '../store/migrate.ts';
import { startTestServer } from '../store/store-fixture.ts';
import { backup } from './backup.ts';
import { fillHub } from './backup-fixture.ts';
import { parseHeader, parseManifest, placeOf } from './manifest.ts';
import { restore, verifyBackup } from './restore.ts';

const log = (): void => {};

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const HEADER = JSON.stringify({
  format: 'tocsin-backup',
  version: 1,
  schema: loadMigrations().length,
  at: '2026-01-01',
});

type Row = { name: string; body?: string | Buffer; type?: 'symlink' | 'directory' };

/** A file in our form with these entries; the manifest is right about them unless it is given. */
async function forge(file: string, rows: readonly Row[], manifest?: unknown): Promise<void> {
  const tar = pack();
  const header = {
    name: 'backup.json',
    body: HEADER,
  };
  const all: Row[] = rows[0]?.name === 'backup.json' ? [...rows] : [header, ...rows];
  const entries = all.map(({ name, body = '' }) => ({
    name,
    bytes: Buffer.byteLength(body),
    sha256: createHash('sha256').update(body).digest('hex'),
  }));
  all.push({
    name: 'manifest.json',
    body: JSON.stringify(manifest ?? { entries, tables: [], sequences: [] }),
  });
  for (const { name, body = '', type } of all) {
    if (type === undefined) tar.entry({ name }, body);
    else tar.entry({ name, type, linkname: '/etc/passwd' });
  }
  tar.finalize();
  writeFileSync(file, zstdCompressSync(Buffer.from(await buffer(tar as unknown as NodeJS.ReadableStream))));
}

const refused = (error: unknown): boolean =>
  error instanceof TocsinError && (error.code === 'corrupt' || error.code === 'format');

test('damage of every kind is found before anything is restored', async (t) => {
  const server = await startTestServer(t);
  const database = await server.database('hub');
  await fillHub(database, server.layout);
  const directory = temporary(t);
  const good = join(directory, 'good');
  await backup({ file: good, database, layout: server.layout });
  const bytes = readFileSync(good);
  const bad = join(directory, 'bad');

  // zstd's last bytes, padding, times: what carries nothing that is restored may change unseen.
  const whole = await verifyBackup(good);
  let found = 0;
  const refusedOrSame = async (changed: Uint8Array): Promise<void> => {
    writeFileSync(bad, changed);
    const outcome = await verifyBackup(bad).catch((error: unknown) => error);
    if (refused(outcome)) found += 1;
    else assert.deepEqual(outcome, whole);
  };
  const tar = zstdDecompressSync(bytes);
  const flip = (from: Buffer, at: number, bit: number): Buffer => {
    const changed = Buffer.from(from);
    changed[at] = (changed[at] ?? 0) ^ (1 << bit);
    return changed;
  };
  const place = (length: number) => [fc.nat(length - 1), fc.nat(7)] as const;
  const runs = { numRuns: 60 };

  await t.test('cut off anywhere', async () => {
    found = 0;
    const cut = fc.asyncProperty(fc.nat(bytes.length - 1), (length) =>
      refusedOrSame(bytes.subarray(0, length)),
    );
    await fc.assert(cut, runs);
    assert.ok(found > 30);
    writeFileSync(bad, bytes.subarray(0, -64));
    await assert.rejects(verifyBackup(bad), { code: 'corrupt' });
  });

  await t.test('one bit changed anywhere in the file, or in what is packed in it', async () => {
    found = 0;
    await fc.assert(
      fc.asyncProperty(...place(bytes.length), (at, bit) => refusedOrSame(flip(bytes, at, bit))),
      runs,
    );
    assert.ok(found > 30);
    found = 0;
    const inside = fc.asyncProperty(...place(tar.length), (at, bit) =>
      refusedOrSame(zstdCompressSync(flip(tar, at, bit))),
    );
    await fc.assert(inside, runs);
    assert.ok(found > 20);
  });

  await t.test('a letter changed in the name of a column that has no rows', async () => {
    const at = tar.indexOf('"held_at"');
    found = 0;
    await refusedOrSame(zstdCompressSync(flip(tar, at + 1, 1)));
    assert.equal(found, 1);
  });

  await t.test('added to after the end', async () => {
    for (const tail of [bytes, Buffer.from('more')]) await refusedOrSame(Buffer.concat([bytes, tail]));
  });

  await t.test('a restore of it leaves the directory as it was', async (t) => {
    writeFileSync(bad, bytes.subarray(0, bytes.length - 100));
    const target = temporaryData(t);
    await assert.rejects(restore({ file: bad, directory: target, databaseUrl: null, log }), {
      code: 'corrupt',
    });
    assert.equal(existsSync(target), false);
  });

  await t.test(
    'rows that do not fit are refused, and database and directory are empty afterwards',
    async (t) => {
      const { manifest } = await verifyBackup(good);
      const rows: Row[] = [
        { name: 'tables/source/000001', body: '1\tname\tnot-a-kind\t1\t2026-01-01 00:00:00+00\n' },
      ];
      const entries = ['backup.json', 'tables/source/000001'].map((name, index) => {
        const body = index === 0 ? HEADER : (rows[0]?.body ?? '');
        return {
          name,
          bytes: Buffer.byteLength(body),
          sha256: createHash('sha256').update(body).digest('hex'),
        };
      });
      await forge(bad, rows, { ...manifest, entries });
      const target = temporaryData(t);
      const url = await server.url('unfit');
      await assert.rejects(restore({ file: bad, directory: target, databaseUrl: url, log }), {
        code: 'corrupt',
        message: /its rows of 'source' do not fit the table/,
      });
      assert.deepEqual(readdirSync(target), []);
      const unfit = await server.database('unfit');
      assert.deepEqual(
        await unfit.query(`SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace`),
        [],
      );
      await forge(bad, [], { ...manifest, entries: entries.slice(0, 1) });
      await assert.rejects(restore({ file: bad, directory: target, databaseUrl: url, log }), {
        code: 'corrupt',
        message: /has other rows/,
      });
      await forge(bad, [], { entries: entries.slice(0, 1), tables: [], sequences: [] });
      await assert.rejects(restore({ file: bad, directory: target, databaseUrl: url, log }), {
        code: 'corrupt',
        message: /are not those of schema \d/,
      });
    },
  );
});

test('what is no backup is called so in one sentence', async (t) => {
  const file = join(temporary(t), 'file');
  const noBackup = { code: 'format', message: /the file is no backup of this hub/ };
  const gzip = createGzip();
  gzip.end('hello');
  for (const bytes of [
    Buffer.from('{}'),
    Buffer.from('hello'),
    await buffer(gzip),
    zstdCompressSync(Buffer.from('x'.repeat(2000))),
  ]) {
    writeFileSync(file, bytes);
    await assert.rejects(verifyBackup(file), noBackup);
  }
  await forge(file, [{ name: 'backup.json', body: '{"format":"another"}' }]);
  await assert.rejects(verifyBackup(file), noBackup);
  await assert.rejects(verifyBackup(join(file, '..', 'absent')), {
    code: 'not-found',
    message: /'absent': there is no such file/,
  });
  await assert.rejects(verifyBackup(join(file, '..')), { code: 'io', message: /EISDIR/ });
  await forge(file, [{ name: 'backup.json', body: '{"format":"tocsin-backup","version":3}' }]);
  await assert.rejects(verifyBackup(file), {
    code: 'format',
    message: /format is version 3, made by a newer release/,
  });
});

test('entries that would land elsewhere, links, doubles and a second header are refused', async (t) => {
  const file = join(temporary(t), 'file');
  const cases: Row[][] = [
    [{ name: '../escape' }],
    [{ name: '/etc/cron.d/x' }],
    [{ name: 'keys/../../x' }],
    [{ name: 'keys/./x' }],
    [{ name: 'keys/.hidden' }],
    [{ name: 'hub.json' }],
    [{ name: 'postgres/postgresql.conf' }],
    [{ name: 'keys/a/b/c/d' }],
    [{ name: 'keys/link', type: 'symlink' }],
    [{ name: 'keys/folder', type: 'directory' }],
    [
      { name: 'keys/a', body: '1' },
      { name: 'keys/a', body: '2' },
    ],
    [
      { name: 'backup.json', body: '{"format":"tocsin-backup","version":1,"schema":1,"at":""}' },
      { name: 'backup.json' },
    ],
  ];
  for (const rows of cases) {
    await forge(file, rows);
    await assert.rejects(verifyBackup(file), { code: 'corrupt' }, JSON.stringify(rows));
  }
  await forge(file, [{ name: 'keys/a', body: '1' }]);
  await verifyBackup(file);
});

test('parsers of headers, manifests and names answer arbitrary bytes with an error of ours or a safe value', () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record({
        entries: fc.array(fc.object()),
        tables: fc.array(fc.object()),
        sequences: fc.array(fc.object()),
      })
      .map((value) => Buffer.from(JSON.stringify(value))),
  );
  fc.assert(
    fc.property(bytes, (input) => {
      const parsers = [parseHeader, ...[1, 2].map((v) => (b: Uint8Array) => parseManifest(b, v))];
      for (const parse of parsers) {
        try {
          parse(input);
        } catch (error) {
          assert.ok(refused(error));
        }
      }
    }),
  );
  const part = fc.constantFrom(
    'keys',
    'segments',
    'lists',
    'tables',
    '..',
    '.',
    '',
    'a.seg',
    '\0',
    'claim',
    '000001',
    'ü',
    '-rf',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(part).map((parts) => parts.join('/')),
        fc.string(),
      ),
      (name) => {
        const place = placeOf(name);
        if (place?.kind !== 'file') return;
        assert.ok(['keys', 'segments', 'lists'].includes(place.path[0] ?? ''));
        assert.ok(place.path.every((each) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(each)));
      },
    ),
  );
});
