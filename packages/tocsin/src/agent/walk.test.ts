import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { WALK_LIMITS } from './config.ts';
import { joinPath, pathText } from './file-path.ts';
import { plant, temporary } from './test-help.ts';
import type { FilesStep, ProblemStep, WalkStep } from './walk.ts';
import { FACTS, walk } from './walk.ts';

function files(steps: readonly WalkStep[]): string[] {
  return steps
    .filter((step): step is FilesStep => step.kind === 'files')
    .flatMap((step) => step.names.map((name) => pathText(joinPath(step.directory, name))))
    .sort();
}

const problems = (steps: readonly WalkStep[]) =>
  steps.filter((step): step is ProblemStep => step.kind === 'problem');

test('every regular file is met once, with the facts of lstat', () => {
  using root = temporary();
  plant(root.path, { 'a.txt': 'aa', 'd/b.txt': 'bbb', 'd/e/f/c': '', '.hidden/x': 'x' });
  const steps = [...walk([root.path])];
  assert.deepEqual(
    files(steps),
    ['.hidden/x', 'a.txt', 'd/b.txt', 'd/e/f/c'].map((f) => join(root.path, f)),
  );
  const top = steps.find((step): step is FilesStep => step.kind === 'files' && step.directory === root.path);
  const stats = statSync(join(root.path, 'a.txt'));
  assert.deepEqual([...(top?.facts ?? [])], [stats.ino, 2, stats.mtimeMs, stats.ctimeMs]);
  assert.deepEqual([...(top?.directories ?? [])].sort(), ['.hidden', 'd']);
  assert.equal(top?.complete, true);
});

test('where no facts are wanted the same is met, and no file is looked at', () => {
  using root = temporary();
  plant(root.path, { 'a.txt': 'aa', 'd/b.txt': 'bbb', 'd/e/f/c': '', 'odd/x': 'x' });
  symlinkSync('a.txt', join(root.path, 'd/link'));
  symlinkSync('..', join(root.path, 'd/loop'));
  execFileSync('mkfifo', [join(root.path, 'd/pipe')]);
  writeFileSync(Buffer.concat([Buffer.from(`${root.path}/odd/`), Buffer.from([0xff])]), 'no UTF-8');
  const asked: string[] = [];
  const without = [
    ...walk([root.path], (directory, part) => {
      asked.push(`${pathText(directory)} ${part}`);
      return false;
    }),
  ];
  const blind = (step: WalkStep) => (step.kind === 'files' ? { ...step, facts: null } : step);
  assert.deepEqual(without.map(blind), [...walk([root.path])].map(blind));
  for (const step of without)
    if (step.kind === 'files' && step.directory !== join(root.path, 'odd')) assert.equal(step.facts, null);
  const steps = without.filter((step) => step.kind === 'files');
  assert.deepEqual(
    asked,
    steps.map((step) => `${pathText(step.directory)} 0`),
  );
});

test('links are not followed below an argument, and an argument that is a link is', () => {
  using root = temporary();
  plant(root.path, { 'real/a': '1', 'real/sub/b': '2' });
  symlinkSync('..', join(root.path, 'real/loop'));
  symlinkSync('a', join(root.path, 'real/link-to-a'));
  symlinkSync('real', join(root.path, 'argument'));
  const steps = [...walk([join(root.path, 'argument')])];
  assert.deepEqual(files(steps), [join(root.path, 'real/a'), join(root.path, 'real/sub/b')]);
  const links = steps.reduce((sum, step) => sum + (step.kind === 'files' ? step.skipped.symlinks : 0), 0);
  assert.equal(links, 2);
  assert.deepEqual(files([...walk([join(root.path, 'real/link-to-a')])]), [join(root.path, 'real/a')]);
});

test('overlapping arguments are walked once, and a named file only where its directory was not', () => {
  using root = temporary();
  plant(root.path, { 'd/a': '1', 'd/sub/b': '2', 'other/c': '3', 'other/d': '4' });
  const given = ['d', 'd/sub', 'd/a', 'd', 'other/c', 'other/c'].map((name) => join(root.path, name));
  const steps = [...walk(given)];
  assert.deepEqual(
    files(steps),
    ['d/a', 'd/sub/b', 'other/c'].map((name) => join(root.path, name)),
  );
  const named = steps.filter((step) => step.kind === 'files' && !step.complete);
  assert.equal(named.length, 1);
});

