import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { bench } from './cli-fixture.ts';
import { confirmed } from './confirm.ts';

test('tocsin-hub held: groups, a decision that a script must mean, and its undoing', async (t) => {
  const { hub, data } = await bench(t);
  const file = (name: string, text: string): string => {
    const path = join(dirname(data), name);
    writeFileSync(path, text);
    return path;
  };
  await hub('import', 'domains', file('feed', 'a.example\nb.example\nc.example\n'));
  await hub('import', 'top-sites', file('ranking', '1,a.example\n2,b.example\n'));
  const shown = await hub('held');
  assert.match(
    shown.stdout,
    /^ {8}2 {2}host {2}feed against ranking: held for a person: feed says malicious, ranking warns: among the 100 most visited sites\n\nhost:/,
  );
  assert.equal((await hub('held', '--kind', 'url')).stdout, 'nothing is held\n');
  const group = ['--source', 'feed', '--against', 'ranking'];
  const asked = await hub('held', ...group, '--decide', 'good');
  assert.equal(asked.status, 2);
  assert.match(
    asked.stderr,
    /Cannot decide 2 held objects \(accused by feed, against ranking\) as good: nobody can be asked here, want --yes/,
  );
  const wrong = await hub('held', ...group, '--decide', 'bad', '--yes');
  assert.match(wrong.stderr, /good, listed, unlisted/);
  const done = await hub('held', ...group, '--decide', 'good', '--reason', 'our own sites', '--yes');
  assert.match(
    done.stdout,
    /^decision 1: 2 objects are good \(undo: tocsin-hub held --undo 1\)\n {2}published revision/,
  );
  assert.equal((await hub('held')).stdout, 'nothing is held\n');
  assert.match(
    (await hub('held', '--decisions')).stdout,
    /1 {2}2 objects, accused by feed, against ranking: good · our own sites/,
  );
  const undone = await hub('held', '--undo', '1');
  assert.match(
    undone.stdout,
    /^decision 1 is undone: 2 objects\n {2}published revision \d+; 2 held for a person/,
  );
  assert.match((await hub('held', '--undo', 'x')).stderr, /Cannot undo decision 'x'/);
});

test('at a terminal only a yes is one', async () => {
  for (const [typed, want] of [
    ['y\n', true],
    ['Yes\n', true],
    ['n\n', false],
    ['\n', false],
    ['', false],
  ] as const) {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const stderr = Object.assign(new PassThrough(), { isTTY: true });
    const answer = confirmed('decide 2 held objects', false, { stdin, stderr });
    stdin.end(typed);
    assert.equal(await answer, want, JSON.stringify(typed));
    assert.match(String(stderr.read()), /decide 2 held objects\? \[y\/N\] /);
  }
});
