import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { TocsinError } from '../protocol/errors.ts';
import { POOL_LIMITS } from './config.ts';
import type { HashAnswer } from './hash-pool.ts';
import { DIGEST_BYTES, HASHED, HashPool } from './hash-pool.ts';
import { digestOf, plant, settle, temporary } from './test-help.ts';
import { SIZE } from './walk.ts';

const CHUNK = 128 * 1024;
const hex = (answer: HashAnswer, i: number, width: number) =>
  Buffer.from(answer.digests).toString('hex', i * width, (i + 1) * width);

test('digests are those of the content, for every size around the buffer of a thread', async () => {
  using root = temporary();
  await using pool = new HashPool();
  const sizes = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17];
  const contents = sizes.map((size) => Buffer.alloc(size, `content of ${size}`));
  const paths = contents.map((content, i) => {
    writeFileSync(join(root.path, `f${i}`), content);
    return join(root.path, `f${i}`);
  });
  await settle();
  for (const algorithms of [['sha256'], ['md5', 'sha1'], ['md5', 'sha256']] as const) {
    const answer = await pool.hash({ algorithms, paths, bytes: 0 });
    const width = algorithms.reduce((sum, name) => sum + DIGEST_BYTES[name], 0);
    contents.forEach((content, i) => {
      const want = algorithms.map((name) => createHash(name).update(content).digest('hex')).join('');
      assert.equal(hex(answer, i, width), want);
      assert.equal(answer.status[i], HASHED.settled);
      assert.equal(answer.facts[i * 4 + 1], content.length);
    });
    assert.equal(answer.codes, null);
  }
});

test('content younger than a tick of the clock is said to be unsettled', async () => {
  using root = temporary();
  await using pool = new HashPool();
  const path = join(root.path, 'young');
  await pool.hash({ algorithms: ['sha256'], paths: [path], bytes: 0 }); // the thread is up now
  writeFileSync(path, 'young');
  const answer = await pool.hash({ algorithms: ['sha256'], paths: [path], bytes: 0 });
  assert.equal(answer.status[0], HASHED.unsettled);
  assert.equal(hex(answer, 0, 32), digestOf('sha256', 'young'));
});

test('what is no readable regular file is a status of its own, and the others of the batch are hashed', async () => {
  using root = temporary();
  await using pool = new HashPool();
  plant(root.path, { good: 'good', 'd/x': 'x' });
  symlinkSync('good', join(root.path, 'link'));
  execFileSync('mkfifo', [join(root.path, 'pipe')]);
  const names = ['absent', 'link', 'pipe', 'd', 'good/under', 'good'];
  const paths = names.map((name) => join(root.path, name));
  const answer = await pool.hash({ algorithms: ['sha256'], paths, bytes: 0 });
  const { failed, notRegular } = HASHED;
  assert.deepEqual([...answer.status.subarray(0, 5)], [failed, notRegular, notRegular, notRegular, failed]);
  assert.equal(answer.codes?.[0], 'ENOENT');
  assert.equal(answer.codes?.[4], 'ENOTDIR');
  assert.equal(hex(answer, 5, 32), digestOf('sha256', 'good'));
});

test('raw bytes in a path are opened as they are', async () => {
  using root = temporary();
  await using pool = new HashPool();
  const odd = Buffer.concat([Buffer.from(`${root.path}/`), Buffer.from([0xff, 0x80])]);
  writeFileSync(odd, 'odd');
  plant(root.path, { naïve: 'plain' });
  const paths = [odd, join(root.path, 'naïve')];
  const answer = await pool.hash({ algorithms: ['sha256'], paths, bytes: 0 });
  assert.equal(hex(answer, 0, 32), digestOf('sha256', 'odd'));
  assert.equal(hex(answer, 1, 32), digestOf('sha256', 'plain'));
});

test('a file that is written while it is read is said to have changed', async () => {
  using root = temporary();
  await using pool = new HashPool();
  const path = join(root.path, 'log');
  writeFileSync(path, Buffer.alloc(8 << 20));
  const program = `const fs = require('node:fs'); const fd = fs.openSync(${JSON.stringify(path)}, 'r+');
    for (let i = 0; ; i++) fs.writeSync(fd, String(i), (i * 4099) % (8 << 20));`;
  const writer = new Worker(program, { eval: true });
  let status: number | undefined;
  for (let i = 0; i < 100 && status !== HASHED.changed; i++)
    status = (await pool.hash({ algorithms: ['sha256'], paths: [path], bytes: 8 << 20 })).status[0];
  await writer.terminate();
  assert.equal(status, HASHED.changed);
});

