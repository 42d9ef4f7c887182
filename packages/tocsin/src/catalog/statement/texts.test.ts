// The texts of the documents: complete in every language, all used, in words of our own.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ITEMS, MESSAGES } from '../catalog.ts';
import { dictionary } from '../dictionary.ts';
import type { ItemType } from '../item.ts';

import { EDITIONS, PURPOSES, SENSITIVITIES, TRANSFORMS } from '../item.ts';
import { registerAsCsv, registerOf } from '../register.ts';
import { CATALOG_DE } from '../text/de/catalog.ts';
import type { TextKey } from '../text/texts.ts';
import { TEXTS } from '../text/texts.ts';
import { COMPARED } from '../versions/diff.ts';
import { isPlanned } from './context.ts';
import type { VersionsDiff } from './diff-words.ts';
import { diffDocument, diffVersions } from './diff-words.ts';
import type { Block, Document, Rich, Section } from './document.ts';
import { DOCUMENTS } from './documents.ts';
import { BARE_TERMS, SAMPLE_PLACES, SAMPLE_TERMS } from './rendered.ts';
import { render, renderStatement } from './statement.ts';
import { typeWords } from './type-words.ts';
import { LANGUAGES, numberIn, wordsIn } from './words.ts';

const SHARED = fileURLToPath(new URL('../../../../../../shared/', import.meta.url));
const KEYS = Object.keys(TEXTS.en) as TextKey[];

/** Keys of texts that only tests, pages or other commands than the documents use. */
const USED_ELSEWHERE = /^(?:language\.|label\.(?:contents|skip)$)/;

/** The words of both languages for these are the same, and rightly so. */
const SAME = new Set<string>(['operator.name', 'label.form']);

test('texts: every language has the same keys, and none is empty', () => {
  for (const language of LANGUAGES) {
    assert.deepEqual(Object.keys(TEXTS[language]).sort(), [...KEYS].sort(), language);
    for (const key of KEYS) {
      const text = TEXTS[language][key];
      assert.ok(text.trim() !== '' && !/[\n\t]| {2}/.test(text), `${language} ${key}`);
      assert.equal(text.split('`').length % 2, 1, `${language} ${key}: an odd number of backquotes`);
    }
  }
});

