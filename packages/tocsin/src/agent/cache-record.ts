// The bytes of one directory's record in the cache: what stood there at the last scan, and what was answered.
// Packing and unpacking only; sealing and storing is cache.ts's.
//
//  u32 x 6  version, parts, rows, bytes of the path, of the names, of the JSON          (little endian)
//  f64 x 4  a row: inode (-1: hash again), size, modification time, change time
//  u8 x 32  a row: SHA-256
//  u32      a row: unix second at which the verdict expires
//  u16      a row: index of the verdict in the JSON, 65535 = none
//  text     path (raw bytes); names of files joined by NUL; JSON {epoch, answers, directories}
import type { Answer } from '../client/lookup/answer.ts';
import { TocsinError } from '../protocol/errors.ts';
import { record as objectOf } from '../protocol/lookup.ts';
import { ANSWERED_BY, isLevel } from '../protocol/verdict.ts';
import { CACHE_LIMITS } from './config.ts';

const VERSION = 1;
const HEAD = 24;
const ROW = 32 + 32 + 4 + 2;
/** Row index of "nothing was answered under this epoch". */
export const NO_ANSWER = 0xffff;
/** Inode of a row whose digest must not be reused. */
export const NEVER = -1;

/** What is known of the files of one directory, or of one part of it; columns, rows in the order of `names`. */
export interface DirectoryRecord {
  /** Into how many parts the directory was split when this was written. */
  readonly parts: number;
  /** The state of overrides and lists under which `answers` were given. */
  readonly epoch: string;
  readonly path: Uint8Array;
  /** Keys of names, see `nameKey`. */
  readonly names: readonly string[];
  readonly directories: readonly string[];
  /** Four a row, see `FACTS` of walk.ts. */
  readonly facts: Float64Array;
  readonly digests: Uint8Array;
  readonly expires: Uint32Array;
  readonly answerOf: Uint16Array;
  readonly answers: readonly Answer[];
}

export function packRecord(r: DirectoryRecord): Buffer<ArrayBuffer> {
  const names = r.names.join('\0');
  const json = JSON.stringify([r.epoch, r.answers, r.directories]);
  const rows = r.names.length;
  const [nameSize, jsonSize] = [Buffer.byteLength(names), Buffer.byteLength(json)];
  const out = Buffer.allocUnsafe(HEAD + rows * ROW + r.path.length + nameSize + jsonSize);
  let at = 0;
  for (const n of [VERSION, r.parts, rows, r.path.length, nameSize, jsonSize]) at = out.writeUInt32LE(n, at);
  for (const part of [r.facts, r.digests, r.expires, r.answerOf, r.path]) {
    out.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  at += out.write(names, at);
  out.write(json, at);
  return out;
}

/** Throws `corrupt` for bytes that `packRecord` did not make, `format` for those of a later version. */
export function unpackRecord(bytes: Uint8Array): DirectoryRecord {
  const own = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes);
  const [version, parts, rows, pathSize, nameSize, jsonSize] = head(own);
  if (version !== VERSION)
    throw new TocsinError('format', `Cannot read a cache record: version ${version}, want ${VERSION}`);
  if (rows > CACHE_LIMITS.maxRows || HEAD + rows * ROW + pathSize + nameSize + jsonSize !== own.length)
    throw damaged('its sizes do not add up');
  const { buffer, byteOffset } = own;
  const digestsAt = HEAD + rows * 32;
  const expiresAt = digestsAt + rows * 32;
  const answersAt = expiresAt + rows * 4;
  const pathAt = answersAt + rows * 2;
  const namesAt = pathAt + pathSize;
  const text = Buffer.from(buffer, byteOffset, own.length);
  const names = rows === 0 ? [] : text.toString('utf8', namesAt, namesAt + nameSize).split('\0');
  if (names.length !== rows) throw damaged(`${names.length} names stand for ${rows} rows`);
  return {
    parts,
    path: own.subarray(pathAt, namesAt),
    names,
    facts: new Float64Array(buffer, byteOffset + HEAD, rows * 4),
    digests: new Uint8Array(buffer, byteOffset + digestsAt, rows * 32),
    expires: new Uint32Array(buffer, byteOffset + expiresAt, rows),
    answerOf: new Uint16Array(buffer, byteOffset + answersAt, rows),
    ...parseJson(text.toString('utf8', namesAt + nameSize)),
  };
}

function head(bytes: Uint8Array): [number, number, number, number, number, number] {
  if (bytes.length < HEAD) throw damaged(`it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD);
  const n = (i: number) => view.getUint32(i * 4, true);
  return [n(0), n(1), n(2), n(3), n(4), n(5)];
}

function parseJson(text: string): Pick<DirectoryRecord, 'epoch' | 'answers' | 'directories'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged('its text is no JSON', cause);
  }
  const [epoch, answers, directories]: unknown[] = Array.isArray(value) ? value : [];
  const sound = typeof epoch === 'string' && Array.isArray(answers) && isTexts(directories);
  if (!sound || answers.length > CACHE_LIMITS.maxVerdicts) throw damaged('its text has another shape');
  return { epoch, answers: answers.map(parseAnswer), directories };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Only the closed words are checked: the record is sealed, so what stands in it was written by this agent. */
function parseAnswer(value: unknown): Answer {
  const { verdict, answeredBy, lifetime } = objectOf(value, 'cache record');
  const known = (ANSWERED_BY as readonly unknown[]).includes(answeredBy) && typeof lifetime === 'number';
  if (!known || !isLevel(objectOf(verdict, 'cache record')['level']))
    throw damaged('an answer has another shape');
  return value as Answer;
}

function damaged(state: string, cause?: unknown): TocsinError {
  return new TocsinError('corrupt', `Cannot read a cache record: ${state}, want a whole record`, { cause });
}
