// Certificate requests (PKCS#10) and the answers to them (PKCS#7, certificates only). The X.509 library costs
// 15 MB and is loaded only when a machine enrols or renews.
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { parseBase64, toBase64 } from '../../protocol/base64.ts';
import { TocsinError } from '../../protocol/errors.ts';

export const CSR_LIMITS = { maxAnswer: 32_768, maxCertificates: 8 } as const;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A fresh P-256 key, PKCS#8 PEM. From the system's random source, never from a seed. */
export function makeMachineKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** A request for a certificate for this key, base64 of DER. It names nobody: the hub gives the name. */
export async function makeRequest(privateKeyPem: string): Promise<string> {
  const x509 = await loadX509();
  const privateKey = createPrivateKey(privateKeyPem);
  const keys = {
    privateKey: privateKey.toCryptoKey(ALGORITHM, false, ['sign']),
    publicKey: createPublicKey(privateKey).toCryptoKey(ALGORITHM, true, ['verify']),
  };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=machine',
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return toBase64(new Uint8Array(request.rawData));
}

/** The certificate for `key` in the hub's answer. Throws `format`, or `certificate` where none is for the key. */
export async function readAnswer(body: Uint8Array, privateKeyPem: string): Promise<X509Certificate> {
  const key: KeyObject = createPrivateKey(privateKeyPem);
  if (body.length > CSR_LIMITS.maxAnswer) throw badAnswer();
  const der = parseBase64(Buffer.from(body).toString('latin1').replace(/\s+/g, ''));
  if (der === null) throw badAnswer();
  const x509 = await loadX509();
  let found: X509Certificate[];
  try {
    const list = new x509.X509Certificates(der);
    found = [...list]
      .slice(0, CSR_LIMITS.maxCertificates)
      .map((c) => new X509Certificate(Buffer.from(c.rawData)));
  } catch (cause) {
    throw badAnswer(cause);
  }
  const mine = found.find((certificate) => certificate.checkPrivateKey(key));
  if (mine === undefined)
    throw new TocsinError(
      'certificate',
      "Cannot use the hub's answer: no certificate in it is for this machine's key, want one",
    );
  return mine;
}

/** The library needs the metadata shim before it (it throws at load otherwise). */
async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

function badAnswer(cause?: unknown): TocsinError {
  return new TocsinError(
    'format',
    "Cannot read the hub's answer: it is no PKCS#7 of certificates in base64",
    {
      cause,
    },
  );
}
