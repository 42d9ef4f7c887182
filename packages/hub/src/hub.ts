// A hub opened by one process: its records, its files, its clock. `serve` holds one for as long as it runs; each
// other command opens one of its own beside a running hub, or starts the engine where none runs.
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { automaticBackup } from './backup/automatic.ts';
import type { Settings } from './config.ts';
import type { Postgres } from './engine/postgres.ts';
import { startPostgres } from './engine/postgres.ts';
import type { Database, DatabaseSource } from './store/database.ts';
import { openDatabase } from './store/database.ts';
import type { Layout } from './store/layout.ts';
import { layoutOf, prepareLayout } from './store/layout.ts';
import { migrate } from './store/migrate.ts';

export interface Hub {
  readonly settings: Settings;
  readonly layout: Layout;
  readonly db: Database;
  /** Where `db` is, for threads that open a connection of their own. */
  readonly source: DatabaseSource;
  readonly world: World;
  /** One line for the operator. */
  readonly log: (line: string) => void;
  /** Ends the connections; the engine stops where nobody else uses it. */
  close(): Promise<void>;
}

/** Opens the hub's records, in the newest schema. Throws `engine`, `unreachable`, `format` or `conflict` with why not. */
export async function openHub(
  settings: Settings,
  log: (line: string) => void,
  world: World = systemWorld,
): Promise<Hub> {
  const layout = layoutOf(settings.data);
  prepareLayout(layout);
  const engine =
    settings.databaseUrl === null ? await startPostgres({ directory: settings.data, log, world }) : null;
  let db: Database | null = null;
  try {
    const source = sourceOf(settings, engine);
    db = await openDatabase(source, { world });
    const open = db;
    await migrate({
      database: open,
      log,
      world,
      beforeUpgrade: async (from, to) =>
        await automaticBackup({ database: open, layout, world, log }, from, to),
    });
    const close = async (): Promise<void> => await closeAll(open, engine);
    return { settings, layout, db: open, source, world, log, close };
  } catch (error) {
    await closeAll(db, engine);
    throw error;
  }
}

function sourceOf(settings: Settings, engine: Postgres | null): DatabaseSource {
  if (engine !== null) return { connection: engine.connection };
  if (settings.databaseUrl !== null) return { url: settings.databaseUrl };
  throw new TocsinError('engine', 'Cannot open the records: no engine and no database URL, want one of them');
}

async function closeAll(db: Database | null, engine: Postgres | null): Promise<void> {
  await db?.close();
  await engine?.stop();
}
