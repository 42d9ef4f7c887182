// The lists that come with the hub: harmless test files that must always be found.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS } from './formats/index.ts';
import type { ImportHub } from './run-import.ts';
import { runImport } from './run-import.ts';

const FILE = join(import.meta.dirname, '..', '..', 'lists', 'test-files.csv');
export const BUNDLED_SOURCE = 'tocsin test files';

/** Imports them where they were not, or were another version. */
export async function importBundled(hub: ImportHub): Promise<void> {
  const digest = createHash('sha256').update(readFileSync(FILE)).digest('hex');
  const done = await hub.db.query(
    `SELECT 1 FROM import_run i JOIN source s ON s.id = i.source_id WHERE s.name = $1 AND i.file_digest = decode($2, 'hex')`,
    [BUNDLED_SOURCE, digest],
  );
  if (done.length === 0)
    await runImport(hub, { format: FORMATS['csv']!, path: FILE, source: BUNDLED_SOURCE });
}
