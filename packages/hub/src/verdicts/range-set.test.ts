import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalIpRange, parseIpRange } from 'tocsin/protocol/ip.ts';
import { RangeSet } from './range-set.ts';
import { rangesIn } from './shared-addresses.ts';

function setOf(...texts: string[]): RangeSet<string> {
  return new RangeSet(texts.map((text) => ({ range: parseIpRange(text)!, value: text })));
}

test('a range is found by an address in it, by a wider range, and by none beside it', () => {
  const set = setOf('192.0.2.0/24', '10.0.0.0/8', '10.1.2.0/24', '2001:db8::/32', '::1');
  const found = (text: string): string | null => set.touching(parseIpRange(text)!);
  assert.equal(set.size, 5);
  assert.equal(found('192.0.2.0'), '192.0.2.0/24');
  assert.equal(found('192.0.2.255'), '192.0.2.0/24');
  assert.equal(found('192.0.3.0'), null);
  assert.equal(found('192.0.0.0/16'), '192.0.2.0/24');
  assert.equal(found('10.255.0.1'), '10.0.0.0/8', 'a short range behind a long one hides it not');
  assert.equal(found('2001:db8:ffff::1'), '2001:db8::/32');
  assert.equal(found('2001:db9::'), null);
  assert.equal(found('0.0.0.1'), null, 'an IPv4 address is no IPv6 address');
  assert.equal(new RangeSet([]).touching(parseIpRange('1.2.3.4')!), null);
});

test('it finds a touching range exactly where a look at each of them does', () => {
  const bits = fc.integer({ min: 20, max: 32 });
  const address = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 255 }));
  const range = fc
    .tuple(fc.boolean(), address, bits)
    .map(([six, [a, b], n]) => (six ? `2001:db8::${a}:${b}/${n + 92}` : `10.0.${a}.${b}/${n}`));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), range, (texts, wanted) => {
      const touches = (a: string, b: string): boolean => {
        const [x, y] = [parseIpRange(a)!, parseIpRange(b)!];
        const n = Math.min(x.length, y.length);
        const cut = (text: string): string => canonicalIpRange(`${text.split('/')[0]}/${n}`);
        return x.network.version === y.network.version && cut(a) === cut(b);
      };
      const found = setOf(...texts).touching(parseIpRange(wanted)!);
      if (found === null) assert.ok(!texts.some((text) => touches(text, wanted)));
      else assert.ok(touches(found, wanted));
    }),
    { numRuns: 500 },
  );
});

test('addresses are found in the lines of real lists, however they are written', () => {
  for (const [text, want] of [
    ['1.2.3.4\t5', ['1.2.3.4']],
    ['ip:1.2.3.4', ['1.2.3.4']],
    ['"198.51.100.7/24",c2,2026-01-01', ['198.51.100.0/24']],
    ['1[.]2[.]3[.]4:8080', ['1.2.3.4']],
    [
      "[ipv4-addr:value = '203.0.113.9'] OR [ipv6-addr:value = '2001:DB8::1']",
      ['203.0.113.9', '2001:db8::1'],
    ],
    ['{"type":"ip-dst","value":"2001:db8:1::/48"}', ['2001:db8:1::/48']],
    ['version 1.2.3.4.5 of 300.1.1.1', []],
    ['0.0.0.0/0', []],
    ['evil.example seen 12:30:01', []],
  ] as const)
    assert.deepEqual(
      rangesIn(text).map((found) => found.text),
      want,
      text,
    );
});

test('any text yields addresses that can be read again, and ends soon', () => {
  const piece = fc.constantFrom('1.', '2', '::', 'a', ':', '/', '[.]', '255', 'f', ' ', '9.9.9.9');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      for (const { text, range } of rangesIn(pieces.join(''))) assert.deepEqual(parseIpRange(text), range);
    }),
    { numRuns: 500 },
  );
});
