// The server's own certificate: issued to itself by the authority in hand, its key in memory only.
import type { KeyObject } from 'node:crypto';
import { constants, createPublicKey } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { renewalDue } from 'tocsin/protocol/certificates.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { issueHub, makeKey } from '../keys/authority.ts';
import type { KeyRing } from '../keys/store.ts';

export interface Leaf {
  /** What a TLS server takes; the same for its start and for a change while it runs. */
  readonly secure: SecureContextOptions;
  /** Milliseconds since 1970 at which another one is wanted. */
  readonly dueAt: number;
}

/** A fresh key and certificate. `ca` only names the authorities to clients: certificates are judged by Callers. */
export async function makeLeaf(ring: KeyRing, lifetime: number, world: World): Promise<Leaf> {
  const key: KeyObject = makeKey();
  const certificate = await issueHub(ring.issuing, ring.root.id, createPublicKey(key), lifetime, world);
  return {
    secure: {
      key: key.export({ type: 'pkcs8', format: 'pem' }) as string,
      cert: certificate.toString(),
      ca: ring.keys.authorities.map((authority) => authority.certificate.toString()),
      minVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TICKET, // a resumed session would carry an older judgement
    },
    dueAt: renewalDue(certificate),
  };
}
