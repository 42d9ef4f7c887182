import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TocsinError } from '../../protocol/errors.ts';
import { ConsentCheck } from './check.ts';
import { ConsentStage } from './stage-fixture.ts';

test('the newest choice is asked for once, by all who wait, and again after ten minutes', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  const check = new ConsentCheck(stage.open(), stage.hub.call, stage.world.clock);
  await Promise.all([check.ensure(), check.ensure()]);
  await check.ensure();
  assert.deepEqual(stage.hub.asked, ['/v1/consent']);
  stage.world.pass(600);
  await check.ensure();
  assert.equal(stage.hub.asked.length, 2);
});

test('a hub that is away: nothing may leave, and the next question asks again', async (t) => {
  const stage = await ConsentStage.make(t);
  let away = true;
  const call: typeof stage.hub.call = async (path) => {
    if (away) throw new TocsinError('unreachable', 'Cannot reach the hub: nothing answers, want it to run');
    return stage.hub.call(path);
  };
  const check = new ConsentCheck(stage.open(), call, stage.world.clock);
  await assert.rejects(check.ensure(), TocsinError);
  away = false;
  await check.ensure();
  assert.deepEqual(stage.hub.asked, ['/v1/consent']);
});
