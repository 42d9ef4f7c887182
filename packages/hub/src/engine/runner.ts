// As whom PostgreSQL runs. It refuses root, so root gives it another user: a user namespace in which root's own
// files look like that user's, or, where the kernel refuses namespaces, a real switch of the user.
// Trust: in a namespace or as the hub's own user the cluster stays as private as the hub; after a switch, other
// processes of that user could signal it, but cannot reach its files (the data directory above is root's, 0700).
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { chownSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { never, TocsinError } from 'tocsin/protocol/errors.ts';
import { copyNative, type Native } from './native.ts';

/** How root is left; 'auto' takes the namespace where it works. No meaning for other users. */
export type RootWay = 'auto' | 'namespace' | 'setuid';

export type Runner =
  | { readonly kind: 'direct' }
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'setuid'; readonly uid: number; readonly gid: number };

/** Preferred for the engine, in this order; then whoever is in /etc/passwd (initdb wants a name). */
const ACCOUNTS = ['postgres', 'nobody'];
const COPY_PARENTS = ['/var/lib/tocsin-engine', '/usr/local/lib/tocsin-engine'];

/**
 * The runner for a cluster owned by `owner` (uid and gid; null before it exists). Throws 'engine' where root
 * finds no way, in words that say what to do.
 */
export function chooseRunner(way: RootWay, owner: { uid: number; gid: number } | null): Runner {
  if (process.geteuid?.() !== 0) return { kind: 'direct' };
  if (owner !== null && owner.uid !== 0 && way !== 'namespace') return { kind: 'setuid', ...owner };
  const account = serviceAccount();
  if (way !== 'setuid' && namespaceWorks(account)) return { kind: 'namespace', ...account };
  if (way === 'namespace' || process.platform !== 'linux') {
    throw new TocsinError(
      'engine',
      'Cannot start the database engine as root: user namespaces are refused here, want the hub run as another user or a server named by --database-url',
    );
  }
  return { kind: 'setuid', ...account };
}

function serviceAccount(): { uid: number; gid: number } {
  const rows = readFileSync('/etc/passwd', 'utf8').split('\n');
  const accounts = rows
    .map((row) => row.split(':'))
    .filter((row) => Number(row[2]) > 0 && Number(row[3]) > 0);
  const named = ACCOUNTS.map((name) => accounts.find((row) => row[0] === name));
  const row = [...named, accounts[0]].find((candidate) => candidate !== undefined);
  if (row === undefined) {
    throw new TocsinError(
      'engine',
      'Cannot start the database engine as root: /etc/passwd knows no other user, want one (as "nobody") or a server named by --database-url',
    );
  }
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

function namespaceWorks(account: { uid: number; gid: number }): boolean {
  return spawnSync('unshare', [...mapping(account), 'true'], { stdio: 'ignore' }).status === 0;
}

function mapping(account: { uid: number; gid: number }): string[] {
  return ['--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`, '--'];
}

/**
 * Starts `program` (a path) so. The working directory is entered before the user is switched: that is how a
 * switched user gets into a cluster below directories that only root may pass.
 */
export function runAs(
  runner: Runner,
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const settings = { ...options, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' } };
  switch (runner.kind) {
    case 'direct':
      return spawn(program, args, settings);
    case 'namespace':
      return spawn('unshare', [...mapping(runner), program, ...args], settings);
    case 'setuid':
      return spawn(program, args, { ...settings, uid: runner.uid, gid: runner.gid });
    default:
      return never(runner);
  }
}

/** The binaries where the runner's user can run them: where they are, else copied. */
export function reachableBy(
  runner: Runner,
  native: Native,
  parents: readonly string[] = COPY_PARENTS,
): Native {
  if (runner.kind !== 'setuid') return native;
  const trial = spawnSync(join(native.directory, 'bin', 'postgres'), ['--version'], {
    uid: runner.uid,
    gid: runner.gid,
    stdio: 'ignore',
  });
  return trial.status === 0 ? native : copyNative(native, parents);
}

/** Gives a stopped cluster to the user that its runner needs, when it belongs to another one. */
export function giveTo(runner: Runner, directory: string): void {
  if (runner.kind === 'direct') return;
  const uid = runner.kind === 'setuid' ? runner.uid : 0;
  const gid = runner.kind === 'setuid' ? runner.gid : 0;
  if (statSync(directory).uid === uid) return;
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(directory, name), uid, gid);
  }
  // The top last: its owner says that all below is done, should this be cut off.
  chownSync(directory, uid, gid);
}
