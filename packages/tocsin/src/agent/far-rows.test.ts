import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectKey } from '../protocol/kinds.ts';
import { SCAN_LIMITS } from './config.ts';
import { DirectoryJob } from './directory-job.ts';
import { FarRows } from './far-rows.ts';
import { answer } from './test-help.ts';

const ROWS = 2 * SCAN_LIMITS.farBatchKeys + 1;
const job = new DirectoryJob(
  {
    ...{ kind: 'files', directory: '/d', part: 0, parts: 1, complete: true, directories: [], facts: null },
    names: Array.from({ length: ROWS }, (_, i) => `f${i}`),
    timesTrusted: true,
    skipped: { symlinks: 0, special: 0, pseudo: 0 },
  },
  null,
  'epoch',
);

/** Rows and how many were asked and answered together, question by question. */
function stage(far: (keys: readonly ObjectKey[]) => Promise<ReturnType<typeof answer>[]>) {
  const asked: number[] = [];
  const answered: number[] = [];
  const failures: unknown[] = [];
  let stopped = false;
  const rows = new FarRows({
    ladder: {
      far: (keys) => {
        asked.push(keys.length);
        return far(keys);
      },
    },
    stopped: () => stopped,
    onAnswers: (batch) => answered.push(batch.rows.length),
    onFailure: (error) => failures.push(error),
  });
  return { rows, asked, answered, failures, stop: () => (stopped = true) };
}

const unknown = async (keys: readonly ObjectKey[]) => keys.map(() => answer('unknown', 'hub'));
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

test('full batches are asked at once, the rest when no more will come', async () => {
  const { rows, asked, answered } = stage(unknown);
  for (let row = 0; row < ROWS; row++) rows.put(job, row);
  rows.submit(false);
  assert.deepEqual(asked, [SCAN_LIMITS.farBatchKeys, SCAN_LIMITS.farBatchKeys]);
  assert.equal(rows.waiting, 1);
  rows.submit(true);
  await pause(0);
  assert.deepEqual(answered, [SCAN_LIMITS.farBatchKeys, SCAN_LIMITS.farBatchKeys, 1]);
  rows.stop();
});

test('a row that nobody joins is asked after a moment', async () => {
  const { rows, asked } = stage(unknown);
  rows.put(job, 0);
  rows.submit(false);
  assert.deepEqual(asked, []);
  await pause(SCAN_LIMITS.farWaitMs + 50);
  assert.deepEqual(asked, [1]);
});

test('no more questions are under way than the limit, and none once it is stopped', async () => {
  const { rows, asked, stop } = stage(() => new Promise(() => {}));
  for (let i = 0; i <= SCAN_LIMITS.maxFarBatches; i++) {
    rows.put(job, 0);
    rows.submit(true);
  }
  assert.equal(asked.length, SCAN_LIMITS.maxFarBatches);
  assert.deepEqual([rows.asking, rows.waiting], [SCAN_LIMITS.maxFarBatches, 1]);
  const other = stage(unknown);
  other.stop();
  other.rows.put(job, 0);
  other.rows.submit(true);
  assert.deepEqual(other.asked, []);
  stop();
});

test('what the ladder throws is told, and frees the place of its question', async () => {
  const broken = new Error('broken');
  const { rows, failures } = stage(() => Promise.reject(broken));
  rows.put(job, 0);
  rows.submit(true);
  await pause(0);
  assert.deepEqual([failures, rows.asking], [[broken], 0]);
});
