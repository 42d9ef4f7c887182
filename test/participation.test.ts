// A person's choices with a real hub: at a terminal and in scripts, from the first yes to the confirmed erasure.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { atTerminal, noTerminal } from '../packages/tocsin/src/cli/terminal-fixture.ts';
import { gone, Place } from './support/processes.ts';

const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-');
const EICAR_SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

let place: Place;
let url: string;
let hub: Awaited<ReturnType<Place['serve']>>['process'];
before(async () => {
  place = new Place();
  ({ url, process: hub } = await place.serve());
  const list = join(place.directory, 'list.txt');
  writeFileSync(list, `${EICAR_SHA256} Test.Any.EICAR\n`);
  assert.equal((await place.hub(['import', 'hashes', list, '--source', 'feed'])).status, 0);
  await place.join(url);
  await place.tocsin(['sync']);
  mkdirSync(join(place.directory, 'Planted-Directory'));
  writeFileSync(join(place.directory, 'Planted-Directory', 'planted-name.com'), EICAR);
});
after(() => place.remove());

async function json<T>(words: readonly string[]): Promise<T> {
  const { stdout, stderr, status } = await place.tocsin(words);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as T;
}

async function lines<T>(words: readonly string[]): Promise<T[]> {
  const { stdout, stderr, status } = await place.tocsin(words);
  assert.equal(status, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

async function level(): Promise<string> {
  return (await json<{ level: string }>(['participation', '--json'])).level;
}

interface Entry {
  readonly id: number;
  readonly message: string;
  readonly state: string;
  readonly clear: string | null;
}

const stage = (): { directory: string; home: string } => ({ directory: place.directory, home: place.home });
const scan = (): ReturnType<Place['tocsin']> =>
  place.tocsin(['scan', join(place.directory, 'Planted-Directory')]);

test('with participation off a detection stays here, is counted, and nothing but the connection leaves', async () => {
  assert.equal((await scan()).status, 1);
  const sent = await lines<Entry>(['sent', '--json']);
  assert.ok(sent.length > 0);
  assert.deepEqual([...new Set(sent.map(({ message }) => message))], ['connection']);
  const { counts } = await json<{ counts: { what: string; reason: string; message: string }[] }>([
    'preview',
    '--json',
  ]);
  assert.ok(
    counts.some(
      ({ what, reason, message }) => `${what} ${reason} ${message}` === 'withheld participation detection',
    ),
  );
});

test('a person reads the Statement and says yes, or anything else', { skip: noTerminal }, async () => {
  const no = await atTerminal(stage(), 'participation standard', ['maybe']);
  assert.equal(no.status, 2, no.shown);
  assert.match(no.shown, /the Statement of Tocsin/);
  assert.match(no.shown, /the Statement was not accepted/);
  assert.equal(await level(), 'off');
  const stopped = await atTerminal(stage(), 'participation standard', ['\u0003']);
  assert.equal(stopped.status, 130, stopped.shown);
  assert.equal(await level(), 'off');
  const yes = await atTerminal(stage(), 'participation standard', ['yes']);
  assert.equal(yes.status, 0, yes.shown);
  assert.match(yes.shown, /The hub has countersigned it/);
  assert.equal(await level(), 'standard');
});

test('in a script only the hash of the very Statement is a yes', async () => {
  const { sha256 } = await json<{ sha256: string }>(['statement', '--format', 'json']);
  const wrong = await place.tocsin(['participation', 'extended', '--accept', 'ab'.repeat(32)]);
  assert.equal(wrong.status, 2);
  assert.equal((await place.tocsin(['participation', 'standard', '--accept', sha256])).status, 0);
  assert.equal(await level(), 'standard');
  const receipt = await place.tocsin(['participation', 'receipt']);
  assert.equal(receipt.status, 0, receipt.stderr);
});

test('a detection leaves with the short list only, stands in the journal, and is at the hub', async () => {
  const found = await place.tocsin(['scan', '--no-cache', join(place.directory, 'Planted-Directory')]);
  assert.equal(found.status, 1, found.stderr);
  const detections = await lines<Entry>(['sent', '--json', '--message', 'detection']);
  assert.deepEqual(
    detections.map(({ state }) => state),
    ['acknowledged'],
    found.stderr,
  );
  const message = JSON.parse(detections[0]!.clear!) as { items: Record<string, unknown> };
  assert.equal(message.items['object.sha256'], EICAR_SHA256);
  assert.equal(message.items['object.threat_name'], 'Test.Any.EICAR');
  assert.deepEqual(
    Object.keys(message.items).filter((id) => /path|name$|size/.test(id)),
    ['object.threat_name'],
  );
  const { hub: joined } = await json<{ hub: { machineId: string } }>(['status', '--json']);
  const there = await place.hub(['messages', 'list', '--machine', joined.machineId]);
  assert.match(there.stdout, /detection \(found\)/, there.stderr);
  // The same object once a day.
  await place.tocsin(['scan', '--no-cache', join(place.directory, 'Planted-Directory')]);
  assert.equal((await lines<Entry>(['sent', '--json', '--message', 'detection'])).length, 1);
  assert.equal((await place.tocsin(['sent', 'verify'])).status, 0);
});

interface Checked {
  readonly verdict: { readonly level: string };
  readonly history: {
    readonly standing: string;
    readonly firstSeen: string;
    readonly claims: readonly { original: string; claimedAt: string }[];
  } | null;
  readonly historyMissing: string | null;
}

async function checkedWithHistory(): Promise<Checked> {
  const { stdout, stderr, status } = await place.tocsin(['check', '--history', '--json', EICAR_SHA256]);
  assert.equal(status, 1, stderr);
  return JSON.parse(stdout.split('\n')[0]!) as Checked;
}

test('with standard no history is asked for: one sentence says why, and no whole digest leaves', async () => {
  const { stdout } = await place.tocsin(['check', '--history', EICAR_SHA256]);
  assert.match(
    stdout,
    /\n {2}history {3}the hub was not asked: participation is standard, and the whole digest of an object leaves with extended only\n$/,
  );
  const { verdict, history, historyMissing } = await checkedWithHistory();
  assert.deepEqual([verdict.level, history], ['malicious', null]);
  assert.match(historyMissing ?? '', /^participation is standard/);
  assert.deepEqual(await lines<Entry>(['sent', '--json', '--message', 'lookup-history']), []);
});

test('with extended the path leaves too, without the name of a person', async () => {
  const { sha256 } = await json<{ sha256: string }>(['statement', '--format', 'json']);
  assert.equal((await place.tocsin(['participation', 'extended', '--accept', sha256])).status, 0);
  const preview = await json<{ messages: { message: string; leaves: string[] }[] }>([
    'preview',
    'detection',
    '--json',
  ]);
  assert.ok(preview.messages[0]!.leaves.includes('object.path'));
  const question = await json<typeof preview>(['preview', 'lookup', '--json']);
  assert.deepEqual(
    question.messages.map(({ message, leaves }) => [message, leaves]),
    [['lookup', ['lookup.kind', 'lookup.bits', 'lookup.prefix']]],
  );
});

test('with extended the history of an object is asked for by name, and stands in the journal', async () => {
  assert.match(
    (await place.tocsin(['check', '--history', EICAR_SHA256])).stdout,
    /\n {2}history {3}decided by the strongest of these claims\n {12}first seen by the hub \d{4}-\d\d-\d\d \d\d:\d\d UTC\n {12}met on fewer than 5 machines that told the hub\n {12}\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}feed \(feed\): malicious, Test\.Any\.EICAR.*\n {14}line 1 of list\.txt: 275a02/,
  );
  const { history, historyMissing } = await checkedWithHistory();
  assert.deepEqual([history?.standing, historyMissing], ['decided', null]);
  assert.equal(history?.claims[0]?.original, `${EICAR_SHA256} Test.Any.EICAR`, 'the newest first');
  assert.equal(history?.firstSeen, history?.claims.at(-1)?.claimedAt);
  const sent = await lines<Entry & { body: string }>(['sent', '--json', '--message', 'lookup-history']);
  assert.deepEqual(
    sent.map(({ state, body }) => [state, JSON.parse(Buffer.from(body, 'base64').toString()) as unknown]),
    Array(2).fill(['acknowledged', { v: 1, kind: 'file-sha256', key: EICAR_SHA256 }]),
  );
  assert.equal((await place.tocsin(['sent', 'verify'])).status, 0);
});

test('neither paths nor names can be read in the state directory', () => {
  const files = readdirSync(place.home, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  assert.ok(files.length > 5);
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const word of ['Planted-Directory', 'planted-name', 'Test.Any.EICAR'])
      if (!file.name.endsWith('.seg')) assert.equal(bytes.includes(word), false, `${word} in ${file.name}`);
  }
});