test('a batch stops where it has read enough, and leaves a large file for a batch of its own', async () => {
  using root = temporary();
  await using pool = new HashPool({ workers: 1 });
  plant(root.path, { small: 's', large: 'l'.repeat(2_001), half: 'h'.repeat(600), last: 'x' });
  await settle();
  const paths = ['small', 'large', 'half', 'half', 'last'].map((name) => join(root.path, name));
  const answer = await pool.hash({ algorithms: ['sha256'], paths, bytes: 0, most: 1_000 });
  const { deferred, settled } = HASHED;
  assert.deepEqual([...answer.status], [settled, deferred, settled, settled, deferred]);
  assert.equal(answer.facts[4 + SIZE], 2_001);
  assert.deepEqual([...answer.facts.subarray(16)], [0, 0, 0, 0]);
  assert.equal(hex(answer, 3, 32), digestOf('sha256', 'h'.repeat(600)));
  const alone = await pool.hash({ algorithms: ['sha256'], paths: [paths[1]!], bytes: 0, most: 1_000 });
  assert.deepEqual([alone.status[0], hex(alone, 0, 32)], [settled, digestOf('sha256', 'l'.repeat(2_001))]);
});

test('a thread that dies is replaced and its batch tried once more, then named as failed', async () => {
  using root = temporary();
  const marker = join(root.path, 'died-before');
  const thread = readFileSync(new URL('./hash-worker.js', import.meta.url), 'utf8');
  const program = join(root.path, 'mortal.mjs');
  // Dies on `poison` always, on `once` the first time.
  writeFileSync(
    program,
    `import { existsSync, writeFileSync } from 'node:fs';
     import { parentPort as port } from 'node:worker_threads';
     port.on('message', (job) => {
       if (job.paths.endsWith('/poison')) process.exit(1);
       if (!job.paths.endsWith('/once') || existsSync(${JSON.stringify(marker)})) return;
       writeFileSync(${JSON.stringify(marker)}, '');
       process.exit(1);
     });
     ${thread}`,
  );
  plant(root.path, { once: 'once', poison: 'poison', fine: 'fine' });
  await using pool = new HashPool({ program: pathToFileURL(program) });
  const ask = (name: string) =>
    pool.hash({ algorithms: ['sha256'], paths: [join(root.path, name)], bytes: 1 });
  const [once, poison, fine] = await Promise.all([ask('once'), ask('poison'), ask('fine')]);
  assert.equal(hex(once, 0, 32), digestOf('sha256', 'once'));
  assert.equal(hex(fine, 0, 32), digestOf('sha256', 'fine'));
  assert.deepEqual([poison.status[0], poison.codes?.[0]], [HASHED.failed, 'THREAD_DIED']);
});

test('a pool whose threads keep dying gives up with one clear error', async () => {
  using root = temporary();
  const program = join(root.path, 'dead.mjs');
  writeFileSync(program, 'process.exit(1);');
  await using pool = new HashPool({ program: pathToFileURL(program), workers: 1 });
  const all = Array.from({ length: POOL_LIMITS.maxCrashes }, () =>
    pool.hash({ algorithms: ['sha256'], paths: ['/x'], bytes: 1 }).then(
      (answer) => answer.codes?.[0],
      (error: unknown) => (error instanceof TocsinError ? error.code : error),
    ),
  );
  const ends = new Set(await Promise.all(all));
  assert.ok(ends.has('engine') && ends.isSubsetOf(new Set(['engine', 'THREAD_DIED'])));
});

test('batches beyond the limit make the caller wait, and closing ends everything that waits', async () => {
  using root = temporary();
  plant(root.path, { f: 'f' });
  const pool = new HashPool({ workers: 1 });
  const path = join(root.path, 'f');
  const ask = () => pool.hash({ algorithms: ['sha256'], paths: [path], bytes: 1 });
  const waiting = [];
  while (pool.hasRoom) waiting.push(ask());
  assert.equal(waiting.length, POOL_LIMITS.maxQueuedBatches + POOL_LIMITS.maxAheadBatches);
  await pool.room();
  assert.equal(pool.hasRoom, true);
  await Promise.all(waiting);
  const late = ask();
  await Promise.all([assert.rejects(late, { code: 'engine' }), pool.close()]);
  await assert.rejects(ask(), { code: 'engine' });
});

test('a batch whose signal aborts before a thread has it is not hashed', async () => {
  await using pool = new HashPool({ workers: 1 });
  const control = new AbortController();
  const busy = Array.from({ length: POOL_LIMITS.maxAheadBatches }, () =>
    pool.hash({ algorithms: ['sha256'], paths: ['/etc/hostname'], bytes: 1 }),
  );
  const late = pool.hash({ algorithms: ['sha256'], paths: ['/etc/hostname'], bytes: 1 }, control.signal);
  control.abort();
  await assert.rejects(late, { name: 'AbortError' });
  await Promise.all(busy);
});

test('a batch with a huge file overtakes those that wait, which stay in order', async () => {
  using root = temporary();
  plant(root.path, { f: 'f' });
  await using pool = new HashPool({ workers: 1 });
  const ended: string[] = [];
  const ask = (name: string, bytes: number) =>
    pool.hash({ algorithms: ['sha256'], paths: [join(root.path, 'f')], bytes }).then(() => ended.push(name));
  const small = ['first', 'ahead', 'third', 'fourth'].map((name) => ask(name, 1));
  await Promise.all([...small, ask('huge', POOL_LIMITS.hugeBatchBytes + 1)]);
  assert.deepEqual(ended, ['first', 'ahead', 'huge', 'third', 'fourth']);
});
