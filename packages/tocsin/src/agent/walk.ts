// The walk: each directory below the given paths once, with the facts of its regular files where they are wanted.
// It follows no symbolic link below an argument, enters no pseudo file system that was not named, opens no file.
import type { Stats } from 'node:fs';
import { Dirent, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { WALK_LIMITS } from './config.ts';
import type { Device } from './device.ts';
import { deviceAt } from './device.ts';
import type { FilePath } from './file-path.ts';
import { filePath, joinPath, nameKey, pathHash } from './file-path.ts';

/** Facts of a file stand four in a row: inode, size, modification and change time (ms). */
export const FACTS = 4;
/** Where among them the size stands. */
export const SIZE = 1;

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
  /** `FACTS` numbers a file, in the order of `names`; null where nobody wanted them, and no file was looked at. */
  readonly facts: Float64Array | null;
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
/** True where the facts of the files of this part are wanted; asked at most once a part, right before its step. */
export type WantsFacts = (directory: FilePath, part: number) => boolean;
export type Walker = (paths: readonly string[], wantsFacts: WantsFacts) => Iterable<WalkStep>;

interface Pending {
  readonly path: FilePath;
  readonly id: string;
  readonly device: Device;
}

interface Walk {
  readonly seen: Set<string>;
  readonly devices: Map<number, Device>;
  readonly stack: Pending[];
  readonly wantsFacts: WantsFacts;
}

/** A name, or a name with what the directory says it is. */
type Entry = FilePath | Dirent;

/** The entries of one part of a directory. */
interface Part {
  readonly entries: readonly Entry[];
  readonly part: number;
  readonly parts: number;
  readonly wantsFacts: boolean;
}

/**
 * Walks `paths` (made absolute; an argument that is a symbolic link is followed). Each directory is read once,
 * by device and inode, whatever loops and overlaps there are; files named themselves come last, and only where
 * their directory was not read. Synchronous: the caller takes a turn of the event loop between two steps.
 * Never throws for what it meets: problems are steps. Where no facts are wanted, only directories are looked at.
 */
export function* walk(paths: readonly string[], wantsFacts: WantsFacts = () => true): Generator<WalkStep> {
  const state: Walk = { seen: new Set(), devices: new Map(), stack: [], wantsFacts };
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
    let wantsFacts = state.wantsFacts(next.path, 0);
    let entries: readonly Entry[];
    try {
      entries = readEntries(next.path, !wantsFacts);
    } catch (error) {
      yield problemOf(next.path, error);
      continue;
    }
    state.seen.add(next.id);
    const groups = splitEntries(entries);
    for (let part = 0; part < groups.length; part++) {
      if (part > 0) wantsFacts = state.wantsFacts(next.path, part);
      yield* readPart(state, next, { entries: groups[part]!, part, parts: groups.length, wantsFacts });
    }
  }
}

function readEntries(path: FilePath, typed: boolean): readonly Entry[] {
  return (typed ? readTyped(path) : null) ?? readNames(path);
}

/**
 * Null where the names alone must do: one of them is no UTF-8, or the reading failed. Where a file system tells no
 * types, Node looks at each name, and that can fail for one that has just vanished.
 */
function readTyped(path: FilePath): readonly Dirent[] | null {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.some(({ name }) => name.includes('\ufffd')) ? null : entries;
  } catch {
    return null;
  }
}

/** Names as text; where one of them is no UTF-8, the directory is read again as bytes. */
function readNames(path: FilePath): readonly FilePath[] {
  const names = readdirSync(path);
  if (!names.some((name) => name.includes('\ufffd'))) return names;
  return readdirSync(path, { encoding: 'buffer' }).map((name) => filePath(Buffer.from(name)));
}

function splitEntries(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  if (entries.length <= WALK_LIMITS.maxEntriesPerPart) return [entries];
  let parts = 2;
  while (parts * (WALK_LIMITS.maxEntriesPerPart / 2) < entries.length) parts *= 2;
  const groups: Entry[][] = Array.from({ length: parts }, () => []);
  for (const entry of entries) groups[pathHash(nameKey(nameOf(entry))) & (parts - 1)]!.push(entry);
  return groups;
}

function nameOf(entry: Entry): FilePath {
  return entry instanceof Dirent ? entry.name : entry;
}

function* readPart(state: Walk, from: Pending, given: Part): Generator<WalkStep> {
  const { entries, part, parts } = given;
  const looks = given.wantsFacts || !(entries[0] instanceof Dirent);
  const names: FilePath[] = [];
  const directories: FilePath[] = [];
  const facts = looks ? new Float64Array(entries.length * FACTS) : null;
  const skipped: Skipped = { symlinks: 0, special: 0, pseudo: 0 };
  const problems: ProblemStep[] = [];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    const name = nameOf(entry);
    if (!looks && entry instanceof Dirent && entry.isFile()) {
      names.push(name);
      continue;
    }
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
  if (problems.length > 0) yield* problems;
  const { path: directory, device } = from;
  yield {
    kind: 'files',
    directory,
    part,
    parts,
    complete: true,
    names,
    facts: facts?.subarray(0, names.length * FACTS) ?? null,
    directories,
    timesTrusted: device.timesTrusted,
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

function writeFacts(facts: Float64Array | null, row: number, stats: Stats): void {
  if (facts === null) return;
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
    device = deviceAt(path);
    state.devices.set(dev, device);
  }
  return device;
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
  for (const entries of splitEntries(names))
    for (const step of readPart(state, from, { entries, part: 0, parts: 1, wantsFacts: true }))
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
