// The catalog as a whole: which items each edition and participation has (golden table), and that it serves the
// rows of the table of the two documents without their words.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allows, ITEMS, itemOf, itemsFor, MESSAGES, messageOf, messagesWith } from './catalog.ts';
import { PARTICIPATION_LEVELS } from './consent.ts';
import { EDITIONS } from './item.ts';
import { STATEMENT_ROWS } from './statement-ids.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const GOLDEN = `${ROOT}test/golden/catalog-table.json`;
const SPEC = `${ROOT}spec/statement-ids.tsv`;
const SHARED = `${ROOT}../shared/`;
const ROWS = `${SHARED}statement-fields.tsv`;

function table(): Record<string, Record<string, readonly string[]>> {
  return Object.fromEntries(
    EDITIONS.map((edition) => [
      edition,
      Object.fromEntries(PARTICIPATION_LEVELS.map((level) => [level, itemsFor(edition, level)])),
    ]),
  );
}

/** Rows as `id -> editions`; further columns and comments are not read. */
function rowsOf(tsv: string): Record<string, string> {
  const lines = tsv
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('id\t'));
  return Object.fromEntries(lines.map((line) => line.split('\t').slice(0, 2) as [string, string]));
}

test('catalog: the table of editions and participation is the golden one', () => {
  if (process.env['TOCSIN_UPDATE_GOLDEN'] === '1')
    writeFileSync(GOLDEN, `${JSON.stringify(table(), null, 2)}\n`);
  assert.deepEqual(table(), JSON.parse(readFileSync(GOLDEN, 'utf8')));
});

test('catalog: each participation includes the one before, and off has only what receiving shows', () => {
  for (const edition of EDITIONS) {
    const [off, standard, extended] = PARTICIPATION_LEVELS.map((level) => new Set(itemsFor(edition, level)));
    assert.ok(off!.isSubsetOf(standard!) && standard!.isSubsetOf(extended!), edition);
    assert.ok([...off!].every((id) => /^(?:connection|envelope)\./.test(id)));
  }
});

test('catalog: standard is the short list in every edition, and virtual has every item in extended', () => {
  const short = (edition: (typeof EDITIONS)[number]) =>
    itemsFor(edition, 'standard').filter((id) => itemOf(id)?.participation === 'standard');
  for (const edition of EDITIONS) assert.deepEqual(short(edition), SHORT_LIST, edition);
  assert.equal(itemsFor('virtual', 'extended').length, ITEMS.length);
});

const SHORT_LIST = [
  'environment.operating_systems',
  'lookup.bits',
  'lookup.kind',
  'lookup.prefix',
  'object.checksum',
  'object.port',
  'object.protocol',
  'object.referrer',
  'object.sha256',
  'object.threat_name',
  'object.url',
  'software.components',
  'software.databases_id',
  'software.module_updates',
  'software.product',
];

/** What a scan reports of what it found, beside the question, the envelope and what consent cannot do without. */
const REPORTED = [
  'environment.operating_systems',
  'object.checksum',
  'object.decision_source',
  'object.detection_task',
  'object.kind',
  'object.name',
  'object.path',
  'object.record_id',
  'object.sha256',
  'object.size',
  'object.threat_name',
  'object.verdict',
  'software.components',
  'software.databases_id',
  'software.product',
];

test('catalog: only what is sent by this release is called built', () => {
  const built = ITEMS.filter(({ collector }) => collector.state === 'built').map(({ id }) => id);
  const reported = built.filter((id) => !/^(?:connection|envelope|lookup)\./.test(id));
  assert.deepEqual(reported.sort(), REPORTED);
});

test('catalog: an item and a message are found by id, and nothing else is', () => {
  for (const item of ITEMS) assert.equal(itemOf(item.id), item);
  for (const message of MESSAGES) assert.equal(messageOf(message.id), message);
  for (const id of ['', 'object', 'toString', '__proto__', 'object.nothing']) {
    assert.equal(itemOf(id), undefined);
    assert.equal(messageOf(id), undefined);
    assert.deepEqual(messagesWith(id), []);
  }
  assert.deepEqual(messagesWith('lookup.prefix'), ['lookup', 'lookup-address']);
  assert.deepEqual(messagesWith('lookup.key'), ['lookup-history']);
});

test('catalog: a level allows what needs no more than it', () => {
  const levels = PARTICIPATION_LEVELS.map((level) =>
    (['connection', 'standard', 'extended'] as const).map((least) => allows(level, least)),
  );
  assert.deepEqual(levels, [
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});

test('rows: the table in the code is spec/statement-ids.tsv', () => {
  assert.deepEqual({ ...STATEMENT_ROWS }, rowsOf(readFileSync(SPEC, 'utf8')));
});

test('rows: spec/statement-ids.tsv has the ids and editions of the full table', (t) => {
  if (!existsSync(ROWS)) return t.skip('../shared/statement-fields.tsv is not here');
  const full = rowsOf(readFileSync(ROWS, 'utf8'));
  assert.equal(Object.keys(full).length, 244);
  assert.deepEqual(rowsOf(readFileSync(SPEC, 'utf8')), full);
});

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function runsOfFive(text: string): readonly string[] {
  const all = words(text);
  return all.slice(4).map((_, start) => all.slice(start, start + 5).join(' '));
}

test('words: no five words in a row are taken from the documents or their table', (t) => {
  if (!existsSync(ROWS)) return t.skip('../shared/statement-fields.tsv is not here');
  const sources = readdirSync(`${SHARED}seeds`).map((name) => readFileSync(`${SHARED}seeds/${name}`, 'utf8'));
  const rows = readFileSync(ROWS, 'utf8')
    .split('\n')
    .map((line) => line.split('\t')[2] ?? '');
  const theirs = new Set([...sources, ...rows].flatMap(runsOfFive));
  const ours = [
    ...ITEMS.flatMap(({ what, difference, collector }) => [what, difference ?? '', collector.reads]),
    ...MESSAGES.flatMap(({ title, reasons, schedule, service }) => [
      title,
      ...Object.values(reasons),
      schedule.when,
      service ?? '',
    ]),
  ];
  assert.deepEqual(
    ours.flatMap(runsOfFive).filter((run) => theirs.has(run)),
    [],
  );
});
