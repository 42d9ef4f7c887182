// The parts of one machine, put together from its state directory: what a subcommand, a test or another
// program opens to ask about objects. Opening touches no network; only `far` of the ladder and `refreshLists` do.

import type { Statement } from '../catalog/statement.ts';
import { renderStatement } from '../catalog/statement.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import type { World } from '../protocol/world.ts';
import { createFarRung } from './ask-far.ts';
import type { HubChannel } from './channel.ts';
import type { ChannelLimits } from './channel-config.ts';
import type { Home } from './home.ts';
import type { Joined } from './identity.ts';
import { loadJoined } from './identity.ts';
import type { Ladder } from './ladder.ts';
import { createLadder } from './ladder.ts';
import { ListStore } from './list-store.ts';
import type { UpdateProgress, UpdateReport } from './list-update.ts';
import { Overrides } from './overrides.ts';
import type { Participation } from './participation.ts';
import { consentOf, readParticipation } from './participation.ts';
import { sendLookupOver } from './send-lookup.ts';

export const MACHINE_LIMITS = {
  /** Lists that were checked so recently are not checked again before a scan. */
  freshListsMs: 30_000,
} as const;

/** A person waits: the hub gets less time than a service would give it. */
export const PATIENCE: Partial<ChannelLimits> = { connectMs: 5_000, answerMs: 20_000 };

export interface MachineOptions {
  readonly home: Home;
  readonly world: World;
  readonly limits?: Partial<ChannelLimits>;
}

export class Machine {
  readonly home: Home;
  readonly world: World;
  readonly statement: Statement;
  readonly joined: Joined | null;
  readonly overrides: Overrides;
  readonly lists: ListStore;
  readonly ladder: Ladder;
  readonly #limits: Partial<ChannelLimits> | undefined;
  readonly #alarms: string[] = [];
  #channel: Promise<HubChannel> | null = null;

  private constructor({ home, world, limits }: MachineOptions) {
    this.home = home;
    this.world = world;
    this.#limits = limits;
    this.statement = renderStatement();
    this.joined = this.#orAlarm(() => loadJoined(home), null);
    this.overrides = this.#orAlarm(() => Overrides.open(home, world), Overrides.none());
    this.lists = ListStore.open(home);
    this.ladder = this.#makeLadder();
  }

  /** Opens what is there. What is damaged is left out and named in `alarms`; protection by the rest goes on. */
  static open(options: MachineOptions): Machine {
    return new Machine(options);
  }

  /** What is wrong here, a sentence each, for a person to see to. */
  get alarms(): readonly string[] {
    const participation = this.participation;
    const lists = this.lists.damaged.map(({ why }) => `A list cannot be used: ${why}`);
    return [
      ...this.#alarms,
      ...lists,
      ...(participation.kind === 'alarm' ? [`${participation.why}. It counts as off`] : []),
    ];
  }

  /** As it stands on disk now. */
  get participation(): Participation {
    return readParticipation(this.home);
  }

  /** The channel to the hub, opened once. Throws `not-joined`, and as `openHub`. */
  channel(): Promise<HubChannel> {
    this.#channel ??= this.#open();
    return this.#channel;
  }

  /**
   * Fetches newer lists and takes them over. With `maxAgeMs`, lists that were checked so recently are left as
   * they are (null). Throws as `updateLists` and `channel`.
   */
  async refreshLists(
    options: {
      readonly maxAgeMs?: number;
      readonly onProgress?: (progress: UpdateProgress) => void;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<UpdateReport | null> {
    const { home, world } = this;
    const age = this.lists.held === null ? Infinity : world.clock.now() - this.lists.held.checkedAt;
    if (age >= 0 && age < (options.maxAgeMs ?? 0) && this.lists.damaged.length === 0) return null;
    const { updateLists } = await import('./list-update.ts');
    const channel = await this.channel();
    const { onProgress, signal } = options;
    const report = await updateLists({
      home,
      channel,
      world,
      ...(onProgress ? { onProgress } : {}),
      ...(signal ? { signal } : {}),
    });
    this.lists.reload();
    return report;
  }

  /** Closes files and connections. */
  async close(): Promise<void> {
    this.overrides.close();
    this.lists.close();
    await this.closeChannel();
  }

  /** Closes the connections; the next use opens new ones, under a certificate that is renewed where due. */
  async closeChannel(): Promise<void> {
    const channel = this.#channel;
    this.#channel = null;
    await channel?.then(
      (open) => open.close(),
      () => {},
    );
  }

  async #open(): Promise<HubChannel> {
    try {
      const { openHub } = await import('./enrol.ts');
      const onRenewalProblem = (words: string): void => {
        this.#alarms.push(`The certificate of this machine could not be renewed: ${words}`);
      };
      return await openHub({
        home: this.home,
        world: this.world,
        onRenewalProblem,
        ...(this.#limits ? { limits: this.#limits } : {}),
      });
    } catch (error) {
      this.#channel = null;
      throw error;
    }
  }

  #makeLadder(): Ladder {
    const { home, lists, overrides, statement, world } = this;
    const consent = () => consentOf(readParticipation(home));
    const far = createFarRung({
      send: this.joined === null ? null : sendLookupOver(() => this.channel()),
      consent,
      rules: () =>
        lists.held === null
          ? null
          : { statementSha256: statement.sha256, prefixBits: lists.held.manifest.prefixBits },
      clock: world.clock,
    });
    return createLadder({ overrides, lists, far, consent });
  }

  /** What is damaged must not take the rest of the protection with it. */
  #orAlarm<T>(open: () => T, otherwise: T): T {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error;
      this.#alarms.push(errorWords(error));
      return otherwise;
    }
  }
}
