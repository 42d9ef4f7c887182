import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import {
  CERTIFICATE_OBJECT_LIMITS,
  certificateKeys,
  certificatesIn,
  signedPart,
} from './certificate-keys.ts';
import { TocsinError } from './errors.ts';
import { toHex } from './hex.ts';

const FILE = new URL('../../../../spec/vectors/objects/objects.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as {
  certificates: Record<'der' | 'certificate-sha256' | 'certificate-tbs', string>[];
  refused: { certificates: string[] };
};

test('every vector of a certificate holds, and what is none is refused', () => {
  assert.equal(vectors.certificates.length, 3);
  for (const vector of vectors.certificates)
    for (const { kind, bytes } of certificateKeys(Buffer.from(vector.der, 'base64')))
      assert.equal(toHex(bytes), vector[kind as 'certificate-tbs']);
  for (const hex of vectors.refused.certificates)
    assert.throws(() => certificateKeys(Buffer.from(hex, 'hex')), { code: 'format' }, hex);
});

test('the authorities of the internet: the key of the whole is the fingerprint that others show', () => {
  assert.ok(rootCertificates.length > 100);
  for (const pem of rootCertificates) {
    const certificate = new X509Certificate(pem);
    const [whole, tbs] = certificateKeys(certificate.raw);
    assert.equal(toHex(whole.bytes), certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    assert.notDeepEqual(tbs.bytes, whole.bytes);
    // The issuer's signature is over these bytes: a root signs itself.
    assert.ok(certificate.raw.includes(Buffer.from(signedPart(certificate.raw))));
  }
});

test('a PEM file gives its certificates in order, whatever stands around them; DER is one', () => {
  const pem = rootCertificates.slice(0, 3);
  const text = `subject=/CN=x\n${pem.join('\r\n# next\n')}\n-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n`;
  const found = certificatesIn(Buffer.from(text));
  assert.deepEqual(
    found.map((der) => toHex(der)),
    pem.map((one) => toHex(new X509Certificate(one).raw)),
  );
  assert.equal(certificatesIn(new X509Certificate(pem[0]!).raw).length, 1);
  assert.throws(() => certificatesIn(Buffer.from('no certificate')), { code: 'format' });
  for (const half of [
    pem[0]!.slice(0, 200),
    '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n',
  ])
    assert.throws(() => certificatesIn(Buffer.from(half)), { code: 'format', message: /without a whole/ });
  assert.throws(() => certificatesIn(Buffer.from(pem[0]!.repeat(CERTIFICATE_OBJECT_LIMITS.maxInFile + 1))), {
    code: 'limit',
  });
});

test('any bytes, and a certificate cut or changed anywhere, end in keys or in `format`', () => {
  const der = Buffer.from(vectors.certificates[0]!.der, 'base64');
  const changed = fc.tuple(fc.nat(der.length), fc.nat(40), fc.nat(255)).map(([size, at, byte]) => {
    const copy = Buffer.from(der.subarray(0, size));
    if (at < size) copy[at] = byte;
    return copy;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), changed), (bytes) => {
      try {
        const part = signedPart(bytes);
        assert.ok(part.length >= 2 && part.length < bytes.length);
      } catch (error) {
        assert.ok(error instanceof TocsinError && error.code === 'format');
      }
    }),
    { numRuns: 1_000 },
  );
});
