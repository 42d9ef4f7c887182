// Every rule of the lint over a small catalog in which exactly that is wrong, and all of them over the real one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ITEMS, MESSAGES } from './catalog.ts';
import type { Item } from './item.ts';
import { ALL_EDITIONS, BASIC_ONLY, COMMON, item } from './item.ts';
import type { CatalogToLint } from './lint.ts';
import { lint, RULES } from './lint.ts';
import type { Message } from './message.ts';
import { STATEMENT_ROWS } from './statement-ids.ts';
import { CATALOG_DE } from './text/de/catalog.ts';

const COLLECTOR = { state: 'planned', reads: 'uname(2) release' } as const;

const SHORT: Item = item({
  ...COMMON,
  id: 'software.product',
  type: { kind: 'text', max: 20, pattern: '[a-z]+' },
  what: 'which part it is',
  purposes: ['service-quality'],
  sensitivity: 'technical',
  participation: 'standard',
  editions: ALL_EDITIONS,
  owner: 'platform',
  statement: ['standard_mode.software_type_and_version'],
  collector: COLLECTOR,
  example: 'agent',
});
const LONG: Item = item({
  ...COMMON,
  id: 'environment.uptime',
  type: { kind: 'integer', min: 0, max: 9, unit: 's' },
  what: 'how long it has run',
  purposes: ['service-quality'],
  sensitivity: 'technical',
  participation: 'extended',
  editions: BASIC_ONLY,
  owner: 'platform',
  statement: ['object.content'],
  collector: COLLECTOR,
  example: 5,
});
const REPORT: Message = {
  id: 'report',
  title: 'A report',
  attribution: 'attributed',
  from: 'standard',
  items: [SHORT.id, LONG.id],
  required: [SHORT.id],
  reasons: { daily: 'a day passed' },
  schedule: { when: 'once a day', atMostPerDay: 1 },
  service: null,
  producer: 'planned',
  maxBytes: 100,
};
const SOUND: CatalogToLint = {
  items: [SHORT, LONG],
  messages: [REPORT],
  rows: { 'standard_mode.software_type_and_version': 'svm', 'object.content': 'standard' },
  german: {
    [SHORT.id]: 'welcher Teil es ist',
    [LONG.id]: 'wie lange es läuft',
    'message.report.title': 'Ein Bericht',
    'message.report.when': 'einmal am Tag',
    'message.report.reason.daily': 'ein Tag ist vergangen',
  },
  today: '2026-11-23',
};

/** The sound catalog with the long item changed. */
function withItem(change: Partial<Item>): CatalogToLint {
  return { ...SOUND, items: [SHORT, { ...LONG, ...change }] };
}

/** The sound catalog with the message changed. */
function withMessage(change: Partial<Message>): CatalogToLint {
  return { ...SOUND, messages: [{ ...REPORT, ...change }] };
}

/** The sound catalog with the long item under another id, everywhere. */
function renamed(id: string, change: Partial<Item> = {}): CatalogToLint {
  const german = { ...SOUND.german, [id]: 'wie lange es läuft' };
  delete german[LONG.id];
  return {
    ...SOUND,
    items: [SHORT, { ...LONG, ...change, id }],
    messages: [{ ...REPORT, items: [SHORT.id, id] }],
    german,
  };
}

const DIGEST = { kind: 'digest', bytes: 1 } as const;
const BYTES = { kind: 'bytes', max: 9 } as const;
const URL_TYPE = { kind: 'url', max: 99 } as const;
const SECRET_ROW = 'portal.auth_token';
const TWINS = {
  'object.content': 'standard',
  'device.content': 'standard',
  'standard_mode.software_type_and_version': 'svm',
};

