// Objects as people type them, and the order in which their keys are asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import { toHex } from './hex.ts';
import { hostKey, ipKey, urlKey } from './keys-of.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from './kinds.ts';
import type { ParsedObject } from './objects.ts';
import {
  formatKey,
  formatObject,
  keysToAsk,
  OBJECT_LIMITS,
  objectKey,
  parseObject,
  questionsOf,
} from './objects.ts';

const SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';
const SHA1 = '3395856ce81f2b7382dee72602f798b642f14140';
const MD5 = '44d88612fea8a8f36de82e1278abb02f';

const OBJECTS: readonly [text: string, kind: ParsedObject['kind'], form: string][] = [
  [SHA256, 'file', `sha256:${SHA256}`],
  [SHA256.toUpperCase(), 'file', `sha256:${SHA256}`],
  [` ${SHA1}\n`, 'file', `sha1:${SHA1}`],
  [MD5, 'file', `md5:${MD5}`],
  [`SHA256: ${SHA256}`, 'file', `sha256:${SHA256}`],
  [`sha1:${SHA1}`, 'file', `sha1:${SHA1}`],
  [`md5:${MD5}`, 'file', `md5:${MD5}`],
  [`certificate:${SHA256}`, 'certificate', `certificate:${SHA256}`],
  [`certificate-tbs:${SHA256}`, 'certificate', `certificate-tbs:${SHA256}`],
  [`wifi:${SHA256}`, 'wifi', `wifi:${SHA256}`],
  ['hxxps://evil[.]example[:]8080/a', 'url', 'url:https://evil.example/a'],
  ['evil[.]example[:]8080/a', 'url', 'url:http://evil.example/a'],
  ['127.1', 'ip', 'ip:127.0.0.1'],
  ['0x7F.0.0.1', 'ip', 'ip:127.0.0.1'],
  ['0xC37F000B', 'ip', 'ip:195.127.0.11'],
  ['ip:3279880203', 'ip', 'ip:195.127.0.11'],
  ['::FFFF:1.2.3.4', 'ip', 'ip:1.2.3.4'],
  ['https://Evil.example/a?b#c', 'url', 'url:https://evil.example/a?b'],
  ['hxxp://evil[.]example/a', 'url', 'url:http://evil.example/a'],
  ['hxxps[:]//evil[.]example', 'url', 'url:https://evil.example/'],
  ['http:\\\\evil.example\\a', 'url', 'url:http://evil.example/a'],
  ['evil.example/x', 'url', 'url:http://evil.example/x'],
  ['evil.example?q', 'url', 'url:http://evil.example/?q'],
  ['evil.example#f', 'url', 'url:http://evil.example/'],
  ['evil.example:8080', 'url', 'url:http://evil.example/'],
  ['evil[.]example:8080/x', 'url', 'url:http://evil.example/x'],
  ['1.2.3.4:8080', 'url', 'url:http://1.2.3.4/'],
  ['1.2.3.4/x', 'url', 'url:http://1.2.3.4/x'],
  ['[2001:db8::1]:80/x', 'url', 'url:http://[2001:db8::1]/x'],
  ['url:evil.example', 'url', 'url:http://evil.example/'],
  ['url:http://evil.example', 'url', 'url:http://evil.example/'],
  ['evil.example', 'host', 'host:evil.example'],
  ['EVIL[.]example.', 'host', 'host:evil.example'],
  ['食狮.中国', 'host', 'host:xn--85x722f.xn--fiqs8s'],
  ['host:printer', 'host', 'host:printer'],
  ['1.2.3.4', 'ip', 'ip:1.2.3.4'],
  ['1[.]2[.]3[.]4', 'ip', 'ip:1.2.3.4'],
  ['1.2.3.4/24', 'ip', 'ip:1.2.3.0/24'],
  ['2001:DB8::1', 'ip', 'ip:2001:db8::1'],
  ['[2001:db8::1]', 'ip', 'ip:2001:db8::1'],
  ['2001:db8::1/32', 'ip', 'ip:2001:db8::/32'],
  ['ip:1.2.3.4/24', 'ip', 'ip:1.2.3.0/24'],
  ['::1', 'ip', 'ip:::1'],
];
for (const [text, kind, form] of OBJECTS)
  test(`parseObject: ${JSON.stringify(text)} is ${form}`, () => {
    const object = parseObject(text);
    assert.equal(object.kind, kind);
    assert.equal(formatObject(object), form);
    assert.deepEqual(keysToAsk(parseObject(form)), keysToAsk(object));
  });

