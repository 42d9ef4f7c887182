// What the disk tells, of the parts of a machine (a whole day of the product is raw-bytes-day.test.ts): after scans, overrides and messages, by processes that ended and by processes that were
// killed, no path, address or name of the day stands in the raw bytes of any file below TOCSIN_HOME.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Journal } from '../packages/tocsin/src/client/journal/journal.ts';
import { Overrides } from '../packages/tocsin/src/client/lookup/overrides.ts';
import { homeAt } from '../packages/tocsin/src/client/state/home.ts';
import { openLocalKey } from '../packages/tocsin/src/client/state/local-key.ts';
import { systemWorld } from '../packages/tocsin/src/protocol/world.ts';
import { digestNeedle, searchBelow, wordNeedle } from './support/raw-search.ts';

/** Each word is planted in a path, an address, a note or a message, and stands nowhere else. */
const PLANTED = ['plantedtree', 'plantedfile', 'plantedhost', 'plantednote', 'plantedthreat', 'plantedpath'];

const source = (name: string): string =>
  JSON.stringify(new URL(`../packages/tocsin/src/${name}`, import.meta.url).href);

/** A day of one machine, over and over; a line a round. */
const DAY = `
  const { writeSync } = await import('node:fs');
  const { generateKeyPairSync, randomUUID } = await import('node:crypto');
  const { generateX25519Identity, identityToRecipient } = await import(${JSON.stringify(import.meta.resolve('age-encryption'))});
  const { gateMessage, sealReleased } = await import(${source('catalog/gate.ts')});
  const { homeAt } = await import(${source('client/state/home.ts')});
  const { Journal } = await import(${source('client/journal/journal.ts')});
  const { openLocalKey } = await import(${source('client/state/local-key.ts')});
  const { Overrides } = await import(${source('client/lookup/overrides.ts')});
  const { systemWorld: world } = await import(${source('protocol/world.ts')});
  const { openCache } = await import(${source('agent/cache.ts')});
  const { HashPool } = await import(${source('agent/hash-pool.ts')});
  const { scan } = await import(${source('agent/scan.ts')});
  const { TableLadder } = await import(${source('agent/test-help.ts')});
  const { keyOf } = await import(${source('client/client-fixture.ts')});
  const [tree, place, rounds] = process.argv.slice(1);
  const home = homeAt(place);
  const journal = Journal.open(home, world, openLocalKey(home, world).key);
  const overrides = Overrides.open(home, world);
  const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const recipient = await identityToRecipient(await generateX25519Identity());
  const keys = { machine: { id: randomUUID(), privateKey }, hub: { id: 'ab'.repeat(16), recipient } };
  const consent = { level: 'extended', edition: 'premium', regime: 'opt-out', accepted: new Map(), termsAccepted: true, sequence: 3 };
  const items = { 'object.threat_name': 'plantedthreat', 'object.sha256': 'cd'.repeat(32), 'object.url': 'http://plantedhost.example/plantedpath' };
  const decision = gateMessage({ message: 'detection', reason: 'found', items }, consent, '2026-06-01');
  if (decision.kind !== 'released') throw new Error(JSON.stringify(decision));
  await using pool = new HashPool();
  let cache = null;
  for (let n = 0; n < Number(rounds); n++) {
    const head = { epoch: 1, sequence: n, consent: 3, edition: 'premium', madeAt: '2026-06-01T00:00:00Z' };
    const outgoing = await sealReleased(decision.message, head, keys);
    if (!outgoing.clear.includes('plantedthreat')) throw new Error(outgoing.clear);
    journal.begin(outgoing, 'https://plantedhost.example:8443', 3).answered(200);
    overrides.set('deny', keyOf('host', n), 'host:plantedhost-' + n + '.example', 'plantednote /srv/plantedpath');
    if (n % 3 === 2) overrides.clear(keyOf('host', n - 1));
    cache ??= openCache(home, world);
    await scan([tree], { pool, cache, ladder: new TableLadder(), world, onResult: () => {} });
    cache.flush();
    writeSync(1, 'round ' + n + '\\n');
  }
  cache.close();
  overrides.close();
  journal.close();`;

interface Places {
  readonly tree: string;
  readonly home: string;
  readonly digests: readonly Buffer[];
}

function places(t: TestContext): Places {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const tree = join(directory, 'plantedtree');
  mkdirSync(tree);
  const digests = Array.from({ length: 50 }, (_, n) => {
    writeFileSync(join(tree, `plantedfile-${n}`), `content ${n}`);
    return createHash('sha256').update(`content ${n}`).digest();
  });
  return { tree, home: join(directory, 'home'), digests };
}

async function runDay({ tree, home }: Places, rounds: number, killAfter: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', DAY, tree, home, String(rounds)], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let lines = 0;
  child.stdout.on('data', (chunk) => {
    lines += String(chunk).split('\n').length - 1;
    if (lines >= killAfter) setTimeout(() => child.kill('SIGKILL'), lines % 7);
  });
  const [status, signal] = (await ended) as [number | null, string | null];
  assert.deepEqual([status, signal], killAfter <= rounds ? [null, 'SIGKILL'] : [0, null]);
}

/** Every file below the home, and no word in any of them. */
function search({ home, digests }: Places): readonly string[] {
  const known = [...digests, Buffer.from('cd'.repeat(32), 'hex')];
  return searchBelow(home, [
    ...PLANTED.map(wordNeedle),
    ...known.map((digest, n) => digestNeedle(`file ${n}`, digest)),
  ]);
}

/** What journal and overrides hold, with the key. */
function whatOwnersRead(place: string): string {
  const home = homeAt(place);
  using journal = Journal.open(home, systemWorld, openLocalKey(home, systemWorld).key);
  assert.equal(journal.verify().kind, 'ok');
  const overrides = Overrides.open(home, systemWorld);
  const text = `${JSON.stringify(overrides.list())}${[...journal.exportLines()].join('')}`;
  overrides.close();
  return text;
}

test('no path, address or name of the day stands in the raw bytes of the state directory', async (t) => {
  const where = places(t);
  const seen = new Set<string>();
  for (const [rounds, killAfter] of [
    [3, Infinity],
    [50, 1],
    [50, 4],
    [50, 9],
    [2, Infinity],
  ] as const) {
    await runDay(where, rounds, killAfter);
    for (const name of search(where)) seen.add(name);
  }
  const databases = ['cache.db', 'journal.db'].flatMap((name) => [name, `${name}-wal`, `${name}-shm`]);
  for (const name of ['state.db', ...databases]) assert.ok(seen.has(name), `${name} was looked at`);
  const told = whatOwnersRead(where.home);
  for (const word of PLANTED.slice(2)) assert.ok(told.includes(word), `${word} is there for its owner`);
  for (const name of [where.home, ...[...seen].map((one) => join(where.home, one))]) {
    const mode = statSync(name, { throwIfNoEntry: false })?.mode ?? 0o600;
    assert.equal(mode & 0o077, 0, `${name} is for its owner alone`);
  }
});
