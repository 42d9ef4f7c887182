// Installs the peers that a bench measures against, from Debian, where they are absent. Never lets a package
// start its service: a bench starts its own daemons with its own settings and stops them.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { BenchContext } from './goals.ts';

export interface Peer {
  /** The program whose presence proves that the peer is there. */
  readonly program: string;
  readonly debianPackage: string;
}

export const CLAMD: Peer = { program: 'clamd', debianPackage: 'clamav-daemon' };
export const CLAMDSCAN: Peer = { program: 'clamdscan', debianPackage: 'clamdscan' };
export const DEBOOTSTRAP: Peer = { program: 'debootstrap', debianPackage: 'debootstrap' };

/** Debian's own switch: packages ask it before they start a service (invoke-rc.d(8)). */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';
const PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The path of an installed program, or null. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), ...PROGRAM_FOLDERS].filter(
    (path) => path !== '',
  );
  return folders.map((folder) => `${folder}/${name}`).find((path) => existsSync(path)) ?? null;
}

/** Makes sure that every peer is there; throws with the command to run by hand where that cannot be. */
export function installPeers(peers: readonly Peer[], context: BenchContext): void {
  const absent = peers.filter((peer) => findProgram(peer.program) === null);
  if (absent.length === 0) return;
  const packages = absent.map((peer) => peer.debianPackage);
  const byHand = `run 'apt-get install --no-install-recommends ${packages.join(' ')}' as root`;
  if (findProgram('apt-get') === null)
    throw new TocsinError('input', `Cannot install '${packages.join(' ')}': no apt-get here, want Debian`);
  if (process.getuid?.() !== 0)
    throw new TocsinError('denied', `Cannot install '${packages.join(' ')}': not root, want root; ${byHand}`);
  context.say(`installing ${packages.join(', ')}`);
  withoutServices(() => {
    aptGet(['update'], byHand);
    aptGet(['install', '-y', '--no-install-recommends', ...packages], byHand);
  });
}

function aptGet(words: readonly string[], byHand: string): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync('apt-get', ['-q', ...words], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status === 0) return;
  const reason = done.stderr.trim().split('\n').at(-1) ?? 'no reason given';
  throw new TocsinError('io', `Cannot run 'apt-get ${words[0]}': ${reason}, want it installed; ${byHand}`);
}

/** A policy that already stands there stays as it is: it is the owner's. */
function withoutServices(action: () => void): void {
  const ours = !existsSync(SERVICE_POLICY);
  if (ours) {
    writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n');
    chmodSync(SERVICE_POLICY, 0o755);
  }
  try {
    action();
  } finally {
    if (ours) rmSync(SERVICE_POLICY, { force: true });
  }
}
