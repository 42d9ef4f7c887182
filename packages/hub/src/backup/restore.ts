// Restores a backup into an empty data directory: all of it, or nothing.
//
//   verify the whole file -> mark the directory -> one transaction: schema, rows, sequences -> files, fsync
//   -> commit -> remove the mark
//
// While the mark stands the directory is no hub, and every other command refuses it; a restore that was killed is
// run again and begins by removing what the first one left.
//
//   restore({ file, directory, databaseUrl, log, world?, migrations?, progress? }): Promise<RestoreResult>
//   verifyBackup(file): Promise<ReadArchive>
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { syncDirectory } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { systemWorld, unixSeconds, type World } from 'tocsin/protocol/world.ts';
import { withFileLock } from '../engine/lock.ts';
import { startPostgres, stopLeftover } from '../engine/postgres.ts';
import { markRestored, newestDocument } from '../keys/files.ts';
import { type Database, openDatabase, type Session } from '../store/database.ts';
import { type Layout, layoutOf, prepareLayout } from '../store/layout.ts';
import { applyMigration, loadMigrations, type Migration, refuseFilledDatabase } from '../store/migrate.ts';
import { type ReadArchive, readArchive } from './archive-reader.ts';
import type { Progress } from './backup.ts';
import { Filler } from './filler.ts';
import { damaged } from './manifest.ts';
import { emptyTables, listTables, setSequences, type TableShape } from './tables.ts';

export interface RestoreOptions {
  readonly file: string;
  /** The data directory: absent or empty. */
  readonly directory: string;
  /** Null: the embedded engine. Else a server whose database is empty. */
  readonly databaseUrl: string | null;
  readonly log: (line: string) => void;
  readonly world?: World;
  readonly migrations?: readonly Migration[];
  /** Told after each entry that is in place. */
  readonly progress?: (done: Progress) => void;
}

export interface RestoreResult {
  readonly schema: number;
  readonly rows: number;
  readonly files: number;
  /** When the backup was made, ISO 8601. */
  readonly at: string;
}

/** Reads the whole file and checks every digest; changes nothing. Throws as `readArchive`. */
export async function verifyBackup(file: string): Promise<ReadArchive> {
  return readArchive(file, null);
}

/**
 * Restores; durable on return. Throws 'conflict' for a directory or database that is not empty, 'format' for a
 * backup of a newer release, 'corrupt' for one that is damaged. A directory that was empty is empty then.
 */
export async function restore(options: RestoreOptions): Promise<RestoreResult> {
  const layout = layoutOf(options.directory);
  const migrations = options.migrations ?? loadMigrations();
  const archive = await verifyBackup(options.file);
  if (archive.header.schema > migrations.length) {
    throw new TocsinError(
      'format',
      `Cannot restore the backup: its records have schema version ${archive.header.schema}, made by a newer release; want version ${migrations.length} or older, or this hub upgraded`,
    );
  }
  if (!existsSync(layout.restoreMark)) refuseFilled(layout);
  mkdirSync(layout.directory, { recursive: true, mode: 0o700 });
  const world = options.world ?? systemWorld;
  const mark = { path: layout.restoreMark, what: 'the data directory', waitMs: 0, world };
  return withFileLock(mark, async () => {
    await clear(layout, options.log);
    try {
      const result = await fill(options, layout, archive, migrations.slice(0, archive.header.schema), world);
      rmSync(layout.restoreMark);
      syncDirectory(layout.directory);
      return result;
    } catch (error) {
      await clear(layout, options.log);
      rmSync(layout.restoreMark);
      throw error;
    }
  });
}

function refuseFilled(layout: Layout): void {
  if (!existsSync(layout.directory)) return;
  const found = readdirSync(layout.directory).filter((name) => name !== 'lost+found');
  if (found.length === 0) return;
  throw new TocsinError(
    'conflict',
    `Cannot restore into the data directory: it holds '${found[0]}', want it empty or absent`,
  );
}

/** Removes what an unfinished restore left, after stopping an engine that may run on it. */
async function clear(layout: Layout, log: (line: string) => void): Promise<void> {
  await stopLeftover(layout.directory, log);
  const keep = [basename(layout.restoreMark), 'lost+found'];
  for (const name of readdirSync(layout.directory)) {
    if (!keep.includes(name)) rmSync(join(layout.directory, name), { recursive: true, force: true });
  }
}

async function fill(
  options: RestoreOptions,
  layout: Layout,
  archive: ReadArchive,
  migrations: readonly Migration[],
  world: World,
): Promise<RestoreResult> {
  prepareLayout(layout, { restoring: true });
  const { directory, databaseUrl, log } = options;
  const engine =
    databaseUrl === null ? await startPostgres({ directory, log, world, restoring: true }) : null;
  try {
    const database = await openDatabase(engine ?? { url: databaseUrl ?? '' }, { world });
    try {
      return await fillStore(options, layout, archive, migrations, database, world);
    } finally {
      await database.close();
    }
  } finally {
    await engine?.stop();
  }
}

async function fillStore(
  options: RestoreOptions,
  layout: Layout,
  archive: ReadArchive,
  migrations: readonly Migration[],
  database: Database,
  world: World,
): Promise<RestoreResult> {
  const { manifest, header } = archive;
  return database.transaction(async (session) => {
    await refuseFilledDatabase(session);
    for (const migration of migrations) await applyMigration(session, migration, world);
    const known = await listTables(session);
    if (!sameShape(known, manifest.tables))
      throw damaged(`its tables are not those of schema ${header.schema}`);
    await emptyTables(session, known);
    const filler = new Filler(layout, session, manifest.tables);
    let bytes = 0;
    try {
      const again = await readArchive(options.file, async (place, body) => {
        bytes += await filler.take(place, body);
        const name = place.kind === 'rows' ? `tables/${place.table}` : place.path.join('/');
        options.progress?.({ name, bytes, whole: archive.bytes });
      });
      if (JSON.stringify(again.manifest) !== JSON.stringify(manifest))
        throw damaged('it changed while it was read');
      await filler.finish();
      if (newestDocument(layout.keys) > 0) markRestored(layout.keys, unixSeconds(world.clock));
    } catch (error) {
      await filler.abort();
      throw error;
    }
    await setSequences(session, manifest.sequences);
    await passRevisions(session, world);
    return { schema: header.schema, rows: filler.rows, files: filler.files, at: header.at };
  });
}

/**
 * Machines may hold lists that were published after the backup was made, and refuse those of a lower revision: the
 * restored hub counts on from a number that the old one cannot have reached, nor one that was restored from this backup
 * before. So no revision ever names two different sets of lists.
 */
async function passRevisions(session: Session, world: World): Promise<void> {
  const there = await session.query<{ there: boolean }>(
    `SELECT to_regclass('publication') IS NOT NULL AS there`,
  );
  if (there[0]?.there === true)
    await session.execute('UPDATE publication SET revision = greatest(revision + $1::bigint, $2::bigint)', [
      RESTORED_REVISIONS,
      unixSeconds(world.clock),
    ]);
}

/** A hub that published once a second would need eleven days for so many. */
const RESTORED_REVISIONS = 1_000_000;

function sameShape(known: readonly TableShape[], told: readonly TableShape[]): boolean {
  const words = (tables: readonly TableShape[]) =>
    JSON.stringify(tables.map(({ name, columns }) => [name, columns]));
  return words(known) === words(told);
}
