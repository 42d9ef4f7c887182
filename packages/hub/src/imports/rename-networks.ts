// Names imported Wi-Fi networks anew after the secret of the group was replaced, from the original lines of each import,
// rows and segments alike. What gives no other id (an id that stood in the file, an analyst's verdict, lines that do not
// suffice) stays as it is, and counts until the older secret ends.
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from 'tocsin/lists/files.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';
import { LINES_NAME, linesPath, segmentPath } from '../store/artifacts.ts';
import type { Queries } from '../store/database.ts';
import type { ClaimRow, Source } from '../verdicts/claim-store.ts';
import { insertRows, markChanged, rowsOf, segmentsOf } from '../verdicts/claim-store.ts';
import { isDamage } from '../verdicts/damage.ts';
import { claimRowsOf, FROM_NOW } from './change.ts';
import type { OriginalLine } from './line-store.ts';
import { LineStoreReader } from './line-store.ts';
import type { ReplayNotes } from './replay.ts';
import { replay } from './replay.ts';
import type { ImportHub } from './run-import.ts';

const WIFI = KEY_KINDS.wifi.code;

export interface Renamed {
  /** Networks that have another id now. */
  readonly networks: number;
  /** Claims whose id is as it was. */
  readonly left: number;
}

interface Run extends Source {
  readonly import_id: string;
  readonly format: string;
  readonly file_name: string;
  readonly imported_at: Date;
  readonly lines: string;
  readonly replay: ReplayNotes | null;
}

/** Renames what it can, a source in a transaction; run again after a kill, it does what is left. */
export async function renameNetworks(hub: ImportHub, group: GroupSecret): Promise<Renamed> {
  const all = { networks: 0, left: 0 };
  for (const { import_id: id } of await runsWithNetworks(hub.db)) {
    const { networks, left } = await hub.db.transaction((tx) => renameRun(hub, tx, id, group));
    all.networks += networks;
    all.left += left;
  }
  const single = await hub.db.query<{ n: number }>(
    'SELECT count(*) AS n FROM claim WHERE kind = $1 AND import_id IS NULL',
    [WIFI],
  );
  return { ...all, left: all.left + single[0]!.n };
}

async function runsWithNetworks(db: Queries): Promise<readonly Run[]> {
  return await db.query<Run>(
    `SELECT s.id, s.name, s.kind, s.rank, i.id AS import_id, i.format, i.file_name, i.imported_at, ${LINES_NAME} AS lines,
            i.report->'replay' AS replay
       FROM import_run i JOIN source s ON s.id = i.source_id
      WHERE EXISTS (SELECT FROM claim c WHERE c.import_id = i.id AND c.kind = $1)
         OR EXISTS (SELECT FROM segment g WHERE g.import_id = i.id AND g.kind = $1) ORDER BY i.id`,
    [WIFI],
  );
}

async function renameRun(hub: ImportHub, tx: Queries, id: string, group: GroupSecret): Promise<Renamed> {
  await tx.execute(
    'SELECT FROM source s JOIN import_run i ON i.source_id = s.id WHERE i.id = $1 FOR UPDATE OF s',
    [id],
  );
  const run = (await runsWithNetworks(tx)).find(({ import_id }) => import_id === id);
  if (run === undefined || run.replay?.group === group.id) return { networks: 0, left: 0 };
  const [segment] = await segmentsOf(tx, { sourceId: run.id, kind: 'wifi' });
  const before = segment === undefined ? await rowsOf(tx, run.id, 'wifi') : null;
  const count = segment?.rows ?? before!.length;
  const directory = mkdtempSync(join(hub.layout.tmp, 'rename-'));
  try {
    const lines = before === null ? storedLines(linesPath(hub.layout, run.lines)) : linesOf(before);
    const file = networksOf(run, lines, directory, group);
    // Lines that do not say what the import said are no ground for other names.
    if (file === null || file.rows !== count) return { networks: 0, left: count };
    const networks =
      before === null
        ? await replaceSegment(hub, tx, run, file)
        : await replaceRows(tx, run, before, claimRowsOf(file, join(directory, 'lines'), FROM_NOW));
    await tx.execute(
      `UPDATE import_run SET report = jsonb_set(report, '{replay,group}', to_jsonb($2::text)) WHERE id = $1`,
      [id, group.id],
    );
    await markChanged(tx, { bases: before === null });
    return { networks, left: count - networks };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function networksOf(
  run: Run,
  lines: Iterable<OriginalLine>,
  directory: string,
  group: GroupSecret,
): SegmentFile | null {
  const { name: source, format, file_name: fileName, replay: notes } = run;
  try {
    const files = replay({ source, format, fileName, notes }, lines, directory, group);
    return files?.find(({ kind }) => kind === 'wifi') ?? null;
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

function* storedLines(path: string): Generator<OriginalLine> {
  const lines = new LineStoreReader(path);
  try {
    yield* lines.lines();
  } finally {
    lines.close();
  }
}

function linesOf(rows: readonly ClaimRow[]): readonly OriginalLine[] {
  const lines = new Map(rows.map(({ line, original }) => [line ?? 0, original ?? '']));
  return [...lines].map(([line, text]) => ({ line, text })).sort((a, b) => a.line - b.line);
}

async function replaceSegment(hub: ImportHub, tx: Queries, run: Run, file: SegmentFile): Promise<number> {
  renameSync(file.path, segmentPath(hub.layout, file.digest));
  syncDirectory(hub.layout.segments);
  await tx.execute(
    `UPDATE segment SET digest = decode($2, 'hex'), bytes = $3, firsts = NULL WHERE source_id = $1 AND kind = $4`,
    [run.id, file.digest, file.bytes, WIFI],
  );
  return file.rows;
}

/** Returns how many have another id. */
async function replaceRows(
  tx: Queries,
  run: Run,
  before: readonly ClaimRow[],
  after: readonly ClaimRow[],
): Promise<number> {
  await tx.execute('DELETE FROM claim WHERE source_id = $1 AND kind = $2', [run.id, WIFI]);
  const firsts = new Map(before.map(({ line, firstAt }) => [line, firstAt]));
  const timed = after.map((row) => ({ ...row, firstAt: firsts.get(row.line) ?? null }));
  await insertRows(tx, run, timed, { at: run.imported_at, by: null, importId: run.import_id });
  const old = new Set(before.map(({ key }) => Buffer.from(key).toString('hex')));
  return after.filter(({ key }) => !old.has(Buffer.from(key).toString('hex'))).length;
}
