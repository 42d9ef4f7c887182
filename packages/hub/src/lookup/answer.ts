// Answers look-ups from the published lists. The hub keeps nothing of a question: no log line, no counter by key.
import type { ListSet } from 'tocsin/lists/list-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex, toHex } from 'tocsin/protocol/hex.ts';
import type { LookupRequest, LookupResponse, PrefixQuestion } from 'tocsin/protocol/lookup.ts';
import { suffixRange } from 'tocsin/protocol/lookup.ts';
import { ANSWER_SIZES, padded } from 'tocsin/protocol/padding.ts';
import { LIFETIME_SECONDS } from 'tocsin/protocol/verdict.ts';
import { Classes } from './classes.ts';

/** Objects in the answer to one prefix; a prefix that holds more is refused, for the answer would be cut silently. */
export const MAX_BUCKET = 65_536;
/** Objects in one whole answer. */
export const MAX_ANSWER_OBJECTS = 1_000_000;

/** Answers, in the order of the questions, what `lookupFault` found nothing wrong with; throws `limit`. */
export function answer(lists: ListSet, request: LookupRequest): LookupResponse {
  const classes = new Classes();
  let objects = 0;
  const buckets = request.prefixes.map((question) => {
    const bucket = findBucket(lists, question, classes);
    objects += bucket.length;
    if (objects > MAX_ANSWER_OBJECTS)
      throw tooMany(`${request.prefixes.length} prefixes`, 'known objects', MAX_ANSWER_OBJECTS);
    return bucket;
  });
  const { revision } = lists.manifest;
  const unknownLifetime = LIFETIME_SECONDS.unknown;
  return { v: 1, revision, classes: classes.records, buckets, unknownLifetime };
}

/** An answer as it stands on the wire, of a size that does not tell what is in it; throws `limit` beyond the largest. */
export function answerText(response: LookupResponse): Buffer {
  const body = padded(JSON.stringify(response), ANSWER_SIZES);
  if (body === null) throw tooMany(`${response.buckets.length} prefixes`, 'bytes', ANSWER_SIZES.at(-1)!);
  return body;
}

function findBucket(
  lists: ListSet,
  question: PrefixQuestion,
  classes: Classes,
): LookupResponse['buckets'][number] {
  const { kind, bits, prefix } = question;
  const found = lists.bucket(kind, parseHex(prefix)!, bits, MAX_BUCKET + 1);
  if (found.length > MAX_BUCKET)
    throw tooMany(`a ${kind} prefix of ${bits} bits`, 'known objects', MAX_BUCKET);
  const { start, end } = suffixRange(kind, bits);
  return found.map(({ key, record }) => ({
    suffix: toHex(key.subarray(start, end)),
    class: classes.indexOf(record),
  }));
}

function tooMany(what: string, of: string, limit: number): TocsinError {
  return new TocsinError(
    'limit',
    `Cannot answer ${what}: more than ${limit} ${of} fit, want fewer or longer ones`,
  );
}
