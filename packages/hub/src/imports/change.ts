// What an import changes against what its source said before, whichever way either is stored.
import type { Difference } from 'tocsin/lists/merge.ts';
import { diffCursors } from 'tocsin/lists/merge.ts';
import type { Cursor } from 'tocsin/lists/segment-cursor.ts';
import { SegmentReader } from 'tocsin/lists/segment-reader.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { recordId } from 'tocsin/protocol/verdict.ts';
import { segmentPath } from '../store/artifacts.ts';
import type { Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import type { ClaimRow, Source } from '../verdicts/claim-store.ts';
import { rowsOf, segmentsOf } from '../verdicts/claim-store.ts';
import { isDamage } from '../verdicts/damage.ts';
import { LineStoreReader } from './line-store.ts';

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

/**
 * Compares what `source` says of `kind` with the new file (null: it says nothing any more). Where what it said is
 * damaged, all of the new file counts as added.
 */
export async function changeAgainst(
  db: Queries,
  layout: Layout,
  source: Source,
  kind: KeyKind,
  file: SegmentFile | null,
): Promise<Difference> {
  const [segment] = await segmentsOf(db, { sourceId: source.id, kind });
  if (segment !== undefined && segment.digest === file?.digest)
    return { added: 0, removed: 0, changed: 0, kept: file.rows };
  if (segment === undefined) return compare(walkRows(await rowsOf(db, source.id, kind)), file);
  try {
    return compare(walkFile(segmentPath(layout, segment.digest)), file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { added: file?.rows ?? 0, removed: 0, changed: 0, kept: 0 };
  }
}

function compare(old: Walk, file: SegmentFile | null): Difference {
  const fresh = file === null ? walkRows([]) : walkFile(file.path);
  try {
    const ids = new Map<ClassRecord, string>();
    const id = (record: ClassRecord): string => {
      const known = ids.get(record) ?? recordId(record);
      ids.set(record, known);
      return known;
    };
    return diffCursors(old.cursor, fresh.cursor, (a, b) => id(old.classes[a]!) === id(fresh.classes[b]!));
  } finally {
    old.close();
    fresh.close();
  }
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
      return rows[at]!.line ?? 0;
    },
  };
  return { cursor, classes: rows.map((r) => r.record), close: () => {} };
}

/** The claims of a small segment file as rows, each with its original line. */
export function claimRowsOf(file: SegmentFile, linesFile: string): ClaimRow[] {
  const lines = new LineStoreReader(linesFile);
  const texts = new Map([...lines.lines()].map(({ line, text }) => [line, text]));
  lines.close();
  const walk = walkFile(file.path);
  const rows: ClaimRow[] = [];
  while (walk.cursor.next()) {
    const { key, classIndex, line } = walk.cursor;
    const original = texts.get(line) ?? null;
    rows.push({ kind: file.kind, key: key.slice(), record: walk.classes[classIndex]!, original, line });
  }
  walk.close();
  return rows;
}
