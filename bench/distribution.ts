// The packages of the distribution that runs here, as its archives offer them now: fetched with apt-get into directories of
// the bench, unpacked one by one with dpkg-deb, hashed there. Nothing is read of the files that are installed, and nothing
// of the system is changed.
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { ANSWERED_BENCH } from './config.ts';
import type { BenchContext } from './goals.ts';
import { findProgram } from './peers.ts';
import { measure } from './process.ts';

export interface InstalledPackage {
  /** Without its architecture. */
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
}

/** Versions by name of the package. */
export type Offers = ReadonlyMap<string, readonly string[]>;

export interface KnownGood {
  /** One SHA-256 a line, in hex. */
  readonly path: string;
  readonly packages: number;
  readonly files: number;
}

const NEEDED = ['dpkg-query', 'dpkg-deb', 'apt-get', 'apt-cache', 'find', 'xargs', 'sha256sum'];

/** Those of the system below `root`. Throws `input` with the words why where this is no Debian system. */
export async function installedPackages(
  context: BenchContext,
  root: string,
): Promise<readonly InstalledPackage[]> {
  const absent = NEEDED.filter((name) => findProgram(name) === null);
  if (absent.length > 0)
    throw new TocsinError('input', `Cannot read the packages: no ${absent.join(', ')} here, want Debian`);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own
  const form = '${db:Status-Status}\t${Package}\t${Architecture}\t${Version}\n';
  const words = ['--admindir', join(root, 'var/lib/dpkg'), '-W', '-f', form];
  const text = await outputOf(context, 'dpkg-query', words);
  return text.split('\n').flatMap((line) => {
    const [status, name, architecture, version] = line.split('\t');
    if (status !== 'installed' || version === undefined) return [];
    return [{ name: name!, architecture: architecture!, version }];
  });
}

/** What the archives of this system's sources offer, as of now. */
export async function offersOf(
  context: BenchContext,
  packages: readonly InstalledPackage[],
): Promise<Offers> {
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(context.directory, 'apt', part), { recursive: true });
  await run(context, 'apt-get', [...aptOptions(context), 'update']);
  const names = new Set(packages.map(({ name }) => name));
  return parsePolicy(await outputOf(context, 'apt-cache', [...aptOptions(context), 'policy', ...names]));
}

/** `apt-cache policy` -> the versions that an archive has; those that are only installed are left out. */
export function parsePolicy(text: string): Offers {
  const offers = new Map<string, string[]>();
  let name = '';
  let version = '';
  for (const line of text.split('\n')) {
    const packageName = /^([a-z0-9][a-z0-9+.-]+)(?::[a-z0-9-]+)?:$/.exec(line)?.[1];
    const listed = /^ (?: {4}|\*\*\* )(\S+) -?\d+$/.exec(line)?.[1];
    if (packageName !== undefined) {
      name = packageName;
      offers.set(name, []);
    } else if (listed !== undefined) version = listed;
    else if (/^ {8,} *-?\d+ [a-z+]+:\/\//.test(line) && !offers.get(name)?.includes(version))
      offers.get(name)?.push(version);
  }
  return offers;
}

/** Fetches, unpacks and hashes every version that is offered of the packages. */
export async function hashDistribution(
  context: BenchContext,
  packages: readonly InstalledPackage[],
  offers: Offers,
): Promise<KnownGood> {
  const path = join(context.directory, 'known-good.txt');
  const each = packages.flatMap(({ name, architecture }) =>
    (offers.get(name) ?? []).map((version) =>
      architecture === 'all' ? `${name}=${version}` : `${name}:${architecture}=${version}`,
    ),
  );
  const wanted = [...new Set(each)];
  let files = 0;
  for (let done = 0; done < wanted.length; done += ANSWERED_BENCH.packagesAtOnce) {
    context.say(`fetching, unpacking and hashing packages: ${done} of ${wanted.length}`);
    const some = wanted.slice(done, done + ANSWERED_BENCH.packagesAtOnce);
    const digests = await hashPackages(context, some);
    appendFileSync(path, digests.map((digest) => `${digest}\n`).join(''));
    files += digests.length;
  }
  return { path, packages: wanted.length, files };
}

/** One package at a time is unpacked: packages that divert each other's files would overwrite them in one root. */
const UNPACK = `set -e
cd "$1"
for deb in *.deb; do
  mkdir root
  dpkg-deb -x "$deb" root
  find root -type f -print0 | xargs -0 -r sha256sum
  rm -rf root "$deb"
done`;

async function hashPackages(context: BenchContext, packages: readonly string[]): Promise<string[]> {
  const place = join(context.directory, 'packages');
  mkdirSync(place, { recursive: true });
  const fetch = 'cd "$1" && shift && exec apt-get "$@"';
  const words = [...aptOptions(context), '-q', 'download', ...packages];
  await run(context, 'sh', ['-c', fetch, 'sh', place, ...words]);
  const text = await outputOf(context, 'sh', ['-c', UNPACK, 'sh', place]);
  // A name with a backslash or a line end in it has a backslash before its line.
  return text.split('\n').flatMap((line) => /^\\?([0-9a-f]{64}) /.exec(line)?.[1] ?? []);
}

/** Lists and cache of apt in the bench's directory; an archive that cannot be reached is given up soon. */
function aptOptions({ directory }: BenchContext): string[] {
  const options = {
    'Dir::State::lists': join(directory, 'apt', 'lists'),
    'Dir::Cache': join(directory, 'apt', 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** What a program of the system says. */
export async function outputOf(
  context: BenchContext,
  program: string,
  words: readonly string[],
): Promise<string> {
  return readFileSync((await run(context, program, words)).out, 'utf8');
}

function run({ directory, signal }: BenchContext, program: string, words: readonly string[]) {
  const path = findProgram(program);
  if (path === null) throw new TocsinError('input', `Cannot run '${program}': it is not here, want Debian`);
  const env = { LC_ALL: 'C' };
  return measure({ path, words, env, directory, signal, name: program, statuses: [0] });
}
