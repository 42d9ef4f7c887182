// Puts the entries of a backup where they belong during a restore: rows into their tables, files under the data
// directory. Undoing is the caller's (a transaction, an empty directory).
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncDirectory } from 'tocsin/lists/files.ts';
import type { Session } from '../store/database.ts';
import { sqlState } from '../store/errors.ts';
import type { Layout } from '../store/layout.ts';
import type { DataPlace } from './archive-reader.ts';
import { type BackupTable, damaged } from './manifest.ts';
import { RowsWriter } from './tables.ts';

export class Filler {
  rows = 0;
  files = 0;
  readonly #layout: Layout;
  readonly #session: Session;
  readonly #tables: readonly BackupTable[];
  readonly #directories = new Set<string>();
  readonly #filled = new Map<string, number>();
  #open: RowsWriter | null = null;

  constructor(layout: Layout, session: Session, tables: readonly BackupTable[]) {
    this.#layout = layout;
    this.#session = session;
    this.#tables = tables;
  }

  /**
   * Entries come as they stand in the file: the parts of a table in a row. Throws 'corrupt' where they do not fit.
   * Returns the bytes taken.
   */
  async take(place: DataPlace, body: AsyncIterable<Buffer>): Promise<number> {
    if (place.kind === 'file') {
      await this.#endTable();
      return this.#write(join(this.#layout.directory, ...place.path), body);
    }
    const writer = await this.#writerFor(place.table);
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      await rowsFit(place.table, writer.write(piece));
    }
    return bytes;
  }

  /** Ends the last table and compares what is in place with what the manifest tells. */
  async finish(): Promise<void> {
    await this.#endTable();
    for (const table of this.#tables) {
      if ((this.#filled.get(table.name) ?? 0) !== table.rows)
        throw damaged(`table '${table.name}' has other rows than its manifest says`);
    }
    for (const directory of this.#directories) syncDirectory(directory);
  }

  /** Leaves the session usable, for its rollback. */
  async abort(): Promise<void> {
    await this.#open?.abort();
    this.#open = null;
  }

  async #writerFor(name: string): Promise<RowsWriter> {
    if (this.#open?.table === name) return this.#open;
    await this.#endTable();
    const table = this.#tables.find((each) => each.name === name);
    if (table === undefined || this.#filled.has(name))
      throw damaged(`it holds rows of '${name}' where none belong`);
    this.#open = new RowsWriter(this.#session, table);
    return this.#open;
  }

  async #endTable(): Promise<void> {
    const writer = this.#open;
    if (writer === null) return;
    const count = await rowsFit(writer.table, writer.end());
    this.#open = null;
    this.#filled.set(writer.table, count);
    this.rows += count;
  }

  async #write(path: string, body: AsyncIterable<Buffer>): Promise<number> {
    const directory = dirname(path);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#directories.add(directory);
    const fd = openSync(path, 'w', 0o600);
    let bytes = 0;
    try {
      for await (const piece of body) {
        bytes += piece.length;
        for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at);
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    this.files += 1;
    return bytes;
  }
}

/** Rows that PostgreSQL refuses are the backup's fault; a lost connection is not. */
async function rowsFit<T>(table: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (/^2[23]/.test(sqlState(error) ?? '')) throw damaged(`its rows of '${table}' do not fit the table`);
    throw error;
  }
}
