// Reads postmaster.pid, by which PostgreSQL says that it runs on a cluster, and tells a living server of this
// cluster from a stale file whose process id now belongs to somebody else. Never trusts the file alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PidFile {
  readonly pid: number;
  readonly status: 'starting' | 'ready' | 'stopping' | 'unknown';
}

/** The file's content, or null where there is none (or one that PostgreSQL has not finished writing). */
export function readPidFile(cluster: string): PidFile | null {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'latin1').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const status = (lines[7] ?? '').trim();
  return {
    pid,
    status: status === 'ready' || status === 'starting' || status === 'stopping' ? status : 'unknown',
  };
}

/**
 * The name that a server of this cluster carries in its command line: the directory's own number, which stays
 * when the directory is moved or seen under another path.
 */
export function clusterName(cluster: string): string {
  const facts = statSync(cluster, { bigint: true });
  return `tocsin-${facts.dev.toString(36)}-${facts.ino.toString(36)}`;
}

/** True where `pid` lives and is a server of the cluster of this name. */
export function isServer(pid: number, name: string): boolean {
  const line = process.platform === 'linux' ? commandLine(pid) : psLine(pid);
  return line.includes(`cluster_name=${name}`);
}

function commandLine(pid: number): string {
  try {
    // Empty for a process that has ended and was not yet reaped.
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function psLine(pid: number): string {
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
}

/**
 * Makes stale lock files of an ended server harmless. PostgreSQL itself sees that a process is gone, but not that
 * its number was given to another; it ignores a file that names its own parent, so that is written there, and its
 * check of the old server's shared memory stays in force. A file cut short by a power failure is removed.
 */
export function disarmPidFiles(cluster: string, port: number): void {
  for (const name of ['postmaster.pid', `.s.PGSQL.${port}.lock`]) {
    const path = join(cluster, name);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'latin1');
    if (/^\d+\n/.test(text)) writeFileSync(path, text.replace(/^\d+/, String(process.pid)), 'latin1');
    else rmSync(path);
  }
}
