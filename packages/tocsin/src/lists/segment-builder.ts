// Builds a segment from claims in any order with bounded memory (external sort). Says nothing of which source wins;
// of several claims of one key the worst bad one stays, else the one with the least line, else the first taken.
//
//   add -> run of 2^20 entries -> sorted, duplicates out -> run file -> k-way merge, duplicates out -> SegmentWriter
import { TocsinError } from '../protocol/errors.ts';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import type { ClassRecord } from '../protocol/verdict.ts';
import { ClassTable } from './class-table.ts';
import { compareKeys } from './keys.ts';
import { mergeCursors } from './merge.ts';
import { RunFile } from './run-file.ts';
import { RUN_ENTRIES, sortRun } from './run-sort.ts';
import { ENTRY_TAIL_BYTES, SEGMENT_LIMITS, type SegmentFile } from './segment-format.ts';
import { SegmentWriter } from './segment-writer.ts';
import { refused } from './used-classes.ts';

/** Entries for which a builder first makes room. */
const FIRST_ENTRIES = 4_096;
/** Memory for the buffers of a merge, all runs together. */
const MERGE_BYTES = 64 * 2 ** 20;

export interface SegmentBuilderOptions {
  /** For the sorted runs: as much free space as the segment needs; on the disk of the output, or another one. */
  readonly directory: string;
  readonly kind: KeyKind;
  /** Entries sorted in memory at once; fewer only make sense in tests. */
  readonly runEntries?: number;
}

export interface BuiltSegment {
  readonly file: SegmentFile;
  /** Claims that did not stay because another one of the same key did. */
  readonly duplicates: number;
}

export class SegmentBuilder {
  readonly #options: SegmentBuilderOptions;
  readonly #keyBytes: number;
  readonly #entryBytes: number;
  readonly #runEntries: number;
  readonly #classes: ClassTable;
  /** The run in memory; it grows as claims come. */
  #entries = Buffer.alloc(0);
  #view = new DataView(this.#entries.buffer);
  #count = 0;
  #duplicates = 0;
  #runs: RunFile | null = null;
  #over = false;

  constructor(options: SegmentBuilderOptions) {
    this.#options = options;
    this.#keyBytes = KEY_KINDS[options.kind].bytes;
    this.#entryBytes = this.#keyBytes + ENTRY_TAIL_BYTES;
    this.#classes = new ClassTable(options.directory);
    this.#runEntries = Math.min(options.runEntries ?? RUN_ENTRIES, RUN_ENTRIES);
  }

  /**
   * The number by which `add` knows the record; equal records have one. Throws `format` where a field is wrong; `limit`
   * past `maxClasses` and `io` when the disk refuses, and then the builder is over.
   */
  classIndex(record: ClassRecord): number {
    this.#checkOpen();
    try {
      return this.#classes.intern(record);
    } catch (error) {
      if (!(error instanceof TocsinError) || error.code !== 'format') this.abort();
      throw error;
    }
  }

