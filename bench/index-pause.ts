// How long look-ups by whole keys stand still while the published lists change: part of `bench index`. What answers is the
// hub's own (PublishedLists, KnownObjects, its index and the thread that makes it) over real list files; only the records
// that name the files of a revision are rows in memory here.
//
//   turn: so many look-ups, then whatever waits (news of lists, tables that are made) ─► the longest time from turn to turn
//         within each change ─► the median of these, and the longest of all
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { KEY_KINDS } from 'tocsin/protocol/kinds.ts';
import type { ListRole } from 'tocsin/protocol/lookup.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { PublishedLists } from '../packages/hub/src/lists/published.ts';
import { IndexMaker } from '../packages/hub/src/lookup/index-maker.ts';
import { KnownObjects } from '../packages/hub/src/lookup/known.ts';
import { listPath } from '../packages/hub/src/store/artifacts.ts';
import type { Queries } from '../packages/hub/src/store/database.ts';
import { layoutOf } from '../packages/hub/src/store/layout.ts';
import { PAUSE_BENCH } from './config.ts';
import type { BenchContext } from './goals.ts';
import { seededRandom } from './random.ts';
import type { MadeSegment } from './segment.ts';
import { makeSegment } from './segment.ts';
import type { Table } from './table.ts';
import { median } from './table.ts';

const KEY = 32;
const KIND = 'file-sha256';
const NOTHING = 'nothing';

export interface BaseList {
  readonly rows: number;
  readonly classes: number;
}

/** What changes while it is asked, and the longest pause within each change, milliseconds. */
export interface Pauses {
  readonly base: BaseList;
  readonly name: string;
  readonly changes: number;
  readonly median: number;
  readonly longest: number;
}

/** The loop of look-ups. */
class Turns {
  readonly #known: KnownObjects;
  readonly #keys = seededRandom('tocsin-bench-pause-asked').bytes(PAUSE_BENCH.keysATurn * KEY);
  readonly #ended: Promise<void>;
  #going = true;
  #longest = 0;

  constructor(known: KnownObjects) {
    this.#known = known;
    this.#ended = this.#run();
  }

  /** The longest pause while `change` is at work and for a moment after it. */
  async during(change: () => Promise<unknown>): Promise<number> {
    await sleep(PAUSE_BENCH.settleMs);
    this.#longest = 0;
    await change();
    await sleep(PAUSE_BENCH.settleMs);
    return this.#longest;
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#ended;
  }

  async #run(): Promise<void> {
    for (let last = performance.now(); this.#going; ) {
      this.#known.findMany(KIND, this.#keys, PAUSE_BENCH.keysATurn, () => {});
      await nextTurn();
      const now = performance.now();
      this.#longest = Math.max(this.#longest, now - last);
      last = now;
    }
  }
}

/** Published lists whose records are rows here. */
class Records {
  readonly #lists = new Map<ListRole, MadeSegment>();
  #revision = 0;
  readonly db = { query: async () => this.#rows() } as unknown as Queries;

  name(role: ListRole, file: MadeSegment): void {
    this.#lists.set(role, file);
    this.#revision++;
  }

  #rows(): object[] {
    const { code: kind } = KEY_KINDS[KIND];
    return [...this.#lists].map(([role, file]) => ({ revision: this.#revision, role, ...file, kind }));
  }
}

export async function measureAllPauses(
  context: BenchContext,
  bases: readonly BaseList[],
): Promise<readonly Pauses[]> {
  const measured: Pauses[] = [];
  for (const base of bases) {
    context.say(`look-ups while lists change, with ${base.rows} objects of ${base.classes} classes`);
    measured.push(...(await measurePauses(context, base)));
  }
  return measured;
}

/** With a base list of this size. */
async function measurePauses(context: BenchContext, base: BaseList): Promise<readonly Pauses[]> {
  const layout = layoutOf(join(context.directory, 'pauses'));
  mkdirSync(layout.lists, { recursive: true });
  try {
    const files = makeFiles(context, layout.lists, base);
    const records = new Records();
    records.name('malicious', files.bases[0]!);
    records.name('changes', files.few[0]!);
    const lists = await PublishedLists.open(records.db, layout);
    const pathOf = (digest: string): string => listPath(layout, digest);
    const source = new IndexMaker({ pathOf, random: systemWorld.random });
    const known = new KnownObjects({ lists, source, pathOf, log: context.say });
    const turns = new Turns(known);
    try {
      await turns.during(() => known.ready);
      return await measureChanges(context, base, files, turns, async (role, file) => {
        records.name(role, file);
        await lists.reload();
        await known.ready;
        if (known.find(KIND, file.sample) !== null) return;
        throw new TocsinError('corrupt', 'Cannot trust the run: a published object is not known');
      });
    } finally {
      await turns.stop();
      await known.close();
      await lists.close();
    }
  } finally {
    rmSync(layout.directory, { recursive: true });
  }
}

interface Files {
  readonly bases: readonly MadeSegment[];
  readonly few: readonly MadeSegment[];
  readonly many: readonly MadeSegment[];
}

/** Each two of a kind, so that each change is one to another file. */
function makeFiles(context: BenchContext, directory: string, base: BaseList): Files {
  const make = (name: string, { rows, classes }: BaseList): MadeSegment[] =>
    ['one', 'other'].map((which) => {
      const seed = `tocsin-bench-pause-${name}-${which}`;
      return makeSegment(context, { directory, seed, rows, classes });
    });
  return {
    bases: make('base', base),
    few: make('few', PAUSE_BENCH.few),
    many: make('many', PAUSE_BENCH.many),
  };
}

async function measureChanges(
  context: BenchContext,
  base: BaseList,
  { bases, few, many }: Files,
  turns: Turns,
  publish: (role: ListRole, file: MadeSegment) => Promise<void>,
): Promise<Pauses[]> {
  const measured: Pauses[] = [];
  const measure = async (name: string, changes: number, change: (n: number) => Promise<unknown>) => {
    const longest: number[] = [];
    for (let n = 1; n <= changes; n++) {
      context.signal.throwIfAborted();
      longest.push(await turns.during(() => change(n)));
    }
    measured.push({ base, name, changes, median: median(longest), longest: Math.max(...longest) });
  };
  const { changes } = PAUSE_BENCH;
  await measure(NOTHING, changes.few, () => sleep(PAUSE_BENCH.quietMs));
  await measure(`${PAUSE_BENCH.few.rows} verdicts, one new`, changes.few, (n) =>
    publish('changes', few[n % 2]!),
  );
  await measure(`${PAUSE_BENCH.many.rows} verdicts, one new`, changes.many, (n) =>
    publish('changes', many[n % 2]!),
  );
  await measure('a base list', changes.base, (n) => publish('malicious', bases[n % 2]!));
  return measured;
}

/** What a change costs at most: of each kind of change the median of its longest pauses, and of these the largest. */
export function worstPause(measured: readonly Pauses[]): number {
  return Math.max(...measured.filter(({ name }) => name !== NOTHING).map((pauses) => pauses.median));
}

export function pauseTable(measured: readonly Pauses[]): Table {
  return {
    title: 'look-ups while the lists change: the longest pause within each change, ms',
    columns: ['base list', 'its classes', 'what is published', 'times', 'median', 'longest'],
    rows: measured.map(({ base, name, changes, median: middle, longest }) => [
      base.rows,
      base.classes,
      name,
      changes,
      Number(middle.toFixed(2)),
      Number(longest.toFixed(2)),
    ]),
  };
}
