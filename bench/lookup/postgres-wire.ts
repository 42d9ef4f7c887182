// What a client of PostgreSQL says and hears, as bytes that are made before anything is measured (its manual, "Frontend/
// Backend Protocol", version 3): a named statement is parsed once a connection, then bound and executed. No I/O.
import type { Hello } from './order.ts';

/** One for an object, and one for all objects of a list; each answers with what it found. */
export const STATEMENTS = {
  one: 'SELECT level FROM objects WHERE key = $1',
  list: 'SELECT key, level FROM objects WHERE key = ANY($1)',
} as const;

export type Statement = keyof typeof STATEMENTS;

const OID = { bytea: 17, byteaArray: 1001 } as const;
const VERSION = 3 << 16;
const BINARY = 1;
/** ReadyForQuery, with no transaction open. */
const READY = 'Z\0\0\0\x05I';

/** Logs in, without a password, and parses the statement under its name. */
export function helloTo(user: string, database: string, statement: Statement): Hello {
  const words = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const start = Buffer.concat([int32(4 + 4 + words.length), int32(VERSION), words]);
  const oid = statement === 'one' ? OID.bytea : OID.byteaArray;
  const parse = message('P', text(statement), text(STATEMENTS[statement]), int16(1), int32(oid));
  const says = [start, Buffer.concat([parse, message('S')])];
  return { says: says.map((bytes) => bytes.toString('latin1')), ends: READY };
}

/** Asks for the one key, or for all that are packed in `keys`. */
export function question(statement: Statement, keys: Uint8Array, keyBytes: number): Buffer {
  const value = statement === 'one' ? keys : arrayOf(keys, keyBytes);
  const given = [int16(1), int16(BINARY), int16(1), int32(value.length), value];
  const bind = message('B', text(''), text(statement), ...given, int16(1), int16(BINARY));
  return Buffer.concat([bind, message('E', text(''), int32(0)), message('S')]);
}

/** Bytes of the answer where `present` keys are known. */
export function answerSize(statement: Statement, present: number, keyBytes: number): number {
  const columns = statement === 'one' ? [2] : [keyBytes, 2];
  const row = message(
    'D',
    int16(columns.length),
    ...columns.flatMap((size) => [int32(size), Buffer.alloc(size)]),
  );
  const bound = message('2');
  const complete = message('C', text(`SELECT ${present}`));
  return bound.length + present * row.length + complete.length + READY.length;
}

/** With what an answer begins: BindComplete. */
export const ANSWER_BEGINS = '2\0\0\0\x04';

/** The binary form of a one-dimensional bytea[]: dimensions, nulls, type, size, first index, then length and bytes of each. */
function arrayOf(keys: Uint8Array, keyBytes: number): Buffer {
  const count = keys.length / keyBytes;
  const parts: Uint8Array[] = [int32(1), int32(0), int32(OID.bytea), int32(count), int32(1)];
  for (let at = 0; at < keys.length; at += keyBytes)
    parts.push(int32(keyBytes), keys.subarray(at, at + keyBytes));
  return Buffer.concat(parts);
}

function message(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(4 + body.length), body]);
}

function text(words: string): Buffer {
  return Buffer.from(`${words}\0`);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