const BITES: readonly [rule: string, about: string, broken: CatalogToLint][] = [
  ['id-shape', 'environment.Uptime', renamed('environment.Uptime')],
  [
    'id-once',
    LONG.id,
    { ...SOUND, items: [SHORT, { ...LONG, difference: 'one' }, { ...LONG, difference: 'two' }] },
  ],
  ['purpose', LONG.id, withItem({ purposes: [] })],
  ['date', LONG.id, withItem({ since: 'soon' })],
  ['expired', LONG.id, withItem({ expires: '2026-11-22' })],
  ['expires-late', LONG.id, withItem({ expires: '2031-11-24' })],
  [
    'editions',
    SHORT.id,
    {
      ...SOUND,
      items: [{ ...SHORT, editions: [...ALL_EDITIONS, 'basic'] }, LONG],
      rows: { ...SOUND.rows, 'standard_mode.software_type_and_version': 'svm' },
    },
  ],
  ['retention', LONG.id, withItem({ personal: true, retentionDays: 366 })],
  ['retention', LONG.id, withItem({ retentionDays: 731 })],
  ['personal-retention', LONG.id, withItem({ personal: true, retentionDays: 0 })],
  ['near-duplicate', 'environment.products', renamed('environment.products')],
  ['near-duplicate', 'environment.produkt', renamed('environment.produkt')],
  ['difference', LONG.id, withItem({ difference: 'not as in software.product_name' })],
  [
    'small-space',
    LONG.id,
    withItem({ type: DIGEST, example: 'aa', what: 'the salted checksum of a MAC address' }),
  ],
  [
    'secret',
    LONG.id,
    {
      ...withItem({ statement: [SECRET_ROW] }),
      rows: { 'standard_mode.software_type_and_version': 'svm', [SECRET_ROW]: 'standard' },
    },
  ],
  ['address-bare', LONG.id, withItem({ type: URL_TYPE, example: 'https://user:pass@a.example/?q=1' })],
  [
    'time-zone',
    LONG.id,
    withItem({ type: { kind: 'time', precision: 'hour' }, example: '2026-11-23T08:00:00Z' }),
  ],
  ['content-open', LONG.id, withItem({ type: BYTES, example: 'AA==', sensitivity: 'content' })],
  ['collector', LONG.id, withItem({ collector: { state: 'planned', reads: 'Linux' } })],
  ['unit', LONG.id, withItem({ type: { kind: 'integer', min: 0, max: 9, unit: '' } })],
  [
    'unit',
    LONG.id,
    withItem({
      type: { kind: 'list', max: 2, of: { kind: 'number', min: 0, max: 9, unit: 'furlongs' } },
      example: [1],
    }),
  ],
  ['limits', LONG.id, withItem({ type: { kind: 'text', max: 9, pattern: '(' }, example: 'x' })],
  [
    'limits',
    LONG.id,
    withItem({ type: { kind: 'histogram', edges: [2, 1], unit: 's', max: 9 }, example: [0, 0, 0] }),
  ],
  ['unit-in-name', 'environment.uptime_seconds', renamed('environment.uptime_seconds')],
  ['example', LONG.id, withItem({ example: 10 })],
  ['row-served', 'device.type', { ...SOUND, rows: { ...SOUND.rows, 'device.type': 'plus,premium' } }],
  ['row-known', LONG.id, { ...SOUND, rows: { 'standard_mode.software_type_and_version': 'svm' } }],
  ['row-editions', LONG.id, withItem({ editions: ALL_EDITIONS })],
  [
    'rows-at-most',
    LONG.id,
    withItem({ statement: Array.from({ length: 7 }, () => 'object.content' as const) }),
  ],
  ['short-list', LONG.id, withItem({ participation: 'standard' })],
  [
    'short-list',
    LONG.id,
    { ...withItem({ statement: [] }), rows: { 'standard_mode.software_type_and_version': 'svm' } },
  ],
  ['rows-alike', LONG.id, { ...SOUND, rows: TWINS }],
  ['message-id', 'Report', { ...withMessage({ id: 'Report' }), german: germanOf('Report') }],
  ['items-known', 'report', withMessage({ items: [SHORT.id, LONG.id, 'object.nothing'] })],
  ['items-once', 'report', withMessage({ items: [SHORT.id, LONG.id, LONG.id] })],
  ['required-carried', 'report', withMessage({ required: ['object.nothing'] })],
  ['required-leaves', 'report', withMessage({ required: [LONG.id] })],
  ['reason', 'report', { ...withMessage({ reasons: {} }), german: without('message.report.reason.daily') }],
  ['schedule', 'report', withMessage({ schedule: { when: 'once a day', atMostPerDay: 0 } })],
  ['anonymous', 'report', withMessage({ attribution: 'anonymous', items: [SHORT.id, LONG.id] })],
  ['producer', 'report', withMessage({ producer: 'built' })],
  ['item-sent', LONG.id, withItem({ collector: { state: 'built', reads: 'uname(2) release' } })],
  ['item-used', LONG.id, withMessage({ items: [SHORT.id] })],
  ['item-leaves', SHORT.id, withMessage({ from: 'extended' })],
  ['words', LONG.id, withItem({ what: 'how long it has run.' })],
  ['german', LONG.id, { ...SOUND, german: without(LONG.id) }],
  [
    'german-left-over',
    'message.gone.title',
    { ...SOUND, german: { ...SOUND.german, 'message.gone.title': 'Weg' } },
  ],
];

function without(key: string): Record<string, string> {
  const german = { ...SOUND.german };
  delete german[key];
  return german;
}

function germanOf(message: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SOUND.german).map(([key, text]) => [
      key.replace('message.report.', `message.${message}.`),
      text,
    ]),
  );
}

test('lint: a sound catalog gets no complaint', () => {
  assert.deepEqual(lint(SOUND), []);
});

for (const [rule, about, broken] of BITES)
  test(`lint: '${rule}' bites at ${about}`, () => {
    const complaints = lint(broken);
    assert.ok(
      complaints.some(
        (complaint) => complaint.rule === rule && complaint.about === about && complaint.words !== '',
      ),
      JSON.stringify(complaints),
    );
  });

test('lint: every rule has a catalog that it bites', () => {
  assert.deepEqual([...new Set(BITES.map(([rule]) => rule))].sort(), RULES.map(({ name }) => name).sort());
});

test('lint: the catalog that is released gets no complaint today', () => {
  const today = new Date().toISOString().slice(0, 10);
  assert.deepEqual(
    lint({ items: ITEMS, messages: MESSAGES, rows: STATEMENT_ROWS, german: CATALOG_DE, today }),
    [],
  );
});

test('lint: in the name of nobody, what is personal leaves only because a person asks for it, and nothing is kept', () => {
  const asked = { attribution: 'anonymous', from: 'extended', reasons: { asked: 'a person asks' } } as const;
  const complaintsOf = (item: Partial<Item>, message: Partial<Message>): number => {
    const catalog = {
      ...SOUND,
      items: [
        { ...SHORT, retentionDays: 0 },
        { ...LONG, ...item },
      ],
      messages: [{ ...REPORT, ...message }],
    };
    return lint(catalog).filter(({ rule }) => rule === 'anonymous').length;
  };
  const fleeting = { personal: true, retentionDays: 0 };
  assert.equal(complaintsOf(fleeting, asked), 0);
  assert.equal(complaintsOf(fleeting, { ...asked, from: 'standard' }), 1);
  assert.equal(complaintsOf(fleeting, { ...asked, reasons: { ...asked.reasons, met: 'it was met' } }), 1);
  assert.equal(complaintsOf({ ...fleeting, retentionDays: 1 }, asked), 1);
});