const REFUSED: readonly [what: string, text: string, words: RegExp][] = [
  ['nothing', ' ', /want a SHA-256/],
  ['one label, which may be anything', 'passwd', /want a SHA-256/],
  ['one label with a port', 'localhost:80', /want a SHA-256/],
  ['a path', '/etc/passwd', /want a SHA-256/],
  ['a digest of no known length', SHA256.slice(1), /want a SHA-256/],
  ['a prefixed digest that is short', 'sha256:00', /it has 2 characters, want 64 hex digits/],
  ['a prefixed digest of another length', `md5:${SHA1}`, /it has 40 characters, want 32 hex digits/],
  ['a prefixed digest that is no hex', `md5:${'g'.repeat(32)}`, /want 32 hex digits/],
  ['a host that is a URL', 'host:http://evil.example', /Cannot read the host/],
  ['a host that is an address', 'host:1.2.3.4', /last label is a number/],
  ['an address that is none', 'ip:evil.example', /Cannot read the IP address/],
  ['a range too wide', 'ip:1.2.3.4/4', /want \/8 or narrower/],
  ['a URL without host', 'url:/x', /has no host/],
  ['a number that may be anything', '3279880203', /want a SHA-256/],
  ['an address that may be octal', 'ip:010.0.0.1', /Cannot read the IP address/],
  ['a certificate that is short', 'certificate-tbs:00', /it has 2 characters, want 64 hex digits/],
  ['a Wi-Fi network by its name', 'wifi:home', /want 64 hex digits/],
  ['a mail address', 'somebody@evil.example', /want a SHA-256/],
  ['a text too long', `evil.example/${'a'.repeat(20_000)}`, /Cannot read/],
];
for (const [what, text, words] of REFUSED)
  test(`parseObject refuses ${what}, with a hint`, () => {
    assert.throws(
      () => parseObject(text),
      (error) => isInputError(error) && words.test((error as Error).message),
    );
  });

test('parseObject: any text is refused with `input`, or its text form reads back as the same object', () => {
  const digest = fc.constantFrom(SHA256, SHA1, MD5);
  const prefix = fc.constantFrom(
    '',
    'url:',
    'host:',
    'ip:',
    'sha256:',
    'md5:',
    'certificate:',
    'http://',
    'x:',
  );
  const value = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.webUrl(),
    digest,
    fc.string({ unit: 'binary' }),
  );
  const suffix = fc.constantFrom('', '/', '/24', '/x?y', ':80', '.', '#');
  let taken = 0;
  fc.assert(
    fc.property(prefix, value, suffix, (...parts) => {
      const object = attempt(parts.join(''));
      if (object === null) return;
      taken++;
      const again = parseObject(formatObject(object));
      assert.equal(formatObject(again), formatObject(object));
      assert.deepEqual(keysToAsk(again), keysToAsk(object));
    }),
    { numRuns: 2_000 },
  );
  assert.ok(taken > 400, `only ${taken} texts were objects: the generator tests nothing`);
});

test('keysToAsk: the first key is the one under which a claim about the object stands; all differ and fit', () => {
  const texts = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.webUrl(),
    fc.constantFrom(SHA256, 'http://1.2.3.4/a', 'http://[2001:db8::1]/'),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const object = attempt(text);
      if (object === null) return;
      const keys = keysToAsk(object);
      assert.deepEqual(keys[0], objectKey(object));
      assert.equal(new Set(keys.map((key) => formatKey(key.kind, key.bytes))).size, keys.length);
      for (const { kind, bytes } of keys) assert.equal(bytes.length, KEY_KINDS[kind].bytes);
    }),
    { numRuns: 300 },
  );
});

