// Completion in real shells: what a person gets after the tabulator key.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Stage } from './run-fixture.ts';
import { SUBCOMMANDS } from './subcommands.ts';

function lacks(shell: string): string | false {
  return spawnSync(shell, ['-c', 'true']).status === 0 ? false : `no ${shell} here`;
}

test('bash completes commands, options, choices and files', { skip: lacks('bash') }, async (t) => {
  const stage = new Stage(t);
  writeFileSync(stage.path('completion'), (await stage.run(['completion', 'bash'])).out);
  mkdirSync(stage.path('some dir'));
  const complete = (...words: string[]): string[] => {
    const quoted = ['tocsin', ...words].map((word) => `'${word}'`).join(' ');
    const program = `source ./completion; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _tocsin; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', program], {
      cwd: stage.directory,
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    return stdout.split('\n').filter((line) => line !== '');
  };
  assert.deepEqual(complete('st'), ['status', 'statement']);
  for (const { name } of SUBCOMMANDS) assert.ok(complete('').includes(name), name);
  assert.deepEqual(complete('scan', '--a'), ['--all']);
  assert.deepEqual(complete('scan', 'som'), ['some dir']);
  assert.deepEqual(complete('statement', '--format', 'j'), ['json']);
  assert.deepEqual(complete('participation', 's'), ['standard']);
  assert.deepEqual(complete('override', 'a'), ['allow']);
  assert.deepEqual(complete('override', 'allow', '--n'), ['--note']);
  assert.deepEqual(complete('override', 'deny', 'som'), ['some dir']);
  assert.deepEqual(complete('sent', 'v'), ['verify']);
  assert.deepEqual(complete('sent', 'show', '--r'), ['--raw']);
  assert.deepEqual(complete('sent', 'export', 'som'), ['some dir']);
  assert.deepEqual(complete('sent', '--json', '--li'), ['--limit']);
  assert.deepEqual(complete('completion', 'z'), ['zsh']);
});

for (const [shell, check] of [
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const)
  test(`the script for ${shell} is one that ${shell} reads`, { skip: lacks(shell) }, async (t) => {
    const stage = new Stage(t);
    writeFileSync(stage.path('completion'), (await stage.run(['completion', shell])).out);
    const { status, stderr } = spawnSync(shell, [...check, stage.path('completion')], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });

test('the scripts for all shells name every subcommand and option', async (t) => {
  const stage = new Stage(t);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await stage.run(['completion', shell]);
    for (const { name } of SUBCOMMANDS) assert.ok(out.includes(name), `${shell} ${name}`);
    for (const option of ['offline', 'follow', 'accept', 'note', 'root'])
      assert.ok(out.includes(option), `${shell} ${option}`);
  }
});
