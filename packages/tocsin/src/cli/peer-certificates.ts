// The certificates that a TLS server shows. Connects to the server that a person named, sends it a handshake and
// nothing more, and trusts nothing of what comes back.
import { isIP } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { connect } from 'node:tls';
import { reasonOf } from '../client/channel/dial.ts';
import { hostInUrl } from '../protocol/host.ts';
import { HintedError } from './failure.ts';
import { printable } from './words.ts';

export const PEER_LIMITS = { handshakeMs: 10_000, certificates: 16 } as const;

export interface Peer {
  readonly host: string;
  readonly port: number;
}

/** `host:port` or `[IPv6]:port`, else null. */
export function parsePeer(text: string): Peer | null {
  const [, six, name, digits] = /^(?:\[([\da-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (port < 1 || !(port <= 65_535)) return null;
  return { host: (six ?? name)!, port };
}

/** DER of the server's certificates, its own first. Throws `unreachable` with why. */
export async function peerCertificates({ host, port }: Peer, signal: AbortSignal): Promise<Uint8Array[]> {
  return await new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false, // what it shows is the question, whoever vouches for it
      minVersion: 'TLSv1.2',
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const fail = (why: string): void => {
      socket.destroy();
      const at = `${hostInUrl(host)}:${port}`;
      const words = `Cannot get the certificates of '${printable(at)}': ${why}, want a TLS server`;
      reject(new HintedError('unreachable', words, 'check the name, the port and the network'));
    };
    const timer = setTimeout(() => fail('it does not answer'), PEER_LIMITS.handshakeMs);
    signal.addEventListener('abort', () => fail('it was stopped'), { once: true });
    socket.once('error', (error) => fail(reasonOf(error, 'it speaks no TLS 1.2 or later')));
    socket.once('close', () => clearTimeout(timer));
    socket.once('secureConnect', () => {
      const chain = chainOf(socket.getPeerCertificate(true));
      socket.destroy();
      if (chain.length > 0) resolve(chain);
      else fail('it shows none');
    });
  });
}

function chainOf(leaf: PeerCertificate & { readonly issuerCertificate?: PeerCertificate }): Uint8Array[] {
  const found: Uint8Array[] = [];
  const seen = new Set<string>();
  let at: typeof leaf | undefined = leaf;
  while (at?.raw !== undefined && !seen.has(at.fingerprint256) && found.length < PEER_LIMITS.certificates) {
    seen.add(at.fingerprint256);
    found.push(new Uint8Array(at.raw));
    at = at.issuerCertificate;
  }
  return found;
}
