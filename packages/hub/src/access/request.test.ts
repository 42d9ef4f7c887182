import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { makeMachineKey, makeRequest } from 'tocsin/client/channel/csr.ts';
import { toBase64 } from 'tocsin/protocol/base64.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { ACCESS_LIMITS } from './config.ts';
import { readCertificateRequest } from './request.ts';

const privateKey = makeMachineKey();
const good = await makeRequest(privateKey);

async function refusal(text: string): Promise<string> {
  try {
    await readCertificateRequest(text);
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof TocsinError && error.code === 'input', String(error));
    return error.message;
  }
}

test('request: what a machine makes is read, and the key is its own', async () => {
  const { publicKey } = await readCertificateRequest(good);
  assert.ok(publicKey.equals(createPublicKey(privateKey)));
});

test('request: white space in the base64 is passed over', async () => {
  const lines = `${good.replace(/(.{64})/g, '$1\r\n')}\n`;
  assert.equal(await refusal(lines), 'accepted');
});

test('request: any changed byte is refused', async () => {
  const der = Buffer.from(good, 'base64');
  await fc.assert(
    fc.asyncProperty(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const copy = Buffer.from(der);
      copy[at] = copy[at]! ^ change;
      assert.notEqual(await refusal(toBase64(copy)), 'accepted');
    }),
    { numRuns: 300 },
  );
});

test('request: every cut, and bytes after the end, are refused', async () => {
  const der = Buffer.from(good, 'base64');
  for (let size = 0; size < der.length; size++)
    assert.notEqual(await refusal(toBase64(der.subarray(0, size))), 'accepted');
  assert.notEqual(await refusal(toBase64(Buffer.concat([der, Buffer.alloc(1)]))), 'accepted');
});

test('request: arbitrary bytes and texts are refused as input', async () => {
  const texts = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => toBase64(bytes)),
    fc.string({ unit: 'binary' }),
    // deep nesting: SEQUENCE of SEQUENCE of ...
    fc.integer({ min: 1, max: 1_000 }).map((depth) => toBase64(nested(depth))),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      assert.notEqual(await refusal(text), 'accepted');
    }),
    { numRuns: 300 },
  );
});

function nested(depth: number): Uint8Array {
  return Buffer.from('3080'.repeat(depth) + '0000'.repeat(Math.min(depth, 20)), 'hex');
}

test('request: one beyond the limits is refused unread', async () => {
  assert.match(await refusal('A'.repeat(ACCESS_LIMITS.maxRequestText + 4)), /longer than/);
  assert.match(await refusal('A'.repeat(4 * 700)), /more than/);
});

test('request: keys of other kinds are refused before their signature is looked at', async () => {
  const algorithms = [
    { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    },
    { name: 'Ed25519' },
  ];
  for (const algorithm of algorithms) {
    const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as Parameters<
      typeof x509.Pkcs10CertificateRequestGenerator.create
    >[0]['keys'];
    const request = await x509.Pkcs10CertificateRequestGenerator.create({
      name: 'CN=x',
      keys,
      signingAlgorithm: algorithm,
    });
    assert.match(await refusal(toBase64(new Uint8Array(request.rawData))), /no P-256 key/, algorithm.name);
  }
});

test('request: a signature by another key is refused', async () => {
  const der = Buffer.from(good, 'base64');
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  const at = der.indexOf(spki);
  assert.ok(at > 0);
  other.copy(der, at);
  assert.match(await refusal(toBase64(der)), /signature does not hold/);
});

test('request: a key with a compressed point is refused, for one key must have one digest', async () => {
  const key = createPrivateKey(privateKey);
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const [x, y] = [spki.subarray(-64, -32), spki.subarray(-32)];
  const point = Buffer.concat([Buffer.from([0, 2 + (y[31]! & 1)]), x]);
  const algorithm = Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex');
  const request = (publicKey: Uint8Array): string => {
    const info = tlv(0x30, Buffer.from('0201003000', 'hex'), publicKey, Buffer.from('a000', 'hex'));
    const signature = tlv(0x03, Buffer.from([0]), sign('sha256', info, key));
    return toBase64(tlv(0x30, info, Buffer.from('300a06082a8648ce3d040302', 'hex'), signature));
  };
  assert.equal(await refusal(request(spki)), 'accepted');
  assert.match(await refusal(request(tlv(0x30, algorithm, tlv(0x03, point)))), /no P-256 key/);
});

function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
