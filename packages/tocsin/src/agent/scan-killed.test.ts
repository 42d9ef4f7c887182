// A real scan in a process of its own, killed at an arbitrary moment: what it left must open, and help.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { homeAt } from '../client/state/home.ts';
import { systemWorld } from '../protocol/world.ts';
import { openCache } from './cache.ts';
import { HashPool } from './hash-pool.ts';
import { scan } from './scan.ts';
import { digestOf, settle, TableLadder, temporary } from './test-help.ts';

/** Scans argv[1] with the state of argv[2], and stands still at the file whose number is argv[3]. */
const CHILD = `
  const at = (name) => new URL(name, ${JSON.stringify(import.meta.url)});
  const { scan } = await import(at('./scan.ts'));
  const { HashPool } = await import(at('./hash-pool.ts'));
  const { openCache } = await import(at('./cache.ts'));
  const { TableLadder } = await import(at('./test-help.ts'));
  const { homeAt } = await import(at('../client/state/home.ts'));
  const { systemWorld: world } = await import(at('../protocol/world.ts'));
  const [tree, home, last] = process.argv.slice(1);
  let files = 0;
  const onResult = () => {
    if (++files < Number(last)) return;
    process.stdout.write('here');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  await scan([tree], { pool: new HashPool(), cache: openCache(homeAt(home), world), ladder: new TableLadder(), world, onResult });
`;

/** Runs the child and kills it at its so-maniest file. */
async function killAt(file: number, tree: string, home: string): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, tree, home, String(file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((done) => child.once('exit', (_code, signal) => done(signal)));
  for await (const _word of child.stdout) child.kill('SIGKILL');
  assert.equal(await ended, 'SIGKILL');
}

test('a scan killed at any moment leaves a cache that opens, tells the truth and saves work', async () => {
  using tree = temporary();
  using home = temporary();
  const files = 20_000;
  for (let i = 0; i < files; i++) {
    const directory = join(tree.path, `d${i % 400}`);
    if (i < 400) mkdirSync(directory);
    writeFileSync(join(directory, `f${i}`), `content ${i}`);
  }
  await settle();
  for (const file of [1, 6_000, 15_000]) await killAt(file, tree.path, home.path);
  await using pool = new HashPool();
  using cache = openCache(homeAt(home.path), systemWorld);
  let wrong = 0;
  const summary = await scan([tree.path], {
    ...{ pool, cache, ladder: new TableLadder(), world: systemWorld },
    onResult: ({ path, sha256 }) => {
      if (sha256 !== digestOf('sha256', `content ${path.slice(path.lastIndexOf('/f') + 2)}`)) wrong++;
    },
  });
  assert.equal(summary.files, files);
  assert.equal(wrong, 0);
  assert.deepEqual(summary.cache, { damaged: 0, lost: 0 });
  assert.ok(summary.unchanged > 0, 'the killed scans had kept something');
});
