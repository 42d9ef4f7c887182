// Reads and writes whole tables by COPY, and knows in which order references allow them to be filled. The schema
// itself is asked, so a new migration needs no change here. Names come from the catalog, never from a backup.
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { type CopyStreamQuery, from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Queries, Session } from '../store/database.ts';
import type { BackupSequence, BackupTable } from './manifest.ts';

export type TableShape = Omit<BackupTable, 'rows'>;

/** Made by migrations, and the same wherever the schema is. */
const NOT_DATA = ['schema_version'];

/** All tables of ours with their columns, those that others refer to first. */
export async function listTables(queries: Queries): Promise<readonly TableShape[]> {
  const columns = await queries.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT c.relname = ANY ($1)
      GROUP BY c.relname ORDER BY c.relname`,
    [NOT_DATA],
  );
  const references = await queries.query<{ table: string; to: string }>(
    `SELECT c.relname AS table, r.relname AS to
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
      WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace AND k.conrelid <> k.confrelid`,
  );
  const names = inOrder(
    columns.map((row) => row.name),
    references,
  );
  return names.flatMap((name) => columns.filter((row) => row.name === name));
}

/** Topological order; throws a TypeError for a circle, which a migration must not make. */
function inOrder(names: readonly string[], references: readonly { table: string; to: string }[]): string[] {
  const done: string[] = [];
  while (done.length < names.length) {
    const ready = names.filter(
      (name) =>
        !done.includes(name) && references.every((each) => each.table !== name || done.includes(each.to)),
    );
    if (ready.length === 0) throw new TypeError('tables refer to each other in a circle');
    done.push(...ready);
  }
  return done;
}

export async function listSequences(queries: Queries): Promise<readonly BackupSequence[]> {
  return queries.query<{ name: string; last: string | null }>(
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences
      WHERE schemaname = current_schema() ORDER BY sequencename`,
  );
}

export async function setSequences(queries: Queries, sequences: readonly BackupSequence[]): Promise<void> {
  for (const { name, last } of sequences) {
    if (last !== null)
      await queries.execute('SELECT setval($1::regclass, $2::bigint, true)', [quote(name), last]);
  }
}

/**
 * Reads a table as PostgreSQL's own text and hands it on in parts of about `partBytes`; returns the number of
 * rows. When `take` throws, the rest is read and thrown away, so that the connection stays good.
 */
export async function readRows(
  session: Session,
  table: TableShape,
  partBytes: number,
  take: (part: Buffer) => Promise<void>,
): Promise<number> {
  const stream = session.client.query(copyTo(`COPY ${target(table)} TO STDOUT`));
  const parts: Buffer[] = [];
  let held = 0;
  const flush = async (): Promise<void> => {
    if (held > 0) await take(Buffer.concat(parts.splice(0), held));
    held = 0;
  };
  try {
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      parts.push(piece);
      held += piece.length;
      if (held >= partBytes) await flush();
    }
    await flush();
    return stream.rowCount;
  } catch (error) {
    stream.resume();
    await finished(stream).catch(() => {});
    throw error;
  }
}

/** Takes rows so read, in pieces of any size. */
export class RowsWriter {
  readonly table: string;
  readonly #stream: CopyStreamQuery;
  readonly #done: Promise<void>;

  constructor(session: Session, table: TableShape) {
    this.table = table.name;
    this.#stream = session.client.query(copyFrom(`COPY ${target(table)} FROM STDIN`));
    this.#done = finished(this.#stream);
    // Awaited in `write` and `end`; until then a failure must not count as unhandled.
    this.#done.catch(() => {});
  }

  /** Throws PostgreSQL's error for rows that do not fit. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#stream.write(bytes)) return;
    await Promise.race([once(this.#stream, 'drain'), this.#done]);
  }

  /** Gives up; nothing of the table is kept. */
  async abort(): Promise<void> {
    this.#stream.destroy(new Error('restore was given up'));
    await this.#done.catch(() => {});
  }

  /** The number of rows taken, when PostgreSQL has all of them. */
  async end(): Promise<number> {
    this.#stream.end();
    await this.#done;
    return this.#stream.rowCount;
  }
}

export async function emptyTables(session: Session, tables: readonly TableShape[]): Promise<void> {
  if (tables.length > 0)
    await session.execute(`TRUNCATE ${tables.map((table) => quote(table.name)).join(', ')}`);
}

function target(table: TableShape): string {
  return `${quote(table.name)} (${table.columns.map(quote).join(', ')})`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
