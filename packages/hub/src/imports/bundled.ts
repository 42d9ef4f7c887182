// The lists that come with the hub: harmless test files that must always be found, well-known trackers, payment sites.
// Each is a source of its own, whose name nobody else may have (source-name.ts).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS } from './formats/index.ts';
import type { ImportHub } from './run-import.ts';
import { runImport } from './run-import.ts';
import type { BundledSource } from './source-name.ts';
import { BUNDLED } from './source-name.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', 'lists');

/** Imports those whose source does not say what they say: it is new, or last took in another file. */
export async function importBundled(hub: ImportHub): Promise<void> {
  for (const source of Object.keys(BUNDLED) as BundledSource[]) {
    const path = join(DIRECTORY, BUNDLED[source]);
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    const last = await hub.db.query<{ digest: string }>(
      `SELECT encode(i.file_digest, 'hex') AS digest FROM import_run i JOIN source s ON s.id = i.source_id
        WHERE s.name = $1 ORDER BY i.id DESC LIMIT 1`,
      [source],
    );
    if (last[0]?.digest !== digest)
      await runImport(hub, { format: FORMATS['csv']!, path, bundled: source, replace: true });
  }
}
