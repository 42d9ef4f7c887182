// The receipts that the hub gave for choices: kept for the person, one signed text a line. Each was verified when it
// came, by the receipt key of then. Losing one loses no choice: the record is shown to the hub again.
import type { SignedReceipt } from '../../catalog/consent-receipt.ts';
import { peekReceipt, RECEIPT_LIMITS, verifyReceipt } from '../../catalog/consent-receipt.ts';
import type { SignedRecord } from '../../catalog/consent-record.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { appendLines, readLines } from '../state/line-file.ts';
import { LOG_LIMITS } from './log.ts';

export const RECEIPTS_LIMITS = { maxBytes: LOG_LIMITS.maxRecords * RECEIPT_LIMITS.maxText } as const;

/** Digest of a record's payload -> its receipt. */
export type Receipts = ReadonlyMap<string, SignedReceipt>;

/** What is kept; a line that is no receipt is passed over. Throws `io`, `limit`. */
export function readReceipts(path: string): Receipts {
  return new Map(
    (readLines(path, RECEIPTS_LIMITS.maxBytes)?.lines ?? []).flatMap((line) => {
      const signed = readLine(line);
      return signed === null ? [] : [[signed.receipt.record, signed] as const];
    }),
  );
}

/**
 * Verifies and keeps a receipt; durable on return. The same again is no error. Throws `pin` where the hub's key did
 * not sign it, `format`; `conflict` where it is for none of these records.
 */
export function keepReceipt(
  path: string,
  text: string,
  receiptKey: Uint8Array,
  records: readonly SignedRecord[],
): SignedReceipt {
  const signed = verifyReceipt(text, receiptKey);
  const { machine, sequence, record } = signed.receipt;
  const known = records.find(({ sha256 }) => sha256 === record);
  if (known === undefined || known.record.machine !== machine || known.record.sequence !== sequence)
    throw new TocsinError(
      'conflict',
      `Cannot keep the receipt for choice '${sequence}': it is for another record than that of this machine, want one for it`,
    );
  if (readReceipts(path).has(record)) return signed;
  const end = readLines(path, RECEIPTS_LIMITS.maxBytes)?.end ?? 0;
  appendLines(path, end, [signed.text], 'the receipts');
  return signed;
}

/**
 * Records that the hub has not countersigned, oldest first. None where nothing was ever agreed to: a machine that
 * only ever said no tells nobody.
 */
export function withoutReceipt(
  records: readonly SignedRecord[],
  receipts: Receipts,
): readonly SignedRecord[] {
  const agreed = records.some(({ record }) => record.value !== 'off' && record.value !== 'no');
  const fromStart = records[0]?.record.previous === null;
  if (!agreed && fromStart) return [];
  return records.filter(({ sha256 }) => !receipts.has(sha256));
}

function readLine(line: string): SignedReceipt | null {
  try {
    return peekReceipt(line);
  } catch (error) {
    if (error instanceof TocsinError) return null;
    throw error;
  }
}
