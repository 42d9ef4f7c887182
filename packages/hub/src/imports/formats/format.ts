// What an import format is: bytes in, rows out to a sink. A format holds back nothing that grows with the file
// and decides nothing about what a claim is worth; it says only what the file says.
//
//   chunks ─► head (is it that at all?) ─► lines | records | JSON values ─► row ─┬─► original, take, take …
//                                                                              └─► refuse (this row only)
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { Category, Level } from 'tocsin/protocol/verdict.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';

/** What the row itself says; null or absent where it says nothing. One object for equal details of one file. */
export interface ClaimDetails {
  readonly level?: Level | null;
  readonly category?: Category | null;
  readonly name?: string | null;
  readonly reason?: string | null;
}

/** Every data row: `row` once, and either `refuse` once, or `original` once and then `take` for each object. */
export interface ImportSink {
  /** Counts a data row read; blank lines and comments are none. */
  row(): void;
  /** What stands above the rows and says how to read them, where the format has such a line; before any row. */
  head(line: number, bytes: Uint8Array, start: number, end: number): void;
  /** The text of a row as it stands in the file, as a view; for a JSON value, the value on one line. */
  original(line: number, bytes: Uint8Array, start: number, end: number): void;
  /** One claim. The key stands in `key` at `offset`, a view to be copied. `line`: 1-based, as the format's `unit` counts. */
  take(kind: KeyKind, key: Uint8Array, offset: number, details: ClaimDetails | null, line: number): void;
  /** One bad row, and why, in a short closed reason. */
  refuse(line: number, why: string): void;
}

/** Throws `format` as soon as the file is seen to be of another format; what was taken before is void then. */
export interface FormatParser {
  /** The chunk is not kept: it may be reused after return. */
  push(chunk: Uint8Array): void;
  /** The file is over: throws `format` where it is cut off, or where no row of it fits. */
  end(): void;
}

/** Which column of a CSV file holds what: role -> header name, as `parseColumns` reads it. */
export type ColumnMapping = Readonly<Record<string, string>>;

export interface FormatOptions {
  /** Name of the file; some formats read its ending, or the family or package that it is called after. */
  readonly fileName?: string;
  /** `clamav`: the kind of database where the file's ending does not tell. */
  readonly variant?: string;
  /** `csv`, `tsv`. */
  readonly columns?: ColumnMapping;
  /** True where the list may have become empty; else a file without a data row is of no format. */
  readonly mayBeEmpty?: boolean;
  /** `misp`: also take attributes that are not marked for detection (`to_ids` false). */
  readonly unmarked?: boolean;
  /** `top-sites`: take the first so many names, and refuse the rest. */
  readonly top?: number;
  /** `csv`, `tsv`: the secret of the hub's group, under which a network's name and address become its id. */
  readonly group?: GroupSecret;
  /** Wall clock, milliseconds since 1970; without it expiry dates in the file are not checked. */
  readonly now?: number;
}

/** What the number of a row counts: lines of the file, or its values or table rows where it has no lines. */
export type RowUnit = 'line' | 'entry' | 'row';

interface FormatFacts {
  readonly name: string;
  readonly unit: RowUnit;
  /** One clause for `--help`. */
  readonly describe: string;
  /** A command line that works. */
  readonly example: string;
  /** What its lists are where the operator says nothing else; a feed without it. */
  readonly sourceKind?: 'warning';
  /** For rows that say no level or category. */
  readonly defaults: { readonly level: Level; readonly category: Category | null };
}

export interface StreamFormat extends FormatFacts {
  readonly kind: 'stream';
  open(sink: ImportSink, options: FormatOptions): FormatParser;
}

/** A format that needs the whole file at hand (SQLite). */
export interface FileFormat extends FormatFacts {
  readonly kind: 'file';
  /** Reads the file to its end, without writing to it or beside it. Throws `format` as a stream's parser does. */
  read(path: string, sink: ImportSink, options: FormatOptions): void;
}

export type ImportFormat = StreamFormat | FileFormat;

/** The refusal of a whole file: what was found and where, and what was wanted. */
export function wrongFile(format: string, found: string, wanted: string): TocsinError {
  return new TocsinError('format', `Cannot read the file as '${format}': ${found}, want ${wanted}`);
}
