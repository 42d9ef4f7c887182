// Every format over foreign bytes: only `format` errors, each row accounted for, and chunks make no difference.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { StreamFormat } from './format.ts';
import { FORMATS } from './index.ts';
import { attempt } from './testing.ts';

const STREAMS = Object.values(FORMATS).filter((format): format is StreamFormat => format.kind === 'stream');
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Pieces that files of all formats are made of, so that arbitrary text goes deep into the parsers. */
const PIECES: readonly string[] = [
  ...[
    MD5,
    SHA256,
    SHA256.slice(0, 40),
    '\n',
    '  ',
    '\t',
    ':68:',
    ':*:',
    'Name',
    ';',
    ',',
    '"',
    '""',
    '#',
    '%',
    '\\',
  ],
  ...[
    '0.0.0.0 ',
    '1.2.3.4',
    '/24',
    '[2001:db8::1]:80',
    'evil.example',
    'http://',
    'hxxp://evil[.]example/a?b',
  ],
  ...['/a.php', '*.', 'bücher.example', '\u202e', 'malicious', 'x'.repeat(300), '\ufeff', '# Reference: x'],
];

/** Rows that fit, and what stands before them. */
const ROWS: Readonly<Record<string, { readonly head: string; readonly rows: readonly string[] }>> = {
  hashes: { head: '# list\n', rows: [MD5, `${SHA256};Emotet`, `${MD5} https://x.example/`] },
  csv: {
    head: 'sha256,md5,url,ip,name,level\n',
    rows: [`${SHA256},,,,a,good`, `,${MD5},,,"b\nc",`, `"${SHA256}","`, ',,evil.example/x,1.2.3.4,"""",'],
  },
  tsv: { head: 'sha256\tdomain\treason\n', rows: [`${SHA256}\tevil.example\t"why"`, '\tevil.example'] },
  clamav: { head: '', rows: [`${MD5}:68:Name`, `${SHA256}:*:Any:73`] },
  dpkg: { head: '', rows: [`${MD5}  usr/bin/true`] },
  urls: { head: '', rows: ['http://evil.example/x', 'evil.example # why'] },
  domains: { head: '', rows: ['evil.example', '*.evil.example;why'] },
  ips: { head: '', rows: ['1.2.3.4\t3', '2001:db8::/32'] },
  hosts: { head: '127.0.0.1 localhost\n', rows: ['0.0.0.0 evil.example b.example', '10.0.0.1 printer'] },
  signers: {
    head: 'tbs_sha256\tsubject\tis_ca\toccurrences\tcategories\n',
    rows: [
      `${SHA256}\tCN=x\t\t3\tmalicious`,
      `${SHA256}\tCN=Some CA\tTrue\t3\tmalicious`,
      `${MD5}\tCN=y\t\t\t`,
    ],
  },
  'top-sites': { head: 'rank,domain\n', rows: ['1,evil.example', '"2","b.example"', '3;pages.dev'] },
  maltrail: { head: '# Reference: x\n', rows: ['evil.example', '1.2.3.4:80', '/x.php', 'http://1.2.3.4'] },
};

function listOf(format: string): fc.Arbitrary<Buffer> {
  const { head, rows } = ROWS[format]!;
  const junk = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((parts) => parts.join(''));
  const line = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...rows) }, { weight: 2, arbitrary: junk });
  return fc
    .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'))
    .map(([lines, end]) => Buffer.from(head + lines.join(end)));
}

