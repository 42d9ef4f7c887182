// What this machine agreed to, for everything that asks: gate, sender, status, Statement. Asked before each thing that
// could leave; reads the files again whenever one has changed. Whatever is wrong, the answer is `off`, and it is noted.
//
//   current() ─► files unchanged? ─► what was worked out before ┐
//                     │ changed                                  ├─► request to erase under way? ─► off
//                     └► read ─► judged ─► state, alarm latched ─┘
//
// ConsentSource.open(parts)      finishes what a crash left; never throws
// .current() .consent()          the state now
// .change(work)                  setParticipation, setSelfDefence: they know the Statement, which most programs never load
// .refresh(call)                 terms, policy and newest choices from the hub
// .records() .receipts()         the log and the hub's countersignatures
// .toSend, .alarms               what sender.ts takes to the hub
import type { Consent } from '../../catalog/consent.ts';
import type { SignedReceipt } from '../../catalog/consent-receipt.ts';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import type { Terms } from '../../catalog/terms.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import { RecordsToSend } from '../outbox/records-to-send.ts';
import { AlarmQueue } from '../self-defence/alarm-queue.ts';
import type { Adoption, HubCall } from './exchange.ts';
import { adoptRecords, refreshConsent } from './exchange.ts';
import type { ConsentFiles } from './files.ts';
import { readConsentFiles, stampOf } from './files.ts';
import { isUnfinished, onGround } from './finish.ts';
import { latchAlarm } from './ground.ts';
import type { PolicyRefresh, TermsRefresh } from './hub-papers.ts';
import { refreshPolicy, refreshTerms } from './hub-papers.ts';
import { readFormer } from './migration.ts';
import type { ConsentParts } from './places.ts';
import { placesOf } from './places.ts';
import type { Receipts } from './receipts.ts';
import { readReceipts } from './receipts.ts';
import type { SettingsRead } from './settings.ts';
import { readSettings } from './settings.ts';
import type { ConsentState } from './state.ts';
import { outboxUnread, stateFrom, unreadableFormer, withdrawing } from './state.ts';
import { acceptedTerms } from './terms-store.ts';

/** What was read, and what follows from it. */
interface Held {
  readonly stamp: string | null;
  readonly files: ConsentFiles;
  readonly read: SettingsRead;
  readonly state: ConsentState;
  /** The same, off; made when it is first needed. */
  off: ConsentState | null;
}

export interface Refreshed {
  readonly terms: TermsRefresh;
  readonly policy: PolicyRefresh;
  readonly consent: Adoption;
}

export class ConsentSource {
  readonly #parts: ConsentParts;
  readonly toSend: RecordsToSend;
  readonly alarms: AlarmQueue;
  #held: Held | null = null;
  #trouble: string | null = null;

  private constructor(parts: ConsentParts) {
    this.#parts = parts;
    this.toSend = new RecordsToSend(parts, this);
    this.alarms = new AlarmQueue(parts, () => this.#now().read.guard);
  }

  /** Opens what is there. Where something cannot be finished, `trouble` says why, and it is tried again next time. */
  static open(parts: ConsentParts): ConsentSource {
    const source = new ConsentSource(parts);
    source.#finish();
    return source;
  }

  /** Why something that a crash or an update left could not be finished, a sentence; null where nothing is left. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** The state of this moment. Never throws. The same object as long as nothing changed. */
  current(): ConsentState {
    const held = this.#now();
    try {
      if (this.#parts.outbox().erasure === null) return held.state;
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error;
      return outboxUnread(held.state, errorWords(error)); // an outbox that cannot say is no reason to send
    }
    held.off ??= withdrawing(held.state);
    return held.off;
  }

  /** For the gate. */
  consent(): Consent {
    return this.current().consent;
  }

  /** As `current`, from the files themselves, whatever their times say. */
  recheck(): ConsentState {
    this.#held = null;
    return this.current();
  }

  /** Runs what changes the files (`setParticipation`, `setSelfDefence`); afterwards they are read anew. Throws as it. */
  change<T>(work: (parts: ConsentParts) => T): T {
    return this.#changing(() => work(this.#parts));
  }

  /** The operator's terms under which the choice in force was made; null where they are not kept. Never throws. */
  acceptedTerms(): Terms | null {
    const { chosen, place } = this.#now().state;
    const { acceptedTerms: path } = placesOf(this.#parts.home);
    return chosen === null ? null : acceptedTerms(path, place.terms, chosen.record);
  }

  /** Every record, verified, oldest first; what is not whole is left out where an alarm says so. */
  records(): readonly SignedRecord[] {
    return this.#now().read.records;
  }

  /** The hub's countersignatures by the digest of the record. Throws `io`. */
  receipts(): Receipts {
    return readReceipts(placesOf(this.#parts.home).receipts);
  }

  receiptOf(record: SignedRecord): SignedReceipt | null {
    return this.receipts().get(record.sha256) ?? null;
  }

  /** Asks the hub for terms, policy and the newest choices, and takes them over. Throws as the three of them. */
  async refresh(call: HubCall): Promise<Refreshed> {
    try {
      const terms = await refreshTerms(this.#parts, call);
      const consent = await refreshConsent(this.#parts, call);
      const policy = await refreshPolicy(this.#parts, call);
      return { terms, policy, consent };
    } finally {
      this.#held = null;
    }
  }

  /** Asks the hub for the newest choices only. Throws as `refreshConsent`. */
  async refreshConsent(call: HubCall): Promise<Adoption> {
    try {
      return await refreshConsent(this.#parts, call);
    } finally {
      this.#held = null;
    }
  }

  /** Takes over records that the hub showed beside a refusal. Throws as `adoptRecords`. */
  adopt(sequence: number, records: readonly string[]): Adoption {
    return this.#changing(() => adoptRecords(this.#parts, { sequence, records }));
  }

  /** Runs what changes the files; afterwards they are read anew. */
  #changing<T>(work: () => T): T {
    try {
      return work();
    } finally {
      this.#held = null;
    }
  }

  #finish(): void {
    const { files, read } = this.#now();
    try {
      if (!isUnfinished(this.#parts, files, read)) return;
      this.#changing(() => onGround(this.#parts, () => {}));
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error;
      this.#trouble = errorWords(error);
    }
  }

  #now(): Held {
    const now = this.#parts.world.clock.now();
    const stamp = stampOf(this.#parts);
    const held = this.#held;
    if (held !== null && stamp !== null && held.stamp === stamp && now < held.state.until) return held;
    const fresh = this.#read(stamp, now);
    this.#held = fresh;
    return fresh;
  }

  #read(stamp: string | null, now: number): Held {
    let files = readConsentFiles(this.#parts);
    let read = readSettings(files);
    if (read.kind === 'alarm' && read.at === null) {
      this.#latch();
      files = readConsentFiles(this.#parts);
      read = readSettings(files);
    }
    const state = stateFrom(read, now);
    const former = read.kind === 'unset' ? readFormer(placesOf(this.#parts.home).former) : null;
    const seen = former?.kind === 'unreadable' ? unreadableFormer(state, former.why) : state;
    return { stamp, files, read, state: seen, off: null };
  }

  /** Where it cannot be noted it still counts here; the next one who looks tries again. */
  #latch(): void {
    try {
      latchAlarm(this.#parts);
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error;
    }
  }
}
