// The packed form of a look-up by whole keys (spec/lookup.md, "Whole keys, packed"): many keys of one kind, no text but
// the class records. Both directions, for hubs and for programs that ask them. No I/O.
//
//   request   TOCLKQ1\n | kind u8 | 0 0 0 | count u32 | count keys
//   response  TOCLKA1\n | count u32 | classes u32 | unknown lifetime u32 | bytes of class lines u32 | count × u32 | class lines
import { TocsinError } from './errors.ts';
import type { KeyKind } from './kinds.ts';
import { KEY_KINDS, keyKindOfCode } from './kinds.ts';
import { parseClassRecord } from './lookup.ts';
import type { ClassRecord } from './verdict.ts';

export const PACKED_TYPES = {
  request: 'application/vnd.tocsin.lookup-request',
  response: 'application/vnd.tocsin.lookup-response',
} as const;

export const PACKED_LIMITS = {
  maxKeys: 65_536,
  requestHead: 16,
  responseHead: 24,
  /** Head and keys of the largest request. */
  maxRequestBytes: 16 + 65_536 * 32,
  /** Class lines of the largest answer that a reader takes. */
  maxClassBytes: 64 * 2 ** 20,
} as const;

const REQUEST_MAGIC = Buffer.from('TOCLKQ1\n');
const RESPONSE_MAGIC = Buffer.from('TOCLKA1\n');

export interface PackedRequest {
  readonly kind: KeyKind;
  readonly count: number;
  /** Packed, `KEY_KINDS[kind].bytes` each; a view of what was parsed. */
  readonly keys: Uint8Array;
}

export interface PackedResponse {
  readonly classes: readonly ClassRecord[];
  /** For each key, in order: 1 + the index of its class, 0 where nothing is known. */
  readonly objects: Uint32Array;
  /** How long "nothing is known" may be kept, seconds. */
  readonly unknownLifetime: number;
}

/** Throws RangeError for no key, for too many, or for a length that is no whole number of keys. */
export function encodePackedRequest(kind: KeyKind, keys: Uint8Array): Buffer {
  const { bytes, code } = KEY_KINDS[kind];
  const count = keys.length / bytes;
  if (!Number.isInteger(count) || count < 1 || count > PACKED_LIMITS.maxKeys)
    throw new RangeError(`a packed look-up has 1 to ${PACKED_LIMITS.maxKeys} whole keys`);
  const head = Buffer.alloc(PACKED_LIMITS.requestHead);
  REQUEST_MAGIC.copy(head);
  head.writeUInt8(code, 8);
  head.writeUInt32LE(count, 12);
  return Buffer.concat([head, keys]);
}

/** Throws `format` where the bytes are no such request, `limit` where it holds no key or too many. */
export function parsePackedRequest(bytes: Uint8Array): PackedRequest {
  const { requestHead, maxKeys } = PACKED_LIMITS;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < requestHead || !buffer.subarray(0, 8).equals(REQUEST_MAGIC))
    throw wrong('request', 'it does not begin as one', 'TOCLKQ1 and a head of 16 bytes');
  const kind = keyKindOfCode(buffer.readUInt8(8));
  if (kind === undefined) throw wrong('request', 'its kind of key is not known', 'one of segment.md');
  if (buffer.readUIntLE(9, 3) !== 0) throw wrong('request', 'its bytes 9 to 11 are set', 'zeros');
  const count = buffer.readUInt32LE(12);
  if (count < 1 || count > maxKeys)
    throw new TocsinError(
      'limit',
      `Cannot read the packed request: it names ${count} keys, want 1 to ${maxKeys}`,
    );
  if (bytes.length !== requestHead + count * KEY_KINDS[kind].bytes)
    throw wrong('request', `its length is not that of ${count} keys`, 'whole keys and nothing behind them');
  return { kind, count, keys: bytes.subarray(requestHead) };
}

export function encodePackedResponse({ classes, objects, unknownLifetime }: PackedResponse): Buffer {
  const lines = Buffer.from(classes.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const { responseHead } = PACKED_LIMITS;
  const answer = Buffer.allocUnsafe(responseHead + 4 * objects.length + lines.length);
  RESPONSE_MAGIC.copy(answer);
  answer.writeUInt32LE(objects.length, 8);
  answer.writeUInt32LE(classes.length, 12);
  answer.writeUInt32LE(unknownLifetime, 16);
  answer.writeUInt32LE(lines.length, 20);
  const view = new DataView(answer.buffer, answer.byteOffset + responseHead, 4 * objects.length);
  for (let i = 0; i < objects.length; i++) view.setUint32(4 * i, objects[i]!, true);
  lines.copy(answer, responseHead + 4 * objects.length);
  return answer;
}

/** Throws `format` where the bytes are no such response, or not one to `count` keys. */
export function parsePackedResponse(bytes: Uint8Array, count: number): PackedResponse {
  const { responseHead, maxClassBytes } = PACKED_LIMITS;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < responseHead || !buffer.subarray(0, 8).equals(RESPONSE_MAGIC))
    throw wrong('response', 'it does not begin as one', 'TOCLKA1 and a head of 24 bytes');
  if (buffer.readUInt32LE(8) !== count)
    throw wrong('response', `it answers ${buffer.readUInt32LE(8)} keys`, `${count}, as many as were asked`);
  const classCount = buffer.readUInt32LE(12);
  const classBytes = buffer.readUInt32LE(20);
  if (classBytes > maxClassBytes || bytes.length !== responseHead + 4 * count + classBytes)
    throw wrong(
      'response',
      'its length is not what its head says',
      'objects, class lines and nothing behind them',
    );
  const objects = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    objects[i] = buffer.readUInt32LE(responseHead + 4 * i);
    if (objects[i]! > classCount)
      throw wrong('response', 'an object has a class that is not there', `1 to ${classCount}`);
  }
  const classes = classesOf(buffer.subarray(responseHead + 4 * count));
  if (classes.length !== classCount)
    throw wrong('response', `it holds ${classes.length} class lines`, `${classCount}, as its head says`);
  return { classes, objects, unknownLifetime: buffer.readUInt32LE(16) };
}

function classesOf(lines: Buffer): ClassRecord[] {
  if (lines.length === 0) return [];
  if (lines.at(-1) !== 0x0a) throw wrong('response', 'its last class line has no end', 'whole lines');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(lines.subarray(0, -1));
    return text.split('\n').map((line) => parseClassRecord(JSON.parse(line)));
  } catch (cause) {
    throw wrong('response', 'a class line cannot be read', 'class records as in segment.md', cause);
  }
}

function wrong(what: 'request' | 'response', state: string, want: string, cause?: unknown): TocsinError {
  return new TocsinError('format', `Cannot read the packed ${what}: ${state}, want ${want}`, { cause });
}
