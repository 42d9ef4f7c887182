import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { StreamFormat } from './format.ts';
import { recognize } from './head.ts';
import { FORMATS, formatNamed } from './index.ts';
import { attempt } from './testing.ts';

const STREAMS = Object.values(FORMATS).filter((format): format is StreamFormat => format.kind === 'stream');
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const png = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
  deflateSync(Buffer.alloc(9_000, 'abc\n')),
]);
const page =
  '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>evil.example 1.2.3.4</body></html>';
const events = JSON.stringify({ response: [{ Event: { info: 'x', Attribute: [] } }] });
const bundle = JSON.stringify({ type: 'bundle', id: 'bundle--1', objects: [] });

const JSON_FORMATS: ReadonlySet<string> = new Set(['misp', 'stix', 'disconnect', 'warninglist']);

test('a file that begins like something else is refused by every text format, with what it is', () => {
  for (const [bytes, what] of [
    [png, 'a PNG picture'],
    [Buffer.from(page), 'an HTML page'],
    [Buffer.from(`\n  ${page}`), 'an HTML page'],
    [Buffer.from('<?xml version="1.0"?><feed/>'), 'XML'],
    [Buffer.from('<error>no such list</error>'), 'XML'],
    [Buffer.from(events), 'JSON'],
    [Buffer.from('[\n  "evil.example"\n]'), 'JSON'],
    [Buffer.from('SQLite format 3\0rest', 'latin1'), 'an SQLite database'],
    [gzipSync('a'), 'gzip data (unpack it first)'],
    [zstdCompressSync(Buffer.from('a')), 'zstd data (unpack it first)'],
    [Buffer.from('PK\x03\x04rest', 'latin1'), 'a ZIP archive (unpack it first)'],
    [Buffer.from('\x7fELF\x02', 'latin1'), 'an ELF program'],
    [Buffer.from('MZ\x90\0\x03', 'latin1'), 'a Windows program'],
    [Buffer.from('evil.example\0', 'latin1'), 'binary data'],
    [Buffer.from(`\ufeff${SHA256}\n`, 'utf16le'), 'UTF-16 text (convert it to UTF-8)'],
    [Buffer.from('ClamAV-VDB:07 Jan 2026', 'latin1'), 'a packed ClamAV database (unpack it with sigtool)'],
    [Buffer.from('%PDF-1.7'), 'a PDF document'],
    [Buffer.from('TOCSEG1\nrest'), 'a segment file of a hub'],
  ] as const) {
    assert.equal(recognize(bytes).what, what);
    for (const format of STREAMS) {
      if (what === 'JSON' && JSON_FORMATS.has(format.name)) continue;
      const { sink, error } = attempt(format, bytes);
      assert.equal(
        error?.startsWith(`Cannot read the file as '${format.name}': it begins like ${what}, want `),
        true,
        `${format.name}: ${error}`,
      );
      assert.equal(sink.rows, 0);
    }
  }
});

test('text of another format is refused whole, with the first row that does not fit and why', () => {
  const list = `${SHA256}\n${SHA256}\n`;
  const names = 'evil.example\nworse.example\n';
  const rows = (why: string, first: string) => `none of its first 2 rows fits, line 1 is '${first}' (${why})`;
  const short = `${SHA256.slice(0, 39)}…`;
  for (const [format, text, found] of [
    ['hashes', names, rows('no MD5, SHA-1 or SHA-256 in hex', 'evil.example')],
    ['clamav', list, rows('a size that is neither a number nor *', short)],
    ['dpkg', list, rows('no MD5, two blanks and a path', short)],
    ['domains', list, rows('not a host name', short)],
    ['domains', '1.2.3.4\n1.2.3.5\n', rows('an IP address, not a host name', '1.2.3.4')],
    ['urls', list, rows('not a URL', short)],
    ['ips', names, rows('not an IP address or range', 'evil.example')],
    ['hosts', names, rows('no IP address at the start', 'evil.example')],
    ['maltrail', list, rows('not a host name', short)],
    ['csv', names, 'its header (line 1: evil.example) has no column that is known'],
    ['tsv', 'sha256,name\nx,y\n', 'its header (line 1: sha256,name) has no column that is known'],
    ['misp', bundle, 'it is a STIX bundle'],
    ['misp', names, 'it does not begin like JSON'],
    ['stix', events, 'it is a MISP event'],
    ['stix', list, 'it does not begin like JSON'],
    ['warninglist', events, 'it is JSON without such a list'],
    ['disconnect', bundle, 'it is JSON without categories'],
    ['top-sites', names, rows('no rank and domain', 'evil.example')],
    ['signers', list, "its header (line 1) has no column 'tbs_sha256'"],
  ] as const) {
    const { error } = attempt(formatNamed(format) as StreamFormat, text);
    assert.equal(
      error?.startsWith(`Cannot read the file as '${format}': ${found}, want `),
      true,
      `${format}: ${error}`,
    );
  }
});

test('an empty file is of no format', () => {
  for (const format of STREAMS)
    assert.match(attempt(format, '').error ?? '', /^Cannot read the file as/, format.name);
});

test('a list of lists by name: the table knows itself, an unknown name is refused with all that there are', () => {
  for (const [name, format] of Object.entries(FORMATS)) {
    assert.equal(format.name, name);
    assert.equal(formatNamed(name), format);
    assert.match(format.example, new RegExp(`^tocsin-hub import ${name} `));
  }
  assert.throws(() => formatNamed('toString'), {
    code: 'input',
    message: /no such format, want one of hashes, csv/,
  });
});
