// At a terminal (a pseudo terminal made by util-linux's `script`): bars, colours, questions.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Stage } from './run-fixture.ts';
import { atTerminal, noTerminal as skip } from './terminal-fixture.ts';

test('a terminal shows colours and a moving line that is gone in the end', { skip }, async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.path('tree'));
  for (let n = 0; n < 3_000; n++) writeFileSync(stage.path(`tree/${n}`), `${n}`);
  const { status, shown } = await atTerminal(stage, 'scan tree');
  assert.equal(status, 0, shown);
  assert.match(shown, /\u001b\[33mwarning:/);
  assert.match(shown, /\rscanning {2}\[[#-]{20}\] {2}[\d,]+ files {2}/);
  assert.match(shown, /\r\u001b\[KScanned 3,000 files/);
});

test('a person without a hub is told so before any question', { skip }, async (t) => {
  const stage = new Stage(t);
  const { status, shown } = await atTerminal(stage, 'participation standard', ['yes']);
  assert.equal(status, 2, shown);
  assert.match(shown, /this machine has joined no hub/);
  assert.doesNotMatch(shown, /Type yes or no/);
});
