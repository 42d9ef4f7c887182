// The file of the journal: sealed rows of requests and answers, and the sealed head, in one SQLite database that
// several processes share. Knows how to put rows in and get them out, not what they say (spec/journal.md, 4).
import type { KeyObject } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { World } from '../../protocol/world.ts';
import type { LocalKey } from '../state/local-key.ts';
import { openRow, sealRow } from '../state/sealed-row.ts';
import type { StateFileRules } from '../state/state-file.ts';
import { damagedFile, openStateFile, stateFileError, transaction } from '../state/state-file.ts';
import type { JournalHead } from './head.ts';
import { headBytes, newHead, parseHead } from './head.ts';
import type { Link } from './record.ts';

export const JOURNAL_LIMITS = {
  /** What is older goes, oldest first. */
  maxAgeDays: 365,
  /** Sealed rows that are kept; beyond it the oldest go. */
  maxBytes: 256 * 2 ** 20,
  /** One record; larger content travels in parts. */
  maxRecordBytes: 8 * 2 ** 20,
  /** Rows that one new entry takes away at most, so that none waits long. */
  pruneRows: 4_096,
  busyMs: 5_000,
} as const;

export type JournalLimits = { readonly [name in keyof typeof JOURNAL_LIMITS]: number };

export const JOURNAL = 'the journal (journal.db in TOCSIN_HOME)';

/** "TCSJ". */
const APPLICATION_ID = 0x5443534a;
const VERSION = 1;

const SCHEMA = `
CREATE TABLE request (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE answer (id INTEGER PRIMARY KEY, request INTEGER NOT NULL UNIQUE, sealed BLOB NOT NULL) STRICT;
CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL) STRICT;`;

export type Part = 'request' | 'answer';

/** A row as it was sealed: its place in the chain and the canonical bytes of its record. */
export interface OpenedRow {
  readonly link: Link;
  readonly canonical: Buffer;
}

export interface StoredRow {
  readonly id: number;
  readonly sealed: Uint8Array;
}

const CHAIN_BYTES = 32;
const HEAD_ROW = 'head';

export class JournalStore {
  readonly database: DatabaseSync;
  readonly #world: World;
  readonly #key: KeyObject;
  readonly #statements: Readonly<Record<Part, { get: StatementSync; drop: StatementSync }>>;
  readonly #answerOf: StatementSync;

  private constructor(database: DatabaseSync, world: World, key: KeyObject) {
    this.database = database;
    this.#world = world;
    this.#key = key;
    const of = (part: Part) => ({
      get: database.prepare(`SELECT id, sealed FROM ${part} WHERE id = ?`),
      drop: database.prepare(`DELETE FROM ${part} WHERE id = ?`),
    });
    this.#statements = { request: of('request'), answer: of('answer') };
    this.#answerOf = database.prepare('SELECT id, sealed FROM answer WHERE request = ?');
  }

  /** Opens the file, or makes it with a head that says `after`. Throws as `openStateFile`. */
  static open(
    { path, after, busyMs }: { path: string; after: JournalHead['after']; busyMs: number },
    world: World,
    key: LocalKey,
  ): JournalStore {
    const seal = key.derive('tocsin journal seal');
    const rules: StateFileRules = {
      path,
      what: JOURNAL,
      applicationId: APPLICATION_ID,
      version: VERSION,
      busyMs,
      wal: true,
    };
    const database = openStateFile(rules, (open) => {
      open.exec(SCHEMA);
      const head = newHead(new Date(world.clock.now()).toISOString(), after);
      const sealed = sealRow(seal, HEAD_ROW, headBytes(head), (size) => world.random(size));
      open.prepare('INSERT INTO head (id, sealed) VALUES (1, ?)').run(sealed);
      return VERSION;
    });
    try {
      database.exec('PRAGMA secure_delete = ON');
      return new JournalStore(database, world, seal);
    } catch (cause) {
      database.close();
      throw stateFileError(JOURNAL, 'read', cause);
    }
  }

