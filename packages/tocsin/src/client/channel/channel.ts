// The channel to the hub: HTTP/1.1 over TLS 1.3, mutual, kept alive.
//
// It takes only what the gate made (catalog/gate.ts), and writes each attempt down before its first byte leaves.
//
//   outgoing ─► journal ─► socket of the pool ─► else dial ─► leaf checked against the pinned keys ─► bytes are written
//                                                   │ issued by an authority not known yet
//                                                   └► fetch the keys document, verify by the pinned root, dial once more
//
// connectHub(options): HubChannel                      no I/O until the first request
// HubChannel.request(outgoing, options?)                any status is an answer; see `expectOk` of problem.ts
// HubChannel.download(outgoing, to: Writable, options)
// HubChannel.events(outgoing, onEvent, signal)
// HubChannel.close()
// `openHub({home, world})` in open-hub.ts makes one from the stored state, and renews the certificate when due.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Outgoing } from '../../catalog/gate.ts';
import type { TrustedKeys } from '../../protocol/keys-document.ts';
import { errorOfAnswer } from '../../protocol/problem.ts';
import type { World } from '../../protocol/world.ts';
import { ByteCounter, collect, quietly } from './body.ts';
import type { ChannelLimits } from './config.ts';
import { CHANNEL_LIMITS } from './config.ts';
import type { HubAddress } from './dial.ts';
import { parseHubUrl } from './dial.ts';
import type { HubEvent } from './events.ts';
import { EventParser } from './events.ts';
import { exchange } from './exchange.ts';
import type { MachineIdentity } from './identity.ts';
import { HubPool } from './pool.ts';
import type { Recorder } from './recorder.ts';

export interface ConnectOptions {
  readonly url: string;
  /** The pinned root and what it last signed. */
  readonly keys: TrustedKeys;
  /** Who this machine is; null to show no certificate (enrolment, public routes). */
  readonly identity: MachineIdentity | null;
  readonly world: World;
  readonly recorder: Recorder;
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
   * Sends one request. Resolves with any status. Throws `unreachable` (may be retried; the hub may have acted),
   * `pin` or `certificate` (the other end is not the hub: nothing was sent), `limit` (the answer is too long),
   * `io` (it could not be written down first: nothing was sent), or the reason of `signal`.
   */
  request(outgoing: Outgoing, options?: RequestOptions): Promise<HubAnswer>;
  /**
   * Gets a body into `to`, which is ended on success and destroyed on failure, with what came before written.
   * Throws as `request`; `limit` beyond `maxBytes`, which is required because nothing else bounds a disk.
   */
  download(
    outgoing: Outgoing,
    to: Writable,
    options: RequestOptions & { readonly maxBytes: number },
  ): Promise<DownloadAnswer>;
  /** Follows the hub's events until the hub ends the stream or `signal` aborts; throws as `request`. */
  events(outgoing: Outgoing, onEvent: (event: HubEvent) => void, signal: AbortSignal): Promise<void>;
  /** Shows this certificate on connections made from now on; open ones stand as they are. */
  useIdentity(identity: MachineIdentity): void;
  /** Cuts all connections; running requests throw `unreachable`. */
  close(): void;
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
  readonly #recorder: Recorder;
  readonly #onClose: (() => void) | undefined;
  /** Highest number of a keys document that the hub said it has. */
  #announced = 0;

  constructor(options: ConnectOptions) {
    const { keys, identity, world, recorder, onKeys } = options;
    const limits = { ...CHANNEL_LIMITS, ...options.limits };
    this.#limits = limits;
    this.#recorder = recorder;
    this.#address = parseHubUrl(options.url);
    this.url = this.#address.url;
    const address = this.#address;
    this.#pool = new HubPool({ address, keys, identity, world, limits, recorder, onKeys });
    this.#onClose = options.onClose;
  }

  get keys(): TrustedKeys {
    return this.#pool.keys;
  }

  async request(outgoing: Outgoing, options: RequestOptions = {}): Promise<HubAnswer> {
    const response = await this.#send(outgoing, options.signal);
    const maxBytes = options.maxBytes ?? this.#limits.maxBody;
    const bytes = await collect(response, maxBytes, this.#limits.silenceMs);
    return { status: response.statusCode ?? 0, headers: response.headers, body: bytes };
  }

  async download(
    outgoing: Outgoing,
    to: Writable,
    options: RequestOptions & { readonly maxBytes: number },
  ): Promise<DownloadAnswer> {
    let failure: Error | null = null;
    to.once('error', (error) => {
      failure = error; // may come before anything is piped into it
    });
    const response = await this.#send(outgoing, options.signal);
    if (failure !== null) {
      response.destroy();
      throw failure;
    }
    const { statusCode: status = 0, headers } = response;
    if (status !== 200 && status !== 206) {
      const body = await collect(response, this.#limits.maxRefusal, this.#limits.silenceMs);
      return { status, headers, bytes: 0, body };
    }
    const counter = new ByteCounter(options.maxBytes, `Cannot download '${outgoing.path}'`);
    await pipeline(counter.pass(quietly(response, this.#limits.silenceMs)), to);
    return { status, headers, bytes: counter.bytes, body: Buffer.alloc(0) };
  }

  async events(outgoing: Outgoing, onEvent: (event: HubEvent) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      const response = await this.#send(outgoing, signal);
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

  async #send(outgoing: Outgoing, signal: AbortSignal | undefined): Promise<IncomingMessage> {
    await this.#pool.follow(this.#announced);
    const response = await exchange({
      pool: this.#pool,
      address: this.#address,
      limits: this.#limits,
      recorder: this.#recorder,
      outgoing,
      signal,
    });
    const announced = Number(response.headers['tocsin-keys']);
    if (Number.isSafeInteger(announced)) this.#announced = announced;
    return response;
  }
}
