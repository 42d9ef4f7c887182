import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import type { KeyKind } from './kinds.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from './kinds.ts';
import {
  encodePackedRequest,
  encodePackedResponse,
  PACKED_LIMITS,
  parsePackedRequest,
  parsePackedResponse,
} from './packed-lookup.ts';
import { LEVEL_NAMES } from './verdict.ts';

interface Vectors {
  readonly answered: readonly {
    name: string;
    kind: KeyKind;
    keys: string[];
    request: string;
    response: string;
  }[];
  readonly refused: readonly { name: string; what: 'request' | 'response'; hex: string; code: string }[];
}

const FILE = new URL('../../../../spec/vectors/lookup/packed.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

for (const { name, kind, keys, request, response } of vectors.answered)
  test(`packed look-up: ${name}, both ways`, () => {
    const packed = Buffer.from(keys.join(''), 'hex');
    assert.equal(encodePackedRequest(kind, packed).toString('hex'), request);
    const parsed = parsePackedRequest(Buffer.from(request, 'hex'));
    assert.deepEqual([parsed.kind, parsed.count], [kind, keys.length]);
    assert.deepEqual(Buffer.from(parsed.keys), packed);
    const answer = parsePackedResponse(Buffer.from(response, 'hex'), keys.length);
    assert.equal(encodePackedResponse(answer).toString('hex'), response);
  });

function parse(what: 'request' | 'response', bytes: Uint8Array): unknown {
  return what === 'request' ? parsePackedRequest(bytes) : parsePackedResponse(bytes, 1);
}

for (const { name, what, hex, code } of vectors.refused)
  test(`packed look-up, refused ${what}: ${name}`, () => {
    assert.throws(
      () => parse(what, Buffer.from(hex, 'hex')),
      (error) => error instanceof TocsinError && error.code === code,
    );
  });

test('packed look-up: whatever the bytes, a value comes or words', () => {
  const seeds = vectors.answered.flatMap(({ request, response }) => [request, response]);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(fc.constantFrom(...seeds), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat())
      .map(([hex, at, change, cut]) => {
        const changed = Buffer.from(hex, 'hex');
        changed[at % changed.length]! ^= change;
        return changed.subarray(0, cut % 3 === 0 ? cut % changed.length : changed.length);
      }),
  );
  fc.assert(
    fc.property(bytes, fc.constantFrom('request', 'response'), (input, what) => {
      try {
        parse(what, input);
      } catch (error) {
        assert.ok(error instanceof TocsinError, String(error));
      }
    }),
    { numRuns: 3_000 },
  );
});

test('packed look-up: what was encoded is read back', () => {
  const record = fc.record(
    {
      level: fc.constantFrom(...LEVEL_NAMES),
      category: fc.constant(null),
      name: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 })),
      source: fc.string({ unit: 'grapheme', maxLength: 20 }),
      reason: fc.string({ unit: 'grapheme', maxLength: 20 }),
      lifetime: fc.nat(86_400),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(
      fc.array(record, { maxLength: 5 }),
      fc.array(fc.nat(5), { minLength: 1, maxLength: 20 }),
      (classes, of) => {
        const objects = Uint32Array.from(of, (n) => Math.min(n, classes.length));
        const answer = { classes, objects, unknownLifetime: 60 };
        assert.deepEqual(parsePackedResponse(encodePackedResponse(answer), objects.length), answer);
      },
    ),
  );
});

test('packed look-up: the largest request fits its limit, and one key more is refused', () => {
  for (const kind of KEY_KIND_NAMES) {
    const { bytes } = KEY_KINDS[kind];
    const most = encodePackedRequest(kind, new Uint8Array(bytes * PACKED_LIMITS.maxKeys));
    assert.ok(most.length <= PACKED_LIMITS.maxRequestBytes);
    assert.equal(parsePackedRequest(most).count, PACKED_LIMITS.maxKeys);
    assert.throws(
      () => encodePackedRequest(kind, new Uint8Array(bytes * (PACKED_LIMITS.maxKeys + 1))),
      RangeError,
    );
    assert.throws(() => encodePackedRequest(kind, new Uint8Array(bytes + 1)), RangeError);
  }
});
