// Fetches the hub's lists: receiving is independent of participation, and a request tells no more than which
// files are wanted. Every file is checked against its name (its SHA-256) before it counts, and all of them
// before any of them does.
//
//   GET /v1/lists ─ 304 ─► current
//        │ manifest ─► signed by the log key, and not older than the one here? (proof.ts)
//        ▼
//   each file that is missing ─► an older one of its role and kind is here? ─► delta ─► SHA-256 = name? ─► <digest>.seg
//        │ no, or it did not hold
//        ▼
//   <digest>.part (goes on where it broke off) ─► SHA-256 = name? ─► <digest>.seg
//        ▼
//   lists.json (the commit: durable) ─► files that nobody names any more are removed
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '../../lists/files.ts';
import { SegmentReader } from '../../lists/segment-reader.ts';
import type { RootKey } from '../../protocol/ed25519.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { ListEntry, ListManifest } from '../../protocol/lookup.ts';
import { expectOk } from '../../protocol/problem.ts';
import type { World } from '../../protocol/world.ts';
import type { HubAnswer, HubChannel } from '../channel/channel.ts';
import { connectionRequest } from '../channel/connection.ts';
import type { Home } from '../state/home.ts';
import { makeHome, makePrivateDirectory } from '../state/home.ts';
import { fetchDelta, NO_DELTA, wantsDelta } from './delta.ts';
import { fetchFile } from './download.ts';
import { withListLock } from './lock.ts';
import { isProvenBy, takeManifest } from './proof.ts';
import type { HeldLists } from './store.ts';
import { listFile, readHeldLists, writeHeldLists } from './store.ts';

export interface UpdateProgress {
  readonly files: number;
  readonly filesDone: number;
  readonly bytes: number;
  readonly bytesDone: number;
}

export type UpdateReport =
  /** What is here is what the hub has. */
  | { readonly kind: 'current'; readonly revision: number }
  | ({ readonly kind: 'updated'; readonly revision: number } & Fetched);

/** What came: how many lists, with how many bytes; and how many of both as deltas. */
export interface Fetched {
  readonly files: number;
  readonly bytes: number;
  readonly deltas: number;
  readonly deltaBytes: number;
}