test('pipes, sockets and hard links: the first two are named and counted, the last are files', async () => {
  using root = temporary();
  plant(root.path, { a: '1' });
  linkSync(join(root.path, 'a'), join(root.path, 'b'));
  execFileSync('mkfifo', [join(root.path, 'pipe')]);
  const server = createServer().listen(join(root.path, 'socket'));
  await new Promise((ready) => server.once('listening', ready));
  const steps = [...walk([root.path])];
  server.close();
  assert.deepEqual(files(steps), [join(root.path, 'a'), join(root.path, 'b')]);
  const words = steps.flatMap((step) => (step.kind === 'problem' ? [`${step.problem} ${step.code}`] : []));
  assert.deepEqual(words.sort(), ['special pipe', 'special socket']);
  const found = steps.find((step) => step.kind === 'files');
  assert.equal(found?.kind === 'files' && found.skipped.special, 2);
});

test('names that are no UTF-8 keep their bytes, also those of directories', () => {
  using root = temporary();
  const odd = Buffer.concat([Buffer.from(`${root.path}/odd-`), Buffer.from([0xff, 0xfe])]);
  mkdirSync(odd);
  writeFileSync(Buffer.concat([odd, Buffer.from('/inside')]), 'x');
  plant(root.path, { 'plain-\ufffd': 'y' });
  const steps = [...walk([root.path])].filter((step) => step.kind === 'files');
  const inside = steps.find((step) => Buffer.isBuffer(step.directory));
  assert.deepEqual(inside?.directory, odd);
  assert.deepEqual(inside?.names, ['inside']);
  assert.deepEqual(steps.find((step) => step.directory === root.path)?.names, ['plain-\ufffd']);
});

test('what is absent or closed is a problem, and the walk goes on', () => {
  using root = temporary();
  plant(root.path, { 'open/a': '1', 'closed/b': '2' });
  chmodSync(root.path, 0o755);
  chmodSync(join(root.path, 'closed'), 0);
  const steps = asNobody(() => [...walk([join(root.path, 'absent'), root.path])]);
  chmodSync(join(root.path, 'closed'), 0o700);
  assert.deepEqual(files(steps), [join(root.path, 'open/a')]);
  const found = problems(steps).map((step) => [pathText(step.path), step.problem, step.code]);
  assert.deepEqual(found, [
    [join(root.path, 'absent'), 'vanished', 'ENOENT'],
    [join(root.path, 'closed'), 'unreadable', 'EACCES'],
  ]);
});

/** Root may read everything, so it steps down for a moment. */
function asNobody<T>(run: () => T): T {
  if (process.getuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}

test('a large directory comes in parts; each name is in one, and stays in it when others come', () => {
  using root = temporary();
  const count = WALK_LIMITS.maxEntriesPerPart + 1;
  for (let i = 0; i < count; i++) writeFileSync(join(root.path, `f${i}`), '');
  const partsOf = () => {
    const where = new Map<string, number>();
    for (const step of walk([root.path]))
      if (step.kind === 'files')
        for (const name of step.names) {
          assert.ok(!where.has(pathText(name)));
          assert.ok(
            step.parts > 1 && step.part < step.parts && step.names.length * FACTS === step.facts?.length,
          );
          where.set(pathText(name), step.part);
        }
    return where;
  };
  const before = partsOf();
  assert.equal(before.size, count);
  renameSync(join(root.path, 'f0'), join(root.path, 'another'));
  for (const [name, part] of partsOf()) if (name !== 'another') assert.equal(before.get(name), part);
});

test('of a large directory the facts of each part are asked for by themselves', () => {
  using root = temporary();
  for (let i = 0; i <= WALK_LIMITS.maxEntriesPerPart; i++) writeFileSync(join(root.path, `f${i}`), '');
  for (const wanted of [0, 1])
    for (const step of walk([root.path], (_directory, part) => part === wanted))
      if (step.kind === 'files') assert.equal(step.facts !== null, step.part === wanted || wanted === 0);
});

test('pseudo file systems are entered only where they are named', {
  skip: process.platform !== 'linux',
}, () => {
  const named = [...walk(['/proc/self/attr'])];
  assert.ok(files(named).length > 0);
  const step = named.find((s) => s.kind === 'files');
  assert.equal(step?.kind === 'files' && step.timesTrusted, false);
  const fromRoot = walk(['/']);
  const first = fromRoot.next().value;
  assert.ok(first?.kind === 'files' && first.skipped.pseudo >= 1, 'proc at least is skipped');
  fromRoot.return(undefined);
});
