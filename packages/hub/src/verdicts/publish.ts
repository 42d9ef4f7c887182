// From claims to the list files that machines receive:
//
//   segments of all bulk sources ─ merge, resolve ─► malicious.<kind>, known-good.<kind>     (bases)
//   rows, each with what segments say of it ─ resolve ─► changes.<kind>                      (wins over the bases)
//   feeds that contradict each other, or a warning list ─► held, published as neither
//
// One publisher at a time by an advisory lock. What was published is a function of the claims alone: publishing
// twice gives the same files and no new revision. Killed anywhere, the next publication makes up for it, because
// the counters in `publication` were raised in the transaction that changed the claims.
import { renameSync } from 'node:fs';
import { syncDirectory } from 'tocsin/lists/files.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES, KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { listPath } from '../store/artifacts.ts';
import type { Database, Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import type { HeldObject } from './bases.ts';
import { writeBases } from './bases.ts';
import { writeChanges } from './changes.ts';
import { segmentsOf } from './claim-store.ts';
import { keyText, SharedAddresses } from './shared-addresses.ts';

export interface PublishHub {
  readonly db: Database;
  readonly layout: Layout;
  readonly world: World;
  /** One line for the operator. */
  readonly log?: (line: string) => void;
}

/** `skipped`: claims that no list can hold and that were left out, each named with why. */
export type Publication =
  | { readonly kind: 'unchanged'; readonly revision: number; readonly skipped: readonly string[] }
  | {
      readonly kind: 'published';
      readonly revision: number;
      readonly held: number;
      readonly skipped: readonly string[];
    };

/** Name of the PostgreSQL notification that follows each new revision; its payload is the revision. */
export const LISTS_CHANNEL = 'tocsin_lists';

interface Counters {
  readonly revision: number;
  readonly claims_changed: string;
  readonly claims_published: string;
  readonly bases_changed: string;
  readonly bases_published: string;
}

/** Publishes what the claims amount to now. Durable on return; nodes and machines hear of it by notification. */
export async function publish(hub: PublishHub): Promise<Publication> {
  return await hub.db.withLock('publish', async () => {
    const before = await counters(hub.db);
    if (before.claims_changed === before.claims_published)
      return { kind: 'unchanged', revision: before.revision, skipped: [] };
    const held: HeldObject[] = [];
    const skipped: string[] = [];
    const files: [ListRole, SegmentFile][] = [];
    const basesStale = before.bases_changed !== before.bases_published;
    for (const kind of KEY_KIND_NAMES)
      files.push(...(await writeKind(hub, kind, { basesStale, held, skipped })));
    for (const [, file] of files) renameSync(file.path, listPath(hub.layout, file.digest));
    syncDirectory(hub.layout.lists);
    for (const line of skipped) hub.log?.(`a claim cannot be published and is left out: ${line}`);
    const made = await hub.db.transaction((tx) => record(hub, tx, before, files, held, basesStale));
    return { ...made, skipped };
  });
}

interface Progress {
  readonly basesStale: boolean;
  readonly held: HeldObject[];
  readonly skipped: string[];
}

/** The lists of one kind: its bases where they are stale, and its changes. */
async function writeKind(
  hub: PublishHub,
  kind: KeyKind,
  { basesStale, held, skipped }: Progress,
): Promise<[ListRole, SegmentFile][]> {
  const segments = await segmentsOf(hub.db, { kind });
  // The key of a whole host has the bytes of its root URL: a warning about a host is one about that URL.
  if (kind === 'url')
    segments.push(
      ...(await segmentsOf(hub.db, { kind: 'host' })).filter(({ source }) => source.kind === 'warning'),
    );
  const shared = kind === 'ip' ? await SharedAddresses.read(hub) : null;
  const files: [ListRole, SegmentFile][] = [];
  if (basesStale) {
    const warned = await shared?.among(hub, segments);
    files.push(...writeBases(hub.layout, kind, segments, held, (key) => warned?.get(keyText(key)) ?? null));
  }
  const changes = await writeChanges(hub, kind, segments, held, skipped, shared);
  if (changes !== null) files.push(['changes', changes]);
  return files;
}

type Recorded =
  | { readonly kind: 'unchanged'; readonly revision: number }
  | { readonly kind: 'published'; readonly revision: number; readonly held: number };

/** True where claims changed since the last publication, as after a crash between the two. */
export async function isStale(db: Queries): Promise<boolean> {
  const now = await counters(db);
  return now.claims_changed !== now.claims_published;
}

async function counters(db: Queries): Promise<Counters> {
  const rows = await db.query<Counters>(
    `SELECT revision AS revision, claims_changed, claims_published, bases_changed, bases_published FROM publication`,
  );
  return rows[0]!;
}

async function record(
  hub: PublishHub,
  tx: Queries,
  before: Counters,
  files: readonly (readonly [ListRole, SegmentFile])[],
  held: readonly HeldObject[],
  basesStale: boolean,
): Promise<Recorded> {
  const list = `SELECT role, kind, encode(digest, 'hex') AS digest FROM published_list ORDER BY role, kind`;
  const old = await tx.query(list);
  await tx.execute(
    basesStale ? 'DELETE FROM published_list' : `DELETE FROM published_list WHERE role = 'changes'`,
  );
  for (const [role, file] of files)
    await tx.execute(
      `INSERT INTO published_list (role, kind, digest, rows, bytes) VALUES ($1, $2, decode($3, 'hex'), $4, $5)`,
      [role, KEY_KINDS[file.kind].code, file.digest, file.rows, file.bytes],
    );
  await recordHeld(tx, held, basesStale, new Date(hub.world.clock.now()));
  const fresh = await tx.query(list);
  const changed = JSON.stringify(old) !== JSON.stringify(fresh);
  const revision = before.revision + (changed ? 1 : 0);
  await tx.execute(
    `UPDATE publication SET revision = $1, claims_published = $2, bases_published = $3, published_at = $4`,
    [revision, before.claims_changed, before.bases_changed, new Date(hub.world.clock.now())],
  );
  if (!changed) return { kind: 'unchanged', revision };
  await tx.execute('SELECT pg_notify($1, $2)', [LISTS_CHANNEL, String(revision)]);
  return { kind: 'published', revision, held: held.length };
}

async function recordHeld(
  tx: Queries,
  held: readonly HeldObject[],
  basesStale: boolean,
  now: Date,
): Promise<void> {
  await tx.execute(basesStale ? 'DELETE FROM held' : 'DELETE FROM held WHERE among_rows');
  if (held.length === 0) return;
  await tx.execute(
    `INSERT INTO held (kind, key, reason, held_at, among_rows)
     SELECT kind, key, reason, $1, among_rows FROM unnest($2::smallint[], $3::bytea[], $4::text[], $5::boolean[]) AS row (kind, key, reason, among_rows)
     ON CONFLICT (kind, key) DO UPDATE SET reason = excluded.reason, among_rows = excluded.among_rows`,
    [
      now,
      held.map((h) => KEY_KINDS[h.kind].code),
      held.map((h) => Buffer.from(h.key)),
      held.map((h) => h.reason),
      held.map((h) => h.amongRows),
    ],
  );
}
