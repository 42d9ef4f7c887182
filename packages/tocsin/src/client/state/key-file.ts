// Files that hold a key: made complete or not at all, also by two processes at once, and destroyed so that neither
// a reader nor a killed process takes half a key for one. Must not know what a key is for.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from '../../lists/files.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { PRIVATE_FILE, readSmallFile, removeFile, writeSynced } from './home.ts';

export const KEY_FILE_LIMITS = { maxBytes: 16_384 } as const;

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const OVERWRITE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a killed process leaves beside the file `name`: written and not yet named, or renamed and not yet gone. */
const REMNANT = /^(?:\.\d+\.(?:new|gone))+$/;

/**
 * The content; null where there is none, or where it is being destroyed right now. Throws `io` where it cannot be
 * read, `limit` where it is longer than any key, `denied` for a link: what it leads to could not be destroyed.
 */
export function readKeyFile(path: string): Uint8Array | null {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw notOfItsOwn('use');
  const bytes = readSmallFile(path, KEY_FILE_LIMITS.maxBytes);
  return bytes === null || (bytes.length > 0 && bytes.every((byte) => byte === 0)) ? null : bytes;
}

/** Makes the file, 0600, durable on return; false where one was there before, which stands. Throws `io`. */
export function createKeyFile(path: string, bytes: Uint8Array): boolean {
  const temporary = `${path}.${process.pid}.new`;
  removeFile(temporary); // of a killed process of the same number; it may be another name of the key: not overwritten
  try {
    writeSynced(temporary, NEW, bytes, PRIVATE_FILE);
    const made = linked(temporary, path);
    if (made) unlinkSync(temporary);
    else destroyKeyFile(temporary);
    syncDirectory(dirname(path));
    return made;
  } catch (cause) {
    if (cause instanceof TocsinError) throw cause;
    throw failed('make', cause);
  }
}

/**
 * Overwrites the content, then removes the file; durable on return, false where there was none. From the first
 * moment on nobody finds it under its name. A copy that the disk or a backup keeps is out of reach. Throws `denied`
 * for what is no file of its own (a link is never followed), `io`.
 */
export function destroyKeyFile(path: string): boolean {
  const gone = path.endsWith('.gone') ? path : `${path}.${process.pid}.gone`;
  try {
    const file = openSync(path, OVERWRITE);
    try {
      const { size } = plainFile(fstatSync(file));
      if (gone !== path) renameSync(path, gone);
      for (let at = 0; at < size; ) at += writeSync(file, new Uint8Array(size - at), 0, size - at, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    removeFile(gone);
    syncDirectory(dirname(path));
    return true;
  } catch (cause) {
    if (cause instanceof TocsinError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'ELOOP' || code === 'EISDIR') throw notOfItsOwn('destroy');
    throw failed('destroy', cause);
  }
}

/** Destroys what killed processes left of the file; the number of them. The file itself must be gone before. */
export function destroyRemnants(path: string): number {
  const directory = dirname(path);
  const name = basename(path);
  let destroyed = 0;
  for (const entry of readdirSync(directory))
    if (entry.startsWith(name) && REMNANT.test(entry.slice(name.length)))
      if (destroyKeyFile(join(directory, entry))) destroyed++;
  return destroyed;
}

/** Gives the file its name where that is free. One that is gone meanwhile was swept away: somebody else's stands. */
function linked(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw cause;
  }
}

function plainFile(stats: { isFile(): boolean; size: number }): { size: number } {
  if (!stats.isFile()) throw notOfItsOwn('destroy');
  return stats;
}

function notOfItsOwn(verb: string): TocsinError {
  return new TocsinError(
    'denied',
    `Cannot ${verb} a key: there is a link or directory in its place, want the file that was made here`,
  );
}

function failed(verb: string, cause: unknown): TocsinError {
  const { code } = cause as NodeJS.ErrnoException;
  return new TocsinError('io', `Cannot ${verb} a key: the system says ${code}, want a writable disk`, {
    cause,
  });
}
