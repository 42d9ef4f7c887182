// The groups portal, user, environment, payment protection and network use: every row of theirs is served in its
// editions, every item travels, has German words and an example that fits. The lint of the whole: lint.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Item, ItemType } from './item.ts';
import { ALL_EDITIONS } from './item.ts';
import { ENVIRONMENT_ITEMS } from './items/environment.ts';
import { NETWORK_USE_ITEMS } from './items/network-use.ts';
import { PAYMENT_PROTECTION_ITEMS } from './items/payment-protection.ts';
import { PORTAL_ITEMS } from './items/portal.ts';
import { USER_ITEMS } from './items/user.ts';
import { WIFI_ITEMS } from './items/wifi.ts';
import type { Message } from './message.ts';
import { ENVIRONMENT_MESSAGES } from './messages/environment.ts';
import { NETWORK_USE_MESSAGES } from './messages/network-use.ts';
import { PAYMENT_PROTECTION_MESSAGES } from './messages/payment-protection.ts';
import { PORTAL_MESSAGES } from './messages/portal.ts';
import { STATEMENT_ROWS } from './statement-ids.ts';
import { ENVIRONMENT_DE } from './text/de/environment.ts';
import { NETWORK_USE_DE } from './text/de/network-use.ts';
import { PAYMENT_PROTECTION_DE } from './text/de/payment-protection.ts';
import { PORTAL_DE } from './text/de/portal.ts';
import { USER_DE } from './text/de/user.ts';
import { WIFI_DE } from './text/de/wifi.ts';

const ITEMS: readonly Item[] = [
  ...PORTAL_ITEMS,
  ...USER_ITEMS,
  ...ENVIRONMENT_ITEMS,
  ...WIFI_ITEMS,
  ...PAYMENT_PROTECTION_ITEMS,
  ...NETWORK_USE_ITEMS,
];
const MESSAGES: readonly Message[] = [
  ...PORTAL_MESSAGES,
  ...ENVIRONMENT_MESSAGES,
  ...PAYMENT_PROTECTION_MESSAGES,
  ...NETWORK_USE_MESSAGES,
];
const GERMAN: Readonly<Record<string, string>> = {
  ...PORTAL_DE,
  ...USER_DE,
  ...ENVIRONMENT_DE,
  ...WIFI_DE,
  ...PAYMENT_PROTECTION_DE,
  ...NETWORK_USE_DE,
};
const GROUPS: ReadonlySet<string> = new Set(['portal', 'user', 'environment', 'safe_money', 'network_use']);

test('every row of these groups is served, and each in the editions of its row', () => {
  const rows = Object.entries(STATEMENT_ROWS).filter(([row]) => GROUPS.has(row.split('.')[0]!));
  const served = new Set<string>(ITEMS.flatMap((item) => item.statement));
  assert.deepEqual(
    [...served].sort(),
    rows.map(([row]) => row).sort(),
    'served rows are the rows of these groups',
  );
  for (const [row, editions] of rows) assert.equal(editions, 'standard,plus,premium', row);
  for (const item of ITEMS) {
    assert.deepEqual(item.editions, ALL_EDITIONS, item.id);
    assert.equal(item.participation, 'extended', item.id);
    assert.ok(item.statement.length >= 1 && item.statement.length <= 6, item.id);
  }
});

test('every item has one id, and each travels except the one that weak settings carry', () => {
  const ids = ITEMS.map((item) => item.id);
  assert.equal(new Set(ids).size, ids.length);
  const carried = new Set(MESSAGES.flatMap((message) => message.items));
  assert.deepEqual(
    ids.filter((id) => !carried.has(id)),
    ['user.actor_type'],
  );
  for (const message of MESSAGES) {
    for (const id of message.items) assert.ok(ids.includes(id), `${message.id}: ${id}`);
    for (const id of message.required) assert.ok(message.items.includes(id), `${message.id}: ${id}`);
    assert.ok(Object.keys(message.reasons).length > 0, message.id);
  }
});

