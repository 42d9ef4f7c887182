import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkHubCertificate, checkMachineCertificate, renewalDue } from './certificates.ts';
import { rootKeyOf } from './ed25519.ts';
import { peekKeysDocument, requireKeysDocument } from './keys-document.ts';

interface Case {
  readonly name: string;
  readonly as: 'hub' | 'machine';
  readonly now: number;
  readonly certificate: string;
  readonly want: string;
}

const file = new URL('../../../../spec/vectors/keys/certificates.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly keys: string;
  readonly root: string;
  readonly machineId: string;
  readonly cases: readonly Case[];
};
const { issued } = peekKeysDocument(vectors.keys);
const keys = requireKeysDocument({
  text: vectors.keys,
  root: rootKeyOf(Buffer.from(vectors.root, 'base64')),
  held: 0,
  clock: { now: () => issued * 1000, monotonic: () => 0 },
});

function outcome(as: Case['as'], der: Uint8Array, now: number): string {
  const leaf = new X509Certificate(der);
  if (as === 'hub') return checkHubCertificate(leaf, keys, now * 1000).kind;
  const check = checkMachineCertificate(leaf, keys.authorities, now * 1000);
  if (check.kind === 'refused') return check.why;
  assert.equal(check.machineId, vectors.machineId);
  return check.renewOnly ? 'renew-only' : 'good';
}

for (const { name, as, now, certificate, want } of vectors.cases)
  test(`certificate vector: ${as}: ${name} -> ${want}`, () =>
    assert.equal(outcome(as, Buffer.from(certificate, 'base64'), now), want));

test('certificates: no changed byte of a good leaf is good', () => {
  const good = vectors.cases.filter(({ want }) => want === 'good');
  fc.assert(
    fc.property(fc.constantFrom(...good), fc.nat(), fc.integer({ min: 1, max: 255 }), (item, at, change) => {
      const der = Buffer.from(item.certificate, 'base64');
      der[at % der.length] = der[at % der.length]! ^ change;
      let changed: string;
      try {
        changed = outcome(item.as, der, item.now);
      } catch (error) {
        // Node refuses DER that is none; the TLS handshake has refused it before.
        assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
        return;
      }
      assert.notEqual(changed, 'good');
      assert.notEqual(changed, 'renew-only');
    }),
    { numRuns: 500 },
  );
});

test('certificates: renewal is due when two thirds of the life have passed', () => {
  const { certificate, now } = vectors.cases.find(({ as }) => as === 'machine')!;
  assert.equal(
    renewalDue(new X509Certificate(Buffer.from(certificate, 'base64'))),
    (now + 48 * 3_600) * 1000,
  );
});
