// Spellings of defanged text as they stand in public reports.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { undefangDots, undefangScheme } from './defang.ts';

const SCHEMES: readonly [text: string, plain: string][] = [
  ['hxxp://a', 'http://a'],
  ['hXXps://a', 'https://a'],
  ['HXXPS[:]//a', 'https://a'],
  ['hxxp[://]a', 'http://a'],
  ['h**p://a', 'http://a'],
  ['http[:]//a', 'http://a'],
  ['fxp://a', 'ftp://a'],
  ['FXP://a', 'ftp://a'],
  ['http://a', 'http://a'],
  ['hxxp.example', 'hxxp.example'],
  ['ftp://a', 'ftp://a'],
];
for (const [text, plain] of SCHEMES)
  test(`undefangScheme: ${text} is ${plain}`, () => assert.equal(undefangScheme(text), plain));

const DOTS: readonly [text: string, plain: string][] = [
  ['a[.]b', 'a.b'],
  ['a(.)b{.}c[dot]d(DOT)e', 'a.b.c.d.e'],
  ['a[dotty]b', 'a[dotty]b'],
  ['[2001:db8::1]', '[2001:db8::1]'],
  ['dot.example', 'dot.example'],
];
for (const [text, plain] of DOTS)
  test(`undefangDots: ${text} is ${plain}`, () => assert.equal(undefangDots(text), plain));

test('defang: text without brackets and defanged scheme is left alone', () => {
  fc.assert(
    fc.property(fc.domain(), (host) => {
      assert.equal(undefangDots(host), host);
      assert.equal(undefangScheme(`https://${host}/`), `https://${host}/`);
      assert.equal(undefangDots(host.replaceAll('.', '[.]')), host);
    }),
  );
});
