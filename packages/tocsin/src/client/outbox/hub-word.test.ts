import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { readHubWord } from './hub-word.ts';

function read(status: number, body: unknown): unknown {
  try {
    return readHubWord({ status, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });
  } catch (error) {
    assert.ok(error instanceof TocsinError);
    return error.code;
  }
}

test("the hub's word on a message, and every answer that is none", () => {
  const taken = { kind: 'taken', receipt: null, confirmation: null };
  const table: [string, number, unknown, unknown][] = [
    ['stored', 200, { v: 1, outcome: 'stored' }, { ...taken, outcome: 'stored' }],
    [
      'with a receipt',
      200,
      { v: 1, outcome: 'stored', receipt: 'x' },
      { ...taken, outcome: 'stored', receipt: 'x' },
    ],
    ['a later version', 200, { v: 2, outcome: 'stored' }, 'format'],
    ['no outcome', 200, { v: 1 }, 'format'],
    ['a receipt of numbers', 200, { v: 1, outcome: 'stored', receipt: 3 }, 'format'],
    ['no JSON', 200, '<html>', 'format'],
    [
      'refused by the gate',
      422,
      { item: 'object.path', reason: 'participation' },
      { kind: 'refused', reason: 'participation', why: "participation because of 'object.path'" },
    ],
    [
      'refused in strange words',
      422,
      { reason: '\u001b[31m' },
      { kind: 'refused', reason: 'not-taken', why: 'not-taken' },
    ],
    [
      'another consent',
      409,
      { consent: { sequence: 4, records: ['a'] } },
      { kind: 'other-consent', sequence: 4, records: ['a'] },
    ],
    ['an older one', 409, { consent: { sequence: 1 } }, { kind: 'other-consent', sequence: 1, records: [] }],
    ['a number that was used', 409, { reason: 'number-used' }, { kind: 'number-used' }],
    ['another conflict', 409, {}, 'denied'],
    ['too long', 413, {}, { kind: 'refused', reason: 'not-taken', why: 'the hub cannot read it (413)' }],
    ['busy', 503, {}, 'busy'],
    ['failing', 500, {}, 'unreachable'],
    ['gone', 404, {}, 'not-found'],
    ['a redirect', 302, {}, 'denied'],
  ];
  for (const [name, status, body, want] of table) assert.deepEqual(read(status, body), want, name);
});

test('whatever a hub answers, there is a word or an error of ours', () => {
  const status = fc.constantFrom(200, 204, 302, 400, 401, 404, 409, 413, 422, 429, 500, 503);
  fc.assert(
    fc.property(status, fc.oneof(fc.json(), fc.string()), (code, body) => {
      const word = read(code, body);
      assert.ok(typeof word === 'string' || typeof word === 'object');
    }),
  );
});
