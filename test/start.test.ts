// npm start: its question, its words for what went wrong, and the whole of it as processes, at a terminal and without.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { askLevel } from '../scripts/start/ask.ts';
import { Commands } from '../scripts/start/commands.ts';
import { FIRST_LOOK, takeBack, vouch } from '../scripts/start/packages.ts';
import { reasonOf } from '../scripts/start/reason.ts';
import { gone } from './support/processes.ts';

const START = join(import.meta.dirname, '..', 'scripts', 'start.ts');
const noDpkg = !existsSync('/var/lib/dpkg/info/dpkg.list') && 'no dpkg here';
const noTerminal =
  spawnSync('script', ['--version']).status !== 0 && "no 'script' here to make a pseudo terminal";

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('the question: a clear yes counts, Enter, Ctrl-D and anything else are off, Ctrl-C stops', async () => {
  const answerTo = async (typed: string | null): Promise<string> => {
    const input = new PassThrough();
    const asked = askLevel(input, new PassThrough());
    if (typed === null) input.end();
    else input.write(typed);
    const answer = await asked;
    return answer.kind === 'level' ? answer.level : answer.kind;
  };
  for (const [typed, wanted] of [
    ['standard\r', 'standard'],
    [' Extended \r', 'extended'],
    ['\r', 'off'],
    ['yes\r', 'off'],
    ['stand\u0004\r', 'off'],
    ['\u0004', 'off'],
    [null, 'off'],
    ['\u0003', 'stopped'],
    ['stand\u0003', 'stopped'],
  ] as const)
    assert.equal(await answerTo(typed), wanted, JSON.stringify(typed));
});

test('why a command ended is its own sentence, and never a line that tells what it did', () => {
  for (const [errors, status, signal, wanted] of [
    ['records: schema 1 (spine) is in place\n', null, 'SIGKILL', 'it was ended by SIGKILL'],
    ['records: schema 1 (spine) is in place\n', 1, null, 'it ended with status 1'],
    ['', 3, null, 'it ended with status 3'],
    ['warning: old lists\nerror: Cannot open: x, want y\n', 2, null, 'Cannot open: x, want y'],
    ["tocsin: Cannot join: x, want y\nhint: run 'z'\n", 2, null, 'Cannot join: x, want y'],
    ['\u001b[31merror:\u001b[39m Cannot open: x\n', 2, null, 'Cannot open: x'],
  ] as const)
    assert.equal(reasonOf(errors, status, signal), wanted);
});

test('a full disk ends a command whose output is kept, with one sentence', {
  skip: !existsSync('/dev/full') && 'no /dev/full here',
}, async (t) => {
  const home = temporary(t);
  const commands = new Commands({ TOCSIN_HOME: home });
  const run = await commands.run('tocsin', ['statement'], { outputFile: '/dev/full' });
  assert.deepEqual([run.status, run.reason], [2, "Cannot write 'full': the disk is full, want free space"]);
  const kept = join(home, 'statement.txt');
  assert.equal((await commands.run('tocsin', ['statement'], { outputFile: kept })).status, 0);
  assert.match(readFileSync(kept, 'utf8'), /SHA-256 of the text above: [0-9a-f]{64}\n$/);
});

test('the first look is replaced by the next one, also by one that finds nothing, and taken back', {
  skip: noDpkg,
}, async (t) => {
  const root = temporary(t);
  const commands = new Commands({ TOCSIN_HOME: join(root, 'agent'), TOCSIN_HUB_DATA: join(root, 'hub') });
  const objects = async (): Promise<number> => {
    const { output } = await commands.run('tocsin-hub', ['sources', '--json']);
    return (JSON.parse(output) as { objects: number }).objects;
  };
  const look = async (...paths: string[]) => await vouch(commands, root, paths, FIRST_LOOK);
  const both = await look('/usr/bin/dpkg', '/usr/bin/dpkg-query');
  assert.equal(both?.files, 2);
  assert.equal(await objects(), 2);
  assert.equal((await look('/usr/bin/dpkg'))?.files, 1);
  assert.equal(await objects(), 1);
  assert.deepEqual(await look(root), {
    files: 0,
    altered: 0,
    alteredFile: join(root, 'packages-first-altered.txt'),
  });
  assert.equal(await objects(), 0, 'nothing is known good any more by a first look of before');
  await look('/usr/bin/dpkg');
  await takeBack(commands, root, FIRST_LOOK);
  assert.equal(await objects(), 0);
});

