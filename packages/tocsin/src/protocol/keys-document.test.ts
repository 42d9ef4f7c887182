import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEnvelope, parseEnvelope } from './dsse.ts';
import { rootKeyOf } from './ed25519.ts';
import { TocsinError } from './errors.ts';
import {
  encodeKeysDocument,
  type KeysDocument,
  peekKeysDocument,
  requireKeysDocument,
  verifyKeysDocument,
} from './keys-document.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly held: number;
  readonly now: number;
  readonly want: string;
}

const file = new URL('../../../../spec/vectors/keys/keys-document.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly root: string;
  readonly document: KeysDocument;
  readonly cases: readonly Case[];
};
const root = rootKeyOf(Buffer.from(vectors.root, 'base64'));
const good = vectors.cases[0]!;

function clockAt(seconds: number): { now(): number; monotonic(): number } {
  return { now: () => seconds * 1000, monotonic: () => 0 };
}

function outcome({ text, held, now }: Pick<Case, 'text' | 'held' | 'now'>): string {
  try {
    return verifyKeysDocument({ text, root, held, clock: clockAt(now) }).kind;
  } catch (error) {
    assert.ok(error instanceof TocsinError);
    return error.code;
  }
}

for (const item of vectors.cases)
  test(`keys vector: ${item.name} -> ${item.want}`, () => assert.equal(outcome(item), item.want));

test('keys: what is accepted says what was signed, and its authorities are ready', () => {
  const keys = requireKeysDocument({ text: good.text, root, held: 0, clock: clockAt(good.now) });
  assert.deepEqual(keys.document, vectors.document);
  assert.equal(keys.authorities.length, 1);
  assert.equal(keys.authorities[0]!.certificate.ca, true);
  assert.equal(keys.text, good.text);
});

test('keys: the bytes to sign are those of the vector', () => {
  assert.deepEqual(
    Buffer.from(encodeKeysDocument(vectors.document)),
    Buffer.from(parseEnvelope(good.text).payload),
  );
});

test('keys: the example in the spec is the first vector', () => {
  const spec = readFileSync(new URL('../../../../spec/keys.md', import.meta.url), 'utf8');
  assert.ok(spec.includes(good.text));
  assert.ok(spec.includes(JSON.stringify(vectors.document, null, 2)));
  assert.ok(spec.includes(vectors.root));
});

test('keys: every refusal is thrown as `pin` with what is to be done', () => {
  for (const item of vectors.cases) {
    if (!['older', 'other-root', 'expired', 'early'].includes(item.want)) continue;
    const { text, held, now } = item;
    assert.throws(
      () => requireKeysDocument({ text, root, held, clock: clockAt(now) }),
      (error: unknown) =>
        error instanceof TocsinError && error.code === 'pin' && /, want /.test(error.message),
      item.name,
    );
  }
});

test('keys: the held number itself is accepted where a document is required', () => {
  const keys = requireKeysDocument({ text: good.text, root, held: 7, clock: clockAt(good.now) });
  assert.equal(keys.document.number, 7);
});

test('keys: any byte of the signed payload that changes makes it unsigned', () => {
  const envelope = parseEnvelope(good.text);
  fc.assert(
    fc.property(fc.nat(envelope.payload.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const payload = Uint8Array.from(envelope.payload);
      payload[at] = payload[at]! ^ change;
      assert.equal(outcome({ ...good, text: formatEnvelope({ ...envelope, payload }) }), 'other-root');
    }),
  );
});

test('keys: payloads of any shape end in a document or in one of our errors', () => {
  const field = fc.oneof(fc.anything(), fc.constantFrom(1, 'x', null, [], {}));
  const shapes = fc.record(
    {
      v: fc.constant(1),
      hub: field,
      number: field,
      issued: field,
      expires: field,
      tls: field,
      log: field,
      age: field,
      receipt: field,
    },
    { requiredKeys: ['v'] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), shapes), (value) => {
      const payload = Buffer.from(asJson(value));
      const text = formatEnvelope({ ...parseEnvelope(good.text), payload });
      try {
        peekKeysDocument(text);
      } catch (error) {
        assert.ok(error instanceof TocsinError && error.code === 'format', String(error));
      }
    }),
  );
});

function asJson(value: unknown): string {
  try {
    return JSON.stringify({ ...vectors.document, ...(value as object) }) ?? '';
  } catch {
    return ''; // a value that JSON does not know
  }
}
