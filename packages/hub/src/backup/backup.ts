// Makes a backup of a running or stopped hub: one moment of the records, and the files that they speak of.
//
//   snapshot (repeatable read) -> pin files -> header, rows of each table, files, manifest -> fsync -> rename
//
// Trust: the file holds the hub's private keys (0600). Who has it can be this hub; who can change it unseen can
// change what a restored hub says, so keep the digest that `backup` returns apart from the file.
//
//   backup({ file, layout, database, world?, progress? }): Promise<BackupResult>
//     BackupResult: bytes and sha256 of the file, schema, rows, files
import { basename, join, resolve } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import { systemWorld, type World } from 'tocsin/protocol/world.ts';
import type { Database, Queries, Session } from '../store/database.ts';
import { type Layout, prepareLayout } from '../store/layout.ts';
import { schemaVersion } from '../store/migrate.ts';
import { ArchiveWriter, type WrittenArchive } from './archive-writer.ts';
import { BACKUP_LIMITS, BACKUP_MAGIC, BACKUP_VERSION } from './config.ts';
import {
  type BackupFile,
  clearLeftovers,
  listFiles,
  openFile,
  pinFiles,
  unpinFiles,
  VanishedError,
} from './files.ts';
import type { BackupHeader, BackupTable } from './manifest.ts';
import { listSequences, listTables, readRows } from './tables.ts';

export interface BackupOptions {
  /** The file to make; must not exist. */
  readonly file: string;
  readonly layout: Layout;
  readonly database: Database;
  readonly world?: World;
  /** Told after each entry. */
  readonly progress?: (done: Progress) => void;
}

/** How far a backup or restore is. */
export interface Progress {
  /** What was just done, as "tables/claim/000001". */
  readonly name: string;
  /** Unpacked bytes so far. */
  readonly bytes: number;
  /** Unpacked bytes in all; null where nobody knows yet. */
  readonly whole: number | null;
}

export interface BackupResult extends WrittenArchive {
  readonly schema: number;
  readonly rows: number;
  readonly files: number;
}

/**
 * Makes the file; durable and complete on return, absent when it throws. The hub may go on meanwhile: what it
 * acknowledges after the snapshot is not in it. Throws 'conflict' where the file exists or the hub replaced its
 * segments in each of several tries.
 */
export async function backup(options: BackupOptions): Promise<BackupResult> {
  const world = options.world ?? systemWorld;
  prepareLayout(options.layout);
  clearLeftovers(options.layout.tmp, 'backup-');
  for (let round = 1; ; round++) {
    try {
      return await attempt(options, world);
    } catch (error) {
      if (!(error instanceof VanishedError)) throw error;
      if (round < BACKUP_LIMITS.tries) continue;
      throw new TocsinError(
        'conflict',
        `Cannot make the backup: ${error.message} in each of ${round} tries, want imports to pause, or the lost file imported again`,
      );
    }
  }
}

async function attempt(options: BackupOptions, world: World): Promise<BackupResult> {
  const { layout } = options;
  const suffix = `${process.pid}-${toHex(world.random(4))}`;
  const pins = join(layout.tmp, `backup-${suffix}`);
  const work = async (session: Session): Promise<BackupResult> => {
    // The first query takes the snapshot: files are looked at after it, so what it speaks of is there or missed.
    const schema = await schemaVersion(session);
    if (schema === 0) {
      throw new TocsinError(
        'not-found',
        'Cannot make the backup: this hub has no records yet, want it started once',
      );
    }
    const files = pinFiles(listFiles(layout), pins);
    await checkReferences(session, files);
    const header: BackupHeader = {
      format: BACKUP_MAGIC,
      version: BACKUP_VERSION,
      schema,
      at: new Date(world.clock.now()).toISOString(),
    };
    return writeArchive(options, suffix, header, session, files);
  };
  try {
    return await options.database.transaction(work, { isolation: 'repeatable read', readOnly: true });
  } finally {
    unpinFiles(pins);
  }
}

async function writeArchive(
  options: BackupOptions,
  suffix: string,
  header: BackupHeader,
  session: Session,
  files: readonly BackupFile[],
): Promise<BackupResult> {
  const archive = new ArchiveWriter(resolve(options.file), suffix, new Date(header.at));
  let bytes = 0;
  const add: Add = async (name, size, body) => {
    await archive.add(name, size, body);
    bytes += size;
    options.progress?.({ name, bytes, whole: null });
  };
  try {
    await archive.begin(header);
    const tables = await addTables(session, add);
    for (const file of files) await addFile(file, add);
    const written = await archive.finish({ tables, sequences: await listSequences(session) });
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return { ...written, schema: header.schema, rows, files: files.length };
  } catch (error) {
    throw (await archive.abort()) ?? error;
  }
}

type Add = (name: string, bytes: number, body: Iterable<Uint8Array>) => Promise<void>;

async function addTables(session: Session, add: Add): Promise<readonly BackupTable[]> {
  const tables: BackupTable[] = [];
  for (const table of await listTables(session)) {
    let part = 0;
    const rows = await readRows(session, table, BACKUP_LIMITS.partBytes, async (bytes) => {
      part += 1;
      await add(`tables/${table.name}/${String(part).padStart(6, '0')}`, bytes.length, [bytes]);
    });
    tables.push({ ...table, rows });
  }
  return tables;
}

async function addFile(file: BackupFile, add: Add): Promise<void> {
  const opened = openFile(file);
  try {
    await add(file.name, opened.bytes, opened.body);
  } finally {
    opened.close();
  }
}

/** Every segment that the snapshot names must be among the files: else the hub replaced it in between. */
async function checkReferences(queries: Queries, files: readonly BackupFile[]): Promise<void> {
  const rows = await queries.query<{ what: 'segment' | 'times'; digest: string }>(
    // As JSON: the schema may be one from before there were times.
    `SELECT 'segment' AS what, encode(digest, 'hex') AS digest FROM segment
      UNION SELECT 'segment', encode(digest, 'hex') FROM published_list
      UNION SELECT 'times', substr(to_jsonb(g)->>'firsts', 3) FROM segment g WHERE to_jsonb(g)->>'firsts' IS NOT NULL`,
  );
  const there = new Set(files.map((file) => basename(file.name)));
  for (const { what, digest } of rows) {
    const name = `${digest}.${what === 'segment' ? 'seg' : 'firsts'}`;
    if (!there.has(name)) throw new VanishedError(`${what} ${digest}`);
  }
}
