// One import, from a file to claims:
//
//   file ─► format (formats/) ─► sink: builders + lines ─► segment files ─┬─ under 10,000 claims ─► rows
//                                                                         └─ else files in segments/ + one row a kind
//
// All or nothing: until the transaction commits, the source says what it said before. Killed anywhere, it can
// be run again. Importing the same content twice changes nothing. Publishing the result is verdicts/publish.ts.
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { syncDirectory } from 'tocsin/lists/files.ts';
import type { Difference } from 'tocsin/lists/merge.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { Category, Level } from 'tocsin/protocol/verdict.ts';
import { polarity } from 'tocsin/protocol/verdict.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { firstsPath, linesPath, segmentPath } from '../store/artifacts.ts';
import type { Database, Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import { sayAgain } from '../verdicts/ageing.ts';
import type { Source } from '../verdicts/claim-store.ts';
import { insertRows, lockSource, markChanged, segmentsOf } from '../verdicts/claim-store.ts';
import { present } from '../verdicts/mend.ts';
import type { SourceKind } from '../verdicts/resolve.ts';
import type { Firsts } from './change.ts';
import { changeAgainst, claimRowsOf, refuseLoss, sumChanges } from './change.ts';
import type { FormatOptions, ImportFormat } from './formats/format.ts';
import { readImport } from './read-file.ts';
import type { ReplayNotes } from './replay.ts';
import type { ImportReport } from './report.ts';
import type { ClaimDefaults } from './sink.ts';
import { ClaimSink } from './sink.ts';
import type { BundledSource } from './source-name.ts';
import { parseSourceName, sourceNameOf } from './source-name.ts';

/** Imports below this many claims stay rows in PostgreSQL (design: "under 10,000 claims stay rows"). */
export const ROWS_BELOW = 10_000;
export const DEFAULT_RANK = 100;

export interface ImportHub {
  readonly db: Database;
  readonly layout: Layout;
  readonly world: World;
}

export interface ImportRequest {
  readonly format: ImportFormat;
  readonly path: string;
  /** Name of the source, as source-name.ts has it; re-importing under it replaces what it said. Default: the file's name. */
  readonly source?: string;
  /** Only for the lists that come with the hub, whose source nobody else may be. */
  readonly bundled?: BundledSource;
  readonly sourceKind?: SourceKind;
  readonly rank?: number;
  /** For rows that say no level or category themselves; a category only for rows on the same side as this level. */
  readonly level?: Level;
  readonly category?: Category;
  readonly options?: FormatOptions;
  /** Do it also where the source then says nothing any more, or most of what it said is gone. */
  readonly replace?: boolean;
}

export interface ImportProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly rows: number;
}

interface Staged {
  /** Goes when the import ends. */
  readonly directory: string;
  readonly source: string;
  readonly fileDigest: string;
  readonly files: readonly SegmentFile[];
  readonly linesFile: string;
  readonly linesDigest: string;
  readonly replay: ReplayNotes;
  /** Files of what the source said were damaged, and something stood in for them. */
  readonly lost: boolean;
}

/**
 * Imports one file. Throws `format` where it is not of that format, `input` for a name that no source may have,
 * `conflict` for that of a source of another kind, and where what the source said would be lost without `replace`;
 * nothing changes then.
 */
