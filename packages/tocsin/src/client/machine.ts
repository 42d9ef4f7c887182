// The parts of one machine, put together from its state directory: what a subcommand, a test or another
// program opens to ask about objects. Opening touches no network; only `far` of the ladder and `refreshLists` do.
import { existsSync } from 'node:fs';
import type { Consent } from '../catalog/consent.ts';
import type { LookupReason } from '../catalog/messages/lookup.ts';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import type { ObjectKey } from '../protocol/kinds.ts';
import { allowedPrefixBits } from '../protocol/lookup.ts';
import type { GroupSecret } from '../protocol/wifi.ts';
import { secretsInForce } from '../protocol/wifi.ts';
import type { World } from '../protocol/world.ts';
import type { HubChannel } from './channel/channel.ts';
import type { ChannelLimits } from './channel/config.ts';
import { hubCallOver } from './channel/hub-call.ts';
import type { Joined } from './channel/identity.ts';
import { loadJoined } from './channel/identity.ts';
import { ConsentCheck } from './consent/check.ts';
import type { HomeConsents } from './consent/home.ts';
import { openConsents } from './consent/home.ts';
import type { ConsentSource, Refreshed } from './consent/source.ts';
import type { ConsentState } from './consent/state.ts';
import { HomeRecorder } from './journal/home-recorder.ts';
import { unsignedWords } from './lists/proof.ts';
import { ListStore } from './lists/store.ts';
import type { UpdateProgress, UpdateReport } from './lists/update.ts';
import type { SendLookup } from './lookup/ask-far.ts';
import { createFarRung } from './lookup/ask-far.ts';
import type { GroupSecretParts } from './lookup/group-secret.ts';
import type { HistoryAnswer } from './lookup/history.ts';
import type { ExplainingLadder } from './lookup/ladder.ts';
import { createLadder } from './lookup/ladder.ts';
import { Overrides } from './lookup/overrides.ts';
import { sendLookupOver } from './lookup/send-lookup.ts';
import { MachineOutbox } from './outbox/machine-outbox.ts';
import { alarmWords } from './self-defence/alarm-words.ts';
import type { Home } from './state/home.ts';
import type { LocalKeySource } from './state/local-key.ts';
import { lazyLocalKey } from './state/local-key.ts';

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
  /** Why look-ups leave, for the journal; without it a machine met what it asks about. */
  readonly asks?: LookupReason;
}

export class Machine {
  readonly home: Home;
  readonly world: World;
  /** What was agreed to, asked before each thing that could leave. */
  readonly consents: ConsentSource;
  readonly joined: Joined | null;
  readonly localKey: LocalKeySource;
  readonly overrides: Overrides;
  readonly lists: ListStore;
  readonly ladder: ExplainingLadder;
  /** What waits for the hub, and its way there. */
  readonly outbox: MachineOutbox;
  readonly #check: ConsentCheck;
  readonly #consents: HomeConsents;
  readonly #recorder: HomeRecorder;
  readonly #limits: Partial<ChannelLimits> | undefined;
  readonly #alarms: string[] = [];
  #channel: Promise<HubChannel> | null = null;

