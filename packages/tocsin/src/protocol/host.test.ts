// Host names against tables, the official Public Suffix List vectors, and properties.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import {
  canonicalHost,
  HOST_LIMITS,
  hostExpressions,
  isPublicSuffix,
  isSharedSuffix,
  registrableDomain,
} from './host.ts';
import { canonicalUrl } from './url.ts';

const DATA = new URL('../../../../../shared/data/', import.meta.url);
const PSL = new URL('publicsuffix/', DATA);
const DENY = new URL('polkadot-phishing/all.json.zst', DATA);
const skip = existsSync(PSL) ? false : '../shared/data/publicsuffix is absent';
const skipDeny = existsSync(DENY) ? false : '../shared/data/polkadot-phishing is absent';

const HOSTS: readonly [text: string, canonical: string][] = [
  ['www.Example.ORG', 'www.example.org'],
  ['chainstats.xyz.', 'chainstats.xyz'],
  ['..example.org..', 'example.org'],
  ['.example.org', 'example.org'],
  [' example.org\r\n', 'example.org'],
  ['evil[.]example(.)org', 'evil.example.org'],
  ['食狮.公司.cn', 'xn--85x722f.xn--55qx5d.cn'],
  ['XN--85X722F.com.cn', 'xn--85x722f.com.cn'],
  ['bücher。example', 'xn--bcher-kva.example'],
  ['_dmarc.example.org', '_dmarc.example.org'],
  ['-a-.example', '-a-.example'],
  ['localhost', 'localhost'],
  ['4chan.org', '4chan.org'],
  ['1.2.3.com', '1.2.3.com'],
  ['face', 'face'],
  ['0xbad.cafe', '0xbad.cafe'],
];
for (const [text, canonical] of HOSTS)
  test(`canonicalHost: ${JSON.stringify(text)} is ${canonical}`, () => {
    assert.equal(canonicalHost(text), canonical);
    assert.equal(canonicalHost(canonical), canonical);
  });

const REFUSED: readonly [text: string, words: RegExp][] = [
  ['', /empty/],
  ['...', /empty/],
  ['a..b', /label is empty/],
  ['*.fleek.co', /wildcard/],
  ['evil.example/x', /it holds '\/'/],
  ['http://evil.example', /it holds ':'/],
  ['evil.example:80', /it holds ':'/],
  ['user@evil.example', /it holds '@'/],
  ['a b.example', /it holds ' '/],
  ['a%41.example', /it holds '%'/],
  ['1.2.3.4', /last label is a number/],
  ['1.2.3.999', /last label is a number/],
  ['example.0x7f', /last label is a number/],
  ['2130706433', /last label is a number/],
  ['[::1]', /it holds/],
  ['\u00ad', /no ASCII form/],
  [`${'a'.repeat(64)}.example`, /label is longer/],
  [`${'a.'.repeat(127)}example`, /longer than 253/],
  ['a'.repeat(5_000), /too long/],
];
for (const [text, words] of REFUSED)
  test(`canonicalHost refuses ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.throws(
      () => canonicalHost(text),
      (error) => isInputError(error) && words.test((error as Error).message),
    );
  });

test('canonicalHost: labels and names exactly as long as allowed pass', () => {
  const label = 'a'.repeat(HOST_LIMITS.maxLabel);
  const name = `${label}.${label}.${label}.${label.slice(2)}`;
  assert.equal(name.length, HOST_LIMITS.maxLength);
  assert.equal(canonicalHost(name), name);
  assert.throws(() => canonicalHost(`a${name}`), isInputError);
});

test('canonicalHost: any text is refused with `input`, or is its own canonical form and a host of a URL', () => {
  const part = fc.oneof(
    fc.constantFrom('a', 'B', 'é', '。', '.', '[.]', '-', '_', '0x1', '7', '食'),
    fc.string({ unit: 'binary', maxLength: 2 }),
  );
  const texts = fc.oneof(
    fc.domain(),
    fc.array(part, { maxLength: 10 }).map((parts) => parts.join('')),
  );
  let taken = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const host = attempt(text);
      if (host === null) return;
      taken++;
      assert.match(host, /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/);
      assert.ok(host.length <= HOST_LIMITS.maxLength);
      assert.equal(canonicalHost(host), host);
      assert.equal(canonicalUrl(`http://${host}/`).host, host);
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 1_000, `only ${taken} texts were hosts: the generator tests nothing`);
});

test('registrableDomain: the official test vectors hold', { skip }, () => {
  const rows = readFileSync(new URL('tests.txt', PSL), 'utf8')
    .split('\n')
    .filter((row) => /^[^/\s]/.test(row));
  assert.ok(rows.length > 60);
  for (const row of rows) {
    const [name, want] = row.split(' ') as [string, string];
    if (name === 'null') continue;
    const host = name.startsWith('.') ? name : canonicalHost(name);
    assert.equal(registrableDomain(host), want === 'null' ? null : canonicalHost(want), row);
  }
});

