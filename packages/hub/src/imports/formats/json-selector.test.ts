import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { JsonPath } from './json-selector.ts';
import { openJson } from './json-values.ts';

function read(bytes: Uint8Array, paths: readonly string[], size = bytes.length): [JsonPath, unknown][] {
  const found: [JsonPath, unknown][] = [];
  const parser = openJson({
    format: 'json',
    wanted: 'anything',
    paths,
    value: (value, path) => found.push([path, value]),
    end: () => {},
  });
  for (let i = 0; i < bytes.length; i += size) parser.push(bytes.subarray(i, i + size));
  parser.end();
  return found;
}

test('json: chosen values come out whole with their path, others do not', () => {
  const text = '{"a":{"b":[{"c":1},[2,{"d":[]}],"x"]},"skip":{"b":[1]},"b":true}';
  assert.deepEqual(JSON.parse(JSON.stringify(read(Buffer.from(text), ['a.b.*', 'b']))), [
    [['a', 'b', 0], { c: 1 }],
    [
      ['a', 'b', 1],
      [2, { d: [] }],
    ],
    [['a', 'b', 2], 'x'],
    [['b'], true],
  ]);
});

test('json: any document is read as JSON.parse reads it, however it comes in chunks', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      (value, size, spaced) => {
        const document = { list: [value, value], other: value };
        const bytes = Buffer.from(JSON.stringify(document, null, spaced ? 2 : 0));
        const found = read(bytes, ['list.*', 'other'], size).map(([, v]) => JSON.stringify(v));
        assert.deepEqual(found, new Array<string>(3).fill(JSON.stringify(value)));
      },
    ),
  );
});

test('json: a document is accepted where JSON.parse accepts it', () => {
  const part = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    'null',
    ' ',
    '{"a":',
    '[1,',
    '-0.5e3',
    'tru',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = `{"k":[${parts.join('')}]}`;
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      try {
        read(Buffer.from(text), ['k.*']);
        assert.ok(valid, text);
      } catch (error) {
        assert.ok(
          !valid && error instanceof TocsinError && error.code === 'format',
          `${text}: ${String(error)}`,
        );
      }
    }),
    { numRuns: 500 },
  );
});

test('json: depth and size are limited, and a key named __proto__ is a key', () => {
  const deep = `{"a":${'['.repeat(100)}${']'.repeat(100)}}`;
  assert.throws(() => read(Buffer.from(deep), ['a']), /nested deeper than 64 levels/);
  const large = Buffer.from(`{"a":["${'x'.repeat(17 * 2 ** 20)}",1]}`);
  assert.throws(() => read(large, ['a'], 2 ** 20), /a value is larger than 16777216 bytes/);
  assert.throws(() => read(large, ['a']), /a value is larger than 16777216 bytes/);
  assert.equal(read(large, ['b']).length, 0);
  const [found] = read(Buffer.from('{"a":{"__proto__":{"polluted":1}}}'), ['a']);
  assert.equal(JSON.stringify(found?.[1]), '{"__proto__":{"polluted":1}}');
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('json: a cut, a second document and bad UTF-8 are refused in one sentence', () => {
  for (const [text, words] of [
    ['{"a":[1,', 'it is cut off'],
    ['{"a":"x', 'it is no valid JSON'],
    ['{} {}', 'it is no valid JSON'],
    ['{"a":"\xff\xff"}', 'it is no valid JSON'],
    ['{"a" 1}', 'it is no valid JSON'],
    ['{"a":[1}}', 'it is no valid JSON'],
    ['{"a":{"b":1]}', 'it is no valid JSON'],
  ] as const)
    assert.throws(() => read(Buffer.from(text, 'latin1'), ['a']), {
      code: 'format',
      message: new RegExp(`^Cannot read the file as 'json': ${words} \\(behind byte \\d+\\), want anything$`),
    });
});
