import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { toHex } from 'tocsin/protocol/hex.ts';
import { hostKey, ipKey, urlKey } from 'tocsin/protocol/keys-of.ts';
import { csv, parseColumns, tsv } from './csv.ts';
import { CsvCells } from './csv-cells.ts';
import { CsvRecords } from './csv-records.ts';
import { LineSplitter } from './lines.ts';
import { run } from './testing.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

test('csv: one row makes a claim for each object that it names', () => {
  const text = [
    'SHA256,sha-1,"MD5 Hash",URL,Domain,IP,Level,Category,Family,Reason',
    `${SHA256},${SHA1},${MD5.toUpperCase()},http://evil.example/x,evil.example,1.2.3.4,suspicious,Phishing,Emotet,"seen, twice"`,
  ].join('\n');
  const sink = run(csv, text);
  assert.deepEqual(
    sink.taken.map((t) => [t.kind, t.key]),
    [
      ['file-sha256', SHA256],
      ['file-sha1', SHA1],
      ['file-md5', MD5],
      ['url', toHex(urlKey('evil.example/x').bytes)],
      ['host', toHex(hostKey('evil.example').bytes)],
      ['ip', toHex(ipKey('1.2.3.4').bytes)],
    ],
  );
  const details = { level: 'suspicious', category: 'phishing', name: 'Emotet', reason: 'seen, twice' };
  for (const taken of sink.taken) assert.deepEqual(taken.details, details);
  assert.equal(sink.rows, 1);
});

test('csv: quotes, doubled quotes, line ends in cells, blanks around and a semicolon as delimiter', () => {
  const comma = run(
    csv,
    `hash , name\r\n"${MD5}" , "a ""b"" c"\r\n${SHA1},"two\r\nlines"\r\n${SHA256},plain "quote"\r\n`,
  );
  assert.deepEqual(
    comma.taken.map((t) => [t.key, t.details?.name, t.line]),
    [
      [MD5, 'a "b" c', 2],
      [SHA1, 'two lines', 3],
      [SHA256, 'plain "quote"', 5],
    ],
  );
  const semicolon = run(csv, `"name";"sha256"\n"a,b";"${SHA256}"\n`);
  assert.deepEqual(
    semicolon.taken.map((t) => [t.key, t.details?.name]),
    [[SHA256, 'a,b']],
  );
});

test('csv: a header in a comment, as abuse feeds write it', () => {
  const text = `# generated 2026\n#\n# "first_seen_utc","sha256_hash","md5_hash","signature"\n"2026-01-01", "${SHA256}", "n/a", "AgentTesla"\n# 1 row\n`;
  const sink = run(csv, text);
  assert.deepEqual(
    sink.taken.map((t) => [t.key, t.details?.name, t.line]),
    [[SHA256, 'AgentTesla', 4]],
  );
});

test('csv: a cell may hold several digests', () => {
  const sink = run(csv, `md5\n"${MD5}, 0cc175b9c0f1b6a831c399e269772661"\n`);
  assert.equal(sink.taken.length, 2);
});

test('csv: a mapping names the columns, and replaces what their names mean', () => {
  const columns = parseColumns('sha256=File Hash, domain=Target,name=md5');
  const sink = run(csv, `md5,file_hash,target,sha256\nEmotet,${SHA256},evil.example,nothing\n`, { columns });
  assert.deepEqual(
    sink.taken.map((t) => t.kind),
    ['file-sha256', 'host'],
  );
  assert.equal(sink.taken[0]?.details?.name, 'Emotet');
  for (const bad of ['sha256', 'sha256=', 'size=Size', '=x', ''])
    assert.throws(() => parseColumns(bad), { code: 'input', message: /want ROLE=HEADER/ }, bad);
});

