// The keys document as a channel holds it: pinned to one root, replaced only by a verified newer one. Fetching
// one sends a constant request without a certificate, and only to a server that names the pinned root.
import type { X509Certificate } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HubCheck } from '../../protocol/certificates.ts';
import { hubOfCertificate } from '../../protocol/certificates.ts';
import type { RootKey } from '../../protocol/ed25519.ts';
import { never, TocsinError } from '../../protocol/errors.ts';
import type { TrustedKeys } from '../../protocol/keys-document.ts';
import { requireKeysDocument } from '../../protocol/keys-document.ts';
import { errorOfAnswer } from '../../protocol/problem.ts';
import type { World } from '../../protocol/world.ts';
import { collect } from './body.ts';
import type { ChannelLimits } from './config.ts';
import { connectionRequest } from './connection.ts';
import type { HubAddress } from './dial.ts';
import { dial, reasonOf, unreachable } from './dial.ts';
import type { RecordedRequest, Recorder } from './recorder.ts';

/** Turns every refusal of a hub's certificate into words. Throws `pin`, or `certificate` where dates are wrong. */
export function requireGoodHub(check: HubCheck, root: RootKey, address: HubAddress): void {
  switch (check.kind) {
    case 'good':
      return;
    case 'other-hub':
      throw otherHub(address, check.hub, root.id);
    case 'unknown-authority':
      throw refuse(
        address,
        `no authority that root ${root.id} vouches for issued its certificate`,
        "the hub that was joined, or a new token and 'tocsin rejoin'",
      );
    case 'wrong-use':
      throw refuse(address, 'it shows a certificate that is not for a hub', 'the certificate of the hub');
    case 'dates':
      throw new TocsinError(
        'certificate',
        `Cannot trust the hub at '${address.url}': its certificate counts from ${check.from.toISOString()} to ` +
          `${check.to.toISOString()}, want a right clock here and at the hub`,
      );
    default:
      never(check);
  }
}

function otherHub(address: HubAddress, found: string | null, want: string): TocsinError {
  const state = found === null ? 'it shows no certificate of a hub' : `it is hub ${found}`;
  return refuse(address, state, `hub ${want}, or a new token and 'tocsin rejoin'`);
}

function refuse(address: HubAddress, state: string, want: string): TocsinError {
  return new TocsinError('pin', `Cannot trust the hub at '${address.url}': ${state}, want ${want}`);
}

export interface FetchKeysOptions {
  readonly address: HubAddress;
  readonly root: RootKey;
  /** Highest number accepted before; 0 for none. The same number is accepted again. */
  readonly held: number;
  readonly world: World;
  readonly limits: ChannelLimits;
  readonly recorder: Recorder;
  /** Why it is fetched: a reason of the message `connection`. */
  readonly reason: 'join' | 'lists';
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches and verifies the hub's keys document (spec/keys.md section 5). Throws `pin` where the server names
 * another root (not a byte is sent then), where the signature, number or dates do not hold; `unreachable`.
 */
export async function fetchKeys(options: FetchKeysOptions): Promise<TrustedKeys> {
  const { address, root, held, world, limits, recorder, reason, signal } = options;
  const outgoing = connectionRequest({ reason, method: 'GET', path: '/v1/keys' });
  const check = (leaf: X509Certificate): void => {
    const hub = hubOfCertificate(leaf);
    if (hub !== root.id) throw otherHub(address, hub, root.id);
  };
  const socket = await dial({ address, identity: null, check, limits, signal });
  try {
    const entry = recorder.begin(outgoing, address.url);
    const text = await getKeys(socket, address, limits, entry);
    return requireKeysDocument({ text, root, held, clock: world.clock });
  } finally {
    socket.destroy();
  }
}

/** The constant request: no cookie, no agent name, no certificate. */
function getKeys(
  socket: TLSSocket,
  address: HubAddress,
  limits: ChannelLimits,
  entry: RecordedRequest,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => socket,
      method: 'GET',
      path: '/v1/keys',
      headers: { host: `${new URL(address.url).host}`, connection: 'close' },
      maxHeaderSize: limits.maxHeaderBytes,
    });
    const timer = setTimeout(() => request.destroy(new Error('no answer in time')), limits.answerMs);
    request.once('finish', () => entry.written());
    request.once('error', (error) => {
      entry.broken();
      reject(unreachable(address, reasonOf(error), error));
    });
    request.once('close', () => clearTimeout(timer));
    request.once('response', (response) => {
      entry.answered(response.statusCode ?? 0);
      collect(response, limits.maxRefusal, limits.silenceMs).then((body) => {
        const status = response.statusCode ?? 0;
        if (status !== 200) reject(errorOfAnswer(status, body));
        else resolve(body.toString('utf8'));
      }, reject);
    });
    request.end();
  });
}