export interface UpdateOptions {
  readonly home: Home;
  readonly channel: Pick<HubChannel, 'keys' | 'request' | 'download'>;
  readonly world: World;
  readonly onProgress?: (progress: UpdateProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Brings the lists up to date. On return they are durable; killed before, the old ones stand, and the next call
 * goes on with what was fetched. Throws as the channel does and as `takeManifest`; `conflict` where another process is
 * at it; `corrupt` where what came is not what its name says.
 */
export async function updateLists(options: UpdateOptions): Promise<UpdateReport> {
  const { home } = options;
  makeHome(home);
  makePrivateDirectory(home.lists);
  return withListLock(home, async () => {
    try {
      return await update(options);
    } catch (error) {
      // A newer revision was published meanwhile, and its predecessor's files are gone at the hub.
      if (error instanceof TocsinError && error.code === 'not-found') return await update(options);
      throw error;
    }
  });
}

async function update(options: UpdateOptions): Promise<UpdateReport> {
  const { home, channel, world } = options;
  const { root } = channel.keys;
  const held = heldOrNull(home, root);
  const answer = await ask(held, options);
  const checkedAt = Math.floor(world.clock.now());
  if (answer.status === 304 && held !== null && tagOf(held, options) !== null) {
    writeHeldLists(home, { ...held, checkedAt });
    return { kind: 'current', revision: held.manifest.revision };
  }
  const taken = takeManifest(expectOk(answer), channel.keys, held);
  const { manifest } = taken;
  const wanted = missing(home, manifest);
  const fetched = await fetchAll(wanted, held?.manifest.lists ?? [], options);
  for (const entry of manifest.lists) checkSegment(home, entry);
  writeHeldLists(home, { ...taken, checkedAt, hub: root.id, etag: answer.headers.etag ?? null });
  removeUnused(home, manifest);
  if (wanted.length === 0 && sameLists(held, manifest))
    return { kind: 'current', revision: manifest.revision };
  return { kind: 'updated', revision: manifest.revision, ...fetched };
}

/** What is held from this hub; a record that is damaged or altered, or another hub's lists, count as nothing. */
function heldOrNull(home: Home, root: RootKey): HeldLists | null {
  try {
    return readHeldLists(home, root);
  } catch (error) {
    if (error instanceof TocsinError && error.code === 'corrupt') return null;
    throw error;
  }
}

/**
 * Asks for the manifest, and once more where the answer announces a newer keys document: the channel takes that up
 * before the next request, and it may name another log key, or one at all.
 */
async function ask(held: HeldLists | null, options: UpdateOptions): Promise<HubAnswer> {
  const answer = await askOnce(held, options);
  const announced = Number(answer.headers['tocsin-keys']);
  return announced > options.channel.keys.document.number ? await askOnce(held, options) : answer;
}

async function askOnce(held: HeldLists | null, options: UpdateOptions): Promise<HubAnswer> {
  const { channel, signal } = options;
  const etag = held && tagOf(held, options);
  const headers = etag === null ? {} : { 'if-none-match': etag };
  const outgoing = connectionRequest({ reason: 'lists', method: 'GET', path: '/v1/lists', headers });
  return await channel.request(outgoing, signal ? { signal } : {});
}

/** By which it is asked whether what is held is still the newest; null where it is to be fetched anyway. */
function tagOf(held: HeldLists, { home, channel }: UpdateOptions): string | null {
  return missing(home, held.manifest).length === 0 && isProvenBy(held, channel.keys) ? held.etag : null;
}

/** Entries whose file is not here in its full size, each digest once. */
function missing(home: Home, manifest: ListManifest): readonly ListEntry[] {
  const seen = new Set<string>();
  return manifest.lists.filter(({ digest, bytes }) => {
    if (seen.has(digest)) return false;
    seen.add(digest);
    return statSync(listFile(home, digest), { throwIfNoEntry: false })?.size !== bytes;
  });
}

async function fetchAll(
  wanted: readonly ListEntry[],
  held: readonly ListEntry[],
  options: UpdateOptions,
): Promise<Fetched> {
  const { home, channel, world, onProgress } = options;
  const signal = options.signal ? { signal: options.signal } : {};
  let total = wanted.reduce((sum, entry) => sum + entry.bytes, 0);
  let fetched: Fetched = { files: 0, bytes: 0, deltas: 0, deltaBytes: 0 };
  const tell = (more: number): void =>
    onProgress?.({
      files: wanted.length,
      filesDone: fetched.files,
      bytes: total,
      bytesDone: fetched.bytes + more,
    });
  for (const entry of wanted) {
    tell(0);
    const { files, bytes, deltas, deltaBytes } = fetched;
    const old = held.find(({ role, kind }) => role === entry.role && kind === entry.kind);
    const delta = wantsDelta(old, entry)
      ? await fetchDelta({ home, channel, clock: world.clock, old, entry, ...signal })
      : NO_DELTA;
    if (delta.kind === 'applied') {
      total += delta.bytes - entry.bytes;
      fetched = {
        files: files + 1,
        bytes: bytes + delta.bytes,
        deltas: deltas + 1,
        deltaBytes: deltaBytes + delta.bytes,
      };
    } else {
      await fetchFile({ home, channel, entry, onBytes: tell, ...signal });
      fetched = { ...fetched, files: files + 1, bytes: bytes + entry.bytes };
    }
  }
  tell(0);
  if (wanted.length > 0) syncDirectory(home.lists);
  return fetched;
}

/** The file is a segment of the kind and size that the manifest says. */
function checkSegment(home: Home, entry: ListEntry): void {
  const path = listFile(home, entry.digest);
  let reader: SegmentReader;
  try {
    reader = SegmentReader.open(path);
  } catch (error) {
    // Its bytes are what the hub named, or the disk lost them: fetched anew next time either way.
    rmSync(path, { force: true });
    throw error;
  }
  const { kind, rows } = reader;
  reader.close();
  if (kind !== entry.kind || rows !== entry.rows)
    throw new TocsinError(
      'format',
      `Cannot use the list '${entry.digest.slice(0, 12)}': it holds ${rows} keys of kind ${kind}, want ${entry.rows} of ${entry.kind} as the hub said`,
    );
}

/** Lists, and what was on the way to one: nobody else is at it, so that what is left was left by a killed process. */
const LIST_WORK = /^(?:[0-9a-f]{64}\.(?:seg|part|delta|coming)|[0-9]+-[0-9]+-[0-9]+\.part)$/;

function removeUnused(home: Home, manifest: ListManifest): void {
  const used = new Set(manifest.lists.map((entry) => `${entry.digest}.seg`));
  for (const name of readdirSync(home.lists))
    if (LIST_WORK.test(name) && !used.has(name)) rmSync(join(home.lists, name), { force: true });
}

function sameLists(held: HeldLists | null, manifest: ListManifest): boolean {
  // Not by the revision: a hub that was restored may come to the same number with other lists.
  const files = ({ lists }: ListManifest): string =>
    lists
      .map(({ role, kind, digest }) => `${role} ${kind} ${digest}`)
      .sort()
      .join('\n');
  return held !== null && files(held.manifest) === files(manifest);
}
