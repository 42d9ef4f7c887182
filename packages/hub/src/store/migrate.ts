// Brings the schema forward: numbered files, each in a transaction, under a lock of all nodes. It never goes back,
// and never opens a schema that a later release made.
//
//   migrate({ database, log, beforeUpgrade?, migrations? }): Promise<{ from: number; to: number }>
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { systemWorld, type World } from 'tocsin/protocol/world.ts';
import type { Database, Queries, Session } from './database.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export interface MigrateOptions {
  readonly database: Database;
  readonly log: (line: string) => void;
  /** Called before an existing older schema is touched; nothing is changed when it throws. */
  readonly beforeUpgrade?: (from: number, to: number) => Promise<void>;
  readonly migrations?: readonly Migration[];
  readonly world?: World;
}

const DIRECTORY = join(import.meta.dirname, 'migrations');
const VERSION_TABLE = `CREATE TABLE IF NOT EXISTS schema_version (
  version    integer PRIMARY KEY,
  name       text NOT NULL,
  applied_at timestamptz NOT NULL
)`;

/** The files `NNN-name.sql` of a directory, from 1 without a gap. */
export function loadMigrations(directory = DIRECTORY): readonly Migration[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  const found = files.map((file) => {
    const parts = /^(\d{3})-([a-z0-9-]+)\.sql$/.exec(file);
    if (parts === null) throw new TypeError(`migration file '${file}' is not named NNN-name.sql`);
    return {
      number: Number(parts[1]),
      name: parts[2] ?? '',
      sql: readFileSync(join(directory, file), 'utf8'),
    };
  });
  found.sort((a, b) => a.number - b.number);
  for (const [index, migration] of found.entries()) {
    if (migration.number !== index + 1)
      throw new TypeError(`migration ${index + 1} is missing or there twice`);
  }
  return found;
}

/** The schema's version; 0 where there is none yet. */
export async function schemaVersion(queries: Queries): Promise<number> {
  const rows = await queries.query<{ there: boolean }>(
    `SELECT to_regclass('schema_version') IS NOT NULL AS there`,
  );
  if (rows[0]?.there !== true) return 0;
  const newest = await queries.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM schema_version',
  );
  return newest[0]?.version ?? 0;
}

/** Migrates to the newest version known. Throws 'format' for a newer schema, which stays as it is. */
export async function migrate(options: MigrateOptions): Promise<{ from: number; to: number }> {
  const { database } = options;
  const migrations = options.migrations ?? loadMigrations();
  const world = options.world ?? systemWorld;
  const to = migrations.length;
  const first = await schemaVersion(database);
  refuseNewer(first, to);
  if (first === to) return { from: to, to };
  return database.withLock('migrate', async () => {
    // Another node may have done it while we waited.
    const from = await schemaVersion(database);
    refuseNewer(from, to);
    if (from === 0) await refuseFilledDatabase(database);
    if (from > 0 && from < to) await options.beforeUpgrade?.(from, to);
    for (const migration of migrations.slice(from)) {
      await database.transaction((session) => applyMigration(session, migration, world));
      options.log(`records: schema ${migration.number} (${migration.name}) is in place`);
    }
    return { from, to };
  });
}

/** Runs one migration inside the caller's transaction. */
export async function applyMigration(session: Session, migration: Migration, world: World): Promise<void> {
  await session.execute(VERSION_TABLE);
  // Without values the text goes as it is, so that a file may hold many statements.
  await session.client.query(migration.sql);
  await session.execute('INSERT INTO schema_version (version, name, applied_at) VALUES ($1, $2, $3)', [
    migration.number,
    migration.name,
    new Date(world.clock.now()),
  ]);
}

/** Throws 'conflict' where the database holds anybody's tables: ours go into an empty one. */
export async function refuseFilledDatabase(queries: Queries): Promise<void> {
  const rows = await queries.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'f')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
      ORDER BY c.relname LIMIT 1`,
  );
  const first = rows[0]?.name;
  if (first === undefined) return;
  throw new TocsinError(
    'conflict',
    `Cannot use the database: it holds a table '${first}' already, want an empty database`,
  );
}

function refuseNewer(version: number, known: number): void {
  if (version <= known) return;
  throw new TocsinError(
    'format',
    `Cannot open the hub's records: their schema is version ${version}, made by a newer release; want this hub upgraded, or a backup of version ${known} or older restored into a new data directory`,
  );
}
