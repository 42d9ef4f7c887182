// The sockets of a channel: opened to the pinned hub only, kept alive, and the keys document by which they are
// judged, replaced by verified newer ones. Knows nothing of requests.
import type { X509Certificate } from 'node:crypto';
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { HubCheck } from '../../protocol/certificates.ts';
import { checkHubCertificate } from '../../protocol/certificates.ts';
import type { TrustedKeys } from '../../protocol/keys-document.ts';
import { KEYS_LIMITS } from '../../protocol/keys-document.ts';
import type { World } from '../../protocol/world.ts';
import { unixSeconds } from '../../protocol/world.ts';
import type { ChannelLimits } from './config.ts';
import type { HubAddress } from './dial.ts';
import { dial } from './dial.ts';
import type { MachineIdentity } from './identity.ts';
import { fetchKeys, requireGoodHub } from './keys.ts';
import type { Recorder } from './recorder.ts';

export interface PoolOptions {
  readonly address: HubAddress;
  readonly keys: TrustedKeys;
  readonly identity: MachineIdentity | null;
  readonly world: World;
  readonly limits: ChannelLimits;
  readonly recorder: Recorder;
  readonly onKeys?: ((keys: TrustedKeys) => void) | undefined;
}

/** An agent for `node:http` whose sockets come checked, or not at all. */
export class HubPool extends Agent {
  readonly #options: PoolOptions;
  readonly #closing = new AbortController();
  #identity: MachineIdentity | null;
  #keys: TrustedKeys;
  /** Monotonic time before which a mere announcement is not followed again. */
  #quietUntil = 0;
  #refreshing: Promise<boolean> | null = null;

  constructor(options: PoolOptions) {
    super({ keepAlive: true, maxSockets: options.limits.maxSockets, timeout: options.limits.idleMs });
    this.#options = options;
    this.#identity = options.identity;
    this.#keys = options.keys;
  }

  get keys(): TrustedKeys {
    return this.#keys;
  }

  useIdentity(identity: MachineIdentity): void {
    this.#identity = identity;
    this.#dropIdle();
  }

  /** Fetches a document that the hub says it has. A failure costs nothing: the keys at hand still count. */
  async follow(announced: number): Promise<void> {
    const { world, limits } = this.#options;
    if (announced <= this.#keys.document.number || world.clock.monotonic() < this.#quietUntil) return;
    this.#quietUntil = world.clock.monotonic() + limits.refreshMs;
    await this.#refresh().catch(() => false);
  }

  /** Cuts all connections, those that are being opened as well. */
  close(): void {
    this.#closing.abort();
    this.destroy();
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#open().then(
      (socket) => callback?.(null, socket),
      (error: Error) => (callback as (error: Error) => void)(error),
    );
  }

  /** A socket to the pinned hub; fetches the keys document where a newer one may explain what is seen. */
  async #open(): Promise<TLSSocket> {
    const { address, world, limits } = this.#options;
    if (unixSeconds(world.clock) > this.#keys.document.expires + KEYS_LIMITS.skew) await this.#refresh();
    const judgedBy = this.#keys;
    let seen: HubCheck['kind'] | null = null;
    const check = (leaf: X509Certificate): void => {
      const result = checkHubCertificate(leaf, this.#keys, world.clock.now());
      seen = result.kind;
      requireGoodHub(result, this.#keys.root, address);
    };
    const target = { address, identity: this.#identity, check, limits, signal: this.#closing.signal };
    try {
      return await dial(target);
    } catch (error) {
      if (seen !== 'unknown-authority') throw error;
      const newer = this.#keys !== judgedBy || (await this.#refresh());
      if (!newer) throw error;
      return await dial(target);
    }
  }

  /** One fetch at a time; true where a newer document came. Idle connections that stand on the older are dropped. */
  #refresh(): Promise<boolean> {
    this.#refreshing ??= this.#fetchKeys().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #fetchKeys(): Promise<boolean> {
    const { address, world, limits, recorder, onKeys } = this.#options;
    const { root, document } = this.#keys;
    const signal = this.#closing.signal;
    const held = document.number;
    const reason = 'lists';
    const keys = await fetchKeys({ address, root, held, world, limits, recorder, reason, signal });
    if (keys.document.number === document.number) return false;
    onKeys?.(keys);
    this.#keys = keys;
    this.#dropIdle();
    return true;
  }

  #dropIdle(): void {
    for (const sockets of Object.values(this.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }
}
