// What dpkg lists below a directory, and why a list may not know one of these files. Reads dpkg's records and, for the
// files that need a reason, the files themselves.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { listedPackages } from 'tocsin/agent/dpkg.ts';
import type { InstalledPackage, Offers } from './distribution.ts';

/** Path of a file -> the package that lists it. */
export type InstalledFiles = ReadonlyMap<string, string>;

const INFO = '/var/lib/dpkg/info';

/** The regular files below `below` that the packages list; links at the root (`/bin`) are followed. */
export function installedFiles(below: string, packages: ReadonlySet<string>): InstalledFiles {
  const files = new Map<string, string>();
  const merged = rootLinks();
  for (const list of readdirSync(INFO).filter((name) => name.endsWith('.list'))) {
    const name = list.slice(0, -'.list'.length).split(':')[0]!;
    if (!packages.has(name)) continue;
    for (const listed of readFileSync(join(INFO, list), 'utf8').split('\n')) {
      const path = resolved(listed, merged);
      if (!path.startsWith(`${below}/`) || files.has(path)) continue;
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === true) files.set(path, name);
    }
  }
  return files;
}

/** By name below the root: where it leads, as `usr/bin` for `bin`. */
function rootLinks(): ReadonlyMap<string, string> {
  const links = readdirSync('/', { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  return new Map(links.map(({ name }) => [name, normalize(join('/', readlinkSync(`/${name}`)))]));
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
  files: InstalledFiles,
  packages: readonly InstalledPackage[],
  offers: Offers,
): (path: string) => Cause {
  const versions = Map.groupBy(packages, ({ name }) => name);
  const diverted = divertedPaths();
  const merged = rootLinks();
  const sums = new Map<string, Set<string>>();
  for (const { name, files: listed } of listedPackages('/')) {
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
    return wanted.has(createHash('md5').update(readFileSync(path)).digest('hex')) ? 'other' : 'altered';
  };
}

/** Paths at which dpkg keeps another file than the one that a package lists there. */
function divertedPaths(): ReadonlySet<string> {
  const lines = readFileSync('/var/lib/dpkg/diversions', 'utf8').split('\n');
  const merged = rootLinks();
  return new Set(lines.filter((_, i) => i % 3 === 0).map((path) => resolved(path, merged)));
}
