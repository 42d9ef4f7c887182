import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ITEMS } from './catalog.ts';
import type { ItemType } from './item.ts';
import { compileItem, compileType, validate } from './validate.ts';

const TEXT: ItemType = { kind: 'text', max: 8 };
const HEX = '0123456789abcdef'.repeat(4);

/** Type, then values that are of it. */
const RIGHT: readonly (readonly [ItemType, readonly unknown[]])[] = [
  [TEXT, ['', 'x'.repeat(8), 'ä\n"\\', '😀', '\u2028\u0001']],
  [{ kind: 'text', max: 8, pattern: 'a+|b' }, ['a', 'aaa', 'b']],
  [{ kind: 'integer', min: -1, max: 3, unit: 'count' }, [-1, 0, -0, 3]],
  [{ kind: 'number', min: 0, max: 8, unit: 'bits per byte' }, [0, 7.3, 8, 1e-9]],
  [{ kind: 'flag' }, [true, false]],
  [{ kind: 'choice', values: ['on', 'o"f'] }, ['on', 'o"f']],
  [{ kind: 'digest', bytes: 32 }, [HEX]],
  [{ kind: 'bytes', max: 3 }, ['', 'AA==', 'AAA=', 'AAAA', '+/+/']],
  [
    { kind: 'time', precision: 'second' },
    ['2026-11-23T08:15:02Z', '2024-02-29T23:59:59Z', '0001-01-01T00:00:00Z'],
  ],
  [{ kind: 'time', precision: 'hour' }, ['2026-11-23T08:00:00Z']],
  [{ kind: 'time', precision: 'day' }, ['2026-11-23T00:00:00Z']],
  [
    { kind: 'url', max: 60 },
    ['http://a.example/', 'https://a.example:8443/x?y=1#z', 'http://[2001:db8::1]/', 'ftp://a.example'],
  ],
  [{ kind: 'ipv4' }, ['192.0.2.1', '0.0.0.0']],
  [{ kind: 'ipv6' }, ['2001:db8::1', '::']],
  [{ kind: 'uuid' }, ['7f1c2a90-52f3-4d0e-9a6b-0d4b3f6a1c55']],
  [{ kind: 'histogram', edges: [1, 2], unit: 'ms', max: 9 }, [[0, 9, 1]]],
  [{ kind: 'list', of: TEXT, max: 2 }, [[], ['a'], ['a', 'b']]],
  [{ kind: 'record', fields: { b: TEXT, a: { kind: 'flag' } } }, [{ b: 'x', a: true }]],
];

for (const [type, values] of RIGHT)
  test(`values of type ${type.kind} are written as JSON writes them`, () => {
    for (const value of values)
      assert.deepEqual(validate(type, value), { kind: 'ok', json: JSON.stringify(value) });
  });

test('a record is written in the order of its declaration', () => {
  const type: ItemType = { kind: 'record', fields: { b: TEXT, a: { kind: 'flag' } } };
  assert.equal(compileType(type)({ a: true, b: 'x' }), '{"b":"x","a":true}');
});

