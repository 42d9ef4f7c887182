// Which record stands in which list, as a table; and what the names promise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CATEGORIES, LEVEL_NAMES } from 'tocsin/protocol/verdict.ts';
import { recordOf } from './build-fixture.ts';
import type { HashListSpec } from './catalogue.ts';
import { HASH_LISTS } from './catalogue.ts';

type Level = (typeof LEVEL_NAMES)[number];
type Category = (typeof CATEGORIES)[number] | null;

function webLists(level: Level, category: Category): string {
  const taking = HASH_LISTS.filter(
    ({ kinds, takes }) => kinds.includes('url') && takes(recordOf({ level, category })),
  );
  return taking.map(({ name }) => name).join(' ');
}

const TABLE: readonly [Level, Category, string][] = [
  ['malicious', 'malware', 'mw-4b mwb-4b'],
  ['malicious', 'command-and-control', 'mw-4b mwb-4b'],
  ['malicious', null, 'mw-4b mwb-4b'],
  ['malicious', 'phishing', 'se-4b'],
  ['malicious', 'unwanted', 'uws-4b'],
  ['riskware', 'unwanted', 'uws-4b'],
  ['riskware', null, 'uws-4b'],
  ['riskware', 'tracker', 'tracker-4b'],
  ['good', 'tracker', 'tracker-4b'],
  ['trusted', 'payment', 'payment-4b'],
  ['malicious', 'payment', ''],
  ['suspicious', 'malware', ''],
  ['suspicious', 'phishing', ''],
  ['malicious', 'scanner', ''],
  ['good', 'top-site', ''],
];

for (const [level, category, names] of TABLE)
  test(`hash lists: an address that is ${level}, ${category ?? 'of no category'}, stands in ${names || 'none'}`, () =>
    assert.equal(webLists(level, category), names));

test('hash lists: nothing that is unknown stands in any, and good and bad files never in one', () => {
  const every = LEVEL_NAMES.flatMap((level) =>
    [...CATEGORIES, null].map((category) => recordOf({ level, category })),
  );
  for (const record of every) {
    const names = HASH_LISTS.filter(({ takes }) => takes(record)).map(({ name }) => name);
    if (record.level === 'unknown') assert.deepEqual(names, []);
    assert.ok(!(names.includes('file-good-32b') && names.includes('file-bad-8b')));
  }
});

test('hash lists: a name ends in the bytes of its hashes, and only whole digests say that something is good', () => {
  const isGood = ({ takes }: HashListSpec): boolean =>
    (['good', 'trusted'] as const).some((level) => takes(recordOf({ level, category: null })));
  for (const spec of HASH_LISTS) {
    assert.match(spec.name, new RegExp(`^[a-z]+(?:-[a-z]+)*-${spec.size}b$`));
    if (isGood(spec)) assert.equal(spec.size, 32);
  }
  assert.equal(new Set(HASH_LISTS.map(({ name }) => name)).size, HASH_LISTS.length);
});
