// The sorted runs of a build, one behind the other in one file without a name. Entries as in a segment, with the builder's class numbers; no checksums, for it lives minutes.
import { closeSync } from 'node:fs';
import { createNameless, onFile, readWhole, writeWhole } from './files.ts';
import type { Cursor } from './segment-cursor.ts';
import { corrupt, ENTRY_TAIL_BYTES } from './segment-format.ts';

export interface Run {
  readonly offset: number;
  readonly rows: number;
}

export class RunFile {
  readonly runs: Run[] = [];
  readonly #fd: number;
  readonly #path: string;
  #size = 0;
  /** Where the run at work starts. */
  #start = 0;
  #closed = false;

  constructor(directory: string) {
    const { fd, path } = createNameless(directory);
    this.#fd = fd;
    this.#path = path;
  }

  /** More entries of the run at work. */
  write(bytes: Uint8Array): void {
    writeWhole(this.#fd, bytes, this.#path);
    this.#size += bytes.length;
  }

  /** Ends the run at work, which has so many rows. */
  end(rows: number): void {
    this.runs.push({ offset: this.#start, rows });
    this.#start = this.#size;
  }

  cursor(run: Run, keyBytes: number, bufferBytes: number): Cursor {
    return new RunCursor(this.#fd, run, keyBytes, bufferBytes);
  }

  close(): void {
    if (!this.#closed) closeSync(this.#fd);
    this.#closed = true;
  }
}

class RunCursor implements Cursor {
  readonly key: Uint8Array;
  classIndex = 0;
  line = 0;
  readonly #fd: number;
  readonly #buffer: Buffer;
  readonly #view: DataView;
  readonly #end: number;
  #position: number;
  #at = 0;
  #used = 0;

  constructor(fd: number, run: Run, keyBytes: number, bufferBytes: number) {
    this.#fd = fd;
    this.key = new Uint8Array(keyBytes);
    const entryBytes = keyBytes + ENTRY_TAIL_BYTES;
    const entries = Math.min(run.rows, Math.max(1, Math.floor(bufferBytes / entryBytes)));
    this.#buffer = Buffer.allocUnsafeSlow(entries * entryBytes);
    this.#view = new DataView(this.#buffer.buffer);
    this.#position = run.offset;
    this.#end = run.offset + run.rows * entryBytes;
  }

  next(): boolean {
    if (this.#at === this.#used && !this.#fill()) return false;
    const size = this.key.length;
    const at = this.#at;
    for (let i = 0; i < size; i++) this.key[i] = this.#buffer[at + i]!;
    this.classIndex = this.#view.getUint32(at + size, true);
    this.line = this.#view.getUint32(at + size + 4, true);
    this.#at = at + size + ENTRY_TAIL_BYTES;
    return true;
  }

  #fill(): boolean {
    const bytes = Math.min(this.#buffer.length, this.#end - this.#position);
    if (bytes === 0) return false;
    if (!onFile('read', 'sorted runs', () => readWhole(this.#fd, this.#buffer, 0, bytes, this.#position)))
      throw corrupt('sorted runs', 'the file has become shorter', 'the bytes as they were written');
    this.#position += bytes;
    this.#at = 0;
    this.#used = bytes;
    return true;
  }
}
