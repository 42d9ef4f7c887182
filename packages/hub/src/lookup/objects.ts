// Answers about whole keys, from what is known by heart (known.ts). For programs of the operator, such as a mail gateway;
// machines ask by prefix. The hub keeps nothing of a question here either.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import type { KeyKind, ObjectKey } from 'tocsin/protocol/kinds.ts';
import { isKeyKind, KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { formatKey, keysToAsk, parseObject } from 'tocsin/protocol/objects.ts';
import type { PackedRequest } from 'tocsin/protocol/packed-lookup.ts';
import { encodePackedResponse, parsePackedRequest } from 'tocsin/protocol/packed-lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { capAlias, LIFETIME_SECONDS, UNKNOWN, verdictOf } from 'tocsin/protocol/verdict.ts';
import { Classes } from './classes.ts';
import type { KnownObjects } from './known.ts';

export const OBJECTS_LIMITS = {
  maxObjects: 1_000,
  /** One object is kept by caches that look at no revision: no longer than this, so that a recall reaches them. */
  maxAgeSeconds: 3_600,
} as const;

/** Names the revision of the lists behind an answer about whole keys. */
export const REVISION_HEADER = 'tocsin-lists';

export interface ObjectsResponse {
  readonly v: 1;
  readonly classes: readonly ClassRecord[];
  /** In the order of the questions: an index into `classes`, null where nothing is known. */
  readonly objects: readonly (number | null)[];
  readonly unknownLifetime: number;
}

export type Known = Pick<KnownObjects, 'find' | 'findMany' | 'revisionOf' | 'untilKnown'>;

export const JSON_TYPE = 'application/json; charset=utf-8';

/** The keys of a request `{"v":1,"objects":[{"kind","key"}]}`. Throws `input` or `limit` with what is wrong. */
export function parseObjectsRequest(body: object): readonly ObjectKey[] {
  const { v, objects, ...beside } = body as Record<string, unknown>;
  const undeclared = Object.keys(beside)[0];
  if (undeclared !== undefined)
    throw refused(`the field '${undeclared.slice(0, 64)}' is not known`, 'v and objects');
  if (v !== 1 || !Array.isArray(objects))
    throw refused('it is none of version 1', 'v 1 and a list of objects');
  if (objects.length === 0 || objects.length > OBJECTS_LIMITS.maxObjects)
    throw new TocsinError(
      'limit',
      `Cannot answer the look-up: it names ${objects.length} objects, want 1 to ${OBJECTS_LIMITS.maxObjects}`,
    );
  return objects.map(keyOf);
}

function keyOf(object: unknown, at: number): ObjectKey {
  const { kind, key, ...beside } = (typeof object === 'object' && object !== null ? object : {}) as Record<
    string,
    unknown
  >;
  if (!isKeyKind(kind) || typeof key !== 'string' || Object.keys(beside).length > 0)
    throw refused(`object ${at} is none`, 'a known kind and a key in hex, and nothing else');
  const bytes = key === key.toLowerCase() ? parseHex(key) : null;
  if (bytes?.length !== KEY_KINDS[kind].bytes)
    throw refused(
      `the key of object ${at} is none of ${kind}`,
      `${2 * KEY_KINDS[kind].bytes} hex digits in lower case`,
    );
  return { kind, bytes };
}

export function answerObjects(known: Known, keys: readonly ObjectKey[]): ObjectsResponse {
  const classes = new Classes();
  const objects = keys.map(({ kind, bytes }) => {
    const record = known.find(kind, bytes);
    return record === null || record.level === 'unknown' ? null : classes.indexOf(capAlias(kind, record));
  });
  return { v: 1, classes: classes.records, objects, unknownLifetime: LIFETIME_SECONDS.unknown };
}

export interface OneObject {
  /** Of the keys that the words stand for, the most exact one of which anything is said, also that it was taken back. */
  readonly key: ObjectKey;
  /** `{"id","verdict"}` as JSON. */
  readonly text: string;
  /** How long it may be kept, seconds. */
  readonly lifetime: number;
  /** The oldest of the lists that were asked. */
  readonly revision: number;
}

/** One object by any of its words. Throws as `parseObject`. */
export function answerOne(known: Known, words: string): OneObject {
  const plain = plainSha256(words);
  if (plain !== null)
    return oneObject(plain, known.find(plain.kind, plain.bytes), known.revisionOf(plain.kind), words);
  const keys = keysToAsk(parseObject(words));
  const found = keys.map((key) => ({ key, record: known.find(key.kind, key.bytes) }));
  const { key, record } = found.find((each) => each.record !== null) ?? found[0]!;
  return oneObject(key, record, revisionOf(known, keys), formatKey(key.kind, key.bytes));
}

/** `id`: the key as `formatKey` writes it, which is JSON without escapes. */
function oneObject(key: ObjectKey, record: ClassRecord | null, revision: number, id: string): OneObject {
  const text = `{"id":"${id}","verdict":${record === null ? UNKNOWN_TEXT : verdictText(key.kind, record)}}`;
  const lifetime = Math.min(record?.lifetime ?? LIFETIME_SECONDS.unknown, OBJECTS_LIMITS.maxAgeSeconds);
  return { key, text, lifetime, revision };
}

/** Of what is said of these keys, the oldest revision. */
export function revisionOf(known: Known, keys: readonly Pick<ObjectKey, 'kind'>[]): number {
  let oldest = Number.MAX_SAFE_INTEGER;
  for (const { kind } of keys) oldest = Math.min(oldest, known.revisionOf(kind));
  return oldest;
}

const SHA256 = 'sha256:';

/** What nearly every program asks for, in the one spelling that `formatKey` has; null for other words. */
function plainSha256(words: string): ObjectKey | null {
  if (words.length !== SHA256.length + 64 || !words.startsWith(SHA256)) return null;
  const bytes = words === words.toLowerCase() ? parseHex(words.slice(SHA256.length)) : null;
  return bytes === null ? null : { kind: 'file-sha256', bytes };
}

const UNKNOWN_TEXT = JSON.stringify(UNKNOWN);
const VERDICT_TEXTS = new WeakMap<ClassRecord, string>();

/** The verdict as JSON, written once for a record that many objects share. */
function verdictText(kind: KeyKind, record: ClassRecord): string {
  if (KEY_KINDS[kind].alias) return JSON.stringify(capAlias(kind, verdictOf(record)));
  const known = VERDICT_TEXTS.get(record);
  if (known !== undefined) return known;
  const text = JSON.stringify(verdictOf(record));
  VERDICT_TEXTS.set(record, text);
  return text;
}

export interface PackedAnswer {
  readonly body: Buffer;
  /** Of the lists behind it. */
  readonly revision: number;
}

/** A packed request, answered once its keys can be asked for. Rejects as `parsePackedRequest` throws, and as `untilKnown`. */
export async function answerPackedBody(known: Known, request: Uint8Array): Promise<PackedAnswer> {
  const packed = parsePackedRequest(request);
  await known.untilKnown(packed.kind, packed.count);
  return { body: answerPacked(known, packed), revision: known.revisionOf(packed.kind) };
}

export function answerPacked(known: Known, { kind, keys, count }: PackedRequest): Buffer {
  const classes = new Classes();
  const objects = new Uint32Array(count);
  known.findMany(kind, keys, count, (i, record) => {
    objects[i] = classes.indexOf(capAlias(kind, record)) + 1;
  });
  return encodePackedResponse({
    classes: classes.records,
    objects,
    unknownLifetime: LIFETIME_SECONDS.unknown,
  });
}

function refused(state: string, want: string): TocsinError {
  return new TocsinError('input', `Cannot answer the look-up: ${state}, want ${want}`);
}
