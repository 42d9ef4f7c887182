// What the owner of this machine decided by hand: allow or deny, by object key. Wins over everything and is
// shown as such. Asks nobody and sends nothing; an allow never spreads to other objects.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorWords, TocsinError } from '../protocol/errors.ts';
import { toHex } from '../protocol/hex.ts';
import type { KeyKind, ObjectKey } from '../protocol/kinds.ts';
import { KEY_KINDS, keyKindOfCode } from '../protocol/kinds.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import type { World } from '../protocol/world.ts';
import type { Answer } from './answer.ts';
import { answerOf } from './answer.ts';
import type { Home } from './home.ts';
import { makeHome } from './home.ts';

export const OVERRIDE_LIMITS = { maxRows: 100_000, maxText: 1_024, maxNote: 1_024, busyMs: 5_000 } as const;

/** "TCSN" as SQLite's application id: the magic of the file; `user_version` is the version of its format. */
const APPLICATION_ID = 0x5443534e;
const FORMAT_VERSION = 1;

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

/**
 * The overrides of one state directory. `answer` is from memory, as read at `open` or the last `refresh`;
 * `set` and `clear` are durable on return.
 */
export class Overrides {
  readonly #home: Home | null;
  readonly #world: World | null;
  #database: DatabaseSync | null = null;
  #seenVersion = -1;
  #rows: readonly Override[] = [];
  #answers = new Map<KeyKind, Map<string, Answer>>();
  #revision = '';

  private constructor(home: Home | null, world: World | null) {
    this.#home = home;
    this.#world = world;
  }

  /**
   * Opens the overrides; where none were ever set, nothing is made on disk. Throws `corrupt` for a damaged
   * file and `format` for one of a later version.
   */
  static open(home: Home, world: World): Overrides {
    const overrides = new Overrides(home, world);
    if (existsSync(home.state)) overrides.#open();
    overrides.#load();
    return overrides;
  }

  /** No overrides, and none can be set: for a machine whose file is damaged. */
  static none(): Overrides {
    return new Overrides(null, null).#load();
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
    const at = Math.floor(this.#world?.clock.now() ?? 0);
    this.#write((database) =>
      database
        .prepare(
          'INSERT OR REPLACE INTO override (kind, key, action, object, note, at) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(KEY_KINDS[key.kind].code, key.bytes, action, object, note, at),
    );
    return { key, action, object, note, at };
  }

  /** Removes the override of a key; false where there was none. Durable on return. */
  clear(key: ObjectKey): boolean {
    if (this.answer(key) === null) return false;
    return this.#write((database) => {
      const done = database.prepare('DELETE FROM override WHERE kind = ? AND key = ?');
      return Number(done.run(KEY_KINDS[key.kind].code, key.bytes).changes) > 0;
    });
  }

  /** Reads again what another process may have set; true where something changed. */
  refresh(): boolean {
    if (this.#database === null) {
      if (this.#home === null || !existsSync(this.#home.state)) return false;
      this.#open();
    } else if (dataVersion(this.#database) === this.#seenVersion) return false;
    const before = this.#revision;
    return this.#load().#revision !== before;
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  #write<T>(change: (database: DatabaseSync) => T): T {
    try {
      if (this.#database === null) this.#open();
      const done = change(this.#database!);
      this.#load();
      return done;
    } catch (cause) {
      throw asOverrideError(cause, 'write');
    }
  }

  #open(): void {
    if (this.#home === null) throw damaged('the file is damaged');
    makeHome(this.#home);
    try {
      this.#database = openDatabase(this.#home.state);
    } catch (cause) {
      throw asOverrideError(cause, 'read');
    }
  }

  #load(): this {
    try {
      this.#rows = this.#database === null ? [] : readRows(this.#database);
      this.#seenVersion = this.#database === null ? -1 : dataVersion(this.#database);
    } catch (cause) {
      throw asOverrideError(cause, 'read');
    }
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

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: OVERRIDE_LIMITS.busyMs });
  try {
    const id = Number(database.prepare('PRAGMA application_id').get()?.['application_id']);
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    const isNew = id === 0 && version === 0;
    if (!isNew && id !== APPLICATION_ID) throw damaged('it is a database of another program');
    if (version > FORMAT_VERSION)
      throw new TocsinError(
        'format',
        `Cannot read the overrides: their format is version ${version}, want ${FORMAT_VERSION} at most (written by a newer tocsin)`,
      );
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    if (isNew) database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

const SCHEMA = `BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS override (
  kind INTEGER NOT NULL, key BLOB NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('allow', 'deny')),
  object TEXT NOT NULL, note TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${FORMAT_VERSION};
COMMIT;`;

/** Rows of a kind of a later version are left alone and not shown. */
function readRows(database: DatabaseSync): readonly Override[] {
  const rows: Override[] = [];
  const select = database.prepare(
    'SELECT kind, key, action, object, note, at FROM override ORDER BY object, kind LIMIT ?',
  );
  for (const row of select.iterate(OVERRIDE_LIMITS.maxRows)) {
    const kind = keyKindOfCode(Number(row['kind']));
    const bytes = row['key'];
    if (kind === undefined || !(bytes instanceof Uint8Array) || bytes.length !== KEY_KINDS[kind].bytes)
      continue;
    const note = row['note'];
    rows.push({
      key: { kind, bytes },
      action: row['action'] === 'allow' ? 'allow' : 'deny',
      object: String(row['object']),
      note: note === null || note === undefined ? null : String(note),
      at: Number(row['at']),
    });
  }
  return rows;
}

/** SQLite's own counter of changes made by other connections. */
function dataVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA data_version').get()?.['data_version']);
}

function asOverrideError(cause: unknown, action: 'read' | 'write'): TocsinError {
  if (cause instanceof TocsinError) return cause;
  const code = (cause as { errcode?: number } | null)?.errcode;
  if (code === 11 || code === 26) return damaged('the file is damaged', cause);
  return new TocsinError(
    'io',
    `Cannot ${action} the overrides: ${errorWords(cause)}, want a file that this user may write`,
    { cause },
  );
}

function damaged(state: string, cause?: unknown): TocsinError {
  return new TocsinError(
    'corrupt',
    `Cannot read the overrides (state.db in TOCSIN_HOME): ${state}, want the file that 'tocsin override' wrote`,
    { cause },
  );
}
