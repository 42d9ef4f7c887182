// The vectors of spec/message.md, in every way the code offers: opened, sealed again and opened, refused, signed.
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Receipt } from 'tocsin/catalog/consent-receipt.ts';
import { signReceipt, verifyReceipt } from 'tocsin/catalog/consent-receipt.ts';
import type { Confirmation } from 'tocsin/catalog/erasure-confirmation.ts';
import { signConfirmation } from 'tocsin/catalog/erasure-confirmation.ts';
import type { EnvelopeHead } from 'tocsin/catalog/seal.ts';
import { openSealed, sealKeyId, sealMessage } from 'tocsin/catalog/seal.ts';
import { isSignedBy, parseEnvelope } from 'tocsin/protocol/dsse.ts';
import { ed25519ToRaw, keyId } from 'tocsin/protocol/ed25519.ts';
import { ed25519OfSeed } from 'tocsin/protocol/ed25519-fixture.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { isMachineSigned } from 'tocsin/protocol/machine-signature.ts';

function read<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../../../spec/vectors/message/${name}`, import.meta.url), 'utf8'),
  ) as T;
}

interface Named {
  readonly name: string;
  readonly body: string;
}

const sealed = read<{
  identity: string;
  recipient: string;
  recipientId: string;
  machine: string;
  machineKey: string;
  machinePublicKey: string;
  cases: (Named & {
    head: EnvelopeHead;
    draft: { message: string; reason: string; items: object };
    clear: string;
  })[];
}>('sealed.json');
const refused = read<{ bodies: Named[]; unsigned: Named[] }>('refused.json');
const signed = read<{
  receiptSeed: string;
  receiptPublicKey: string;
  receipts: { receipt: Receipt; text: string }[];
  confirmations: { confirmation: Confirmation; text: string }[];
}>('signed.json');

const privateKey = createPrivateKey({
  key: Buffer.from(sealed.machineKey, 'base64'),
  format: 'der',
  type: 'pkcs8',
});
const publicKey = createPublicKey({
  key: Buffer.from(sealed.machinePublicKey, 'base64'),
  format: 'der',
  type: 'spki',
});
const bytesOf = ({ body }: Named): Buffer => Buffer.from(body, 'base64');

for (const vector of sealed.cases) {
  test(`sealed vector: ${vector.name}`, async () => {
    const body = bytesOf(vector);
    assert.equal(sealKeyId(body), sealed.recipientId);
    assert.equal(sealed.recipientId, keyId(Buffer.from(sealed.recipient)));
    const opened = await openSealed(body, sealed.identity);
    assert.equal(Buffer.from(opened.envelope.payload).toString(), vector.clear);
    assert.ok(isMachineSigned(opened.envelope, publicKey));
    const { machine, head, message, reason, items } = opened;
    assert.equal(machine, sealed.machine);
    assert.deepEqual({ head, message, reason, items }, { head: vector.head, ...vector.draft });
  });

  test(`sealed vector, made again: ${vector.name}`, async () => {
    const keys = {
      machine: { id: sealed.machine, privateKey },
      hub: { id: sealed.recipientId, recipient: sealed.recipient },
    };
    const again = await sealMessage(JSON.stringify(vector.draft), vector.head, keys);
    assert.equal(again.clear, vector.clear);
    assert.equal(again.body.length, bytesOf(vector).length, 'padding hides the length');
    const opened = await openSealed(again.body, sealed.identity);
    assert.equal(Buffer.from(opened.envelope.payload).toString(), vector.clear);
  });
}

for (const vector of refused.bodies)
  test(`refused vector: ${vector.name}`, () =>
    assert.rejects(
      openSealed(bytesOf(vector), sealed.identity),
      (error) => error instanceof TocsinError && error.code === 'format',
    ));

for (const vector of refused.unsigned)
  test(`unsigned vector: ${vector.name}`, async () => {
    const { envelope } = await openSealed(bytesOf(vector), sealed.identity);
    assert.equal(isMachineSigned(envelope, publicKey), false);
  });

test('signed vectors: receipts and confirmations are these bytes, and the receipt key signed them', () => {
  const privateKey = ed25519OfSeed(Buffer.from(signed.receiptSeed, 'base64'));
  const raw = ed25519ToRaw(privateKey);
  assert.equal(Buffer.from(raw).toString('base64'), signed.receiptPublicKey);
  const signer = { id: keyId(raw), privateKey, publicKey: raw };
  for (const { receipt, text } of signed.receipts) {
    assert.equal(signReceipt(receipt, signer.id, privateKey), text);
    assert.deepEqual(verifyReceipt(text, raw).receipt, receipt);
  }
  for (const { confirmation, text } of signed.confirmations)
    assert.equal(signConfirmation(confirmation, signer), text);
  for (const { text } of [...signed.receipts, ...signed.confirmations])
    assert.ok(isSignedBy(parseEnvelope(text), raw));
});

/** Opens or refuses as `format` or `limit`; nothing else comes out. */
async function outcome(body: Uint8Array): Promise<'opened' | 'refused'> {
  try {
    await openSealed(body, sealed.identity);
    return 'opened';
  } catch (error) {
    assert.ok(error instanceof TocsinError && ['format', 'limit'].includes(error.code), String(error));
    return 'refused';
  }
}

test('sealed: cut anywhere, changed anywhere, or made of anything, a body is refused in words', async () => {
  const body = bytesOf(sealed.cases[0]!);
  await fc.assert(
    fc.asyncProperty(fc.nat(body.length - 1), async (size) => {
      assert.equal(await outcome(body.subarray(0, size)), 'refused');
    }),
    { numRuns: 150 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 20, max: body.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, by) => {
        const copy = Buffer.from(body);
        copy[at] = copy[at]! ^ by;
        assert.equal(await outcome(copy), 'refused');
      },
    ),
    { numRuns: 150 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
      assert.equal(await outcome(bytes), 'refused');
      assert.equal(await outcome(Buffer.concat([body.subarray(0, 20), bytes])), 'refused');
    }),
    { numRuns: 150 },
  );
});