test('isPublicSuffix: true for the rules of the published list, but for the few newer than the library', {
  skip,
}, () => {
  const list = zstdDecompressSync(readFileSync(new URL('public_suffix_list.dat.zst', PSL))).toString('utf8');
  const rules = list.split('\n').filter((line) => /^[^/!*\s]/.test(line));
  const missing = rules.filter((rule) => !isPublicSuffix(canonicalHost(rule)));
  assert.ok(rules.length > 9_000);
  assert.ok(
    missing.length < rules.length / 100,
    `${missing.length} of ${rules.length}: ${missing.slice(0, 5)}`,
  );
});

test('isPublicSuffix: private suffixes are some, names of one label that nobody lists are none', () => {
  for (const host of ['com', 'co.uk', 'github.io', 'puter.site', 'uber.space'])
    assert.ok(isPublicSuffix(host), host);
  for (const host of ['example.com', 'printer', 'localhost', 'a.github.io', '1.2.3.4', '[::1]'])
    assert.ok(!isPublicSuffix(host), host);
});

test('registrableDomain: below a private suffix each name is another tenant; addresses have none', () => {
  assert.equal(registrableDomain('a.evil.pages.dev'), 'evil.pages.dev');
  assert.equal(registrableDomain('pages.dev'), null);
  assert.equal(registrableDomain('1.2.3.4'), null);
  assert.equal(registrableDomain('[2001:db8::1]'), null);
  assert.equal(registrableDomain('printer'), null);
  assert.equal(registrableDomain('a.%20b.example'), '%20b.example');
});

test('hostExpressions: itself, and up to four from the registrable domain', () => {
  assert.deepEqual(hostExpressions('a.b.c.d.e.f.example.co.uk'), [
    'a.b.c.d.e.f.example.co.uk',
    'd.e.f.example.co.uk',
    'e.f.example.co.uk',
    'f.example.co.uk',
    'example.co.uk',
  ]);
  assert.deepEqual(hostExpressions('a.b.example.com'), ['a.b.example.com', 'b.example.com', 'example.com']);
  for (const alone of ['example.com', 'co.uk', 'github.io', 'printer', '1.2.3.4', '[2001:db8::1]'])
    assert.deepEqual(hostExpressions(alone), [alone]);
  assert.deepEqual(hostExpressions('a.bucket.s3.dualstack.us-east-1.amazonaws.com'), [
    'a.bucket.s3.dualstack.us-east-1.amazonaws.com',
    'bucket.s3.dualstack.us-east-1.amazonaws.com',
  ]);
});

test('hostExpressions: at most five parents of the host, longest first, and no public suffix of others', () => {
  const hosts = fc.array(
    fc.constantFrom('a', 'b', 'co', 'com', 'github', 'io', 'ck', 'jp', 'kobe', 'xn--p1ai'),
    { minLength: 1, maxLength: 9 },
  );
  fc.assert(
    fc.property(hosts, (labels) => {
      const host = labels.join('.');
      const found = hostExpressions(host);
      assert.equal(found[0], host);
      assert.ok(found.length <= HOST_LIMITS.maxExpressions);
      for (const [i, name] of found.entries()) {
        assert.ok(
          i === 0 ||
            (host.endsWith(`.${name}`) && name.length < found[i - 1]!.length && !isPublicSuffix(name)),
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

test('canonicalHost: takes the real list of phishing hosts, and folds its trailing dots', {
  skip: skipDeny,
}, () => {
  const list = JSON.parse(zstdDecompressSync(readFileSync(DENY)).toString('utf8')) as { deny: string[] };
  const hosts = new Set<string>();
  const refused: string[] = [];
  for (const text of list.deny) {
    const host = attempt(text);
    if (host === null) refused.push(text);
    else hosts.add(host);
  }
  assert.equal(list.deny.length, 54_863);
  assert.equal(hosts.size, 54_023);
  assert.ok(hosts.has('chainstats.xyz') && !hosts.has('chainstats.xyz.'));
  assert.deepEqual(refused, ['104.168.169.107', '162.222.226.37', '23.254.132.67', '62.197.136.191']);
});

function attempt(text: string): string | null {
  try {
    return canonicalHost(text);
  } catch (error) {
    assert.ok(isInputError(error), String(error));
    return null;
  }
}

function isInputError(error: unknown): boolean {
  return error instanceof TocsinError && error.code === 'input';
}

test('isSharedSuffix: what the list names and wildcards of registries, not what a private wildcard covers', () => {
  for (const host of ['com', 'co.uk', 'pages.dev', 'github.io', 'ngrok.io', 'any.ck', 'uber.space'])
    assert.equal(isSharedSuffix(host), true, host);
  for (const host of [
    'example.com',
    'evil.pages.dev',
    'www.ck',
    'ec2-3-84-126-255.compute-1.amazonaws.com',
    'gitruhaco.beget.app',
    'no-such-suffix',
    '1.2.3.4',
  ])
    assert.equal(isSharedSuffix(host), false, host);
});
