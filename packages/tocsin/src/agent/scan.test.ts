import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { homeAt } from '../client/state/home.ts';
import { openCache } from './cache.ts';
import { POOL_LIMITS } from './config.ts';
import { HashPool } from './hash-pool.ts';
import { problemWords, scan } from './scan.ts';
import { answer, digestOf, plant, settle } from './test-help.ts';
import { answeredBy, Machine } from './test-machine.ts';
import { walk } from './walk.ts';

test('each file gets the answer of the first rung that knows it', async () => {
  using machine = new Machine();
  const { ladder, tree } = machine;
  plant(tree.path, { allowed: 'a', listed: 'l', 'deep/er/asked': 'q', nobody: 'n', empty: '' });
  ladder.nearTable.set(digestOf('sha256', 'a'), answer('trusted', 'override'));
  ladder.nearTable.set(digestOf('sha256', 'l'), answer('good', 'list'));
  ladder.farTable.set(digestOf('sha256', 'q'), answer('malicious', 'hub'));
  const { summary, results, problems } = await machine.scan();
  const asked = results.get('asked');
  assert.deepEqual(asked, {
    path: join(tree.path, 'deep/er/asked'),
    sha256: digestOf('sha256', 'q'),
    size: 1,
    verdict: {
      level: 'malicious',
      name: null,
      category: null,
      reason: 'because',
      source: 'test',
      record: 'r-malicious',
    },
    answeredBy: 'hub',
  });
  assert.deepEqual(
    [...results].map(([name, result]) => `${name} ${result.verdict.level} ${result.answeredBy}`).sort(),
    [
      'allowed trusted override',
      'asked malicious hub',
      'empty unknown hub',
      'listed good list',
      'nobody unknown hub',
    ],
  );
  assert.deepEqual(problems, []);
  assert.equal(summary.found, 1);
  assert.deepEqual(summary.goodBy, [{ source: 'test', files: 2 }]);
  assert.deepEqual([summary.hashed, summary.unchanged, summary.directories], [5, 0, 3]);
  assert.deepEqual(ladder.askedFar.sort(), ['', 'n', 'q'].map((text) => digestOf('sha256', text)).sort());
});

test('MD5 and SHA-1 are read only where SHA-256 is unknown near and such a list exists', async () => {
  using machine = new Machine();
  const { ladder, tree } = machine;
  plant(tree.path, { known: 'k', weak: 'w', weaker: 'v', unknown: 'u' });
  ladder.nearTable.set(digestOf('sha256', 'k'), answer('good', 'list'));
  ladder.nearTable.set(digestOf('md5', 'w'), answer('malicious', 'list'));
  ladder.nearTable.set(digestOf('sha1', 'v'), answer('suspicious', 'list'));
  const without = await machine.scan();
  assert.deepEqual(answeredBy(without), { known: 'list', unknown: 'hub', weak: 'hub', weaker: 'hub' });
  ladder.aliases.add('file-md5');
  ladder.epoch = 'with MD5';
  assert.deepEqual(answeredBy(await machine.scan()), {
    known: 'list',
    unknown: 'hub',
    weak: 'list',
    weaker: 'hub',
  });
  ladder.aliases.add('file-sha1');
  ladder.epoch = 'with both';
  ladder.askedFar.length = 0;
  assert.deepEqual(answeredBy(await machine.scan()), {
    known: 'list',
    unknown: 'hub',
    weak: 'list',
    weaker: 'list',
  });
  assert.ok(!ladder.askedNear.includes(digestOf('md5', 'k')));
  assert.deepEqual(ladder.askedFar, [digestOf('sha256', 'u')], 'weak digests never leave');
});

test("the owner's word by MD5 wins over a list that names the SHA-256, and only such a word costs a second reading", async () => {
  using machine = new Machine();
  const { ladder, tree } = machine;
  plant(tree.path, { denied: 'd', listed: 'l', own: 'o' });
  for (const text of ['d', 'l']) ladder.nearTable.set(digestOf('sha256', text), answer('good', 'list'));
  ladder.nearTable.set(digestOf('sha256', 'o'), answer('trusted', 'override'));
  ladder.nearTable.set(digestOf('md5', 'd'), answer('malicious', 'override', 0));
  const inOrder = ladder.near.bind(ladder);
  ladder.near = (keys) => {
    const found = keys.map((key) => inOrder([key]));
    return found.find((one) => one?.answeredBy === 'override') ?? found.find((one) => one !== null) ?? null;
  };
  ladder.aliases.add('file-md5');
  assert.deepEqual(answeredBy(await machine.scan()), { denied: 'list', listed: 'list', own: 'override' });
  assert.ok(!ladder.askedNear.includes(digestOf('md5', 'l')), 'a list by MD5 is no reason to read twice');
  ladder.epoch = 'with an override by MD5';
  const overridesAlias = (kind: string): boolean => kind === 'file-md5';
  for (let round = 0; round < 2; round++) {
    const { results } = await machine.scan(undefined, { overridesAlias });
    assert.deepEqual([...results].map(([name, { verdict }]) => `${name} ${verdict.level}`).sort(), [
      'denied malicious',
      'listed good',
      'own trusted',
    ]);
  }
  assert.ok(!ladder.askedNear.includes(digestOf('md5', 'o')), 'nothing stands above the word by SHA-256');
});

