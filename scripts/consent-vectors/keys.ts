// Keys, signatures and files that the vectors of participation share (scripts/make-consent-vectors.ts).
import type { KeyObject } from 'node:crypto';
import { createECDH, createPrivateKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Terms } from '../../packages/tocsin/src/catalog/terms.ts';
import { formatEnvelope, signEnvelope } from '../../packages/tocsin/src/protocol/dsse.ts';
import { ed25519ToRaw, keyId } from '../../packages/tocsin/src/protocol/ed25519.ts';
import { ed25519OfSeed } from '../../packages/tocsin/src/protocol/ed25519-fixture.ts';
import { signByMachine } from '../../packages/tocsin/src/protocol/machine-signature.ts';

export const SPEC = join(import.meta.dirname, '../../spec');
export const MACHINE = '9f86d081-884c-4d65-9a2f-eaa0c55ad015';
export const OTHER_MACHINE = '60303ae2-2b99-4861-abd8-f3f804c9f3b1';
export const ISSUED = Date.UTC(2026, 0, 15) / 1000;
export const DAY = 86_400;

export const machineKey = p256OfNumber(1);
export const otherMachineKey = p256OfNumber(2);
export const receiptKey = ed25519OfSeed(3);
export const otherReceiptKey = ed25519OfSeed(4);
export const receiptRaw = ed25519ToRaw(receiptKey);
export const receiptId = keyId(receiptRaw);

export function p256OfNumber(n: number): KeyObject {
  const curve = createECDH('prime256v1');
  const d = Buffer.alloc(32);
  d[31] = n;
  curve.setPrivateKey(d);
  const point = curve.getPublicKey();
  const part = (bytes: Buffer): string => bytes.toString('base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: part(d),
    x: part(point.subarray(1, 33)),
    y: part(point.subarray(33)),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

export function write(name: string, value: unknown): void {
  const path = join(SPEC, 'vectors', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The blocks of JSON of a spec page, in their order. */
export function quote(page: string, blocks: readonly string[]): void {
  const path = join(SPEC, page);
  const left = [...blocks];
  const text = readFileSync(path, 'utf8').replace(/(```json\n)[^`]*(\n```)/g, (all, open, close) => {
    const block = left.shift();
    return block === undefined ? all : `${open}${block}${close}`;
  });
  writeFileSync(path, text);
}

export const shown = (value: unknown): string => JSON.stringify(value, null, 2);

export function byMachine(value: unknown, type: string, key: KeyObject = machineKey): string {
  return formatEnvelope(signByMachine(type, Buffer.from(JSON.stringify(value)), key));
}

export function byHub(value: unknown, type: string, key: KeyObject = receiptKey): string {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value));
  return formatEnvelope(signEnvelope(type, bytes, keyId(ed25519ToRaw(key)), key));
}

/** The same text with some members of the envelope changed. */
export function spelled(text: string, change: object): string {
  return JSON.stringify({ ...(JSON.parse(text) as object), ...change });
}

export function sigOf(text: string): string {
  return (JSON.parse(text) as { signatures: { sig: string }[] }).signatures[0]!.sig;
}

export const plain = (bytes: Uint8Array): Record<string, unknown> =>
  JSON.parse(Buffer.from(bytes).toString());

export const terms: Terms = {
  v: 1,
  number: 3,
  issued: ISSUED,
  controller: {
    name: 'Example Networks Ltd',
    address: '1 Main Street, 10115 Berlin, Germany',
    contact: 'data@hub.example',
  },
  privacyContact: 'Ada Example, dpo@hub.example',
  securityContact: 'security@hub.example',
  representative: null,
  authority: 'Berliner Beauftragte für Datenschutz und Informationsfreiheit',
  storage: [{ place: 'Frankfurt', country: 'DE', safeguard: null }],
  retentionDays: 90,
  partners: [
    { name: 'Example University', country: 'DE', purpose: 'research on how malware spreads', use: 'sharing' },
  ],
  jurisdiction: 'DE',
  optInEverywhere: false,
  edition: 'basic',
};
