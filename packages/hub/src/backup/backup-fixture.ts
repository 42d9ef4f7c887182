// For tests only: a small hub with something in every place that a backup must hold, and what is in it.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, Queries } from '../store/database.ts';
import { type Layout, prepareLayout } from '../store/layout.ts';
import { migrate } from '../store/migrate.ts';
import { listTables } from './tables.ts';

/** Text that a careless copy would change. */
export const AWKWARD = [
  '',
  'plain',
  '\\N',
  '\\.',
  'tab\tline\nreturn\r',
  'back\\slash',
  'it\'s "quoted"',
  'né ☎ 漢字 🜨',
  ' ',
];

/** Migrates `database` and fills tables, segments, lists and keys. */
export async function fillHub(database: Database, layout: Layout): Promise<void> {
  prepareLayout(layout);
  await migrate({ database, log: () => {} });
  await database.execute(
    `INSERT INTO source (name, kind, rank, created_at) SELECT 's' || n, 'feed', n, now() FROM generate_series(1, 3) n`,
  );
  await database.execute(`DELETE FROM source WHERE name = 's3'`);
  await database.execute(
    `INSERT INTO import_run (source_id, format, file_name, file_digest, imported_at, report)
     VALUES (1, 'hashes', 'a.txt', '\\x00ff', '2026-01-02 03:04:05.678901+05', '{"rows": 3, "words": "a\\nb"}')`,
  );
  for (const [index, text] of AWKWARD.entries()) {
    await database.execute(
      `INSERT INTO claim (kind, key, source_id, level, name, reason, lifetime, claimed_at)
       VALUES (1, $1, 1, 2, $2, $3, 60, '-infinity')`,
      [Buffer.alloc(32, index), index % 2 === 0 ? null : text, text],
    );
  }
  await addSegment(database, layout, 1);
  writeFileSync(join(layout.lists, 'empty.seg'), '');
  mkdirSync(join(layout.keys, 'authorities'), { mode: 0o700 });
  writeFileSync(join(layout.keys, 'root.key'), 'secret', { mode: 0o600 });
  writeFileSync(join(layout.keys, 'authorities', '1.pem'), 'pem', { mode: 0o600 });
  writeFileSync(join(layout.keys, '.root.key.tmp'), 'half');
}

/** Gives a kind of source 1 a new segment, as an import does: the file, the row; the caller deletes the old file. */
export async function addSegment(database: Queries, layout: Layout, kind: number): Promise<string> {
  const bytes = randomBytes(100_000);
  const digest = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(layout.segments, `${digest}.seg`), bytes);
  await database.execute(
    `INSERT INTO segment (digest, source_id, kind, rows, bytes, import_id) VALUES (decode($1, 'hex'), 1, $2, 1, 1, 1)
     ON CONFLICT (source_id, kind) DO UPDATE SET digest = excluded.digest`,
    [digest, kind],
  );
  return digest;
}

/** All rows of all tables, as text. */
export async function allRows(database: Database): Promise<Record<string, readonly string[]>> {
  const result: Record<string, readonly string[]> = {};
  for (const { name } of await listTables(database)) {
    const rows = await database.query<{ row: string }>(`SELECT t::text AS row FROM "${name}" t ORDER BY 1`);
    result[name] = rows.map((each) => each.row);
  }
  return result;
}

/** Digests of all files that a backup holds; asserts nothing. */
export function allFiles(layout: Layout): Record<string, string> {
  const found: Record<string, string> = {};
  for (const folder of ['keys', 'segments', 'lists']) {
    for (const name of readdirSync(join(layout.directory, folder), { recursive: true, encoding: 'utf8' })) {
      const path = join(layout.directory, folder, name);
      if (!statSync(path).isFile() || name.startsWith('.')) continue;
      found[join(folder, name)] = createHash('sha256').update(readFileSync(path)).digest('hex');
    }
  }
  return found;
}
