import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from './errors.ts';
import { errorOfAnswer, problemOf } from './problem.ts';

test('problem: an error that is told comes back with code and words', () => {
  for (const code of [
    'input',
    'denied',
    'certificate',
    'token-expired',
    'token-used',
    'token-foreign',
  ] as const) {
    const { problem, told } = problemOf(new TocsinError(code, 'Cannot do: so, want thus'));
    assert.equal(told, true);
    const back = errorOfAnswer(problem.status, Buffer.from(JSON.stringify(problem)));
    assert.equal(back.code, code);
    assert.equal(back.message, 'Cannot do: so, want thus');
  }
});

test('problem: what fails inside is not told', () => {
  for (const error of [new Error('secret path'), new TocsinError('io', 'secret path'), 'secret path', null]) {
    const { problem, told } = problemOf(error);
    assert.equal(told, false);
    assert.equal(problem.status, 500);
    assert.ok(!JSON.stringify(problem).includes('secret'));
  }
});

test('problem: records that do not answer make the hub busy, without words about them', () => {
  const { problem, told } = problemOf(new TocsinError('unreachable', 'secret path'));
  assert.deepEqual([problem.status, told], [503, false]);
  assert.ok(!JSON.stringify(problem).includes('secret'));
  assert.equal(errorOfAnswer(503, Buffer.from(JSON.stringify(problem))).code, 'busy');
});

test('problem: a hub that fails or is busy may be asked again', () => {
  for (const status of [429, 500, 502, 503])
    assert.equal(errorOfAnswer(status, Buffer.alloc(0)).retryable, true);
  assert.equal(errorOfAnswer(403, Buffer.alloc(0)).retryable, false);
});

test('problem: a foreign body gives an error with printable words, whatever it is', () => {
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .record({ type: fc.constant('urn:tocsin:problem:denied'), detail: fc.string({ unit: 'binary' }) })
      .map((o) => Buffer.from(JSON.stringify(o))),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.integer({ min: 400, max: 599 }), bodies, (status, body) => {
      const { message } = errorOfAnswer(status, body);
      assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(message));
      assert.ok(message.length <= 1_000);
    }),
  );
});

test('problem: a hub cannot name an error that only this side may have', () => {
  const body = Buffer.from(JSON.stringify({ type: 'urn:tocsin:problem:pin', detail: 'rejoin now' }));
  assert.equal(errorOfAnswer(403, body).code, 'denied');
});

test('problem: what the gate of the hub refused is told in its words', () => {
  const body = Buffer.from(JSON.stringify({ type: 'urn:tocsin:problem:withheld', detail: 'too exact' }));
  const { code, message } = errorOfAnswer(422, body);
  assert.deepEqual([code, message], ['denied', 'too exact']);
});
