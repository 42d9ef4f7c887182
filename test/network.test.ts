// The path of an object in one process: import, resolve, publish, fetch, scan, override, recall, under a moved clock.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FORMATS } from '../packages/hub/src/imports/formats/index.ts';
import { runImport } from '../packages/hub/src/imports/run-import.ts';
import { rotateKeys } from '../packages/hub/src/keys/commands.ts';
import { setVerdict, unsetVerdict } from '../packages/hub/src/verdicts/analyst.ts';
import { publish } from '../packages/hub/src/verdicts/publish.ts';
import { openCache } from '../packages/tocsin/src/agent/cache.ts';
import { HashPool } from '../packages/tocsin/src/agent/hash-pool.ts';
import type { ScanResult } from '../packages/tocsin/src/agent/scan.ts';
import { scan } from '../packages/tocsin/src/agent/scan.ts';
import { rejoin } from '../packages/tocsin/src/client/channel/enrol.ts';
import { setParticipation, statementFor } from '../packages/tocsin/src/client/consent/set-participation.ts';
import { followLists } from '../packages/tocsin/src/client/lists/follow.ts';
import type { Machine } from '../packages/tocsin/src/client/machine.ts';
import { TocsinError } from '../packages/tocsin/src/protocol/errors.ts';
import { parseHex } from '../packages/tocsin/src/protocol/hex.ts';
import type { ObjectKey } from '../packages/tocsin/src/protocol/kinds.ts';
import { DAY, HOUR, Network } from './support/network.ts';

let network: Network;
let pool: HashPool;
before(async () => {
  network = await Network.start();
  pool = new HashPool({ workers: 1 });
});
after(async () => {
  await pool.close();
  await network.close();
});

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function key(text: string): ObjectKey {
  return { kind: 'file-sha256', bytes: parseHex(digest(text))! };
}