test('files that vanish or are replaced between walk and reading are problems, and the scan goes on', async () => {
  using machine = new Machine();
  const { tree } = machine;
  plant(tree.path, { stays: 's', vanishes: 'v', becomes: 'b' });
  function* walker(paths: readonly string[]) {
    for (const step of [...walk(paths)]) {
      rmSync(join(tree.path, 'vanishes'), { force: true });
      rmSync(join(tree.path, 'becomes'), { recursive: true, force: true });
      mkdirSync(join(tree.path, 'becomes'));
      yield step;
    }
  }
  const { problems, results, summary } = await machine.scan([tree.path, join(tree.path, 'absent')], {
    walker,
  });
  assert.deepEqual([...results.keys()], ['stays']);
  assert.deepEqual(problems.map((problem) => `${basename(problem.path)} ${problem.problem}`).sort(), [
    'absent vanished',
    'becomes replaced',
    'vanishes vanished',
  ]);
  assert.equal(summary.interrupted, false);
  for (const problem of problems) assert.match(problemWords(problem), /^not scanned: /);
});

test('files beyond what a batch reads, and large ones, are scanned like all others', async () => {
  using machine = new Machine();
  const sizes = { large: 2 * POOL_LIMITS.maxBatchBytes + 1, middle: POOL_LIMITS.maxBatchBytes / 2, small: 3 };
  const contents = Array.from({ length: 8 }, (_, i) =>
    Object.entries(sizes).map(
      ([name, size]) => [`${name}-${i % 4}-${i}`, Buffer.alloc(size, `${i}`)] as const,
    ),
  ).flat();
  const wanted = contents.filter(([name]) => !name.startsWith('large') || name.endsWith('5'));
  plant(machine.tree.path, Object.fromEntries(wanted));
  const { results, summary } = await machine.scan();
  for (const [name, content] of wanted)
    assert.equal(results.get(name)?.sha256, digestOf('sha256', content), name);
  assert.deepEqual([summary.files, summary.hashed], [wanted.length, wanted.length]);
});

test('new files, changed ones and whole new directories are hashed, and what was known is not', async () => {
  using machine = new Machine();
  const { tree } = machine;
  plant(tree.path, { 'old/a': '1', 'old/b': '2' });
  await settle();
  await machine.scan();
  plant(tree.path, { 'old/c': '3', 'old/b': '22', 'new/d': '4', 'new/er/e': '5' });
  await settle();
  const { results, summary } = await machine.scan();
  assert.deepEqual([summary.hashed, summary.unchanged], [4, 1]);
  for (const [name, content] of Object.entries({ a: '1', b: '22', c: '3', d: '4', e: '5' }))
    assert.equal(results.get(name)?.sha256, digestOf('sha256', content), name);
  assert.equal((await machine.scan()).summary.hashed, 0);
});

test('a name that is no UTF-8 is scanned, and its exact bytes are told', async () => {
  using machine = new Machine();
  const exact = Buffer.concat([Buffer.from(`${machine.tree.path}/odd`), Buffer.from([0xff])]);
  writeFileSync(exact, 'odd');
  await settle();
  for (const by of ['hub', 'cache']) {
    const odd: string[][] = [];
    const { results, summary } = await machine.scan(undefined, {
      wants: by === 'hub' ? undefined : () => true,
      onOddName: (path, bytes) => odd.push([path, bytes]),
    });
    const [result] = results.values();
    assert.equal(summary.oddNames, 1);
    assert.deepEqual(odd, [[`${machine.tree.path}/odd\ufffd`, exact.toString('base64')]]);
    assert.equal(result?.pathBytes, exact.toString('base64'));
    assert.equal(result?.sha256, digestOf('sha256', 'odd'));
    assert.equal(result?.answeredBy, by);
  }
});

test('an aborted scan ends at once with the summary so far, and keeps what it knows', async () => {
  using machine = new Machine();
  const { tree } = machine;
  plant(tree.path, Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`d${i % 20}/f${i}`, `${i}`])));
  await settle();
  const control = new AbortController();
  let seen = 0;
  await using pool = new HashPool();
  using cache = openCache(homeAt(machine.home.path), machine.world);
  const summary = await scan([tree.path], {
    ...{ pool, cache, ladder: machine.ladder, world: machine.world, signal: control.signal },
    onResult: () => {
      if (++seen === 100) control.abort();
    },
  });
  assert.equal(summary.interrupted, true);
  assert.ok(summary.files >= 100 && summary.files < 400, `${summary.files} files`);
  cache.close();
  const again = await machine.scan();
  assert.equal(again.summary.files, 400);
  assert.ok(again.summary.unchanged >= 100, `${again.summary.unchanged} unchanged`);
});

test('what a callback throws ends the scan and comes out of it', async () => {
  using machine = new Machine();
  plant(machine.tree.path, { a: '1' });
  const broken = new Error('the pipe is closed');
  const onResult = () => {
    throw broken;
  };
  await assert.rejects(machine.scan(undefined, { onResult }), broken);
});
