// Gives equal class records one number while a segment is built. Signature sets name each file by itself, so there may
// be millions: in memory stand some 50 bytes of each, the lines go to a file without a name.
import { closeSync } from 'node:fs';
import type { ClassRecord } from '../protocol/verdict.ts';
import { LEVELS, polarity } from '../protocol/verdict.ts';
import { createNameless, onFile, readWhole, writeWhole } from './files.ts';
import { LineNumbers } from './line-numbers.ts';
import { corrupt, encodeClass, SEGMENT_LIMITS } from './segment-format.ts';
import type { ClassLines } from './used-classes.ts';
import { overLimit } from './used-classes.ts';

export class ClassTable implements ClassLines {
  readonly #directory: string;
  readonly #numbers = new LineNumbers();
  #length = 0;
  /** By number: where the line starts; one more for the end of the last. */
  #starts = new Float64Array(65);
  #severities = new Uint8Array(64);
  /** The lines that are not in the file. */
  #tail = Buffer.alloc(4_096);
  #tailUsed = 0;
  #file: { fd: number; path: string } | null = null;
  #fileBytes = 0;

  /** Writes into the directory only once the lines are more than a buffer. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * The number of the record; a new one for one not seen before. Throws `format` where a field is wrong; `limit` past
   * `maxClasses` and `io` when the disk refuses, and then the table is of no more use.
   */
  intern(record: ClassRecord): number {
    const line = encodeClass(record);
    const number = this.#numbers.number(line);
    if (number < this.#length) return number;
    if (number === SEGMENT_LIMITS.maxClasses)
      throw overLimit(`it has ${number} classes`, 'no more than that');
    this.#append(Buffer.from(line), polarity(record.level) === 'bad' ? LEVELS[record.level] : 0);
    return number;
  }

  /** Valid until the next call. */
  line(number: number): Uint8Array {
    const start = this.#starts[number]!;
    const end = this.#starts[number + 1]!;
    if (start >= this.#fileBytes) return this.#tail.subarray(start - this.#fileBytes, end - this.#fileBytes);
    const line = Buffer.allocUnsafe(end - start);
    const { fd } = this.#file!;
    if (!onFile('read', 'class records', () => readWhole(fd, line, 0, line.length, start)))
      throw corrupt('class records', 'the file has become shorter', 'the bytes as they were written');
    return line;
  }

  /** How bad the class is: the code of a bad level, 0 for all others. */
  severity(number: number): number {
    return this.#severities[number]!;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  #append(line: Buffer, severity: number): void {
    if (this.#tailUsed + line.length > this.#tail.length) this.#makeRoom(line.length);
    line.copy(this.#tail, this.#tailUsed);
    this.#tailUsed += line.length;
    const number = this.#length++;
    if (number === this.#severities.length) {
      this.#severities = grown(this.#severities, new Uint8Array(2 * number));
      this.#starts = grown(this.#starts, new Float64Array(2 * number + 1));
    }
    this.#severities[number] = severity;
    this.#starts[number + 1] = this.#fileBytes + this.#tailUsed;
  }

  /** Doubles the buffer up to its limit, then writes it out. A line is always shorter than the limit. */
  #makeRoom(bytes: number): void {
    if (this.#tail.length < SEGMENT_LIMITS.bufferBytes) {
      const size = Math.min(SEGMENT_LIMITS.bufferBytes, 2 * (this.#tail.length + bytes));
      this.#tail = grown(this.#tail, Buffer.alloc(size));
      if (this.#tailUsed + bytes <= size) return;
    }
    this.#file ??= createNameless(this.#directory);
    writeWhole(this.#file.fd, this.#tail.subarray(0, this.#tailUsed), this.#file.path);
    this.#fileBytes += this.#tailUsed;
    this.#tailUsed = 0;
  }
}

function grown<T extends Uint8Array | Float64Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
