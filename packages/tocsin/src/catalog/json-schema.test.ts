// The schemas against the gate: what the gate writes fits them, and what does not fit is refused by the gate as well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ITEMS, itemOf, MESSAGES, messageOf } from './catalog.ts';
import { acceptedList, parseAcceptedList } from './fingerprint.ts';
import { gateMessage } from './gate.ts';
import type { ItemType } from './item.ts';
import { isEnvelopeItem } from './items/envelope.ts';
import { allSchemas, itemSchema, schemaOf } from './json-schema.ts';
import type { Message } from './message.ts';
import { schemaFaults } from './schema-check.ts';
import { parseClear } from './seal.ts';
import { compileItem, compileType } from './validate.ts';

const TODAY = '2026-11-27';
const CONSENT = {
  level: 'extended',
  edition: 'virtual',
  regime: 'opt-in',
  accepted: parseAcceptedList(acceptedList(ITEMS))!,
  termsAccepted: true,
  sequence: 3,
} as const;

/** The examples of all items that a message carries itself. */
function examples(message: Message): Record<string, unknown> {
  const own = message.items.filter((id) => !isEnvelopeItem(id));
  return Object.fromEntries(own.map((id) => [id, itemOf(id)!.example]));
}

/** What is signed of it, as the gate and seal.ts write it. */
function clearText(message: Message): unknown {
  const [reason] = Object.keys(message.reasons);
  const decision = gateMessage(
    { message: message.id, reason: reason!, items: examples(message) },
    CONSENT,
    TODAY,
  );
  assert.equal(decision.kind, 'released', message.id);
  if (decision.kind !== 'released') return null;
  assert.deepEqual(decision.withheld, []);
  const head = `"machine":"7f1c2a90-52f3-4d0e-9a6b-0d4b3f6a1c55","epoch":1,"sequence":17,"consent":3,"edition":"virtual","at":"2026-11-23T08:15:02Z"`;
  const text = `{"v":1,${head},${decision.message.json.slice(1)}`;
  parseClear(Buffer.from(text));
  return JSON.parse(text);
}

test('schema: the examples of every attributed message pass the gate and fit its schema', () => {
  for (const message of MESSAGES.filter(({ attribution }) => attribution === 'attributed'))
    assert.deepEqual(schemaFaults(schemaOf(message), clearText(message)), [], message.id);
});

test('schema: what is not declared, missing or of another message does not fit', () => {
  const detection = messageOf('detection')!;
  const schema = schemaOf(detection);
  const good = clearText(detection) as { items: Record<string, unknown> };
  const { 'object.sha256': _, ...without } = good.items;
  const table: [unknown, string][] = [
    [{ ...good, more: 1 }, '/more: not declared'],
    [
      { ...good, items: { ...good.items, 'wifi.network_name': 'x' } },
      '/items/wifi.network_name: not declared',
    ],
    [{ ...good, items: without }, '/items/object.sha256: missing'],
    [{ ...good, reason: 'joined' }, '/reason: none of the values'],
    [{ ...good, message: 'wifi-network' }, '/message: not the constant'],
    [{ ...good, items: { ...good.items, 'object.size': -1 } }, '/items/object.size: outside the limits'],
    [{ ...good, items: { ...good.items, 'object.sha256': 'AA' } }, '/items/object.sha256: not of the form'],
  ];
  for (const [value, fault] of table) assert.deepEqual(schemaFaults(schema, value), [fault]);
});

