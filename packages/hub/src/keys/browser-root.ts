// A root for stock browsers, where the operator has no certificate that they trust: made for one name or address and
// constrained to it, so that whoever takes its key can pose as the lists of this hub, and as no other site. Machines of
// Tocsin know nothing of it.
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { makePrivateDirectory } from 'tocsin/client/state/home.ts';
import { CERTIFICATE_LIMITS } from 'tocsin/protocol/certificates.ts';
import { keyId } from 'tocsin/protocol/ed25519.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { IpAddress } from 'tocsin/protocol/ip.ts';
import { parseIp } from 'tocsin/protocol/ip.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import type { IssuingAuthority } from './authority.ts';
import { makeKey, P256, publicCryptoKey, serial, signingCryptoKey } from './authority.ts';
import { HUB_KEY_LIMITS } from './config.ts';
import { browserRootFile, createKeyFile, readKeyFile } from './files.ts';

/** The root for a canonical `name` (host or address), made where there is none. Throws as `findBrowserRoot`. */
export async function openBrowserRoot(
  directory: string,
  name: string,
  world: World,
): Promise<IssuingAuthority> {
  makePrivateDirectory(directory);
  const held = findBrowserRoot(directory, name);
  if (held !== null) return held;
  // Durable on return, and the same for two processes at once.
  createKeyFile(join(directory, rootFileOf(name)), await makeRoot(name, world));
  return findBrowserRoot(directory, name)!;
}

/**
 * The root that was made for `name`, or null; makes nothing, and looks at no clock. Throws `corrupt` for a file that is
 * damaged or not the root of this name alone: browsers were given that root, and take no other.
 */
export function findBrowserRoot(directory: string, name: string): IssuingAuthority | null {
  const file = rootFileOf(name);
  const text = readKeyFile(join(directory, file));
  if (text === null) return null;
  let cause: unknown;
  let state = 'is damaged';
  try {
    const root = { certificate: new X509Certificate(text), privateKey: createPrivateKey(text) };
    const wrong = whyNoRoot(root, name);
    if (wrong === null) return root;
    state = wrong;
  } catch (error) {
    cause = error;
  }
  throw new TocsinError(
    'corrupt',
    `Cannot open the hub's keys: '${file}' ${state}, want it from a backup; or remove it, and give browsers the new root`,
    { cause },
  );
}

/** What is wrong with it; null for nothing. */
function whyNoRoot({ certificate, privateKey }: IssuingAuthority, name: string): string | null {
  if (!certificate.checkPrivateKey(privateKey)) return 'is damaged';
  if (!certificate.checkIssued(certificate) || !certificate.verify(certificate.publicKey))
    return 'holds a certificate that did not sign itself';
  const constraints = new x509.X509Certificate(certificate.raw).getExtension(NAME_CONSTRAINTS);
  const same =
    constraints?.critical && Buffer.from(nameConstraints(name)).equals(Buffer.from(constraints.value));
  return same ? null : `holds a certificate that is not constrained to '${name}' alone`;
}

/** In DATA/keys. */
export function rootFileOf(name: string): string {
  return browserRootFile(keyId(Buffer.from(name)));
}

/** A certificate for `name` by its root, server only. Ends with the root where that ends before. */
export async function issueForBrowsers(
  root: IssuingAuthority,
  name: string,
  publicKey: KeyObject,
  world: World,
): Promise<X509Certificate> {
  const issuer = new x509.X509Certificate(root.certificate.raw);
  const { notBefore, notAfter } = validity(world, HUB_KEY_LIMITS.browserLeafLifetime);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(world),
    subject: 'CN=tocsin lists for browsers',
    issuer: issuer.subject,
    notBefore,
    notAfter: new Date(Math.min(notAfter.getTime(), root.certificate.validToDate.getTime())),
    signingAlgorithm: P256,
    publicKey: publicCryptoKey(publicKey),
    signingKey: signingCryptoKey(root.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: parseIp(name) === null ? 'dns' : 'ip', value: name },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return new X509Certificate(Buffer.from(certificate.rawData));
}

/** Certificate and key, PEM. */
async function makeRoot(name: string, world: World): Promise<string> {
  const privateKey = makeKey();
  const publicKey = publicCryptoKey(createPublicKey(privateKey));
  const serialNumber = serial(world);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    name: `CN=tocsin root for browsers ${serialNumber.slice(0, 8)}`,
    ...validity(world, HUB_KEY_LIMITS.browserRootLifetime),
    signingAlgorithm: P256,
    keys: { privateKey: signingCryptoKey(privateKey), publicKey },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth], true),
      new x509.Extension(NAME_CONSTRAINTS, true, nameConstraints(name)),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n${privateKey.export({ type: 'pkcs8', format: 'pem' })}`;
}

/** Begins a day ago: a browser whose clock is behind takes it too. */
function validity(world: World, lifetime: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = unixSeconds(world.clock);
  const notBefore = new Date((now - CERTIFICATE_LIMITS.skew) * 1000);
  return { notBefore, notAfter: new Date((now + lifetime) * 1000) };
}

const NAME_CONSTRAINTS = '2.5.29.30';
const SEQUENCE = 0x30;
const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/**
 * RFC 5280, 4.2.1.10, DER: this one name. A name would permit all below it, and leave addresses free: those are excluded,
 * as every name is beside an address. What is below must stay excluded for another reason too: by the sources of
 * mozilla::pkix a star may stand for a label of the constraint, so that `*.corp.example` is within a permitted
 * `lists.corp.example`, and only the excluded `.lists.corp.example` refuses it (Firefox 153 refuses it anyway, earlier
 * ones were not tried): without that the root could vouch for all neighbours.
 */
export function nameConstraints(name: string): Uint8Array {
  const ip = parseIp(name);
  const address = ip === null ? null : bytesOf(ip);
  const permitted =
    address === null
      ? [tlv(DNS_NAME, Buffer.from(name))]
      : [tlv(IP_ADDRESS, address, Buffer.alloc(address.length, 0xff))];
  const excluded =
    address === null
      ? [
          tlv(DNS_NAME, Buffer.from(`.${name}`)),
          tlv(IP_ADDRESS, Buffer.alloc(8)),
          tlv(IP_ADDRESS, Buffer.alloc(32)),
        ]
      : [tlv(DNS_NAME)];
  const subtrees = (tag: number, bases: readonly Buffer[]): Buffer =>
    tlv(tag, ...bases.map((base) => tlv(SEQUENCE, base)));
  return new Uint8Array(tlv(SEQUENCE, subtrees(PERMITTED, permitted), subtrees(EXCLUDED, excluded)));
}

function bytesOf(address: IpAddress): Buffer {
  const bytes = Buffer.alloc(address.version === 4 ? 4 : 16);
  if (address.version === 4) bytes.writeUInt32BE(address.value);
  else for (const [i, group] of address.groups.entries()) bytes.writeUInt16BE(group, 2 * i);
  return bytes;
}

function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
}