const WRONG: readonly (readonly [ItemType, string, readonly unknown[]])[] = [
  [TEXT, 'wrong-type', [null, undefined, 1, ['x'], {}, new String('x'), '\ud800', 'a\0b', 'a\udc00b']],
  [TEXT, 'over-limit', ['x'.repeat(9), '😀'.repeat(5)]],
  [{ kind: 'text', max: 8, pattern: 'a+|b' }, 'wrong-type', ['', 'ab', 'ba', 'a\n', '\na', 'aab']],
  [
    { kind: 'integer', min: -1, max: 3, unit: 'count' },
    'wrong-type',
    [0.5, '1', Number.NaN, Infinity, 1n, true, 2 ** 53],
  ],
  [{ kind: 'integer', min: -1, max: 3, unit: 'count' }, 'over-limit', [-2, 4]],
  [
    { kind: 'number', min: 0, max: 8, unit: 'points' },
    'wrong-type',
    [Number.NaN, Infinity, '1', new Number(1)],
  ],
  [{ kind: 'number', min: 0, max: 8, unit: 'points' }, 'over-limit', [8.01, -0.1]],
  [{ kind: 'flag' }, 'wrong-type', [0, 1, 'true', null, new Boolean(true)]],
  [{ kind: 'choice', values: ['on'] }, 'wrong-type', ['ON', '', 'off', 'constructor', null]],
  [
    { kind: 'digest', bytes: 32 },
    'wrong-type',
    [
      HEX.toUpperCase(),
      HEX.slice(1),
      `${HEX}0`,
      `${HEX.slice(1)}g`,
      `${HEX.slice(1)}İ`,
      `${HEX.slice(1)}ı`,
      7,
    ],
  ],
  [
    { kind: 'bytes', max: 9 },
    'wrong-type',
    ['A', 'AA', 'AA=', 'AA==\n', 'AB==', 'AAB=', '====', 'A===', '-_-_', 'AA=A', 3],
  ],
  [{ kind: 'bytes', max: 3 }, 'over-limit', ['AAAAAA==', 'AAAAAAAA']],
  [{ kind: 'bytes', max: 4 }, 'over-limit', ['AAAAAAA=']],
  [
    { kind: 'time', precision: 'second' },
    'wrong-type',
    [
      '2026-11-23',
      '2026-11-23T08:15:02',
      '2026-11-23T08:15:02+01:00',
      '2026-11-23T08:15:02.000Z',
      '2026-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-11-31T00:00:00Z',
      '2026-11-23T24:00:00Z',
      '2026-11-23T08:60:00Z',
      '2026-06-30T23:59:60Z',
      '2026-11-23T08:15:02Z\n',
      0,
      new Date(0),
    ],
  ],
  [{ kind: 'time', precision: 'hour' }, 'wrong-type', ['2026-11-23T08:15:00Z', '2026-11-23T08:00:01Z']],
  [{ kind: 'time', precision: 'day' }, 'wrong-type', ['2026-11-23T08:00:00Z', '2026-11-23']],
  [
    { kind: 'url', max: 60 },
    'wrong-type',
    [
      'a.example',
      '/x',
      'javascript:alert(1)',
      'http://',
      'http://a.example/ x',
      'http://ä.example/',
      'http://a.example/ä',
      'HTTP://a.example/',
      'http://[/',
      'file:///etc/passwd',
      7,
    ],
  ],
  [{ kind: 'url', max: 20 }, 'over-limit', ['http://a.example/long/path']],
  [{ kind: 'ipv4' }, 'wrong-type', ['192.0.2.1/24', '192.0.2.01', '192.0.2', '1', '::1', '192.0.2.256', 1]],
  [
    { kind: 'ipv6' },
    'wrong-type',
    ['2001:DB8::1', '2001:db8:0::1', 'fe80::1%eth0', '::ffff:192.0.2.1', '192.0.2.1', 1],
  ],
  [
    { kind: 'uuid' },
    'wrong-type',
    ['7F1C2A90-52F3-4D0E-9A6B-0D4B3F6A1C55', '7f1c2a9052f34d0e9a6b0d4b3f6a1c55', 1],
  ],
  [
    { kind: 'histogram', edges: [1, 2], unit: 'ms', max: 9 },
    'wrong-type',
    [[0, 1], [0, 1, 2, 3], [0, 1, 0.5], [0, 1, '2'], new Array(3), '000', {}],
  ],
  [
    { kind: 'histogram', edges: [1, 2], unit: 'ms', max: 9 },
    'over-limit',
    [
      [0, 1, 10],
      [-1, 0, 0],
    ],
  ],
  [
    { kind: 'list', of: TEXT, max: 2 },
    'wrong-type',
    ['a', { length: 1, 0: 'a' }, [1], ['a', null], new Array(2)],
  ],
  [{ kind: 'list', of: TEXT, max: 2 }, 'over-limit', [['a', 'b', 'c'], ['x'.repeat(9)]]],
  [
    { kind: 'record', fields: { b: TEXT } },
    'wrong-type',
    [null, [], ['x'], 'x', {}, Object.create({ b: 'x' }), { b: 1 }],
  ],
  [
    { kind: 'record', fields: { b: TEXT } },
    'undeclared',
    [
      { b: 'x', c: 1 },
      { b: 'x', ['__proto__']: 1 },
    ],
  ],
  [{ kind: 'record', fields: { b: TEXT } }, 'over-limit', [{ b: 'x'.repeat(9) }]],
];

for (const [type, reason, values] of WRONG)
  test(`${type.kind}, ${reason}: what is not of the type is a fault`, () => {
    for (const value of values) {
      const validity = validate(type, value);
      assert.equal(validity.kind === 'fault' ? validity.reason : validity.json, reason, String(value));
    }
  });

