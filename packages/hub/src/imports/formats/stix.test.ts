import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stix } from './stix.ts';
import { readPattern } from './stix-pattern.ts';
import { run } from './testing.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const NOW = Date.UTC(2026, 7, 1);

const indicator = (pattern: string, more: object = {}) => ({
  type: 'indicator',
  name: 'Emotet C2',
  description: 'seen in March',
  pattern,
  pattern_type: 'stix',
  valid_from: '2020-01-01T00:00:00Z',
  ...more,
});
const bundle = (...objects: object[]) => ({ type: 'bundle', id: 'bundle--1', objects });
const read = (document: unknown) => run(stix, JSON.stringify(document), { now: NOW });

const SEVERAL = 'a pattern of several conditions together, no single object decides';
const INEXACT = 'a pattern without a plain equality of a file, URL, host or IP';
const UNREADABLE = 'a pattern that cannot be read';

test('stix: patterns are read as far as one object alone decides', () => {
  for (const [pattern, wanted] of [
    ["[domain-name:value = 'a.example']", [['host', 'a.example']]],
    ["[domain-name:value='a.example']", [['host', 'a.example']]],
    ["[url:value = 'http://a.example/x']", [['url', 'http://a.example/x']]],
    [
      "[ipv4-addr:value = '1.2.3.0/24' OR ipv6-addr:value = '2001:db8::1']",
      [
        ['ip', '1.2.3.0/24'],
        ['ip', '2001:db8::1'],
      ],
    ],
    ["[file:hashes.'SHA-256' = 'x']", [['sha256', 'x']]],
    [
      "[file:hashes.MD5 = 'x' OR file:hashes.'SHA-1' = 'y']",
      [
        ['md5', 'x'],
        ['sha1', 'y'],
      ],
    ],
    [
      "[file:hashes.MD5 = 'x' AND file:hashes.'SHA-256' = 'y']",
      [
        ['md5', 'x'],
        ['sha256', 'y'],
      ],
    ],
    ["[file:hashes.MD5 = 'x' AND file:name = 'a.exe' AND file:size > 12]", [['md5', 'x']]],
    ["[x509-certificate:hashes.'SHA-256' = 'x']", [['certificate', 'x']]],
    [
      "[domain-name:value IN ('a.example', 'b.example')]",
      [
        ['host', 'a.example'],
        ['host', 'b.example'],
      ],
    ],
    [
      "[ipv4-addr:value = '1.2.3.4'] OR [domain-name:value = 'a.example']",
      [
        ['ip', '1.2.3.4'],
        ['host', 'a.example'],
      ],
    ],
    ["([ipv4-addr:value = '1.2.3.4'])", [['ip', '1.2.3.4']]],
    ["[(file:hashes.MD5 = 'x' OR file:name = 'y')]", [['md5', 'x']]],
    ["[file:name = 'O\\'Brien \\\\ co' OR url:value = 'it\\'s']", [['url', "it's"]]],
    ["[file:hashes.MD5 = 'x'] OR [process:name = 'y' AND process:pid = 4]", [['md5', 'x']]],
    ["[domain-name:value = 'a.example' AND ipv4-addr:value = '1.2.3.4']", SEVERAL],
    ["[file:hashes.MD5 = 'x' AND domain-name:value = 'a.example']", SEVERAL],
    ["[ipv4-addr:value = '1.2.3.4'] AND [domain-name:value = 'a.example']", SEVERAL],
    ["[ipv4-addr:value = '1.2.3.4'] FOLLOWEDBY [ipv4-addr:value = '1.2.3.5'] WITHIN 60 SECONDS", SEVERAL],
    ["[ipv4-addr:value = '1.2.3.4'] REPEATS 5 TIMES", SEVERAL],
    ["[ipv4-addr:value = '1.2.3.4'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'", SEVERAL],
    ["[domain-name:value != 'a.example']", INEXACT],
    ["[domain-name:value NOT = 'a.example']", INEXACT],
    ["[domain-name:value LIKE '%.example']", INEXACT],
    ["[domain-name:value MATCHES '^a']", INEXACT],
    ["[ipv4-addr:value ISSUBSET '10.0.0.0/8']", INEXACT],
    ["[file:name = 'a.exe']", INEXACT],
    ['[EXISTS file:hashes.MD5]', INEXACT],
    ["[file:hashes.'SHA-512' = 'x']", INEXACT],
    ["[email-message:body_multipart[*].body_raw_ref.name = 'x']", INEXACT],
    ["[file:hashes.MD5 = 'x'", UNREADABLE],
    ["file:hashes.MD5 = 'x'", UNREADABLE],
    ["[file:hashes.MD5 = 'x]", UNREADABLE],
    ['[]', UNREADABLE],
    ['rule x { condition: true }', UNREADABLE],
  ] as const) {
    const answer = readPattern(pattern);
    const found = answer.kind === 'terms' ? answer.terms.map((t) => [t.object, t.value]) : answer.why.why;
    assert.deepEqual(found, wanted, pattern);
  }
});

