// What dpkg says that it installed: path, package and MD5 of each file, from its own records below a root. Reads
// dpkg's files only, never the installed ones, and runs no program.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from '../protocol/errors.ts';
import { VOUCH_LIMITS } from './config.ts';
import type { FilePath } from './file-path.ts';
import { filePath, pathText } from './file-path.ts';

/** One line of a package's md5sums. */
export interface ListedFile {
  /** Relative to the root, as listed (diversions applied, links in it not resolved). */
  readonly path: FilePath;
  /** 32 lower-case hex digits. */
  readonly md5: string;
}

export interface ListedPackage {
  /** Without its architecture. */
  readonly name: string;
  readonly files: readonly ListedFile[];
  /** Lines that are no md5sums line. */
  readonly refused: number;
}

const SUFFIX = '.md5sums';
const LINE = /^([0-9a-f]{32}) [ *](.+)$/;
const ASCII = /^[\x20-\x7e]+$/;

/** How many packages and files are listed, quickly: files are counted as line ends. */
export function countListed(root: string): { packages: number; files: number } {
  const lists = listNames(root);
  let files = 0;
  for (const list of lists) {
    const bytes = readList(join(infoDirectory(root), list));
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) files++;
  }
  return { packages: new Set(lists.map(packageName)).size, files };
}

/**
 * Each package with the files it installed, by name. A file that several architectures of one package share is
 * named once. Throws `not-found` where `root` has no dpkg records.
 */
export function* listedPackages(root: string): Generator<ListedPackage> {
  const diversions = readDiversions(root);
  for (const [name, lists] of Map.groupBy(listNames(root), packageName)) {
    const files: ListedFile[] = [];
    const seen = new Set<string>();
    let refused = 0;
    for (const list of lists)
      for (const line of readList(join(infoDirectory(root), list))
        .toString('latin1')
        .split('\n')) {
        if (line === '') continue;
        const file = parseLine(line, name, diversions);
        if (file === null) refused++;
        else if (lists.length === 1) files.push(file);
        else if (!seen.has(`${file.md5} ${pathText(file.path)}`)) {
          seen.add(`${file.md5} ${pathText(file.path)}`);
          files.push(file);
        }
      }
    yield { name, files, refused };
  }
}

function infoDirectory(root: string): string {
  return join(root, 'var/lib/dpkg/info');
}

function listNames(root: string): string[] {
  try {
    return readdirSync(infoDirectory(root))
      .filter((name) => name.endsWith(SUFFIX))
      .sort();
  } catch (cause) {
    throw new TocsinError(
      'not-found',
      'Cannot vouch for installed files: there are no records of dpkg here, want a Debian system (var/lib/dpkg)',
      { cause },
    );
  }
}

/** `libc6:amd64.md5sums` is of package `libc6`. */
function packageName(list: string): string {
  return list.slice(0, -SUFFIX.length).split(':')[0]!;
}

/** A list that is absent by now or longer than any real one counts as empty. */
function readList(path: string): Buffer {
  try {
    return statSync(path).size > VOUCH_LIMITS.maxListBytes ? Buffer.alloc(0) : readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

/** `line` in latin1, so that names that are no UTF-8 stay exact. Null for a line of another shape. */
function parseLine(line: string, owner: string, diversions: Diversions): ListedFile | null {
  const [, md5, listed] = LINE.exec(line) ?? [];
  if (md5 === undefined || listed === undefined || listed.includes('\0')) return null;
  const plain = listed.replace(/^(?:\.?\/)+/, '');
  if (plain === '' || plain.split('/').includes('..')) return null;
  const path = ASCII.test(plain) ? plain : filePath(Buffer.from(plain, 'latin1'));
  const diverted = typeof path === 'string' ? diversions.get(path) : undefined;
  return { path: diverted !== undefined && diverted.by !== owner ? diverted.to : path, md5 };
}

/** Where the file of another package lies instead, by the path it lists (both relative). */
type Diversions = ReadonlyMap<string, { readonly to: string; readonly by: string }>;

/** dpkg-divert's records: lines in threes, from, to, and the package whose own file stays at `from`. */
function readDiversions(root: string): Diversions {
  const lines = readList(join(root, 'var/lib/dpkg/diversions')).toString('utf8').split('\n');
  const diversions = new Map<string, { to: string; by: string }>();
  for (let i = 0; i + 2 < lines.length; i += 3) {
    const [from, to, by] = [lines[i]!, lines[i + 1]!, lines[i + 2]!];
    diversions.set(from.replace(/^\/+/, ''), { to: to.replace(/^\/+/, ''), by: by.split(':')[0]! });
  }
  return diversions;
}
