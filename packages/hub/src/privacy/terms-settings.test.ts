// What operators write in the settings about themselves, as text and as JSON.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeTerms, parseTerms, TERMS_LIMITS } from 'tocsin/catalog/terms.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Settings } from '../config.ts';
import { readSettings } from '../config.ts';
import type { TermsSettings } from './terms-settings.ts';
import {
  missingTerms,
  parsePartners,
  parsePlaces,
  partnersOfJson,
  placesOfJson,
  termsFrom,
} from './terms-settings.ts';

function read(flags: Record<string, unknown>, file?: string): Settings {
  const data = mkdtempSync(join(tmpdir(), 'tocsin-'));
  try {
    if (file !== undefined) writeFileSync(join(data, 'hub.json'), file);
    return readSettings({ flags: { data, ...flags }, env: {} });
  } finally {
    rmSync(data, { recursive: true });
  }
}

/** The terms as they would be signed: what passes here is what every machine can read. */
function asSigned(settings: TermsSettings): unknown {
  return parseTerms(
    JSON.parse(Buffer.from(encodeTerms({ v: 1, number: 1, issued: 1, ...termsFrom(settings) })).toString()),
  );
}

test('terms settings: without any, the terms leave open who the operator is, for each language to say so', () => {
  const settings = read({});
  const { controller, storage, partners, jurisdiction, edition } = termsFrom(settings);
  assert.deepEqual(controller, { name: null, address: null, contact: null });
  assert.deepEqual([storage, partners, jurisdiction, edition], [[], [], null, 'basic']);
  assert.deepEqual(missingTerms(settings), [
    'operatorName',
    'operatorAddress',
    'operatorContact',
    'storagePlaces',
  ]);
  asSigned(settings);
});

test('terms settings: places and partners are read from text, and from arrays in the settings file alike', () => {
  const storage = [
    { place: 'Frankfurt', country: 'DE', safeguard: null },
    { place: 'Zurich, hall 2', country: 'CH', safeguard: 'adequacy decision (2000/518)' },
  ];
  const partners = [
    { name: 'Example Lab', country: 'DE', purpose: 'research for fun', use: 'sharing' },
    { name: 'Feeds (UK) Ltd', country: 'GB', purpose: 'a feed of bad hosts', use: 'commercial' },
  ];
  const byText = read({
    storagePlaces: 'Frankfurt (de); Zurich, hall 2 (CH): adequacy decision (2000/518);',
    partners:
      'Example Lab (DE) for research for fun [sharing]; Feeds (UK) Ltd (GB) for a feed of bad hosts [commercial]',
  });
  const byJson = read({}, JSON.stringify({ storagePlaces: storage, partners, optInEverywhere: true }));
  for (const settings of [byText, byJson]) {
    assert.deepEqual(settings.storagePlaces, storage);
    assert.deepEqual(settings.partners.slice(0, 1), partners.slice(0, 1));
  }
  assert.deepEqual(byJson.partners, partners);
  assert.equal(byJson.optInEverywhere, true);
  asSigned(byText);
  asSigned(byJson);
});

test('terms settings: each mistake is one sentence that names the place and what is wanted', () => {
  const cases: [Record<string, unknown>, string | undefined, RegExp][] = [
    [
      { operatorName: ' ' },
      undefined,
      /^Cannot use --operator-name ' ': it is empty, want one line of text$/,
    ],
    [{ operatorName: 'a\nb' }, undefined, /control character/],
    [{ operatorAddress: 'x'.repeat(501) }, undefined, /it has 501 characters, want at most 500/],
    [{ storagePlaces: 'Frankfurt' }, undefined, /'Frankfurt' is no place, want PLACE \(CC\)/],
    [{ storagePlaces: 'a (DE);'.repeat(17) }, undefined, /names 17 places, want at most 16/],
    [
      { partners: 'Lab (DE) for research' },
      undefined,
      /is no partner, want NAME \(CC\) for PURPOSE \[sharing\]/,
    ],
    [{ partners: 'Lab (DE) for research [selling]' }, undefined, /is no partner/],
    [{ retentionDays: '0' }, undefined, /want 1 to 730/],
    [{ jurisdiction: 'Germany' }, undefined, /it is no country, want two letters/],
    [{ optInEverywhere: 'maybe' }, undefined, /want yes or no/],
    [{ edition: 'gold' }, undefined, /want one of basic, plus, premium, virtual/],
    [{}, '{"partners": {"name": "x"}}', /^Cannot use "partners" in hub\.json .*want an array of partners/],
    [{}, '{"partners": [{"name": "x", "country": "DE", "purpose": "y"}]}', /a partner has no use/],
    [{}, '{"storagePlaces": [{"place": 7, "country": "DE"}]}', /has no text 'place'/],
    [{}, '{"optInEverywhere": []}', /want true or false/],
    [{}, '{"edition": ["basic"]}', /neither text nor a number, want EDITION/],
  ];
  for (const [flags, file, words] of cases)
    assert.throws(
      () => read(flags, file),
      (error) => error instanceof TocsinError && error.code === 'input' && words.test(error.message),
      String(words),
    );
});

const RUNS = { numRuns: 500 };

/** Either the parser says what is wrong, or every machine can read what it returns. */
function readableOrRefused(settings: () => Partial<TermsSettings>): void {
  let found: Partial<TermsSettings>;
  try {
    found = settings();
  } catch (error) {
    assert.equal((error as Error).constructor, Error);
    return;
  }
  asSigned({ ...read({}), ...found });
}

test('terms settings: whatever text is given, it is refused or makes terms that can be read', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      'Frankfurt',
      '(DE)',
      '(xx)',
      ' for ',
      '[sharing]',
      '[commercial]',
      ';',
      ':',
      ' ',
      '(',
      ')',
      '\u2028',
    ),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (value) => {
      readableOrRefused(() => ({ storagePlaces: parsePlaces(value) }));
      readableOrRefused(() => ({ partners: parsePartners(value) }));
    }),
    RUNS,
  );
});

test('terms settings: whatever JSON is given, it is refused or makes terms that can be read', () => {
  const entry = fc.record(
    {
      place: fc.oneof(fc.string(), fc.jsonValue()),
      name: fc.oneof(fc.string(), fc.jsonValue()),
      country: fc.oneof(fc.constantFrom('DE', 'ch', 'x'), fc.jsonValue()),
      safeguard: fc.oneof(fc.string(), fc.constant(null), fc.jsonValue()),
      purpose: fc.string(),
      use: fc.constantFrom('sharing', 'commercial', 'selling'),
    },
    { requiredKeys: [] },
  );
  const value = fc.oneof(fc.jsonValue(), fc.array(entry, { maxLength: TERMS_LIMITS.maxPlaces + 2 }));
  fc.assert(
    fc.property(value, (json) => {
      readableOrRefused(() => ({ storagePlaces: placesOfJson(json) }));
      readableOrRefused(() => ({ partners: partnersOfJson(json) }));
    }),
    RUNS,
  );
});
