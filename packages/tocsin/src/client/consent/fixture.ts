// What the tests of participation share: a machine that joined a hub whose receipt key the test holds, with the
// hub's terms and policies. For tests only; nothing of the product imports it.
import { ed25519OfSeed } from '../../protocol/ed25519-fixture.ts';
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as x509 from '@peculiar/x509';
import type { Policy } from '../../catalog/policy.ts';
import { signPolicy } from '../../catalog/policy.ts';
import type { Terms } from '../../catalog/terms.ts';
import { signTerms } from '../../catalog/terms.ts';
import { parseBase64 } from '../../protocol/base64.ts';
import { ed25519ToRaw, keyId, rootKeyOf } from '../../protocol/ed25519.ts';
import type { Joined } from '../channel/identity.ts';
import { NOW } from '../client-fixture.ts';

const VECTORS = new URL('../../../../../spec/vectors/keys/keys-document.json', import.meta.url);

export const MACHINE = '9f86d081-884c-4d65-9a2f-eaa0c55ad015';
export const OTHER_MACHINE = '60303ae2-2b99-4861-abd8-f3f804c9f3b1';
export const PRODUCT = '4c4c4544-0042-4710-8052-b7c04f564232';

/** The key by which the hub of the key vectors signs receipts: private seed 03 x 32. */
export const RECEIPT_KEY: KeyObject = ed25519OfSeed(3);
export const RECEIPT_ID = keyId(ed25519ToRaw(RECEIPT_KEY));

export const TERMS: Terms = {
  v: 1,
  number: 1,
  issued: NOW / 1000,
  controller: { name: 'Example Ltd', address: '1 Main Street, Berlin', contact: 'data@hub.example' },
  privacyContact: null,
  securityContact: null,
  representative: null,
  authority: null,
  storage: [{ place: 'Berlin', country: 'DE', safeguard: null }],
  retentionDays: null,
  partners: [{ name: 'Example University', country: 'DE', purpose: 'research on threats', use: 'sharing' }],
  jurisdiction: 'DE',
  optInEverywhere: false,
  edition: 'basic',
};

export function signedTerms(change: Partial<Terms> = {}): string {
  return signTerms({ ...TERMS, ...change }, RECEIPT_ID, RECEIPT_KEY);
}

const DAY = 86_400;

export const POLICY: Policy = {
  v: 1,
  sequence: 1,
  issued: NOW / 1000,
  expires: NOW / 1000 + 30 * DAY,
  group: 'default',
  participation: null,
  maxLevel: null,
  personal: false,
  selfDefence: null,
};

export function signedPolicy(change: Partial<Policy> = {}): string {
  return signPolicy({ ...POLICY, ...change }, RECEIPT_ID, RECEIPT_KEY);
}

/** The identity of a machine that joined the hub of the key vectors. */
export async function joinedAs(machineId: string, privateKey = p256()): Promise<Joined> {
  const { root, cases } = JSON.parse(readFileSync(VECTORS, 'utf8')) as {
    root: string;
    cases: { name: string; text: string }[];
  };
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = {
    privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']),
    publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']),
  };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${machineId}`,
    notBefore: new Date(NOW),
    notAfter: new Date(NOW + 72 * 3_600_000),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth], true),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: `urn:uuid:${machineId}` }]),
    ],
  });
  const document = cases.find(({ name }) => name === 'as made')!;
  return {
    url: 'https://hub.example:8743',
    root: rootKeyOf(parseBase64(root)!),
    keysNumber: 7,
    keysText: document.text,
    identity: {
      machineId,
      privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      certificate: certificate.toString('pem'),
    },
  };
}

function p256(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}
