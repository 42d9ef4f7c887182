// Places and rules: the list is complete, every law stands for real places, and the stricter rule wins.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../protocol/errors.ts';
import { JURISDICTION_NAMES } from './jurisdiction-names.ts';
import { jurisdictionName, parseJurisdiction, regimeOf, regimeReason } from './jurisdictions.ts';
import { OPT_IN_LAWS } from './opt-in-laws.ts';

const FREE = { optInEverywhere: false };
const STRICT = { optInEverywhere: true };

test('places: all 249 codes of ISO 3166-1, each with a name in both languages', () => {
  assert.equal(JURISDICTION_NAMES.size, 249);
  for (const [code, names] of JURISDICTION_NAMES) {
    assert.match(code, /^[A-Z]{2}$/);
    for (const name of names) assert.match(name, /^\p{L}[\p{L}.',() -]+$/u, code);
  }
  for (const place of [0, 1] as const)
    assert.equal(new Set([...JURISDICTION_NAMES.values()].map((names) => names[place])).size, 249);
});

test('places: the codes are those that the system knows as regions, without its own additions', () => {
  const english = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  for (const code of JURISDICTION_NAMES.keys()) assert.ok(english.of(code) !== undefined, code);
  for (const code of ['AC', 'EU', 'EZ', 'UN', 'XK', 'ZZ', 'UK', 'AN'])
    assert.ok(!JURISDICTION_NAMES.has(code));
});

test('laws: each is named for places that exist, and for each place once', () => {
  for (const [code, law] of OPT_IN_LAWS) {
    assert.ok(JURISDICTION_NAMES.has(code), `${law}: ${code}`);
    assert.ok(law.length <= 50, law);
  }
});

test('laws: the Union, the EEA, the United Kingdom, Switzerland and others ask first', () => {
  const union = 'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' ');
  assert.equal(union.length, 27);
  for (const code of [...union, 'IS', 'LI', 'NO']) assert.equal(OPT_IN_LAWS.get(code), 'GDPR', code);
  const table: Record<string, string> = { GB: 'UK GDPR', CH: 'FADP', BR: 'LGPD', CN: 'PIPL', JP: 'APPI' };
  const more: Record<string, string> = { KR: 'PIPA', ZA: 'POPIA', IN: 'DPDP', TR: 'KVKK', CA: 'PIPEDA' };
  for (const [code, law] of Object.entries({ ...table, ...more })) assert.equal(OPT_IN_LAWS.get(code), law);
});

test('rule: the law first, then the operator; unknown means opt-in, and so does no hub', () => {
  const table: [string | null, typeof FREE | null, string, string][] = [
    ['DE', FREE, 'opt-in', 'law'],
    ['DE', STRICT, 'opt-in', 'law'],
    ['DE', null, 'opt-in', 'law'],
    ['US', FREE, 'opt-out', 'no-law'],
    ['US', STRICT, 'opt-in', 'operator'],
    ['US', null, 'opt-in', 'no-hub'],
    [null, FREE, 'opt-in', 'unknown'],
    [null, STRICT, 'opt-in', 'operator'],
    [null, null, 'opt-in', 'no-hub'],
    ['XX', FREE, 'opt-in', 'unknown'],
  ];
  for (const [code, terms, regime, kind] of table) {
    assert.equal(regimeOf(code, terms), regime, `${code}`);
    assert.equal(regimeReason(code, terms).kind, kind, `${code}`);
  }
});

test('rule: nothing makes it weaker than opt-in but a place without such a law and an operator who allows it', () => {
  fc.assert(
    fc.property(fc.option(fc.string()), fc.option(fc.boolean()), (code, strict) => {
      const regime = regimeOf(code, strict === null ? null : { optInEverywhere: strict });
      if (regime === 'opt-out')
        assert.ok(strict === false && JURISDICTION_NAMES.has(code!) && !OPT_IN_LAWS.has(code!));
    }),
  );
});

test('parse: a code in any case; for a name or another usual code the right one is told', () => {
  for (const text of ['de', ' DE ', 'De']) assert.equal(parseJurisdiction(text), 'DE');
  const wrong: [string, RegExp][] = [
    ['UK', /^Cannot use the jurisdiction 'UK': it is no code of ISO 3166-1, want 'GB' for United Kingdom$/],
    ['germany', /want 'DE' for Germany$/],
    ['Deutschland', /want 'DE' for Germany$/],
    ['switz', /want 'CH' for Switzerland$/],
    ['Niger', /want 'NE' for Niger$/],
    ['EU', /no place of ISO 3166-1 has that code, want two letters such as DE, GB or US$/],
    ['', /want two letters/],
    ['ZZ\u001b[2J', /'ZZ\?\[2J'/],
  ];
  for (const [text, words] of wrong)
    assert.throws(
      () => parseJurisdiction(text),
      (error) => error instanceof TocsinError && error.code === 'input' && words.test(error.message),
      text,
    );
});

test('parse: any text is a code of the list or an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ maxLength: 2 })), (text) => {
      try {
        assert.ok(JURISDICTION_NAMES.has(parseJurisdiction(text)));
      } catch (error) {
        assert.ok(error instanceof TocsinError && error.code === 'input');
      }
    }),
  );
});

test('name: in both languages, and the code itself for a place of a later list', () => {
  assert.deepEqual([jurisdictionName('DE', 'en'), jurisdictionName('DE', 'de')], ['Germany', 'Deutschland']);
  assert.equal(jurisdictionName('QQ', 'de'), 'QQ');
});