/** One npm start on a directory of its own, without a terminal or at one. */
class Started {
  readonly child: ChildProcess;
  shown = '';

  constructor(t: TestContext, root: string, paths: readonly string[], terminal: boolean) {
    const { NODE_TEST_CONTEXT: _context, ...rest } = process.env;
    const env = { ...rest, TOCSIN_DATA: root, TOCSIN_LISTEN: '127.0.0.1:0', NO_COLOR: '1' };
    const words = [process.execPath, START, ...paths];
    // 'exec', or a shell in between answers Ctrl-C with a status of its own.
    const line = `exec ${words.map((word) => `'${word}'`).join(' ')}`;
    this.child = terminal
      ? spawn('script', ['-qec', line, '/dev/null'], { env })
      : spawn(words[0]!, words.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk) => {
        this.shown += String(chunk);
      });
    t.after(async () => {
      this.child.kill('SIGTERM');
      await gone(this.child);
    });
  }

  async shows(what: RegExp): Promise<void> {
    while (!what.test(this.shown)) {
      assert.ok(this.child.exitCode === null, this.shown);
      await sleep(20);
    }
  }

  async ends(): Promise<number | null> {
    await gone(this.child);
    return this.child.exitCode;
  }
}

function tree(t: TestContext): { root: string; files: string } {
  const directory = temporary(t);
  const files = join(directory, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'hello'), 'hello\n');
  return { root: join(directory, 'state'), files };
}

test('npm start without a terminal: off, a summary, the address, and a second one is refused', async (t) => {
  const { root, files } = tree(t);
  const first = new Started(t, root, [files], false);
  await first.shows(/Ctrl-C stops everything/);
  assert.match(first.shown, /^machine {2}enrolled over mutual TLS/m);
  assert.match(first.shown, /^sharing {2}participation is off \(no terminal to ask at\)/m);
  assert.match(first.shown, /^Scanned 1 file, 6 bytes/m);
  const second = new Started(t, root, [files], false);
  assert.equal(await second.ends(), 2);
  assert.equal(
    second.shown,
    `error: Cannot start: npm start runs already with the state in ${root}, want that one stopped, or another directory: TOCSIN_DATA=DIR npm start\n`,
  );
  first.child.kill('SIGINT');
  assert.equal(await first.ends(), 0, first.shown);
  assert.match(first.shown, /^stopping …\n[\s\S]*^stopped\n$/m);
  assert.equal(existsSync(join(root, 'hub', 'postgres', 'postmaster.pid')), false, 'the engine has stopped');
  const third = new Started(t, root, [files], false);
  await third.shows(/^Scanned 1 file/m);
});

test('npm start at a terminal: Ctrl-C at the question stops everything, Ctrl-D means off', {
  skip: noTerminal,
}, async (t) => {
  const { root, files } = tree(t);
  const stopped = new Started(t, root, [files], true);
  await stopped.shows(/Take part\?/);
  stopped.child.stdin!.write('\u0003');
  assert.equal(await stopped.ends(), 0, stopped.shown);
  assert.match(stopped.shown, /stopping …[\r\n]+stopped[\r\n]+$/);
  assert.doesNotMatch(stopped.shown, /error|Abort/);
  const off = new Started(t, root, [files], true);
  await off.shows(/Take part\?/);
  off.child.stdin!.write('\u0004');
  await off.shows(/Ctrl-C stops everything/);
  assert.match(off.shown, /sharing {2}participation is off\r?\n/);
  off.child.stdin!.write('\u0003');
  assert.equal(await off.ends(), 0, off.shown);
});
