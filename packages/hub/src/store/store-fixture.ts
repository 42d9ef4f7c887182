// For tests only: databases to try things on, in an engine that goes when the test does.
import type { TestContext } from 'node:test';
import pg from 'pg';
import { temporaryData } from '../engine/engine-fixture.ts';
import { startPostgres } from '../engine/postgres.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { type Layout, layoutOf } from './layout.ts';

export interface TestServer {
  readonly layout: Layout;
  /**
   * A connection pool on an empty schema of its own, or on the one of an earlier call by its `name`. (A database of
   * its own would cost a second: each is a thousand files to write out.)
   */
  database(name: string, options?: DatabaseOptions): Promise<Database>;
  /** The same schema as a `--database-url`. */
  url(name: string): Promise<string>;
}

export async function startTestServer(t: TestContext): Promise<TestServer> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  // Hooks run in the order in which they are made: this one before the directory goes.
  t.after(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });
  const directory = temporaryData(t);
  const engine = await startPostgres({ directory, log: () => {} });
  cleanUp.push(() => engine.stop());
  const made = new Map<string, Promise<void>>();
  const make = async (name: string): Promise<void> => {
    if (!made.has(name)) made.set(name, createSchema(engine.connection, name));
    await made.get(name);
  };
  const database = async (name: string, options: DatabaseOptions = {}): Promise<Database> => {
    await make(name);
    const connection = { ...engine.connection, options: `-c search_path=${name}` };
    const open = await openDatabase({ connection }, options);
    cleanUp.push(() => open.close());
    return open;
  };
  const url = async (name: string): Promise<string> => {
    await make(name);
    const { host, user, database: base } = engine.connection;
    const query = new URLSearchParams({ host: host ?? '', options: `-c search_path=${name}` });
    return `postgresql://${user}@/${base}?${query.toString().replaceAll('+', '%20')}`;
  };
  return { layout: layoutOf(directory), database, url };
}

async function createSchema(connection: pg.ClientConfig, name: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(`CREATE SCHEMA ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
