// Addresses and ranges against tables, against Node's own parsers, and against plain arithmetic.
import assert from 'node:assert/strict';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import {
  canonicalIp,
  canonicalIpRange,
  formatIp,
  ipCandidates,
  parseIp,
  parseIpRange,
  parseLooseIpv4,
} from './ip.ts';

const ADDRESSES: readonly [text: string, canonical: string][] = [
  ['1.2.3.4', '1.2.3.4'],
  ['255.255.255.255', '255.255.255.255'],
  ['0.0.0.0', '0.0.0.0'],
  [' 1.2.3.4\t', '1.2.3.4'],
  ['1[.]2[.]3[.]4', '1.2.3.4'],
  ['1(.)2.3.4', '1.2.3.4'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8::0001', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['fe80::', 'fe80::'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['::ffff:102:304', '1.2.3.4'],
  ['64:ff9b::192.0.2.33', '192.0.2.33'],
  ['::1.2.3.4', '::102:304'],
  ['::0.0.0.0', '::'],
  ['64:ff9b:1::1.2.3.4', '64:ff9b:1::102:304'],
];
for (const [text, canonical] of ADDRESSES)
  test(`canonicalIp: ${JSON.stringify(text)} is ${canonical}`, () => {
    assert.equal(canonicalIp(text), canonical);
    assert.equal(canonicalIp(canonical), canonical);
  });

const NO_ADDRESSES = [
  '',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '1..2.3',
  '1.2.3.',
  '.1.2.3',
  '01.2.3.4',
  '1.2.3.0x4',
  '1.2.3.a',
  '1.2.3.-',
];
const NO_IPV6 = [
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  ':::',
  '::12345',
  '::g',
  'fe80::1%eth0',
  '1:2:3:4:5:6:7::8',
];
const NO_MIXED = [
  '::1.2.3',
  '1.2.3.4::',
  '[::1',
  '::1]',
  '[1.2.3.4]',
  '1.2.3.4/32',
  'evil.example',
  `::${'0'.repeat(80)}`,
];
for (const text of [...NO_ADDRESSES, ...NO_IPV6, ...NO_MIXED])
  test(`canonicalIp refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.equal(parseIp(text), null);
    assert.throws(() => canonicalIp(text), isInputError);
  });

test('parseIp: takes exactly what Node takes as an address, but for zones', () => {
  const digits = fc.array(fc.constantFrom('0', '1', '25', '256', '.', ':', '::', 'f', 'ffff'), {
    maxLength: 17,
  });
  const texts = fc.oneof(
    digits.map((parts) => parts.join('')),
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4Extended(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      assert.equal(parseIp(text) !== null, isIPv4(text) || isIPv6(text), text);
    }),
    { numRuns: 3_000 },
  );
});

test('canonicalIp: writes IPv6 as the URL standard does, and IPv4 inside IPv6 as IPv4', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const written = new URL(`http://[${text}]/`).hostname.slice(1, -1);
      const embedded = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.test(written);
      if (embedded) assert.ok(isIPv4(canonicalIp(text)));
      else assert.equal(canonicalIp(text), written);
    }),
    { numRuns: 2_000 },
  );
});

test('canonicalIp: any text is refused with `input`, or comes out as a text that is its own canonical form', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6()), (text) => {
      try {
        const canonical = canonicalIp(text);
        assert.equal(canonicalIp(canonical), canonical);
        assert.ok(isIPv4(canonical) || isIPv6(canonical));
      } catch (error) {
        assert.ok(isInputError(error), String(error));
      }
    }),
    { numRuns: 1_000 },
  );
});

const RANGES: readonly [text: string, canonical: string][] = [
  ['192.0.2.77/24', '192.0.2.0/24'],
  [' 192.0.2.77/24 ', '192.0.2.0/24'],
  ['192.0.2.77/32', '192.0.2.77'],
  ['192.0.2.77', '192.0.2.77'],
  ['10.255.255.255/8', '10.0.0.0/8'],
  ['255.255.255.255/31', '255.255.255.254/31'],
  ['192[.]0.2.0/24', '192.0.2.0/24'],
  ['2001:db8:ffff::1/33', '2001:db8:8000::/33'],
  ['2001:db8::1/128', '2001:db8::1'],
  ['2001:db8::1/16', '2001::/16'],
  ['::ffff:192.0.2.77/120', '192.0.2.0/24'],
];
for (const [text, canonical] of RANGES)
  test(`canonicalIpRange: ${text} is ${canonical}`, () => {
    assert.equal(canonicalIpRange(text), canonical);
    assert.equal(canonicalIpRange(canonical), canonical);
  });