test('an address whose secrets are to be cut may not hold any', () => {
  const write = compileItem({ type: { kind: 'url', max: 100 }, transform: 'url-without-secrets' });
  for (const clean of [
    'http://a.example/',
    'http://a.example/x@y',
    'https://a.example/x?a=&b=&c',
    'http://a.example/a=b',
  ])
    assert.equal(write(clean), `"${clean}"`);
  for (const secret of [
    'http://me@a.example/',
    'http://me:pw@a.example/',
    'http://a.example/#x',
    'http://a.example/?a=b',
    'http://a.example/?a=&b=c',
    'http://a.example/?a==',
    'http://a.example/?x?a=b',
  ])
    assert.equal(typeof write(secret), 'object', secret);
});

test('megabytes of base64 are checked without exhausting the stack', () => {
  const type: ItemType = { kind: 'bytes', max: 2 ** 24 };
  assert.equal(validate(type, 'A'.repeat(2 ** 24)).kind, 'ok');
  assert.equal(validate(type, `${'A'.repeat(2 ** 24 - 4)}A\u0100AA`).kind, 'fault');
});

test('any declared value passes, and its text reads back to the same value', () => {
  for (const { id, type, example } of ITEMS)
    fc.assert(
      fc.property(anyValueOf(type, example), (value) => {
        const validity = validate(type, value);
        assert.equal(validity.kind, 'ok', id);
        const json = validity.kind === 'ok' ? validity.json : '';
        assert.equal(JSON.stringify(JSON.parse(json)), json);
        assert.equal(sorted(JSON.parse(json)), sorted(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 30 },
    );
});

test('whatever the value, the answer is its own JSON text or a fault', () => {
  const types = ITEMS.map(({ type }) => compileType(type));
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.anything({ withBigInt: true, withDate: true, withMap: true }),
      (write, value) => {
        const written = write(value);
        if (typeof written === 'string')
          assert.equal(sorted(JSON.parse(written)), sorted(JSON.parse(JSON.stringify(value))));
      },
    ),
    { numRuns: 2000 },
  );
});

/** The same text whatever the order of fields. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Values of a type; what cannot be made at random is its example. */
function anyValueOf(type: ItemType, example: unknown): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'text':
      return type.pattern === undefined
        ? fc
            .string({ unit: 'binary', maxLength: Math.min(type.max, 200) >> 1 })
            .map((text) => text.replaceAll('\0', ' '))
        : fc.constant(example);
    case 'integer':
      return fc.integer({ min: type.min, max: type.max });
    case 'number':
      return fc.double({ min: type.min, max: type.max, noNaN: true });
    case 'flag':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...type.values);
    case 'digest':
      return fc
        .uint8Array({ minLength: type.bytes, maxLength: type.bytes })
        .map((bytes) => Buffer.from(bytes).toString('hex'));
    case 'bytes':
      return fc
        .uint8Array({ maxLength: Math.min(type.max, 100) })
        .map((bytes) => Buffer.from(bytes).toString('base64'));
    case 'time':
      return time(type.precision);
    case 'uuid':
      return fc.uuid();
    case 'histogram':
      return fc.array(fc.integer({ min: 0, max: type.max }), {
        minLength: type.edges.length + 1,
        maxLength: type.edges.length + 1,
      });
    case 'list': {
      const first = Array.isArray(example) ? example[0] : undefined;
      return fc.array(anyValueOf(type.of, first), {
        maxLength: first === undefined ? 0 : Math.min(type.max, 3),
      });
    }
    case 'record': {
      const fields = Object.entries(type.fields).map(([name, field]) => {
        const value = typeof example === 'object' && example !== null ? Object.entries(example) : [];
        return [name, anyValueOf(field, value.find(([key]) => key === name)?.[1])] as const;
      });
      return fc.record(Object.fromEntries(fields));
    }
    default:
      return fc.constant(example);
  }
}

function time(precision: 'second' | 'hour' | 'day'): fc.Arbitrary<string> {
  const unit = { second: 1_000, hour: 3_600_000, day: 86_400_000 }[precision];
  return fc
    .integer({ min: 0, max: Math.floor(Date.UTC(9999, 0) / unit) })
    .map((n) => new Date(n * unit).toISOString().replace('.000Z', 'Z'));
}