test('withdrawing empties everything at once; the hub erases and signs it, also where it was away at first', async () => {
  const { hub: joined } = await json<{ hub: { machineId: string } }>(['status', '--json']);
  hub.kill('SIGTERM');
  await gone(hub);
  const off = await place.tocsin(['participation', 'off']);
  assert.equal(off.status, 0, off.stderr);
  assert.match(off.stderr, /could not be told yet/);
  assert.equal(await level(), 'off');
  const waiting = await json<{ erasurePending: boolean; waiting: unknown[] }>(['preview', '--json']);
  assert.deepEqual([waiting.erasurePending, waiting.waiting], [true, []]);
  ({ process: hub } = await place.serve(new URL(url).host));
  assert.equal((await place.tocsin(['sync'])).status, 0);
  assert.equal((await json<{ erasurePending: boolean }>(['preview', '--json'])).erasurePending, false);
  const there = await place.hub(['messages', 'list', '--machine', joined.machineId]);
  assert.doesNotMatch(there.stdout, /detection/);
  assert.match(readFileSync(join(place.home, 'erasures.log'), 'utf8'), /vnd\.tocsin\.erasure/);
});

test('uninstalling destroys the keys, and nothing of the machine stays', async () => {
  const gone = await place.tocsin(['uninstall', '--yes']);
  assert.equal(gone.status, 0, gone.stderr);
  assert.match(gone.stdout, /nothing that was sealed can be opened any more/);
});
