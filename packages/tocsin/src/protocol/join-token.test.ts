import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBase64Url } from './base64.ts';
import { rootKeyOf } from './ed25519.ts';
import { TocsinError } from './errors.ts';
import { formatJoinToken, parseJoinToken } from './join-token.ts';

const file = new URL('../../../../spec/vectors/keys/join-token.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly root: string;
  readonly secret: string;
  readonly cases: readonly { readonly name: string; readonly text: string; readonly want: string }[];
};

for (const { name, text, want } of vectors.cases)
  test(`join token vector: ${name} -> ${want}`, () => {
    if (want === 'token') {
      const token = parseJoinToken(text);
      assert.equal(toBase64Url(token.root.raw), vectors.root);
      assert.equal(toBase64Url(token.secret), vectors.secret);
    } else {
      assert.throws(
        () => parseJoinToken(text),
        (error: unknown) =>
          error instanceof TocsinError &&
          error.code === want &&
          !error.message.includes(vectors.secret.slice(0, 8)),
      );
    }
  });

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('join token: what is formatted is parsed again', () => {
  fc.assert(
    fc.property(bytes32, bytes32, (raw, secret) => {
      const token = parseJoinToken(formatJoinToken({ root: rootKeyOf(raw), secret }));
      assert.deepEqual(Buffer.from(token.root.raw), Buffer.from(raw));
      assert.deepEqual(Buffer.from(token.secret), Buffer.from(secret));
    }),
  );
});

test('join token: every cut of a token is refused, and the words never hold the secret', () => {
  fc.assert(
    fc.property(bytes32, bytes32, fc.nat(103), (raw, secret, length) => {
      const text = formatJoinToken({ root: rootKeyOf(raw), secret });
      assert.throws(
        () => parseJoinToken(text.slice(0, length)),
        (error: unknown) =>
          error instanceof TocsinError &&
          error.code === 'input' &&
          !error.message.includes(toBase64Url(secret).slice(0, 6)),
      );
    }),
  );
});

test('join token: arbitrary texts are refused as input', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((s) => `tocsin1.${s}`),
    fc.string({ minLength: 2_000 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      assert.throws(
        () => parseJoinToken(text),
        (error: unknown) => error instanceof TocsinError && error.code === 'input',
      );
    }),
  );
});
