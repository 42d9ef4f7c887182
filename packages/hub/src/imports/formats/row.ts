// What became of a row, and the one judgement over all rows: whether the file is of this format at all.
import { shown } from 'tocsin/protocol/errors.ts';
import { IMPORT_LIMITS } from '../config.ts';
import type { ImportSink } from './format.ts';
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
  address: refusal('an IP address, not a host name'),
  ip: refusal('not an IP address or range'),
  wide: refusal('a range wider than /8 (IPv4) or /16 (IPv6)', true),
  url: refusal('not a URL'),
  scheme: refusal('a URL of another scheme than http, https, ftp, ws, wss', true),
  many: refusal(`more than ${IMPORT_LIMITS.maxKeysPerRow} objects in one row`, true),
  long: refusal(`longer than ${IMPORT_LIMITS.maxLineBytes} bytes`),
} as const;

/** Reports rows to the sink, and throws `format` once the first rows prove another format. */
export class RowGuard {
  readonly #sink: ImportSink;
  readonly #format: string;
  readonly #wanted: string;
  #rows = 0;
  #fitting = false;
  #firstBad = '';

  constructor(sink: ImportSink, format: string, wanted: string) {
    this.#sink = sink;
    this.#format = format;
    this.#wanted = wanted;
  }

  /** `text` of the row is asked for only where it may have to be shown. */
  note(line: number, outcome: RowOutcome, text: () => string): void {
    if (outcome === 'ignored') return;
    this.#rows++;
    this.#sink.row();
    if (outcome === 'taken') {
      this.#fitting = true;
      return;
    }
    if (outcome.fits) this.#fitting = true;
    else if (!this.#fitting && this.#firstBad === '')
      this.#firstBad = `line ${line} is '${shown(text())}' (${outcome.why})`;
    this.#sink.refuse(line, outcome.why);
    if (!this.#fitting && this.#rows >= IMPORT_LIMITS.proofRows) throw this.#alien();
  }

  /** A file without a single data row is refused too: an empty download must not replace what a source said. */
  end(): void {
    if (this.#rows === 0) throw wrongFile(this.#format, 'it has no data row', this.#wanted);
    if (!this.#fitting) throw this.#alien();
  }

  #alien(): Error {
    const rows = this.#rows === 1 ? 'its only row does not fit' : `none of its first ${this.#rows} rows fits`;
    return wrongFile(this.#format, `${rows}, ${this.#firstBad}`, this.#wanted);
  }
}
