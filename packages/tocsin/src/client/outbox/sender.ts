// Takes attributed messages to the hub: the request to erase before all else, then records of choices, then alarms,
// then what waits in the outbox. Each passes the gate now, under the consent of now, is signed and sealed, and stays
// where it waits until the hub has said that it is durable there.
//
//   erasure? ─► record not countersigned? ─► alarm? ─► newest consent known to the hub? ─► outbox, oldest first
//     │ confirmed                                            │ a newer one: adopted            │
//     ▼                                                      ▼                                 ▼
//   signed confirmation kept                           gate again ─► sealed ─► POST /v1/messages ─► acknowledged
import type { Consent } from '../../catalog/consent.ts';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import type { Candidate } from '../../catalog/gate.ts';
import { gateMessage, REASON_WORDS } from '../../catalog/gate.ts';
import { errorWords, never, TocsinError } from '../../protocol/errors.ts';
import type { World } from '../../protocol/world.ts';
import { dayOf, secondOf } from '../../protocol/world.ts';
import type { Deliver } from './deliver.ts';
import type { HubWord } from './hub-word.ts';
import type { Spool } from './spool.ts';
import type { SpooledMessage } from './spooled-message.ts';
import { candidateOf } from './spooled-message.ts';

export const SENDER_LIMITS = {
  /** Messages of one call of `drain`; the rest waits for the next one. */
  maxMessages: 1_000,
  /** Rounds of "the hub knows another consent than we do" before it is left for later. */
  maxConsentRounds: 4,
  /** Epochs that one call of `drain` begins because the hub knows a number already. */
  maxEpochs: 3,
} as const;

/** Records of choices on this machine, as the sender needs them. */
export interface RecordsToSend {
  /** Those that the hub has not countersigned, oldest first. Empty where nothing was ever on. */
  pending(): readonly SignedRecord[];
  reasonOf(record: SignedRecord): 'given' | 'narrowed';
  newest(): SignedRecord | null;
  /** Verifies and keeps a receipt. Throws where it does not hold. */
  receipted(receipt: string): void;
  /** Takes over records that the hub holds and this machine does not. Throws where they are not its own. */
  adopt(records: readonly string[]): void;
}

export interface AlarmsToSend {
  pending(): readonly { readonly code: string; readonly at: string; readonly reason: string }[];
  reported(code: string, at: string): void;
}

export interface SenderParts {
  readonly world: World;
  readonly spool: Spool;
  readonly deliver: Deliver;
  /** Read anew for each message. */
  readonly consent: () => Consent;
  readonly records: RecordsToSend;
  readonly alarms: AlarmsToSend;
  /** Asks the hub which consent of this machine is its newest, and adopts a newer one. */
  readonly checkConsent: () => Promise<void>;
  /** Verifies and keeps the hub's word that it erased. Throws where it does not hold. */
  readonly confirmed: (confirmation: string) => void;
}

export interface DrainReport {
  readonly sent: number;
  /** Let out by the gate once, and not any more, or never taken by the hub: gone, and counted. */
  readonly refused: number;
  /** Still waiting. */
  readonly left: number;
  /** Why it ended before everything was sent; null where it did not. */
  readonly stopped: string | null;
}

/** What became of one message at the hub. */
type Fate = 'done' | 'refused' | 'again' | 'renumbered';

export class Sender {
  readonly #parts: SenderParts;
  #epochsBegun = 0;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** True where something waits that may leave now. */
  get hasWork(): boolean {
    const { spool, records, alarms, consent } = this.#parts;
    if (spool.erasure !== null || alarms.pending().length > 0) return true;
    return consent().level !== 'off' && (records.pending().length > 0 || spool.size().messages > 0);
  }

  /** Sends what waits, as far as the hub takes it. Never rejects for a hub that is away: `stopped` says why. */
  async drain(signal?: AbortSignal): Promise<DrainReport> {
    const count = { sent: 0, refused: 0 };
    this.#epochsBegun = 0;
    let stopped: string | null = null;
    try {
      if (this.hasWork) await this.#drain(count, signal);
    } catch (error) {
      if (!(error instanceof TocsinError)) throw error;
      stopped = errorWords(error);
    }
    return { ...count, left: this.#parts.spool.size().messages, stopped };
  }

  async #drain(count: { sent: number; refused: number }, signal?: AbortSignal): Promise<void> {
    const { spool, alarms, records, consent, checkConsent } = this.#parts;
    spool.dropAged();
    if (spool.erasure !== null) await this.#sendErasure();
    for (const { code, at, reason } of alarms.pending()) {
      const items = { 'connection.alarm_code': code, 'connection.alarm_at': at };
      await this.#sendControl({ message: 'tamper-alarm', reason, items });
      alarms.reported(code, at);
    }
    if (consent().level === 'off') return;
    for (const record of records.pending()) await this.#sendRecord(record);
    if (spool.size().messages === 0) return;
    await checkConsent();
    let last: SpooledMessage | null = null;
    while (count.sent + count.refused < SENDER_LIMITS.maxMessages && !signal?.aborted) {
      const message = spool.next(last);
      if (message === null || consent().level === 'off') return;
      const fate = await this.#sendSpooled(message);
      last = fate === 'renumbered' ? null : message;
      if (fate === 'done') count.sent++;
      else if (fate === 'refused') count.refused++;
    }
  }

