// At a terminal (a pseudo terminal made by util-linux's `script`): bars, colours, questions.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { PROGRAM, Stage } from './run-fixture.ts';

const skip =
  spawnSync('script', ['--version']).status === 0 ? false : "no 'script' here to make a pseudo terminal";

/** Runs at a terminal and types `answers`, each when a question stands there; all that the terminal showed. */
async function atTerminal(
  stage: Stage,
  words: string,
  answers: readonly string[] = [],
): Promise<{ status: number; shown: string }> {
  // Under CI Node takes a terminal for one without colours.
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_TEST_CONTEXT: _context, CI: _ci, ...env } = process.env;
  const child = spawn('script', ['-qec', `'${process.execPath}' '${PROGRAM}' ${words}`, '/dev/null'], {
    cwd: stage.directory,
    env: { ...env, TOCSIN_HOME: stage.home, TERM: 'xterm-256color' },
  });
  const waiting = [...answers];
  let shown = '';
  child.stdout.on('data', (chunk) => {
    shown += String(chunk);
    if (/: (?:\u001b\[\d+G)?$/.test(shown) && waiting.length > 0) child.stdin.write(`${waiting.shift()}\n`);
  });
  const [status] = (await once(child, 'close')) as [number];
  return { status, shown };
}

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

test('a person reads the Statement and says yes, or anything else', { skip }, async (t) => {
  const stage = new Stage(t);
  const no = await atTerminal(stage, 'participation standard', ['maybe']);
  assert.equal(no.status, 2);
  assert.match(no.shown, /WHAT LEAVES THIS MACHINE/);
  assert.match(no.shown, /the Statement was not accepted/);
  assert.equal(JSON.parse((await stage.run(['participation', '--json'])).out).level, 'off');
  const yes = await atTerminal(stage, 'participation standard', ['yes']);
  assert.equal(yes.status, 0, yes.shown);
  assert.equal(JSON.parse((await stage.run(['participation', '--json'])).out).level, 'standard');
});

test('Ctrl-C at a question ends the program as everywhere, and nothing is set', { skip }, async (t) => {
  const stage = new Stage(t);
  const { status, shown } = await atTerminal(stage, 'participation standard', ['\u0003']);
  assert.equal(status, 130, shown);
  assert.doesNotMatch(shown, /Abort|mistake|not accepted/);
  const { chosen, level } = JSON.parse((await stage.run(['participation', '--json'])).out);
  assert.deepEqual([level, chosen.kind], ['off', 'unset']);
});
