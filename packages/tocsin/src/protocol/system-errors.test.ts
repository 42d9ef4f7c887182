// What the operating system refuses, as a person reads it: real refusals, and those of the network left alone.
import assert from 'node:assert/strict';
import { mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { errorWords } from './errors.ts';
import { systemState, systemWords } from './system-errors.ts';

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

test('what a call on a file throws is told in words, without the directories', () => {
  for (const [run, words] of [
    [
      () => readFileSync('/nowhere/at/all.txt'),
      /^Cannot open 'all\.txt': there is no such file or directory, want/,
    ],
    [
      () => mkdirSync('/etc/passwd/tocsin'),
      /^Cannot make 'tocsin': a part of its path is a file, want a directory/,
    ],
    [() => readdirSync('/etc/passwd'), /^Cannot read 'passwd': a part of its path is a file/],
    [() => readFileSync('/etc'), /^Cannot read a file: it is a directory, want a file$/],
  ] as const)
    assert.match(errorWords(thrown(run)), words);
});

test('a full disk is told as such', (t) => {
  const full = thrown(() => writeSync(openSync('/dev/full', 'w'), 'x'));
  if (!(full instanceof Error && 'code' in full && full.code === 'ENOSPC'))
    return t.skip('no /dev/full here');
  assert.equal(errorWords(full), 'Cannot write a file: the disk is full, want free space');
});

test('what is no refusal of a file keeps its words', async () => {
  const refused = await new Promise((done) => connect(1, '127.0.0.1').once('error', done));
  assert.equal(systemWords(refused), null);
  assert.match(errorWords(refused), /ECONNREFUSED/);
  assert.equal(systemWords(new Error('ENOSPC')), null);
  assert.equal(systemWords('ENOSPC'), null);
  assert.equal(systemState('EODD'), 'the system says EODD');
});
