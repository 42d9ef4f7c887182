// Opens one TLS 1.3 connection and checks who is at the other end. Until the check is passed nobody gets the
// socket, so no byte of a request can be written to a foreign hub. No HTTP here.
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import { TocsinError } from '../../protocol/errors.ts';
import type { ChannelLimits } from './config.ts';
import { CHANNEL_LIMITS } from './config.ts';
import type { MachineIdentity } from './identity.ts';

/** Where a hub is. The name in it is a way to reach it and proves nothing: the pin does. */
export interface HubAddress {
  /** `https://host:port`, canonical: what is stored and shown. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

export const DEFAULT_HUB_PORT = 8743;

/** Reads a hub's address as a person types it. Throws `input`. */
export function parseHubUrl(text: string): HubAddress {
  let url: URL;
  try {
    if (text.length > CHANNEL_LIMITS.maxUrl) throw new TypeError('too long');
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch (cause) {
    throw badUrl(text, 'it is no URL', cause);
  }
  if (url.protocol !== 'https:') throw badUrl(text, `its scheme is '${url.protocol}'`);
  if (url.username !== '' || url.password !== '') throw badUrl('https://…@…', 'it holds a user name');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw badUrl(text, 'it has a path');
  const port = url.port === '' ? portOf(text) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { url: `https://${url.hostname}:${port}`, host, port };
}

/** WHATWG drops ":443"; who wrote it wants it. */
function portOf(text: string): number {
  return /:443\/?$/.test(text) ? 443 : DEFAULT_HUB_PORT;
}

function badUrl(text: string, state: string, cause?: unknown): TocsinError {
  const shown = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 100);
  return new TocsinError(
    'input',
    `Cannot use '${shown}' as the address of a hub: ${state}, want https://HOST:PORT`,
    {
      cause,
    },
  );
}

export interface DialOptions {
  readonly address: HubAddress;
  /** Shown to the other end; null shows nothing. An active impostor sees the (random) id in it, and no more. */
  readonly identity: MachineIdentity | null;
  /** Judges the other end by its leaf; throws to refuse. Runs before anything is written. */
  readonly check: (leaf: X509Certificate) => void;
  readonly limits: ChannelLimits;
  /** Gives up, as `unreachable`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connected, checked socket. Throws `unreachable` where nobody answers in TLS 1.3 within `connectMs`, and
 * whatever `check` throws. Sessions are never resumed: a ticket would carry an older check to this one.
 */
export function dial(options: DialOptions): Promise<TLSSocket> {
  const { address, identity, check, limits, signal } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address.host,
      port: address.port,
      ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
      ...(identity === null ? {} : { key: identity.privateKey, cert: identity.certificate }),
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: false, // judged by `check`: OpenSSL knows neither the pin nor the skew
    });
    const timer = setTimeout(() => fail(unreachable(address, 'no answer in time')), limits.connectMs);
    const stop = (): void => fail(unreachable(address, 'the channel was closed'));
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error instanceof TocsinError ? error : unreachable(address, reasonOf(error), error));
    };
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop, { once: true });
    socket.on('error', fail); // also after a refusal: what is cut in the handshake may still complain
    const closed = (): void => fail(unreachable(address, 'the connection was closed'));
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      try {
        const leaf = socket.getPeerX509Certificate();
        if (leaf === undefined || socket.isSessionReused() || socket.getProtocol() !== 'TLSv1.3')
          throw new TocsinError(
            'pin',
            `Cannot trust the hub at '${address.url}': it shows no fresh certificate in TLS 1.3, want one`,
          );
        check(leaf);
      } catch (error) {
        fail(error as Error);
        return;
      }
      settle();
      socket.removeListener('close', closed).removeListener('error', fail);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

export function unreachable(address: HubAddress, state: string, cause?: unknown): TocsinError {
  return new TocsinError(
    'unreachable',
    `Cannot reach the hub at '${address.url}': ${state}, want a hub that runs and a network that leads to it`,
    { cause },
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'no answer in time',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'no way leads to its address',
  ENETUNREACH: 'no way leads to its network',
};

/** Why a connection failed, in words for a person; `noTls` where it was no TLS as it was wanted. */
export function reasonOf(error: unknown, noTls = 'it does not speak TLS 1.3 as a hub does'): string {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return 'the connection broke';
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return noTls;
  return REASONS[code] ?? `the connection failed (${code})`;
}
