// One HTTP request over a checked socket, up to the head of its answer.
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpRequest } from 'node:http';
import { TocsinError } from '../protocol/errors.ts';
import type { ChannelLimits } from './channel-config.ts';
import type { HubAddress } from './channel-dial.ts';
import { reasonOf, unreachable } from './channel-dial.ts';
import type { HubPool } from './channel-pool.ts';

export interface ExchangeOptions {
  readonly pool: HubPool;
  readonly address: HubAddress;
  readonly limits: ChannelLimits;
  readonly method: string;
  readonly path: string;
  /** Bytes as they are, nothing where undefined, else JSON. */
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The head of the answer; its body is the caller's to read. A GET on a kept connection that turns out to be dead
 * is tried once anew. Throws `unreachable`, the pool's refusals, or the reason of an aborted `signal`.
 */
export async function exchange(options: ExchangeOptions): Promise<IncomingMessage> {
  try {
    return await once(options);
  } catch (error) {
    const repeatable = options.method === 'GET' || options.method === 'HEAD';
    if (!(repeatable && error instanceof DeadSocket)) throw translate(error, options);
  }
  try {
    return await once(options);
  } catch (error) {
    throw translate(error, options);
  }
}

/** A connection from the pool broke before anything came back: the hub had closed it while it was idle. */
class DeadSocket extends Error {}

function once({
  pool,
  address,
  limits,
  method,
  path,
  body,
  headers,
  signal,
}: ExchangeOptions): Promise<IncomingMessage> {
  const encoded = encodeBody(body);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      agent: pool,
      host: address.host,
      port: address.port,
      method,
      path,
      headers: { host: new URL(address.url).host, ...encoded.headers, ...headers },
      maxHeaderSize: limits.maxHeaderBytes,
      ...(signal ? { signal } : {}),
    });
    let timer: NodeJS.Timeout | undefined;
    request.once('finish', () => {
      timer = setTimeout(() => request.destroy(timeout()), limits.answerMs);
    });
    request.once('close', () => clearTimeout(timer));
    request.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.once('error', (error) => {
      reject(request.reusedSocket && isReset(error) ? new DeadSocket('', { cause: error }) : error);
    });
    request.end(encoded.bytes);
  });
}

function translate(error: unknown, { address, signal }: ExchangeOptions): unknown {
  if (error instanceof TocsinError) return error;
  if (signal?.aborted) return signal.reason;
  const cause = error instanceof DeadSocket ? error.cause : error;
  return unreachable(address, reasonOf(cause), cause);
}

function encodeBody(body: unknown): {
  readonly bytes: Uint8Array | undefined;
  readonly headers: OutgoingHttpHeaders;
} {
  if (body === undefined) return { bytes: undefined, headers: {} };
  const raw = body instanceof Uint8Array;
  const bytes = raw ? body : Buffer.from(JSON.stringify(body));
  const type = raw ? 'application/octet-stream' : 'application/json';
  return { bytes, headers: { 'content-type': type, 'content-length': bytes.length } };
}

function isReset(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function timeout(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}
