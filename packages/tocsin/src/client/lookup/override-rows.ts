// The file of the overrides (spec/local-state.md): a sealed row each, found by an HMAC of its key, so that neither
// objects nor notes can be read without the local key. The overrides of release 0.1.0, in clear, are moved over and
// wiped. Must not know what an override does.
import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { parseHex, toHex } from '../../protocol/hex.ts';
import type { ObjectKey } from '../../protocol/kinds.ts';
import { KEY_KINDS, keyKindOfCode } from '../../protocol/kinds.ts';
import type { World } from '../../protocol/world.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { openRow, sealRow } from '../state/sealed-row.ts';
import type { StateFileRules } from '../state/state-file.ts';
import { damagedFile, openStateFile, openStateFileToRead, stateFileError } from '../state/state-file.ts';
import type { Override } from './overrides.ts';
import { OVERRIDE_LIMITS } from './overrides.ts';

/** "TCSN". */
const APPLICATION_ID = 0x5443534e;
/** 1: in clear (release 0.1.0). 2: sealed, and what stood in clear is still to be wiped. 3: wiped. */
const VERSIONS = { clear: 1, sealed: 2, wiped: 3 } as const;

const WHAT = 'the overrides (state.db in TOCSIN_HOME)';

interface Keys {
  readonly name: KeyObject;
  readonly seal: KeyObject;
}

export class OverrideRows {
  readonly #database: DatabaseSync;
  readonly #world: World;
  readonly #localKey: LocalKeySource;
  #keys: Keys | null = null;

  private constructor(database: DatabaseSync, world: World, localKey: LocalKeySource) {
    this.#database = database;
    this.#world = world;
    this.#localKey = localKey;
  }

  /**
   * Opens the file to read it, moving an older one forward; a current one is not touched, so that it is read from a
   * full or read-only disk as well. Throws as `openStateFile` and `openLocalKey`.
   */
  static open(path: string, world: World, localKey: LocalKeySource): OverrideRows {
    const database = openStateFileToRead(rulesOf(path));
    return database === null
      ? OverrideRows.openToWrite(path, world, localKey)
      : new OverrideRows(database, world, localKey);
  }

  /** Opens or makes the file to change it. Throws as `openStateFile` and `openLocalKey`. */
  static openToWrite(path: string, world: World, localKey: LocalKeySource): OverrideRows {
    let rows: OverrideRows | null = null;
    const database = openStateFile(rulesOf(path), (open, from) => {
      rows = new OverrideRows(open, world, localKey);
      return rows.#migrate(from);
    });
    rows ??= new OverrideRows(database, world, localKey);
    rows.#wipeClear();
    database.exec('PRAGMA synchronous = EXTRA'); // its side file's name goes from the directory durably as well
    return rows;
  }

  /** Changes whenever another connection changed something. */
  get dataVersion(): number {
    return Number(this.#database.prepare('PRAGMA data_version').get()?.['data_version']);
  }

  /** All of them, sorted by text form. Rows of a kind of a later version are left alone and not shown. Throws `corrupt`. */
  read(): readonly Override[] {
    return this.#attempt('read', () => {
      const select = this.#database.prepare('SELECT id, sealed FROM sealed_override LIMIT ?');
      const rows: Override[] = [];
      for (const row of select.iterate(OVERRIDE_LIMITS.maxRows)) {
        const plain = openRow(this.#key().seal, row['id'] as Uint8Array, row['sealed'] as Uint8Array);
        if (plain === null)
          throw damagedFile(WHAT, 'read', 'a row does not open under the local key of this machine');
        const override = parse(plain);
        if (override !== null) rows.push(override);
      }
      return rows.sort((a, b) => compare(a.object, b.object) || compare(a.key.kind, b.key.kind));
    });
  }

  /** Durable on return. */
  put(override: Override): void {
    this.#attempt('write', () => this.#put(override));
  }

  /** False where there was none. Durable on return. */
  drop(key: ObjectKey): boolean {
    return this.#attempt('write', () => {
      const drop = this.#database.prepare('DELETE FROM sealed_override WHERE id = ?');
      return Number(drop.run(this.#id(key)).changes) > 0;
    });
  }

