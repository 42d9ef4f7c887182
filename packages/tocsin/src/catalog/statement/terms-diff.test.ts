// What changed in an operator's terms, as values and in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Terms } from '../terms.ts';
import { diffAsJson, diffAsText, diffVersions } from './diff-words.ts';
import { plain } from './render-text.ts';
import { BARE_TERMS, SAMPLE_TERMS } from './rendered.ts';
import { diffTerms, termsDiffWords } from './terms-diff.ts';
import { wordsIn } from './words.ts';

const OTHER: Terms = {
  ...SAMPLE_TERMS,
  number: 4,
  issued: SAMPLE_TERMS.issued + 1,
  controller: { ...SAMPLE_TERMS.controller, name: 'Somebody Else' },
  storage: [{ place: 'Dallas', country: 'US', safeguard: null }],
  retentionDays: null,
  partners: [],
};
const flat = (text: string): string => text.replace(/\s+/g, ' ');

test('terms: each field that differs is told, with what it is now and was, in words of the language', () => {
  assert.deepEqual(termsDiffWords(SAMPLE_TERMS, OTHER, wordsIn('de')).map(plain), [
    'Betreiber: Somebody Else, vorher Example Network GmbH',
    'Orte, an denen die Daten liegen: Dallas (Vereinigte Staaten), vorher Data centre North, Berlin (Deutschland); Second copy, Toronto (Kanada): adequacy decision of the Commission',
    'Längste Frist des Betreibers: keine Grenze des Betreibers, vorher 60 Tage',
    'Partner des Hubs: keine, vorher Institute for Example Research (Frankreich, sharing): research on attacks; Example Reports Inc. (Vereinigte Staaten, commercial): sale of trend reports',
  ]);
  assert.deepEqual(diffTerms(SAMPLE_TERMS, { ...SAMPLE_TERMS, number: 9, issued: 1 }), []);
});

test('terms: every field of the terms is compared', () => {
  const all = diffTerms(SAMPLE_TERMS, { ...BARE_TERMS, optInEverywhere: true, edition: 'plus' });
  const named = new Set(all.map(({ what }) => what.split('.')[0]));
  const fields = Object.keys(SAMPLE_TERMS).filter((name) => !['v', 'number', 'issued'].includes(name));
  assert.deepEqual([...named].sort(), fields.sort());
});

test('versions: terms are told where both are known, and it is said where they are not', () => {
  const termsOf = (number: number): Terms | null =>
    number === 3 ? SAMPLE_TERMS : number === 4 ? OTHER : null;
  const known = diffVersions('2.3', '2.4', 'basic', termsOf);
  const text = flat(diffAsText(known, 'en'));
  assert.match(text, /^What changed from version 2\.3 to version 2\.4 /);
  assert.match(text, /1 Items =+ No item was added, removed or changed\. 2 Terms of the operator/);
  assert.match(text, /- Operator: Somebody Else, before Example Network GmbH -/);
  const json = JSON.parse(diffAsJson(known)) as { versions: unknown; terms: { what: string }[] };
  assert.deepEqual(json.versions, { old: '2.3', new: '2.4' });
  assert.deepEqual(json.terms[0], {
    what: 'controller.name',
    before: 'Example Network GmbH',
    after: 'Somebody Else',
  });
  assert.match(
    flat(diffAsText(diffVersions('2.3', '2.9', 'basic', termsOf), 'en')),
    /number 9 are not kept here/,
  );
  assert.match(flat(diffAsText(diffVersions('2.3', '2.3', 'basic', termsOf), 'en')), /Nothing in the terms/);
  assert.doesNotMatch(diffAsText(diffVersions('1', '2', 'basic', termsOf), 'en'), /Terms of the operator/);
});
