// Self-defence of the settings that say what is sent and to whom: looked at when it starts, whenever their directory
// changes, and every ten minutes. What it finds is noted by consent/source.ts (participation is off from then on);
// here it is told. It protects nothing against somebody who can read the key of this machine: docs/self-defence.md.
import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { basename } from 'node:path';
import type { ConsentPlaces } from '../consent/places.ts';
import { placesOf } from '../consent/places.ts';
import type { AlarmState, ConsentState } from '../consent/state.ts';
import type { Home } from '../state/home.ts';

export const SELF_DEFENCE_LIMITS = {
  everyMs: 600_000,
  /** Several changes in one go are one look. */
  gatherMs: 20,
} as const;

/** Waiting comes in by hand, for tests; timers that keep no process alive. */
export interface Timers {
  every(ms: number, run: () => void): () => void;
  after(ms: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface SelfDefenceOptions {
  readonly home: Home;
  /** Reads the settings from the disk and notes what is wrong (ConsentSource). */
  readonly source: { recheck(): ConsentState };
  /** Something is wrong that was not when it was looked before. Called once for each such finding. */
  readonly onAlarm: (alarm: AlarmState) => void;
  /** Something is right again, or was chosen anew. */
  readonly onChange?: (state: ConsentState) => void;
  /** The directory cannot be watched: it is looked at every ten minutes only. `why` is a clause. */
  readonly onBlind?: (why: string) => void;
  readonly timers?: Timers;
}

export class SelfDefence {
  readonly #options: SelfDefenceOptions;
  readonly #timers: Timers;
  readonly #names: ReadonlySet<string>;
  readonly #stopTimer: () => void;
  #watcher: FSWatcher | null = null;
  #stopGathering: (() => void) | null = null;
  #state: ConsentState | null = null;
  #told: AlarmState | null = null;

  private constructor(options: SelfDefenceOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#names = watched(placesOf(options.home));
    this.#watch();
    this.#stopTimer = this.#timers.every(SELF_DEFENCE_LIMITS.everyMs, () => this.check());
    this.check();
  }

  /** Looks at once; then for as long as it is not closed. Switched off, it tells of no alarm. */
  static start(options: SelfDefenceOptions): SelfDefence {
    return new SelfDefence(options);
  }

  /** Looks now. */
  check(): ConsentState {
    const state = this.#options.source.recheck();
    const before = this.#state;
    this.#state = state;
    const found = state.kind === 'alarm' && state.selfDefence ? state.alarm : null;
    if (found !== null && !isSame(found, this.#told)) this.#options.onAlarm(found);
    else if (before !== null && found === null && before.consent.sequence !== state.consent.sequence)
      this.#options.onChange?.(state);
    this.#told = found;
    return state;
  }

  close(): void {
    this.#stopTimer();
    this.#stopGathering?.();
    this.#watcher?.close();
    this.#watcher = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #watch(): void {
    try {
      this.#watcher = watch(this.#options.home.directory, { persistent: false }, (_event, name) => {
        if (name === null || this.#names.has(name)) this.#gather();
      });
      this.#watcher.on('error', (error) => this.#blind(error));
    } catch (error) {
      this.#blind(error);
    }
  }

  #blind(error: unknown): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#options.onBlind?.((error as NodeJS.ErrnoException).code ?? 'it cannot be watched');
  }

  #gather(): void {
    if (this.#stopGathering !== null) return;
    this.#stopGathering = this.#timers.after(SELF_DEFENCE_LIMITS.gatherMs, () => {
      this.#stopGathering = null;
      this.check();
    });
  }
}

/** One finding, also where it was noted only at the second look. */
function isSame(found: AlarmState, told: AlarmState | null): boolean {
  if (told === null || found.code !== told.code) return false;
  return found.at === told.at || told.at === null;
}

/** Replaced files show by their own names, temporary ones by names that are not asked for. */
function watched({ settings, guard, log, policy, terms }: ConsentPlaces): ReadonlySet<string> {
  return new Set([settings, guard, log, policy, terms].map((path) => basename(path)));
}
