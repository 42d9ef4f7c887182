// Where this machine keeps its state (TOCSIN_HOME), and the only ways in which files there are written and
// read. Must not know what the files mean: each has an owner in a file of its own.
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
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
import { syncDirectory } from '../../lists/files.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { causeWords } from '../../protocol/system-errors.ts';

/** The rooms of the state directory, one owner each. */
export interface Home {
  readonly directory: string;
  /** Directory: machine key, certificate, pinned root, keys document (client/channel/identity.ts). */
  readonly identity: string;
  /** Directory: list files named by digest, `lists.json` (client/lists/store.ts). */
  readonly lists: string;
  /** File: allow and deny by the owner (client/lookup/overrides.ts). */
  readonly state: string;
  /** File: what the owner agreed to send (client/participation.ts). */
  readonly participation: string;
  /** File: inventory and answers of earlier scans (agent/cache.ts). */
  readonly cache: string;
  /** File: the key of release 0.1.0; becomes `localKey` where it is found (client/state/local-key.ts). */
  readonly cacheKey: string;
  /** File: the key under which all local state is sealed, and the same sealed by the system (client/state/local-key.ts). */
  readonly localKey: string;
  readonly localKeySealed: string;
  /** File: everything that left, byte for byte (client/journal/journal.ts). */
  readonly journal: string;
  /** File: what waits to be sent, and its key of its own, destroyed at a withdrawal. */
  readonly spool: string;
  readonly spoolKey: string;
  /** File: every choice that was made, a signed record a line. */
  readonly consentLog: string;
  /** File: scope and receiver of what is sent, signed by this machine. */
  readonly settings: string;
  /** File: what the operator of the hub states of itself, signed by the hub. */
  readonly terms: string;
  /** File: what the hub asks of a managed machine, signed by the hub. */
  readonly policy: string;
  /** File: what the hub confirmed to have erased, a signed text a line. */
  readonly erasures: string;
  /** File: the secret of the hub's group, sealed (client/lookup/group-secret.ts). */
  readonly groupSecret: string;
}

export const HOME_LIMITS = { maxSmallFile: 1 << 20 } as const;

/** A temporary file left by a killed process of the same number is overwritten; a link is not followed. */
const TEMPORARY = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

const LOCK = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;

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
    localKey: join(directory, 'local.key'),
    localKeySealed: join(directory, 'local.key.cred'),
    journal: join(directory, 'journal.db'),
    spool: join(directory, 'spool.db'),
    spoolKey: join(directory, 'spool.key'),
    consentLog: join(directory, 'consent.log'),
    settings: join(directory, 'settings.json'),
    terms: join(directory, 'terms.json'),
    policy: join(directory, 'policy.json'),
    erasures: join(directory, 'erasures.log'),
    groupSecret: join(directory, 'group.secret'),
  };
}

/** The state directory of this process's user, from the environment; touches no disk. */
export function defaultHome(): Home {
  return homeAt(homeDirectory(process.env, process.getuid?.(), homedir()));
}

/**
 * Makes the state directory (0700) where it is absent; one that others may enter is closed to them. Throws `denied`
 * where others may write in it (they could have planted lists and keys) or it cannot be closed, `io` where it cannot be
 * made.
 */
export function makeHome(home: Home): void {
  makePrivateDirectory(home.directory);
  const { mode } = statSync(home.directory);
  if ((mode & 0o022) !== 0) throw open('others may write in it');
  if ((mode & 0o055) === 0) return;
  try {
    chmodSync(home.directory, PRIVATE_DIRECTORY);
  } catch (cause) {
    throw open(`others may enter it, and it cannot be closed to them: ${causeWords(cause, 'an own one')}`);
  }
}

function open(state: string): TocsinError {
  return new TocsinError(
    'denied',
    `Cannot use the state directory (TOCSIN_HOME): ${state}, want a directory of mode 0700`,
  );
}

/**
 * A file of no content for a lock, that only its owner opens: whoever may read it could hold it. Throws what the system
 * says.
 */
export function makeLockFile(path: string): void {
  const file = openSync(path, LOCK, PRIVATE_FILE);
  try {
    if ((fstatSync(file).mode & 0o077) !== 0) fchmodSync(file, PRIVATE_FILE);
  } finally {
    closeSync(file);
  }
}

/** Makes a directory, and those above it, that only its owner enters. Throws `io`. */
export function makePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY });
    if (!statSync(path).isDirectory()) throw new Error('not a directory');
  } catch (cause) {
    throw new TocsinError(
      'io',
      `Cannot make a directory for state: ${causeWords(cause, 'want TOCSIN_HOME at a place where this user may write')}`,
      { cause },
    );
  }
}

/** Opens with these flags, writes all of it, and has it on disk. Throws what the system throws. */
export function writeSynced(path: string, flags: number, bytes: Uint8Array, mode: number): void {
  const file = openSync(path, flags, mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
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
    writeSynced(temporary, TEMPORARY, bytes, mode);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new TocsinError('io', `Cannot write a state file: ${causeWords(cause, 'want a writable disk')}`, {
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
      throw new TocsinError(
        'io',
        `Cannot remove a state file: ${causeWords(cause, 'want a writable directory')}`,
        {
          cause,
        },
      );
  }
}

function unreadable(cause: unknown): TocsinError {
  return new TocsinError('io', `Cannot read a state file: ${causeWords(cause, 'want a file of this user')}`, {
    cause,
  });
}
