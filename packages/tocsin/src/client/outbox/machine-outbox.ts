// The outbox of this machine and its way to the hub, opened when first needed: what producers put messages into, and
// what takes them there. A machine that never sent anything has no file for it.
import { createPrivateKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { World } from '../../protocol/world.ts';
import type { HubChannel } from '../channel/channel.ts';
import { loadJoined } from '../channel/identity.ts';
import type { ConsentCheck } from '../consent/check.ts';
import { receiptsOf } from '../consent/places.ts';
import type { ConsentSource } from '../consent/source.ts';
import type { Home } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import type { CollectParts } from './collect.ts';
import { keepConfirmation } from './confirmations.ts';
import { deliverOver } from './deliver.ts';
import type { DrainReport } from './sender.ts';
import { Sender } from './sender.ts';
import { Spool } from './spool.ts';

export interface MachineOutboxOptions {
  readonly home: Home;
  readonly world: World;
  readonly localKey: LocalKeySource;
  readonly consents: () => ConsentSource;
  readonly check: () => ConsentCheck;
  readonly channel: () => Promise<HubChannel>;
}

export class MachineOutbox {
  readonly #options: MachineOutboxOptions;
  #spool: Spool | null = null;

  constructor(options: MachineOutboxOptions) {
    this.#options = options;
  }

  /** The outbox, made where there is none. Throws as `Spool.open`. */
  spool(): Spool {
    const { home, world, localKey } = this.#options;
    this.#spool ??= Spool.open(home, world, localKey);
    return this.#spool;
  }

  /** In its place a new one, and what waited is gone. Throws as `Spool.openAnew`. */
  spoolAnew(): Spool {
    const { home, world, localKey } = this.#options;
    this.close();
    this.#spool = Spool.openAnew(home, world, localKey);
    return this.#spool;
  }

  /** The outbox where there is one already. */
  spoolIfThere(): Spool | null {
    return existsSync(this.#options.home.spool) ? this.spool() : null;
  }

  /** The outbox, for a request to erase all; null where nothing that has to do with this machine ever left. */
  spoolIfSent(): Spool | null {
    const { home } = this.#options;
    return this.spoolIfThere() ?? (existsSync(receiptsOf(home)) ? this.spoolAnew() : null);
  }

  /** For producers (collect.ts). */
  collecting(): CollectParts {
    const { world, consents } = this.#options;
    return { spool: this.spool(), world, consent: () => consents().consent() };
  }

  /**
   * Takes what waits to the hub; null where nothing does, or this machine has no hub. Never rejects for a hub that is
   * away: the report says why it stopped.
   */
  async deliver(signal?: AbortSignal): Promise<DrainReport | null> {
    const { home, world, consents, check, channel } = this.#options;
    const source = consents();
    const waits = existsSync(home.spool) || source.alarms.pending().length > 0;
    if (!waits && (source.consent().level === 'off' || source.toSend.pending().length === 0)) return null;
    const identity = loadJoined(home)?.identity ?? null;
    if (identity === null) return null;
    const machine = { id: identity.machineId, privateKey: createPrivateKey(identity.privateKey) };
    const sender = new Sender({
      world,
      spool: this.spool(),
      deliver: deliverOver(channel, machine),
      consent: () => source.consent(),
      records: source.toSend,
      alarms: source.alarms,
      checkConsent: () => check().ensure(),
      confirmed: (text) => void keepConfirmation(home, world.clock, text),
    });
    return sender.hasWork ? await sender.drain(signal) : null;
  }

  close(): void {
    this.#spool?.close();
    this.#spool = null;
  }
}
