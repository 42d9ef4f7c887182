// NSRL RDSv3 (NIST's Reference Data Set): an SQLite database with a row a file in FILE (minimal sets) or
// METADATA (full sets, where FILE is a view), and its software packages in PKG. Read with the schema
// untrusted and immutable: nothing is written beside the file. Known is not good: files of packages of attack
// tools are refused.
import { closeSync, openSync, readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { cleanName } from 'tocsin/protocol/threat-name.ts';
import { IMPORT_LIMITS } from '../config.ts';
import { ClaimDraft } from './claim-draft.ts';
import { DetailsTable } from './details.ts';
import type { ClaimDetails, FileFormat, ImportSink } from './format.ts';
import { wrongFile } from './format.ts';
import { recognize } from './head.ts';
import type { Refusal, RowOutcome } from './row.ts';
import { RowGuard, refusal } from './row.ts';

const WANTED = 'an NSRL RDSv3 SQLite database with a table FILE or METADATA that has sha256, sha1 or md5';

export const nsrl: FileFormat = {
  kind: 'file',
  name: 'nsrl',
  unit: 'row',
  describe: 'NSRL RDSv3 reference data set (SQLite): files of known software',
  example: 'tocsin-hub import nsrl RDS_2025.03.1_modern_minimal.db --source nsrl',
  defaults: { level: 'good', category: 'software' },
  read: readNsrl,
};

const DIGEST_COLUMNS: readonly (readonly [column: string, kind: KeyKind])[] = [
  ['sha256', 'file-sha256'],
  ['sha1', 'file-sha1'],
  ['md5', 'file-md5'],
];
const NO_DIGEST = refusal('no digest in the row', true);
const ATTACK_TOOL = refusal('from a package of attack tools', true);
const ATTACK_TYPES = /hack|keylog|keyboard log|steganograph|password crack|malware|virus|trojan|rootkit/i;

function readNsrl(path: string, sink: ImportSink): void {
  refuseOther(path);
  try {
    const location = pathToFileURL(path);
    location.search = 'immutable=1';
    const db = new DatabaseSync(location, { readOnly: true, allowExtension: false });
    try {
      db.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
      readRows(db, sink);
    } finally {
      db.close();
    }
  } catch (error) {
    // A number beyond 2^53 in a damaged cell is a RangeError of the driver.
    if (error instanceof TocsinError || !(isSqliteError(error) || error instanceof RangeError)) throw error;
    const words = errorWords(error);
    throw wrongFile(
      'nsrl',
      /not a database/.test(words) ? 'it is no SQLite database' : `SQLite says: ${words}`,
      WANTED,
    );
  }
}

/** Throws where the file is another one by its first bytes. */
function refuseOther(path: string): void {
  const head = Buffer.alloc(IMPORT_LIMITS.headBytes);
  const fd = openSync(path, 'r');
  try {
    const { kind, what } = recognize(head.subarray(0, readSync(fd, head)));
    if (what === 'an SQLite database') return;
    throw wrongFile('nsrl', kind === 'text' ? 'it is no SQLite database' : `it begins like ${what}`, WANTED);
  } finally {
    closeSync(fd);
  }
}

function isSqliteError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

interface Table {
  readonly name: string;
  readonly columns: ReadonlySet<string>;
}

function readRows(db: DatabaseSync, sink: ImportSink): void {
  const tables = tablesOf(db);
  const digestsOf = (table: Table) => DIGEST_COLUMNS.filter(([column]) => table.columns.has(column));
  const table = ['file', 'metadata']
    .map((name) => tables.get(name))
    .find((found) => found && digestsOf(found).length > 0);
  if (table === undefined) {
    const names = [...tables.keys()].slice(0, 8).join(', ');
    throw wrongFile('nsrl', names === '' ? 'it has no tables' : `it has the tables ${names}`, WANTED);
  }
  const digests = digestsOf(table);
  const rest = ['file_name', 'package_id'].map((column) => (table.columns.has(column) ? column : 'NULL'));
  const query = db.prepare(
    `SELECT ${[...digests.map(([column]) => column), ...rest].join(', ')} FROM "${table.name}"`,
  );
  query.setReturnArrays(true);
  const packages = readPackages(db, tables.get('pkg'));
  const row = new NsrlRow(
    sink,
    digests.map(([, kind]) => kind),
    packages,
  );
  const guard = new RowGuard(sink, { format: 'nsrl', wanted: WANTED, unit: 'row' });
  let line = 0;
  for (const cells of query.iterate()) {
    if (line >= IMPORT_LIMITS.maxLines)
      throw new TocsinError('limit', 'Cannot read the file: it has too many rows, want fewer');
    const values = cells as unknown as readonly unknown[];
    guard.note(++line, row.read(values, line), () => values.join(', '));
  }
  if (line === 0) throw wrongFile('nsrl', `its table ${table.name} is empty`, WANTED);
  guard.end();
}

/** Real tables by lower-case name; views and virtual tables of a foreign file are not run. */
function tablesOf(db: DatabaseSync): Map<string, Table> {
  const tables = new Map<string, Table>();
  const found = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' LIMIT 1000").all();
  for (const { name, sql } of found) {
    if (typeof name !== 'string' || name.includes('"') || /^\s*create\s+virtual/i.test(String(sql))) continue;
    const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all(name);
    tables.set(name.toLowerCase(), {
      name,
      columns: new Set(columns.map((c) => String(c['name']).toLowerCase())),
    });
  }
  return tables;
}

type Package = ClaimDetails | Refusal | null;

/** What each package says of its files, by its id. */
function readPackages(db: DatabaseSync, table: Table | undefined): ReadonlyMap<unknown, Package> {
  const packages = new Map<unknown, Package>();
  if (table === undefined || !table.columns.has('package_id') || !table.columns.has('name')) return packages;
  const columns = ['package_id', 'name', 'version', 'application_type'];
  const wanted = columns.map((column) => (table.columns.has(column) ? column : 'NULL')).join(', ');
  const query = db.prepare(`SELECT ${wanted} FROM "${table.name}" LIMIT ${IMPORT_LIMITS.maxPackages}`);
  query.setReturnArrays(true);
  const details = new DetailsTable(IMPORT_LIMITS.maxPackages);
  for (const cells of query.iterate()) {
    const [id, name, version, type] = cells as unknown as readonly unknown[];
    const text = cleanName([name, version].filter((part) => typeof part === 'string').join(' '));
    // One package may stand there several times, once for each system or language.
    if (packages.get(id) === ATTACK_TOOL) continue;
    packages.set(id, ATTACK_TYPES.test(String(type)) ? ATTACK_TOOL : details.of(null, null, text, null));
  }
  return packages;
}

class NsrlRow {
  readonly #sink: ImportSink;
  readonly #kinds: readonly KeyKind[];
  readonly #packages: ReadonlyMap<unknown, Package>;
  readonly #draft = new ClaimDraft();

  constructor(sink: ImportSink, kinds: readonly KeyKind[], packages: ReadonlyMap<unknown, Package>) {
    this.#sink = sink;
    this.#kinds = kinds;
    this.#packages = packages;
  }

  /** `cells`: one a kind, then file name and package id. */
  read(cells: readonly unknown[], line: number): RowOutcome {
    const found = this.#packages.get(cells[this.#kinds.length + 1]) ?? null;
    const why = found !== null && 'why' in found ? found : this.#gather(cells);
    if (why !== null) return why;
    const original = Buffer.from(cells.map((cell) => (cell === null ? '' : String(cell))).join('\t'));
    this.#sink.original(line, original, 0, original.length);
    this.#draft.commit(this.#sink, found as ClaimDetails | null, line);
    return 'taken';
  }

  #gather(cells: readonly unknown[]): Refusal | null {
    this.#draft.clear();
    for (const [i, kind] of this.#kinds.entries()) {
      const cell = cells[i];
      if (cell === null || cell === '') continue;
      const why = this.#draft.addDigest(typeof cell === 'string' ? cell : '', kind);
      if (why !== null) return why;
    }
    return this.#draft.count === 0 ? NO_DIGEST : null;
  }
}
