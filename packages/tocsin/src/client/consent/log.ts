// The log of choices on this machine: one signed record a line, each naming the digest of the one before. Appended
// to, never rewritten. It reads, verifies and appends; what follows from the records is for state.ts, and
// whether the log is the newest one for settings.ts.
import type { KeyObject } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ParticipationRecord, SignedRecord, UseRecord } from '../../catalog/consent-record.ts';
import { peekRecord, verifyRecord } from '../../catalog/consent-record.ts';
import { isExactText } from '../../catalog/machine-text.ts';
import type { LogPlace } from '../../catalog/settings.ts';
import { syncDirectory } from '../../lists/files.ts';
import { errorWords, TocsinError } from '../../protocol/errors.ts';
import { readSmallFile } from '../state/home.ts';
import { appendLines, splitLines } from '../state/line-file.ts';

export const LOG_LIMITS = {
  maxRecords: 4_096,
  /** The last ones are kept for choices that narrow: nobody is kept from saying no. */
  reserve: 256,
  maxBytes: 64 * 2 ** 20,
} as const;

export type LogRead =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'held';
      readonly records: readonly SignedRecord[];
      /** Bytes behind the last whole line: a record that was not acknowledged. */
      readonly torn: number;
      /** Where the whole lines end. */
      readonly end: number;
    }
  /** `why` is a clause for a person; `sound` are the records before the first that does not hold. */
  | { readonly kind: 'altered'; readonly why: string; readonly sound: readonly SignedRecord[] }
  /** Another machine's: this one joined anew since. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface LogOwner {
  readonly machine: string;
  /** P-256, public or private. */
  readonly key: KeyObject;
}

/** Reads and verifies the whole log, which begins behind `base`. Never throws: whatever is wrong is an answer. */
export function readLog(path: string, owner: LogOwner, base: LogPlace | null): LogRead {
  let bytes: Uint8Array | null;
  try {
    bytes = readSmallFile(path, LOG_LIMITS.maxBytes);
  } catch (error) {
    return { kind: 'unreadable', why: errorWords(error) };
  }
  return bytes === null ? { kind: 'absent' } : parseLog(bytes, owner, base);
}

/** As `readLog`, of bytes. */
export function parseLog(bytes: Uint8Array, owner: LogOwner, base: LogPlace | null): LogRead {
  const { lines, end, torn } = splitLines(bytes);
  const records: SignedRecord[] = [];
  const altered = (why: string): LogRead => ({ kind: 'altered', why, sound: records });
  if (lines.length > LOG_LIMITS.maxRecords) return altered('it has too many lines');
  for (const [i, line] of lines.entries()) {
    try {
      const next = verifyNext(line, owner.key, placeOf(records.at(-1)) ?? base);
      if (next.record.machine !== owner.machine) return i === 0 ? { kind: 'foreign' } : altered(ofAnother(i));
      records.push(next);
    } catch (error) {
      if (i === 0 && isForeign(line, owner)) return { kind: 'foreign' };
      return altered(`line ${i + 1} does not hold: ${errorWords(error)}`);
    }
  }
  return { kind: 'held', records, torn, end };
}

/** One more record, if it is signed, exactly spelled, and follows on `before`. Throws TocsinError. */
export function verifyNext(text: string, key: KeyObject, before: LogPlace | null): SignedRecord {
  const signed = verifyRecord(text, key);
  const { sequence, previous } = signed.record;
  if (!isExactText(text, key)) throw broken(sequence, 'its text was altered', 'it as it was written');
  if (sequence !== (before?.sequence ?? 0) + 1 || previous !== (before?.sha256 ?? null))
    throw broken(sequence, 'it does not follow on the record before it', 'the whole chain');
  return signed;
}

/**
 * Adds signed records; durable on return, each with those before it. A torn line that a crash left is cut off
 * first: nobody was told that it counts. Throws `limit` where the log is full, `io`.
 */
export function appendRecords(
  path: string,
  held: (LogRead & { kind: 'held' }) | null,
  records: readonly SignedRecord[],
): void {
  const count = held?.records.length ?? 0;
  const room = LOG_LIMITS.maxRecords - (records.every(narrows) ? 0 : LOG_LIMITS.reserve);
  if (count + records.length > room)
    throw new TocsinError(
      'limit',
      `Cannot record the choice: the log holds ${count} choices, want fewer than ${room}: 'tocsin rejoin' begins a new one`,
    );
  const texts = records.map(({ text }) => text);
  appendLines(path, held?.end ?? 0, texts, 'the log of choices');
}

/** Puts a log aside that cannot be continued, for a person to look at; the one put aside before it is replaced. */
export function putLogAside(path: string, as: string): void {
  try {
    rmSync(as, { recursive: true, force: true });
    renameSync(path, as);
    syncDirectory(dirname(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // its message holds the path
    if (code === 'ENOENT') return;
    throw new TocsinError('io', `Cannot put the log of choices aside: ${code}, want a writable disk`, {
      cause,
    });
  }
}

/** The newest record of each choice; null where none was made. */
export interface ChoicesMade {
  readonly participation: SignedParticipation | null;
  readonly sharing: SignedUse | null;
  readonly commercial: SignedUse | null;
}

export type SignedParticipation = SignedRecord & { readonly record: ParticipationRecord };
export type SignedUse = SignedRecord & { readonly record: UseRecord };

export function stateOf(records: readonly SignedRecord[]): ChoicesMade {
  return {
    participation: newest(records, isParticipation),
    sharing: newest(records, (signed): signed is SignedUse => signed.record.choice === 'sharing'),
    commercial: newest(records, (signed): signed is SignedUse => signed.record.choice === 'commercial'),
  };
}

/** The newest choice of participation that was made here, not by a policy; null where there is none. */
export function newestLocal(records: readonly SignedRecord[]): SignedParticipation | null {
  return newest(
    records,
    (signed): signed is SignedParticipation => isParticipation(signed) && signed.record.by !== 'policy',
  );
}

export function placeOf(signed: SignedRecord | undefined): LogPlace | null {
  return signed === undefined ? null : { sequence: signed.record.sequence, sha256: signed.sha256 };
}

export function isParticipation(signed: SignedRecord): signed is SignedParticipation {
  return signed.record.choice === 'participation';
}

function newest<T extends SignedRecord>(
  records: readonly SignedRecord[],
  is: (signed: SignedRecord) => signed is T,
): T | null {
  for (let i = records.length - 1; i >= 0; i--) {
    const signed = records[i]!;
    if (is(signed)) return signed;
  }
  return null;
}

function narrows({ record }: SignedRecord): boolean {
  return record.value === 'off' || record.value === 'no';
}

/** True for a line that says it is of another machine; whether it is, is not asked. */
function isForeign(line: string, owner: LogOwner): boolean {
  try {
    return peekRecord(line).record.machine !== owner.machine;
  } catch {
    return false;
  }
}

function ofAnother(index: number): string {
  return `line ${index + 1} is of another machine`;
}

function broken(sequence: number, state: string, want: string): TocsinError {
  return new TocsinError('corrupt', `Cannot trust consent record '${sequence}': ${state}, want ${want}`);
}
