// Real processes that are killed while they write, and a disk that is full: what was said to be begun is there.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Home } from '../state/home.ts';
import { openLocalKey } from '../state/local-key.ts';
import { journalPlace } from './fixture.ts';
import { Journal } from './journal.ts';

const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** Begins and settles entries; prints each id once its entry was begun. */
const PROGRAM = `
  const { writeSync } = await import('node:fs');
  const { Journal } = await import(${url('./journal.ts')});
  const { HUB, LISTS, renewal } = await import(${url('./fixture.ts')});
  const { openLocalKey } = await import(${url('../state/local-key.ts')});
  const { homeAt } = await import(${url('../state/home.ts')});
  const { systemWorld: world } = await import(${url('../../protocol/world.ts')});
  const [place, limits, rounds] = process.argv.slice(1);
  const home = homeAt(place);
  const journal = Journal.open(home, world, openLocalKey(home, world).key, JSON.parse(limits));
  for (let n = 0; n < Number(rounds); n++) {
    let entry;
    try {
      entry = journal.begin(n % 5 === 0 ? renewal(Buffer.alloc(n % 4000, n)) : LISTS, HUB, n);
    } catch (error) {
      writeSync(1, 'threw ' + error.code + ' ' + error.message + '\\n');
      break;
    }
    writeSync(1, entry.id + '\\n');
    if (n % 3 === 0) entry.written();
    else entry.answered(200);
  }`;

/** `shell`: lines of sh that run before, and may change the command "$@" that is run. */
function start(home: Home, limits: object = {}, shell = '', rounds = Infinity): ChildProcess {
  const program = [process.execPath, '--input-type=module', '-e', PROGRAM];
  const words = [...program, home.directory, JSON.stringify(limits), String(rounds)];
  return spawn('sh', ['-c', `${shell}\nexec "$@"`, 'sh', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The lines that it prints until it ends; killed where so many have come and some more ms have passed. */
async function linesOf(child: ChildProcess, killAfter = Infinity, ms = 0): Promise<string[]> {
  const lines: string[] = [];
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout! })) {
    lines.push(line);
    if (lines.length === killAfter) void sleep(ms).then(() => child.kill('SIGKILL'));
  }
  await ended;
  return lines;
}

test('whatever a killed process had said to be begun is there, and the chain holds', async (t) => {
  const { home, world } = journalPlace(t);
  const begun = new Set<number>();
  for (const [lines, ms] of [
    [1, 0],
    [40, 0],
    [5, 3],
    [100, 7],
    [3, 31],
  ] as const) {
    const child = start(home);
    for (const line of await linesOf(child, lines, ms)) begun.add(Number(line));
    assert.equal(child.signalCode, 'SIGKILL');
    using journal = Journal.open(home, world, openLocalKey(home, world).key);
    const verified = journal.verify();
    assert.equal(verified.kind, 'ok', JSON.stringify(verified));
    const there = new Set([...journal.entries()].map(({ id }) => id));
    for (const id of begun) assert.ok(there.has(id), `entry ${id}`);
    assert.ok(there.size <= begun.size + 5, 'one more at most a kill: begun and not yet said');
  }
  assert.ok(begun.size > 150);
});

test('processes at once share one chain, while they prune it, and while they are killed', async (t) => {
  const { home, world } = journalPlace(t);
  const limits = { maxBytes: 60_000 };
  const children = [90, 140, 200].map((lines) => linesOf(start(home, limits), lines));
  const ids = (await Promise.all(children)).flat().map(Number);
  assert.equal(new Set(ids).size, ids.length, 'no id is given twice');
  assert.ok(ids.every((id) => id > 0));
  using journal = Journal.open(home, world, openLocalKey(home, world).key);
  assert.equal(journal.verify().kind, 'ok');
  const { first, last } = journal.head.requests;
  assert.ok(first.id > 0, 'some were pruned');
  assert.ok(Math.max(...ids) <= last.id && last.id <= ids.length + 3);
});

test('on a full disk nothing is begun, and what was begun stays', async (t) => {
  const { home, world } = journalPlace(t);
  // A limit on the size of files stands for the disk: writes beyond it fail.
  const lines = await linesOf(start(home, {}, "trap '' XFSZ; ulimit -f 2000"));
  const last = lines.pop()!;
  assert.match(last, /^threw io Cannot write the journal/);
  assert.ok(lines.length > 10, `${lines.length} were begun`);
  using journal = Journal.open(home, world, openLocalKey(home, world).key);
  assert.equal(journal.verify().kind, 'ok');
  assert.equal(journal.head.requests.last.id, lines.length, 'and not one more');
});

const strace =
  spawnSync('strace', ['-f', 'true']).status === 0 ? false : "no 'strace' here that may look at a process";

test('an entry is on the disk before anybody is told that it was begun', { skip: strace }, async (t) => {
  const { home } = journalPlace(t);
  const trace = join(home.directory, '..', 'trace');
  const set = `set -- strace -f -y -e trace=pwrite64,write,fsync,fdatasync -o '${trace}' "$@"`;
  await linesOf(start(home, {}, set, 30));
  let waiting = 0;
  let told = 0;
  for (const call of readFileSync(trace, 'utf8').split('\n')) {
    if (/pwrite64\(\d+<[^>]*journal\.db-wal>/.test(call)) waiting++;
    if (/(?:fsync|fdatasync)\(\d+<[^>]*journal\.db-wal>/.test(call)) waiting = 0;
    if (!/write\(1<[^>]*>, "\d+\\n"/.test(call)) continue;
    assert.equal(waiting, 0, `told before it was synced: ${call}`);
    told++;
  }
  assert.equal(told, 30);
});
