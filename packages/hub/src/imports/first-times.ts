// Since when a source has named each object of a bulk segment, so that a new version of a list does not make all of it
// look new. One time for each row of the segment, in its order:
//
//   magic (8) │ seconds since 1970, u32 LE │ …
//
// Named by its digest. Belongs to a segment and says nothing without it; must not be asked for a row that it does not have.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync } from 'node:fs';
import { onFile, readWhole, writeWhole } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';

export const FIRST_TIMES = {
  /** Times that are read or written at once. */
  bufferTimes: 16_384,
  maxSeconds: 2 ** 32 - 1,
} as const;

const MAGIC = Buffer.from('TOCFST1\n');
const TIME_BYTES = 4;

/** Size of the file for so many rows. */
export function firstTimesBytes(rows: number): number {
  return MAGIC.length + rows * TIME_BYTES;
}

export class FirstTimesWriter {
  readonly path: string;
  readonly #fd: number;
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafe(FIRST_TIMES.bufferTimes * TIME_BYTES);
  #used = 0;
  #open = true;

  /** Throws `io` or `not-found` where the file cannot be made; so do `add` and `finish` where the disk refuses. */
  constructor(path: string) {
    this.path = path;
    this.#fd = onFile('write', path, () => openSync(path, 'wx', 0o600));
    this.#write(MAGIC);
  }

  /** The time of the next row; what the form cannot hold becomes the nearest that it can. */
  add(seconds: number): void {
    if (this.#used === this.#buffer.length) this.#flush();
    const time = Math.min(Math.max(Math.floor(seconds), 0), FIRST_TIMES.maxSeconds);
    this.#used = this.#buffer.writeUInt32LE(time, this.#used);
  }

  /** Durable on return; gives the SHA-256 of the file, hex. */
  finish(): string {
    this.#flush();
    onFile('write', this.path, () => fsyncSync(this.#fd));
    this.close();
    return this.#hash.digest('hex');
  }

  /** Leaves what was not finished as it is: its directory goes with the import. A second call does nothing. */
  close(): void {
    if (this.#open) closeSync(this.#fd);
    this.#open = false;
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #write(bytes: Uint8Array): void {
    writeWhole(this.#fd, bytes, this.path);
    this.#hash.update(bytes);
  }
}

export class FirstTimesReader {
  readonly #path: string;
  readonly #rows: number;
  readonly #fd: number;
  readonly #buffer: Buffer;
  /** Rows in the buffer. */
  #from = 0;
  #to = 0;

  /** Throws `corrupt` for anything but the times of `rows` rows, `not-found` or `io` where it cannot be read. */
  constructor(path: string, rows: number) {
    this.#path = path;
    this.#rows = rows;
    this.#fd = onFile('read', path, () => openSync(path, 'r'));
    const magic = Buffer.alloc(MAGIC.length);
    const whole = onFile('read', path, () => {
      const { size } = fstatSync(this.#fd);
      return size === firstTimesBytes(rows) && readWhole(this.#fd, magic, 0, magic.length, 0);
    });
    this.#buffer = Buffer.allocUnsafe(Math.min(rows, FIRST_TIMES.bufferTimes) * TIME_BYTES);
    if (whole && magic.equals(MAGIC)) return;
    this.close();
    throw this.#corrupt();
  }

  /** Seconds of one row. Rows that are asked for in their order cost one read of many. */
  at(row: number): number {
    if (row < 0 || row >= this.#rows) throw new RangeError(`row ${row} of ${this.#rows}`);
    if (row < this.#from || row >= this.#to) this.#load(row);
    return this.#buffer.readUInt32LE((row - this.#from) * TIME_BYTES);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #load(row: number): void {
    const count = Math.min(FIRST_TIMES.bufferTimes, this.#rows - row);
    const read = onFile('read', this.#path, () =>
      readWhole(this.#fd, this.#buffer, 0, count * TIME_BYTES, firstTimesBytes(row)),
    );
    if (!read) throw this.#corrupt();
    this.#from = row;
    this.#to = row + count;
  }

  #corrupt(): TocsinError {
    return new TocsinError(
      'corrupt',
      `Cannot read the first times: the file is cut or altered, want those of ${this.#rows} rows`,
    );
  }
}