const NO_RANGES = [
  '1.2.3.4/33',
  '::/129',
  '1.2.3.4/',
  '1.2.3.4/-1',
  '1.2.3.4/024',
  '1.2.3.4/24/8',
  '/24',
  '::ffff:1.2.3.4/90',
];
for (const text of NO_RANGES)
  test(`canonicalIpRange refuses ${text}`, () => {
    assert.throws(() => canonicalIpRange(text), isInputError);
  });

test('canonicalIpRange refuses what no look-up would ever find, and says how wide is too wide', () => {
  assert.throws(() => canonicalIpRange('10.0.0.0/7'), /it is \/7, want \/8 or narrower/);
  assert.throws(() => canonicalIpRange('2001::/15'), /it is \/15, want \/16 or narrower/);
});

test('parseIpRange: the whole space is a range, though none that is taken in', () => {
  assert.deepEqual(parseIpRange('1.2.3.4/0'), { network: { version: 4, value: 0 }, length: 0 });
  assert.throws(() => canonicalIpRange('0.0.0.0/0'), isInputError);
});

test('ipCandidates: the address, then each enclosing range, most exact first', () => {
  const four = ipCandidates('192.0.2.77');
  assert.equal(four.length, 25);
  assert.deepEqual(four.slice(0, 4), ['192.0.2.77', '192.0.2.76/31', '192.0.2.76/30', '192.0.2.72/29']);
  assert.equal(four.at(-1), '192.0.0.0/8');
  const six = ipCandidates('2001:db8::ff');
  assert.equal(six.length, 113);
  assert.deepEqual(six.slice(0, 2), ['2001:db8::ff', '2001:db8::fe/127']);
  assert.equal(six.at(-1), '2001::/16');
  assert.deepEqual(ipCandidates('10.1.0.0/9'), ['10.0.0.0/9', '10.0.0.0/8']);
  assert.throws(() => ipCandidates('evil.example'), isInputError);
});

test('ipCandidates: a range is among those of an address exactly where Node says that it holds the address', () => {
  const v4 = fc.tuple(fc.constant('ipv4' as const), fc.ipV4(), fc.ipV4(), fc.integer({ min: 8, max: 32 }));
  const v6 = fc.tuple(fc.constant('ipv6' as const), fc.ipV6(), fc.ipV6(), fc.integer({ min: 16, max: 128 }));
  fc.assert(
    fc.property(fc.oneof(v4, v6), fc.boolean(), ([family, one, other, length], near) => {
      if (family === 'ipv6' && (parseIp(one)?.version !== 6 || parseIp(other)?.version !== 6)) return;
      const network = near ? one : other;
      const list = new BlockList();
      list.addSubnet(network, length, family);
      const found = ipCandidates(one).includes(canonicalIpRange(`${network}/${length}`));
      assert.equal(found, list.check(one, family));
    }),
    { numRuns: 600 },
  );
});

test('parseIpRange: any text yields null or a range whose host bits are clear', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: -1, max: 130 }))
      .map(([ip, n]) => `${ip}/${n}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const range = parseIpRange(text);
      if (range === null) return;
      const again = parseIpRange(`${formatIp(range.network)}/${range.length}`);
      assert.deepEqual(again, range);
    }),
    { numRuns: 1_000 },
  );
});

const LOOSE: readonly [text: string, quad: string | null][] = [
  ['255.0.0.1', '255.0.0.1'],
  ['12.0x12.01234', '12.18.2.156'],
  ['0x12.0x43.0x44.0x01', '18.67.68.1'],
  ['167838211', '10.1.2.3'],
  ['4294967295', '255.255.255.255'],
  ['4294967296', null],
  ['0x', '0.0.0.0'],
  ['0XFF.1', '255.0.0.1'],
  ['1.2.3.00x0', null],
  ['08.1.1.1', null],
  ['1.2.3.4.5', null],
  ['1..2', null],
  ['256.1', null],
  ['1.16777216', null],
  ['1.16777215', '1.255.255.255'],
  [`0x${'f'.repeat(400)}`, null],
];
for (const [text, quad] of LOOSE)
  test(`parseLooseIpv4: ${text.slice(0, 30)} is ${quad ?? 'no address'}`, () => {
    const address = parseLooseIpv4(text);
    assert.equal(address === null ? null : formatIp(address), quad);
  });

test('parseLooseIpv4: agrees with the URL standard about every spelling of numbers', () => {
  const part = fc.constantFrom(
    '0',
    '1',
    '01',
    '0x1',
    '0xff',
    '255',
    '256',
    '08',
    '65535',
    '0xffffff',
    '0x',
    '00',
    '0xffffffff',
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts.join('.');
      const standard = URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`).hostname : null;
      const address = parseLooseIpv4(text);
      assert.equal(address === null ? null : formatIp(address), standard, text);
    }),
    { numRuns: 2_000 },
  );
});

function isInputError(error: unknown): boolean {
  return error instanceof TocsinError && error.code === 'input';
}
