// Finds damaged files of the hub and mends what can be mended:
//
//   a published list ─ damaged ─► removed: the publication that follows writes it again from the claims
//   a source's segment ─ damaged ─► built again from its original lines, if these give the very same file
//                                   └─ else removed: what machines were told stands in for it (inputs.ts), and the
//                                      operator is told which import to run again
//   since when a source names its objects ─ damaged ─► forgotten: its last import counts
//   original lines of addresses ─ damaged ─► removed, as the segments that cannot be guarded without them
//
// Only for the publisher, under its lock. Says one line for each finding. Removes nothing that a disk refuses to read.
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from 'tocsin/lists/files.ts';
import { errorWords, printable } from 'tocsin/protocol/errors.ts';
import { keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { firstTimesBytes } from '../imports/first-times.ts';
import { LineStoreReader } from '../imports/line-store.ts';
import type { ReplayNotes } from '../imports/replay.ts';
import { replay } from '../imports/replay.ts';
import { openGroupSecrets } from '../keys/group-secret.ts';
import { firstsPath, LINES_NAME, linesPath, listPath, segmentPath } from '../store/artifacts.ts';
import type { Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import type { SegmentRow } from './claim-store.ts';
import { segmentsOf } from './claim-store.ts';
import type { Check } from './damage.ts';
import { fileDamage, isDamage, linesDamage, segmentDamage } from './damage.ts';

export interface MendHub {
  readonly db: Queries;
  readonly layout: Layout;
  readonly world: World;
}

type Tell = (line: string) => void;

export interface ImportRun {
  readonly format: string;
  readonly file_name: string;
  readonly lines: string;
  readonly replay: ReplayNotes | null;
}

/** True where some file of the hub does not hold. Changes nothing. */
export async function isDamaged(hub: MendHub, check: Check): Promise<boolean> {
  for (const { path, bytes } of await publishedFiles(hub))
    if (segmentDamage(path, bytes, check) !== null) return true;
  for (const segment of await segmentsOf(hub.db)) {
    if (segmentDamage(segmentPath(hub.layout, segment.digest), segment.bytes, check) !== null) return true;
    const { lines } = await importOf(hub.db, segment);
    if (linesDamage(linesPath(hub.layout, lines), lines, check) !== null) return true;
    if (firstsDamage(hub, segment, check) !== null) return true;
  }
  return false;
}

/** Roles of the published lists that have to be written again, and were removed where they were there. */
export async function mendFiles(hub: MendHub, check: Check, tell: Tell): Promise<ReadonlySet<ListRole>> {
  const roles = new Set<ListRole>();
  for (const { role, kind, path, bytes } of await publishedFiles(hub)) {
    // Published lists are opened whole by every node anyway.
    const damage = segmentDamage(path, bytes, check === 'size' ? 'structure' : check);
    if (damage === null) continue;
    tell(`the published list ${role}.${kind} is built again from the claims: ${damage}`);
    rmSync(path, { force: true });
    roles.add(role);
  }
  for (const segment of await segmentsOf(hub.db)) {
    await mendSegment(hub, segment, check, tell);
    await mendFirsts(hub, segment, check, tell);
  }
  return roles;
}

interface PublishedFile {
  readonly role: ListRole;
  readonly kind: string;
  readonly path: string;
  readonly bytes: number;
}

async function publishedFiles({ db, layout }: MendHub): Promise<PublishedFile[]> {
  const rows = await db.query<{ role: ListRole; kind: number; digest: string; bytes: number }>(
    `SELECT role, kind, encode(digest, 'hex') AS digest, bytes FROM published_list ORDER BY role, kind`,
  );
  return rows.map(({ role, kind, digest, bytes }) => ({
    role,
    kind: keyKindOfCode(kind) ?? String(kind),
    path: listPath(layout, digest),
    bytes,
  }));
}

async function mendSegment(hub: MendHub, segment: SegmentRow, check: Check, tell: Tell): Promise<void> {
  const run = await importOf(hub.db, segment);
  const path = segmentPath(hub.layout, segment.digest);
  const originals = linesPath(hub.layout, run.lines);
  const badLines = linesDamage(originals, run.lines, check);
  const damage = segmentDamage(path, segment.bytes, check);
  const what = `what source '${printable(segment.source.name)}' says of ${segment.kind}`;
  if (badLines !== null) {
    if (segment.kind === 'ip') rmSync(originals, { force: true });
    tell(`the original lines of ${what} are damaged: ${badLines}; ${importAgain(segment, run)}`);
  }
  if (damage === null) return;
  const failed = badLines ?? rebuild(hub, segment, run, path);
  if (failed === null) {
    tell(`${what} was damaged and is built again from its original lines: ${damage}`);
    return;
  }
  rmSync(path, { force: true });
  tell(
    `${what} is damaged: ${damage}; its original lines do not suffice: ${failed}; ${importAgain(segment, run)}`,
  );
}

async function mendFirsts(hub: MendHub, segment: SegmentRow, check: Check, tell: Tell): Promise<void> {
  const { firsts, kind, source } = segment;
  const damage = firstsDamage(hub, segment, check);
  if (damage === null) return;
  await hub.db.execute(`UPDATE segment SET firsts = NULL WHERE firsts = decode($1, 'hex')`, [firsts]);
  tell(
    `since when source '${printable(source.name)}' names each ${kind} is damaged: ${damage}; its last import counts`,
  );
}

function firstsDamage({ layout }: MendHub, { firsts, rows }: SegmentRow, check: Check): string | null {
  if (firsts === null) return null;
  return fileDamage(firstsPath(layout, firsts), firsts, firstTimesBytes(rows), check);
}

/** What the operator has to do. */
export function importAgain({ source }: SegmentRow, { format, file_name }: ImportRun): string {
  return `what machines were told stands until 'tocsin-hub import ${format} ${printable(file_name)} --source "${printable(source.name)}"' is run again`;
}

/** Null where the segment stands again as it was, else why not. */
function rebuild(hub: MendHub, segment: SegmentRow, run: ImportRun, path: string): string | null {
  const directory = mkdtempSync(join(hub.layout.tmp, 'mend-'));
  try {
    const lines = new LineStoreReader(linesPath(hub.layout, run.lines));
    try {
      const { format, file_name: fileName, replay: notes } = run;
      const group = segment.kind === 'wifi' ? secretOf(hub, notes) : null;
      const files = replay(
        { source: segment.source.name, format, fileName, notes },
        lines.lines(),
        directory,
        group,
      );
      if (files === null) return `a file of the format ${format} is more than its lines`;
      const file = files.find(({ digest }) => digest === segment.digest);
      if (file === undefined) return 'they say something else';
      renameSync(file.path, path);
      syncDirectory(hub.layout.segments);
      return null;
    } finally {
      lines.close();
    }
  } catch (error) {
    if (isDamage(error)) return errorWords(error);
    throw error;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The secret under which an import named its networks: the newest, or the one before. */
function secretOf({ layout, world }: MendHub, notes: ReplayNotes | null): GroupSecret {
  const { current, former } = openGroupSecrets(layout.keys, world);
  return former !== null && former.id === notes?.group ? former : current;
}

/** The import that a segment is from. */
export async function importOf(db: Queries, { importId }: SegmentRow): Promise<ImportRun> {
  const rows = await db.query<ImportRun>(
    `SELECT i.format, i.file_name, ${LINES_NAME} AS lines, i.report->'replay' AS replay FROM import_run i WHERE i.id = $1`,
    [importId],
  );
  return rows[0]!;
}

/** Segments that a publication can use, and those for which something has to stand in. */
export async function present(
  hub: MendHub,
  segments: readonly SegmentRow[],
): Promise<{ readonly whole: SegmentRow[]; readonly lost: SegmentRow[] }> {
  const whole: SegmentRow[] = [];
  const lost: SegmentRow[] = [];
  for (const segment of segments) {
    const { lines } = await importOf(hub.db, segment);
    const isThere =
      segmentDamage(segmentPath(hub.layout, segment.digest), segment.bytes, 'size') === null &&
      (segment.kind !== 'ip' || linesDamage(linesPath(hub.layout, lines), lines, 'size') === null);
    (isThere ? whole : lost).push(segment);
  }
  return { whole, lost };
}
