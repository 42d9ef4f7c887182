import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL_EDITIONS, BASIC_ONLY, type ItemType, PLUS_AND_PREMIUM } from '../item.ts';
import { OBJECT_MESSAGES } from '../messages/object.ts';
import { STATEMENT_ROWS, type StatementId } from '../statement-ids.ts';
import { OBJECT_DE } from '../text/de/object.ts';
import { OBJECT_ITEMS } from './object.ts';

/** Rows of the group that items of the short list serve (short-list.ts). */
const SERVED_BY_SHORT_LIST = [
  'object.sha256',
  'object.checksum',
  'object.checksum_type',
  'object.threat_name',
  'object.url',
  'object.referrer',
];

/** Items of other groups that messages about objects carry. */
const CARRIED = [
  'object.sha256',
  'object.checksum',
  'object.threat_name',
  'object.url',
  'object.referrer',
  'object.protocol',
  'object.port',
  'software.databases_id',
  'software.product',
  'software.components',
  'software.module_updates',
  'environment.operating_systems',
];

const EDITIONS_OF_ROW: Readonly<Record<string, readonly string[]>> = {
  'standard,plus,premium': ALL_EDITIONS,
  'plus,premium': PLUS_AND_PREMIUM,
  standard: BASIC_ONLY,
};

/** Items that hold content or tell its place in the object. */
const CONTENT_IDS = [
  'object.content',
  'object.parts',
  'object.fragment',
  'object.fragment_order',
  'object.web_page',
  'object.mail',
];

const OWN_IDS = OBJECT_ITEMS.map(({ id }) => id);

/** Whether a value is of a type; the one of the product is catalog/validate.ts. */
function fits(type: ItemType, value: unknown): boolean {
  switch (type.kind) {
    case 'text':
      return (
        typeof value === 'string' &&
        value.length <= type.max &&
        new RegExp(`^(?:${type.pattern ?? '[^]*'})$`).test(value)
      );
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        value >= type.min &&
        value <= type.max &&
        (type.kind === 'number' || Number.isInteger(value))
      );
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && type.values.includes(value);
    case 'digest':
      return typeof value === 'string' && new RegExp(`^[0-9a-f]{${2 * type.bytes}}$`).test(value);
    case 'bytes': {
      const raw = Buffer.from(String(value), 'base64');
      return raw.toString('base64') === value && raw.length <= type.max;
    }
    case 'time':
      return (
        typeof value === 'string' &&
        new Date(value).toISOString() === value.replace('Z', '.000Z') &&
        (type.precision === 'second' || value.endsWith(':00:00Z'))
      );
    case 'url':
      return typeof value === 'string' && value.length <= type.max && URL.canParse(value);
    case 'ipv4':
      return typeof value === 'string' && /^\d+(\.\d+){3}$/.test(value);
    case 'ipv6':
      return typeof value === 'string' && /^[0-9a-f:]+$/.test(value);
    case 'list':
      return Array.isArray(value) && value.length <= type.max && value.every((v) => fits(type.of, v));
    case 'record':
      return (
        Object.keys(value as object).join() === Object.keys(type.fields).join() &&
        Object.entries(value as object).every(([name, v]) => fits(type.fields[name]!, v))
      );
    default:
      return false;
  }
}

test('every row of the object group is served by exactly one item, the short list apart', () => {
  const rows = Object.keys(STATEMENT_ROWS).filter(
    (row) => row.startsWith('object.') && !SERVED_BY_SHORT_LIST.includes(row),
  );
  assert.equal(rows.length, 85);
  assert.deepEqual(OBJECT_ITEMS.flatMap(({ statement }) => statement).toSorted(), rows.toSorted());
});

test('an item has exactly the editions of each of its rows, and no id stands twice', () => {
  for (const { id, statement, editions } of OBJECT_ITEMS)
    for (const row of statement)
      assert.deepEqual(editions, EDITIONS_OF_ROW[STATEMENT_ROWS[row as StatementId]], `${id} ${row}`);
  assert.equal(new Set(OWN_IDS).size, OWN_IDS.length);
});

test('every example is a value of its type', () => {
  for (const { id, type, example } of OBJECT_ITEMS) assert.ok(fits(type, example), id);
});

test('what can name a person is kept a year at most, sealed content a month', () => {
  for (const { id, personal, retentionDays, sensitivity, transform } of OBJECT_ITEMS) {
    assert.ok(retentionDays > 0 && retentionDays <= 365, id);
    assert.ok(personal || sensitivity === 'technical', id);
    if (CONTENT_IDS.includes(id)) assert.equal(transform, 'sealed', id);
    if (transform === 'sealed') assert.deepEqual([sensitivity, retentionDays], ['content', 30], id);
  }
});

test('messages carry declared items only, once each, and every item travels', () => {
  const carried = OBJECT_MESSAGES.flatMap(({ items }) => items);
  assert.deepEqual([...new Set(carried)].toSorted(), [...OWN_IDS, ...CARRIED].toSorted());
  for (const { id, items, required } of OBJECT_MESSAGES) {
    assert.equal(new Set(items).size, items.length, id);
    for (const needed of required) assert.ok(items.includes(needed), `${id} ${needed}`);
  }
});

test('a message that leaves at standard needs items of the short list only', () => {
  for (const { id, from, required } of OBJECT_MESSAGES)
    if (from === 'standard')
      for (const needed of required) assert.ok(CARRIED.includes(needed), `${id} ${needed}`);
});

test('the German texts are complete, and none is left over', () => {
  const keys = OBJECT_MESSAGES.flatMap(({ id, reasons, service }) => [
    `message.${id}.title`,
    `message.${id}.when`,
    ...Object.keys(reasons).map((reason) => `message.${id}.reason.${reason}`),
    ...(service === null ? [] : [`message.${id}.service`]),
  ]);
  assert.deepEqual(Object.keys(OBJECT_DE).toSorted(), [...OWN_IDS, ...keys].toSorted());
});
