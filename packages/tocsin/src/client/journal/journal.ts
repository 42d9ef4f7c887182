// The journal: everything that left this machine, byte for byte, in the order in which it left, for its owner to
// read. An entry is on disk before the first byte of it is on the wire. Decides nothing and sends nothing.
//
//   channel: begin(outgoing) ─► durable, `unknown` ─► bytes to the socket ─► written() ─► answered(status) or broken()
//   killed in between: it stays `unknown`           begin() throws: nothing may be sent
import { existsSync } from 'node:fs';
import type { Outgoing } from '../../catalog/gate.ts';
import { isOutgoing } from '../../catalog/gate.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { World } from '../../protocol/world.ts';
import type { Home } from '../state/home.ts';
import { makeHome } from '../state/home.ts';
import type { LocalKey, LocalKeySource } from '../state/local-key.ts';
import { hasJournalAside } from './aside.ts';
import { JournalEntry } from './entry.ts';
import type { JournalHead } from './head.ts';
import { isDue, prune } from './prune.ts';
import type { EntryFilter, SentEntry } from './read.ts';
import { entries, entry, exportLines } from './read.ts';
import type { SentAnswer } from './record.ts';
import { answerBytes, nextLink, requestBytes, requestOf } from './record.ts';
import type { JournalLimits } from './store.ts';
import { JOURNAL_LIMITS, JournalStore } from './store.ts';
import type { Verification } from './verify.ts';
import { isFinding, unreadable, verifyStore } from './verify.ts';

export class Journal {
  readonly #store: JournalStore;
  readonly #world: World;
  readonly #limits: JournalLimits;
  /** Answers that could not be written: their entries stay `unknown`. */
  lost = 0;

  private constructor(store: JournalStore, world: World, limits: JournalLimits) {
    this.#store = store;
    this.#world = world;
    this.#limits = limits;
  }

  /**
   * Opens the journal, or begins one. Throws `corrupt` for a file that is none or does not open under this key
   * (it is left as it is: see `setJournalAside`), `format` for one of a later version, `conflict`, `io`.
   */
  static open(home: Home, world: World, key: LocalKey, some: Partial<JournalLimits> = {}): Journal {
    makeHome(home);
    const limits = { ...JOURNAL_LIMITS, ...some };
    const after = hasJournalAside(home) ? 'set-aside' : 'nothing';
    const store = JournalStore.open({ path: home.journal, after, busyMs: limits.busyMs }, world, key);
    try {
      const journal = new Journal(store, world, limits);
      journal.#pruneWhatIsDue(store.head());
      return journal;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  /** As `open`; null, and nothing made, where no journal was begun. */
  static openIfThere(home: Home, world: World, localKey: LocalKeySource): Journal | null {
    return existsSync(home.journal) ? Journal.open(home, world, localKey().key) : null;
  }

  /**
   * Writes down what is about to leave, and returns only when it is on disk. Where it throws, nothing may be sent:
   * `io` (a full disk too), `conflict` (another process holds the file: try again), `corrupt`, `limit` for a record
   * beyond `maxRecordBytes`. Throws TypeError for what the gate did not make.
   */
  begin(outgoing: Outgoing, receiver: string, consent: number): JournalEntry {
    if (!isOutgoing(outgoing)) throw new TypeError('a request that did not pass the gate');
    const now = this.#world.clock.now();
    const id = this.#store.change(true, (head) => {
      const at = new Date(now).toISOString();
      const canonical = requestBytes(
        requestOf(outgoing, { id: head.requests.last.id + 1, at, receiver, consent }),
      );
      this.#checkSize(canonical.length);
      const link = nextLink(head.requests.last, canonical);
      const bytes = head.bytes + this.#store.addRequest(link, canonical);
      const requests = { first: head.requests.first, last: link };
      const grown: JournalHead = { ...head, requests, bytes, oldest: head.oldest ?? at };
      return { head: prune(this.#store, grown, now, this.#limits), result: link.id };
    });
    return new JournalEntry(id, (state, status) => this.#answer(id, state, status));
  }

  /** Newest first, unless the filter says else. `onDamaged` is told ids that cannot be read. Throws `corrupt`, `io`. */
  entries(filter: EntryFilter = {}, onDamaged?: (id: number) => void): Generator<SentEntry> {
    return entries(this.#store, filter, onDamaged);
  }

  /** Null where there is none by that id: never begun, or pruned. Throws `corrupt` where it cannot be read. */
  entry(id: number): SentEntry | null {
    return entry(this.#store, id);
  }

  /** Every record with its place in the chain, oldest first, as JSON lines that can be checked without the key. */
  exportLines(): Generator<string> {
    return exportLines(this.#store, this.#world.clock.now());
  }

  verify(): Verification {
    return verifyStore(this.#store);
  }

  /** Throws what would keep the next entry out, and leaves the file as it is; quick, whatever its size. */
  tryBegin(): void {
    this.#store.tryAdd();
  }

  /** Size and times, for a status. */
  get head(): JournalHead {
    return this.#store.head();
  }

  close(): void {
    this.#store.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** An answer that cannot be written must not fail the exchange that went well: the entry stays `unknown`. */
  #answer(request: number, state: SentAnswer['state'], status: number | null): void {
    try {
      this.#store.change(false, (head) => {
        const at = new Date(this.#world.clock.now()).toISOString();
        const canonical = answerBytes({ id: head.answers.last.id + 1, request, at, state, status });
        const link = nextLink(head.answers.last, canonical);
        const bytes = head.bytes + this.#store.addAnswer(link, request, canonical);
        const answers = { first: head.answers.first, last: link };
        return { head: { ...head, answers, bytes }, result: null };
      });
    } catch {
      this.lost++;
    }
  }

  /** Age goes on where nothing is sent any more. On a full or locked disk it can be read all the same. */
  #pruneWhatIsDue(head: JournalHead): void {
    const now = this.#world.clock.now();
    if (!isDue(head, now, this.#limits)) return;
    try {
      this.#store.change(false, (current) => ({
        head: prune(this.#store, current, now, this.#limits),
        result: null,
      }));
    } catch (error) {
      if (!(error instanceof TocsinError && ['io', 'conflict'].includes(error.code))) throw error;
    }
  }

  #checkSize(bytes: number): void {
    if (bytes > this.#limits.maxRecordBytes)
      throw new TocsinError(
        'limit',
        `Cannot write the journal: a record has ${bytes} bytes, want ${this.#limits.maxRecordBytes} at most`,
      );
  }
}

/** The finding about the journal of a home, also where it cannot be opened; null where there is none. Throws `conflict`, `io`. */
export function verifyJournal(home: Home, world: World, localKey: LocalKeySource): Verification | null {
  try {
    using journal = Journal.openIfThere(home, world, localKey);
    return journal?.verify() ?? null;
  } catch (error) {
    return unreadable(error);
  }
}

/**
 * Why nothing can be written down, and so nothing sent; null where it can, or where that may pass by itself (a full
 * disk, another process).
 */
export function journalTrouble(home: Home, world: World, localKey: LocalKeySource): TocsinError | null {
  try {
    using journal = Journal.openIfThere(home, world, localKey);
    journal?.tryBegin();
    return null;
  } catch (error) {
    return isFinding(error) ? error : null;
  }
}
