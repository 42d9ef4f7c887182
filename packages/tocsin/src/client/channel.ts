// The channel to the hub: HTTP/1.1 over TLS 1.3, mutual, kept alive.
//
//   request ─► socket of the pool ─► else dial ─► leaf checked against the pinned keys ─► bytes are written
//                                                   │ issued by an authority not known yet
//                                                   └► fetch the keys document, verify by the pinned root, dial once more
//
// connectHub(options): HubChannel                      no I/O until the first request
// HubChannel.request(method, path, body?, options?)     any status is an answer; see `expectOk`
// HubChannel.download(path, to: Writable, options?)
// HubChannel.events(onEvent, signal, path?)
// HubChannel.close()
// `openHub({home, world})` in enrol.ts makes one from the stored state, and renews the certificate when due.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TrustedKeys } from '../protocol/keys-document.ts';
import { errorOfAnswer } from '../protocol/problem.ts';
import type { World } from '../protocol/world.ts';
import { ByteCounter, collect, quietly } from './channel-body.ts';
import type { ChannelLimits } from './channel-config.ts';
import { CHANNEL_LIMITS } from './channel-config.ts';
import type { HubAddress } from './channel-dial.ts';
import { parseHubUrl } from './channel-dial.ts';
import type { HubEvent } from './channel-events.ts';
import { EventParser } from './channel-events.ts';
import { exchange } from './channel-exchange.ts';
import { HubPool } from './channel-pool.ts';
import type { MachineIdentity } from './identity.ts';

export interface ConnectOptions {
  readonly url: string;
  /** The pinned root and what it last signed. */
  readonly keys: TrustedKeys;
  /** Who this machine is; null to show no certificate (enrolment, public routes). */
  readonly identity: MachineIdentity | null;
  readonly world: World;
  /** A newer document was verified: to be kept, durably, before this returns. */
  readonly onKeys?: (keys: TrustedKeys) => void;
  readonly onClose?: () => void;
  readonly limits?: Partial<ChannelLimits>;
}

export interface HubAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RequestOptions {
  readonly headers?: OutgoingHttpHeaders;
  readonly signal?: AbortSignal;
  /** Bytes that the body may have; `CHANNEL_LIMITS.maxBody` without it. */
  readonly maxBytes?: number;
}

export interface DownloadAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Bytes written to the target. */
  readonly bytes: number;
  /** For a status other than 200 and 206, of which nothing is written to the target: the body. */
  readonly body: Buffer;
}

export interface HubChannel {
  /** `https://host:port` */
  readonly url: string;
  /** The newest keys that this channel verified. */
  readonly keys: TrustedKeys;
  /**
   * Sends one request: `body` as JSON, or as it is where it is bytes (name its type in `headers`). Resolves with
   * any status. Throws `unreachable` (may be retried; the hub may have acted), `pin` or `certificate` (the
   * other end is not the hub: nothing was sent), `limit` (the answer is too long), or the reason of `signal`.
   */
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<HubAnswer>;
  /**
   * GETs a body into `to`, which is ended on success and destroyed on failure, with what came before written.
   * Throws as `request`; `limit` beyond `maxBytes`, which is required because nothing else bounds a disk.
   */
  download(
    path: string,
    to: Writable,
    options: RequestOptions & { readonly maxBytes: number },
  ): Promise<DownloadAnswer>;
  /** Follows the hub's events until the hub ends the stream or `signal` aborts; throws as `request`. */
  events(onEvent: (event: HubEvent) => void, signal: AbortSignal, path?: string): Promise<void>;
  /** Shows this certificate on connections made from now on; open ones stand as they are. */
  useIdentity(identity: MachineIdentity): void;
  /** Cuts all connections; running requests throw `unreachable`. */
  close(): void;
}

/** Throws what a refusal stands for; returns the answer otherwise. */
export function expectOk<A extends { readonly status: number; readonly body: Buffer }>(answer: A): A {
  if (answer.status >= 400) throw errorOfAnswer(answer.status, answer.body);
  return answer;
}

/** A channel to the pinned hub; does nothing until asked. Throws `input` for a URL that is none. */
export function connectHub(options: ConnectOptions): HubChannel {
  return new Channel(options);
}

class Channel implements HubChannel {
  readonly url: string;
  readonly #pool: HubPool;
  readonly #address: HubAddress;
  readonly #limits: ChannelLimits;
  readonly #onClose: (() => void) | undefined;
  /** Highest number of a keys document that the hub said it has. */
  #announced = 0;

  constructor(options: ConnectOptions) {
    const { keys, identity, world, onKeys } = options;
    this.#limits = { ...CHANNEL_LIMITS, ...options.limits };
    this.#address = parseHubUrl(options.url);
    this.url = this.#address.url;
    this.#pool = new HubPool({ address: this.#address, keys, identity, world, limits: this.#limits, onKeys });
    this.#onClose = options.onClose;
  }

  get keys(): TrustedKeys {
    return this.#pool.keys;
  }

  async request(
    method: string,
    path: string,
    body?: unknown,
    options: RequestOptions = {},
  ): Promise<HubAnswer> {
    const response = await this.#send(method, path, options, body);
    const maxBytes = options.maxBytes ?? this.#limits.maxBody;
    const bytes = await collect(response, maxBytes, this.#limits.silenceMs);
    return { status: response.statusCode ?? 0, headers: response.headers, body: bytes };
  }

  async download(
    path: string,
    to: Writable,
    options: RequestOptions & { readonly maxBytes: number },
  ): Promise<DownloadAnswer> {
    let failure: Error | null = null;
    to.once('error', (error) => {
      failure = error; // may come before anything is piped into it
    });
    const response = await this.#send('GET', path, options);
    if (failure !== null) {
      response.destroy();
      throw failure;
    }
    const { statusCode: status = 0, headers } = response;
    if (status !== 200 && status !== 206) {
      const body = await collect(response, this.#limits.maxRefusal, this.#limits.silenceMs);
      return { status, headers, bytes: 0, body };
    }
    const counter = new ByteCounter(options.maxBytes, `Cannot download '${path}'`);
    await pipeline(counter.pass(quietly(response, this.#limits.silenceMs)), to);
    return { status, headers, bytes: counter.bytes, body: Buffer.alloc(0) };
  }

  async events(onEvent: (event: HubEvent) => void, signal: AbortSignal, path = '/v1/events'): Promise<void> {
    if (signal.aborted) return;
    try {
      const headers = { accept: 'text/event-stream' };
      const response = await this.#send('GET', path, { headers, signal });
      if (response.statusCode !== 200) {
        const body = await collect(response, this.#limits.maxRefusal, this.#limits.silenceMs);
        throw errorOfAnswer(response.statusCode ?? 0, body);
      }
      const parser = new EventParser(onEvent, this.#limits.maxEventBytes);
      for await (const chunk of quietly(response, this.#limits.silenceMs)) parser.push(chunk);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  useIdentity(identity: MachineIdentity): void {
    this.#pool.useIdentity(identity);
  }

  close(): void {
    this.#onClose?.();
    this.#pool.close();
  }

  async #send(
    method: string,
    path: string,
    options: RequestOptions,
    body?: unknown,
  ): Promise<IncomingMessage> {
    await this.#pool.follow(this.#announced);
    const parts = { pool: this.#pool, address: this.#address, limits: this.#limits };
    const { headers, signal } = options;
    const response = await exchange({ ...parts, method, path, body, headers, signal });
    const announced = Number(response.headers['tocsin-keys']);
    if (Number.isSafeInteger(announced)) this.#announced = announced;
    return response;
  }
}
