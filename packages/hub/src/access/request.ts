// Reads certificate requests (PKCS#10, base64 of DER) from strangers. Only the public key is taken from one: the
// names and extensions that it asks for are ignored, the hub gives its own.
import 'reflect-metadata';
import type { KeyObject } from 'node:crypto';
import { createHash, createPublicKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { parseBase64 } from 'tocsin/protocol/base64.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { ACCESS_LIMITS } from './config.ts';

/** AlgorithmIdentifier of ecdsa-with-SHA256 (RFC 5758, section 3.2) in DER. It is outside the signature. */
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');

export interface CertificateRequest {
  readonly publicKey: KeyObject;
  /** The public key as SPKI in DER, and its SHA-256. */
  readonly spki: Uint8Array;
  readonly key: Uint8Array;
}

/** Checks in order, cheap ones first. Throws `input` with the reason; never anything else, whatever the bytes. */
export async function readCertificateRequest(text: string): Promise<CertificateRequest> {
  if (text.length > ACCESS_LIMITS.maxRequestText)
    throw refuse(`it is longer than ${ACCESS_LIMITS.maxRequestText}`);
  const der = parseBase64(text.replace(/\s+/g, ''));
  if (der === null || der.length === 0) throw refuse('it is no base64');
  if (der.length > ACCESS_LIMITS.maxRequestBytes)
    throw refuse(`it has more than ${ACCESS_LIMITS.maxRequestBytes} bytes`);
  if (!isOneSequence(der)) throw refuse('it is no PKCS#10 in DER');
  const { request, spki } = parse(der);
  const publicKey = p256Key(spki);
  if (!isStrictlySigned(Buffer.from(der))) throw refuse('its signature is not ECDSA with SHA-256 in DER');
  if (!(await isSelfSigned(request))) throw refuse('its signature does not hold');
  return { publicKey, spki, key: createHash('sha256').update(spki).digest() };
}

/**
 * One SEQUENCE that fills the bytes, its length in the one form that DER allows. The library would pass over
 * bytes behind it, and would try to read other things than DER as PEM, hex or base64.
 */
function isOneSequence(der: Uint8Array): boolean {
  const [tag, first, second, third] = der;
  if (tag !== 0x30 || first === undefined) return false;
  if (first < 0x80) return der.length === 2 + first;
  if (first === 0x81) return second !== undefined && second >= 0x80 && der.length === 3 + second;
  if (first !== 0x82 || second === undefined || third === undefined) return false;
  const length = second * 256 + third;
  return length >= 0x100 && der.length === 4 + length;
}

function parse(der: Uint8Array): { readonly request: x509.Pkcs10CertificateRequest; readonly spki: Buffer } {
  try {
    const request = new x509.Pkcs10CertificateRequest(der);
    return { request, spki: Buffer.from(request.publicKey.rawData) };
  } catch (cause) {
    throw refuse('it is no PKCS#10 in DER', cause);
  }
}

/** P-256 in its one uncompressed form, the point on the curve: so that one key has one digest. */
function p256Key(spki: Buffer): KeyObject {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const details = key.asymmetricKeyDetails;
    const canonical = key.export({ format: 'jwk' });
    const again = createPublicKey({ key: canonical, format: 'jwk' }).export({ type: 'spki', format: 'der' });
    if (details?.namedCurve === 'prime256v1' && again.equals(spki)) return key;
  } catch (cause) {
    throw refuse('its key is not of use', cause);
  }
  throw refuse('its key is no P-256 key');
}

/**
 * What stands outside the signed part in the one form that DER allows: the algorithm, and a BIT STRING that holds
 * a SEQUENCE of INTEGERs. The library reads other forms as well.
 */
function isStrictlySigned(der: Buffer): boolean {
  const at = der.lastIndexOf(ECDSA_WITH_SHA256);
  if (at < 0) return false;
  const tail = der.subarray(at + ECDSA_WITH_SHA256.length);
  const { length } = tail;
  const form = [0x03, length - 2, 0x00, 0x30, length - 5, 0x02];
  return length < 0x82 && form.every((byte, i) => tail[i] === byte);
}

/** Proof that the sender has the private key. */
async function isSelfSigned(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false;
  }
}

function refuse(state: string, cause?: unknown): TocsinError {
  return new TocsinError(
    'input',
    `Cannot read the certificate request: ${state}, want PKCS#10 for a P-256 key`,
    {
      cause,
    },
  );
}