test('texts: a translation has the same places for values and the same code', () => {
  const places = (text: string): string[] => (text.match(/\{[a-z]+\}/g) ?? []).sort();
  const code = (text: string): string[] => (text.match(/`[^`]*`/g) ?? []).sort();
  for (const key of KEYS) {
    assert.deepEqual(places(TEXTS.de[key]), places(TEXTS.en[key]), key);
    if (key !== 'dictionary.intro') assert.deepEqual(code(TEXTS.de[key]), code(TEXTS.en[key]), key);
  }
});

test('texts: every text was translated', () => {
  assert.deepEqual(
    KEYS.filter(
      (key) =>
        TEXTS.de[key] === TEXTS.en[key] &&
        !SAME.has(key) &&
        /\p{L}{3}/u.test(TEXTS.en[key].replace(/\{[a-z]+\}/g, '')),
    ),
    [],
  );
});

test('texts: all are used by some document, in both languages', () => {
  for (const language of LANGUAGES) {
    const used = new Set<string>();
    const recording = new Proxy(TEXTS[language], {
      get: (texts, key) => {
        used.add(String(key));
        return texts[key as TextKey];
      },
    });
    const words = wordsIn(language, recording);
    for (const [terms, jurisdiction] of SAMPLE_PLACES)
      for (const edition of EDITIONS)
        for (const document of DOCUMENTS) render(document, { terms, edition, jurisdiction, language }, words);
    dictionary(words);
    for (const terms of [SAMPLE_TERMS, BARE_TERMS]) registerOf(terms, words, EDITIONS);
    registerAsCsv([], words);
    for (const diff of DIFFS) diffDocument(diff, words);
    for (const type of RARE_TYPES) typeWords(type, words);
    const unused = KEYS.filter((key) => !used.has(key) && !USED_ELSEWHERE.test(key) && !otherState(key));
    assert.deepEqual(unused, [], language);
  }
});

const DIFFS: readonly VersionsDiff[] = [
  diffVersions('1', '2', 'basic'),
  diffVersions('2', '1', 'basic'),
  diffVersions('1', '1', 'basic'),
  diffVersions('2.1', '2.2', 'basic'),
  diffVersions('2.1', '2.2', 'basic', () => SAMPLE_TERMS),
  diffVersions('2.1', '2.2', 'basic', (number) =>
    number === 1 ? SAMPLE_TERMS : { ...BARE_TERMS, optInEverywhere: true },
  ),
  {
    ...diffVersions('1', '2', 'basic'),
    items: {
      added: [],
      removed: [],
      changed: [
        { id: 'object.size', changes: COMPARED.map((what) => ({ what, before: 'a', after: 'b' })) },
        { id: 'object.kind', changes: [] },
      ],
    },
  },
];

/** Forms that no item has now. */
const RARE_TYPES: readonly ItemType[] = [
  { kind: 'time', precision: 'day' },
  { kind: 'bytes', max: 1500 },
];

/** Texts for states in which this catalog is not: a first version, one without changes, content that is sent. */
function otherState(key: string): boolean {
  return (
    /^changes\.(?:first|none|removed|changed)$/.test(key) ||
    (key === 'content.planned' && !ITEMS.filter(({ id }) => id.startsWith('submission.')).every(isPlanned))
  );
}

test('texts: every name that the catalog uses has words: units, types, purposes, transforms, groups', () => {
  const units = new Set<string>();
  const visit = (type: ItemType): void => {
    if ('unit' in type) units.add(type.unit);
    if (type.kind === 'list') visit(type.of);
    if (type.kind === 'record') Object.values(type.fields).forEach(visit);
  };
  for (const { type } of ITEMS) visit(type);
  const groups = new Set(ITEMS.map(({ id }) => id.slice(0, id.indexOf('.'))));
  const families: readonly [string, Iterable<string>][] = [
    ['unit', units],
    ['group', groups],
    ['purpose', PURPOSES],
    ['sensitivity', SENSITIVITIES],
    ['transform', TRANSFORMS],
    ['remark', TRANSFORMS.filter((name) => name !== 'none')],
    ['edition', EDITIONS],
    ['attribution', ['attributed', 'anonymous', 'connection']],
  ];
  for (const [family, names] of families) {
    const has = KEYS.filter((key) => key.startsWith(`${family}.`)).map((key) => key.slice(family.length + 1));
    assert.deepEqual(has.sort(), [...names].sort(), family);
  }
});

/** What people wrote in a document: neither code nor ids, examples or values. */
function spoken(document: Document): readonly string[] {
  const texts = (rich: Rich): string =>
    rich.map((part) => (typeof part === 'string' ? part : ' § ')).join('');
  const ofBlock = (block: Block): Rich[] => {
    switch (block.kind) {
      case 'paragraph':
        return [block.text];
      case 'list':
        return [...block.items];
      case 'facts':
        return block.rows.flat();
      case 'table':
        return [block.caption, ...block.head, ...block.rows.flat()];
      case 'item':
        return [block.what, ...(block.mark === null ? [] : [block.mark]), ...block.rows.flat()];
    }
  };
  const ofSection = ({ title, blocks, sections }: Section): Rich[] => [
    title,
    ...blocks.flatMap(ofBlock),
    ...sections.flatMap(ofSection),
  ];
  return [document.title, ...document.facts.flat(), ...document.sections.flatMap(ofSection)].map(texts);
}

/** Common words of one language that the other one does not have. */
const ENGLISH =
  /\b(?:the|and|of|with|which|that|this|from|not|for|by|to|is|are|it|its|or|be|only|machine|file)\b/i;
const GERMAN =
  /\b(?:der|das|und|von|mit|welche|dass|nicht|für|durch|ist|sind|oder|nur|ein|eine|wird|Rechner)\b/;

test('texts: the hub has one name in German', () => {
  const texts = [...Object.values(TEXTS.de), ...Object.values(CATALOG_DE)];
  assert.deepEqual(
    texts.filter((text) => /Zentrale/.test(text)),
    [],
  );
});

test('texts: no English stands in a German document, and no German in an English one', () => {
  for (const [language, foreign] of [
    ['de', ENGLISH],
    ['en', GERMAN],
  ] as const)
    for (const document of DOCUMENTS)
      for (const edition of EDITIONS) {
        const context = { terms: null, edition, jurisdiction: 'US', language };
        const { content } = render(document, context, wordsIn(language));
        const found = spoken(content).filter((text) => foreign.test(text.replace('§', '')));
        assert.deepEqual(found, [], `${language} ${document} ${edition}`);
      }
});

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function runsOfFive(text: string): readonly string[] {
  const all = words(text);
  return all.slice(4).map((_, start) => all.slice(start, start + 5).join(' '));
}

test('texts: no five words in a row are taken from the documents that inspired them', (t) => {
  if (!existsSync(`${SHARED}seeds`)) return t.skip('../shared/seeds is not here');
  const sources = readdirSync(`${SHARED}seeds`).map((name) => readFileSync(`${SHARED}seeds/${name}`, 'utf8'));
  const theirs = new Set(sources.flatMap(runsOfFive));
  const rendered = DOCUMENTS.flatMap((document) =>
    spoken(
      render(
        document,
        { terms: BARE_TERMS, edition: 'virtual', jurisdiction: 'US', language: 'en' },
        wordsIn('en'),
      ).content,
    ),
  );
  const ours = [...Object.values(TEXTS.en), ...rendered, ...spoken(dictionary(wordsIn('en')))];
  assert.deepEqual(
    ours.flatMap(runsOfFive).filter((run) => theirs.has(run)),
    [],
  );
});

/** SHA-256 of names that stand in no text of ours, each in lower case: its first 16 digits. */
const NAMES = new Set(['4b6afdd16374f5a9', '75a15d984c6075ff', '14aff323f4087868']);

test('texts: no document names a vendor or product of another', () => {
  const all = [
    ...LANGUAGES.flatMap((language) => Object.values(TEXTS[language])),
    ...ITEMS.flatMap(({ what, difference, collector }) => [what, difference ?? '', collector.reads]),
    ...MESSAGES.flatMap(({ title, reasons }) => [title, ...Object.values(reasons)]),
    registerAsCsv(registerOf(SAMPLE_TERMS, wordsIn('en')), wordsIn('en')),
  ];
  for (const word of new Set(all.flatMap(words)))
    assert.ok(!NAMES.has(createHash('sha256').update(word).digest('hex').slice(0, 16)), word);
});

test('texts: what the editions are said to hold is what they hold', () => {
  const ids = (edition: (typeof EDITIONS)[number]): Set<string> =>
    new Set(ITEMS.filter(({ editions }) => editions.includes(edition)).map(({ id }) => id));
  assert.deepEqual([...ids('basic').difference(ids('plus'))], ['object.content']);
  assert.deepEqual(ids('plus'), ids('premium'));
  const more = [...ids('plus').difference(ids('basic'))];
  assert.ok(more.length > 0 && more.every((id) => id.startsWith('device.') || id === 'object.dhcp_request'));
  assert.deepEqual(ids('virtual'), ids('basic').union(ids('plus')));
});

test('words: a missing or superfluous value is a mistake that is noticed', () => {
  const { say, term, catalog } = wordsIn('en');
  assert.throws(() => say('kept.days'), /wants a value 'days'/);
  assert.throws(() => say('kept.days', { days: 3, more: 1 }), /no place for the value 'more'/);
  assert.throws(() => term('unit', 'furlongs'), /no en text 'unit.furlongs'/);
  assert.throws(() => catalog('object.nothing'), /no en text/);
  assert.deepEqual(say('kept.days', { days: '`{days}` <b>' }), ['`{days}` <b>', ' days']);
});

test('words: numbers are written as people of the language do', () => {
  assert.deepEqual(
    [0, 12, 1234, 1234567, 0.5].map((n) => [numberIn('en', n), numberIn('de', n)]),
    [
      ['0', '0'],
      ['12', '12'],
      ['1,234', '1.234'],
      ['1,234,567', '1.234.567'],
      ['0.5', '0,5'],
    ],
  );
});

test('texts: the two languages say the same of the same machine, so their hashes differ', () => {
  const [english, german] = LANGUAGES.map((language) =>
    renderStatement({ terms: null, edition: 'basic', jurisdiction: null, language }),
  );
  assert.notEqual(english!.sha256, german!.sha256);
  assert.equal(english!.version, german!.version);
  const shape = (sections: readonly Section[]): unknown =>
    sections.map(({ anchor, blocks, sections: below }) => [
      anchor,
      blocks.map(({ kind }) => kind),
      shape(below),
    ]);
  assert.deepEqual(shape(english!.content.sections), shape(german!.content.sections));
});
