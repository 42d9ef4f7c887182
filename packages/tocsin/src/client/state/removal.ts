// Takes a machine's state away for good: the keys first, so that nothing of the rest can be opened from then on,
// then every file that Tocsin made, and nothing else. Follows no link. Killed at any moment, it is simply run again:
// a mark says that this is a home of Tocsin until the last file is gone.
//
//   is it a home of Tocsin? ─► plan: keys, files, what is not ours ─► keys destroyed ─► files removed ─► directory
import type { Stats } from 'node:fs';
import { closeSync, constants, lstatSync, openSync, readdirSync, readSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TocsinError } from '../../protocol/errors.ts';
import { isJournalAside } from '../journal/aside.ts';
import type { Home } from './home.ts';
import { removeFile, writeFileDurable } from './home.ts';
import { destroyKeyFile, destroyRemnants } from './key-file.ts';
import { destroyLocalKey } from './local-key.ts';

export interface Removal {
  /** Files with a key in them, by their path below the home; destroyed before anything else. */
  readonly keys: readonly string[];
  /** The others. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** What lies there and is not ours, or is a link. */
  readonly left: readonly string[];
}

const DATABASE = '(?:-wal|-shm|-journal)?';
const TEMPORARY = '(?:\\.[0-9]+\\.tmp)?';

/** Names of what Tocsin makes, by directory below the home. Later rooms of `home.ts` are added here. */
const OWN: Readonly<Record<string, readonly RegExp[]>> = {
  lists: [
    new RegExp(`^lists\\.json${TEMPORARY}$`),
    /^[0-9a-f]{64}\.(?:seg|part|delta|coming)$/,
    /^[0-9]+-[0-9]+-[0-9]+\.part$/,
    new RegExp(`^lock\\.db${DATABASE}$`),
  ],
  '.': [
    new RegExp(
      `^(?:participation|participation\\.0\\.1|settings|terms|terms\\.accepted|policy)\\.json${TEMPORARY}$`,
    ),
    new RegExp(`^(?:settings\\.guard|group\\.secret)${TEMPORARY}$`),
    /^(?:consent|consent\.former|consent\.damaged|receipts|receipts\.former|erasures)\.log$/,
    new RegExp(`^consent\\.lock${DATABASE}$`),
    new RegExp(`^(?:spool|journal|cache|state)\\.db${DATABASE}$`),
  ],
};

/** Private keys in clear: destroyed as keys are. */
const REMNANT = '(?:\\.[0-9]+\\.(?:tmp|new|gone))*';
const IDENTITY = new RegExp(`^(?:identity|pending)\\.json${REMNANT}$`);
const KEYS = new RegExp(`^(?:local\\.key|local\\.key\\.cred|cache\\.key|spool\\.key)${REMNANT}$`);

/** Stands there while a removal is under way. */
const MARK = 'uninstall.pending';
const MARK_TEXT = 'application/vnd.tocsin.removal\n';

/** A database or its log: behind this, at byte 68, the magic of one of ours. */
const SQLITE = Buffer.from('SQLite format 3\0');
const MAGIC_AT = 68;
const MAGICS: ReadonlySet<string> = new Set(['TCSN', 'TCSJ', 'TCSS', 'Tocs']);
/** What stands in a text that a machine or its hub signed, in lists, and in texts of release 0.1.0. */
const SIGNS = [
  'application/vnd.tocsin.',
  'TOCSEG1\n',
  '"tocsin-lists"',
  '"machineId"',
  '"statementSha256"',
] as const;
const SIGN_BYTES = 65_536;
const KEY_BYTES = 32;

/**
 * What would go; null where nothing is there. Reads and changes nothing. Throws `denied` for a directory that is no
 * state directory of Tocsin, or another user's (`uid` is this one's).
 */
