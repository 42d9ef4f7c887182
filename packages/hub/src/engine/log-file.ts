// The engine's log, bounded: PostgreSQL appends to it for years, so it is moved aside when it has grown.
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { ENGINE_LIMITS } from './config.ts';

const TAIL_BYTES = 64 * 1024;

/**
 * Opens the log for appending (0600). The caller closes it. Links are not followed: root may run on a directory that
 * is another user's. Throws 'io'.
 */
export function openLog(path: string): { fd: number; size: number } {
  boundLog(path);
  try {
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
    const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    return { fd, size: fstatSync(fd).size };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    throw new TocsinError(
      'io',
      `Cannot open postgres.log: the system says ${code}, want a file that can be written`,
      { cause },
    );
  }
}

/**
 * Moves a log beyond its limit to `<path>.1` and begins it anew. The server keeps its descriptor and appends to
 * the same file; the few lines it writes in between may be lost.
 */
export function boundLog(path: string): void {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined || !facts.isFile() || facts.size <= ENGINE_LIMITS.logBytes) return;
  rmSync(`${path}.1`, { force: true });
  copyFileSync(path, `${path}.1`, constants.COPYFILE_EXCL);
  truncateSync(path, 0);
}

/** What was logged from byte `start` on (the last 64 KiB of it). */
export function logSince(path: string, start: number): string {
  const size = statSync(path).size;
  const from = Math.max(start, size - TAIL_BYTES, 0);
  const bytes = Buffer.alloc(Math.max(size - from, 0));
  const fd = openSync(path, 'r');
  try {
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, from));
  } finally {
    closeSync(fd);
  }
}

/** The line by which a server says why it gave up, without its time stamp; null where there is none. */
export function fatalLine(log: string): string | null {
  const lines = log
    .split('\n')
    .filter((line) => line.trim() !== '' && !/ (LOG|WARNING|HINT|DETAIL): /.test(line));
  const line = lines.find((each) => /(FATAL|PANIC): /.test(each)) ?? lines[0];
  return line?.replace(/^.*?(FATAL|PANIC): +/, '').trim() ?? null;
}
