// Makes a cluster (PostgreSQL's word for its data directory) once: complete or absent, never half. It must not
// touch a cluster that exists, other than to refuse one of another major version.
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { Layout } from '../store/layout.ts';
import { ENGINE_LIMITS, ENGINE_USER } from './config.ts';
import type { Native } from './native.ts';
import { type Runner, runAs } from './runner.ts';

/** Whose the cluster is, or null where there is none yet. */
export function clusterOwner(layout: Layout): { uid: number; gid: number } | null {
  if (!existsSync(join(layout.postgres, 'PG_VERSION'))) return null;
  const facts = statSync(layout.postgres);
  return { uid: facts.uid, gid: facts.gid };
}

/** Throws 'format' where the cluster was written by another major version than `native`. */
export function checkClusterVersion(layout: Layout, native: Native): void {
  const written = readFileSync(join(layout.postgres, 'PG_VERSION'), 'utf8').trim();
  const carried = native.version.split('.')[0];
  if (written === carried) return;
  throw new TocsinError(
    'format',
    `Cannot open the hub's records: they were written by PostgreSQL ${written}, this hub carries ${carried}; want a backup made by the old release restored by this one`,
  );
}

/**
 * Makes the cluster; durable on return. Access is by the socket alone, whose directory is the owner's (0700):
 * who can reach it is the owner or root already, so no password is asked.
 */
export async function createCluster(layout: Layout, native: Native, runner: Runner): Promise<void> {
  clearLeftovers(layout);
  const half = mkdtempSync(join(layout.tmp, 'cluster-'));
  try {
    if (runner.kind === 'setuid') chownSync(half, runner.uid, runner.gid);
    await initdb(half, native, runner);
    renameSync(half, layout.postgres);
    syncDirectory(layout.directory);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    throw error;
  }
}

/** Of runs that were killed; only called under the engine's lock. */
function clearLeftovers(layout: Layout): void {
  for (const name of readdirSync(layout.tmp)) {
    if (name.startsWith('cluster-')) rmSync(join(layout.tmp, name), { recursive: true, force: true });
  }
}

async function initdb(directory: string, native: Native, runner: Runner): Promise<void> {
  const program = join(native.directory, 'bin', 'initdb');
  // initdb has everything on disk before it ends; one sync of the file system is far quicker than a thousand files.
  const sync = process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
  const args = ['-D', here(directory), '-U', ENGINE_USER, '--auth=trust', '--encoding=UTF8', '--locale=C'];
  const child = runAs(runner, program, [...args, ...sync, '--no-instructions'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: ENGINE_LIMITS.initMs,
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2000);
  });
  const status = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? '' : (signal ?? `exit status ${code}`)));
  });
  if (status === '') return;
  const why = words.split('\n').find((line) => line.trim() !== '') ?? status;
  throw new TocsinError(
    'engine',
    `Cannot make the hub's record store: initdb says "${why.trim()}" (${status})`,
  );
}

/**
 * The cluster's path as the server itself is told it. On Linux it is "where you stand": a path that holds whatever
 * the user may pass above it, and never longer than a socket's path may be.
 */
export function here(directory: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : directory;
}
