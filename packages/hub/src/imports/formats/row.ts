// What became of a row, and the one judgement over all rows: whether the file is of this format at all.
//
//   none of the first 1,000 rows fits ────┐
//   of 20 or more rows most misfit ───────┼─► the file is of another format, and is refused whole
//   nothing is taken, and some misfit ────┤
//   no data row at all ───────────────────┘   (unless the list may have become empty)
//
// Lists that are of the format have few rows that misfit: of the real ones tried, 5.5 % at most (an allow-list of
// names with addresses in it). Read as another format some rows fit by chance, and those are the fewer: 16.5 % at
// most (a mixed list read as one of addresses). Half stands between the two. A shorter list is somebody's own, and
// may have more bad rows than good ones: its report shows them all.
import { shown } from 'tocsin/protocol/errors.ts';
import { IMPORT_LIMITS } from '../config.ts';
import type { ImportSink, RowUnit } from './format.ts';
import { wrongFile } from './format.ts';

/** `fits`: the row is of this format, though it makes no claim; other refusals may mean another format. */
export interface Refusal {
  readonly why: string;
  readonly fits: boolean;
}

/** `ignored` is no data row: a comment, a blank line, a header. */
export type RowOutcome = 'taken' | 'ignored' | Refusal;

export function refusal(why: string, fits = false): Refusal {
  return { why, fits };
}

/** The refusals that several formats share. */
export const REFUSED = {
  digest: refusal('no MD5, SHA-1 or SHA-256 in hex'),
  host: refusal('not a host name'),
  label: refusal('a name without a dot'),
  suffix: refusal('a public suffix: what stands below it belongs to others', true),
  address: refusal('an IP address, not a host name'),
  ip: refusal('not an IP address or range'),
  wide: refusal('a range wider than /8 (IPv4) or /16 (IPv6)', true),
  url: refusal('not a URL'),
  scheme: refusal('a URL of another scheme than http, https, ftp, ws, wss', true),
  wifi: refusal('no name of up to 32 bytes and address of a Wi-Fi network'),
  group: refusal("a Wi-Fi network, but no secret of the hub's group is at hand", true),
  many: refusal(`more than ${IMPORT_LIMITS.maxKeysPerRow} objects in one row`, true),
  long: refusal(`longer than ${IMPORT_LIMITS.maxLineBytes} bytes`),
} as const;

export interface GuardSpec {
  readonly format: string;
  /** What a file of this format looks like, for the refusal of another one. */
  readonly wanted: string;
  /** What a row's number counts; lines by default. */
  readonly unit?: RowUnit;
  /** True where the list may have become empty: a file without a data row is then a list of nothing. */
  readonly mayBeEmpty?: boolean | undefined;
}

/** Reports rows to the sink, and throws `format` once they prove another format. */
export class RowGuard {
  readonly #sink: ImportSink;
  readonly #spec: GuardSpec;
  #rows = 0;
  #taken = 0;
  #misfits = 0;
  #firstBad = '';

  constructor(sink: ImportSink, spec: GuardSpec) {
    this.#sink = sink;
    this.#spec = spec;
  }

  /** `text` of the row is asked for only where it may have to be shown. */
  note(line: number, outcome: RowOutcome, text: () => string): void {
    if (outcome === 'ignored') return;
    this.#rows++;
    this.#sink.row();
    if (outcome === 'taken') {
      this.#taken++;
      return;
    }
    if (!outcome.fits && ++this.#misfits === 1)
      this.#firstBad = `${this.#spec.unit ?? 'line'} ${line} is '${shown(text())}' (${outcome.why})`;
    this.#sink.refuse(line, outcome.why);
    if (this.#misfits === this.#rows && this.#rows >= IMPORT_LIMITS.proofRows) throw this.#alien();
  }

  /** A file without a single data row is refused too: an empty download must not replace what a source said. */
  end(): void {
    const { format, mayBeEmpty, wanted } = this.#spec;
    if (this.#rows === 0 && mayBeEmpty !== true) throw wrongFile(format, 'it has no data row', wanted);
    const { maxMisfitShare, sharedRows } = IMPORT_LIMITS;
    const most = this.#rows >= sharedRows && this.#misfits > this.#rows * maxMisfitShare;
    if (most || (this.#taken === 0 && this.#misfits > 0)) throw this.#alien();
  }

  #alien(): Error {
    return wrongFile(this.#spec.format, `${this.#share()}, ${this.#firstBad}`, this.#spec.wanted);
  }

  #share(): string {
    const n = (count: number): string => count.toLocaleString('en-US');
    if (this.#rows === 1) return 'its only row does not fit';
    if (this.#misfits === this.#rows) return `none of its first ${this.#rows} rows fits`;
    if (this.#taken === 0) return `none of its ${n(this.#rows)} rows names an object`;
    return `${n(this.#misfits)} of its ${n(this.#rows)} rows do not fit`;
  }
}