  async #sendErasure(): Promise<void> {
    const { spool, records, confirmed } = this.#parts;
    const erasure = spool.erasure;
    if (erasure === null) return;
    const isIts = ({ text }: SignedRecord): boolean => text === erasure.record;
    const record = records.pending().find(isIts) ?? records.newest();
    const items = {
      'connection.erasure_scope': erasure.scope,
      // All means all: a copy of this machine may have used numbers of which this one does not know.
      ...(erasure.scope === 'all' ? {} : { 'connection.erasure_until': erasure.until }),
      ...(record === null ? {} : recordItems(record)),
    };
    const word = await this.#sendControl({ message: 'erasure-request', reason: erasure.reason, items });
    if (word.receipt !== null) records.receipted(word.receipt);
    if (word.confirmation === null)
      throw new TocsinError(
        'format',
        'Cannot take the answer for a confirmation: the hub signed none, want it to erase and say so',
      );
    confirmed(word.confirmation);
    spool.confirmErasure();
  }

  async #sendRecord(signed: SignedRecord): Promise<void> {
    const { records } = this.#parts;
    const reason = records.reasonOf(signed);
    const items = recordItems(signed);
    const word = await this.#sendControl({ message: 'consent-receipt-request', reason, items });
    if (word.receipt !== null) records.receipted(word.receipt);
  }

  /** A message that waits elsewhere than in the outbox; resolves with the hub's word where it is durable there. */
  async #sendControl(candidate: Candidate): Promise<HubWord & { kind: 'taken' }> {
    for (let round = 0; round < SENDER_LIMITS.maxConsentRounds; round++) {
      const number = this.#parts.spool.takeNumber();
      const madeAt = secondOf(this.#parts.world.clock);
      const word = await this.#send(candidate, { ...number, madeAt });
      switch (word.kind) {
        case 'taken':
          return word;
        case 'other-consent':
          await this.#settleConsent(word);
          break;
        case 'number-used':
          this.#beginEpoch();
          break;
        case 'refused':
          throw new TocsinError('denied', `Cannot send '${candidate.message}': the hub refused: ${word.why}`);
        default:
          never(word);
      }
    }
    throw disagreed();
  }

  async #sendSpooled(message: SpooledMessage): Promise<Exclude<Fate, 'again'>> {
    const { spool } = this.#parts;
    for (let round = 0; round < SENDER_LIMITS.maxConsentRounds; round++) {
      const fate = await this.#trySpooled(message);
      if (fate !== 'again') return fate;
      if (spool.erasure !== null) return 'refused'; // emptied meanwhile
    }
    throw disagreed();
  }

  async #trySpooled(message: SpooledMessage): Promise<Fate> {
    const { spool } = this.#parts;
    const candidate = candidateOf(message);
    const decision = this.#gate(candidate);
    if (decision.kind === 'withheld') {
      spool.refuse(message, decision.reason);
      return 'refused';
    }
    const { epoch, sequence, madeAt } = message;
    const word = await this.#send(candidate, { epoch, sequence, madeAt });
    switch (word.kind) {
      case 'taken':
        spool.acknowledge(message);
        return 'done';
      case 'number-used':
        this.#beginEpoch();
        return 'renumbered';
      case 'refused':
        spool.refuse(message, word.reason);
        return 'refused';
      case 'other-consent':
        await this.#settleConsent(word);
        return 'again';
      default:
        return never(word);
    }
  }

  /** What waits gets numbers that nobody used. Throws `conflict` where the hub knows those as well, again and again. */
  #beginEpoch(): void {
    if (++this.#epochsBegun > SENDER_LIMITS.maxEpochs)
      throw new TocsinError(
        'conflict',
        'Cannot send: the hub knows every number of this machine already, want a machine that is no copy of another one',
      );
    this.#parts.spool.beginEpoch();
  }

  #gate(candidate: Candidate): ReturnType<typeof gateMessage> {
    const { consent, world } = this.#parts;
    return gateMessage(candidate, consent(), dayOf(world.clock));
  }

  async #send(
    candidate: Candidate,
    number: { readonly epoch: number; readonly sequence: number; readonly madeAt: string },
  ): Promise<HubWord> {
    const { consent, deliver } = this.#parts;
    const decision = this.#gate(candidate);
    if (decision.kind === 'withheld')
      return { kind: 'refused', reason: decision.reason, why: REASON_WORDS[decision.reason] };
    const { sequence, edition } = consent();
    return await deliver(decision.message, { ...number, consent: sequence, edition });
  }

  /** The hub knows a newer consent: adopted. Or an older one: it gets our records first. */
  async #settleConsent(word: HubWord & { kind: 'other-consent' }): Promise<void> {
    const { records } = this.#parts;
    if (word.records.length > 0) records.adopt(word.records);
    for (const record of records.pending()) {
      if (record.record.sequence <= word.sequence) continue;
      const items = recordItems(record);
      const answer = await this.#send(
        { message: 'consent-receipt-request', reason: 'given', items },
        {
          ...this.#parts.spool.takeNumber(),
          madeAt: secondOf(this.#parts.world.clock),
        },
      );
      if (answer.kind !== 'taken') throw disagreed();
      if (answer.receipt !== null) records.receipted(answer.receipt);
    }
  }
}

function recordItems({ text, record }: SignedRecord): Readonly<Record<string, unknown>> {
  return {
    'connection.consent_record': Buffer.from(text).toString('base64'),
    'connection.policy_sequence': record.policy ?? undefined,
  };
}

function disagreed(): TocsinError {
  return new TocsinError(
    'conflict',
    'Cannot send: this machine and its hub do not agree on which choice about participation is the newest; trying again later',
  );
}
