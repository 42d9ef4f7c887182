// Takes the record of a choice into the machine's chain, keeps the text that it accepts and countersigns it
// (spec/message.md 4.1), within the caller's transaction and under the machine's row lock. Whether anything may be sent
// under it is not decided here.
import { signReceipt } from 'tocsin/catalog/consent-receipt.ts';
import type { SignedRecord } from 'tocsin/catalog/consent-record.ts';
import { peekRecord } from 'tocsin/catalog/consent-record.ts';
import { parseEnvelope } from 'tocsin/protocol/dsse.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { utcSecond } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';
import { addRecord, consentHead, recordAt, recordsAbove } from '../privacy/consent-store.ts';
import { keepAcceptedOf } from '../privacy/evidence.ts';
import type { Queries } from '../store/database.ts';
import type { IntakeMachine } from './open.ts';
import { requireSigned } from './open.ts';

export type RecordOutcome =
  /** It counts from the commit on. */
  | { readonly kind: 'stored'; readonly receipt: string }
  | { readonly kind: 'duplicate'; readonly receipt: string }
  | {
      readonly kind: 'refused';
      readonly reason: 'hub-behind' | 'another-copy';
      readonly head: number;
      /** For another copy: what the hub holds from where both part, so that the sender sees it. */
      readonly records: readonly string[];
    };

export interface RecordParts {
  readonly keys: KeyRing;
  readonly now: number;
  /** A withdrawal is taken although records before it are missing. */
  readonly overGaps: boolean;
}

/** The record in an item of a message. Throws `format`, `limit`; `denied` where it is another machine's or not signed by it. */
export function readRecord(machine: IntakeMachine, base64: string): SignedRecord {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const signed = peekRecord(text);
  if (signed.record.machine !== machine.id)
    throw new TocsinError(
      'denied',
      'Cannot take the consent record: it is of another machine, want one of the sender',
    );
  requireSigned(machine, parseEnvelope(text), 'consent record');
  return signed;
}

/** Stores a verified record where it fits into the chain. */
export async function takeRecord(
  session: Queries,
  signed: SignedRecord,
  parts: RecordParts,
): Promise<RecordOutcome> {
  const { machine, sequence } = signed.record;
  const there = await recordAt(session, machine, sequence);
  if (there !== null && there.sha256 === signed.sha256) return { kind: 'duplicate', receipt: there.receipt };
  const head = (await consentHead(session, machine)).sequence;
  const misfit = there === null ? await misfitOf(session, signed, head, parts.overGaps) : 'another-copy';
  if (misfit !== null) {
    const records = misfit === 'another-copy' ? await recordsAbove(session, machine, sequence - 2) : [];
    return { kind: 'refused', reason: misfit, head, records };
  }
  const receivedAt = utcSecond(parts.now);
  const unsigned = { v: 1, machine, sequence, record: signed.sha256, receivedAt } as const;
  const { id, privateKey } = parts.keys.receipt;
  const receipt = signReceipt(unsigned, id, privateKey);
  await addRecord(session, signed, receipt, parts.now);
  await keepAcceptedOf(session, parts.keys, signed.record, parts.now);
  return { kind: 'stored', receipt };
}

/** Why a record whose sequence is free does not fit; null where it does. */
async function misfitOf(
  session: Queries,
  { record, sha256 }: SignedRecord,
  head: number,
  overGaps: boolean,
): Promise<'hub-behind' | 'another-copy' | null> {
  const { machine, sequence, previous } = record;
  if (sequence > head + 1 && !(overGaps && isWithdrawal(record))) return 'hub-behind';
  const before = await recordAt(session, machine, sequence - 1);
  if (sequence === 1 ? previous !== null : before !== null && previous !== before.sha256)
    return 'another-copy';
  if (sequence > head) return null;
  const next = await recordAt(session, machine, sequence + 1);
  return next !== null && peekRecord(next.text).record.previous === sha256 ? null : 'another-copy';
}

function isWithdrawal({ choice, value }: SignedRecord['record']): boolean {
  return choice === 'participation' && value === 'off';
}
