// Intake of messages, the hub's end of the path (spec/message.md section 4):
//
//   body ─► rate ─► opened ─► whose ─► declared ─┬─► record of a choice ─► chain ─► countersigned
//                                                ├─► request to erase ───► erased ─► confirmed
//                                                └─► choice in force ─► erased? ─► gate ─► too old? ─► once ─► stored
//
// One transaction from the machine's row lock to the commit; answered after it. Speaks no HTTP (routes.ts).
import { messageOf } from 'tocsin/catalog/catalog.ts';
import type { ErasureScope } from 'tocsin/catalog/erasure-confirmation.ts';
import type { OpenedMessage } from 'tocsin/catalog/seal.ts';
import { never, TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';
import { ConsentStates } from '../privacy/consent-state.ts';
import type { SignedTerms } from '../privacy/terms.ts';
import type { Database, Queries } from '../store/database.ts';
import type { IntakeAnswer } from './answers.ts';
import { countOne, NO_MESSAGE } from './counts.ts';
import { takeErasure } from './erase.ts';
import { declaredOrNot, faultAtEveryLevel, judge } from './judge.ts';
import { storeMessage } from './message-store.ts';
import type { IntakeMachine } from './open.ts';
import { lockMachine, openMessage, requireSender } from './open.ts';
import { IntakeRates } from './rates.ts';
import { readRecord, takeRecord } from './records.ts';

export interface IntakeParts {
  readonly db: Database;
  readonly keys: KeyRing;
  /** The terms in force. */
  readonly terms: () => SignedTerms;
  readonly world: World;
}

export class Intake {
  readonly #parts: IntakeParts;
  readonly #states = new ConsentStates();
  readonly #rates: IntakeRates;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#rates = new IntakeRates(parts.world.clock);
  }

  /**
   * Takes one sealed message of a proved machine. What the answer says is durable when it resolves. Throws `format`,
   * `limit`, `denied`, `certificate` for what is no message of this machine, and as the records do.
   */
  async take(machineId: string, body: Uint8Array): Promise<IntakeAnswer> {
    const wait = this.#rates.admitMachine(machineId);
    if (wait > 0) return { kind: 'too-many', retryAfterSeconds: wait };
    let message = NO_MESSAGE;
    try {
      const opened = await openMessage(this.#parts.keys, body);
      if (opened === null) return await this.#refused(message, { kind: 'conflict', reason: 'other-key' });
      message = opened.message;
      return await this.#parts.db.transaction((session) => this.#takeOpened(session, machineId, opened));
    } catch (error) {
      if (error instanceof TocsinError && ['format', 'limit', 'denied', 'certificate'].includes(error.code))
        await this.#count(this.#parts.db, message, 'refused', error.code);
      throw error;
    }
  }

  async #takeOpened(session: Queries, machineId: string, opened: OpenedMessage): Promise<IntakeAnswer> {
    const machine = await lockMachine(session, machineId);
    requireSender(machine, opened);
    const answer = await this.#answer(session, machine, opened);
    const outcome = outcomeToCount(answer);
    if (outcome !== null) await this.#count(session, opened.message, ...outcome);
    return answer;
  }

  async #answer(session: Queries, machine: IntakeMachine, opened: OpenedMessage): Promise<IntakeAnswer> {
    const undeclared = declaredOrNot(opened.message);
    if (undeclared !== null) return undeclared;
    const wait = this.#rates.admitMessage(machine.id, messageOf(opened.message)!);
    if (wait > 0) return { kind: 'too-many', retryAfterSeconds: wait };
    switch (opened.message) {
      case 'consent-receipt-request':
        return this.#takeRecord(session, machine, opened);
      case 'erasure-request':
        return this.#takeErasure(session, machine, opened);
      default:
        return this.#takeMessage(session, machine, opened);
    }
  }

  async #takeRecord(session: Queries, machine: IntakeMachine, opened: OpenedMessage): Promise<IntakeAnswer> {
    const { keys, now } = this.#now();
    const fault = faultAtEveryLevel(opened, now);
    if (fault !== null) return fault;
    const { epoch, sequence } = opened.head;
    const signed = readRecord(machine, opened.items['connection.consent_record'] as string);
    const outcome = await takeRecord(session, signed, { keys, now, overGaps: false });
    switch (outcome.kind) {
      case 'stored':
      case 'duplicate':
        return { kind: 'taken', at: { epoch, sequence }, outcome: outcome.kind, receipt: outcome.receipt };
      case 'refused': {
        const { reason, head, records } = outcome;
        return {
          kind: 'conflict',
          reason,
          consent: { sequence: head, ...(records.length > 0 ? { records } : {}) },
        };
      }
      default:
        return never(outcome);
    }
  }

  async #takeErasure(session: Queries, machine: IntakeMachine, opened: OpenedMessage): Promise<IntakeAnswer> {
    const { keys, now } = this.#now();
    const fault = faultAtEveryLevel(opened, now);
    if (fault !== null) return fault;
    const { epoch, sequence } = opened.head;
    const { items } = opened; // the gate has checked their types
    const record = items['connection.consent_record'];
    const until = items['connection.erasure_until'];
    const request = {
      at: { epoch, sequence },
      scope: items['connection.erasure_scope'] as ErasureScope,
      until: typeof until === 'number' ? until : null,
      record: typeof record === 'string' ? record : null,
    };
    return takeErasure(session, machine, request, { keys, now });
  }

  async #takeMessage(session: Queries, machine: IntakeMachine, opened: OpenedMessage): Promise<IntakeAnswer> {
    const { now } = this.#now();
    const terms = this.#parts.terms();
    const judgement = await judge(session, machine, opened, { states: this.#states, terms, now });
    if (judgement.kind === 'answer') return judgement.answer;
    const { head, message, reason } = opened;
    const { epoch, sequence } = head;
    const stored = await storeMessage(session, {
      machine: machine.id,
      epoch,
      sequence,
      message,
      reason,
      edition: judgement.edition,
      consent: head.consent,
      madeAt: Date.parse(head.madeAt),
      receivedAt: now,
      ...judgement.kept,
    });
    if (stored.kind === 'number-used') return { kind: 'conflict', reason: 'number-used' };
    return { kind: 'taken', at: { epoch, sequence }, outcome: stored.kind };
  }

  #now(): { readonly keys: KeyRing; readonly now: number } {
    return { keys: this.#parts.keys, now: this.#parts.world.clock.now() };
  }

  async #refused(message: string, answer: IntakeAnswer): Promise<IntakeAnswer> {
    const outcome = outcomeToCount(answer);
    if (outcome !== null) await this.#count(this.#parts.db, message, ...outcome);
    return answer;
  }

  #count(db: Queries, message: string, outcome: 'refused' | 'dropped', reason: string): Promise<void> {
    return countOne(db, this.#parts.world.clock.now(), message, outcome, reason);
  }
}

/** Null for what was taken. */
function outcomeToCount(answer: IntakeAnswer): ['refused' | 'dropped', string] | null {
  switch (answer.kind) {
    case 'taken':
      return answer.outcome === 'dropped' ? ['dropped', answer.why ?? answer.outcome] : null;
    case 'withheld':
    case 'conflict':
      return ['refused', answer.reason];
    case 'too-many':
      return ['refused', 'rate'];
    default:
      return never(answer);
  }
}
