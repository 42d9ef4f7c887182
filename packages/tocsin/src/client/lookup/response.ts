// Reads the hub's answer to prefix questions. A hub is trusted for its verdicts, never for the shape of what it
// sends: whatever does not fit the questions is refused whole.
import { TocsinError } from '../../protocol/errors.ts';
import { parseHex } from '../../protocol/hex.ts';
import { KEY_KINDS } from '../../protocol/kinds.ts';
import type { PrefixQuestion } from '../../protocol/lookup.ts';
import { CLASS_LIMITS, parseClassRecord, record, whole } from '../../protocol/lookup.ts';
import type { ClassRecord } from '../../protocol/verdict.ts';

export const LOOKUP_RESPONSE_LIMITS = { maxClasses: 1_000_000, maxBucket: 65_536 } as const;

/** All known objects under one prefix: `keys` holds their keys one after another, `records` what each is. */
export interface Bucket {
  readonly keyBytes: number;
  readonly keys: Uint8Array;
  readonly records: readonly ClassRecord[];
}

export interface BucketAnswer {
  /** One a question, in their order. */
  readonly buckets: readonly Bucket[];
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
    unknownLifetime: whole(o['unknownLifetime'], 'unknownLifetime', 0, CLASS_LIMITS.maxLifetime),
  };
}

function parseBucket(value: unknown, question: PrefixQuestion, classes: readonly ClassRecord[]): Bucket {
  if (!Array.isArray(value) || value.length > LOOKUP_RESPONSE_LIMITS.maxBucket)
    throw bad('buckets', `arrays of up to ${LOOKUP_RESPONSE_LIMITS.maxBucket}`);
  const keyBytes = KEY_KINDS[question.kind].bytes;
  const keys = new Uint8Array(value.length * keyBytes);
  const records = value.map((entry: unknown, i) => {
    const { key, class: index } = record(entry, 'look-up answer');
    const bytes = typeof key === 'string' ? parseHex(key) : null;
    if (bytes === null || bytes.length !== keyBytes || !startsWith(bytes, question))
      throw bad('key', `a ${question.kind} under the prefix that was asked for`);
    keys.set(bytes, i * keyBytes);
    return classes[whole(index, 'class', 0, classes.length - 1)]!;
  });
  return { keyBytes, keys, records };
}

/** What the bucket says of a key; null where it is not known there. */
export function findInBucket(bucket: Bucket, key: Uint8Array): ClassRecord | null {
  const { keys, keyBytes } = bucket;
  for (let i = 0, at = 0; at < keys.length; i++, at += keyBytes) {
    let n = 0;
    while (n < keyBytes && keys[at + n] === key[n]) n++;
    if (n === keyBytes) return bucket.records[i]!;
  }
  return null;
}

/** The first `bits` bits of a key as a question about it. */
export function prefixQuestion(kind: PrefixQuestion['kind'], key: Uint8Array, bits: number): PrefixQuestion {
  const bytes = Buffer.from(key.subarray(0, Math.ceil(bits / 8)));
  const unused = 8 * bytes.length - bits;
  bytes[bytes.length - 1]! &= 0xff << unused;
  return { kind, bits, prefix: bytes.toString('hex') };
}

function startsWith(key: Uint8Array, { kind, bits, prefix }: PrefixQuestion): boolean {
  return prefixQuestion(kind, key, bits).prefix === prefix;
}

function bad(field: string, want: string): TocsinError {
  return new TocsinError(
    'format',
    `Cannot read the look-up answer: its field '${field}' is wrong, want ${want}`,
  );
}