  /**
   * Takes a claim of the key that stands in `key` at `offset` (copied). Nothing is durable before `finish`. Throws
   * `input` for a short key, a number that `classIndex` did not give or a line that is no u32; `io` when the disk
   * refuses, and then the builder is over.
   */
  add(key: Uint8Array, offset: number, classIndex: number, line: number): 'taken' {
    const size = this.#keyBytes;
    if (offset + size > key.length) throw refused('a key is too short', `${size} bytes`);
    if (classIndex >>> 0 !== classIndex || classIndex >= this.#classes.length)
      throw refused(`there is no class ${classIndex}`, `one of ${this.#classes.length}`);
    if (line >>> 0 !== line) throw refused('a line is no u32', 'a whole number from 0 to 4294967295');
    if (this.#count * this.#entryBytes === this.#entries.length) this.#makeRoom();
    const at = this.#count * this.#entryBytes;
    for (let i = 0; i < size; i++) this.#entries[at + i] = key[offset + i]!;
    this.#view.setUint32(at + size, classIndex, true);
    this.#view.setUint32(at + size + 4, line, true);
    this.#count++;
    return 'taken';
  }

  /** Durable on return, see `SegmentWriter.finish`. The builder is over, also where this throws. */
  finish(outputDirectory: string): BuiltSegment {
    this.#checkOpen();
    const { kind } = this.#options;
    try {
      if (this.#runs !== null) {
        this.#spill(this.#runs);
        this.#entries = Buffer.alloc(0);
      }
      const writer = new SegmentWriter({ directory: outputDirectory, kind, classes: this.#classes });
      try {
        if (this.#runs === null)
          this.#sorted((at) => writer.add(this.#entries, this.#classAt(at), this.#lineAt(at), at));
        else this.#merge(this.#runs, writer);
        return { file: writer.finish(), duplicates: this.#duplicates };
      } finally {
        writer.abort();
      }
    } finally {
      this.abort();
    }
  }

  /** Gives memory and disk back. A second call, or one after `finish`, does nothing. */
  abort(): void {
    this.#over = true;
    this.#runs?.close();
    this.#runs = null;
    this.#classes.close();
    this.#entries = Buffer.alloc(0);
    this.#count = 0;
  }

  #checkOpen(): void {
    if (this.#over) throw new TypeError('segment builder is already finished or aborted');
  }

  /** Spills a full run, or doubles the one in memory. */
  #makeRoom(): void {
    this.#checkOpen();
    if (this.#count === this.#runEntries) {
      this.#spillRun();
      return;
    }
    const entries = Math.min(this.#runEntries, Math.max(FIRST_ENTRIES, 2 * this.#count));
    const grown = Buffer.allocUnsafeSlow(entries * this.#entryBytes);
    this.#entries.copy(grown);
    this.#entries = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Calls `emit` with the offset of each entry that stays, in key order, and forgets the run. */
  #sorted(emit: (at: number) => void): void {
    const size = this.#keyBytes;
    const entries = this.#entries;
    const places = sortRun(entries, this.#count, { entryBytes: this.#entryBytes, keyBytes: size });
    let stays = -1;
    for (let i = 0; i < places.length; i++) {
      const at = places[i]! * this.#entryBytes;
      if (stays >= 0 && compareKeys(entries, stays, entries, at, size) === 0) {
        this.#duplicates++;
        if (this.#beats(this.#classAt(at), this.#lineAt(at), this.#classAt(stays), this.#lineAt(stays)))
          stays = at;
        continue;
      }
      if (stays >= 0) emit(stays);
      stays = at;
    }
    if (stays >= 0) emit(stays);
    this.#count = 0;
  }

  #spillRun(): void {
    try {
      this.#runs ??= new RunFile(this.#options.directory);
      this.#spill(this.#runs);
    } catch (error) {
      this.abort();
      throw error;
    }
  }

  #spill(runs: RunFile): void {
    const from = new Uint32Array(this.#entries.buffer);
    const words = this.#entryBytes / 4;
    const chunk = new Uint32Array(words * Math.ceil(SEGMENT_LIMITS.bufferBytes / this.#entryBytes));
    let used = 0;
    let rows = 0;
    const write = (): void => {
      runs.write(new Uint8Array(chunk.buffer, 0, 4 * used));
      used = 0;
    };
    this.#sorted((at) => {
      if (used === chunk.length) write();
      for (let i = 0, word = at / 4; i < words; i++) chunk[used++] = from[word + i]!;
      rows++;
    });
    write();
    runs.end(rows);
  }

  #merge(runs: RunFile, writer: SegmentWriter): void {
    const buffer = Math.min(SEGMENT_LIMITS.bufferBytes, Math.floor(MERGE_BYTES / runs.runs.length));
    const cursors = runs.runs.map((run) => runs.cursor(run, this.#keyBytes, buffer));
    mergeCursors(cursors, (key, hits) => {
      let best = hits[0]!;
      for (let i = 1; i < hits.length; i++) {
        const hit = hits[i]!;
        if (this.#beats(hit.classIndex, hit.line, best.classIndex, best.line)) best = hit;
      }
      this.#duplicates += hits.length - 1;
      writer.add(key, best.classIndex, best.line);
    });
  }

  /** Of two claims of one key, whether the one taken later stays. */
  #beats(laterClass: number, laterLine: number, earlierClass: number, earlierLine: number): boolean {
    const difference = this.#classes.severity(laterClass) - this.#classes.severity(earlierClass);
    return difference > 0 || (difference === 0 && laterLine < earlierLine);
  }

  #classAt(entry: number): number {
    return this.#view.getUint32(entry + this.#keyBytes, true);
  }

  #lineAt(entry: number): number {
    return this.#view.getUint32(entry + this.#keyBytes + 4, true);
  }
}
