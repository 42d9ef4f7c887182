import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { homeAt } from '../client/state/home.ts';
import { systemWorld } from '../protocol/world.ts';
import { openCache } from './cache.ts';
import { answer, digestOf, plant, setTime, settle, shiftedWorld } from './test-help.ts';
import { answeredBy, Machine } from './test-machine.ts';

test('a second scan answers unchanged files from the cache, and overrides still as overrides', async () => {
  using machine = new Machine();
  const { ladder, tree } = machine;
  plant(tree.path, { allowed: 'a', listed: 'l', 'd/asked': 'q', nobody: 'n' });
  ladder.nearTable.set(digestOf('sha256', 'a'), answer('trusted', 'override'));
  ladder.nearTable.set(digestOf('sha256', 'l'), answer('good', 'list'));
  ladder.farTable.set(digestOf('sha256', 'q'), answer('malicious', 'hub'));
  await settle();
  const first = await machine.scan();
  ladder.askedNear.length = 0;
  ladder.askedFar.length = 0;
  const second = await machine.scan();
  assert.deepEqual(answeredBy(second), {
    allowed: 'override',
    asked: 'cache',
    listed: 'cache',
    nobody: 'cache',
  });
  for (const [name, result] of first.results)
    assert.deepEqual(second.results.get(name)?.verdict, result.verdict);
  assert.deepEqual([second.summary.hashed, second.summary.unchanged], [0, 4]);
  assert.deepEqual([ladder.askedNear, ladder.askedFar], [[], []]);
});

test('a file that changed in any way is hashed again, and only that', async () => {
  using machine = new Machine();
  const { tree } = machine;
  const names = ['size', 'time', 'replaced', 'renamed', 'same'];
  plant(tree.path, Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
  for (const name of names) setTime(join(tree.path, name), 1_000_000_000);
  await settle();
  await machine.scan();
  appendFileSync(join(tree.path, 'size'), '!');
  setTime(join(tree.path, 'size'), 1_000_000_000);
  setTime(join(tree.path, 'time'), 1_000_000_001);
  // The same size and modification time: only inode and change time tell.
  writeFileSync(join(tree.path, 'new'), 'CONTENT OF replaced');
  setTime(join(tree.path, 'new'), 1_000_000_000);
  renameSync(join(tree.path, 'new'), join(tree.path, 'replaced'));
  renameSync(join(tree.path, 'renamed'), join(tree.path, 'moved'));
  await settle();
  const { summary, results } = await machine.scan();
  assert.deepEqual([summary.hashed, summary.unchanged], [4, 1]);
  assert.equal(results.get('replaced')?.sha256, digestOf('sha256', 'CONTENT OF replaced'));
  assert.equal(results.get('size')?.sha256, digestOf('sha256', 'content of size!'));
  assert.equal(results.get('same')?.answeredBy, 'cache');
  assert.equal((await machine.scan()).summary.hashed, 0);
});

test('when lists or overrides change, digests stay and every answer is asked anew', async () => {
  using machine = new Machine();
  const { ladder, tree } = machine;
  plant(tree.path, { one: '1', two: '2' });
  await settle();
  await machine.scan();
  ladder.epoch = 'epoch 2';
  ladder.nearTable.set(digestOf('sha256', '1'), answer('malicious', 'list'));
  const second = await machine.scan();
  assert.deepEqual(answeredBy(second), { one: 'list', two: 'hub' });
  assert.equal(second.summary.hashed, 0);
  assert.deepEqual(answeredBy(await machine.scan()), { one: 'cache', two: 'cache' });
});

test('an answer is kept for its lifetime only, also when the clock was set back', async () => {
  const world = shiftedWorld();
  using machine = new Machine(world);
  const { ladder, tree } = machine;
  plant(tree.path, { short: 's', long: 'l' });
  ladder.farTable.set(digestOf('sha256', 's'), answer('malicious', 'hub', 60));
  ladder.farTable.set(digestOf('sha256', 'l'), answer('good', 'hub', 30 * 86_400));
  await settle();
  await machine.scan();
  world.shiftMs = 61_000;
  assert.deepEqual(answeredBy(await machine.scan()), { long: 'cache', short: 'hub' });
  world.shiftMs = -3 * 86_400_000; // three days back: answers would seem to live longer than they may
  assert.deepEqual(answeredBy(await machine.scan()), { long: 'hub', short: 'hub' });
  assert.equal(ladder.askedNear.length, 2, 'lists had nothing and did not change: only the hub is asked');
});

test('that nothing is known is kept for its lifetime only, and not at all where the answer came from older lists', async () => {
  const world = shiftedWorld();
  using machine = new Machine(world);
  const { ladder, tree } = machine;
  plant(tree.path, { silent: 's', old: 'o' });
  ladder.farTable.set(digestOf('sha256', 's'), answer('unknown', 'hub', 3_600));
  ladder.farTable.set(digestOf('sha256', 'o'), answer('unknown', 'hub', 0));
  await settle();
  await machine.scan();
  world.shiftMs = 3_500_000;
  assert.deepEqual(answeredBy(await machine.scan()), { silent: 'cache', old: 'hub' });
  world.shiftMs = 3_601_000;
  assert.deepEqual(answeredBy(await machine.scan()), { silent: 'hub', old: 'hub' });
});

test('an unreachable hub leaves files unanswered, and the next scan asks it again', async () => {
  using machine = new Machine();
  const { ladder, tree } = machine;
  plant(tree.path, { a: '1', b: '2' });
  ladder.reachable = false;
  ladder.missing = 'hub unreachable';
  await settle();
  const first = await machine.scan();
  assert.deepEqual(answeredBy(first), { a: 'none', b: 'none' });
  assert.equal(first.summary.missing, 'hub unreachable');
  ladder.reachable = true;
  const second = await machine.scan();
  assert.deepEqual(answeredBy(second), { a: 'hub', b: 'hub' });
  assert.equal(second.summary.hashed, 0);
});

test('a named file leaves what is known of its neighbours alone', async () => {
  using machine = new Machine();
  const { tree } = machine;
  plant(tree.path, { a: '1', b: '2', c: '3', 'd/e': '4' });
  await settle();
  await machine.scan();
  appendFileSync(join(tree.path, 'b'), '!');
  await settle();
  const one = await machine.scan([join(tree.path, 'b')]);
  assert.deepEqual(answeredBy(one), { b: 'hub' });
  const all = await machine.scan();
  assert.equal(all.summary.hashed, 0);
  assert.deepEqual(answeredBy(all), { a: 'cache', b: 'cache', c: 'cache', e: 'cache' });
});

test('what is gone from the disk is gone from the inventory after the next scan of its directory', async () => {
  using machine = new Machine();
  const { tree, home } = machine;
  plant(tree.path, { a: '1', b: '2', 'd/e/f': '3', 'd/g': '4' });
  const inventory = () => {
    using cache = openCache(homeAt(home.path), systemWorld);
    return [...cache.inventory()].flatMap(({ record }) => record.names).sort();
  };
  await machine.scan();
  assert.deepEqual(inventory(), ['a', 'b', 'f', 'g']);
  unlinkSync(join(tree.path, 'b'));
  rmSync(join(tree.path, 'd'), { recursive: true });
  assert.deepEqual(inventory(), ['a', 'b', 'f', 'g']);
  await machine.scan();
  assert.deepEqual(inventory(), ['a']);
});
