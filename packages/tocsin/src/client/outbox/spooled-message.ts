// A message as it waits in the outbox: what of it is sealed, and what it holds. Touches no file.
import { TocsinError } from '../../protocol/errors.ts';
import type { SpoolKey } from './spool-key.ts';
import type { MessageNumber } from './spool-numbers.ts';

/** A message that waits. Before it is sent it passes the gate again: what it holds was released under an older consent. */
export interface SpooledMessage extends MessageNumber {
  /** ISO 8601 in UTC, to the second. */
  readonly madeAt: string;
  /** `{"message":…,"reason":…,"items":{…}}` */
  readonly json: string;
}

/** What of it is sealed, under its number. */
export function plainOf(madeAt: string, json: string): Uint8Array {
  return Buffer.from(JSON.stringify({ madeAt, json }));
}

/** Null for what does not open under this number, or is no message. */
export function readMessage(
  key: SpoolKey,
  { epoch, sequence }: MessageNumber,
  sealed: Uint8Array,
): SpooledMessage | null {
  const plain = key.open(`${epoch}/${sequence}`, sealed);
  if (plain === null) return null;
  try {
    const { madeAt, json } = JSON.parse(Buffer.from(plain).toString()) as Record<string, unknown>;
    if (typeof madeAt !== 'string' || typeof json !== 'string') return null;
    return { epoch, sequence, madeAt, json };
  } catch {
    return null;
  }
}

/** The items of a message that waits, to be gated again. Throws `corrupt`. */
export function candidateOf({ json }: SpooledMessage): {
  readonly message: string;
  readonly reason: string;
  readonly items: Readonly<Record<string, unknown>>;
} {
  try {
    return JSON.parse(json) as ReturnType<typeof candidateOf>;
  } catch (cause) {
    throw new TocsinError('corrupt', 'Cannot read a message of the outbox: it is no JSON, want it whole', {
      cause,
    });
  }
}
