// CSV and TSV with named columns: the header says which column holds which object. A header may stand in a
// comment (`# sha256,name`), as some feeds write it; cells may hold several digests.
import { shown } from 'tocsin/protocol/errors.ts';
import { CsvCells } from './csv-cells.ts';
import { bindColumns, missingColumns } from './csv-columns.ts';
import type { RecordReceiver } from './csv-records.ts';
import { CsvRecords } from './csv-records.ts';
import { RowReader } from './csv-row.ts';
import type { FormatOptions, FormatParser, ImportSink, StreamFormat } from './format.ts';
import { wrongFile } from './format.ts';
import type { LineReceiver } from './lines.ts';
import { LineSplitter, openText } from './lines.ts';
import { REFUSED, RowGuard, refusal } from './row.ts';

export { parseColumns } from './csv-columns.ts';

const EXAMPLE = '--columns sha256=FileHash,name=Family';

export const csv: StreamFormat = {
  kind: 'stream',
  name: 'csv',
  unit: 'line',
  describe:
    'CSV with a header: sha256, sha1, md5, hash, certificate, tbs, url, domain, ip, ssid and bssid, level, category, name, reason',
  example: `tocsin-hub import csv feed.csv ${EXAMPLE}`,
  defaults: { level: 'malicious', category: null },
  open: (sink, options) => openTable('csv', [',', ';'], sink, options),
};

export const tsv: StreamFormat = {
  kind: 'stream',
  name: 'tsv',
  unit: 'line',
  describe: 'the same with tabs between the columns',
  example: `tocsin-hub import tsv feed.tsv ${EXAMPLE}`,
  defaults: { level: 'malicious', category: null },
  open: (sink, options) => openTable('tsv', ['\t'], sink, options),
};

const WANTED = `a header with a column sha256, sha1, md5, hash, url, domain or ip, or one named by ${EXAMPLE}`;
const HASH = 0x23;

function openTable(
  format: string,
  delimiters: readonly string[],
  sink: ImportSink,
  options: FormatOptions,
): FormatParser {
  const table = new TableReader(format, delimiters, sink, options);
  return openText(format, WANTED, new LineSplitter(table));
}

/** Lines up to the header, then records: the first line that is no comment is the header, or the comment before. */
class TableReader implements LineReceiver {
  readonly #format: string;
  readonly #delimiters: readonly string[];
  readonly #sink: ImportSink;
  readonly #options: FormatOptions;
  readonly #guard: RowGuard;
  #records: CsvRecords | null = null;
  #comment: Buffer = Buffer.alloc(0);
  #commentLine = 0;

  constructor(format: string, delimiters: readonly string[], sink: ImportSink, options: FormatOptions) {
    this.#format = format;
    this.#delimiters = delimiters;
    this.#sink = sink;
    this.#options = options;
    this.#guard = new RowGuard(sink, { format, wanted: WANTED, mayBeEmpty: options.mayBeEmpty });
  }

  line(bytes: Buffer, start: number, end: number, line: number): void {
    if (this.#records !== null) this.#records.line(bytes, start, end, line);
    else if (bytes[start] === HASH && start < end) {
      this.#comment = Buffer.from(bytes.subarray(start, end));
      this.#commentLine = line;
    } else if (!isEmpty(bytes, start, end)) this.#header(bytes, start, end, line);
  }

  tooLong(line: number): void {
    if (this.#records === null)
      throw wrongFile(this.#format, `line ${line}, before any header, is ${REFUSED.long.why}`, WANTED);
    this.#records.tooLong(line);
  }

  end(): void {
    if (this.#records === null) throw wrongFile(this.#format, 'it has no header', WANTED);
    this.#records.end();
  }

  #header(bytes: Buffer, start: number, end: number, line: number): void {
    this.#records = this.#bind(bytes.subarray(start, end));
    if (this.#records !== null) {
      this.#sink.head(line, bytes, start, end);
      return;
    }
    this.#records = this.#bind(this.#comment.subarray(1));
    if (this.#records === null) throw this.#noHeader(bytes.subarray(start, end), line);
    this.#sink.head(this.#commentLine, this.#comment, 0, this.#comment.length);
    this.#records.line(bytes, start, end, line);
  }

  /** What reads the records behind this header, or null where none of its columns is known. */
  #bind(header: Buffer): CsvRecords | null {
    for (const delimiter of this.#delimiters) {
      const cells = new CsvCells(delimiter);
      const columns =
        cells.split(header, 0, header.length) === 'whole'
          ? bindColumns(namesOf(cells), this.#options.columns)
          : null;
      if (columns === null) continue;
      const rows = new RowReader(cells, columns, cells.count, this.#options.group);
      return new CsvRecords(cells, this.#receiver(cells, rows));
    }
    return null;
  }

  #receiver(cells: CsvCells, rows: RowReader): RecordReceiver {
    const guard = this.#guard;
    return {
      record: (bytes, start, end, line) => {
        if (cells.count === 1 && cells.size(0) === 0) return;
        const outcome = rows.read(this.#sink, bytes, start, end, line);
        guard.note(line, outcome, () => bytes.toString('latin1', start, end));
      },
      broken: (why, bytes, start, end, line) =>
        guard.note(line, refusal(why), () => bytes.toString('latin1', start, end)),
      end: () => guard.end(),
    };
  }

  #noHeader(header: Buffer, line: number): Error {
    const cells = new CsvCells(this.#delimiters[0]!);
    cells.split(header, 0, header.length);
    const names = namesOf(cells);
    const { columns } = this.#options;
    const missing = columns === undefined ? undefined : missingColumns(names, columns)[0];
    const what = missing === undefined ? 'no column that is known' : `no column '${shown(missing)}'`;
    const list = names.slice(0, 12).map((name) => shown(name, 24));
    if (names.length > list.length) list.push('…');
    return wrongFile(this.#format, `its header (line ${line}: ${list.join(', ')}) has ${what}`, WANTED);
  }
}

function namesOf(cells: CsvCells): string[] {
  return Array.from({ length: cells.count }, (_, i) => cells.text(i));
}

function isEmpty(bytes: Buffer, start: number, end: number): boolean {
  return bytes.toString('latin1', start, end).trim() === '';
}
