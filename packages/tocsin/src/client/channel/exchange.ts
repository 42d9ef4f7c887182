// One HTTP request over a checked socket, up to the head of its answer.
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { Outgoing } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { ChannelLimits } from './config.ts';
import type { HubAddress } from './dial.ts';
import { reasonOf, unreachable } from './dial.ts';
import type { HubPool } from './pool.ts';
import type { Recorder } from './recorder.ts';

export interface ExchangeOptions {
  readonly pool: HubPool;
  readonly address: HubAddress;
  readonly limits: ChannelLimits;
  readonly recorder: Recorder;
  readonly outgoing: Outgoing;
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
    const repeatable = options.outgoing.method === 'GET';
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

/** One attempt. It stands in the journal before the connection is given a byte. */
function once({
  pool,
  address,
  limits,
  recorder,
  outgoing,
  signal,
}: ExchangeOptions): Promise<IncomingMessage> {
  const { method, path, headers, body } = outgoing;
  const entry = recorder.begin(outgoing, address.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      agent: pool,
      host: address.host,
      port: address.port,
      method,
      path,
      headers: {
        host: new URL(address.url).host,
        ...headers,
        ...(body === undefined ? {} : { 'content-length': body.length }),
      },
      maxHeaderSize: limits.maxHeaderBytes,
      ...(signal ? { signal } : {}),
    });
    let timer: NodeJS.Timeout | undefined;
    request.once('finish', () => {
      entry.written();
      timer = setTimeout(() => request.destroy(timeout()), limits.answerMs);
    });
    request.once('close', () => clearTimeout(timer));
    request.once('response', (response) => {
      clearTimeout(timer);
      entry.answered(response.statusCode ?? 0);
      resolve(response);
    });
    request.once('error', (error) => {
      entry.broken();
      reject(request.reusedSocket && isReset(error) ? new DeadSocket('', { cause: error }) : error);
    });
    request.end(body);
  });
}

function translate(error: unknown, { address, signal }: ExchangeOptions): unknown {
  if (error instanceof TocsinError) return error;
  if (signal?.aborted) return signal.reason;
  const cause = error instanceof DeadSocket ? error.cause : error;
  return unreachable(address, reasonOf(cause), cause);
}

function isReset(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function timeout(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' });
}
