// A hub's records and files in a directory of their own, for tests: the real engine, gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { World } from 'tocsin/protocol/world.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { startPostgres } from '../engine/postgres.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import { layoutOf, prepareLayout } from '../store/layout.ts';
import { migrate } from '../store/migrate.ts';

export interface TemporaryHub {
  readonly db: Database;
  /** For other processes over the same records. */
  readonly connection: pg.ClientConfig;
  readonly layout: Layout;
  readonly world: World;
  readonly log: (line: string) => void;
  close(): Promise<void>;
}

/** Started and migrated; `close` stops the engine and removes everything. */
export async function temporaryHub(world: World = systemWorld): Promise<TemporaryHub> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-hub-'));
  const log = (): void => {};
  const engine = await startPostgres({ directory, log });
  const db = await openDatabase({ connection: engine.connection }, { world });
  await migrate({ database: db, log, world });
  const layout = layoutOf(directory);
  prepareLayout(layout);
  const close = async (): Promise<void> => {
    await db.close();
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { db, connection: engine.connection, layout, world, log, close };
}

/** One whose clock stands until it is moved, with a folder for what is imported. */
export interface StandingHub extends TemporaryHub {
  /** Milliseconds since 1970. */
  readonly clock: { at: number };
  readonly inbox: string;
}

export async function standingHub(at: number): Promise<StandingHub> {
  const clock = { at };
  const now = (): number => clock.at;
  const hub = await temporaryHub({ ...systemWorld, clock: { now, monotonic: now } });
  const inbox = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const close = async (): Promise<void> => {
    await hub.close();
    rmSync(inbox, { recursive: true });
  };
  return { ...hub, clock, inbox, close };
}