test('keysToAsk: a file and a certificate have one key', () => {
  const file = keysToAsk(parseObject(MD5));
  assert.deepEqual(
    file.map((key) => [key.kind, toHex(key.bytes)]),
    [['file-md5', MD5]],
  );
  const certificate = keysToAsk(parseObject(`certificate:${SHA256}`));
  assert.deepEqual(
    certificate.map((key) => [key.kind, toHex(key.bytes)]),
    [['certificate-sha256', SHA256]],
  );
});

test('keysToAsk: a URL asks for each host its expressions, then the whole host', () => {
  assert.deepEqual(keysToAsk(parseObject('http://a.evil.example/1/2.html?q')), [
    urlKey('a.evil.example/1/2.html?q'),
    urlKey('a.evil.example/1/2.html'),
    urlKey('a.evil.example/1/'),
    urlKey('a.evil.example/'),
    hostKey('a.evil.example'),
    urlKey('evil.example/1/2.html?q'),
    urlKey('evil.example/1/2.html'),
    urlKey('evil.example/1/'),
    urlKey('evil.example/'),
    hostKey('evil.example'),
  ]);
});

test('keysToAsk: a URL whose host is an address asks for the address and its ranges too', () => {
  const keys = keysToAsk(parseObject('http://0x01020304/'));
  assert.deepEqual(keys.slice(0, 4), [
    urlKey('1.2.3.4/'),
    hostKey('1.2.3.4'),
    ipKey('1.2.3.4'),
    ipKey('1.2.3.4/31'),
  ]);
  assert.equal(keys.length, 2 + 25);
  assert.deepEqual(keysToAsk(parseObject('http://[2001:db8::1]/'))[2], ipKey('2001:db8::1'));
});

test('keysToAsk: a host asks for itself and its parents, and never for a suffix that others share', () => {
  assert.deepEqual(keysToAsk(parseObject('a.evil.github.io')), [
    hostKey('a.evil.github.io'),
    urlKey('a.evil.github.io/'),
    hostKey('evil.github.io'),
    urlKey('evil.github.io/'),
  ]);
});

test('keysToAsk: an address asks for itself, then the ranges around it', () => {
  const keys = keysToAsk(parseObject('192.0.2.77'));
  assert.deepEqual(keys.slice(0, 2), [ipKey('192.0.2.77'), ipKey('192.0.2.76/31')]);
  assert.deepEqual(keys.at(-1), ipKey('192.0.0.0/8'));
});

test('formatKey: each kind has a prefix of its own', () => {
  const forms = KEY_KIND_NAMES.map((kind) => formatKey(kind, new Uint8Array(2).fill(0xab)));
  assert.equal(forms[0], 'sha256:abab');
  assert.equal(new Set(forms).size, KEY_KIND_NAMES.length);
});

function attempt(text: string): ParsedObject | null {
  try {
    return parseObject(text);
  } catch (error) {
    assert.ok(isInputError(error), String(error));
    return null;
  }
}

function isInputError(error: unknown): boolean {
  return error instanceof TocsinError && error.code === 'input';
}

test('questionsOf: each key says in words what it stands for, the most exact first', () => {
  const said = questionsOf(parseObject('http://a.evil.example/1?q')).map(({ expression }) => expression);
  assert.deepEqual(said, [
    'a.evil.example/1?q',
    'a.evil.example/1',
    'a.evil.example/',
    'a.evil.example (the whole host)',
    'evil.example/1?q',
    'evil.example/1',
    'evil.example/',
    'evil.example (the whole host)',
  ]);
  assert.deepEqual(questionsOf(parseObject('192.0.2.77')).at(8)?.expression, '192.0.2.0/24');
  assert.deepEqual(questionsOf(parseObject(`certificate-tbs:${SHA256}`)), [
    {
      key: { kind: 'certificate-tbs', bytes: new Uint8Array(Buffer.from(SHA256, 'hex')) },
      expression: `certificate-tbs:${SHA256}`,
    },
  ]);
});

test('text beyond the limit is refused as too long, of whatever kind it would be', () => {
  const path = 'b'.repeat(OBJECT_LIMITS.maxText);
  for (const text of [`http://a.example/${path}`, `host:${path}`, `${path}b`])
    assert.throws(() => parseObject(text), { code: 'input', message: /characters, want 16384 at most/ });
});