test('csv: a file without a known column is refused with the names that it has', () => {
  assert.throws(() => run(csv, 'Id,Author,Size\n1,x,2\n'), {
    code: 'format',
    message:
      "Cannot read the file as 'csv': its header (line 1: Id, Author, Size) has no column that is known, want a header with a column sha256, sha1, md5, hash, url, domain or ip, or one named by --columns sha256=FileHash,name=Family",
  });
  assert.throws(
    () => run(csv, `sha256\n${SHA256}\n`, { columns: { sha256: 'Hash1' } }),
    /its header \(line 1: sha256\) has no column 'Hash1'/,
  );
  assert.throws(() => run(csv, '# only comments\n'), /it has no header/);
  assert.throws(() => run(csv, 'sha256,name\n'), /it has no data row/);
});

test('csv: a bad row is refused whole, the rows around it are taken', () => {
  const rows = [
    [`${SHA256},xyz,,,`, 'no MD5, SHA-1 or SHA-256 in hex'],
    [`${MD5},,,,`, 'no MD5, SHA-1 or SHA-256 in hex'],
    [',,evil,,', 'a name without a dot'],
    [',,,bad,', 'a level that is none of unknown, trusted, good, riskware, suspicious, malicious'],
    [`${SHA256},,,bad,`, 'a level that is none of unknown, trusted, good, riskware, suspicious, malicious'],
    ['-,n/a,,,name only', 'no object in any known column'],
    [`${SHA256},,,,a,b`, 'more columns than the header'],
    [`"${SHA256}"x,,,,`, 'text behind a closing quote'],
    [`${SHA256},,,,"never closed`, 'a quote that is not closed'],
  ] as const;
  const wanted = rows.map(([row, why]) =>
    row === ',,,bad,' ? [row, 'no object in any known column'] : [row, why],
  );
  const text = `sha256,md5,domain,level,name\n${SHA256}\n${wanted.map(([row]) => row).join('\n')}\n${SHA256},,,,last\n`;
  const sink = run(csv, text);
  assert.deepEqual(
    sink.taken.map((t) => t.line),
    [2, 12],
  );
  assert.deepEqual(
    sink.refused.map((r) => r.why),
    wanted.map(([, why]) => why),
  );
  assert.deepEqual(
    sink.refused.map((r) => r.line),
    wanted.map((_, i) => i + 3),
  );
});

test('csv: an unclosed quote costs its own row, however much follows', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => `${SHA256},row ${i}`);
  const sink = run(csv, `sha256,name\n${SHA256},"open\n${many.join('\n')}\n`);
  assert.equal(sink.taken.length, 5_000);
  assert.deepEqual(sink.refused, [{ line: 2, why: 'a quote that is not closed' }]);
});

test('tsv: tabs delimit, and quotes protect nothing', () => {
  const sink = run(tsv, `name\tsha256\n"a b"\t${SHA256}\nO="Foo, Inc.\t${SHA256}\n"open\t${SHA256}\n`);
  assert.deepEqual(
    sink.taken.map((t) => t.details?.name),
    ['a b', 'O="Foo, Inc.', '"open'],
  );
});

test('csv: well-formed records are split as csv-parse splits them, however they come in chunks', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ',', '"', '\n', 'é', '#'), maxLength: 12 });
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(table, fc.integer({ min: 1, max: 40 }), (rows, size) => {
      const text = rows.map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(',')).join('\n');
      const bytes = Buffer.from(text);
      const found: string[][] = [];
      const cells = new CsvCells(',');
      const splitter = new LineSplitter(
        new CsvRecords(cells, {
          record: () => found.push(Array.from({ length: cells.count }, (_, i) => cells.text(i))),
          broken: (why) => found.push([why]),
          end: () => {},
        }),
      );
      for (let i = 0; i < bytes.length; i += size) splitter.push(bytes.subarray(i, i + size));
      splitter.end();
      const wanted = parse(bytes, { relax_column_count: true }).map((row) =>
        row.map((c) => c.replace(/^ +| +$/g, '')),
      );
      assert.deepEqual(found, wanted);
    }),
  );
});
