// The walk: each directory below the given paths once, with the facts of its regular files. It follows no
// symbolic link below an argument, enters no pseudo file system that was not named, and opens no file.
import type { Stats } from 'node:fs';
import { lstatSync, readdirSync, realpathSync, statfsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { WALK_LIMITS } from './config.ts';
import type { FilePath } from './file-path.ts';
import { filePath, joinPath, nameKey } from './file-path.ts';

/** Facts of a file stand four in a row: inode, size, modification and change time (ms). */
export const FACTS = 4;

/** Regular files of one directory, or of one part of a large one. */
export interface FilesStep {
  readonly kind: 'files';
  readonly directory: FilePath;
  /** Large directories come in parts, split by a hash of the name, so that a name stays in its part. */
  readonly part: number;
  readonly parts: number;
  /** False where only some files of the directory were asked for. */
  readonly complete: boolean;
  readonly names: readonly FilePath[];
  /** `FACTS` numbers a file, in the order of `names`. */
  readonly facts: Float64Array;
  /** Names of the directories found in this part, also of those that are not entered. */
  readonly directories: readonly FilePath[];
  /** False on file systems whose times and inodes another machine or user can set (FAT, FUSE, SMB, ...). */
  readonly timesTrusted: boolean;
  readonly skipped: Skipped;
}

/** What stands in a directory and is no regular file. */
export interface Skipped {
  symlinks: number;
  /** Sockets, pipes and devices. */
  special: number;
  /** Directories of pseudo file systems that were not entered. */
  pseudo: number;
}

export interface ProblemStep {
  readonly kind: 'problem';
  readonly path: FilePath;
  readonly problem: 'unreadable' | 'vanished' | 'failed' | 'special';
  /** The system's name of the error, such as `EACCES`; of a special file what it is. */
  readonly code: string;
}

export type WalkStep = FilesStep | ProblemStep;
export type Walker = (paths: readonly string[]) => Iterable<WalkStep>;

/** statfs types of file systems that hold no files of their own: proc, sysfs, cgroup 1 and 2, debugfs, tracefs,
 * securityfs, bpf, pstore, configfs, devpts, mqueue, selinuxfs, efivarfs, fusectl, hugetlbfs, binfmt_misc,
 * autofs, nsfs, rpc_pipefs, nfsd, smackfs (linux/magic.h). devtmpfs calls itself tmpfs: it is walked. */
const PSEUDO: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0xcafe4a11, 0x6165676c,
  0x62656570, 0x1cd1, 0x19800202, 0xf97cff8c, 0xde5e81e4, 0x65735543, 0x958458f6, 0x42494e4d, 0x0187,
  0x6e736673, 0x67596969, 0x6e667364, 0x43415d53,
]);

/** FAT, exFAT, NTFS (two drivers), FUSE, 9p, SMB 1 and 2, ISO 9660, UDF, HFS+: whoever holds the medium or
 * serves the mount can change a file and set its inode and times back. */
const UNTRUSTED: ReadonlySet<number> = new Set([
  0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0x65735546, 0x01021997, 0xff534d42, 0xfe534d42, 0x9660,
  0x15013346, 0x482b,
]);

interface Device {
  readonly pseudo: boolean;
  readonly timesTrusted: boolean;
}

interface Pending {
  readonly path: FilePath;
  readonly id: string;
  readonly device: Device;
}

interface Walk {
  readonly seen: Set<string>;
  readonly devices: Map<number, Device>;
  readonly stack: Pending[];
}

/**
 * Walks `paths` (made absolute; an argument that is a symbolic link is followed). Each directory is read once,
 * by device and inode, whatever loops and overlaps there are; files named themselves come last, and only where
 * their directory was not read. Synchronous: the caller takes a turn of the event loop between two steps.
 * Never throws for what it meets: problems are steps.
 */
export function* walk(paths: readonly string[]): Generator<WalkStep> {
  const state: Walk = { seen: new Set(), devices: new Map(), stack: [] };
  const files: string[] = [];
  for (const given of paths) {
    const found = locate(resolve(given));
    if ('problem' in found) yield found;
    else if (found.stats.isDirectory()) push(state, found.path, found.stats);
    else files.push(found.path);
    yield* drain(state);
  }
  yield* namedFiles(state, files);
}

function locate(path: string): { path: string; stats: Stats } | ProblemStep {
  try {
    const stats = lstatSync(path);
    if (!stats.isSymbolicLink()) return { path, stats };
    const real = realpathSync(path);
    return { path: real, stats: lstatSync(real) };
  } catch (error) {
    return problemOf(path, error);
  }
}

function push(state: Walk, path: FilePath, stats: Stats): void {
  state.stack.push({ path, id: `${stats.dev}:${stats.ino}`, device: deviceOf(state, path, stats.dev) });
}

function* drain(state: Walk): Generator<WalkStep> {
  for (let next = state.stack.pop(); next !== undefined; next = state.stack.pop()) {
    if (state.seen.has(next.id)) continue;
    let names: readonly FilePath[];
    try {
      names = readNames(next.path);
    } catch (error) {
      yield problemOf(next.path, error);
      continue;
    }
    state.seen.add(next.id);
    const groups = splitNames(names);
    for (let part = 0; part < groups.length; part++)
      yield* readPart(state, next, groups[part]!, part, groups.length);
  }
}

