// `tocsin uninstall` as a person and a script see it: real processes.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { Stage } from './run-fixture.ts';
import { fillJournal, RUN, runWords } from './sent-fixture.ts';

const terminal =
  spawnSync('script', ['--version']).status === 0 ? false : "no 'script' here to make a pseudo terminal";

test('where nothing is kept, nothing is removed', async (t) => {
  const stage = new Stage(t);
  assert.deepEqual(await runWords(stage, ['uninstall', '--yes']), {
    status: 0,
    out: '',
    err: 'Nothing to remove: Tocsin keeps nothing in DIR/home.\n',
  });
});

test('a script says --yes, and is told what went', async (t) => {
  const stage = new Stage(t);
  fillJournal(stage);
  writeFileSync(stage.path('home/notes.txt'), 'mine');
  const told = [
    'This goes from DIR/home, for good:',
    '  1 key, first: local.key',
    /^ {2}1 file, [0-9.]+ KB with the keys: lists, caches, journal, settings and choices$/,
    '  1 other entry stays: not made by Tocsin',
    'Before that, the hub is asked to erase what came from this machine, where anything did.',
  ];
  const asked = await runWords(stage, ['uninstall']);
  assert.equal(asked.status, 2);
  for (const [n, line] of asked.err.split('\n').slice(0, told.length).entries())
    assert.match(line, asRegExp(told[n]!));
  assert.ok(
    asked.err.endsWith('nobody is here to say yes, want an answer or --yes\nhint: nothing was changed\n'),
  );
  assert.deepEqual(readdirSync(stage.home).sort(), ['journal.db', 'local.key', 'notes.txt']);
  const done = await runWords(stage, ['uninstall', '--yes']);
  assert.deepEqual(
    [done.status, done.out],
    [
      0,
      [
        'Destroyed 1 key: nothing that was sealed can be opened any more.',
        'Removed 1 file from DIR/home.',
        'Left alone: notes.txt (not made by Tocsin)',
        '',
      ].join('\n'),
    ],
  );
  assert.deepEqual(readdirSync(stage.home), ['notes.txt']);
});

function asRegExp(want: string | RegExp): RegExp {
  return typeof want === 'string' ? new RegExp(`^${want.replace(/[.?*+()]/g, '\\$&')}$`) : want;
}

test('a directory of somebody else is refused', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.home);
  writeFileSync(stage.path('home/settings.json'), '{}');
  const { status, err } = await runWords(stage, ['uninstall', '--yes']);
  assert.equal(status, 2);
  assert.match(
    err,
    /^tocsin: Cannot remove the state directory \(TOCSIN_HOME\): nothing in it is known to be of Tocsin/,
  );
  assert.deepEqual(readdirSync(stage.home), ['settings.json']);
});

test('a person at a terminal is asked, and believed', { skip: terminal }, async (t) => {
  const stage = new Stage(t);
  const answer = async (word: string): Promise<{ status: number; shown: string }> => {
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const child = spawn(
      'script',
      ['-qec', 'exec "$NODE" --input-type=module -e "$RUN" -- uninstall', '/dev/null'],
      {
        env: { ...env, NODE: process.execPath, RUN, TOCSIN_HOME: stage.home, NO_COLOR: '1', TERM: 'dumb' },
      },
    );
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += String(chunk);
      if (shown.endsWith('no: ')) child.stdin.write(`${word}\n`);
    });
    const [status] = (await once(child, 'close')) as [number];
    return { status, shown };
  };
  fillJournal(stage);
  const no = await answer('maybe');
  assert.equal(no.status, 2, no.shown);
  assert.match(no.shown, /the answer was no, want yes/);
  assert.ok(existsSync(stage.path('home/local.key')));
  const yes = await answer('yes');
  assert.equal(yes.status, 0, yes.shown);
  assert.equal(existsSync(stage.home), false);
});

test('what is to be said before is said while everything is there; a failure is told, and --yes goes on', async (t) => {
  const stage = new Stage(t);
  const run = async (farewell: string) => {
    fillJournal(stage);
    const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
    const program = `
      const { readdirSync } = await import('node:fs');
      const { SUBCOMMANDS } = await import(${url('./subcommands.ts')});
      const { defineUninstall } = await import(${url('./uninstall.ts')});
      const before = async ({ home }) => {
        const there = readdirSync(home.directory).join();
        ${farewell}
      };
      SUBCOMMANDS.splice(0, Infinity, { name: 'uninstall', load: async () => defineUninstall(before) });
      const { main } = await import(${url('./main.ts')});
      await main(['uninstall', '--yes']);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: stage.directory,
      env: { ...process.env, TOCSIN_HOME: stage.home, NO_COLOR: '1' },
    });
    const { status, out, err } = await stage.ended(child);
    assert.equal(status, 0, err);
    assert.match(out, /^Destroyed 1 key:/m);
    assert.equal(existsSync(stage.home), false);
    return err.trim().split('\n').at(-1);
  };
  assert.equal(
    await run("return { kind: 'done', words: 'said with ' + there };"),
    'said with journal.db,local.key',
  );
  // As the outbox does with its own key when the hub is asked to erase.
  const gone = "(await import('node:fs')).rmSync(home.directory + '/local.key'); return { kind: 'nothing' };";
  assert.match(String(await run(gone)), /^Before that, the hub is asked/m);
  assert.equal(await run("return { kind: 'failed', words: 'the hub is away' };"), 'warning: the hub is away');
  assert.equal(await run("throw new Error('the hub is away');"), 'warning: the hub is away');
});