export function planRemoval(home: Home, uid: number | undefined): Removal | null {
  const stats = lstatSync(home.directory, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  // TOCSIN_HOME itself may be a link, made by who set it up; below it none is followed.
  const rows = [...listed(home.directory), ...inRoom(home, 'identity'), ...inRoom(home, 'lists')];
  if (rows.length === 0) return null;
  if (uid !== undefined && lstatSync(join(home.directory, '.')).uid !== uid)
    throw notOurs('it is of another user');
  if (!isHome(home, rows)) throw notOurs('nothing in it is known to be of Tocsin');
  const keys = rows.filter(({ path, stats: { isFile } }) => isFile && isKey(path));
  const files = rows.filter(({ path, stats: { isFile } }) => isFile && !isKey(path) && isOwn(path));
  const ours = new Set([...keys, ...files].map(({ path }) => path));
  return {
    keys: keys.map(({ path }) => path),
    files: files.map(({ path }) => path),
    bytes: [...keys, ...files].reduce((sum, { stats: { size } }) => sum + size, 0),
    left: rows.map(({ path }) => path).filter((path) => !ours.has(path) && !isRoom(home, path)),
  };
}

/**
 * Destroys the keys, then removes the files of the plan and the directories that are empty after that. `onStep` is
 * told `keys` when nothing can be opened any more, then each file that is gone. Throws `denied` for a link in the place of a key, `io`.
 */
export function removeState(home: Home, plan: Removal, onStep: (step: string) => void = () => {}): void {
  const mark = join(home.directory, MARK);
  setMark(mark);
  destroyLocalKey(home);
  destroyKeyFile(home.spoolKey);
  destroyRemnants(home.spoolKey);
  for (const path of plan.keys) destroyKeyFile(join(home.directory, path));
  onStep('keys');
  for (const path of plan.files.filter((name) => name !== MARK)) {
    removeFile(join(home.directory, path));
    onStep(path);
  }
  for (const directory of [home.lists, home.identity]) removeIfEmpty(directory);
  removeFile(mark);
  removeIfEmpty(home.directory);
}

/** A full disk is no reason to keep a key: without the mark, the files themselves tell whose home it is. */
function setMark(mark: string): void {
  try {
    writeFileDurable(mark, MARK_TEXT);
  } catch {
    // see above
  }
}

interface Row {
  /** Below the home. */
  readonly path: string;
  readonly stats: { readonly isFile: boolean; readonly isDirectory: boolean; readonly size: number };
}

function inRoom(home: Home, name: 'identity' | 'lists'): Row[] {
  const path = home[name];
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return listed(path).map((row) => ({ ...row, path: `${basename(path)}/${row.path}` }));
}

function listed(directory: string): Row[] {
  try {
    return readdirSync(directory).flatMap((path) => {
      const stats = lstatSync(join(directory, path), { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ path, stats: plain(stats) }];
    });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TocsinError(
      'io',
      `Cannot look at the state directory: the system says ${code}, want one of this user`,
      { cause },
    );
  }
}

function plain(stats: Stats): Row['stats'] {
  return { isFile: stats.isFile(), isDirectory: stats.isDirectory(), size: stats.size };
}

function isRoom(home: Home, path: string): boolean {
  const room = path === basename(home.identity) || path === basename(home.lists);
  return room && lstatSync(join(home.directory, path), { throwIfNoEntry: false })?.isDirectory() === true;
}

function isKey(path: string): boolean {
  return KEYS.test(path) || (path.startsWith('identity/') && IDENTITY.test(basename(path)));
}

function isOwn(path: string): boolean {
  if (isJournalAside(path) || path === MARK) return true;
  const [room, name] = path.includes('/') ? path.split('/', 2) : ['.', path];
  return OWN[room!]?.some((pattern) => pattern.test(name!)) ?? false;
}

function isHome(home: Home, rows: readonly Row[]): boolean {
  return rows.some(({ path, stats }) => stats.isFile && isSign(home, path, stats.size));
}

/** True for a file that only Tocsin makes, by its content. */
function isSign(home: Home, path: string, size: number): boolean {
  if (KEYS.test(path)) return path.includes('.cred') || size === KEY_BYTES || path.startsWith('spool');
  if (!isOwn(path) && !isKey(path)) return false;
  const head = headOf(join(home.directory, path));
  for (let at = head.indexOf(SQLITE); at >= 0; at = head.indexOf(SQLITE, at + 1))
    if (MAGICS.has(head.toString('latin1', at + MAGIC_AT, at + MAGIC_AT + 4))) return true;
  return SIGNS.some((sign) => head.includes(sign));
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(SIGN_BYTES);
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}

function removeIfEmpty(directory: string): void {
  try {
    if (lstatSync(directory).isDirectory()) rmdirSync(directory);
  } catch {
    // not empty, or gone: either is as it should be
  }
}

function notOurs(state: string): TocsinError {
  return new TocsinError(
    'denied',
    `Cannot remove the state directory (TOCSIN_HOME): ${state}, want the one that tocsin made for this user`,
  );
}
