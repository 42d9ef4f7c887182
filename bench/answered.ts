// How many of the files that the package manager lists under /usr a machine answers by itself, once a list of what the
// distribution ships is there: made from its packages, not from this machine.
//
//   archives ─► packages ─► unpacked, hashed ─► import ─► hub ─► lists ─► agent ─► scan of /usr ─► of the files that dpkg
//                                                                                                  lists: answered, or why not
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorWords } from 'tocsin/protocol/errors.ts';
import { ANSWERED_BENCH } from './config.ts';
import type { InstalledPackage, KnownGood, Offers } from './distribution.ts';
import { hashDistribution, installedPackages, offersOf } from './distribution.ts';
import type { BenchContext } from './goals.ts';
import type { Cause } from './installed.ts';
import { CAUSES, causesFor, installedFiles } from './installed.ts';
import { joinMachine, runTocsin, runTocsinHub, startHub } from './own.ts';
import type { Table } from './table.ts';

export interface Answered {
  /** Of the files; null where it could not be measured. */
  readonly share: number | null;
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
}

/** Never throws but for Ctrl-C: what cannot be had is told in the notes. */
export async function measureAnswered(context: BenchContext): Promise<Answered> {
  try {
    return await measure(context);
  } catch (error) {
    context.signal.throwIfAborted();
    return {
      share: null,
      tables: [],
      notes: [`Not measured what is answered locally: ${errorWords(error)}`],
    };
  }
}

async function measure(context: BenchContext): Promise<Answered> {
  const { quick } = context;
  const all = await installedPackages(context);
  const packages = quick ? all.filter((_, i) => i % ANSWERED_BENCH.quickEvery === 0) : all;
  context.say(`asking the archives for ${packages.length} packages`);
  const offers = await offersOf(context, packages);
  if ([...offers.values()].every((versions) => versions.length === 0))
    return {
      share: null,
      tables: [],
      notes: ['Not measured what is answered locally: no archive of packages can be reached.'],
    };
  const list = await hashDistribution(context, packages, offers);
  const home = await machineWith(context, list);
  const files = installedFiles('/usr', new Set(packages.map(({ name }) => name)));
  context.say(`scanning /usr, in which dpkg lists ${files.size} files`);
  const words = ['scan', '/usr', '--json', '--offline'];
  const { out } = await runTocsin(home, { context, name: 'scan', words, statuses: [0, 1, 2] });
  return summary({ packages, offers, list, files, answers: await answersIn(out, files), quick });
}

async function machineWith(context: BenchContext, list: KnownGood): Promise<string> {
  const data = join(context.directory, 'hub');
  const says = ['--level', 'good', '--category', 'operating-system', '--source', 'distribution'];
  const words = ['import', 'hashes', list.path, '--data', data, ...says];
  await runTocsinHub({ context, name: 'hub-import', words });
  return await joinMachine(context, data, await startHub(context, data));
}

/** Path -> whether the lists answered, for each of `files` that the scan told of. */
async function answersIn(path: string, files: ReadonlyMap<string, string>): Promise<Map<string, boolean>> {
  const answers = new Map<string, boolean>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const row = JSON.parse(line) as { path?: string; answeredBy?: string };
    if (row.path !== undefined && files.has(row.path)) answers.set(row.path, row.answeredBy === 'list');
  }
  return answers;
}

interface Scanned {
  readonly packages: readonly InstalledPackage[];
  readonly offers: Offers;
  readonly list: KnownGood;
  readonly files: ReadonlyMap<string, string>;
  readonly answers: ReadonlyMap<string, boolean>;
  readonly quick: boolean;
}

function summary({ packages, offers, list, files, answers, quick }: Scanned): Answered {
  const causeOf = causesFor(files, packages, offers);
  const causes = new Map<Cause, number>();
  let answered = 0;
  for (const path of files.keys()) {
    if (answers.get(path) === true) answered++;
    else causes.set(causeOf(path), (causes.get(causeOf(path)) ?? 0) + 1);
  }
  const share = answered / files.size;
  const known = (cause: Cause): number => causes.get(cause) ?? 0;
  const comparable = files.size - known('foreign') - known('version');
  const sameVersion = (100 * answered) / comparable;
  return {
    share,
    tables: [
      {
        title: `Files that dpkg lists under /usr${quick ? ' (of some packages only)' : ''}, asked of a machine with the list of their distribution`,
        columns: ['files', 'number', '%'],
        rows: [
          ['answered by the lists', answered, 100 * share],
          ...Object.entries(CAUSES).map(
            ([cause, words]) =>
              [words, known(cause as Cause), (100 * known(cause as Cause)) / files.size] as const,
          ),
        ],
      },
    ],
    notes: [
      `The list: ${list.files} files of ${list.packages} packages, each version that the archives have now of a package that is installed here. Without the files of packages of which they have none, or another version, ${sameVersion.toFixed(2)} % are answered.`,
    ],
  };
}
