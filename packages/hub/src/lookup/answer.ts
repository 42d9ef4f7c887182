// Answers look-ups from the published lists. The hub keeps nothing of a question: no log line, no counter by key.
import { setImmediate } from 'node:timers/promises';
import type { ListSet } from 'tocsin/lists/list-set.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex, toHex } from 'tocsin/protocol/hex.ts';
import type { LookupRequest, LookupResponse, PrefixQuestion } from 'tocsin/protocol/lookup.ts';
import { suffixRange } from 'tocsin/protocol/lookup.ts';
import { ANSWER_SIZES, padded } from 'tocsin/protocol/padding.ts';
import { LIFETIME_SECONDS } from 'tocsin/protocol/verdict.ts';
import { Classes } from './classes.ts';

/**
 * Objects in the answer to one prefix; a prefix that holds more is refused, for the answer would be cut silently. Of as many
 * bits as the hub announces one holds 256 at most on average: this is what may be asked by a manifest from when the hub knew
 * a thirtieth.
 */
export const MAX_BUCKET = 8_192;
/** Objects in one whole answer. */
export const MAX_ANSWER_OBJECTS = 1_000_000;

export const SLICES = {
  /** Prefixes, or objects in them, that are answered in one go, some milliseconds; then others get their turn. */
  prefixes: 16,
  objects: 4_096,
  /** Where the lists changed in between it begins anew, so often. */
  tries: 3,
} as const;

/**
 * Answers, in the order of the questions, what `lookupFault` found nothing wrong with: as it stands on the wire, of a size that
 * does not tell what is in it. All of it is from one revision. Rejects with `limit` beyond the largest, with `busy` where the
 * lists change again and again.
 */
export async function answer(lists: { readonly set: ListSet }, request: LookupRequest): Promise<Buffer> {
  const { prefixes } = request;
  for (let tries = 0; tries < SLICES.tries; tries++) {
    const { set } = lists;
    const draft = new Draft(set);
    for (const question of prefixes) {
      if (draft.isSliceFull) {
        await setImmediate();
        if (lists.set !== set) break;
        draft.beginSlice();
      }
      draft.add(question);
    }
    if (draft.prefixes === prefixes.length) return draft.text();
  }
  throw new TocsinError('busy', 'Cannot answer the look-up now: the lists change, want a later call');
}

/** An answer from the lists of one revision, while it grows. */
class Draft {
  readonly #lists: ListSet;
  readonly #classes = new Classes();
  readonly #buckets: string[] = [];
  #objects = 0;
  /** What was there when the slice began. */
  #slice = { prefixes: 0, objects: 0 };

  constructor(lists: ListSet) {
    this.#lists = lists;
  }

  get isSliceFull(): boolean {
    const { prefixes, objects } = this.#slice;
    return this.prefixes - prefixes >= SLICES.prefixes || this.#objects - objects >= SLICES.objects;
  }

  beginSlice(): void {
    this.#slice = { prefixes: this.prefixes, objects: this.#objects };
  }

  get prefixes(): number {
    return this.#buckets.length;
  }

  add(question: PrefixQuestion): void {
    const bucket = findBucket(this.#lists, question, this.#classes);
    this.#objects += bucket.length;
    if (this.#objects > MAX_ANSWER_OBJECTS)
      throw tooMany('so many prefixes', 'known objects', MAX_ANSWER_OBJECTS);
    this.#buckets.push(JSON.stringify(bucket));
  }

  /** The JSON of a LookupResponse; the buckets are put together as texts, for they are large. */
  text(): Buffer {
    const { revision } = this.#lists.manifest;
    const head = { v: 1, revision, classes: this.#classes.records } satisfies Partial<LookupResponse>;
    const tail = { unknownLifetime: LIFETIME_SECONDS.unknown } satisfies Partial<LookupResponse>;
    const json = `${JSON.stringify(head).slice(0, -1)},"buckets":[${this.#buckets.join()}],${JSON.stringify(tail).slice(1)}`;
    const body = padded(json, ANSWER_SIZES);
    if (body === null) throw tooMany(`${this.prefixes} prefixes`, 'bytes', ANSWER_SIZES.at(-1)!);
    return body;
  }
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