  private constructor({ home, world, limits, asks = 'unknown' }: MachineOptions) {
    this.home = home;
    this.world = world;
    this.#limits = limits;
    const localKey = lazyLocalKey(home, world);
    this.localKey = localKey;
    const channel = () => this.channel();
    this.outbox = new MachineOutbox({
      home,
      world,
      localKey,
      channel,
      consents: () => this.consents,
      check: () => this.#check,
    });
    this.#consents = openConsents({
      home,
      world,
      localKey,
      spool: { open: () => this.outbox.spool(), openAnew: () => this.outbox.spoolAnew() },
    });
    this.consents = this.#consents.source;
    this.#check = new ConsentCheck(this.consents, hubCallOver(channel), world.clock);
    const consent = (): Consent => this.consents.consent();
    this.#recorder = new HomeRecorder({ home, world, localKey, consent });
    this.joined = this.#orAlarm(() => loadJoined(home), null);
    this.overrides = this.#orAlarm(() => Overrides.open(home, world, this.localKey), Overrides.none());
    this.lists = ListStore.open(home, this.joined?.root ?? null);
    this.ladder = this.#makeLadder(asks);
  }

  /** Opens what is there. What is damaged is left out and named in `alarms`; protection by the rest goes on. */
  static open(options: MachineOptions): Machine {
    return new Machine(options);
  }

  /** What is wrong here, a sentence each, for a person to see to. */
  get alarms(): readonly string[] {
    const state = this.consents.current();
    const lists = this.lists.damaged.map(({ why }) => `A list cannot be used: ${why}`);
    const unsigned = this.#unsigned;
    return [
      ...this.#alarms,
      ...lists,
      ...(unsigned === null ? [] : [unsigned]),
      ...(state.kind === 'alarm' ? [alarmWords(state.alarm)] : []),
      ...(this.consents.trouble === null ? [] : [this.consents.trouble]),
    ];
  }

  /** True where something that decides is not read, such as a deny: what is then called good may not be. */
  get weakened(): boolean {
    const stripped = this.#unsigned !== null && this.lists.held?.proof === null;
    return this.#alarms.length > 0 || this.lists.damaged.length > 0 || stripped;
  }

  /** What is wrong with how the lists here are signed; null where nothing is. */
  get #unsigned(): string | null {
    const { held } = this.lists;
    return held && this.joined && unsignedWords(held, this.joined.keysText);
  }

  /** As it stands on disk now. */
  get participation(): ConsentState {
    return this.consents.current();
  }

  /** The channel to the hub, opened once. Throws `not-joined`, and as `openHub`. */
  channel(): Promise<HubChannel> {
    this.#channel ??= this.#open();
    return this.#channel;
  }

  /**
   * Fetches newer lists and takes them over, and where it is used here, the secret under which they name networks. With `maxAgeMs`, lists that were checked so recently are left as
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
    const isSound = this.lists.damaged.length === 0 && this.#unsigned === null;
    if (age >= 0 && age < (options.maxAgeMs ?? 0) && isSound) return null;
    const { updateLists } = await import('./lists/update.ts');
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
    if (existsSync(home.groupSecret)) {
      const { renewGroupSecrets } = await import('./lookup/group-secret.ts');
      await renewGroupSecrets(this.#groupSecretParts(), report.kind !== 'current');
    }
    return report;
  }

  /**
   * Terms, policy and the newest choices from the hub, taken over; a copy of another machine first gets a number of
   * its own. Throws as `ConsentSource.refresh` and `channel`.
   */
  async refreshConsents(): Promise<Refreshed> {
    const state = this.consents.recheck();
    if (state.kind === 'alarm' && state.alarm.code === 'cloned') {
      const { joinAsOneself } = await import('./channel/rejoin.ts');
      await this.closeChannel();
      await joinAsOneself(this.#consents.parts, this.world);
    }
    return await this.consents.refresh(hubCallOver(() => this.channel()));
  }

  /** Who said what of an object, from the hub, by its whole key: only where `extended` lets it out. Never rejects. */
  async history(key: ObjectKey): Promise<HistoryAnswer> {
    const { askHistory } = await import('./lookup/history.ts');
    const prepare = () => this.#check.ensure();
    const consent = () => this.consents.consent();
    return await askHistory(key, { send: this.#send(), prepare, consent, clock: this.world.clock });
  }

  /** The secrets under which this hub's group may name Wi-Fi networks, the newest first. Throws as `groupSecrets`. */
  async groupSecrets(): Promise<readonly GroupSecret[]> {
    const { groupSecrets } = await import('./lookup/group-secret.ts');
    return secretsInForce(await groupSecrets(this.#groupSecretParts()), this.world.clock.now() / 1000);
  }

  #groupSecretParts(): GroupSecretParts {
    const hub = this.joined?.root.id ?? null;
    const channel = () => this.channel();
    return { home: this.home, world: this.world, localKey: this.localKey, hub, channel };
  }

  /** Closes files and connections. */
  async close(): Promise<void> {
    this.overrides.close();
    this.lists.close();
    await this.closeChannel();
    this.#recorder.close();
    this.#consents.close();
    this.outbox.close();
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
      const { openHub } = await import('./channel/open-hub.ts');
      const onRenewalProblem = (words: string): void => {
        this.#alarms.push(`The certificate of this machine could not be renewed: ${words}`);
      };
      return await openHub({
        home: this.home,
        world: this.world,
        onRenewalProblem,
        recorder: this.#recorder,
        ...(this.#limits ? { limits: this.#limits } : {}),
      });
    } catch (error) {
      this.#channel = null;
      throw error;
    }
  }

  #makeLadder(reason: LookupReason): ExplainingLadder {
    const { lists, overrides, world } = this;
    const consent = () => this.consents.consent();
    const far = createFarRung({
      send: this.#send(),
      prepare: () => this.#check.ensure(),
      consent,
      reason,
      rules: () => {
        const manifest = lists.held?.manifest ?? null;
        return manifest && { ...manifest, prefixBits: allowedPrefixBits(manifest) };
      },
      clock: world.clock,
    });
    return createLadder({ overrides, lists, far, consent });
  }

  #send(): SendLookup | null {
    return this.joined === null ? null : sendLookupOver(() => this.channel());
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
