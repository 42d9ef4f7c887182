// Properties of the canonical form of URLs and of their expressions, over text made to hurt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import { canonicalUrl, unescapeFully, urlExpressions } from './url.ts';

// Text made of what is special somewhere in a URL: arbitrary characters alone would rarely reach a rule.
const PIECES = [
  'http://',
  'hxxp://',
  '[.]',
  '(.)',
  '%',
  '25',
  '2e',
  '%2f',
  '%25',
  '41',
  '/',
  '//',
  '\\',
  '.',
  '..',
];
const MORE = [
  '?',
  '#',
  '@',
  ':',
  '80',
  '[',
  ']',
  '::1',
  'a',
  'B',
  'é',
  '。',
  ' ',
  '\t',
  '\u0000',
  '%80',
  '0x7f',
  '1',
];
const nasty = fc.array(
  fc.oneof(fc.constantFrom(...PIECES, ...MORE), fc.string({ unit: 'binary', maxLength: 3 })),
  {
    maxLength: 16,
  },
);
const nastyUrl = fc.oneof(
  nasty.map((parts) => parts.join('')),
  nasty.map((parts) => `http://${parts.join('')}`),
  nasty.map((parts) => `http://evil.example/${parts.join('')}`),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.string({ unit: 'binary' }),
);

test('canonicalUrl: any text is refused with `input`, or yields ASCII parts that are their own canonical form', () => {
  let taken = 0;
  fc.assert(
    fc.property(nastyUrl, (text) => {
      const url = attempt(text);
      if (url === null) return;
      taken++;
      assert.match(url.href, /^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/);
      assert.ok(!url.href.includes('#') && url.path.startsWith('/'));
      assert.doesNotMatch(url.path, /\/\/|\/\.\.?(\/|$)/);
      assert.deepEqual(canonicalUrl(url.href), { ...url, port: null });
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 500, `only ${taken} texts were URLs: the generator tests nothing`);
});

test('urlExpressions: at most 30, all different, the first is the URL itself, each a part of it', () => {
  fc.assert(
    fc.property(nastyUrl, (text) => {
      const url = attempt(text);
      if (url === null) return;
      const found = urlExpressions(url);
      assert.ok(found.length >= 1 && found.length <= 30);
      assert.equal(new Set(found).size, found.length);
      assert.equal(found[0], url.host + url.path + (url.query ? `?${url.query}` : ''));
      for (const expression of found) {
        const host = expression.slice(0, expression.indexOf('/'));
        assert.ok(url.host === host || url.host.endsWith(`.${host}`));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('canonicalUrl: how often a URL was escaped makes no difference', () => {
  const plain = canonicalUrl('http://evil.example/kit/login.php?id=m').href;
  fc.assert(
    fc.property(fc.array(fc.nat({ max: plain.length * 3 }), { maxLength: 60 }), (places) => {
      // Each place escapes one character of what stands there by then: letters, digits, earlier escapes.
      const escaped = places.reduce((text, at) => {
        const c = text[at];
        if (c === undefined || !/[%a-z0-9]/i.test(c)) return text;
        return `${text.slice(0, at)}%${c.charCodeAt(0).toString(16)}${text.slice(at + 1)}`;
      }, plain);
      assert.equal(canonicalUrl(escaped).href, plain);
    }),
  );
});

test('unescapeFully: one pass gives what repeated passes give', () => {
  const repeated = (text: string): string => {
    const next = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return next === text ? text : repeated(next);
  };
  const bytes = fc.array(fc.constantFrom('%', '2', '5', '3', '4', 'f', 'A', 'x', '\xff'), { maxLength: 24 });
  fc.assert(
    fc.property(bytes, (parts) => assert.equal(unescapeFully(parts.join('')), repeated(parts.join('')))),
    { numRuns: 3_000 },
  );
});

test('unescapeFully: escapes nested thousands deep take one pass, not one for each', () => {
  const depth = 5_000_000;
  assert.equal(unescapeFully(`%${'25'.repeat(depth)}41`), 'A');
});

function attempt(text: string): ReturnType<typeof canonicalUrl> | null {
  try {
    return canonicalUrl(text);
  } catch (error) {
    assert.ok(isInputError(error), String(error));
    return null;
  }
}

function isInputError(error: unknown): boolean {
  return error instanceof TocsinError && error.code === 'input';
}
