// Removes immutable files that nothing refers to any more: segments that a re-import replaced, lists of older
// revisions, leftovers of killed imports. A file younger than an hour is kept: a transaction may be about to name
// it, or a machine may be fetching it.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from 'tocsin/protocol/world.ts';
import { firstsPath, LINES_NAME, linesPath, listPath, segmentPath } from '../store/artifacts.ts';
import type { Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';

export const KEEP_UNREFERENCED_MS = 3_600_000;

/** Returns how many files went. Deletes nothing that the database names. */
export async function collectGarbage(hub: { db: Queries; layout: Layout; clock: Clock }): Promise<number> {
  const { db, layout, clock } = hub;
  const named = new Set<string>();
  const segments = await db.query<{ digest: string; firsts: string | null; lines: string }>(
    `SELECT encode(g.digest, 'hex') AS digest, encode(g.firsts, 'hex') AS firsts, ${LINES_NAME} AS lines
       FROM segment g JOIN import_run i ON i.id = g.import_id`,
  );
  for (const { digest, firsts, lines } of segments) {
    named.add(segmentPath(layout, digest));
    if (firsts !== null) named.add(firstsPath(layout, firsts));
    named.add(linesPath(layout, lines));
  }
  const lists = await db.query<{ digest: string }>(
    `SELECT encode(digest, 'hex') AS digest FROM published_list`,
  );
  for (const { digest } of lists) named.add(listPath(layout, digest));
  let gone = 0;
  for (const directory of [layout.segments, layout.lists, layout.tmp])
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      if (named.has(path) || clock.now() - statSync(path).mtimeMs < KEEP_UNREFERENCED_MS) continue;
      rmSync(path, { recursive: true, force: true });
      gone++;
    }
  return gone;
}