async function importLines(source: string, lines: readonly string[], level?: 'good'): Promise<void> {
  const path = network.path(`${source}.txt`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  await runImport(network.hub, { format: FORMATS['hashes']!, path, source, ...(level ? { level } : {}) });
  await publish(network.hub);
}

/** Older than the tick within which a change could leave a file's times as they are: else a digest is not reused. */
const SETTLED_MS = 100;

async function makeFiles(name: string, contents: readonly string[]): Promise<string> {
  const directory = network.path(name);
  mkdirSync(directory, { recursive: true });
  for (const [i, content] of contents.entries()) writeFileSync(join(directory, `${i}`), content);
  await sleep(SETTLED_MS);
  return directory;
}

async function scanned(machine: Machine, directory: string): Promise<string[]> {
  const cache = openCache(machine.home, network.world);
  const results: ScanResult[] = [];
  try {
    await scan([directory], {
      pool,
      cache,
      ladder: machine.ladder,
      world: network.world,
      onResult: (r) => results.push(r),
    });
  } finally {
    cache.close();
  }
  return results.map((r) => `${r.path.split('/').at(-1)} ${r.verdict.level} ${r.answeredBy}`).sort();
}

const SAME = ['bad', 'fine', 'nobody knows'] as const;

/** As a person who read the Statement does. */
function choose(machine: Machine): void {
  const accept = statementFor(machine.consents.current().place, 'en').sha256;
  machine.consents.change((parts) => setParticipation(parts, { level: 'standard', accept }));
}

test('a machine with participation off is protected by lists, and asks nothing', async () => {
  await importLines('feed', [digest('bad'), digest('also bad')]);
  await importLines('packages', [digest('fine')], 'good');
  const machine = await network.machine('off');
  await machine.refreshLists();
  const before = network.seen.length;
  const directory = await makeFiles('off-files', SAME);
  assert.deepEqual(await scanned(machine, directory), ['0 malicious list', '1 good list', '2 unknown none']);
  assert.deepEqual(await scanned(machine, directory), [
    '0 malicious cache',
    '1 good cache',
    '2 unknown none',
  ]);
  assert.deepEqual(network.seen.slice(before), []);
  assert.match(machine.ladder.missing ?? '', /participation/i);
});

/** So many objects that a prefix of one bit hides which was meant. */
const CROWD = Array.from({ length: 300 }, (_, i) => digest(`crowd ${i}`));

test('what a hub knows too little of is not asked about: its lists are whole on the machine', async () => {
  const machine = await network.machine('few');
  await machine.refreshLists();
  choose(machine);
  const before = network.seen.length;
  assert.deepEqual(await scanned(machine, await makeFiles('few-files', SAME)), [
    '0 malicious list',
    '1 good list',
    '2 unknown list',
  ]);
  assert.deepEqual(network.seen.slice(before), []);
});

test('with participation standard only prefixes leave, and the answer is matched on the machine', async () => {
  await importLines('crowd', CROWD);
  await sleep(100);
  const machine = await network.machine('standard');
  await machine.refreshLists();
  choose(machine);
  // Known to the hub, and not yet to the machine: only asking helps.
  await importLines('late', [digest('seen late')]);
  await sleep(100);
  const before = network.seen.length;
  const directory = await makeFiles('standard-files', [...SAME, 'seen late']);
  assert.deepEqual(await scanned(machine, directory), [
    '0 malicious list',
    '1 good list',
    '2 unknown hub',
    '3 malicious hub',
  ]);
  const [first, ...sent] = network.seen.slice(before);
  assert.equal(first?.path, '/v1/consent', 'the newest choice is asked for before the first question');
  assert.ok(sent.length >= 1);
  for (const { path, body } of sent) {
    assert.equal(path, '/v1/lookup');
    const { prefixes, ...rest } = body as {
      prefixes: { kind: string; bits: number; prefix: string }[];
      v: number;
    };
    assert.deepEqual(rest, { v: 1 });
    for (const question of prefixes)
      assert.deepEqual(Object.keys(question).sort(), ['bits', 'kind', 'prefix']);
    for (const question of prefixes) assert.ok(question.bits <= 8 && question.prefix.length === 2);
  }
});

test('an override wins over everything on its machine, and is shown as such', async () => {
  const machine = network.open('off');
  const directory = network.path('off-files');
  machine.overrides.set('allow', key('bad'), digest('bad'), null);
  assert.deepEqual(await scanned(machine, directory), [
    '0 trusted override',
    '1 good list',
    '2 unknown none',
  ]);
  machine.overrides.clear(key('bad'));
  assert.deepEqual(await scanned(machine, directory), ['0 malicious list', '1 good list', '2 unknown none']);
});

test('a recall by SHA-256 holds, whatever weaker digests still say', async () => {
  const machine = await network.machine('recalled');
  const md5 = createHash('md5').update('cleared').digest('hex');
  await importLines('md5 feed', [digest('cleared'), md5]);
  await setVerdict(network.hub, {
    key: key('cleared'),
    text: 'x',
    level: 'unknown',
    category: null,
    name: null,
    reason: 'a false alarm',
    by: 'ann',
  });
  await sleep(100);
  await machine.refreshLists();
  const directory = await makeFiles('recalled-files', ['cleared']);
  assert.deepEqual(await scanned(machine, directory), ['0 unknown list']);
});

test("an analyst's verdict and its recall reach a machine that follows within a second", async () => {
  const machine = await network.machine('follower');
  const abort = new AbortController();
  const following = followLists(machine, {
    signal: abort.signal,
    onReport: () => {},
    onTrouble: (words) => assert.fail(words),
  });
  const reached = async (level: string): Promise<number> => {
    const started = performance.now();
    while ((machine.ladder.near([key('newly bad')])?.verdict.level ?? 'absent') !== level) {
      assert.ok(performance.now() - started < 5_000, `${level} did not arrive`);
      await sleep(5);
    }
    return performance.now() - started;
  };
  await reached('absent');
  while (machine.lists.held === null) await sleep(5);
  await sleep(200);
  const set = {
    key: key('newly bad'),
    level: 'malicious',
    category: 'malware',
    name: null,
    reason: 'seen',
    by: 'ann',
    text: 'x',
  } as const;
  await setVerdict(network.hub, set);
  const there = await reached('malicious');
  await unsetVerdict(network.hub, key('newly bad'));
  const back = await reached('absent');
  abort.abort();
  await following;
  assert.ok(there < 1_000 && back < 1_000, `took ${there} and ${back} ms`);
});

test('certificates renew by themselves, also after a long absence; after 180 days the machine must rejoin', async () => {
  await network.machine('sleeper');
  const ask = async (): Promise<void> => {
    const machine = network.open('sleeper');
    await machine.refreshLists();
    await machine.close();
  };
  const ends = (): number =>
    new X509Certificate(network.open('sleeper').joined!.identity.certificate).validToDate.getTime();
  const first = ends();
  network.world.pass(49 * HOUR);
  await ask();
  assert.ok(ends() > first, 'renewed at two thirds of its life');
  network.world.pass(100 * DAY);
  await network.server.tend();
  const old = ends();
  await ask();
  assert.ok(ends() > old, 'renewed under a certificate that had ended');
  network.world.pass(190 * DAY);
  await network.server.tend();
  await assert.rejects(
    ask(),
    (error: unknown) => error instanceof TocsinError && /rejoin/.test(error.message),
  );
  await rejoin(network.home('sleeper'), network.url, await network.token(), network.world);
  await ask();
});

test('a machine that slept through a rotation of the authority trusts the new one by the pinned root alone', async () => {
  const machine = await network.machine('rotated');
  await machine.refreshLists();
  await machine.close();
  await rotateKeys(network.hub.layout.keys, network.world);
  await network.server.tend();
  const awake = network.open('rotated');
  await awake.refreshLists();
  assert.equal(awake.alarms.length, 0);
});