test('schema: the body of a look-up, and what the connection shows', () => {
  const question = { kind: 'file-sha256', bits: 12, prefix: '9f80' };
  const lookup = schemaOf(messageOf('lookup')!);
  const address = schemaOf(messageOf('lookup-address')!);
  const two = { v: 1, prefixes: [question, question] };
  assert.deepEqual(schemaFaults(lookup, two), []);
  assert.deepEqual(schemaFaults(address, two), ['/prefixes: 2 elements']);
  assert.deepEqual(schemaFaults(lookup, { v: 1, prefixes: [{ ...question, url: 'x' }] }), [
    '/prefixes/0/url: not declared',
  ]);
  const history = schemaOf(messageOf('lookup-history')!);
  const whole = { v: 1, kind: 'file-md5', key: '44d88612fea8a8f36de82e1278abb02f' };
  assert.deepEqual(schemaFaults(history, whole), []);
  assert.deepEqual(schemaFaults(history, { ...whole, path: '/home/joe' }), ['/path: not declared']);
  assert.deepEqual(schemaFaults(history, { ...whole, key: 'ab' }), ['/key: not of the form']);
  const connection = messageOf('connection')!;
  const shown = Object.fromEntries(connection.items.map((id) => [id, itemOf(id)!.example]));
  assert.deepEqual(schemaFaults(schemaOf(connection), shown), []);
});

test('schema: all of them in one, each found by its id', () => {
  const { oneOf, $defs } = allSchemas() as {
    oneOf: { $ref: string }[];
    $defs: Record<string, { $id: string }>;
  };
  assert.deepEqual(
    Object.keys($defs),
    MESSAGES.map(({ id }) => id),
  );
  assert.deepEqual(
    oneOf.map(({ $ref }) => $ref),
    Object.values($defs).map(({ $id }) => $id),
  );
  assert.doesNotThrow(() => JSON.stringify(allSchemas()));
});

/** A value of a type, within its limits; null for texts of a pattern and others that cannot be made up. */
function anyOf(type: ItemType): fc.Arbitrary<unknown> | null {
  switch (type.kind) {
    case 'text':
      return type.pattern === undefined ? fc.string({ maxLength: type.max }) : null;
    case 'integer':
      return fc.integer({ min: Math.max(type.min, -(2 ** 31)), max: Math.min(type.max, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: type.min, max: type.max, noNaN: true });
    case 'flag':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...type.values);
    case 'digest':
      return fc
        .uint8Array({ minLength: type.bytes, maxLength: type.bytes })
        .map((b) => Buffer.from(b).toString('hex'));
    case 'bytes':
      return fc
        .uint8Array({ maxLength: Math.min(type.max, 64) })
        .map((b) => Buffer.from(b).toString('base64'));
    case 'histogram':
      return fc.array(fc.integer({ min: 0, max: Math.min(type.max, 2 ** 31 - 1) }), {
        minLength: type.edges.length + 1,
        maxLength: type.edges.length + 1,
      });
    case 'list': {
      const of = anyOf(type.of);
      return of && fc.array(of, { maxLength: Math.min(type.max, 5) });
    }
    case 'record': {
      const fields = Object.entries(type.fields).map(([name, of]) => [name, anyOf(of)] as const);
      return fields.some(([, of]) => of === null)
        ? null
        : fc.record(Object.fromEntries(fields as [string, fc.Arbitrary<unknown>][]));
    }
    default:
      return null;
  }
}

test('schema: a value of the declared type fits, and passes the gate', () => {
  const makeable = ITEMS.map((item) => ({ item, value: anyOf(item.type) })).filter(
    ({ value }) => value !== null,
  );
  assert.ok(makeable.length > 120);
  for (const { item, value } of makeable) {
    const write = compileType(item.type);
    fc.assert(
      fc.property(value!, (one) => {
        assert.equal(typeof write(one), 'string', item.id);
        assert.deepEqual(schemaFaults(itemSchema(item), one), [], item.id);
      }),
      { numRuns: 20 },
    );
  }
});

test('schema: whatever passes the gate fits: it is nowhere stricter', () => {
  const items = fc.constantFrom(...ITEMS);
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(...ITEMS.map(({ example }) => example as fc.JsonValue)),
    fc.webUrl(),
    fc.ipV4(),
    fc.ipV6(),
    fc.uuid(),
  );
  fc.assert(
    fc.property(items, value, (item, one) => {
      if (typeof compileItem(item)(one) === 'string')
        assert.deepEqual(schemaFaults(itemSchema(item), one), []);
    }),
    { numRuns: 1500 },
  );
});
