// The published vectors and our own tables; properties stand in url-properties.test.ts.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TocsinError } from './errors.ts';
import { canonicalUrl, pathExpressions, URL_LIMITS, urlExpressions } from './url.ts';

const VECTORS = new URL('../../../../../shared/data/google-safebrowsing/url-vectors.json', import.meta.url);
const skip = existsSync(VECTORS) ? false : '../shared/data/google-safebrowsing/url-vectors.json is absent';

interface Vectors {
  published: { canonical: [string, string][]; expressions: Record<string, string[]> };
  go_reference_tables: { TestGeneratePatterns: { input: string; output?: string[]; fail?: boolean }[] };
}
const vectors = (): Vectors => JSON.parse(readFileSync(VECTORS, 'utf8')) as Vectors;

test('canonicalUrl: every published vector holds, and each result is its own canonical form', {
  skip,
}, () => {
  const { canonical } = vectors().published;
  assert.ok(canonical.length >= 32);
  for (const [text, want] of canonical) {
    assert.equal(canonicalUrl(text).href, want, text);
    assert.equal(canonicalUrl(want).href, want, want);
  }
});

test('urlExpressions: the published expressions, as a set, the most exact first', { skip }, () => {
  for (const [text, want] of Object.entries(vectors().published.expressions)) {
    const found = urlExpressions(canonicalUrl(text));
    assert.deepEqual([...found].sort(), [...want].sort());
    assert.equal(found[0], want[0]);
  }
});

test('urlExpressions: the reference tables hold where they keep no more hosts than the published rule', {
  skip,
}, () => {
  let compared = 0;
  for (const { input, output, fail } of vectors().go_reference_tables.TestGeneratePatterns) {
    if (fail === true) assert.throws(() => canonicalUrl(input), isInputError);
    else if (!input.includes('a.b.c.d.e.f')) assert.deepEqual(urlExpressions(canonicalUrl(input)), output);
    compared++;
  }
  assert.ok(compared >= 14);
});

const CANONICAL: readonly [what: string, text: string, href: string][] = [
  ['a scheme in capitals', 'HTTPS://Example.ORG/A', 'https://example.org/A'],
  ['bytes that are no UTF-8, escaped', 'http://%01%80.com/', 'http://%01%80.com/'],
  ['a defanged scheme and dots', 'hxxps://evil[.]example[.]org/a', 'https://evil.example.org/a'],
  ['a defanged scheme in capitals', 'hXXp://evil.example/', 'http://evil.example/'],
  ['a defanged colon', 'http[:]//evil.example/', 'http://evil.example/'],
  ['a defanged colon with slashes', 'hxxp[://]evil.example/', 'http://evil.example/'],
  ['a defanged colon before the port', 'hxxp://evil[.]example[:]8080/', 'http://evil.example/'],
  ['round and curly brackets', 'evil(.)a{.}example[dot]org', 'http://evil.a.example.org/'],
  ['dots of the path in a defanged URL', 'hxxp://evil[.]org/a[.]php', 'http://evil.org/a.php'],
  ['brackets in the path of a plain URL stay', 'http://evil.org/a[.]php', 'http://evil.org/a[.]php'],
  ['an escaped defanged dot', 'http://a%5B.%5Dorg/', 'http://a.org/'],
  [
    'an international name',
    'http://食狮.公司.cn/路?问',
    'http://xn--85x722f.xn--55qx5d.cn/%E8%B7%AF?%E9%97%AE',
  ],
  ['an international name in capitals', 'http://BÜCHER.example/', 'http://xn--bcher-kva.example/'],
  ['an international name, escaped', 'http://b%C3%BCcher.example/', 'http://xn--bcher-kva.example/'],
  ['full-width letters and dots', 'http://ｅｘａｍｐｌｅ。org/', 'http://example.org/'],
  ['full-width digits', 'http://１２７.１/', 'http://127.0.0.1/'],
  ['user and password', 'http://www.bank.example@evil.example/x', 'http://evil.example/x'],
  [
    'an at sign in the path',
    'http://evil.example/@www.bank.example',
    'http://evil.example/@www.bank.example',
  ],
  ['an escaped at sign', 'http://www.bank.example%40evil.example/', 'http://evil.example/'],
  ['an octal address', 'http://012.034.01.055/', 'http://10.28.1.45/'],
  ['a hex address', 'http://0x12.0x43.0x44.0x01/', 'http://18.67.68.1/'],
  ['an address in two parts', 'http://127.1/', 'http://127.0.0.1/'],
  ['an address as one number', 'http://0xC37F000B/', 'http://195.127.0.11/'],
  ['an address with a dot behind', 'http://1.2.3.4./', 'http://1.2.3.4/'],
  ['five numbers are a name', 'http://123.123.0.0.1/', 'http://123.123.0.0.1/'],
  ['a part beyond 255 is a name', 'http://276.2.3/', 'http://276.2.3/'],
  ['IPv6, shortened', 'http://[2001:0DB8:0:0::1]:8080/a', 'http://[2001:db8::1]/a'],
  ['IPv4-mapped IPv6', 'http://[::ffff:1.2.3.4]/', 'http://1.2.3.4/'],
  ['NAT64 with the well-known prefix', 'http://[64:ff9b::1.2.3.4]/', 'http://1.2.3.4/'],
  ['dots at the ends and in a row', 'http://..a...example.org../', 'http://a.example.org/'],
  ['a folder with a dot', 'http://h/a/./b/../c/.', 'http://h/a/c/'],
  ['more steps up than folders', 'http://h/../../a/../..', 'http://h/'],
  ['escaped steps up', 'http://h/a/%2e%2E/b', 'http://h/b'],
  ['dots and slashes in the query stay', 'http://h/a?b/../c//d', 'http://h/a?b/../c//d'],
  ['an escaped question mark starts the query', 'http://h/a%3Fb', 'http://h/a?b'],
  ['backslashes for slashes', 'http:\\\\h\\a\\..\\b', 'http://h/b'],
  [
    'a backslash that ends the host',
    'http://evil.example\\@www.bank.example/',
    'http://evil.example/@www.bank.example/',
  ],
  ['too many slashes', 'https:////evil.example//a', 'https://evil.example/a'],
  ['a port of a name without scheme', 'evil.example:8080/a', 'http://evil.example/a'],
  ['an empty port', 'http://evil.example:/a', 'http://evil.example/a'],
  ['another scheme in capitals', 'GOPHER://evil.example/a', 'gopher://evil.example/a'],
  ['FTP in capitals', 'FTP://evil.example/a', 'ftp://evil.example/a'],
  ['the largest port', 'http://evil.example:65535/', 'http://evil.example/'],
  ['capitals beside bytes that are no UTF-8', 'http://A%80.COM/', 'http://a%80.com/'],
  ['the sixteenth control character', 'http://h/%10', 'http://h/%10'],
  ['a defanged URL without path', 'evil[.]example', 'http://evil.example/'],
  ['another scheme', 'ftp://evil.example/a', 'ftp://evil.example/a'],
  ['a query without path', 'http://evil.example?q', 'http://evil.example/?q'],
  ['a scheme that is escaped', 'http%3A%2F%2Fevil.example', 'http://evil.example/'],
  ['a control character in the path', 'http://h/a\u0001b\u007f', 'http://h/a%01b%7F'],
  ['a lone surrogate', 'http://h/\ud800', 'http://h/%EF%BF%BD'],
];

