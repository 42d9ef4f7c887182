// What dpkg lists in a system, and why a list may not know one of these files. Reads dpkg's records below its root and, for
// the files that need a reason, the files themselves. Paths are those of that system.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { listedPackages } from 'tocsin/agent/dpkg.ts';
import type { InstalledPackage, Offers } from './distribution.ts';

/** Path of a file -> the package that lists it. */
export type InstalledFiles = ReadonlyMap<string, string>;

/** A system that dpkg installed. */
export interface System {
  /** Where it lies; `/` for this one. */
  readonly root: string;
  readonly packages: readonly InstalledPackage[];
}

/** The regular files below `below` that the packages list; links at the root (`/bin`) are followed. */
export function installedFiles({ root, packages }: System, below: string): InstalledFiles {
  const files = new Map<string, string>();
  const names = new Set(packages.map(({ name }) => name));
  const merged = rootLinks(root);
  const info = join(root, 'var/lib/dpkg/info');
  for (const list of readdirSync(info).filter((name) => name.endsWith('.list'))) {
    const name = list.slice(0, -'.list'.length).split(':')[0]!;
    if (!names.has(name)) continue;
    for (const listed of readFileSync(join(info, list), 'utf8').split('\n')) {
      const path = resolved(listed, merged);
      if (!path.startsWith(`${below}/`) || files.has(path)) continue;
      if (lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true) files.set(path, name);
    }
  }
  return files;
}

/** By name below the root: where it leads, as `usr/bin` for `bin`. */
function rootLinks(root: string): ReadonlyMap<string, string> {
  const links = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  return new Map(links.map(({ name }) => [name, normalize(join('/', readlinkSync(join(root, name))))]));
}

function resolved(path: string, links: ReadonlyMap<string, string>): string {
  const [, first = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(path) ?? [];
  const to = links.get(first);
  return to === undefined ? path : `${to}${rest}`;
}

export const CAUSES = {
  foreign: 'its package is in no archive of the sources',
  version: 'another version of its package is installed than the archives have',
  diverted: 'a diversion puts another file in its place',
  altered: 'altered since it was installed: its MD5 is not the one in its package',
  unlisted: 'its package has no MD5 of it: made or changed by a script of the package',
  other: 'no cause found',
} as const;
export type Cause = keyof typeof CAUSES;

/** Tells the cause for a file that no list knows, the first that holds. */
export function causesFor(
  { root, packages }: System,
  files: InstalledFiles,
  offers: Offers,
): (path: string) => Cause {
  const versions = Map.groupBy(packages, ({ name }) => name);
  const diverted = divertedPaths(root);
  const merged = rootLinks(root);
  const sums = new Map<string, Set<string>>();
  for (const { name, files: listed } of listedPackages(root)) {
    if (!versions.has(name)) continue;
    for (const { path, md5 } of listed) {
      if (typeof path !== 'string') continue;
      const at = resolved(`/${path}`, merged);
      sums.set(at, (sums.get(at) ?? new Set()).add(md5));
    }
  }
  return (path) => {
    const name = files.get(path) ?? '';
    const offered = offers.get(name) ?? [];
    if (offered.length === 0) return 'foreign';
    if (diverted.has(path)) return 'diverted';
    if (!(versions.get(name) ?? []).some(({ version }) => offered.includes(version))) return 'version';
    const wanted = sums.get(path);
    if (wanted === undefined) return 'unlisted';
    return wanted.has(
      createHash('md5')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    )
      ? 'other'
      : 'altered';
  };
}

/** Paths at which dpkg keeps another file than the one that a package lists there. */
function divertedPaths(root: string): ReadonlySet<string> {
  const lines = readFileSync(join(root, 'var/lib/dpkg/diversions'), 'utf8').split('\n');
  const merged = rootLinks(root);
  return new Set(lines.filter((_, i) => i % 3 === 0).map((path) => resolved(path, merged)));
}