const MARKED = { to_ids: true, Tag: [{ name: 'misp-galaxy:malpedia="X"' }] };
const attribute = fc.oneof(
  fc.constantFrom(
    { type: 'md5', value: MD5, ...MARKED },
    { type: 'domain|ip', value: 'evil.example|1.2.3.4', to_ids: true },
    { type: 'text', value: 'words', to_ids: false },
  ),
  fc.record({
    type: fc.constantFrom('md5', 'sha256', 'url', 'domain|ip', 'ip-dst', 'filename|md5'),
    value: fc.oneof(fc.constantFrom(...PIECES, `x|${MD5}`), fc.string()),
    to_ids: fc.boolean(),
  }),
);
const indicator = fc.record({
  type: fc.constantFrom('indicator', 'indicator', 'file'),
  name: fc.string(),
  pattern: fc.constantFrom(
    `[file:hashes.MD5 = '${MD5}']`,
    "[url:value = 'http://evil.example/']",
    "[ipv4-addr:value = '1.2.3.']",
    'x',
  ),
});
const document = fc
  .record({
    Event: fc.record({ info: fc.string(), Attribute: fc.array(attribute), Galaxy: fc.constant([]) }),
    type: fc.constant('bundle'),
    objects: fc.oneof(
      { weight: 4, arbitrary: fc.array(indicator) },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
  })
  .map((value) => Buffer.from(JSON.stringify(value, null, 1)));

const warnings = fc
  .record({
    list: fc.array(fc.oneof(fc.constantFrom(...PIECES, '1.2.3.0/24', 'a.example'), fc.jsonValue()), {
      maxLength: 12,
    }),
    matching_attributes: fc.constantFrom(['ip-dst'], ['hostname'], ['sha256', 'x509-fingerprint-sha256']),
    name: fc.string(),
    type: fc.constantFrom('cidr', 'hostname', 'string', 'regex'),
  })
  .map((value) => Buffer.from(JSON.stringify(value)));

const services = fc
  .record({
    categories: fc.dictionary(
      fc.constantFrom('Advertising', 'Analytics', 'Content', 'x'),
      fc.array(
        fc.dictionary(
          fc.string(),
          fc.dictionary(
            fc.webUrl(),
            fc.array(fc.oneof(fc.domain(), fc.constantFrom(...PIECES), fc.jsonValue())),
          ),
        ),
        { maxLength: 3 },
      ),
      { minKeys: 1 },
    ),
  })
  .map((value) => Buffer.from(JSON.stringify(value)));

const JSON_FILES: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
  misp: document,
  stix: document,
  warninglist: warnings,
  disconnect: services,
};

/** A file of this format, the same with some bytes changed or cut, or any bytes. */
function fileOf(format: string): fc.Arbitrary<Uint8Array> {
  const whole = JSON_FILES[format] ?? listOf(format);
  const changes = fc.array(fc.tuple(fc.nat(1_500), fc.nat(255)), { maxLength: 3 });
  const damaged = fc.tuple(whole, changes, fc.nat(1_500)).map(([good, list, size]) => {
    const copy = Buffer.from(size % 3 === 0 ? good.subarray(0, size) : good);
    for (const [at, byte] of list) if (at < copy.length) copy[at] = byte;
    return copy;
  });
  const bytes = fc.uint8Array({ maxLength: 2_000 });
  return fc.oneof(
    { weight: 4, arbitrary: whole },
    { weight: 4, arbitrary: damaged },
    { weight: 1, arbitrary: bytes },
  );
}

const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });

function chunked(whole: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, i = 0; at < whole.length; i++) {
    const size = sizes[i % sizes.length]!;
    chunks.push(whole.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

for (const format of STREAMS)
  test(`${format.name}: any bytes in any chunks are read alike, or refused as another format`, () => {
    const seen = { taken: 0, refused: 0, alien: 0 };
    fc.assert(
      fc.property(fileOf(format.name), cuts, (whole, sizes) => {
        const one = attempt(format, whole, { fileName: 'list.txt' });
        const many = attempt(format, chunked(whole, sizes), { fileName: 'list.txt' });
        assert.equal(many.error, one.error);
        assert.deepEqual(many.sink, one.sink);

        const { rows, refused, originals, taken } = one.sink;
        if (taken.length > 0) seen.taken++;
        if (refused.length > 0) seen.refused++;
        if (one.error !== null) seen.alien++;
        assert.equal(rows, refused.length + originals.size, 'a row is taken or refused');
        for (const { line } of refused) assert.equal(originals.has(line), false, 'and never both');
        for (const line of originals.keys()) assert.ok(taken.some((t) => t.line === line));
        for (const { why } of refused) assert.match(why, /^[\x20-\x7e…]{1,120}$/);
        for (const { details } of taken) {
          assert.ok((details?.name ?? '').length <= 128 && (details?.reason ?? '').length <= 200);
          assert.doesNotMatch(`${details?.name}${details?.reason}`, /\p{C}/u);
        }
      }),
      { numRuns: 300 },
    );
    // The generator must reach every outcome, else the property says nothing.
    for (const [outcome, count] of Object.entries(seen)) assert.ok(count > 0, `nothing was ever ${outcome}`);
  });
