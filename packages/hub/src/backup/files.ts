// The files of a backup: which ones of the data directory belong in it (not the settings: those are the
// machine's, and name its own places), and holding on to them while the hub goes on and deletes segments that
// were replaced. Reads only.
import { closeSync, fstatSync, linkSync, mkdirSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Layout } from '../store/layout.ts';
import { BACKUP_FOLDERS } from './config.ts';
import { placeOf } from './manifest.ts';

/** A file that was there a moment ago is gone or shorter: the snapshot is too old for it. */
export class VanishedError extends Error {
  constructor(name: string) {
    super(`${name} is gone`);
    this.name = 'VanishedError';
  }
}

export interface BackupFile {
  /** Name in the backup, as "segments/<digest>.seg". */
  readonly name: string;
  /** Where its bytes are, for as long as the pins are held. */
  readonly path: string;
}

const READ_BYTES = 1024 * 1024;
/** Written and not yet renamed, by whoever: not part of anything. */
const UNFINISHED = /^\.|\.(tmp|part|half)(-[A-Za-z0-9]+)?$/;

/** All files that belong in a backup, by name. Throws 'format' for one whose name a backup cannot hold. */
export function listFiles(layout: Layout): readonly BackupFile[] {
  const files: BackupFile[] = [];
  const walk = (name: string): void => {
    const path = join(layout.directory, name);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const below = `${name}/${entry.name}`;
      if (UNFINISHED.test(entry.name)) continue;
      if (entry.isDirectory()) walk(below);
      else if (entry.isFile()) files.push({ name: below, path: join(path, entry.name) });
    }
  };
  for (const folder of BACKUP_FOLDERS) walk(folder);
  for (const { name } of files) {
    if (placeOf(name) === null) {
      throw new TocsinError(
        'format',
        `Cannot back up '${name.slice(0, 100)}': its name has other characters than A-Z a-z 0-9 . _ -, want it renamed or removed`,
      );
    }
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Holds on to `files` by links in `directory` (made here), so that they stay when the hub deletes them. Where a
 * disk has no links the file itself is used. Throws VanishedError for one that is gone already.
 */
export function pinFiles(files: readonly BackupFile[], directory: string): readonly BackupFile[] {
  mkdirSync(directory, { mode: 0o700 });
  return files.map((file, index) => {
    const path = join(directory, String(index));
    try {
      linkSync(file.path, path);
      return { name: file.name, path };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        throw new VanishedError(file.name);
      return file;
    }
  });
}

export function unpinFiles(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** A file's size now, and its bytes up to that size. */
export function openFile({ name, path }: BackupFile): {
  bytes: number;
  body: Generator<Buffer>;
  close(): void;
} {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new VanishedError(name);
    throw error;
  }
  const bytes = fstatSync(fd).size;
  const body = function* (): Generator<Buffer> {
    for (let left = bytes; left > 0; ) {
      const piece = Buffer.alloc(Math.min(READ_BYTES, left));
      const got = readSync(fd, piece, 0, piece.length, null);
      if (got === 0) throw new VanishedError(name);
      left -= got;
      yield piece.subarray(0, got);
    }
  };
  return { bytes, body: body(), close: () => closeSync(fd) };
}

/** Removes what killed processes left in `directory`: names that begin with `prefix` and a process id no longer alive. */
export function clearLeftovers(directory: string, prefix: string): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)-/.exec(name.slice(prefix.length))?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(directory, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
