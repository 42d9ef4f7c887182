// What an import changes against what its source said before, whichever way either is stored, and since when the source
// has named what it names.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Difference } from 'tocsin/lists/merge.ts';
import { diffCursors } from 'tocsin/lists/merge.ts';
import type { Cursor } from 'tocsin/lists/segment-cursor.ts';
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { recordId } from 'tocsin/protocol/verdict.ts';
import { firstsPath, segmentPath } from '../store/artifacts.ts';
import type { Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import type { ClaimRow, SegmentRow, Source } from '../verdicts/claim-store.ts';
import { rowsOf, segmentsOf } from '../verdicts/claim-store.ts';
import { isDamage } from '../verdicts/damage.ts';
import { IMPORT_LIMITS } from './config.ts';
import { FirstTimesReader, FirstTimesWriter } from './first-times.ts';
import { LineStoreReader } from './line-store.ts';

/** Since when a source has named each object of its new file. */
export interface Firsts {
  /** Of all rows, where no file tells it of each; null: from now on. */
  readonly at: Date | null;
  /** A file of times, by its digest. */
  readonly file: { readonly digest: string; readonly path: string } | null;
}

export interface Change {
  readonly difference: Difference;
  readonly firsts: Firsts;
}

export const FROM_NOW: Firsts = { at: null, file: null };

export function sumChanges(changes: readonly Difference[]): Difference {
  const sum = { added: 0, removed: 0, changed: 0, kept: 0 };
  for (const change of changes)
    for (const key of ['added', 'removed', 'changed', 'kept'] as const) sum[key] += change[key];
  return sum;
}

/** Sorted claims of one kind, to be walked once. */
interface Walk {
  readonly cursor: Cursor;
  readonly classes: readonly ClassRecord[];
  close(): void;
}

export interface ChangeHub {
  readonly db: Queries;
  readonly layout: Layout;
  /** For the times of the new file. */
  readonly directory: string;
  readonly now: Date;
}

/**
 * Compares what `source` says of `kind` with the new file (null: it says nothing any more). Where what it said is
 * damaged, all of the new file counts as added.
 */
export async function changeAgainst(
  hub: ChangeHub,
  source: Source,
  kind: KeyKind,
  file: SegmentFile | null,
): Promise<Change> {
  const { db, layout } = hub;
  const [segment] = await segmentsOf(db, { sourceId: source.id, kind });
  if (segment !== undefined && segment.digest === file?.digest) {
    const difference = { added: 0, removed: 0, changed: 0, kept: file.rows };
    return { difference, firsts: firstsOf(layout, segment) };
  }
  if (segment === undefined) {
    const rows = await rowsOf(db, source.id, kind);
    const change = compare(hub, walkRows(rows), file);
    return rows.length === 0 ? { ...change, firsts: FROM_NOW } : change;
  }
  try {
    return compare(hub, walkSegment(layout, segment), file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const difference = { added: file?.rows ?? 0, removed: 0, changed: 0, kept: 0 };
    return { difference, firsts: FROM_NOW };
  }
}

/** As they are; where the file of times is damaged, one time has to do for all. */
function firstsOf(layout: Layout, segment: SegmentRow): Firsts {
  const times = timesOf(layout, segment);
  times?.close();
  const { firsts: digest, firstAt: at } = segment;
  if (times === null || digest === null) return { at, file: null };
  return { at: null, file: { digest, path: firstsPath(layout, digest) } };
}

function compare({ directory, now }: ChangeHub, old: Walk, file: SegmentFile | null): Change {
  const fresh = file === null ? walkRows([]) : walkFile(file.path);
  let times: FirstTimesWriter | null = null;
  try {
    if (file !== null) times = freshTimes(join(directory, `${file.kind}.firsts`));
    const ids = new Map<ClassRecord, string>();
    const id = (record: ClassRecord): string => {
      const known = ids.get(record) ?? recordId(record);
      ids.set(record, known);
      return known;
    };
    const isSame = (a: number, b: number): boolean => id(old.classes[a]!) === id(fresh.classes[b]!);
    const from = secondsOf(now);
    const difference = diffCursors(old.cursor, fresh.cursor, isSame, (hit) => {
      times?.add(hit === null ? from : hit.line); // a clock that was set back does not make it older
    });
    if (times === null) return { difference, firsts: FROM_NOW };
    return { difference, firsts: { at: null, file: { digest: times.finish(), path: times.path } } };
  } finally {
    times?.close();
    old.close();
    fresh.close();
  }
}

/** The transaction may run again: what its first run left is nothing. */
function freshTimes(path: string): FirstTimesWriter {
  rmSync(path, { force: true });
  return new FirstTimesWriter(path);
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function walkFile(path: string): Walk {
  const reader = SegmentReader.open(path);
  const cursor = reader.cursor();
  return {
    cursor,
    classes: reader.classes,
    close: () => {
      cursor.close();
      reader.close();
    },
  };
}

/** As `walkFile`, with the time at which each row was first claimed in place of its line. */
function walkSegment(layout: Layout, segment: SegmentRow): Walk {
  const walk = walkFile(segmentPath(layout, segment.digest));
  const times = timesOf(layout, segment);
  const { cursor } = walk;
  let row = -1;
  const timed = {
    next: () => {
      row++;
      return cursor.next();
    },
    get key() {
      return cursor.key;
    },
    get classIndex() {
      return cursor.classIndex;
    },
    get line() {
      return times?.at(row) ?? secondsOf(segment.firstAt);
    },
  };
  const close = (): void => {
    times?.close();
    walk.close();
  };
  return { cursor: timed, classes: walk.classes, close };
}

/** Null where one time is that of all rows, or has to do because the file of times is damaged. */
function timesOf(layout: Layout, { firsts, rows }: SegmentRow): FirstTimesReader | null {
  if (firsts === null) return null;
  try {
    return new FirstTimesReader(firstsPath(layout, firsts), rows);
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

/** Likewise: the line is the time. */
function walkRows(rows: readonly ClaimRow[]): Walk {
  let at = -1;
  const cursor = {
    next: () => ++at < rows.length,
    get key() {
      return rows[at]!.key;
    },
    get classIndex() {
      return at;
    },
    get line() {
      return secondsOf(rows[at]!.firstAt!);
    },
  };
  return { cursor, classes: rows.map((r) => r.record), close: () => {} };
}

/**
 * The wrong file under a source's name would take back all that the source said, silently and on every machine.
 * Lists grow, and lose some rows; one that loses most of them, or all, is replaced only where that is said.
 * Throws `conflict`.
 */
export function refuseLoss(source: Source, { added, removed, changed, kept }: Difference): void {
  const before = removed + changed + kept;
  const { guardedClaims, maxRemovedShare } = IMPORT_LIMITS;
  const emptied = before > 0 && added + changed + kept === 0;
  const most = before >= guardedClaims && removed > before * maxRemovedShare;
  if (!emptied && !most) return;
  const n = (count: number): string => count.toLocaleString('en-US');
  throw new TocsinError(
    'conflict',
    `Cannot import the file as source '${source.name}': it would remove ${n(removed)} of the ${n(before)} objects that the source named and add ${n(added)}, want --replace where that is meant`,
  );
}

/** The claims of a small segment file as rows, each with its original line. */
export function claimRowsOf(file: SegmentFile, linesFile: string, firsts: Firsts): ClaimRow[] {
  const lines = new LineStoreReader(linesFile);
  const texts = new Map([...lines.lines()].map(({ line, text }) => [line, text]));
  lines.close();
  const times = firsts.file === null ? null : new FirstTimesReader(firsts.file.path, file.rows);
  const walk = walkFile(file.path);
  const rows: ClaimRow[] = [];
  while (walk.cursor.next()) {
    const { key, classIndex, line } = walk.cursor;
    const original = texts.get(line) ?? null;
    const firstAt = times === null ? firsts.at : new Date(times.at(rows.length) * 1000);
    rows.push({
      kind: file.kind,
      key: key.slice(),
      record: walk.classes[classIndex]!,
      original,
      line,
      firstAt,
    });
  }
  times?.close();
  walk.close();
  return rows;
}
