// The TLS authority: a P-256 key with a self-signed CA certificate, which counts because the root's keys
// document names it. Makes authorities and leaves; decides nothing about who gets one.
import 'reflect-metadata';
import type { KeyObject, webcrypto } from 'node:crypto';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { Extension } from '@peculiar/x509';
import * as x509 from '@peculiar/x509';
import { CERTIFICATE_LIMITS, hubUri, machineUri } from 'tocsin/protocol/certificates.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import { HUB_KEY_LIMITS } from './config.ts';

export const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** An authority with its key: can issue. */
export interface IssuingAuthority {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

/** A fresh P-256 key, from the system's random source. */
export function makeKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** A new authority; nothing trusts it until a keys document names it. */
export async function makeAuthority(rootId: string, world: World): Promise<IssuingAuthority> {
  const privateKey = makeKey();
  const publicKey = publicCryptoKey(createPublicKey(privateKey));
  const serialNumber = serial(world);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    name: `CN=tocsin authority ${rootId} ${serialNumber.slice(0, 8)}`,
    ...validity(world, HUB_KEY_LIMITS.authorityLifetime),
    signingAlgorithm: P256,
    keys: { privateKey: signingCryptoKey(privateKey), publicKey },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certificate: new X509Certificate(Buffer.from(certificate.rawData)), privateKey };
}

/** A machine's certificate: client only, named by a random UUID and nothing else, for 72 hours. */
export function issueMachine(
  authority: IssuingAuthority,
  machineId: string,
  publicKey: KeyObject,
  world: World,
): Promise<X509Certificate> {
  const use = x509.ExtendedKeyUsage.clientAuth;
  return issue(authority, machineUri(machineId), use, publicKey, CERTIFICATE_LIMITS.machineLifetime, world);
}

/** A hub's certificate: server only, named by the id of the root; no host name, the pin needs none. */
export function issueHub(
  authority: IssuingAuthority,
  rootId: string,
  publicKey: KeyObject,
  lifetime: number,
  world: World,
): Promise<X509Certificate> {
  const use = x509.ExtendedKeyUsage.serverAuth;
  return issue(authority, hubUri(rootId), use, publicKey, lifetime, world);
}

async function issue(
  authority: IssuingAuthority,
  uri: string,
  use: x509.ExtendedKeyUsage,
  publicKey: KeyObject,
  lifetime: number,
  world: World,
): Promise<X509Certificate> {
  const issuer = new x509.X509Certificate(authority.certificate.raw);
  const extensions: Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([use], true),
    new x509.SubjectAlternativeNameExtension([{ type: 'url', value: uri }], false),
    await x509.AuthorityKeyIdentifierExtension.create(issuer),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(world),
    subject: `CN=${uri}`,
    issuer: issuer.subject,
    ...validity(world, lifetime),
    signingAlgorithm: P256,
    publicKey: publicCryptoKey(publicKey),
    signingKey: signingCryptoKey(authority.privateKey),
    extensions,
  });
  return new X509Certificate(Buffer.from(certificate.rawData));
}

/** Certificates only (RFC 5652 SignedData without signatures), DER: the form in which EST answers. */
export function certificatesOnly(certificates: readonly X509Certificate[]): Uint8Array {
  const list = new x509.X509Certificates(certificates.map((c) => new x509.X509Certificate(c.raw)));
  return new Uint8Array(list.export('raw'));
}

function validity(world: World, lifetime: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = unixSeconds(world.clock);
  return { notBefore: new Date(now * 1000), notAfter: new Date((now + lifetime) * 1000) };
}

/** 16 bytes, positive and of full length whatever the draw. */
export function serial(world: World): string {
  const bytes = Uint8Array.from(world.random(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return toHex(bytes);
}

export function signingCryptoKey(key: KeyObject): webcrypto.CryptoKey {
  return key.toCryptoKey(P256, false, ['sign']);
}

export function publicCryptoKey(key: KeyObject): webcrypto.CryptoKey {
  return key.toCryptoKey(P256, true, ['verify']);
}
