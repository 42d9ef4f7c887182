// Makes what receivers of hash lists get, for one revision of the published lists: each list whole, and the updates to it
// from each older version that is still on the disk. Runs in a thread of its own (build-thread.ts).
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { updateBetween, wholeUpdate } from 'tocsin/lists/hash-list-update.ts';
import type { HashSet } from 'tocsin/lists/hash-set.ts';
import { checksumOf, countOf } from 'tocsin/lists/hash-set.ts';
import type { RiceDelta } from 'tocsin/lists/rice.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { ListEntry } from 'tocsin/protocol/lookup.ts';
import type { HashListSpec } from './catalogue.ts';
import { HASH_LISTS } from './catalogue.ts';
import type { CollectPlace } from './collect.ts';
import { collectSet } from './collect.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import { readSetFile, touchSetFile, writeSetFile } from './set-file.ts';
import { encodeHashList } from './wire.ts';

export interface BuildOrder {
  readonly lists: readonly ListEntry[];
  /** Where the segments of the published lists are, as `DIGEST.seg`. */
  readonly segments: string;
  /** Where sets are kept. */
  readonly directory: string;
  /** Versions that the caller has, hex by name: of an equal one nothing is made again. */
  readonly have: Readonly<Record<string, string>>;
  readonly now: number;
  readonly minimumWait: number;
}

export interface BuiltHashList {
  readonly kind: 'built';
  readonly name: string;
  /** Hex. */
  readonly version: string;
  readonly count: number;
  /** HashList messages: everything; and by version what makes this list of that one. */
  readonly whole: Uint8Array;
  readonly updates: ReadonlyMap<string, Uint8Array>;
  /** By version, how many removals and additions its update has. */
  readonly entries: ReadonlyMap<string, number>;
}

export type BuildAnswer =
  | BuiltHashList
  | { readonly kind: 'same'; readonly name: string }
  /** It cannot be published, and why. */
  | { readonly kind: 'refused'; readonly name: string; readonly why: string };

/** One answer a list of the catalogue. Throws where segments or the disk do not hold. */
export function buildHashLists(order: BuildOrder): BuildAnswer[] {
  const place: CollectPlace = {
    lists: order.lists,
    pathOf: (digest) => join(order.segments, `${digest}.seg`),
    directory: order.directory,
    used: new Set(),
  };
  const answers = HASH_LISTS.map((spec) => buildOne(spec, order, place));
  for (const name of readdirSync(order.directory))
    if (!place.used.has(name)) rmSync(join(order.directory, name), { force: true });
  return answers;
}

/** Names the content of one list: equal lists have equal versions on every node, and no two names share one. */
export function versionOf(name: string, checksum: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(`${name}\0`).update(checksum).digest();
  return new Uint8Array(digest.subarray(0, 16));
}

function buildOne(spec: HashListSpec, order: BuildOrder, place: CollectPlace): BuildAnswer {
  let set: HashSet;
  try {
    set = collectSet(spec, place);
  } catch (error) {
    if (!(error instanceof TocsinError) || error.code !== 'limit') throw error;
    return { kind: 'refused', name: spec.name, why: error.message };
  }
  const checksum = checksumOf(set);
  const version = versionOf(spec.name, checksum);
  const file = keep(spec.name, toHex(version), set, order);
  const older = keptVersions(spec, file, order.directory);
  for (const name of [file, ...older]) place.used.add(name);
  if (order.have[spec.name] === toHex(version)) return { kind: 'same', name: spec.name };
  const common = { name: spec.name, version, size: spec.size, minimumWait: order.minimumWait };
  const whole = encodeHashList({ ...common, ...wholeUpdate(set, checksum) });
  const updates = new Map<string, Uint8Array>();
  const entries = new Map<string, number>();
  for (const name of [file, ...older]) {
    const old = name === file ? set : readSetFile(join(order.directory, name), spec.size);
    if (old === null) continue;
    const between = updateBetween(old, set, checksum);
    const update = encodeHashList({ ...common, ...between });
    if (update.length >= whole.length && name !== file) continue;
    updates.set(versionIn(name), update);
    entries.set(versionIn(name), riceCount(between.removals) + riceCount(between.additions));
  }
  const count = countOf(set);
  return { kind: 'built', name: spec.name, version: toHex(version), count, whole, updates, entries };
}

function riceCount(delta: RiceDelta | null): number {
  return delta === null ? 0 : delta.count + 1;
}

/** Where a version (hex) of a list is kept. */
export function setFileName(name: string, version: string): string {
  return `${name}.${version}.set`;
}

function keep(name: string, version: string, set: HashSet, { directory, now }: BuildOrder): string {
  const file = setFileName(name, version);
  const path = join(directory, file);
  if (!existsSync(path)) writeSetFile(directory, path, set);
  touchSetFile(path, now);
  return file;
}

/** Files of older versions, the newest first, as many as are kept. */
function keptVersions(spec: HashListSpec, current: string, directory: string): string[] {
  const files = readdirSync(directory)
    .filter((file) => file.startsWith(`${spec.name}.`) && file.endsWith('.set') && file !== current)
    .map((file) => ({ file, stat: statSync(join(directory, file)) }))
    .sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  let bytes = 0;
  return files
    .slice(0, PUBLISHED_HASH_LISTS.keptVersions)
    .filter(({ stat }) => {
      bytes += stat.size;
      return bytes <= PUBLISHED_HASH_LISTS.keptBytes;
    })
    .map(({ file }) => file);
}

function versionIn(file: string): string {
  return file.split('.')[1]!;
}
