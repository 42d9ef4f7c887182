// The journal of this machine as the channel's recorder. It is also the last gate: what was let out under a consent
// that is not the newest any more does not leave, however late the choice changed.
import type { Consent } from '../../catalog/consent.ts';
import { NO_CONSENT } from '../../catalog/consent.ts';
import type { Outgoing } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { World } from '../../protocol/world.ts';
import type { RecordedRequest, Recorder } from '../channel/recorder.ts';
import type { Home } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { lazyLocalKey } from '../state/local-key.ts';
import { Journal } from './journal.ts';

export interface HomeRecorderOptions {
  readonly home: Home;
  readonly world: World;
  readonly localKey?: LocalKeySource;
  /** The choice in force, read anew; none by default, as before a machine has joined. */
  readonly consent?: () => Pick<Consent, 'level' | 'sequence'>;
}

export class HomeRecorder implements Recorder {
  readonly #home: Home;
  readonly #world: World;
  readonly #localKey: LocalKeySource;
  readonly #consent: () => Pick<Consent, 'level' | 'sequence'>;
  #journal: Journal | null = null;

  /** Opens the journal with the first request. */
  constructor({ home, world, localKey, consent }: HomeRecorderOptions) {
    this.#home = home;
    this.#world = world;
    this.#localKey = localKey ?? lazyLocalKey(home, world);
    this.#consent = consent ?? (() => NO_CONSENT);
  }

  /** As `Recorder`; throws `conflict` where the choice changed since the gate let the request out. */
  begin(outgoing: Outgoing, receiver: string): RecordedRequest {
    const { level, sequence } = this.#consent();
    if (outgoing.consent !== null && (level === 'off' || outgoing.consent !== sequence))
      throw new TocsinError(
        'conflict',
        'Cannot send: the choice about participation changed meanwhile, want it judged again',
      );
    this.#journal ??= Journal.open(this.#home, this.#world, this.#localKey().key);
    return this.#journal.begin(outgoing, receiver, sequence);
  }

  close(): void {
    this.#journal?.close();
    this.#journal = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