/** Names as text; where one of them is no UTF-8, the directory is read again as bytes. */
function readNames(path: FilePath): readonly FilePath[] {
  const names = readdirSync(path);
  if (!names.some((name) => name.includes('\ufffd'))) return names;
  return readdirSync(path, { encoding: 'buffer' }).map((name) => filePath(Buffer.from(name)));
}

function splitNames(names: readonly FilePath[]): readonly (readonly FilePath[])[] {
  if (names.length <= WALK_LIMITS.maxEntriesPerPart) return [names];
  let parts = 2;
  while (parts * (WALK_LIMITS.maxEntriesPerPart / 2) < names.length) parts *= 2;
  const groups: FilePath[][] = Array.from({ length: parts }, () => []);
  for (const name of names) groups[nameHash(nameKey(name)) & (parts - 1)]!.push(name);
  return groups;
}

/** FNV-1a, folded: only spreads names over parts. */
function nameHash(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return h ^ (h >>> 15);
}

function* readPart(
  state: Walk,
  from: Pending,
  entries: readonly FilePath[],
  part: number,
  parts: number,
): Generator<WalkStep> {
  const names: FilePath[] = [];
  const directories: FilePath[] = [];
  const facts = new Float64Array(entries.length * FACTS);
  const skipped: Skipped = { symlinks: 0, special: 0, pseudo: 0 };
  const problems: ProblemStep[] = [];
  for (const name of entries) {
    const path = joinPath(from.path, name);
    const stats = factsOf(path, problems);
    if (stats === null) continue;
    if (stats.isFile()) writeFacts(facts, names.push(name) - 1, stats);
    else if (stats.isDirectory()) {
      directories.push(name);
      enter(state, from, path, stats, skipped);
    } else if (stats.isSymbolicLink()) skipped.symlinks++;
    else {
      skipped.special++;
      problems.push({ kind: 'problem', path, problem: 'special', code: specialWord(stats) });
    }
  }
  yield* problems;
  const own = facts.subarray(0, names.length * FACTS);
  const { path: directory, device } = from;
  const { timesTrusted } = device;
  yield {
    kind: 'files',
    directory,
    part,
    parts,
    complete: true,
    names,
    facts: own,
    directories,
    timesTrusted,
    skipped,
  };
}

/** What a file is that is neither regular, nor a directory, nor a link. */
function specialWord(stats: Stats): string {
  if (stats.isSocket()) return 'socket';
  return stats.isFIFO() ? 'pipe' : 'device';
}

function factsOf(path: FilePath, problems: ProblemStep[]): Stats | null {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats !== undefined) return stats;
    problems.push({ kind: 'problem', path, problem: 'vanished', code: 'ENOENT' });
  } catch (error) {
    problems.push(problemOf(path, error));
  }
  return null;
}

function writeFacts(facts: Float64Array, row: number, stats: Stats): void {
  const at = row * FACTS;
  facts[at] = stats.ino;
  facts[at + 1] = stats.size;
  facts[at + 2] = stats.mtimeMs;
  facts[at + 3] = stats.ctimeMs;
}

function enter(state: Walk, from: Pending, path: FilePath, stats: Stats, skipped: Skipped): void {
  const device = deviceOf(state, path, stats.dev);
  if (device !== from.device && device.pseudo) skipped.pseudo++;
  else push(state, path, stats);
}

function deviceOf(state: Walk, path: FilePath, dev: number): Device {
  let device = state.devices.get(dev);
  if (device === undefined) {
    device = deviceFacts(path);
    state.devices.set(dev, device);
  }
  return device;
}

function deviceFacts(path: FilePath): Device {
  try {
    const { type } = statfsSync(path);
    return { pseudo: PSEUDO.has(type), timesTrusted: !UNTRUSTED.has(type) && !PSEUDO.has(type) };
  } catch {
    return { pseudo: false, timesTrusted: false };
  }
}

/** Files that were named themselves, by directory; those whose directory was walked have been seen. */
function* namedFiles(state: Walk, files: readonly string[]): Generator<WalkStep> {
  const byDirectory = Map.groupBy(new Set(files), dirname);
  for (const [directory, paths] of byDirectory) {
    const parent = locate(directory);
    if ('problem' in parent) yield parent;
    else if (!state.seen.has(`${parent.stats.dev}:${parent.stats.ino}`))
      yield* namedIn(
        state,
        directory,
        parent.stats,
        paths.map((path) => basename(path)),
      );
  }
}

function* namedIn(state: Walk, path: string, stats: Stats, names: readonly string[]): Generator<WalkStep> {
  const from: Pending = { path, id: '', device: deviceOf(state, path, stats.dev) };
  const groups = splitNames(names);
  for (const group of groups)
    for (const step of readPart(state, from, group, 0, 1))
      yield step.kind === 'files' ? { ...step, complete: false } : step;
}

function problemOf(path: FilePath, error: unknown): ProblemStep {
  const code = errorCode(error);
  return { kind: 'problem', path, problem: problemKind(code), code };
}

/** The system's name of an error; `UNKNOWN` for anything else that was thrown. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

function problemKind(code: string): ProblemStep['problem'] {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'vanished';
  return code === 'EACCES' || code === 'EPERM' ? 'unreadable' : 'failed';
}
