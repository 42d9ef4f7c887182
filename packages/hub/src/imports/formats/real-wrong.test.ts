// The real lists beside the project, each read as a format that it is not: refused whole, with one sentence.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { StreamFormat } from './format.ts';
import { formatNamed } from './index.ts';
import { attempt } from './testing.ts';

const PROJECT = join(import.meta.dirname, '../../../../..');
const DATA = join(PROJECT, '../shared/data');
const skip = existsSync(DATA) ? false : 'the real lists are not beside the project';

function load(path: string): Buffer {
  const bytes = readFileSync(join(DATA, path));
  return path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
}

/** What becomes of the file: its error, or how many rows were taken. */
function outcome(format: string, bytes: Buffer): string {
  const { sink, error } = attempt(formatNamed(format) as StreamFormat, bytes);
  return error ?? `${sink.originals.size} of ${sink.rows} taken`;
}

test('lists of another kind are refused, however many of their rows fit by chance', { skip }, () => {
  const hosts = Buffer.from(
    (JSON.parse(load('polkadot-phishing/all.json.zst').toString()) as { deny: string[] }).deny.join('\n'),
  );
  const addresses = load('ipsum/ipsum.txt.zst');
  const names = load('signature-base/filename-iocs.txt');
  const signers = load('loldrivers/signers.tsv');
  for (const [format, bytes, found] of [
    ['ips', hosts, /^Cannot read the file as 'ips': 54,859 of its 54,863 rows do not fit, line 1 is '/],
    ['urls', addresses, /'urls': none of its first 1000 rows fits, line 8 is '.*' \(an IP address or range/],
    ['hosts', addresses, /'hosts': none of its first 1000 rows fits, line 8 is/],
    ['urls', load('maltrail/worst_asns.txt'), /'urls': none of its first 1000 rows fits/],
    [
      'urls',
      names,
      /'urls': 3,827 of its 3,828 rows do not fit, line 34 is '.*' \(not a URL\), want one URL/,
    ],
    ['maltrail', names, /'maltrail': none of its 3,828 rows names an object, line 2074 is/],
    [
      'hashes',
      signers,
      /'hashes': it begins with the header of a table \(line 1: tbs_sha256, tbs_sha1, subject/,
    ],
  ] as const)
    assert.match(outcome(format, bytes), found);
  assert.equal(outcome('urls', hosts), '54851 of 54863 taken');
  assert.equal(outcome('domains', load('maltrail/whitelist.txt')), '3378 of 3603 taken');
});

test('a mixed list is one of names, and none of addresses', { skip }, async () => {
  const parts: Buffer[] = [];
  const archive = extract();
  archive.end(load('maltrail/malicious+suspicious.tar.zst'));
  for await (const entry of archive)
    for await (const part of entry) if (entry.header.name.endsWith('.txt')) parts.push(part as Buffer);
  const all = Buffer.concat(parts);
  assert.match(outcome('ips', all), /'ips': 283,\d{3} of its 339,\d{3} rows do not fit, /);
  assert.match(outcome('domains', all), /^266\d{3} of 339\d{3} taken$/);
});

test('text that is no list at all is refused', () => {
  const prose = readFileSync(join(PROJECT, 'LICENSE'));
  for (const format of ['maltrail', 'urls', 'domains', 'ips', 'hosts', 'hashes', 'clamav', 'dpkg'])
    assert.match(
      outcome(format, prose),
      new RegExp(`^Cannot read the file as '${format}': (none|1\\d\\d) of its `),
    );
});

const STATUS = '/var/lib/dpkg/status';

test('the records of a package manager are no trails', {
  skip: !existsSync(STATUS) && 'no dpkg here',
}, () => {
  assert.match(
    outcome('maltrail', readFileSync(STATUS)),
    /^Cannot read the file as 'maltrail': .* rows (do not|fits)/,
  );
});
