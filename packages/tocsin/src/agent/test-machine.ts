// A machine in small for the tests of scans: a tree, a state directory that outlives each scan, a ladder. Tests only.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { homeAt } from '../client/state/home.ts';
import type { World } from '../protocol/world.ts';
import { systemWorld } from '../protocol/world.ts';
import { openCache } from './cache.ts';
import { HashPool } from './hash-pool.ts';
import type { ScanOptions, ScanProblem, ScanResult, ScanSummary } from './scan.ts';
import { scan } from './scan.ts';
import type { Temporary } from './test-help.ts';
import { TableLadder, temporary } from './test-help.ts';

export interface Outcome {
  readonly summary: ScanSummary;
  /** By name of the file. */
  readonly results: ReadonlyMap<string, ScanResult>;
  readonly problems: readonly ScanProblem[];
}

export class Machine implements Disposable {
  readonly tree: Temporary = temporary();
  readonly home: Temporary = temporary();
  readonly ladder = new TableLadder();
  readonly world: World;

  constructor(world: World = systemWorld) {
    this.world = world;
  }

  async scan(paths: readonly string[] = [this.tree.path], more: Partial<ScanOptions> = {}): Promise<Outcome> {
    const results = new Map<string, ScanResult>();
    const problems: ScanProblem[] = [];
    await using pool = new HashPool();
    using cache = openCache(homeAt(this.home.path), this.world);
    const summary = await scan(paths, {
      ...{ pool, cache, ladder: this.ladder, world: this.world },
      onResult: (result) => {
        assert.ok(!results.has(basename(result.path)), `${result.path} came twice`);
        results.set(basename(result.path), result);
      },
      onProblem: (problem) => problems.push(problem),
      ...more,
    });
    checkSums(summary, results, problems);
    return { summary, results, problems };
  }

  [Symbol.dispose](): void {
    this.tree[Symbol.dispose]();
    this.home[Symbol.dispose]();
  }
}

/** What holds for every scan: the summary counts exactly what was told. */
function checkSums(
  summary: ScanSummary,
  results: ReadonlyMap<string, ScanResult>,
  problems: readonly ScanProblem[],
): void {
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  assert.equal(summary.files, results.size);
  assert.equal(sum(summary.levels), results.size);
  assert.equal(sum(summary.answeredBy), results.size);
  assert.equal(sum(summary.problems), problems.length);
  assert.equal(
    summary.bytes,
    [...results.values()].reduce((total, result) => total + result.size, 0),
  );
  const good = summary.goodBy.reduce((total, by) => total + by.files, 0);
  assert.equal(good, summary.levels.good + summary.levels.trusted);
}

/** Who answered, by name of the file. */
export const answeredBy = ({ results }: Outcome) =>
  Object.fromEntries([...results].sort().map(([name, result]) => [name, result.answeredBy]));
