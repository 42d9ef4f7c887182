// The outbox: attributed messages that passed the gate and wait for the hub. Written before they are sent, removed
// after the hub's word that they are durable there, emptied the moment consent is withdrawn. Sealed under a key of its
// own, which a withdrawal destroys. It sends nothing and decides nothing: sender.ts, catalog/gate.ts.
//
//   put ─► message ─► (sender: gate again, seal, send) ─► acknowledge        removed
//                  └► refuse                                               removed, counted
//   withdraw ─► one transaction: all messages gone, the request to erase queued ─► key destroyed
import type { DatabaseSync } from 'node:sqlite';
import type { Released } from '../../catalog/gate.ts';
import { isReleased } from '../../catalog/gate.ts';
import type { World } from '../../protocol/world.ts';
import { dayOf, secondOf, unixSeconds } from '../../protocol/world.ts';
import type { Home } from '../state/home.ts';
import type { LocalKeySource } from '../state/local-key.ts';
import { SpoolCounts } from './spool-counts.ts';
import {
  inTransaction,
  openSpoolDatabase,
  readMeta,
  removeSpoolDatabase,
  setMeta,
} from './spool-database.ts';
import type { PendingErasure } from './spool-erasure.ts';
import { dropErasure, isSettled, queueErasure, readErasure, settle } from './spool-erasure.ts';
import type { SpoolKey } from './spool-key.ts';
import { destroySpoolKey, makeSpoolKey, readSpoolKey } from './spool-key.ts';
import type { MessageNumber } from './spool-numbers.ts';
import { SpoolNumbers } from './spool-numbers.ts';
import { dropAged, makeRoom, oldestKept, SPOOL_LIMITS } from './spool-room.ts';
import type { SpooledMessage } from './spooled-message.ts';
import { plainOf, readMessage } from './spooled-message.ts';

export type Kept =
  | { readonly kind: 'kept'; readonly epoch: number; readonly sequence: number }
  /** `withdrawn`: consent ended meanwhile. `daily`: as many of this message as its schedule allows went today. */
  | { readonly kind: 'dropped'; readonly why: 'withdrawn' | 'too-large' | 'daily' };

export type SpoolPlace = Pick<Home, 'directory' | 'spool' | 'spoolKey'>;

export class Spool {
  readonly counts: SpoolCounts;
  readonly #numbers: SpoolNumbers;
  readonly #place: SpoolPlace;
  readonly #world: World;
  readonly #localKey: LocalKeySource;
  readonly #database: DatabaseSync;

  private constructor(place: SpoolPlace, world: World, localKey: LocalKeySource, database: DatabaseSync) {
    this.#place = place;
    this.#world = world;
    this.#localKey = localKey;
    this.#database = database;
    this.counts = new SpoolCounts(database);
    this.#numbers = new SpoolNumbers(database, world);
  }

