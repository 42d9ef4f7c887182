// How long a hub is left alone, under a clock that moves by hand; with a real hub in packages/hub/src/lookup/patience.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TocsinError } from '../../protocol/errors.ts';
import type { RetryAfter } from '../../protocol/retry-after.ts';
import { HandWorld, NOW } from '../client-fixture.ts';
import { PATIENCE_LIMITS, Patience } from './patience.ts';

const { maxPauseMs, maxRestMs, minWaitMs, restMs } = PATIENCE_LIMITS;
const seconds = (n: number): RetryAfter => ({ kind: 'in', ms: 1_000 * n });
const busy = (retryAfter: RetryAfter | null = null): TocsinError =>
  new TocsinError('busy', 'Cannot ask the hub: it is busy', { retryAfter });

/** Asks with these outcomes, one a call. */
class Stage {
  readonly world = new HandWorld();
  readonly waits: number[] = [];
  readonly patience = new Patience(this.world.clock, async (ms) => {
    this.waits.push(ms);
    this.world.pass(ms / 1_000);
  });
  calls = 0;

  async ask(...outcomes: readonly (TocsinError | string)[]): Promise<string> {
    const left = [...outcomes];
    return await this.patience.asked(async () => {
      this.calls++;
      const next = left.shift();
      if (next instanceof TocsinError) throw next;
      return next ?? 'nothing left';
    });
  }

  /** How long nothing is asked from now on. */
  get restsFor(): number {
    const from = this.world.ms;
    while (this.patience.rests) this.world.ms += 50;
    return this.world.ms - from;
  }
}

for (const [name, retryAfter, ms] of [
  ['two seconds', seconds(2), 2_000],
  ['the longest pause', seconds(maxPauseMs / 1_000), maxPauseMs],
  ['nothing', seconds(0), minWaitMs],
  ['a date', { kind: 'at', ms: NOW + 3_000 }, 3_000],
  ['a date that has passed', { kind: 'at', ms: NOW - 3_600_000 }, minWaitMs],
] as const)
  test(`a hub that asks for ${name} is waited for and asked once more`, async () => {
    const stage = new Stage();
    assert.equal(await stage.ask(busy(retryAfter), 'answer'), 'answer');
    assert.deepEqual([stage.waits, stage.calls, stage.restsFor], [[ms], 2, 0]);
  });

for (const [name, retryAfter, ms] of [
  ['more than a pause', { kind: 'in', ms: maxPauseMs + 1_000 }, maxPauseMs + 1_000],
  ['a minute', seconds(60), 60_000],
  ['a minute, by a date', { kind: 'at', ms: NOW + 60_000 }, 60_000],
  ['a year', seconds(365 * 86_400), maxRestMs],
  ['a year, by a date', { kind: 'at', ms: NOW + 365 * 86_400_000 }, maxRestMs],
  ['nothing that it names', null, restMs],
] as const)
  test(`a hub that asks for ${name} is left alone for it, and not waited for`, async () => {
    const stage = new Stage();
    await assert.rejects(stage.ask(busy(retryAfter), 'answer'), { code: 'busy' });
    assert.deepEqual([stage.waits, stage.calls, stage.restsFor], [[], 1, ms]);
  });

test('a hub that refuses again after a pause rests as long as it says then', async () => {
  const stage = new Stage();
  await assert.rejects(stage.ask(busy(seconds(1)), busy(seconds(3)), 'answer'), { code: 'busy' });
  assert.deepEqual([stage.waits, stage.calls, stage.restsFor], [[1_000], 2, 3_000]);
  await assert.rejects(stage.ask(busy(seconds(1)), busy()), { code: 'busy' });
  assert.equal(stage.restsFor, restMs);
});

test('of two rests the longer one counts', async () => {
  const stage = new Stage();
  await assert.rejects(stage.ask(busy(seconds(120))));
  await assert.rejects(stage.ask(busy()));
  assert.equal(stage.restsFor, 120_000);
});

test('whatever else fails rests as ever', async () => {
  const stage = new Stage();
  const failure = new TocsinError('unreachable', 'Cannot reach the hub');
  await assert.rejects(stage.ask(failure, 'answer'), failure);
  assert.deepEqual([stage.calls, stage.restsFor], [1, restMs]);
});

test('what is asked while another question waits, waits with it', async () => {
  const { clock } = new HandWorld();
  const slept = Promise.withResolvers<void>();
  const patience = new Patience(clock, () => slept.promise);
  const order: string[] = [];
  const refuseOnce = async (): Promise<void> => {
    order.push('first');
    if (order.length === 1) throw busy(seconds(1));
  };
  const first = patience.asked(refuseOnce);
  await new Promise(setImmediate);
  const second = patience.asked(async () => void order.push('second'));
  await new Promise(setImmediate);
  assert.deepEqual(order, ['first']);
  slept.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(order.toSorted(), ['first', 'first', 'second']);
});

test('a hub that asks for a pause before each answer is left alone after some of them', async () => {
  const stage = new Stage();
  for (let i = 0; i < PATIENCE_LIMITS.maxPauses; i++)
    assert.equal(await stage.ask(busy(seconds(5)), 'answer'), 'answer');
  await assert.rejects(stage.ask(busy(seconds(5)), 'answer'), { code: 'busy' });
  assert.equal(stage.waits.length, PATIENCE_LIMITS.maxPauses);
  assert.equal(stage.restsFor, restMs);
  assert.equal(await stage.ask('answer'), 'answer');
  assert.equal(await stage.ask(busy(seconds(5)), 'answer'), 'answer');
});
