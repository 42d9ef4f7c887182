// A certificate for a day, of the kind that a hub has (ECDSA, P-256), for the peers that are asked over TLS.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';

/** Paths of two PEM files in `directory`. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export function makeCertificate(directory: string): Certificate {
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=bench'];
  const words = ['req', '-x509', ...kind, '-keyout', key, '-out', cert, '-days', '1'];
  if (spawnSync('openssl', words).status === 0) return { key, cert };
  throw new TocsinError('io', "Cannot make a certificate: 'openssl req' failed, want two PEM files");
}