export async function runImport(
  hub: ImportHub,
  request: ImportRequest,
  onProgress: (progress: ImportProgress) => void = () => {},
): Promise<ImportReport> {
  const started = hub.world.clock.monotonic();
  const source = nameOf(request);
  const directory = mkdtempSync(join(hub.layout.tmp, 'import-'));
  const defaults = defaultsOf(request);
  const sink = new ClaimSink(directory, { source, ...defaults });
  try {
    const fileDigest = await readImport(request, sink, directory, onProgress);
    const { files, duplicates, linesDigest } = sink.finish();
    const storedAs = files.reduce((sum, f) => sum + f.rows, 0) < ROWS_BELOW ? 'rows' : 'segments';
    const { group: _secret, now: _now, ...options } = request.options ?? {};
    const lost = await hasLost(hub, source);
    const replay = { ...defaults, options, head: sink.heading };
    const built = {
      directory,
      source,
      fileDigest,
      files,
      linesFile: sink.linesFile,
      linesDigest,
      replay,
      lost,
    };
    const staged = storedAs === 'rows' ? built : moveIn(hub, built);
    const report = {
      format: request.format.name,
      unit: request.format.unit,
      source,
      file: basename(request.path),
      rows: sink.rows,
      taken: sink.taken,
      duplicates,
      refused: sink.refused,
      refusals: sink.refusals,
      objects: Object.fromEntries(files.map((f) => [f.kind, f.rows])),
      storedAs,
    } as const;
    const change = await hub.db.transaction((tx) => store(hub, tx, request, staged, report));
    return { ...report, change, seconds: (hub.world.clock.monotonic() - started) / 1000 };
  } catch (error) {
    sink.abort();
    throw error;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** True where a file of what the source says is not there: the same files that come now are a change for machines. */
async function hasLost(hub: ImportHub, name: string): Promise<boolean> {
  const segments = (await segmentsOf(hub.db)).filter(({ source }) => source.name === name);
  return (await present(hub, segments)).lost.length > 0;
}

/** Immutable files go to their place before the transaction names them; without it they are collected later. */
function moveIn(hub: ImportHub, staged: Staged): Staged {
  const linesFile = linesPath(hub.layout, staged.linesDigest);
  renameSync(staged.linesFile, linesFile);
  const files = staged.files.map((file) => {
    const path = segmentPath(hub.layout, file.digest);
    renameSync(file.path, path);
    return { ...file, path };
  });
  syncDirectory(hub.layout.segments);
  return { ...staged, files, linesFile };
}

export function sourceKindOf({ sourceKind, format }: ImportRequest): SourceKind {
  return sourceKind ?? format.sourceKind ?? 'feed';
}

/** The format's own category goes with the format's own level: a good list is not one of good malware. */
function defaultsOf(request: ImportRequest): Omit<ClaimDefaults, 'source'> {
  const { format, ...given } = request;
  const { defaults } = format;
  const warns = sourceKindOf(request) === 'warning';
  const level = given.level ?? (warns ? 'good' : defaults.level);
  if (warns && polarity(level) !== 'good')
    throw new TocsinError(
      'input',
      `Cannot import a warning list at level '${level}': it accuses, want none, good or trusted`,
    );
  const own = polarity(level) === polarity(defaults.level) ? defaults.category : null;
  return { level, category: given.category ?? own };
}

function nameOf({ bundled, path, source }: ImportRequest): string {
  if (bundled !== undefined) return bundled;
  return source === undefined ? sourceNameOf(path) : parseSourceName(source);
}

type PartialReport = Omit<ImportReport, 'change' | 'seconds'>;

async function store(
  hub: ImportHub,
  tx: Queries,
  request: ImportRequest,
  staged: Staged,
  report: PartialReport,
): Promise<Difference> {
  const now = new Date(hub.world.clock.now());
  const wanted = {
    name: staged.source,
    kind: sourceKindOf(request),
    rank: request.rank ?? DEFAULT_RANK,
  } as const;
  const source = await lockSource(tx, wanted, now);
  if (request.rank !== undefined && request.rank !== source.rank)
    await tx.execute('UPDATE source SET rank = $1 WHERE id = $2', [request.rank, source.id]);
  const changes: Difference[] = [];
  const firsts = new Map<KeyKind, Firsts>();
  const { layout } = hub;
  for (const kind of Object.keys(KEY_KINDS) as KeyKind[]) {
    const file = staged.files.find((f) => f.kind === kind) ?? null;
    const change = await changeAgainst(
      { db: tx, layout, directory: staged.directory, now },
      source,
      kind,
      file,
    );
    changes.push(change.difference);
    firsts.set(kind, change.firsts);
  }
  const total = sumChanges(changes);
  if (request.replace !== true) refuseLoss(source, total);
  const revived = await sayAgain(tx, source.id, now);
  const rankChanged = request.rank !== undefined && request.rank !== source.rank;
  if (total.added + total.removed + total.changed > 0)
    await replace({ tx, layout, now }, source, staged, firsts, report);
  else if (rankChanged || staged.lost || revived) await markChanged(tx, { bases: true });
  return total;
}

/** The source says exactly what was staged, and nothing of what it said before. */
async function replace(
  { tx, layout, now }: { tx: Queries; layout: Layout; now: Date },
  source: Source,
  staged: Staged,
  firsts: ReadonlyMap<KeyKind, Firsts>,
  report: PartialReport,
): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    `INSERT INTO import_run (source_id, format, file_name, file_digest, imported_at, report)
     VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6) RETURNING id`,
    [
      source.id,
      report.format,
      report.file,
      staged.fileDigest,
      now,
      JSON.stringify({ ...report, lines: staged.linesDigest, replay: staged.replay }),
    ],
  );
  const importId = rows[0]!.id;
  const hadSegments = (await segmentsOf(tx, { sourceId: source.id })).length > 0;
  await tx.execute('DELETE FROM claim WHERE source_id = $1', [source.id]);
  await tx.execute('DELETE FROM segment WHERE source_id = $1', [source.id]);
  if (report.storedAs === 'rows') {
    const made = { at: now, by: null, importId };
    for (const file of staged.files)
      await insertRows(tx, source, claimRowsOf(file, staged.linesFile, firsts.get(file.kind)!), made);
  } else {
    for (const file of staged.files)
      await insertSegment(tx, source, file, importId, moveFirsts(layout, firsts.get(file.kind)!));
  }
  // A warning about a range of addresses touches whatever the bases hold.
  const bases = hadSegments || report.storedAs === 'segments' || source.kind === 'warning';
  await markChanged(tx, { bases });
}

/** As segments: the file is in its place before the transaction names it. */
function moveFirsts(layout: Layout, firsts: Firsts): Firsts {
  const { file } = firsts;
  if (file === null) return firsts;
  const path = firstsPath(layout, file.digest);
  renameSync(file.path, path);
  syncDirectory(layout.segments);
  return { ...firsts, file: { ...file, path } };
}

async function insertSegment(
  tx: Queries,
  source: Source,
  file: SegmentFile,
  importId: string,
  { at, file: times }: Firsts,
): Promise<void> {
  await tx.execute(
    `INSERT INTO segment (digest, source_id, kind, rows, bytes, import_id, first_at, firsts)
     VALUES (decode($1, 'hex'), $2, $3, $4, $5, $6, $7, decode($8, 'hex'))`,
    [
      file.digest,
      source.id,
      KEY_KINDS[file.kind].code,
      file.rows,
      file.bytes,
      importId,
      at,
      times?.digest ?? null,
    ],
  );
}
