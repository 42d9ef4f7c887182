import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConsentStage } from '../consent/stage-fixture.ts';

test('the reason for which a choice is sent follows from the one before it', async (t) => {
  const stage = await ConsentStage.make(t);
  stage.choose({ level: 'standard' });
  stage.choose({ level: 'extended', sharing: 'yes' });
  stage.choose({ level: 'standard' });
  stage.choose({ sharing: 'no' });
  stage.choose({ level: 'off' });
  const source = stage.open();
  const reasons = source
    .records()
    .map((signed) => [signed.record.choice, signed.record.value, source.toSend.reasonOf(signed)].join(' '));
  assert.deepEqual(reasons, [
    'participation standard given',
    'participation extended given',
    'sharing yes given',
    'participation standard narrowed',
    'sharing no narrowed',
    'participation off narrowed',
  ]);
});
