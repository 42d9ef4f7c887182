// Rows of a directory's record as columns of equal length: choosing some, and putting two tables together.
import type { DirectoryRecord } from './cache-record.ts';

/** Columns of a record, rows in the order of `names`. */
export type Columns = Pick<DirectoryRecord, 'names' | 'facts' | 'digests' | 'expires' | 'answerOf'>;
type Column = Float64Array | Uint8Array | Uint16Array | Uint32Array;

/** Some rows of a column, `width` items each; null = all, uncopied. */
export function pick<T extends Column>(column: T, width: number, rows: readonly number[] | null): T {
  if (rows === null) return column;
  const picked = sized(column, rows.length * width);
  rows.forEach((row, to) => {
    picked.set(column.subarray(row * width, (row + 1) * width), to * width);
  });
  return picked;
}

/** The rows of `a`, then those of `b`. */
export function append(a: Columns, b: Columns): Columns {
  return {
    names: [...a.names, ...b.names],
    facts: joined(a.facts, b.facts),
    digests: joined(a.digests, b.digests),
    expires: joined(a.expires, b.expires),
    answerOf: joined(a.answerOf, b.answerOf),
  };
}

function joined<T extends Column>(a: T, b: T): T {
  const both = sized(a, a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function sized<T extends Column>(like: T, length: number): T {
  return new (like.constructor as new (length: number) => T)(length);
}
