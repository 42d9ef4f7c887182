// The real lists beside the project, with exact counts. They are read where they lie, never copied.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { clamav } from './clamav.ts';
import { csv, parseColumns, tsv } from './csv.ts';
import { dpkg } from './dpkg.ts';
import type { FormatOptions, StreamFormat } from './format.ts';
import { hashes } from './hashes.ts';
import { maltrail } from './maltrail.ts';
import { misp } from './misp.ts';
import { domains, ips } from './network-lists.ts';
import { stix } from './stix.ts';
import { attempt, run } from './testing.ts';

const DATA = join(import.meta.dirname, '../../../../../../shared/data');
const skip = existsSync(DATA) ? false : 'the real lists are not beside the project';

function load(path: string): Buffer {
  const bytes = readFileSync(join(DATA, path));
  return path.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
}

/** Files of a tar archive whose names end so. */
async function unpack(path: string, ending: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = extract();
  archive.end(load(path));
  for await (const entry of archive) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    const { name, type, linkname } = entry.header;
    if (!name.endsWith(ending)) continue;
    if (type === 'file') files.set(name, Buffer.concat(parts));
    else if (type === 'link') files.set(name, files.get(linkname ?? '')!);
  }
  return files;
}

interface Sum {
  rows: number;
  counts: Record<string, number>;
  reasons: Record<string, number>;
}

function sum(format: StreamFormat, files: ReadonlyMap<string, Buffer>, options: FormatOptions = {}): Sum {
  const total: Sum = { rows: 0, counts: {}, reasons: {} };
  for (const [name, bytes] of files) {
    const sink = run(format, bytes, { ...options, fileName: basename(name) });
    total.rows += sink.rows;
    for (const [kind, n] of Object.entries(sink.counts)) total.counts[kind] = (total.counts[kind] ?? 0) + n;
    for (const [why, n] of Object.entries(sink.reasons)) total.reasons[why] = (total.reasons[why] ?? 0) + n;
  }
  return total;
}

function one(format: StreamFormat, path: string, options: FormatOptions = {}): Sum {
  return sum(format, new Map([[path.replace(/\.zst$/, ''), load(path)]]), options);
}

test('signature-base: 3,224 hashes with comments', { skip }, () => {
  assert.deepEqual(one(hashes, 'signature-base/hash-iocs.txt.zst'), {
    rows: 3_224,
    counts: { 'file-sha256': 1_259, 'file-md5': 1_039, 'file-sha1': 926 },
    reasons: {},
  });
});

test('signature-base: hosts and addresses of servers, mixed', { skip }, () => {
  assert.deepEqual(one(maltrail, 'signature-base/c2-iocs.txt'), {
    rows: 1_844,
    counts: { host: 1_709, ip: 135 },
    reasons: {},
  });
});

test('eset: 363 lists, of 16,372 rows one is damaged', { skip }, async () => {
  assert.deepEqual(sum(hashes, await unpack('eset-malware-ioc/hashes.tar.zst', '')), {
    rows: 16_372,
    counts: { 'file-md5': 5_457, 'file-sha1': 5_457, 'file-sha256': 5_457 },
    reasons: { 'no MD5, SHA-1 or SHA-256 in hex': 1 },
  });
});

test('eset: 17 MISP events, most of whose attributes are not marked for detection', { skip }, async () => {
  const events = await unpack('eset-malware-ioc/misp-events.tar.zst', '.json');
  assert.equal(events.size, 17);
  const marked = sum(misp, events);
  assert.deepEqual(marked.counts, { 'file-md5': 41, 'file-sha1': 41, 'file-sha256': 41, url: 11 });
  assert.equal(marked.rows, 1_151);
  assert.equal(marked.reasons['not marked for detection (to_ids)'], 662);
  assert.deepEqual(sum(misp, events, { unmarked: true }).counts, {
    'file-md5': 145,
    'file-sha1': 250,
    'file-sha256': 145,
    url: 37,
    host: 183,
    ip: 39,
  });
});