test('the German texts are those of the items and messages, no more and no fewer', () => {
  const wanted = [...ITEMS.map((item) => item.id), ...MESSAGES.flatMap(textsOf)];
  assert.deepEqual(Object.keys(GERMAN).sort(), wanted.sort());
  for (const [key, text] of Object.entries(GERMAN)) assert.match(text, /^\S.{3,}[^.\s]$/s, key);
});

test('every example fits the type of its item', () => {
  for (const item of ITEMS) assert.equal(misfit(item.type, item.example), null, item.id);
});

test('references in a difference name items, and never the item itself', () => {
  const groups = /\b(?:portal|user|environment|wifi|payment|network_use)\.[a-z_0-9]+/g;
  const known = new Set([...ITEMS.map((item) => item.id), 'environment.operating_systems']);
  for (const item of ITEMS)
    for (const [id] of `${item.difference ?? ''} ${item.what}`.matchAll(groups)) {
      assert.ok(known.has(id), `${item.id} names ${id}`);
      assert.notEqual(id, item.id);
    }
});

test('what names a network, an address of it or a credential leaves as a keyed mark only', () => {
  const keyed = ITEMS.filter((item) => item.transform.startsWith('hmac-')).map((item) => item.id);
  assert.deepEqual(keyed.sort(), [
    'environment.dhcp_ipv4',
    'environment.dhcp_ipv6',
    'portal.token_mark',
    'wifi.access_point_mark',
    'wifi.cell_id',
    'wifi.name_id',
    'wifi.network_id',
    'wifi.visible_networks',
  ]);
});

function textsOf(message: Message): string[] {
  const of = `message.${message.id}`;
  const reasons = Object.keys(message.reasons).map((code) => `${of}.reason.${code}`);
  return [`${of}.title`, `${of}.when`, ...reasons, ...(message.service === null ? [] : [`${of}.service`])];
}

/** Why a value does not fit a type, in a word; null where it fits. Only the types of these groups. */
function misfit(type: ItemType, value: unknown): string | null {
  const check = (fits: boolean): string | null => (fits ? null : `${type.kind}: ${JSON.stringify(value)}`);
  switch (type.kind) {
    case 'text': {
      const whole = type.pattern === undefined ? /^.*$/s : new RegExp(`^(?:${type.pattern})$`);
      return check(typeof value === 'string' && value.length <= type.max && whole.test(value));
    }
    case 'integer':
      return check(Number.isInteger(value) && Number(value) >= type.min && Number(value) <= type.max);
    case 'flag':
      return check(typeof value === 'boolean');
    case 'choice':
      return check(type.values.includes(String(value)) && new Set(type.values).size === type.values.length);
    case 'digest':
      return check(typeof value === 'string' && /^[0-9a-f]*$/.test(value) && value.length === type.bytes * 2);
    case 'time':
      return check(type.precision === 'hour' && /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/.test(String(value)));
    case 'url':
      return check(URL.canParse(String(value)) && String(value).length <= type.max);
    case 'uuid':
      return check(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(value)));
    case 'histogram':
      return check(
        Array.isArray(value) &&
          value.length === type.edges.length + 1 &&
          value.every((count) => Number.isInteger(count) && count >= 0 && count <= type.max) &&
          type.edges.every((edge, i) => i === 0 || edge > type.edges[i - 1]!),
      );
    case 'list':
      if (!Array.isArray(value) || value.length > type.max) return check(false);
      return value.map((one) => misfit(type.of, one)).find((why) => why !== null) ?? null;
    case 'record': {
      if (typeof value !== 'object' || value === null) return check(false);
      const row = new Map<string, unknown>(Object.entries(value));
      if (row.size !== Object.keys(type.fields).length) return check(false);
      const fields = Object.entries(type.fields);
      return fields.map(([name, of]) => misfit(of, row.get(name))).find((why) => why !== null) ?? null;
    }
    default:
      return `no type of these groups: ${type.kind}`;
  }
}