  /** Throws `corrupt` where it is missing or does not open under this key. */
  head(): JournalHead {
    return this.attempt('read', () => {
      const row = this.database.prepare('SELECT sealed FROM head WHERE id = 1').get();
      if (row === undefined) throw damagedFile(JOURNAL, 'read', 'its head is missing');
      const plain = openRow(this.#key, HEAD_ROW, row['sealed'] as Uint8Array);
      if (plain === null)
        throw damagedFile(JOURNAL, 'read', 'its head does not open under the local key of this machine');
      return parseHead(plain);
    });
  }

  /**
   * Changes the journal in one transaction: `work` gets the head and returns the one to come. `durable`: on disk on
   * return. Else a crash of the whole machine may undo it; the file is sound in any case.
   */
  change<T>(
    durable: boolean,
    work: (head: JournalHead) => { readonly head: JournalHead; readonly result: T },
  ): T {
    return this.attempt('write', () => {
      this.database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
      return transaction(this.database, () => {
        const { head, result } = work(this.head());
        const sealed = this.#seal(HEAD_ROW, headBytes(head));
        this.database.prepare('UPDATE head SET sealed = ? WHERE id = 1').run(sealed);
        return result;
      });
    });
  }

  /** Puts a row in, inside `change`; the bytes that it takes. */
  addRequest(link: Link, canonical: Uint8Array): number {
    const sealed = this.#sealLink('request', link, canonical);
    this.database.prepare('INSERT INTO request (id, sealed) VALUES (?, ?)').run(link.id, sealed);
    return sealed.length;
  }

  addAnswer(link: Link, request: number, canonical: Uint8Array): number {
    const sealed = this.#sealLink('answer', link, canonical);
    const add = this.database.prepare('INSERT INTO answer (id, request, sealed) VALUES (?, ?, ?)');
    add.run(link.id, request, sealed);
    return sealed.length;
  }

  /** Writes a request and its answer, and takes both back: throws what would keep the next entry out. */
  tryAdd(): void {
    this.attempt('write', () => {
      this.database.exec('BEGIN IMMEDIATE');
      try {
        const { requests, answers } = this.head();
        const request = requests.last.id + 1;
        this.addRequest({ ...requests.last, id: request }, new Uint8Array(0));
        this.addAnswer({ ...answers.last, id: answers.last.id + 1 }, request, new Uint8Array(0));
      } finally {
        if (this.database.isTransaction) this.database.exec('ROLLBACK');
      }
    });
  }

  row(part: Part, id: number): StoredRow | null {
    return this.attempt('read', () => stored(this.#statements[part].get.get(id)));
  }

  answerOf(request: number): StoredRow | null {
    return this.attempt('read', () => stored(this.#answerOf.get(request)));
  }

  /** Id of the request that an answer in the file is for; 0 where there is no such answer. */
  requestOf(answer: number): number {
    return Number(
      this.database.prepare('SELECT request FROM answer WHERE id = ?').get(answer)?.['request'] ?? 0,
    );
  }

  drop(part: Part, id: number): void {
    this.#statements[part].drop.run(id);
  }

  /** Null where it does not open as that row under this key. */
  open(part: Part, { id, sealed }: StoredRow): OpenedRow | null {
    const plain = openRow(this.#key, rowName(part, id), sealed);
    if (plain === null || plain.length < CHAIN_BYTES) return null;
    const chain = plain.toString('hex', 0, CHAIN_BYTES);
    return { link: { id, chain }, canonical: plain.subarray(CHAIN_BYTES) };
  }

  /** Runs `work`; what SQLite throws comes out in our words. */
  attempt<T>(verb: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw stateFileError(JOURNAL, verb, cause);
    }
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }

  #sealLink(part: Part, { id, chain }: Link, canonical: Uint8Array): Buffer {
    return this.#seal(rowName(part, id), Buffer.concat([Buffer.from(chain, 'hex'), canonical]));
  }

  #seal(name: string, plain: Uint8Array): Buffer {
    return sealRow(this.#key, name, plain, (size) => this.#world.random(size));
  }
}

/** What is authenticated with a row, so that none can stand in another's place. */
export function rowName(part: Part, id: number): string {
  return `${part} ${id}`;
}

export function stored(row: Record<string, unknown> | undefined): StoredRow | null {
  return row === undefined ? null : { id: Number(row['id']), sealed: row['sealed'] as Uint8Array };
}
