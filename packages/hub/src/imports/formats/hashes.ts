// Plain lists of file digests: one a line, by its length MD5, SHA-1 or SHA-256; comments, and text behind the
// digest. The quickest way in: a bare digest is decoded from the chunk to the key with no string in between.
import { shown } from 'tocsin/protocol/errors.ts';
import { decodeHexInto } from 'tocsin/protocol/hex.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import { digestAt } from './claim-draft.ts';
import type { ColumnRole } from './csv-columns.ts';
import { roleOf } from './csv-columns.ts';
import { DetailsTable, remarkText } from './details.ts';
import type { ClaimDetails, FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { wrongFile } from './format.ts';
import { isBlank, isComment, openLines } from './lines.ts';
import type { RowOutcome } from './row.ts';
import { REFUSED } from './row.ts';

const WANTED = 'one MD5, SHA-1 or SHA-256 in hex a line';

export const hashes: StreamFormat = {
  kind: 'stream',
  name: 'hashes',
  unit: 'line',
  describe: 'plain list of MD5, SHA-1 or SHA-256, one a line, with comments and trailing text',
  example: 'tocsin-hub import hashes bad-files.txt --source incident-7 --category malware',
  defaults: { level: 'malicious', category: 'malware' },
  open: openHashes,
};

function openHashes(sink: ImportSink, options: FormatOptions): FormatParser {
  const table = new DetailsTable();
  const key = new Uint8Array(32);
  let begun = false;
  return openLines(sink, {
    format: 'hashes',
    wanted: WANTED,
    mayBeEmpty: options.mayBeEmpty,
    row(bytes, start, end, line): RowOutcome {
      if (isComment(bytes, start)) return 'ignored';
      const kind = digestAt(bytes, start, end);
      if (!begun && kind === null) refuseTable(bytes.toString('utf8', start, end), line);
      begun = true;
      if (kind === null) return REFUSED.digest;
      const size = KEY_KINDS[kind].bytes;
      const behind = start + 2 * size;
      if (behind < end && !isSeparator(bytes[behind]!)) return REFUSED.digest;
      const details = behind < end ? trailing(table, bytes, behind, end) : null;
      decodeHexInto(bytes, start, key, 0, size);
      take(sink, kind, key, details, bytes, start, end, line);
      return 'taken';
    },
  });
}

/** Throws for the header of a table whose first column holds digests of something else than files. */
function refuseTable(text: string, line: number): void {
  const cells = text.split(/[\t,;|]/).map((cell) => cell.trim());
  const role = roleOf(cells[0]!);
  const names = cells.every((cell) => /^"?[\w .()-]{1,64}"?$/.test(cell));
  const digests = /hash|sha-?\d|md5|digest|fingerprint/i.test(cells[0]!) && cells.length > 1 && names;
  if (role === null ? !digests : FILE_ROLES.has(role)) return;
  const list = cells.slice(0, 6).map((cell) => shown(cell, 24));
  if (cells.length > list.length) list.push('…');
  throw wrongFile(
    'hashes',
    `it begins with the header of a table (line ${line}: ${list.join(', ')})`,
    `${WANTED}, or the format csv or tsv`,
  );
}

const FILE_ROLES: ReadonlySet<ColumnRole> = new Set(['sha256', 'sha1', 'md5', 'hash']);

function take(
  sink: ImportSink,
  kind: KeyKind,
  key: Uint8Array,
  details: ClaimDetails | null,
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
): void {
  sink.original(line, bytes, start, end);
  sink.take(kind, key, 0, details, line);
}

/** Blank, tab, comma, semicolon, bar, colon. */
function isSeparator(byte: number): boolean {
  return isBlank(byte) || byte === 0x2c || byte === 0x3b || byte === 0x7c || byte === 0x3a;
}

/** The text behind a digest names the threat; but checksum tools put the path of the file there. */
function trailing(table: DetailsTable, bytes: Buffer, start: number, end: number): ClaimDetails | null {
  const text = remarkText(bytes, start, end);
  return /^ (?: \.{0,2}\/| [^/]*\/[^\s/]|\*)/.test(text) ? null : table.remark(text);
}
