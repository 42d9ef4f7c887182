// How many of the files that the package manager lists under /usr a machine answers by itself, once a list of what the
// distribution ships is there: made from its packages, not from what is scanned. Two systems are: the one that runs here,
// whatever was installed into it, and a fresh installation of the distribution (bootstrap.ts).
//
//   archives ─► packages ─► unpacked, hashed ─► import ─► hub ─► lists ─► agent ─► scan of /usr ─► of the files that dpkg
//                                                                                                  lists: answered, or why not
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorWords } from 'tocsin/protocol/errors.ts';
import { bootstrap } from './bootstrap.ts';
import { ANSWERED_BENCH } from './config.ts';
import type { KnownGood, Offers } from './distribution.ts';
import { hashDistribution, installedPackages, offersOf } from './distribution.ts';
import type { BenchContext } from './goals.ts';
import type { Cause, InstalledFiles, System } from './installed.ts';
import { CAUSES, causesFor, installedFiles } from './installed.ts';
import { joinMachine, runTocsin, runTocsinHub, startHub } from './own.ts';
import type { Table } from './table.ts';

/** Shares of files; null where it could not be measured. */
export interface Answered {
  readonly here: number | null;
  readonly distribution: number | null;
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
}

/** Never throws but for Ctrl-C: what cannot be had is told in the notes. */
export async function measureAnswered(context: BenchContext): Promise<Answered> {
  try {
    return await measure(context);
  } catch (error) {
    context.signal.throwIfAborted();
    const notes = [`Not measured what is answered locally: ${errorWords(error)}`];
    return { here: null, distribution: null, tables: [], notes };
  }
}

interface Named extends System {
  /** In the words of the table, and of files. */
  readonly title: string;
  readonly name: string;
}

async function measure(context: BenchContext): Promise<Answered> {
  const all = await installedPackages(context, '/');
  const every = context.quick ? ANSWERED_BENCH.quickEvery : 1;
  const packages = all.filter((_, i) => i % every === 0);
  const some = context.quick ? ' (of some packages only)' : '';
  const here: Named = { title: `this machine${some}`, name: 'here', root: '/', packages };
  const { system: fresh, notes } = await freshSystem(context);
  const systems = fresh === null ? [here] : [here, fresh];
  const listed = systems.flatMap((system) => system.packages);
  context.say(`asking the archives for ${listed.length} packages`);
  const offers = await offersOf(context, listed);
  if ([...offers.values()].every((versions) => versions.length === 0)) {
    const none = 'Not measured what is answered locally: no archive of packages can be reached.';
    return { here: null, distribution: null, tables: [], notes: [...notes, none] };
  }
  const list = await hashDistribution(context, listed, offers);
  const home = await machineWith(context, list);
  const results: Result[] = [];
  for (const system of systems) results.push(await ask(context, home, system, offers));
  return {
    here: results[0]!.share,
    distribution: results[1]?.share ?? null,
    tables: results.map(({ table }) => table),
    notes: [
      ...notes,
      `The list: ${list.files} files of ${list.packages} packages, each version that the archives have now of a package that is installed in one of the systems, fetched and unpacked for it alone.`,
      ...results.map(({ note }) => note),
    ],
  };
}

async function freshSystem(
  context: BenchContext,
): Promise<{ readonly system: Named | null; readonly notes: readonly string[] }> {
  try {
    const root = await bootstrap(context);
    const packages = await installedPackages(context, root);
    const title = `a fresh installation of the distribution${context.quick ? ' (the least of it)' : ''}`;
    return { system: { title, name: 'fresh', root, packages }, notes: [] };
  } catch (error) {
    context.signal.throwIfAborted();
    const notes = [`Not measured what is answered of a fresh installation: ${errorWords(error)}`];
    return { system: null, notes };
  }
}

async function machineWith(context: BenchContext, list: KnownGood): Promise<string> {
  const data = join(context.directory, 'hub');
  const says = ['--level', 'good', '--category', 'operating-system', '--source', 'distribution'];
  const words = ['import', 'hashes', list.path, '--data', data, ...says];
  await runTocsinHub({ context, name: 'hub-import', words });
  return await joinMachine(context, data, await startHub(context, data));
}

interface Result {
  readonly share: number;
  readonly table: Table;
  readonly note: string;
}

/** The same machine is asked of both: it scans the other system from outside. */
async function ask(context: BenchContext, home: string, system: Named, offers: Offers): Promise<Result> {
  const files = installedFiles(system, '/usr');
  context.say(`scanning /usr of ${system.title}, in which dpkg lists ${files.size} files`);
  const words = ['scan', join(system.root, 'usr'), '--json', '--offline'];
  const { out } = await runTocsin(home, { context, name: `scan-${system.name}`, words, statuses: [0, 1, 2] });
  return summary(system, files, await answersIn(out, system, files), offers);
}

/** Path -> whether the lists answered, for each of `files` that the scan told of. */
async function answersIn(
  path: string,
  { root }: System,
  files: InstalledFiles,
): Promise<ReadonlyMap<string, boolean>> {
  const answers = new Map<string, boolean>();
  const before = root === '/' ? '' : root;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const row = JSON.parse(line) as { path?: string; answeredBy?: string };
    if (row.path === undefined || !row.path.startsWith(before)) continue;
    const inside = row.path.slice(before.length);
    if (files.has(inside)) answers.set(inside, row.answeredBy === 'list');
  }
  return answers;
}

function summary(
  system: Named,
  files: InstalledFiles,
  answers: ReadonlyMap<string, boolean>,
  offers: Offers,
): Result {
  const causeOf = causesFor(system, files, offers);
  const causes = new Map<Cause, number>();
  let answered = 0;
  for (const path of files.keys()) {
    if (answers.get(path) === true) answered++;
    else causes.set(causeOf(path), (causes.get(causeOf(path)) ?? 0) + 1);
  }
  const known = (cause: Cause): number => causes.get(cause) ?? 0;
  const comparable = files.size - known('foreign') - known('version');
  const sameVersion = ((100 * answered) / comparable).toFixed(2);
  return {
    share: answered / files.size,
    table: {
      title: `Files that dpkg lists under /usr of ${system.title}, asked of a machine with the list of the distribution`,
      columns: ['files', 'number', '%'],
      rows: [
        ['answered by the lists', answered, (100 * answered) / files.size],
        ...Object.entries(CAUSES).map(
          ([cause, words]) =>
            [words, known(cause as Cause), (100 * known(cause as Cause)) / files.size] as const,
        ),
      ],
    },
    note: `Of ${system.title}: ${system.packages.length} packages; without the files of those of which the archives have none, or another version, ${sameVersion} % are answered.`,
  };
}