for (const [what, text, href] of CANONICAL)
  test(`canonicalUrl: ${what}`, () => {
    assert.equal(canonicalUrl(text).href, href);
    assert.equal(canonicalUrl(href).href, href);
  });

const REFUSED: readonly [what: string, text: string, words: RegExp][] = [
  ['nothing', '', /has no host/],
  ['a path', '/asdf', /has no host/],
  ['a fragment', '#evil.example', /has no host/],
  ['a port without host', ':80', /has no host/],
  ['a scheme alone', 'http://', /has no host/],
  ['a file of this machine', 'file:///etc/passwd', /has no host/],
  ['dots alone', 'http://.../', /has no host/],
  ['user without host', 'http://user@/', /has no host/],
  ['a port that is none', 'http://h:x/', /port/],
  ['a port too large', 'http://h:65536/', /port/],
  ['a script', 'javascript:alert(1)', /port/],
  ['a bracket that does not close', 'http://[::1/', /IPv6|port/],
  ['brackets around a name', 'http://[evil.example]/', /IPv6/],
  ['a bracket in a name', 'http://a[b/', /character/],
  ['nested defanging', 'http://a[[.]]b/', /character/],
  ['a text too long', `http://h/${'a'.repeat(URL_LIMITS.maxText)}`, /longer than/],
  ['a host too long', `http://${'a.'.repeat(200)}b/`, /too long/],
];

for (const [what, text, words] of REFUSED)
  test(`canonicalUrl refuses ${what}`, () => {
    assert.throws(
      () => canonicalUrl(text),
      (error) => isInputError(error) && words.test((error as Error).message),
    );
  });

test('canonicalUrl: texts and hosts exactly as long as allowed pass', () => {
  const path = '/'.padEnd(URL_LIMITS.maxText - 'http://h'.length, 'a');
  assert.equal(canonicalUrl(`http://h${path}`).path, path);
  const host = `${'a.'.repeat(126)}a`;
  assert.equal(host.length, 253);
  assert.equal(canonicalUrl(`http://${host}/`).host, host);
  assert.throws(() => canonicalUrl(`http://${host}b/`), isInputError);
});

test('canonicalUrl: the parts are told apart', () => {
  assert.deepEqual(canonicalUrl('HTTPS://u:p@Example.org:8443/a/b?x=1#f'), {
    scheme: 'https',
    host: 'example.org',
    path: '/a/b',
    query: 'x=1',
    port: 8443,
    href: 'https://example.org/a/b?x=1',
  });
  assert.equal(canonicalUrl('http://h/a?').query, '');
  assert.equal(canonicalUrl('http://h/a').query, null);
});

test('urlExpressions: no public suffix of others, also a private one, and never two labels too few', () => {
  const of = (text: string): readonly string[] => urlExpressions(canonicalUrl(text));
  assert.deepEqual(of('http://a.evil.github.io/'), ['a.evil.github.io/', 'evil.github.io/']);
  assert.deepEqual(of('http://evil.co.uk/'), ['evil.co.uk/']);
  assert.deepEqual(of('http://co.uk/'), ['co.uk/']);
  assert.deepEqual(of('http://1.2.3.4/a'), ['1.2.3.4/a', '1.2.3.4/']);
  assert.deepEqual(of('http://a.b/?'), ['a.b/']);
});

test('pathExpressions: the path with query, the path, and four folders at most', () => {
  assert.deepEqual(pathExpressions({ path: '/a/b/c/d/e.html', query: 'q' }), [
    '/a/b/c/d/e.html?q',
    '/a/b/c/d/e.html',
    '/a/b/c/',
    '/a/b/',
    '/a/',
    '/',
  ]);
  assert.deepEqual(pathExpressions({ path: '/a/b/c/', query: null }), ['/a/b/c/', '/a/b/', '/a/', '/']);
  assert.deepEqual(pathExpressions({ path: '/', query: null }), ['/']);
});

function isInputError(error: unknown): boolean {
  return error instanceof TocsinError && error.code === 'input';
}
