// Where this machine keeps its state (TOCSIN_HOME), and the only ways in which files there are written and
// read. Must not know what the files mean: each has an owner in a file of its own.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { syncDirectory } from '../lists/files.ts';
import { TocsinError } from '../protocol/errors.ts';

/** The rooms of the state directory, one owner each. */
export interface Home {
  readonly directory: string;
  /** Directory: machine key, certificate, pinned root, keys document (client/identity.ts). */
  readonly identity: string;
  /** Directory: list files named by digest, `lists.json` (client/list-store.ts). */
  readonly lists: string;
  /** File: allow and deny by the owner (client/overrides.ts). */
  readonly state: string;
  /** File: what the owner agreed to send (client/participation.ts). */
  readonly participation: string;
  /** File: inventory and answers of earlier scans, and the key it is sealed with (agent/cache.ts). */
  readonly cache: string;
  readonly cacheKey: string;
}

export const HOME_LIMITS = { maxSmallFile: 1 << 20 } as const;

/** A temporary file left by a killed process of the same number is overwritten; a link is not followed. */
const TEMPORARY = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** Modes: a directory that only its owner enters, a file that only its owner reads. */
export const PRIVATE_DIRECTORY = 0o700;
export const PRIVATE_FILE = 0o600;

/** Where the state is: TOCSIN_HOME, else /var/lib/tocsin for root, else the user's state directory (XDG). */
export function homeDirectory(
  env: Readonly<Record<string, string | undefined>>,
  uid: number | undefined,
  userHome: string,
): string {
  if (env['TOCSIN_HOME']) return env['TOCSIN_HOME'];
  if (uid === 0) return '/var/lib/tocsin';
  const state = env['XDG_STATE_HOME'];
  return join(state?.startsWith('/') ? state : join(userHome, '.local', 'state'), 'tocsin');
}

/** The places below `directory`; touches no disk. */
export function homeAt(directory: string): Home {
  return {
    directory,
    identity: join(directory, 'identity'),
    lists: join(directory, 'lists'),
    state: join(directory, 'state.db'),
    participation: join(directory, 'participation.json'),
    cache: join(directory, 'cache.db'),
    cacheKey: join(directory, 'cache.key'),
  };
}

/** The state directory of this process's user, from the environment; touches no disk. */
export function defaultHome(): Home {
  return homeAt(homeDirectory(process.env, process.getuid?.(), homedir()));
}

/**
 * Makes the state directory (0700) where it is absent. Throws `denied` where others may write in it (they
 * could plant lists and keys), `io` where it cannot be made.
 */
export function makeHome(home: Home): void {
  makePrivateDirectory(home.directory);
  const { mode } = statSync(home.directory);
  if ((mode & 0o022) !== 0)
    throw new TocsinError(
      'denied',
      'Cannot use the state directory (TOCSIN_HOME): others may write in it, want a directory of mode 0700',
    );
}

/** Makes a directory, and those above it, that only its owner enters. Throws `io`. */
export function makePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
    if (!statSync(path).isDirectory()) throw new Error('not a directory');
  } catch (cause) {
    throw new TocsinError(
      'io',
      `Cannot make a directory for state: ${reason(cause)}, want TOCSIN_HOME at a place where this user may write`,
      { cause },
    );
  }
}

/**
 * Writes a whole small file. On return the content and its name are on disk; killed before, the old content
 * stands untouched. Throws `io`.
 */
export function writeFileDurable(path: string, data: string | Uint8Array, mode: number = PRIVATE_FILE): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, TEMPORARY, mode);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new TocsinError('io', `Cannot write a state file: ${reason(cause)}, want a writable disk`, {
      cause,
    });
  }
}

/**
 * The content of a small file, or null where there is none. Throws `limit` beyond `maxBytes`, `io` where it
 * is there and cannot be read (a caller that guards consent must not take that for "absent").
 */
export function readSmallFile(path: string, maxBytes: number = HOME_LIMITS.maxSmallFile): Uint8Array | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(cause);
  }
  try {
    const { size } = fstatSync(file);
    if (size > maxBytes)
      throw new TocsinError(
        'limit',
        `Cannot read a state file: it has ${size} bytes, want ${maxBytes} at most`,
      );
    const bytes = Buffer.alloc(size);
    let at = 0;
    for (let n = 1; n > 0 && at < size; at += n) n = readSync(file, bytes, at, size - at, at);
    return bytes.subarray(0, at);
  } catch (cause) {
    throw cause instanceof TocsinError ? cause : unreadable(cause);
  } finally {
    closeSync(file);
  }
}

/** Removes a file; one that is not there is no error. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new TocsinError('io', `Cannot remove a state file: ${reason(cause)}, want a writable directory`, {
        cause,
      });
  }
}

function unreadable(cause: unknown): TocsinError {
  return new TocsinError('io', `Cannot read a state file: ${reason(cause)}, want a file of this user`, {
    cause,
  });
}

/** The system's code only: its message holds the path. */
function reason(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  return code ?? 'it is not usable';
}