test('loldrivers: the ClamAV database, the table of drivers, the signers, the lists', { skip }, async () => {
  assert.deepEqual(one(clamav, 'loldrivers/LOLDrivers.hdb'), {
    rows: 2_035,
    counts: { 'file-sha256': 2_035 },
    reasons: {},
  });
  assert.match(
    attempt(csv, load('loldrivers/drivers.csv.zst')).error ?? '',
    /^Cannot read the file as 'csv': its header \(line 1: Id, Author,/,
  );
  const prefix = 'KnownVulnerableSamples_';
  const columns = parseColumns(
    `sha256=${prefix}SHA256,sha1=${prefix}SHA1,md5=${prefix}MD5,category=Category,name=Tags`,
  );
  assert.deepEqual(one(csv, 'loldrivers/drivers.csv.zst', { columns }), {
    rows: 661,
    counts: { 'file-sha256': 2_108, 'file-sha1': 2_126, 'file-md5': 2_109 },
    reasons: { 'no object in any known column': 54 },
  });
  assert.deepEqual(one(tsv, 'loldrivers/signers.tsv'), {
    rows: 724,
    counts: { 'certificate-tbs': 709 },
    reasons: { 'no object in any known column': 15 },
  });
  const lists = await unpack('loldrivers/hashes.tar.zst', '/samples_vulnerable.all');
  assert.deepEqual(sum(hashes, lists).counts, {
    'file-sha256': 1_698,
    'file-sha1': 1_708,
    'file-md5': 1_699,
  });
});

test('ipsum: 120,430 addresses with the number of lists', { skip }, () => {
  const sink = run(ips, load('ipsum/ipsum.txt.zst'));
  const reasons: Record<string, number> = {};
  for (const { details } of sink.taken)
    reasons[details?.reason ?? ''] = (reasons[details?.reason ?? ''] ?? 0) + 1;
  assert.equal(sink.rows, 120_430);
  assert.deepEqual(sink.refused, []);
  assert.equal(reasons['named by 1 list'], 89_657);
  assert.equal(reasons['named by 10 lists'], 3);
});

test('maltrail: 339,433 trails of malicious and suspicious things', { skip }, async () => {
  assert.deepEqual(sum(maltrail, await unpack('maltrail/malicious+suspicious.tar.zst', '.txt')), {
    rows: 339_433,
    counts: { url: 10_146, ip: 56_089, host: 266_807 },
    reasons: {
      'a public suffix: what stands below it belongs to others': 690,
      'a path without a host': 5_642,
      'a name without a dot': 52,
      'a regular expression': 5,
      'not a host name': 1,
      'not an IP address or range': 1,
    },
  });
});

test('maltrail: every tenth family of malware, the scanners, the names to leave alone', {
  skip,
}, async () => {
  assert.deepEqual(sum(maltrail, await unpack('maltrail/malware-every-10th-family.tar.zst', '.txt')), {
    rows: 45_720,
    counts: { host: 28_556, ip: 15_179, url: 1_550 },
    reasons: { 'a path without a host': 435 },
  });
  assert.deepEqual(one(ips, 'maltrail/mass_scanner.txt.zst'), {
    rows: 19_220,
    counts: { ip: 19_215 },
    reasons: { 'not an IP address or range': 5 },
  });
  assert.deepEqual(one(ips, 'maltrail/mass_scanner_cidr.txt'), {
    rows: 1_106,
    counts: { ip: 1_106 },
    reasons: {},
  });
  assert.equal(one(domains, 'maltrail/whitelist.txt').counts['host'], 3_378);
});

test('stix: the published examples', { skip }, async () => {
  const files = await unpack('stix-taxii/schemas+examples.tar.zst', '.json');
  const found: Record<string, unknown> = {};
  for (const [name, bytes] of files) {
    if (!name.includes('examples/')) continue;
    const { sink, error } = attempt(stix, bytes, { now: Date.UTC(2026, 7, 1) });
    found[basename(name)] = error === null ? [sink.rows, sink.refused.length, sink.counts] : error;
  }
  assert.deepEqual(found, {
    'apt1.json': [12, 2, { ip: 4, host: 3, 'file-md5': 3 }],
    'poisonivy.json': [25, 3, { ip: 39, host: 24 }],
    'indicator-for-c2-ip-address.json': [1, 0, { ip: 1 }],
    'indicator-to-campaign-relationship.json': [1, 0, { ip: 1 }],
    'indicators-for-C2-with-COA.json': [2, 0, { ip: 1, 'file-sha256': 1 }],
    'malicious-email-indicator-with-attachment.json': [2, 2, {}],
    'infrastructure.json': [0, 0, {}],
    'interop-objectmarking-test.json':
      'Cannot read the file as \'stix\': it is a single object of type \'campaign\', want a STIX 2.1 bundle (an object with "type": "bundle" and "objects")',
  });
});

test('stix: the cases of the validator end in rows or in one sentence', { skip }, async () => {
  for (const bytes of (await unpack('stix-taxii/validator-tests.tar.zst', '.json')).values()) {
    const { error } = attempt(stix, bytes);
    if (error !== null)
      assert.match(error, /^Cannot read the file as 'stix': [^.]+, want a STIX 2\.1 bundle/);
  }
});

const INFO = '/var/lib/dpkg/info';
const sums = existsSync(INFO) ? readdirSync(INFO).filter((name) => name.endsWith('.md5sums')) : [];

test('dpkg: the sums of this machine are read to the last line', {
  skip: sums.length === 0 && 'no dpkg here',
}, () => {
  for (const name of sums.slice(0, 200)) {
    const bytes = readFileSync(join(INFO, name));
    if (bytes.length === 0) continue;
    const sink = run(dpkg, bytes, { fileName: name });
    assert.deepEqual(sink.refused, [], name);
    assert.equal(sink.taken.length, bytes.toString('latin1').split('\n').length - 1, name);
    assert.equal(sink.taken[0]?.details?.name, name.replace(/(:[a-z0-9]+)?\.md5sums$/, ''));
  }
});
