// From claims to the list files that machines receive:
//
//   segments of all bulk sources ─ merge, resolve ─► malicious.<kind>, known-good.<kind>     (bases)
//   rows, each with what segments say of it ─ resolve ─► changes.<kind>                      (wins over the bases)
//   feeds that contradict each other, or a warning list ─► held, published as neither
//
// One publisher at a time by an advisory lock. What was published is a function of the claims and of those that their age has ended: publishing
// twice gives the same files and no new revision. Killed anywhere, the next publication makes up for it, because
// the counters in `publication` were raised in the transaction that changed the claims.
import { renameSync } from 'node:fs';
import { syncDirectory } from 'tocsin/lists/files.ts';
import type { SegmentFile } from 'tocsin/lists/segment-writer.ts';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES, KEY_KINDS, keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { PublishedList } from '../lists/former.ts';
import { keepFormer, pruneFormer } from '../lists/former.ts';
import { listPath } from '../store/artifacts.ts';
import type { Database, Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import { agedSince } from './ageing.ts';
import { writeBases } from './bases.ts';
import { writeChanges } from './changes.ts';
import { segmentsOf } from './claim-store.ts';
import type { Check } from './damage.ts';
import { isDamage } from './damage.ts';
import type { HeldObject } from './held.ts';
import { recordHeld } from './held.ts';
import { openBulk } from './inputs.ts';
import { mendFiles } from './mend.ts';
import type { Claim } from './resolve.ts';
import { keyText, SharedAddresses } from './shared-addresses.ts';

export interface PublishHub {
  readonly db: Database;
  readonly layout: Layout;
  readonly world: World;
  /** One line for the operator. */
  readonly log?: (line: string) => void;
}

/**
 * `skipped`: claims that no list can hold and that were left out, each named with why. `notes`: what was damaged, and
 * what became of it.
 */
export type Publication = Recorded & {
  readonly skipped: readonly string[];
  readonly notes: readonly string[];
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

/**
 * Publishes what the claims amount to now. Durable on return; nodes and machines hear of it by notification. With
 * `check` the hub's files are looked at first, and what is damaged is mended.
 */
export async function publish(hub: PublishHub, check: Check | null = null): Promise<Publication> {
  return await hub.db.withLock('publish', async () => {
    const notes: string[] = [];
    const tell = (line: string): void => {
      if (!notes.includes(line)) hub.log?.(line);
      notes.push(line);
    };
    const before = await counters(hub.db);
    const mended = check === null ? new Set<ListRole>() : await mendFiles(hub, check, tell);
    const now = new Date(hub.world.clock.now());
    const aged = await agedSince(hub.db, now);
    if (before.claims_changed === before.claims_published && mended.size === 0 && !aged.some)
      return { kind: 'unchanged', revision: before.revision, skipped: [], notes };
    const basesMended = mended.has('malicious') || mended.has('known-good');
    const basesStale = basesMended || aged.bases || before.bases_changed !== before.bases_published;
    const written = await writeLists(hub, basesStale, tell).catch(async (error: unknown) => {
      if (!isDamage(error)) throw error;
      await mendFiles(hub, 'whole', tell);
      return await writeLists(hub, true, tell);
    });
    for (const [, file] of written.files) renameSync(file.path, listPath(hub.layout, file.digest));
    syncDirectory(hub.layout.lists);
    for (const line of written.skipped) hub.log?.(`a claim cannot be published and is left out: ${line}`);
    await forDeltas(hub, keepFormer);
    const made = await hub.db.transaction((tx) => record(tx, before, written, now, mended.size > 0));
    await forDeltas(hub, pruneFormer);
    return { ...made, skipped: written.skipped, notes: [...new Set(notes)] };
  });
}

/** What deltas need. Without them machines fetch whole lists: it must not fail a publication. */
async function forDeltas(
  { db, layout, log }: PublishHub,
  work: (layout: Layout, published: readonly PublishedList[]) => void,
): Promise<void> {
  const published = await publishedLists(db);
  try {
    work(layout, published);
  } catch (error) {
    log?.(`older lists are not kept as they should be, machines may fetch whole ones: ${errorWords(error)}`);
  }
}

interface Written {
  readonly basesStale: boolean;
  readonly held: HeldObject[];
  readonly skipped: string[];
  readonly files: [ListRole, SegmentFile][];
}

async function writeLists(
  hub: PublishHub,
  basesStale: boolean,
  tell: (line: string) => void,
): Promise<Written> {
  const written: Written = { basesStale, held: [], skipped: [], files: [] };
  for (const kind of KEY_KIND_NAMES) await writeKind(hub, kind, written, tell);
  return written;
}

/** The lists of one kind: its bases where they are stale, and its changes. */
async function writeKind(
  hub: PublishHub,
  kind: KeyKind,
  { basesStale, held, skipped, files }: Written,
  tell: (line: string) => void,
): Promise<void> {
  const bulk = await openBulk(hub, kind, tell);
  try {
    const shared = kind === 'ip' ? await SharedAddresses.read(hub) : null;
    if (basesStale) {
      const about = shared === null ? null : await shared.among(hub, await segmentsOf(hub.db, { kind }));
      const warningOf = (key: Uint8Array): Claim | null =>
        about?.get(keyText(key)) ?? bulk.warned.get(keyText(key)) ?? null;
      files.push(...writeBases(hub.layout, kind, bulk, held, warningOf));
    }
    const changes = await writeChanges(hub, kind, bulk, held, skipped, shared);
    if (changes !== null) files.push(['changes', changes]);
  } finally {
    bulk.close();
  }
}

type Recorded =
  | { readonly kind: 'unchanged'; readonly revision: number }
  | { readonly kind: 'published'; readonly revision: number; readonly held: number };

/** True where claims changed or ended since the last publication, as after a crash between the two. */
export async function isStale({ db, world }: { db: Queries; world: World }): Promise<boolean> {
  const { claims_changed, claims_published } = await counters(db);
  return claims_changed !== claims_published || (await agedSince(db, new Date(world.clock.now()))).some;
}

async function publishedLists(db: Queries): Promise<readonly PublishedList[]> {
  const rows = await db.query<{ role: ListRole; kind: number; digest: string }>(
    `SELECT role, kind, encode(digest, 'hex') AS digest FROM published_list ORDER BY role, kind`,
  );
  return rows.flatMap(({ role, kind: code, digest }) => {
    const kind = keyKindOfCode(code);
    return kind === undefined ? [] : [{ role, kind, digest }];
  });
}

async function counters(db: Queries): Promise<Counters> {
  const rows = await db.query<Counters>(
    `SELECT revision AS revision, claims_changed, claims_published, bases_changed, bases_published FROM publication`,
  );
  return rows[0]!;
}

async function record(
  tx: Queries,
  before: Counters,
  { files, held, basesStale }: Written,
  now: Date,
  mended: boolean,
): Promise<Recorded> {
  const old = await publishedLists(tx);
  await tx.execute(
    basesStale ? 'DELETE FROM published_list' : `DELETE FROM published_list WHERE role = 'changes'`,
  );
  for (const [role, file] of files)
    await tx.execute(
      `INSERT INTO published_list (role, kind, digest, rows, bytes) VALUES ($1, $2, decode($3, 'hex'), $4, $5)`,
      [role, KEY_KINDS[file.kind].code, file.digest, file.rows, file.bytes],
    );
  await recordHeld(tx, held, basesStale, now);
  const fresh = await publishedLists(tx);
  const changed = JSON.stringify(old) !== JSON.stringify(fresh);
  const revision = before.revision + (changed ? 1 : 0);
  await tx.execute(
    `UPDATE publication SET revision = $1, claims_published = $2, bases_published = $3, published_at = $4`,
    [revision, before.claims_changed, before.bases_changed, now],
  );
  // Who holds a damaged file open must open the new one, which has the same name.
  if (!changed && !mended) return { kind: 'unchanged', revision };
  await tx.execute('SELECT pg_notify($1, $2)', [LISTS_CHANNEL, String(revision)]);
  return changed ? { kind: 'published', revision, held: held.length } : { kind: 'unchanged', revision };
}