  close(): void {
    this.#database.close();
  }

  #put(override: Override): void {
    const id = this.#id(override.key);
    const sealed = sealRow(this.#key().seal, id, text(override), (size) => this.#world.random(size));
    this.#database
      .prepare('INSERT OR REPLACE INTO sealed_override (id, sealed) VALUES (?, ?)')
      .run(id, sealed);
  }

  #attempt<T>(verb: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw stateFileError(WHAT, verb, cause);
    }
  }

  #id({ kind, bytes }: ObjectKey): Buffer {
    return createHmac('sha256', this.#key().name)
      .update(Uint8Array.of(KEY_KINDS[kind].code))
      .update(bytes)
      .digest();
  }

  #key(): Keys {
    if (this.#keys === null) {
      const { key } = this.#localKey();
      this.#keys = { name: key.derive('tocsin override name'), seal: key.derive('tocsin override seal') };
    }
    return this.#keys;
  }

  #migrate(from: number): number {
    if (from === VERSIONS.sealed) return from;
    this.#database.exec(
      'CREATE TABLE sealed_override (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID',
    );
    if (from === 0) return VERSIONS.wiped;
    const select = this.#database.prepare('SELECT kind, key, action, object, note, at FROM override');
    for (const row of select.iterate()) {
      const override = fromClear(row);
      if (override !== null) this.#put(override);
    }
    this.#database.exec('DROP TABLE override');
    return VERSIONS.sealed;
  }

  /**
   * After the move the old pages lie about, in the file and in its log. No copy is kept as a backup: it would hold
   * what is to vanish. Where another process reads just now, the next opening does it.
   */
  #wipeClear(): void {
    const { user_version: version } = this.#database.prepare('PRAGMA user_version').get() ?? {};
    if (version !== VERSIONS.sealed) return;
    try {
      const { wipeMs } = OVERRIDE_LIMITS;
      this.#database.exec(
        `PRAGMA busy_timeout = ${wipeMs}; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; VACUUM`,
      );
      const { busy } = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {};
      if (busy !== 0) return;
      this.#database.exec('PRAGMA journal_mode = DELETE'); // release 0.1.0 had a write-ahead log
      this.#database.exec(`PRAGMA user_version = ${VERSIONS.wiped}`);
    } catch (cause) {
      const error = stateFileError(WHAT, 'write', cause);
      if (error.code !== 'conflict') throw error;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${OVERRIDE_LIMITS.busyMs}`);
    }
  }
}

function rulesOf(path: string): StateFileRules {
  const { busyMs } = OVERRIDE_LIMITS;
  return {
    path,
    what: WHAT,
    applicationId: APPLICATION_ID,
    version: VERSIONS.wiped,
    busyMs,
    wal: false,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function text({ key, action, object, note, at }: Override): Buffer {
  const kind = KEY_KINDS[key.kind].code;
  return Buffer.from(JSON.stringify({ v: 1, kind, key: toHex(key.bytes), action, object, note, at }));
}

/** What was sealed by this program has its shape; null for a kind of a later version. */
function parse(plain: Buffer): Override | null {
  const row = JSON.parse(plain.toString()) as Record<string, unknown>;
  return toOverride(row, parseHex(String(row['key'])));
}

function fromClear(row: Record<string, unknown>): Override | null {
  const bytes = row['key'];
  return toOverride(row, bytes instanceof Uint8Array ? bytes : null);
}

function toOverride(row: Record<string, unknown>, bytes: Uint8Array | null): Override | null {
  const kind = keyKindOfCode(Number(row['kind']));
  if (kind === undefined || bytes?.length !== KEY_KINDS[kind].bytes) return null;
  const note = row['note'];
  return {
    key: { kind, bytes: new Uint8Array(bytes) },
    action: row['action'] === 'allow' ? 'allow' : 'deny',
    object: String(row['object']),
    note: note === null || note === undefined ? null : String(note),
    at: Number(row['at']),
  };
}