test('stix: any pattern is read or refused, never thrown at', () => {
  const part = fc.constantFrom(
    '[',
    ']',
    '(',
    ')',
    "'x'",
    'file:hashes.MD5',
    'url:value',
    '=',
    ' AND ',
    ' OR ',
    ' NOT ',
    'IN',
    ',',
    ' EXISTS ',
    ' REPEATS 2 TIMES',
    "t'",
    '12',
    '\\',
  );
  fc.assert(fc.property(fc.array(part, { maxLength: 30 }), (parts) => void readPattern(parts.join(''))));
  fc.assert(fc.property(fc.string(), (text) => void readPattern(text)));
  for (const pattern of ['('.repeat(10_000), `[${"url:value = 'x' OR ".repeat(5_000)}url:value = 'x']`])
    assert.equal(readPattern(pattern).kind, 'refused');
});

test('stix: indicators are taken with name, reason and level, other objects are passed over', () => {
  const sink = read(
    bundle(
      { type: 'file', hashes: { MD5 } },
      indicator(`[file:hashes.MD5 = '${MD5}']`, { indicator_types: ['malicious-activity'] }),
      { type: 'malware', name: 'Emotet' },
      indicator(`[file:hashes.'SHA-256' = '${SHA256}']`, { indicator_types: ['anomalous-activity'] }),
    ),
  );
  assert.deepEqual(
    sink.taken.map((t) => [t.kind, t.key, t.line, t.details]),
    [
      ['file-md5', MD5, 2, { level: null, category: null, name: 'Emotet C2', reason: 'seen in March' }],
      [
        'file-sha256',
        SHA256,
        4,
        { level: 'suspicious', category: null, name: 'Emotet C2', reason: 'seen in March' },
      ],
    ],
  );
  assert.equal(sink.rows, 2);
  assert.match(sink.originals.get(2) ?? '', /^\{"type":"indicator","name":"Emotet C2"/);
});

test('stix: what is revoked, over, not begun, benign or in another language is refused', () => {
  const pattern = `[file:hashes.MD5 = '${MD5}']`;
  for (const [more, why] of [
    [{ revoked: true }, 'revoked'],
    [{ valid_until: '2026-07-31T00:00:00.000Z' }, 'no longer valid (valid_until)'],
    [{ valid_from: '2026-08-02T00:00:00Z' }, 'not valid yet (valid_from)'],
    [{ indicator_types: ['benign'] }, 'an indicator of benign activity'],
    [{ labels: ['benign'] }, 'an indicator of benign activity'],
    [{ pattern_type: 'yara' }, "a pattern in 'yara', not in STIX"],
    [{ pattern: '' }, 'an indicator without a pattern'],
    [
      { pattern: "[domain-name:value = 'domain x.example' OR ipv4-addr:value = '1.2.3.4']" },
      'not a host name',
    ],
  ] as const)
    assert.deepEqual(read(bundle(indicator(pattern, more))).refused, [{ line: 1, why }]);
  assert.equal(read(bundle(indicator(pattern, { valid_until: '2026-08-02T00:00:00Z' }))).taken.length, 1);
  const text = JSON.stringify(bundle(indicator(pattern, { valid_until: '2001-01-01T00:00:00Z' })));
  assert.equal(run(stix, text).taken.length, 1, 'without a clock no date is checked');
});

test('stix: an empty bundle and a TAXII envelope are of this format, other JSON is refused by what it is', () => {
  assert.equal(read(bundle()).rows, 0);
  assert.equal(read({ more: false, objects: [indicator(`[file:hashes.MD5 = '${MD5}']`)] }).taken.length, 1);
  for (const [document, found] of [
    [{ Event: { info: 'x' } }, 'it is a MISP event'],
    [indicator('x'), "it is a single object of type 'indicator'"],
    [[{ a: 1 }], 'it is other JSON'],
  ] as const)
    assert.throws(() => read(document), {
      code: 'format',
      message: `Cannot read the file as 'stix': ${found}, want a STIX 2.1 bundle (an object with "type": "bundle" and "objects")`,
    });
});
