// Where a format's rows go: one segment builder a key kind, the store of original lines, the report.
import { join } from 'node:path';
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { Category, ClassRecord, Level } from 'tocsin/protocol/verdict.ts';
import { LIFETIME_SECONDS, polarity } from 'tocsin/protocol/verdict.ts';
import type { ClaimDetails, ImportSink } from './formats/format.ts';
import type { OriginalLine } from './line-store.ts';
import { LineStoreWriter } from './line-store.ts';
import type { Refusal } from './report.ts';
import { REPORT_LIMITS } from './report.ts';

export interface ClaimDefaults {
  readonly source: string;
  readonly level: Level;
  readonly category: Category | null;
}

/** Everything that one import takes in, on disk below `directory` until `finish` or `abort`. */
export class ClaimSink implements ImportSink {
  readonly refusals: Refusal[] = [];
  /** Data rows: each is taken or refused. */
  rows = 0;
  taken = 0;
  refused = 0;
  /** The line that said how to read the rows. */
  heading: OriginalLine | null = null;
  readonly #directory: string;
  readonly #defaults: ClaimDefaults;
  readonly #builders = new Map<KeyKind, KindBuilder>();
  readonly #lines: LineStoreWriter;
  readonly linesFile: string;

  constructor(directory: string, defaults: ClaimDefaults) {
    this.#directory = directory;
    this.#defaults = defaults;
    this.linesFile = join(directory, 'lines');
    this.#lines = new LineStoreWriter(this.linesFile);
  }

  head(line: number, bytes: Uint8Array, start: number, end: number): void {
    this.heading = { line, text: Buffer.from(bytes.subarray(start, end)).toString('utf8') };
  }

  row(): void {
    this.rows++;
  }

  original(line: number, bytes: Uint8Array, start: number, end: number): void {
    this.taken++;
    this.#lines.add(line, bytes, start, end);
  }

  take(kind: KeyKind, key: Uint8Array, offset: number, details: ClaimDetails | null, line: number): void {
    let builder = this.#builders.get(kind);
    if (builder === undefined) {
      builder = new KindBuilder(kind, this.#directory, this.#defaults);
      this.#builders.set(kind, builder);
    }
    builder.add(key, offset, details, line);
  }

  refuse(line: number, why: string): void {
    this.refused++;
    if (this.refusals.length < REPORT_LIMITS.maxRefusals) this.refusals.push({ line, why });
  }

  /**
   * Segment files of all kinds in `directory`, durable, how many claims said what another one had said, and the
   * SHA-256 of the file of original lines, hex.
   */
  finish(): { files: SegmentFile[]; duplicates: number; linesDigest: string } {
    const linesDigest = this.#lines.finish();
    let duplicates = 0;
    const files: SegmentFile[] = [];
    for (const { builder } of this.#builders.values()) {
      const built = builder.finish(this.#directory);
      duplicates += built.duplicates;
      files.push(built.file);
    }
    return { files, duplicates, linesDigest };
  }

  abort(): void {
    this.#lines.abort();
    for (const { builder } of this.#builders.values()) builder.abort();
  }
}

/** One kind's builder, with the class of each set of details found once. */
class KindBuilder {
  readonly builder: SegmentBuilder;
  readonly #kind: KeyKind;
  readonly #defaults: ClaimDefaults;
  readonly #classes = new WeakMap<ClaimDetails, number>();
  #plain = -1;

  constructor(kind: KeyKind, directory: string, defaults: ClaimDefaults) {
    this.builder = new SegmentBuilder({ directory, kind });
    this.#kind = kind;
    this.#defaults = defaults;
  }

  add(key: Uint8Array, offset: number, details: ClaimDetails | null, line: number): void {
    this.builder.add(key, offset, this.#classOf(details), line);
  }

  #classOf(details: ClaimDetails | null): number {
    if (details === null) {
      if (this.#plain < 0)
        this.#plain = this.builder.classIndex(classRecord(this.#kind, null, this.#defaults));
      return this.#plain;
    }
    let index = this.#classes.get(details);
    if (index === undefined) {
      index = this.builder.classIndex(classRecord(this.#kind, details, this.#defaults));
      this.#classes.set(details, index);
    }
    return index;
  }
}

function classRecord(kind: KeyKind, details: ClaimDetails | null, defaults: ClaimDefaults): ClassRecord {
  const level = details?.level ?? defaults.level;
  // A category is a kind of good or of bad: that of the rest of the list says nothing of a row on the other side.
  const sameSide = polarity(level) === polarity(defaults.level);
  return {
    level,
    category: details?.category ?? (sameSide ? defaults.category : null),
    name: details?.name ?? null,
    source: defaults.source,
    reason: details?.reason ?? `listed by ${defaults.source}`,
    lifetime: lifetimeOf(kind, level),
  };
}

/** How long an answer from a claim may be kept, seconds. */
export function lifetimeOf(kind: KeyKind, level: Level): number {
  if (kind === 'ip') return LIFETIME_SECONDS.ip;
  const side = polarity(level);
  return side === 'none' ? LIFETIME_SECONDS.unknown : LIFETIME_SECONDS[side];
}
