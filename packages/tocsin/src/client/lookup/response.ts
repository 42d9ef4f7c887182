// Reads the hub's answer to prefix questions. A hub is trusted for its verdicts, never for the shape of what it
// sends: whatever does not fit the questions is refused whole.
import { TocsinError } from '../../protocol/errors.ts';
import { parseHex } from '../../protocol/hex.ts';
import type { PrefixQuestion } from '../../protocol/lookup.ts';
import { CLASS_LIMITS, parseClassRecord, record, suffixRange, whole } from '../../protocol/lookup.ts';
import type { ClassRecord } from '../../protocol/verdict.ts';
import { LEVELS } from '../../protocol/verdict.ts';

export const LOOKUP_RESPONSE_LIMITS = { maxClasses: 1_000_000, maxBucket: 65_536 } as const;

/**
 * All known objects under one prefix: `suffixes` holds bytes [start, end) of each key one after another, `records` what
 * each is.
 */
export interface Bucket {
  readonly start: number;
  readonly end: number;
  readonly suffixes: Uint8Array;
  readonly records: readonly ClassRecord[];
}

export interface BucketAnswer {
  /** One a question, in their order. */
  readonly buckets: readonly Bucket[];
  /** Of the hub's lists from which it was made. */
  readonly revision: number;
  /** How long "nothing is known" may be kept, seconds. */
  readonly unknownLifetime: number;
}

/** The answer to these questions; throws `format` with what is wrong. */
export function parseBuckets(value: unknown, questions: readonly PrefixQuestion[]): BucketAnswer {
  const o = record(value, 'look-up answer');
  if (o['v'] !== 1) throw bad('v', '1');
  const { classes, buckets } = o;
  if (!Array.isArray(classes) || classes.length > LOOKUP_RESPONSE_LIMITS.maxClasses)
    throw bad('classes', `an array of up to ${LOOKUP_RESPONSE_LIMITS.maxClasses}`);
  if (!Array.isArray(buckets) || buckets.length !== questions.length)
    throw bad('buckets', `an array of ${questions.length}, one a question`);
  const records = classes.map(parseClassRecord);
  return {
    buckets: questions.map((question, i) => parseBucket(buckets[i], question, records)),
    revision: whole(o['revision'], 'revision', 0, Number.MAX_SAFE_INTEGER),
    unknownLifetime: whole(o['unknownLifetime'], 'unknownLifetime', 0, CLASS_LIMITS.maxLifetime),
  };
}

function parseBucket(value: unknown, question: PrefixQuestion, classes: readonly ClassRecord[]): Bucket {
  if (!Array.isArray(value) || value.length > LOOKUP_RESPONSE_LIMITS.maxBucket)
    throw bad('buckets', `arrays of up to ${LOOKUP_RESPONSE_LIMITS.maxBucket}`);
  const { start, end } = suffixRange(question.kind, question.bits);
  const suffixes = new Uint8Array(value.length * (end - start));
  const records = value.map((entry: unknown, i) => {
    const { suffix, class: index } = record(entry, 'look-up answer');
    const bytes = typeof suffix === 'string' ? parseHex(suffix) : null;
    if (bytes === null || bytes.length !== end - start || !fits(bytes, question))
      throw bad('suffix', `${end - start} bytes of a ${question.kind} under the prefix that was asked for`);
    suffixes.set(bytes, i * bytes.length);
    return classes[whole(index, 'class', 0, classes.length - 1)]!;
  });
  return { start, end, suffixes, records };
}

/**
 * What the bucket says of a key under its prefix; null where it is not known there. Of two objects whose suffixes are the
 * same the worse one counts: only somebody who made both could have two such.
 */
export function findInBucket({ start, end, suffixes, records }: Bucket, key: Uint8Array): ClassRecord | null {
  const size = end - start;
  let found: ClassRecord | null = null;
  for (let i = 0, at = 0; i < records.length; i++, at += size) {
    let n = 0;
    while (n < size && suffixes[at + n] === key[start + n]) n++;
    if (n === size && (found === null || LEVELS[records[i]!.level] > LEVELS[found.level]))
      found = records[i]!;
  }
  return found;
}

/** The first `bits` bits of a key as a question about it. */
export function prefixQuestion(kind: PrefixQuestion['kind'], key: Uint8Array, bits: number): PrefixQuestion {
  const bytes = Buffer.from(key.subarray(0, Math.ceil(bits / 8)));
  const unused = 8 * bytes.length - bits;
  bytes[bytes.length - 1]! &= 0xff << unused;
  return { kind, bits, prefix: bytes.toString('hex') };
}

/** The first byte of a suffix holds those bits of the prefix that fill no whole byte. */
function fits(suffix: Uint8Array, { bits, prefix }: PrefixQuestion): boolean {
  const shared = bits % 8;
  if (shared === 0) return true;
  const mask = (0xff << (8 - shared)) & 0xff;
  return (suffix[0]! & mask) === Number.parseInt(prefix.slice(-2), 16);
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError(
    'format',
    `Cannot read the look-up answer: its field '${field}' is wrong, want ${want}`,
  );
}
