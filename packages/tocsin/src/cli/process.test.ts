// How the program behaves as a process: colours, pipes, signals, launchers, what it loads.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { HELLO, NOT_JOINED, Stage } from './run-fixture.ts';

test('colours only where a terminal shows them, unless asked for, and never with NO_COLOR', async (t) => {
  const stage = new Stage(t);
  await stage.run(['override', 'deny', 'evil.example']);
  const colours = async (env: Record<string, string>) =>
    /\u001b\[/.test((await stage.run(['check', 'evil.example'], env)).out);
  assert.equal(await colours({}), false);
  assert.equal(await colours({ FORCE_COLOR: '1' }), true);
  assert.equal(await colours({ NO_COLOR: '1' }), false);
});

test('names that could forge lines or move the cursor are shown as text', async (t) => {
  const stage = new Stage(t);
  mkdirSync(stage.path('tree'));
  writeFileSync(stage.path('tree/a\u001b[2K\nmalicious'), 'hello\n');
  await stage.run(['override', 'deny', `sha256:${HELLO}`]);
  const { out } = await stage.run(['scan', 'tree']);
  assert.equal(out.split('\n')[0], 'malicious  DIR/tree/a\u{fffd}[2K\u{fffd}malicious  (your own override)');
});

test('a reader that goes away ends the scan quietly', async (t) => {
  const stage = new Stage(t);
  const child = stage.start(['scan', '--json', '--no-cache', '/usr/share/doc']);
  let err = '';
  child.stderr?.on('data', (chunk) => {
    err += String(chunk);
  });
  await once(child.stdout!, 'data');
  child.stdout!.destroy();
  const [status] = await once(child, 'exit');
  assert.equal(status, 141);
  assert.equal(err, NOT_JOINED);
});

test('Ctrl-C ends a scan with the summary so far and status 130', async (t) => {
  const stage = new Stage(t);
  const child = stage.start(['scan', '--json', '/usr']);
  child.stdout!.once('data', () => child.kill('SIGINT'));
  const { status, out, err } = await stage.ended(child);
  assert.equal(status, 130);
  assert.equal(err, NOT_JOINED);
  assert.equal(JSON.parse(out.trimEnd().split('\n').at(-1)!).summary.interrupted, true);
});

test('an older Node hands over to the one of the package', {
  skip: olderNode() === null && 'no Node older than 24 here',
}, async (t) => {
  const stage = new Stage(t);
  const ran = await stage.ended(stage.start(['scan', '/nonexistent'], {}, olderNode()!));
  assert.equal(ran.status, 2);
  assert.match(ran.err, /^tocsin: Cannot scan/);
  const child = stage.start(['scan', '--json', '/usr'], {}, olderNode()!);
  child.stdout!.once('data', () => child.kill('SIGTERM'));
  assert.equal((await stage.ended(child)).status, 130);
});

/** A `node` older than 24 that a system may have, or null. */
function olderNode(): string | null {
  const path = '/usr/bin/node';
  if (!existsSync(path)) return null;
  const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout;
  return Number.parseInt(version.slice(1), 10) < 24 ? path : null;
}

test('the program loads no subcommand that was not asked for', async (t) => {
  const { err } = await new Stage(t).run(['--help'], { NODE_DEBUG: 'esm' });
  const loaded = [
    ...new Set([...err.matchAll(/file:\/\/\/\S*\/src\/([\w/-]+\.ts)/g)].map((match) => match[1])),
  ];
  assert.deepEqual(loaded.sort(), [
    'cli/failure.ts',
    'cli/interrupt.ts',
    'cli/main.ts',
    'cli/subcommands.ts',
    'cli/terminal.ts',
    'client/state/home.ts',
    'lists/files.ts',
    'protocol/errors.ts',
    'protocol/system-errors.ts',
    'protocol/world.ts',
  ]);
});
