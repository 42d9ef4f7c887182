// CSV records out of the lines behind the header, without comments. Most are one line; a quoted cell may go on
// over several. A quote that never closes costs its own row: the lines behind it are read again as rows.
import { IMPORT_LIMITS } from '../config.ts';
import type { CsvCells } from './csv-cells.ts';
import type { LineReceiver } from './lines.ts';

export interface RecordReceiver {
  /** The cells are split; `line` is the record's first; `bytes[start..end)` is all of it, a view until return. */
  record(bytes: Buffer, start: number, end: number, line: number): void;
  /** A line that is no record, and why. */
  broken(why: string, bytes: Buffer, start: number, end: number, line: number): void;
  end(): void;
}

const LF = 0x0a;
const QUOTE = 0x22;
const HASH = 0x23;

interface HeldLine {
  readonly bytes: Buffer;
  readonly line: number;
}

export class CsvRecords implements LineReceiver {
  readonly #cells: CsvCells;
  readonly #receiver: RecordReceiver;
  #held: HeldLine[] = [];
  #heldBytes = 0;

  constructor(cells: CsvCells, receiver: RecordReceiver) {
    this.#cells = cells;
    this.#receiver = receiver;
  }

  line(bytes: Buffer, start: number, end: number, line: number): void {
    if (this.#held.length > 0) this.#more(bytes, start, end, line);
    else this.#first(bytes, start, end, line);
  }

  tooLong(line: number): void {
    this.#giveUp();
    this.#receiver.broken(`longer than ${IMPORT_LIMITS.maxLineBytes} bytes`, Buffer.alloc(0), 0, 0, line);
  }

  end(): void {
    this.#giveUp();
    this.#receiver.end();
  }

  #first(bytes: Buffer, start: number, end: number, line: number): void {
    if (start < end && bytes[start] === HASH) return;
    const result = this.#cells.split(bytes, start, end);
    if (result === 'whole') this.#receiver.record(bytes, start, end, line);
    else if (result === 'open') this.#hold(bytes, start, end, line);
    else this.#receiver.broken(result, bytes, start, end, line);
  }

  /** An open cell stays open over a line with an even number of quotes, so such a line is not split again. */
  #more(bytes: Buffer, start: number, end: number, line: number): void {
    this.#hold(bytes, start, end, line);
    const full =
      this.#heldBytes > IMPORT_LIMITS.maxLineBytes || this.#held.length > IMPORT_LIMITS.maxRecordLines;
    if (!full && !oddQuotes(bytes, start, end)) return;
    if (full) {
      this.#giveUpFirst();
      return;
    }
    const joined = this.#joined();
    const result = this.#cells.split(joined, 0, joined.length);
    if (result === 'open') return;
    const first = this.#held[0]!.line;
    this.#drop();
    if (result === 'whole') this.#receiver.record(joined, 0, joined.length, first);
    else this.#receiver.broken(result, joined, 0, joined.length, first);
  }

  #hold(bytes: Buffer, start: number, end: number, line: number): void {
    this.#held.push({ bytes: Buffer.from(bytes.subarray(start, end)), line });
    this.#heldBytes += end - start + 1;
  }

  #drop(): HeldLine[] {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return held;
  }

  #joined(): Buffer {
    const parts = this.#held.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [Buffer.of(LF), bytes]));
    return Buffer.concat(parts);
  }

  #giveUpFirst(): void {
    const [first, ...rest] = this.#drop();
    const { bytes, line } = first!;
    this.#receiver.broken('a quote that is not closed', bytes, 0, bytes.length, line);
    for (const held of rest) this.line(held.bytes, 0, held.bytes.length, held.line);
  }

  #giveUp(): void {
    while (this.#held.length > 0) this.#giveUpFirst();
  }
}

function oddQuotes(bytes: Buffer, start: number, end: number): boolean {
  let odd = false;
  for (let at = start; at < end; at++) if (bytes[at] === QUOTE) odd = !odd;
  return odd;
}
