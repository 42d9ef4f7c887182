import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEnvelope, isSignedBy, parseEnvelope, preAuthEncoding } from './dsse.ts';
import { TocsinError } from './errors.ts';
import { toHex } from './hex.ts';

interface Vectors {
  readonly publicKey: string;
  readonly payloadType: string;
  readonly payload: string;
  readonly pae: string;
  readonly envelope: string;
  readonly cases: readonly { readonly name: string; readonly text: string; readonly want: string }[];
}

const file = new URL('../../../../spec/vectors/keys/dsse.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const publicKey = Buffer.from(vectors.publicKey, 'base64');

function outcome(text: string): string {
  try {
    return isSignedBy(parseEnvelope(text), publicKey) ? 'signed' : 'unsigned';
  } catch (error) {
    assert.ok(error instanceof TocsinError);
    return error.code;
  }
}

for (const { name, text, want } of vectors.cases)
  test(`dsse vector: ${name} -> ${want}`, () => assert.equal(outcome(text), want));

test('dsse: the bytes that are signed are those of the vector and of the published example', () => {
  assert.equal(
    toHex(preAuthEncoding(vectors.payloadType, Buffer.from(vectors.payload, 'base64'))),
    vectors.pae,
  );
  const published = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  assert.equal(Buffer.from(published).toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

test('dsse: an envelope is formatted as it was parsed', () => {
  assert.equal(formatEnvelope(parseEnvelope(vectors.envelope)), vectors.envelope);
});

test('dsse: any flipped bit of payload or signature leaves the envelope unsigned', () => {
  const envelope = parseEnvelope(vectors.envelope);
  fc.assert(
    fc.property(fc.nat(8 * 64 - 1), fc.boolean(), (bit, inPayload) => {
      const flip = (bytes: Uint8Array): Uint8Array => {
        const copy = Uint8Array.from(bytes);
        const at = (bit >> 3) % copy.length;
        copy[at] = copy[at]! ^ (1 << (bit & 7));
        return copy;
      };
      const [first] = envelope.signatures;
      const changed = inPayload
        ? { ...envelope, payload: flip(envelope.payload) }
        : { ...envelope, signatures: [{ keyId: '', signature: flip(first!.signature) }] };
      assert.equal(isSignedBy(changed, publicKey), false);
    }),
  );
});

test('dsse: arbitrary texts and JSON end in an envelope or in one of our errors', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ payloadType: fc.anything(), payload: fc.anything(), signatures: fc.anything() }).map(asJson),
    fc
      .record({ payloadType: fc.string(), payload: fc.base64String(), signatures: fc.array(fc.object()) })
      .map(asJson),
  );
  fc.assert(
    fc.property(texts, (text) => {
      outcome(text);
    }),
  );
});

test('dsse: a text beyond the limit is refused before it is read', () => {
  assert.equal(outcome(' '.repeat(128 * 1024 + 1)), 'limit');
});

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return ''; // a value that JSON does not know
  }
}
