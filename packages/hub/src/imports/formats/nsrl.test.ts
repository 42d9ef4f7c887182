import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { nsrl } from './nsrl.ts';
import { RecordingSink } from './testing.ts';

const digest = (size: number, i: number) =>
  i
    .toString(16)
    .toUpperCase()
    .padStart(2 * size, '0');

/** The tables of a minimal set, as its schema file has them. */
const SCHEMA = `
  CREATE TABLE FILE (sha256 VARCHAR NOT NULL, sha1 VARCHAR NOT NULL, md5 VARCHAR NOT NULL, crc32 VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL, file_size INTEGER NOT NULL, package_id INTEGER NOT NULL);
  CREATE TABLE PKG (package_id INTEGER NOT NULL, name VARCHAR NOT NULL, version VARCHAR NOT NULL,
    operating_system_id INTEGER NOT NULL, manufacturer_id INTEGER NOT NULL, language VARCHAR NOT NULL,
    application_type VARCHAR NOT NULL);
  INSERT INTO PKG VALUES (1, 'Paint', '7.1', 1, 1, 'English', 'Graphics'), (2, 'Cracker', '1', 1, 1, 'English', 'Hacker Tool');`;

function withFile(sql: string, run: (path: string, directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  try {
    const path = join(directory, 'a set.db');
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
    run(path, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function read(path: string): RecordingSink {
  const sink = new RecordingSink();
  nsrl.read(path, sink, {});
  return sink;
}

const row = (i: number, name: string, pkg: number) =>
  `INSERT INTO FILE VALUES ('${digest(32, i)}', '${digest(20, i)}', '${digest(16, i)}', 'X', '${name}', 1, ${pkg});`;

test('nsrl: a minimal set gives three digests a row, named after the package', () => {
  const sql = `PRAGMA journal_mode = WAL; ${SCHEMA}`;
  withFile(sql + row(1, 'paint.exe', 1) + row(2, 'lost.dll', 9), (path, directory) => {
    const sink = read(path);
    assert.deepEqual(sink.counts, { 'file-sha256': 2, 'file-sha1': 2, 'file-md5': 2 });
    assert.equal(sink.taken[0]?.key, digest(32, 1).toLowerCase());
    assert.equal(sink.taken[0]?.details?.name, 'Paint 7.1');
    assert.equal(sink.taken[3]?.details, null);
    assert.equal(sink.originals.get(1)?.split('\t')[3], 'paint.exe');
    assert.deepEqual(readdirSync(directory), ['a set.db'], 'nothing is written beside the file');
    assert.deepEqual(nsrl.defaults, { level: 'good', category: 'software' });
  });
});

test('nsrl: a full set is read from METADATA, its views are not run', () => {
  const sql = `CREATE TABLE METADATA (sha256 VARCHAR, sha1 VARCHAR, md5 VARCHAR, file_name VARCHAR);
    INSERT INTO METADATA VALUES ('${digest(32, 1)}', '', NULL, 'a');
    CREATE VIEW FILE AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS sha256 FROM n;`;
  withFile(sql, (path) => assert.deepEqual(read(path).counts, { 'file-sha256': 1 }));
});

test('nsrl: bad rows and files of attack tools are refused one by one', () => {
  const bad = "INSERT INTO FILE VALUES ('zz', '', '', '', 'bad', 1, 1), ('', '', '', '', 'empty', 1, 1);";
  withFile(SCHEMA + row(1, 'a', 1) + bad + row(2, 'crack.exe', 2), (path) =>
    assert.deepEqual(read(path).refused, [
      { line: 2, why: 'no MD5, SHA-1 or SHA-256 in hex' },
      { line: 3, why: 'no digest in the row' },
      { line: 4, why: 'from a package of attack tools' },
    ]),
  );
});

test('nsrl: another database, an empty set and no database at all are refused whole', () => {
  const want =
    'want an NSRL RDSv3 SQLite database with a table FILE or METADATA that has sha256, sha1 or md5';
  withFile('CREATE TABLE places (url TEXT); CREATE TABLE file (name TEXT)', (path) =>
    assert.throws(() => read(path), {
      code: 'format',
      message: `Cannot read the file as 'nsrl': it has the tables places, file, ${want}`,
    }),
  );
  withFile(SCHEMA, (path) => assert.throws(() => read(path), { message: /its table FILE is empty/ }));
  withFile('', (path) => {
    assert.throws(() => read(path), { code: 'format' });
    writeFileSync(path, 'sha256,name\n'.repeat(100));
    assert.throws(() => read(path), {
      code: 'format',
      message: `Cannot read the file as 'nsrl': it is no SQLite database, ${want}`,
    });
  });
});

test('nsrl: a damaged database is read or refused, never anything else', () => {
  withFile(SCHEMA + Array.from({ length: 200 }, (_, i) => row(i, `f${i}`, 1)).join(''), (path) => {
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.array(fc.nat(whole.length - 1), { maxLength: 20 }),
        fc.nat(255),
        fc.nat(whole.length),
        (at, byte, size) => {
          const bytes = Buffer.from(whole);
          for (const i of at) bytes[i] = byte;
          writeFileSync(path, size % 4 === 0 ? bytes.subarray(0, size) : bytes);
          try {
            read(path);
          } catch (error) {
            assert.ok(error instanceof TocsinError && error.code === 'format', String(error));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
