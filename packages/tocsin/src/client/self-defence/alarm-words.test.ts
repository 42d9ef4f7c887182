import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { ConsentStage } from '../consent/stage-fixture.ts';
import { alarmWords } from './alarm-words.ts';

test('words of an alarm: true at the first look and at the second, when a new seal was made', async (t) => {
  const table = [
    [['guard'], 'settings-deleted', /^A file that says what is sent and to whom, or its seal, is gone/],
    [
      ['settings', 'guard'],
      'settings-deleted',
      /^A file that says what is sent and to whom, or its seal, is gone/,
    ],
  ] as const;
  for (const [files, code, words] of table) {
    const stage = await ConsentStage.make(t);
    stage.choose({ level: 'standard' });
    for (const name of files) rmSync(stage.places[name]);
    for (const _ of ['first', 'second']) {
      const state = stage.open().current();
      assert.ok(state.kind === 'alarm' && state.alarm.code === code);
      assert.match(alarmWords(state.alarm), words);
      assert.doesNotMatch(alarmWords(state.alarm), /altered|as they were/);
    }
  }
});
