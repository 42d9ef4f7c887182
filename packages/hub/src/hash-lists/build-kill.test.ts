// A builder killed at any step: what it leaves is built upon, and gives the same lists as an empty directory.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import type { BuildAnswer, BuildOrder } from './build.ts';
import { buildHashLists } from './build.ts';
import type { FixtureEntry } from './build-fixture.ts';
import { publishEntries } from './build-fixture.ts';

const KILLS = 6;
const PROCESS = join(import.meta.dirname, 'build-fixture-process.ts');
const ENTRIES = Array.from(
  { length: 400 },
  (_, i): FixtureEntry => ({
    kind: 'host',
    key: hostKey(`h${i}.example`).bytes,
    level: 'malicious',
    category: i % 3 === 0 ? 'malware' : 'phishing',
    change: i % 5 === 0,
  }),
);

function wholes(answers: readonly BuildAnswer[]): Buffer[] {
  return answers.map((answer) => Buffer.from(answer.kind === 'built' ? answer.whole : []));
}

async function killedAfter(orders: readonly BuildOrder[], ms: number): Promise<void> {
  const child = spawn(process.execPath, [PROCESS, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await sleep(ms);
  child.kill('SIGKILL');
  await once(child, 'close');
}

test('hash lists: killed at any step, the next build gives what an empty directory gives', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const segments = join(directory, 'segments');
  const [sets, fresh] = [join(directory, 'sets'), join(directory, 'fresh')];
  mkdirSync(sets);
  const common = { segments, directory: sets, have: {}, now: 0, minimumWait: 1 };
  const orders = [ENTRIES, ENTRIES.slice(7)].map((entries) => ({
    ...common,
    lists: publishEntries(segments, entries),
  }));
  for (let kill = 0; kill < KILLS; kill++) {
    await killedAfter(orders, kill * 7);
    const order = orders[kill % 2]!;
    const answers = buildHashLists(order);
    mkdirSync(fresh);
    assert.deepEqual(wholes(answers), wholes(buildHashLists({ ...order, directory: fresh })));
    rmSync(fresh, { recursive: true });
    assert.ok(readdirSync(sets).every((name) => /\.(?:set|base)$/.test(name)));
  }
});
