// Lines out of chunks, without a copy where a line lies whole in one chunk. Ends are LF or CR LF.
// A line over the limit is reported and passed over; it is never kept.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { IMPORT_LIMITS } from '../config.ts';
import type { FormatParser, ImportSink } from './format.ts';
import { wrongFile } from './format.ts';
import { HeadGuard } from './head.ts';
import type { GuardSpec, RowOutcome } from './row.ts';
import { REFUSED, RowGuard } from './row.ts';

export interface LineReceiver {
  /** `bytes[start..end)` is the line without its end, a view until return. */
  line(bytes: Buffer, start: number, end: number, line: number): void;
  tooLong(line: number): void;
  end(): void;
}

const LF = 0x0a;
const CR = 0x0d;

export class LineSplitter implements FormatParser {
  readonly #receiver: LineReceiver;
  readonly #carry = Buffer.allocUnsafe(IMPORT_LIMITS.maxLineBytes);
  #carried = 0;
  #skipping = false;
  #line = 1;

  constructor(receiver: LineReceiver) {
    this.#receiver = receiver;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const size = bytes.length;
    let start = 0;
    if (this.#carried > 0 || this.#skipping) {
      const end = bytes.indexOf(LF);
      this.#keep(bytes, 0, end < 0 ? size : end);
      if (end < 0) return;
      this.#finishCarried();
      start = end + 1;
    }
    for (let at = start; at < size; at++) {
      if (bytes[at] !== LF) continue;
      this.#emit(bytes, start, at);
      start = at + 1;
    }
    this.#keep(bytes, start, size);
  }

  end(): void {
    if (this.#carried > 0 || this.#skipping) this.#finishCarried();
    this.#receiver.end();
  }

  #emit(bytes: Buffer, start: number, end: number): void {
    const line = this.#next();
    if (end - start > IMPORT_LIMITS.maxLineBytes) this.#receiver.tooLong(line);
    else this.#receiver.line(bytes, start, end > start && bytes[end - 1] === CR ? end - 1 : end, line);
  }

  #finishCarried(): void {
    if (this.#skipping) this.#receiver.tooLong(this.#next());
    else this.#emit(this.#carry, 0, this.#carried);
    this.#carried = 0;
    this.#skipping = false;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    if (this.#skipping || start === end) return;
    if (this.#carried + end - start > this.#carry.length) {
      this.#skipping = true;
      return;
    }
    bytes.copy(this.#carry, this.#carried, start, end);
    this.#carried += end - start;
  }

  #next(): number {
    if (this.#line > IMPORT_LIMITS.maxLines)
      throw new TocsinError(
        'limit',
        `Cannot read the file: it has over ${IMPORT_LIMITS.maxLines} lines, want fewer`,
      );
    return this.#line++;
  }
}

/** A format of one row a line. */
export interface LineSpec extends GuardSpec {
  /** One line without blanks at its ends, never empty. Calls `original` and `take` itself where it takes. */
  row(bytes: Buffer, start: number, end: number, line: number): RowOutcome;
}

/** A parser for a format of one row a line, with all guards of text files. */
export function openLines(sink: ImportSink, spec: LineSpec): FormatParser {
  const guard = new RowGuard(sink, spec);
  const receiver: LineReceiver = {
    line(bytes, start, end, line) {
      let from = start;
      let to = end;
      while (from < to && isBlank(bytes[from]!)) from++;
      while (to > from && isBlank(bytes[to - 1]!)) to--;
      if (from === to) return;
      const outcome = spec.row(bytes, from, to, line);
      guard.note(line, outcome, () => bytes.toString('latin1', from, to));
    },
    tooLong: (line) => guard.note(line, REFUSED.long, () => '…'),
    end: () => guard.end(),
  };
  return openText(spec.format, spec.wanted, new LineSplitter(receiver));
}

/** `inner` behind a check that the file begins like text. */
export function openText(format: string, wanted: string, inner: FormatParser): FormatParser {
  return new HeadGuard((head) => {
    if (head.kind !== 'text') throw wrongFile(format, `it begins like ${head.what}`, wanted);
  }, inner);
}

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** The plain comments of lists: `#`, `;` or `//` at the start of a line. */
export function isComment(bytes: Uint8Array, start: number): boolean {
  const first = bytes[start];
  return first === 0x23 || first === 0x3b || (first === 0x2f && bytes[start + 1] === 0x2f);
}
