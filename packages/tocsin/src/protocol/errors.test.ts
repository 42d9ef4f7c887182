// The error class, and that what it quotes is bounded and printable.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorWords, never, shown, TocsinError } from './errors.ts';

test('TocsinError: keeps code and cause, and says whether to retry', () => {
  const cause = new Error('refused');
  const error = new TocsinError('unreachable', 'Cannot reach the hub', { cause });
  assert.deepEqual(
    [error.name, error.code, error.cause, error.retryable],
    ['TocsinError', 'unreachable', cause, true],
  );
  assert.equal(new TocsinError('input', 'x').retryable, false);
});

test('errorWords: the words of anything thrown, in one line', () => {
  assert.equal(errorWords(new Error(' a\n  b ')), 'a b');
  assert.equal(errorWords('text'), 'text');
  assert.equal(errorWords(undefined), 'undefined');
  assert.equal(errorWords(new Error("Cannot read 'a\u001b[31m\u202eb'")), "Cannot read 'a\ufffd[31m\ufffdb'");
});

test('shown: foreign text is bounded and printable whatever it is', () => {
  assert.equal(shown('evil.example'), 'evil.example');
  assert.equal(shown('a\u001b[31m\n\u202eé'), 'a?[31m???');
  assert.equal(shown('abcdef', 4), 'abc…');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      assert.match(shown(text), /^[\x20-\x7e]{0,40}…?$/);
      assert.ok(shown(text).length <= 40);
    }),
  );
});

test('never: what should not have come is named', () => {
  assert.throws(() => never('surprise' as never), /unhandled case "surprise"/);
});
