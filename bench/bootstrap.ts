// Another system of the distribution that runs here, as a fresh installation of it: made by debootstrap and its own apt in a
// directory of the bench. It runs in namespaces of its own for mounts and processes, so that whatever happens no mount and
// no daemon is left, and nothing of this system is changed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { BOOTSTRAP } from './config.ts';
import { outputOf } from './distribution.ts';
import type { BenchContext } from './goals.ts';
import { DEBOOTSTRAP, findProgram, installPeers } from './peers.ts';
import { measure } from './process.ts';

export interface Archive {
  readonly url: string;
  readonly suite: string;
}

/** The root of the new system. Throws where it cannot be made: not Debian, not root, no archive of its release. */
export async function bootstrap(context: BenchContext): Promise<string> {
  installPeers([DEBOOTSTRAP], context);
  const { url, suite } = await archiveHere(context);
  const root = join(context.directory, 'system');
  const packages = context.quick ? [] : BOOTSTRAP.packages;
  context.say(`installing another ${suite} from ${url}, with ${packages.length} packages and what they need`);
  const path = findProgram('unshare');
  if (path === null)
    throw new TocsinError('input', "Cannot make another system: no 'unshare' here, want util-linux");
  const alone = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  await measure({
    path,
    words: [...alone, 'sh', '-c', INSTALL, 'sh', root, suite, url, ...packages],
    // The folder that TMPDIR names here is not there inside.
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', TMPDIR: '/tmp' },
    directory: context.directory,
    name: 'bootstrap',
    signal: context.signal,
    // It holds SIGTERM back until its child is gone; with it goes all that runs in there.
    stopSignal: 'SIGKILL',
    statuses: [0],
  });
  return root;
}

/** No service is started: policy-rc.d says so to packages that ask, and lies in the new system only. */
const INSTALL = `set -e
root=$1; suite=$2; url=$3; shift 3
debootstrap --variant=minbase "$suite" "$root" "$url" >&2
test $# -gt 0 || exit 0
printf '#!/bin/sh\\nexit 101\\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
chroot "$root" apt-get -q update >&2
chroot "$root" apt-get -q -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io install "$@" >&2`;

/** The archive of this release among the sources of this system. */
async function archiveHere(context: BenchContext): Promise<Archive> {
  const text = readFileSync('/etc/os-release', 'utf8');
  const release = /^VERSION_CODENAME=(\S+)$/m.exec(text)?.[1] ?? '';
  const distribution = /^ID=(\S+)$/m.exec(text)?.[1] ?? '';
  const form = '$(CODENAME)\t$(ORIGIN)\t$(LABEL)\t$(COMPONENT)\t$(REPO_URI)';
  const words = ['indextargets', '--format', form, 'Created-By: Packages'];
  const archive = parseTargets(await outputOf(context, 'apt-get', words), release, distribution);
  if (archive !== null) return archive;
  throw new TocsinError(
    'not-found',
    `Cannot make another system: no archive of '${release}' among the sources of apt, want one`,
  );
}

/** The first whole archive of that release: what only has updates is labelled as such. */
export function parseTargets(text: string, release: string, distribution: string): Archive | null {
  for (const line of text.split('\n')) {
    const [codename, origin, label, component, url] = line.split('\t');
    const ours = origin === label && origin?.toLowerCase() === distribution.toLowerCase();
    if (url !== undefined && codename === release && ours && component === 'main')
      return { url, suite: release };
  }
  return null;
}
