import assert from 'node:assert/strict';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemWorld } from '../protocol/world.ts';
import { HashPool } from './hash-pool.ts';
import { digestOf, plant, temporary } from './test-help.ts';
import type { VouchedFile, VouchOptions, VouchProblem } from './vouch.ts';
import { vouch } from './vouch.ts';

const INFO = 'var/lib/dpkg/info';

/** A small Debian with a merged /usr: three good files, one altered, one missing, one that became a link. */
function debian(root: string): void {
  const line = (path: string, content: string) => `${digestOf('md5', content)}  ${path}\n`;
  plant(root, {
    'usr/bin/ls': 'ls',
    'usr/bin/cat': 'cat, altered',
    'usr/lib/libc.so': 'libc',
    'usr/share/big': Buffer.alloc(300_000, 'big'),
    [`${INFO}/coreutils.md5sums`]: line('bin/ls', 'ls') + line('bin/cat', 'cat') + line('bin/gone', 'gone'),
    [`${INFO}/libc6:amd64.md5sums`]: line('lib/libc.so', 'libc') + line('lib/libc.so.6', 'libc'),
    [`${INFO}/big.md5sums`]: `${digestOf('md5', Buffer.alloc(300_000, 'big'))}  usr/share/big\nnonsense\n`,
  });
  symlinkSync('usr/bin', join(root, 'bin'));
  symlinkSync('/usr/lib', join(root, 'lib'));
  symlinkSync('libc.so', join(root, 'usr/lib/libc.so.6'));
}

async function run(options: Omit<VouchOptions, 'pool' | 'world'>) {
  await using pool = new HashPool();
  const vouched: VouchedFile[] = [];
  const problems: VouchProblem[] = [];
  const summary = await vouch({
    ...{ pool, world: systemWorld },
    onVouched: (file) => vouched.push(file),
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  const names = (files: readonly { path: string }[]) => files.map((file) => file.path).sort();
  return { summary, vouched, problems, names: names(vouched) };
}

test('files as installed are vouched for with their SHA-256; altered and missing ones are named', async () => {
  using root = temporary();
  debian(root.path);
  const { summary, vouched, problems } = await run({ root: root.path });
  assert.deepEqual(
    vouched.find((file) => file.package === 'coreutils'),
    {
      path: join(root.path, 'usr/bin/ls'),
      package: 'coreutils',
      sha256: digestOf('sha256', 'ls'),
      md5: digestOf('md5', 'ls'),
      size: 2,
    },
  );
  assert.deepEqual(vouched.map((file) => file.package).sort(), ['big', 'coreutils', 'libc6']);
  assert.deepEqual(problems.map(({ path, problem }) => `${path.slice(root.path.length)} ${problem}`).sort(), [
    '/usr/bin/cat altered',
    '/usr/bin/gone missing',
    '/usr/lib/libc.so.6 altered',
  ]);
  const { elapsedMs, ...counts } = summary;
  assert.deepEqual(counts, {
    ...{ packages: 3, files: 6, vouched: 3, altered: 2, missing: 1, failed: 0, refused: 1 },
    ...{ bytes: 300_006, interrupted: false },
  });
  assert.ok(elapsedMs >= 0);
});

test('only what lies under the given paths is looked at, by whatever name they are given, and not twice', async () => {
  using root = temporary();
  debian(root.path);
  const under = [join(root.path, 'bin'), join(root.path, 'usr/share/big')];
  const first = await run({ root: root.path, under });
  assert.deepEqual(
    first.names,
    ['usr/bin/ls', 'usr/share/big'].map((name) => join(root.path, name)),
  );
  assert.equal(first.summary.files, 4);
  const rest = await run({ root: root.path, except: under });
  assert.deepEqual(rest.names, [join(root.path, 'usr/lib/libc.so')]);
  assert.deepEqual((await run({ root: root.path, under: [join(root.path, 'usr/sh')] })).names, []);
  assert.equal((await run({ root: root.path, under: ['/'] })).names.length, 3);
});

test('a run that is aborted ends with the summary so far', async () => {
  using root = temporary();
  debian(root.path);
  const { summary } = await run({ root: root.path, signal: AbortSignal.abort() });
  assert.equal(summary.interrupted, true);
  assert.equal(summary.vouched, 0);
});

test('a system without dpkg is a rejection', async () => {
  using root = temporary();
  await assert.rejects(run({ root: root.path }), { code: 'not-found' });
});

const skip = existsSync('/var/lib/dpkg/info/coreutils.md5sums') ? false : 'no dpkg on this machine';
test('the coreutils of this machine are vouched for', { skip }, async () => {
  const { summary, vouched } = await run({ under: ['/bin/ls', '/usr/bin/cat', '/usr/bin/sort'] });
  assert.deepEqual(vouched.map((file) => file.path).sort(), ['/usr/bin/cat', '/usr/bin/ls', '/usr/bin/sort']);
  assert.equal(summary.altered, 0);
});
