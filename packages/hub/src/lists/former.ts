// Lists that were published before, kept for a while beside the deltas from them: links to list files, so that a list
// costs nothing while it is published. All of it can be lost: then machines fetch whole lists.
//
//   list-deltas/ROLE.KIND.DIGEST.seg     a published list, of now or before
//   list-deltas/FROM.TO.delta            what makes the published list TO of FROM
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import { listPath } from '../store/artifacts.ts';
import type { Layout } from '../store/layout.ts';
import type { ListDeltaLimits } from './config.ts';
import { LIST_DELTAS } from './config.ts';

export interface PublishedList {
  readonly role: ListRole;
  readonly kind: KeyKind;
  readonly digest: string;
}

const FORMER = /^([a-z-]+\.[a-z0-9-]+)\.([0-9a-f]{64})\.seg$/;
const DELTA = /^([0-9a-f]{64})\.([0-9a-f]{64})\.delta$/;

export function formerPath(layout: Layout, { role, kind, digest }: PublishedList): string {
  return join(layout.listDeltas, `${role}.${kind}.${digest}.seg`);
}

export function listDeltaPath(layout: Layout, from: string, to: string): string {
  return join(layout.listDeltas, `${from}.${to}.delta`);
}

/** Keeps what is published now for after its time. Throws as the file system, where it has no links. */
export function keepFormer(layout: Layout, lists: readonly PublishedList[]): void {
  mkdirSync(layout.listDeltas, { recursive: true, mode: 0o700 });
  for (const list of lists) {
    const path = formerPath(layout, list);
    const file = listPath(layout, list.digest);
    const [kept, published] = [path, file].map((each) => statSync(each, { throwIfNoEntry: false }));
    if (published === undefined || kept?.ino === published.ino) continue;
    // A list that was written again, to the same bytes, is another file: the link would keep the disk from being given back.
    rmSync(path, { force: true });
    linkSync(file, path);
  }
}

/** Removes what is beyond the limits, or of no more use now that `published` is what machines fetch. */
export function pruneFormer(
  layout: Layout,
  published: readonly PublishedList[],
  limits: ListDeltaLimits = LIST_DELTAS,
): void {
  const current = new Set(published.map(({ digest }) => digest));
  const kept = new Set(current);
  const former = namedLike(layout, FORMER).filter(({ parts }) => !current.has(parts[1]!));
  for (const files of Map.groupBy(former, ({ parts }) => parts[0]!).values())
    for (const { parts } of within(files, limits.keptVersions, limits.keptBytes)) kept.add(parts[1]!);
  removeUnless(layout, FORMER, ({ parts }) => kept.has(parts[1]!));
  removeUnless(layout, DELTA, ({ parts: [from, to] }) => kept.has(from!) && current.has(to!));
  limitDeltas(layout, limits);
}

/** Removes the oldest deltas beyond the limits. */
export function limitDeltas(layout: Layout, limits: ListDeltaLimits = LIST_DELTAS): void {
  const kept = within(namedLike(layout, DELTA), limits.maxDeltas, limits.maxDeltaBytes);
  const names = new Set(kept.map(({ name }) => name));
  removeUnless(layout, DELTA, ({ name }) => names.has(name));
}

function removeUnless(layout: Layout, form: RegExp, keeps: (file: Named) => boolean): void {
  for (const file of namedLike(layout, form))
    if (!keeps(file)) rmSync(join(layout.listDeltas, file.name), { force: true });
}

interface Named {
  readonly name: string;
  /** What the name says. */
  readonly parts: readonly string[];
  readonly bytes: number;
}

/** Files whose name is like that, the newest first. */
function namedLike({ listDeltas }: Layout, form: RegExp): Named[] {
  if (!existsSync(listDeltas)) return [];
  const found = readdirSync(listDeltas).flatMap((name) => {
    const stat = statSync(join(listDeltas, name), { throwIfNoEntry: false });
    const parts = form.exec(name)?.slice(1);
    return stat === undefined || parts === undefined
      ? []
      : [{ name, parts, bytes: stat.size, at: stat.mtimeMs }];
  });
  return found.sort((a, b) => b.at - a.at);
}

/** The first of them, as many and as large as may be. */
function within(files: readonly Named[], most: number, mostBytes: number): readonly Named[] {
  let bytes = 0;
  return files.slice(0, most).filter((file) => {
    bytes += file.bytes;
    return bytes <= mostBytes;
  });
}
