// Carries out a machine's request to erase (spec/message.md 4.2), in the one transaction that its caller commits:
// messages gone, lateness remembered, withdrawal recorded, confirmation signed and kept. Killed before the commit,
// nothing has happened and the machine asks again; after it, the same answer is given again.
import type { ErasureScope } from 'tocsin/catalog/erasure-confirmation.ts';
import { signConfirmation } from 'tocsin/catalog/erasure-confirmation.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { utcSecond } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';
import type { ErasedRange, MessageNumber } from '../privacy/erasure.ts';
import { addErasure, deleteMessages, findConfirmation, isAfter } from '../privacy/erasure.ts';
import type { Queries } from '../store/database.ts';
import type { IntakeAnswer } from './answers.ts';
import { highestNumber } from './message-store.ts';
import type { IntakeMachine } from './open.ts';
import type { RecordOutcome } from './records.ts';
import { readRecord, takeRecord } from './records.ts';

export interface ErasureRequest {
  readonly at: MessageNumber;
  readonly scope: ErasureScope;
  /** Last sequence of its epoch that it covers; null: all that came before the request, however it is numbered. */
  readonly until: number | null;
  /** base64 of the record of the withdrawal; null where nothing is withdrawn. */
  readonly record: string | null;
}

export async function takeErasure(
  session: Queries,
  machine: IntakeMachine,
  request: ErasureRequest,
  parts: { readonly keys: KeyRing; readonly now: number },
): Promise<IntakeAnswer> {
  const { at, scope } = request;
  const before = await findConfirmation(session, machine.id, at);
  const record = await recordOf(session, machine, request, parts);
  const told = {
    ...(record === null || record.kind === 'refused' ? {} : { receipt: record.receipt }),
    ...(record?.kind === 'refused' ? { why: 'record-refused' as const } : {}),
  };
  if (before !== null) return { kind: 'taken', at, outcome: 'duplicate', confirmation: before, ...told };
  const range: ErasedRange = { scope, until: await endOf(session, machine.id, request) };
  const messages = await deleteMessages(session, machine.id, range);
  const confirmation = signConfirmation(
    { v: 1, machine: machine.id, scope, until: range.until, erasedAt: utcSecond(parts.now), messages },
    parts.keys.receipt,
  );
  await addErasure(session, {
    ...range,
    machine: machine.id,
    request: at,
    askedBy: 'machine',
    messages,
    erasedAt: parts.now,
    confirmation,
  });
  return { kind: 'taken', at, outcome: 'stored', confirmation, ...told };
}

/** Nothing about the record keeps the erasure from being done. */
async function recordOf(
  session: Queries,
  machine: IntakeMachine,
  { record }: ErasureRequest,
  parts: { readonly keys: KeyRing; readonly now: number },
): Promise<RecordOutcome | null> {
  if (record === null) return null;
  try {
    return await takeRecord(session, readRecord(machine, record), { ...parts, overGaps: true });
  } catch (error) {
    if (error instanceof TocsinError && ['format', 'limit', 'denied'].includes(error.code))
      return { kind: 'refused', reason: 'another-copy', head: 0, records: [] };
    throw error;
  }
}

/**
 * The last number that is covered: as the request says, and then never the request itself or what comes after it. One
 * that says nothing covers what is here: a machine that was set back does not know all numbers that it gave out. All
 * of the epochs before are covered.
 */
async function endOf(session: Queries, machine: string, request: ErasureRequest): Promise<MessageNumber> {
  const asked = endAsAsked(request);
  const highest = request.until === null ? await highestNumber(session, machine) : null;
  return highest !== null && isAfter(highest, asked) ? highest : asked;
}

function endAsAsked({ at, until }: ErasureRequest): MessageNumber {
  const { epoch, sequence } = at;
  const last = Math.min(until ?? Number.POSITIVE_INFINITY, sequence - 1);
  if (last >= 0) return { epoch, sequence: last };
  return epoch > 0 ? { epoch: epoch - 1, sequence: Number.MAX_SAFE_INTEGER } : { epoch: 0, sequence: 0 };
}