  /**
   * Opens the outbox, making it where it is absent, and finishes a withdrawal that a crash interrupted. Throws
   * `corrupt` for a damaged file, `format` for one of a later version, `conflict` where another process holds it.
   */
  static open(place: SpoolPlace, world: World, localKey: LocalKeySource): Spool {
    const { database, damaged } = openSpoolDatabase(place.spool);
    const spool = new Spool(place, world, localKey, database);
    if (damaged) spool.#beginAfterDamage();
    if (spool.erasure !== null && spool.#count() === 0) destroySpoolKey(place);
    return spool;
  }

  /**
   * Puts the file away with all that waits in it, and begins one whose first number comes after all of the old one's:
   * for a withdrawal on a disk that is too full to empty it. Throws as `open`.
   */
  static openAnew(place: SpoolPlace, world: World, localKey: LocalKeySource): Spool {
    destroySpoolKey(place);
    removeSpoolDatabase(place.spool);
    const spool = Spool.open(place, world, localKey);
    spool.takeNumber();
    return spool;
  }

  /**
   * Keeps a released message; durable on return. `atMostPerDay` as its schedule says. Drops the oldest, counted,
   * where limits are reached. Throws TypeError for what is none of the gate's.
   */
  put(released: Released, atMostPerDay: number): Kept {
    if (!isReleased(released)) throw new TypeError('a message that did not pass the gate');
    if (Buffer.byteLength(released.json) > SPOOL_LIMITS.maxMessageBytes)
      return this.#dropped(released, 'too-large');
    return inTransaction(this.#database, () => {
      if (this.erasure !== null) return this.#dropped(released, 'withdrawn');
      if (!this.counts.countToday(released.message, dayOf(this.#world.clock), atMostPerDay))
        return this.#dropped(released, 'daily');
      const key = this.#keyForWriting();
      const { epoch, sequence } = this.#numbers.take();
      const madeAt = secondOf(this.#world.clock);
      const sealed = key.seal(`${epoch}/${sequence}`, plainOf(madeAt, released.json), this.#world);
      this.#database
        .prepare('INSERT INTO message (epoch, sequence, at, sealed) VALUES (?, ?, ?, ?)')
        .run(epoch, sequence, unixSeconds(this.#world.clock), sealed);
      makeRoom(this.#database, this.counts, this.#world);
      return { kind: 'kept', epoch, sequence };
    });
  }

  /** A number for a message that waits elsewhere (receipt, alarm, erasure); durable on return. */
  takeNumber(): MessageNumber {
    return inTransaction(this.#database, () => this.#numbers.take());
  }

  /**
   * Begins a new epoch; what waits is numbered anew in it, in its order. For a machine whose numbers the hub has seen
   * before: one that was set back to an earlier day. Durable on return.
   */
  beginEpoch(): void {
    inTransaction(this.#database, () => {
      const waiting: SpooledMessage[] = [];
      for (let message = this.next(); message !== null; message = this.next(message)) waiting.push(message);
      this.#numbers.beginEpoch();
      const key = readSpoolKey(this.#place, this.#localKey);
      for (const { epoch, sequence, madeAt, json } of waiting) {
        const number = this.#numbers.take();
        const sealed = key!.seal(`${number.epoch}/${number.sequence}`, plainOf(madeAt, json), this.#world);
        this.#database
          .prepare('UPDATE message SET epoch = ?, sequence = ?, sealed = ? WHERE epoch = ? AND sequence = ?')
          .run(number.epoch, number.sequence, sealed, epoch, sequence);
      }
    });
  }

  /**
   * The oldest that waits, from behind `after`; null where none does. One that is too old is none; one that does not
   * open is dropped, counted.
   */
  next(after: MessageNumber | null = null): SpooledMessage | null {
    const key = readSpoolKey(this.#place, this.#localKey);
    if (key === null) return null;
    const rows = this.#database
      .prepare(
        'SELECT epoch, sequence, sealed FROM message WHERE (epoch, sequence) > (?, ?) AND at >= ? ORDER BY epoch, sequence LIMIT 1',
      )
      .iterate(after?.epoch ?? -1, after?.sequence ?? -1, oldestKept(this.#world));
    for (const { epoch, sequence, sealed } of rows as Iterable<MessageRow>) {
      const message = readMessage(key, { epoch, sequence }, sealed);
      if (message !== null) return message;
      this.counts.add('dropped', 'damaged');
      this.#remove(epoch, sequence);
      return this.next({ epoch, sequence });
    }
    return null;
  }

  /** The hub has it, durably: it is removed; durable on return. */
  acknowledge({ epoch, sequence }: MessageNumber): void {
    setMeta(this.#database, 'damaged', null);
    this.#remove(epoch, sequence);
  }

  /** It will never be taken or may not be sent any more: it is removed and counted by reason. */
  refuse(message: MessageNumber, reason: string): void {
    inTransaction(this.#database, () => {
      this.counts.add('dropped', reason);
      this.#remove(message.epoch, message.sequence);
    });
  }

  /** What has waited for too long goes, counted; durable on return. */
  dropAged(): void {
    inTransaction(this.#database, () => {
      dropAged(this.#database, this.counts, this.#world);
    });
  }

  /** How many wait, and their bytes as kept. */
  size(): { readonly messages: number; readonly bytes: number } {
    const row = this.#database
      .prepare('SELECT count(*) AS messages, coalesce(sum(length(sealed)), 0) AS bytes FROM message')
      .get();
    return { messages: Number(row?.['messages']), bytes: Number(row?.['bytes']) };
  }

  /** Since when it is known that what waited was lost with a damaged file; null where nothing was, or all went well since. */
  get damagedAt(): string | null {
    return readMeta(this.#database, 'damaged');
  }

  /** True where the hub confirmed what this withdrawal asked for, or there was nothing to ask for. */
  isSettled(record: string): boolean {
    return isSettled(this.#database, record);
  }

  /** The request to erase that is not confirmed yet; while there is one, nothing is kept and consent counts as off. */
  get erasure(): PendingErasure | null {
    return readErasure(this.#database);
  }

  /**
   * Empties the outbox and queues the request to erase, in one transaction; then destroys the key. Killed in
   * between, the next `open` finishes it. Durable on return. Where nothing was ever sent, nothing is queued. The request
   * is the first of a new epoch: it comes after every number of this machine and of its copies until now.
   */
  withdraw(
    reason: PendingErasure['reason'],
    scope: PendingErasure['scope'] = 'all',
    record: string | null = null,
  ): PendingErasure | null {
    const erasure = inTransaction(this.#database, () => {
      this.#database.exec('DELETE FROM message');
      const { epoch, sequence: until } = this.#numbers.last;
      if (epoch === 0) {
        settle(this.#database, record);
        return null;
      }
      const pending = { scope, reason, epoch, until, at: secondOf(this.#world.clock), record };
      queueErasure(this.#database, pending);
      this.#numbers.beginEpoch();
      return pending;
    });
    destroySpoolKey(this.#place);
    return erasure;
  }

  /** The hub has confirmed it: the next message begins a new epoch. Durable on return. */
  confirmErasure(): void {
    inTransaction(this.#database, () => {
      dropErasure(this.#database);
      setMeta(this.#database, 'damaged', null);
    });
  }

  /** Runs `work` in one transaction: what it keeps and counts is durable together, or none of it. */
  together<T>(work: () => T): T {
    return inTransaction(this.#database, work);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Numbers were given out before: the hub may have something to erase. */
  #beginAfterDamage(): void {
    destroySpoolKey(this.#place);
    inTransaction(this.#database, () => {
      this.#numbers.beginEpoch();
      setMeta(this.#database, 'damaged', secondOf(this.#world.clock));
    });
  }

  #dropped(released: Released, why: (Kept & { kind: 'dropped' })['why']): Kept {
    this.counts.add('dropped', why, released.message);
    return { kind: 'dropped', why };
  }

  /**
   * Read anew each time: another process may have withdrawn. A key that is gone means that what it sealed is gone: a
   * new one begins a new epoch.
   */
  #keyForWriting(): SpoolKey {
    const found = readSpoolKey(this.#place, this.#localKey);
    if (found !== null) return found;
    this.#database.exec('DELETE FROM message');
    this.#numbers.beginEpoch();
    return makeSpoolKey(this.#place, this.#localKey, this.#world);
  }

  #count(): number {
    return this.size().messages;
  }

  #remove(epoch: number, sequence: number): void {
    this.#database.prepare('DELETE FROM message WHERE epoch = ? AND sequence = ?').run(epoch, sequence);
  }
}

interface MessageRow {
  readonly epoch: number;
  readonly sequence: number;
  readonly sealed: Uint8Array;
}
