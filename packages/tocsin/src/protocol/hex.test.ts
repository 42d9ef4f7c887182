// Hex both ways, and the edges where a decoder might read or write too far.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeHexInto, hexDigit, hexRunLength, parseHex, toHex } from './hex.ts';

test('hex: bytes come back from their text, in either case', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      assert.deepEqual(parseHex(toHex(bytes)), bytes);
      assert.deepEqual(parseHex(toHex(bytes).toUpperCase()), bytes);
    }),
  );
});

test('toHex: of a view, only what the view shows', () => {
  assert.equal(toHex(new Uint8Array([1, 2, 3, 4]).subarray(1, 3)), '0203');
});

test('parseHex: any other text is null', () => {
  for (const text of ['0', 'abc', '0g', ' 00', '0x00', '00\n', '０0', '-1'])
    assert.equal(parseHex(text), null, text);
  assert.deepEqual(parseHex(''), new Uint8Array(0));
  fc.assert(
    fc.property(fc.string(), (text) => {
      const bytes = parseHex(text);
      if (bytes !== null) assert.equal(toHex(bytes), text.toLowerCase());
    }),
  );
});

test('decodeHexInto: decodes in place exactly where all characters are hex, and writes nowhere else', () => {
  const source = fc.oneof(
    fc.uint8Array({ maxLength: 24 }),
    fc
      .array(fc.constantFrom(...Buffer.from('09afAFg/:@`G')), { maxLength: 24 })
      .map((a) => new Uint8Array(a)),
  );
  fc.assert(
    fc.property(source, fc.nat({ max: 8 }), fc.integer({ min: 1, max: 8 }), (bytes, start, size) => {
      const target = new Uint8Array(20).fill(0xee);
      const text = Buffer.from(bytes)
        .toString('latin1')
        .slice(start, start + 2 * size);
      const want = text.length === 2 * size ? parseHex(text) : null;
      assert.equal(decodeHexInto(bytes, start, target, 4, size), want !== null);
      if (want !== null) assert.deepEqual(target.slice(4, 4 + size), want);
      assert.ok([...target.slice(0, 4), ...target.slice(4 + size)].every((byte) => byte === 0xee));
    }),
    { numRuns: 2_000 },
  );
});

test('decodeHexInto: a text that ends early is refused, not read beyond', () => {
  assert.equal(decodeHexInto(Buffer.from('abc'), 0, new Uint8Array(2), 0, 2), false);
  assert.equal(decodeHexInto(Buffer.from('abcd'), 1, new Uint8Array(2), 0, 2), false);
  assert.equal(decodeHexInto(Buffer.from('abcd'), 0, new Uint8Array(2), 0, 2), true);
});

test('decodeHexInto: zeros are hex', () => {
  const target = new Uint8Array([1, 1]);
  assert.equal(decodeHexInto(Buffer.from('0000'), 0, target, 0, 2), true);
  assert.deepEqual(target, new Uint8Array(2));
});

test('hexRunLength: counts up to the first other character or the end given', () => {
  const bytes = Buffer.from('zzdeadBEEF;00');
  assert.equal(hexRunLength(bytes, 2, bytes.length), 8);
  assert.equal(hexRunLength(bytes, 2, 6), 4);
  assert.equal(hexRunLength(bytes, 0, bytes.length), 0);
  assert.equal(hexRunLength(bytes, 11, bytes.length), 2);
});

test('hexDigit: the sixteen digits in both cases, -1 for every other code', () => {
  for (let code = 0; code < 0x200; code++) {
    const c = String.fromCharCode(code);
    assert.equal(hexDigit(code), /^[0-9a-f]$/i.test(c) ? Number.parseInt(c, 16) : -1);
  }
  assert.equal(hexDigit(0xff10), -1);
});
