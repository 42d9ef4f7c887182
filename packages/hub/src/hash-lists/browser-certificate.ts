// The certificate under which browsers are served: the operator's, from files, or the hub's own under a root for one name.
// Says also which settings fit together; listens nowhere.
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { renewalDue } from 'tocsin/protocol/certificates.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import { systemState } from 'tocsin/protocol/system-errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { IssuingAuthority } from '../keys/authority.ts';
import { makeKey } from '../keys/authority.ts';
import { issueForBrowsers, openBrowserRoot, rootFileOf } from '../keys/browser-root.ts';
import { HUB_KEY_LIMITS } from '../keys/config.ts';
import type { Listen } from '../settings-values.ts';

export interface BrowserSettings {
  /** Null: no browser is served. */
  readonly browserListen: Listen | null;
  /** PEM files; both or none. */
  readonly browserCertificate: string | null;
  readonly browserKey: string | null;
  /** Host or address for which the hub makes a certificate; not beside files. */
  readonly browserName: string | null;
}

export interface CertificatePem {
  /** With its chain. */
  readonly cert: string;
  readonly key: string;
}

export interface BrowserCertificate {
  readonly pem: CertificatePem;
  /** What is to be shown from now on; null where that stays as it is. Throws where another is due and cannot be had. */
  next(): Promise<CertificatePem | null>;
}

/** Throws `input` with what does not fit together. */
export function checkBrowserSettings({
  browserListen: at,
  browserCertificate,
  browserKey,
  browserName,
}: BrowserSettings): void {
  const refuse = (state: string, want: string): never => {
    throw new TocsinError('input', `Cannot serve browsers: ${state}, want ${want}`);
  };
  if ((browserCertificate === null) !== (browserKey === null))
    refuse('only one of --browser-certificate and --browser-key is given', 'both or none');
  if (browserCertificate !== null && browserName !== null)
    refuse(
      'a certificate is given and --browser-name asks for one of the hub',
      'the two files, or --browser-name',
    );
  if (at !== null && browserCertificate === null && browserName === null && !isLoopback(at.host))
    refuse(
      `'${at.host}' can be reached from elsewhere and no certificate is given`,
      '--browser-certificate and --browser-key, or --browser-name for one of the hub, or a loopback address behind a web server that has one',
    );
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

export interface CertificatePlace {
  /** DATA/keys. */
  readonly keys: string;
  readonly world: World;
  readonly log: (line: string) => void;
}

/**
 * Null where browsers are served by plain HTTP. Throws `io` or `format` for files that cannot be read or used, `corrupt`
 * for a damaged root of the hub.
 */
export async function openBrowserCertificate(
  { browserCertificate, browserKey, browserName }: BrowserSettings,
  { keys, world, log }: CertificatePlace,
): Promise<BrowserCertificate | null> {
  if (browserCertificate !== null && browserKey !== null) return fromFiles(browserCertificate, browserKey);
  if (browserName === null) return null;
  const root = await openBrowserRoot(keys, browserName, world);
  return await ofTheHub(root, browserName, { world, log });
}

/** Certificates of the web live for weeks: renewed files are taken up. */
function fromFiles(...files: readonly [certificate: string, key: string]): BrowserCertificate {
  const read = (): CertificatePem => ({ cert: readPem(files[0]), key: readPem(files[1]) });
  const stamp = (): string => files.map((file) => statSync(file).mtimeMs).join();
  const pem = read();
  refuseUnusable(pem);
  let last = stamp();
  return {
    pem,
    next: async () => {
      const now = stamp();
      if (now === last) return null;
      const renewed = read();
      refuseUnusable(renewed); // so it is while only one of the two is the new one
      last = now;
      return renewed;
    },
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const state = systemState(String((cause as NodeJS.ErrnoException).code));
    throw new TocsinError('io', `Cannot read the certificate or key for browsers: ${state}`, { cause });
  }
}

/** Throws `format` with the words why where TLS does not take it. */
function refuseUnusable(pem: CertificatePem): void {
  try {
    // By hand as well: a context of an empty file is one without a certificate.
    if (!new X509Certificate(pem.cert).checkPrivateKey(createPrivateKey(pem.key)))
      throw new TypeError('the key is another one');
    createSecureContext(pem);
  } catch (cause) {
    throw new TocsinError(
      'format',
      `Cannot use the certificate for browsers: ${errorWords(cause)}, want a PEM certificate with its chain, and its key`,
      { cause },
    );
  }
}

/** The key is in memory only; only the root lies on the disk. Each new certificate says how long the root still lasts. */
async function ofTheHub(
  root: IssuingAuthority,
  name: string,
  { world, log }: Omit<CertificatePlace, 'keys'>,
): Promise<BrowserCertificate> {
  let dueAt = 0;
  const make = async (): Promise<CertificatePem> => {
    const key = makeKey();
    const leaf = await issueForBrowsers(root, name, createPublicKey(key), world);
    const now = world.clock.now();
    dueAt = Math.max(renewalDue(leaf), now + HUB_KEY_LIMITS.browserLeafLeastAge * 1000);
    const words = rootWords(root, name, now);
    if (words !== null) log(words);
    return { cert: leaf.toString(), key: key.export({ type: 'pkcs8', format: 'pem' }) as string };
  };
  return {
    pem: await make(),
    next: async () => (world.clock.now() < dueAt ? null : await make()),
  };
}

/** What the operator is told of the dates of a root; null while there is time. */
function rootWords({ certificate }: IssuingAuthority, name: string, nowMs: number): string | null {
  const { validFromDate: from, validToDate: end } = certificate;
  const renew = `remove keys/${rootFileOf(name)}, start again, and give browsers the new one`;
  if (nowMs < from.getTime())
    return `the listener for browsers at '${name}' cannot be trusted, for its root begins on ${from.toISOString()}: set the clock of this machine right, or ${renew}`;
  if (nowMs > end.getTime())
    return `the listener for browsers at '${name}' cannot be trusted, for its root ended on ${end.toISOString()}: ${renew}`;
  if (end.getTime() - nowMs > HUB_KEY_LIMITS.browserRootWarnBefore * 1000) return null;
  return `the root for browsers at '${name}' ends on ${end.toISOString()}: ${renew}`;
}
