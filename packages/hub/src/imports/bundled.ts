// The lists that come with the hub: harmless test files that must always be found.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS } from './formats/index.ts';
import type { ImportHub } from './run-import.ts';
import { runImport } from './run-import.ts';
import { BUNDLED_SOURCE } from './source-name.ts';

const FILE = join(import.meta.dirname, '..', '..', 'lists', 'test-files.csv');

/** Imports them where their source does not say what they say: it is new, or last took in another file. */
export async function importBundled(hub: ImportHub): Promise<void> {
  const digest = createHash('sha256').update(readFileSync(FILE)).digest('hex');
  const last = await hub.db.query<{ digest: string }>(
    `SELECT encode(i.file_digest, 'hex') AS digest FROM import_run i JOIN source s ON s.id = i.source_id
      WHERE s.name = $1 ORDER BY i.id DESC LIMIT 1`,
    [BUNDLED_SOURCE],
  );
  if (last[0]?.digest !== digest)
    await runImport(hub, {
      format: FORMATS['csv']!,
      path: FILE,
      source: BUNDLED_SOURCE,
      bundled: true,
      replace: true,
    });
}
