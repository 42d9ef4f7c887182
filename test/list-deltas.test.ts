// Deltas of lists between real processes: what is fetched, what is said of it, and hub and machine killed at each step of
// an update. Whatever is killed, a machine answers by the lists of before or by those of after, whole.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListStore } from 'tocsin/client/lists/store.ts';
import { homeAt } from 'tocsin/client/state/home.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { ended, gone, Place } from './support/processes.ts';

const ROWS = 40_000;
const CHANGED = 400;
const LEFTOVER = /\.(?:part|delta|coming)$/;

const place = new Place();
const lists = join(place.home, 'lists');
const snapshot = join(place.directory, 'agent-before');
const listDeltas = join(place.data, 'list-deltas');
let hub: Awaited<ReturnType<Place['serve']>>;

function digest(n: number): string {
  return createHash('sha256').update(`object ${n}`).digest('hex');
}

async function importRows(first: number): Promise<void> {
  const path = join(place.directory, 'feed.txt');
  writeFileSync(path, Array.from({ length: ROWS }, (_, i) => digest(first + i)).join('\n'));
  const { status, stderr } = await place.hub(['import', 'hashes', path, '--source', 'feed']);
  assert.equal(status, 0, stderr);
}

/** Which lists the machine answers by; throws where it is neither whole. */
function inForce(): 'before' | 'after' {
  const store = ListStore.open(homeAt(place.home), null);
  try {
    assert.deepEqual(store.damaged, []);
    const level = (n: number): string | undefined => {
      const key: ObjectKey = { kind: 'file-sha256', bytes: new Uint8Array(Buffer.from(digest(n), 'hex')) };
      return store.answer(key)?.verdict.level;
    };
    const [old, kept, fresh] = [0, CHANGED, ROWS].map(level);
    assert.equal(kept, 'malicious');
    assert.deepEqual(
      [old, fresh].filter((one) => one === 'malicious').length,
      1,
      `of the old ${old}, of the new ${fresh}`,
    );
    return old === 'malicious' ? 'before' : 'after';
  } finally {
    store.close();
  }
}

function back(): void {
  rmSync(place.home, { recursive: true });
  cpSync(snapshot, place.home, { recursive: true, preserveTimestamps: true });
}

/** Calls `act` once, when a name like that appears in the directory; what is returned says whether it did, and ends it. */
function when(directory: string, name: RegExp, act: () => void): () => Promise<boolean> {
  let seen = false;
  const watcher = watch(directory, (_event, file) => {
    if (seen || file === null || !name.test(file)) return;
    seen = true;
    act();
  });
  return async () => {
    await sleep(100); // what the system has to tell yet
    watcher.close();
    return seen;
  };
}

async function syncs(): Promise<void> {
  const { status, stderr } = await place.tocsin(['sync']);
  assert.equal(status, 0, stderr);
  assert.equal(inForce(), 'after');
  assert.deepEqual(
    readdirSync(lists).filter((name) => LEFTOVER.test(name)),
    [],
  );
}

before(async () => {
  hub = await place.serve();
  await importRows(0);
  await place.join(hub.url);
  assert.equal(inForce(), 'before');
  cpSync(place.home, snapshot, { recursive: true, preserveTimestamps: true });
  await importRows(CHANGED);
});

after(async () => await place.remove());

test('a machine fetches the change of a list, says so, and its journal names both lists', async () => {
  const { stdout, stderr } = await place.tocsin(['sync']);
  assert.match(
    stdout,
    /^Revision \d+ is here: 1 list fetched, ([\d.]+ KB) \(1 list as changes only, \1\)\.$/m,
  );
  assert.equal(stderr, '');
  assert.equal(inForce(), 'after');
  const [name] = readdirSync(listDeltas).filter((file) => file.endsWith('.delta'));
  const bytes = readFileSync(join(listDeltas, name!)).length;
  assert.ok(bytes < 40 * CHANGED + 2_000, `${bytes} bytes`);
  const [from, to] = name!.split('.');
  const sent = (await place.tocsin(['sent', '--json'])).stdout;
  assert.ok(sent.includes(`/v1/lists/deltas/${from}/${to}`));
});

test('a machine killed at each step of an update answers by one of the lists, and simply syncs again', async () => {
  let unfinished = 0;
  for (const step of [/\.delta$/, /\.coming$/, /^\d.*\.part$/, /\.seg$/, /^lists\.json/]) {
    back();
    const child = place.spawnTocsin(['sync']);
    const end = ended(child);
    const seen = when(lists, step, () => child.kill('SIGKILL'));
    await end;
    assert.ok(await seen(), `no sign of ${step}`);
    if (inForce() === 'before') unfinished++;
    await syncs();
  }
  assert.ok(unfinished > 0, 'no update was killed before its end');
});

test('a hub killed at each step of an update: machines go on with one of the lists, and the next hub serves them', async () => {
  mkdirSync(join(place.data, 'tmp'), { recursive: true });
  const steps: [string, RegExp][] = [
    [lists, /^lock\.db/],
    [join(place.data, 'tmp'), /^delta-/],
    [listDeltas, /\.delta$/],
    [lists, /\.delta$/],
    [lists, /\.coming$/],
  ];
  for (const [directory, step] of steps) {
    back();
    for (const name of readdirSync(listDeltas).filter((file) => file.endsWith('.delta')))
      rmSync(join(listDeltas, name));
    const end = ended(place.spawnTocsin(['sync']));
    const seen = when(directory, step, () => hub.process.kill('SIGKILL'));
    await end;
    assert.ok(await seen(), `no sign of ${step}`);
    await gone(hub.process);
    inForce();
    hub = await place.serve(new URL(hub.url).host);
    await syncs();
  }
});

test('a hub without its older lists, or with a damaged delta, serves whole lists', async () => {
  const deltas = readdirSync(listDeltas).filter((file) => file.endsWith('.delta'));
  assert.equal(deltas.length, 1);
  for (const spoil of [
    () => writeFileSync(join(listDeltas, deltas[0]!), 'no delta'),
    () => rmSync(listDeltas, { recursive: true }),
  ]) {
    back();
    spoil();
    const { stdout } = await place.tocsin(['sync']);
    assert.match(stdout, /1 list fetched, [^(]*\.\n/);
    assert.equal(inForce(), 'after');
  }
  assert.ok(!existsSync(listDeltas));
});
