// What the owner of this machine decided by hand: allow or deny, by object key. Wins over everything and is
// shown as such. Asks nobody and sends nothing; an allow never spreads to other objects.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { TocsinError } from '../../protocol/errors.ts';
import { toHex } from '../../protocol/hex.ts';
import type { KeyKind, ObjectKey } from '../../protocol/kinds.ts';
import type { ClassRecord } from '../../protocol/verdict.ts';
import type { World } from '../../protocol/world.ts';
import type { Home } from '../state/home.ts';
import { makeHome } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { lazyLocalKey } from '../state/local-key.ts';
import { damagedFile } from '../state/state-file.ts';
import type { Answer } from './answer.ts';
import { answerOf } from './answer.ts';
import { OverrideRows } from './override-rows.ts';

export const OVERRIDE_LIMITS = {
  maxRows: 100_000,
  maxText: 1_024,
  maxNote: 1_024,
  busyMs: 5_000,
  /** Overrides in clear are wiped now or at the next opening: other readers are not waited for long. */
  wipeMs: 250,
} as const;

export const OVERRIDE_ACTIONS = ['allow', 'deny'] as const;
export type OverrideAction = (typeof OVERRIDE_ACTIONS)[number];

export interface Override {
  readonly key: ObjectKey;
  readonly action: OverrideAction;
  /** The object as a person writes it: `sha256:…`, `host:example.org`. */
  readonly object: string;
  readonly note: string | null;
  /** When it was set, milliseconds since 1970. */
  readonly at: number;
}

const HERE = { category: null, name: null, source: 'this machine', lifetime: 0 } as const;
const RECORDS: Readonly<Record<OverrideAction, ClassRecord>> = {
  allow: { ...HERE, level: 'trusted', reason: 'allowed here by its owner' },
  deny: { ...HERE, level: 'malicious', reason: 'denied here by its owner' },
};

interface Place {
  readonly home: Home;
  readonly world: World;
  readonly localKey: LocalKeySource;
}

/**
 * The overrides of one state directory. `answer` is from memory, as read at `open` or the last `refresh`;
 * `set` and `clear` are durable on return.
 */
export class Overrides {
  readonly #place: Place | null;
  #file: OverrideRows | null = null;
  #seenVersion = -1;
  #rows: readonly Override[] = [];
  #answers = new Map<KeyKind, Map<string, Answer>>();
  #revision = '';

  private constructor(place: Place | null) {
    this.#place = place;
  }

  /**
   * Opens the overrides; where none were ever set, nothing is made on disk. Throws `corrupt` for a damaged
   * file, `format` for one of a later version, and as `openLocalKey` where the key cannot be opened.
   */
  static open(home: Home, world: World, localKey: LocalKeySource = lazyLocalKey(home, world)): Overrides {
    const overrides = new Overrides({ home, world, localKey });
    if (existsSync(home.state)) overrides.#open({ home, world, localKey });
    return overrides.#load();
  }

  /** No overrides, and none can be set: for a machine whose file is damaged. */
  static none(): Overrides {
    return new Overrides(null).#load();
  }

  /** Changes whenever an answer could; equal content gives an equal text on every machine. */
  get revision(): string {
    return this.#revision;
  }

  /** Sorted by text form. */
  list(): readonly Override[] {
    return this.#rows;
  }

  /** `trusted` for allow, `malicious` for deny, null where the owner said nothing. */
  answer(key: ObjectKey): Answer | null {
    const answers = this.#answers.get(key.kind);
    return answers === undefined ? null : (answers.get(toHex(key.bytes)) ?? null);
  }

  /** True where an override by this kind of key exists. */
  has(kind: KeyKind): boolean {
    return this.#answers.has(kind);
  }

  /** Sets or replaces. Durable on return. Throws `limit` beyond `OVERRIDE_LIMITS`. */
  set(action: OverrideAction, key: ObjectKey, object: string, note: string | null): Override {
    if (object.length > OVERRIDE_LIMITS.maxText || (note?.length ?? 0) > OVERRIDE_LIMITS.maxNote)
      throw new TocsinError(
        'limit',
        `Cannot set an override: its text or note is too long, want ${OVERRIDE_LIMITS.maxNote} characters at most`,
      );
    if (this.#rows.length >= OVERRIDE_LIMITS.maxRows)
      throw new TocsinError(
        'limit',
        `Cannot set an override: ${this.#rows.length} are set, want ${OVERRIDE_LIMITS.maxRows} at most`,
      );
    const at = Math.floor(this.#place?.world.clock.now() ?? 0);
    const override = { key, action, object, note, at };
    this.#write((file) => file.put(override));
    return override;
  }

  /** Removes the override of a key; false where there was none. Durable on return. */
  clear(key: ObjectKey): boolean {
    if (this.answer(key) === null) return false;
    return this.#write((file) => file.drop(key));
  }

  /** Reads again what another process may have set; true where something changed. */
  refresh(): boolean {
    if (this.#file === null) {
      if (this.#place === null || !existsSync(this.#place.home.state)) return false;
      this.#open(this.#place);
    } else if (this.#file.dataVersion === this.#seenVersion) return false;
    const before = this.#revision;
    return this.#load().#revision !== before;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #write<T>(change: (file: OverrideRows) => T): T {
    if (this.#place === null) throw damagedFile('the overrides', 'set', 'the file is damaged');
    const { home, world, localKey } = this.#place;
    makeHome(home);
    const file = OverrideRows.openToWrite(home.state, world, localKey);
    try {
      return change(file);
    } finally {
      file.close();
      this.refresh();
    }
  }

  #open({ home, world, localKey }: Place): void {
    makeHome(home);
    this.#file = OverrideRows.open(home.state, world, localKey);
  }

  #load(): this {
    this.#seenVersion = this.#file?.dataVersion ?? -1; // before reading: what comes in between is read again
    this.#rows = this.#file?.read() ?? [];
    const hash = createHash('sha256');
    this.#answers = new Map();
    for (const { key, action } of this.#rows) {
      const hex = toHex(key.bytes);
      hash.update(`${action} ${key.kind} ${hex}\n`);
      const answers = this.#answers.get(key.kind) ?? new Map<string, Answer>();
      answers.set(hex, answerOf(key.kind, RECORDS[action], 'override'));
      this.#answers.set(key.kind, answers);
    }
    this.#revision = this.#rows.length === 0 ? '0' : hash.digest('hex').slice(0, 12);
    return this;
  }
}
