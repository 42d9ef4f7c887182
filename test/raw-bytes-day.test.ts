// What the disk tells after a day of the product: real processes, a real hub that is away for a while, participation
// `standard`. No path, address, name or digest of the day stands in the raw bytes of any file below TOCSIN_HOME: not
// while processes work (their logs beside the databases included), not after one was killed, not after a withdrawal.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Ended } from './support/processes.ts';
import { ended, gone, Place } from './support/processes.ts';
import type { Needle } from './support/raw-search.ts';
import { digestNeedle, searchBelow, wordNeedle } from './support/raw-search.ts';

const FOUND = ['the content that the list names', 'another one, found while the hub is away'] as const;
const THREAT = 'Trojan.Test.Plantedthreat';
const HOST = 'plantedhost.example';
const URL_OF_DAY = `http://user:plantedsecret@${HOST}/plantedpath/page?plantedquery=1`;
/** Each stands in a path, an address or a note of the day, and nowhere else. */
const WORDS = [
  ...['plantedperson', 'plantedtree', 'plantedfile', 'plantedbad', 'plantedhost', 'plantedpath'],
  ...['plantedquery', 'plantedsecret', 'planteddeny', 'plantednote'],
];
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const NEEDLES: readonly Needle[] = [
  ...WORDS.map(wordNeedle),
  wordNeedle(THREAT),
  ...FOUND.map((content) => digestNeedle('what was found', sha256(content))),
  ...Array.from({ length: 20 }, (_, n) => digestNeedle(`file ${n}`, sha256(`planted content ${n}`))),
  ...[
    `${HOST}/`,
    `${HOST}/plantedpath/`,
    `${HOST}/plantedpath/page?plantedquery=1`,
    'planteddeny.example/',
  ].map((address) => digestNeedle(address, sha256(address))),
];
/** What the hub itself published, in the list that every machine has. */
const PUBLISHED: ReadonlySet<string> = new Set([THREAT, 'the digest of what was found']);

let place: Place;
let url: string;
let hub: ChildProcess;
let tree: string;
const seen = new Set<string>();

function search(): void {
  const excused = (file: string, { name }: Needle): boolean => file.endsWith('.seg') && PUBLISHED.has(name);
  for (const name of searchBelow(place.home, NEEDLES, excused)) seen.add(name);
}

/** Runs `tocsin` and searches all the while; `killed`: ends it at its first word on stdout. */
async function run(words: readonly string[], killed = false): Promise<Ended> {
  const child = place.spawnTocsin(words);
  if (killed) child.stdout!.once('data', () => child.kill('SIGKILL'));
  let running = true;
  const end = ended(child).finally(() => {
    running = false;
  });
  while (running) {
    search();
    await setTimeout(10);
  }
  search();
  return await end;
}

async function must(words: readonly string[], want = 0): Promise<string> {
  const { status, stdout, stderr } = await run(words);
  assert.equal(status, want, `${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

before(async () => {
  place = new Place();
  ({ url, process: hub } = await place.serve());
  const files = join(place.directory, 'files.txt');
  const crowd = Array.from({ length: 300 }, (_, i) => i.toString(16).padStart(4, '0').padEnd(64, '5'));
  writeFileSync(
    files,
    [...FOUND.map((content) => `${sha256(content).toString('hex')} ${THREAT}`), ...crowd, ''].join('\n'),
  );
  const names = join(place.directory, 'names.txt');
  writeFileSync(names, Array.from({ length: 600 }, (_, i) => `crowd-${i}.example\n`).join(''));
  for (const [format, file] of [
    ['hashes', files],
    ['domains', names],
  ] as const)
    assert.equal((await place.hub(['import', format, file, '--source', format])).status, 0);
  tree = join(place.directory, 'home', 'plantedperson', 'plantedtree');
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, 'plantedbad.com'), FOUND[0]);
  for (let n = 0; n < 20; n++) writeFileSync(join(tree, `plantedfile-${n}`), `planted content ${n}`);
  await place.join(url);
});
after(() => place.remove());

test('a day with standard: joined, agreed, scanned, checked, decided; processes are killed in between', async () => {
  const { sha256: statement } = JSON.parse(await must(['statement', '--format', 'json'])) as {
    sha256: string;
  };
  await must(['participation', 'standard', '--accept', statement]);
  await must(['scan', tree], 1);
  await must(['check', URL_OF_DAY, HOST]);
  await must(['override', 'deny', 'host:planteddeny.example', '--note', 'plantednote: do not trust it']);
  await must(['override', 'allow', join(tree, 'plantedfile-3')]);
  for (let i = 0; i < 3; i++) await run(['scan', '--json', '--no-cache', tree], true);
  const sent = await must(['sent', '--json']);
  for (const message of ['lookup', 'lookup-address', 'detection', 'consent-receipt-request'])
    assert.ok(sent.includes(`"message":"${message}"`), `no ${message} was sent`);
  assert.ok(sent.includes(THREAT), 'its owner reads what was found');
  assert.match(await must(['override', 'list']), /planteddeny\.example/);
});

test('while a process follows the hub, its logs tell nothing, and neither do those that a killed one leaves', async () => {
  const child = place.spawnTocsin(['sync', '--follow']);
  await once(child.stdout!, 'data');
  search();
  child.kill('SIGKILL');
  await gone(child);
  search();
  for (const name of ['journal.db-wal', 'journal.db-shm']) assert.ok(seen.has(name), `${name} was looked at`);
});

test('while the hub is away, what waits to be sent tells nothing', async () => {
  hub.kill('SIGTERM');
  await gone(hub);
  writeFileSync(join(tree, 'plantedbad-2.com'), FOUND[1]);
  await must(['scan', '--no-cache', tree], 1);
  await must(['check', URL_OF_DAY]);
  await run(['scan', '--json', '--no-cache', tree], true);
  const { waiting } = JSON.parse(await must(['preview', '--json'])) as { waiting: unknown[] };
  assert.ok(waiting.length > 0, 'something waits');
  assert.ok(JSON.stringify(waiting).includes(THREAT), 'its owner reads what waits');
});

test('nothing is told either when it was delivered, nor by what a withdrawal leaves, sent or waiting', async () => {
  const again = async (): Promise<void> => {
    ({ process: hub } = await place.serve(new URL(url).host));
    await must(['sync']);
  };
  await again();
  assert.equal(JSON.parse(await must(['preview', '--json'])).waiting.length, 0);
  hub.kill('SIGTERM');
  await gone(hub);
  await must(['participation', 'off']);
  assert.equal(JSON.parse(await must(['preview', '--json'])).erasurePending, true);
  await again();
  assert.equal(JSON.parse(await must(['preview', '--json'])).erasurePending, false);
  assert.match(await must(['sent', 'verify']), /^The journal holds/);
});

test('every file of the state was looked at, and is for its owner alone', () => {
  const databases = ['cache.db', 'journal.db'].flatMap((name) => [name, `${name}-wal`, `${name}-shm`]);
  const others = ['state.db', 'spool.db', 'consent.log', 'settings.json', 'settings.guard', 'erasures.log'];
  for (const name of [...databases, ...others]) assert.ok(seen.has(name), `${name} was looked at`);
  for (const name of ['', ...databases, ...others]) {
    const mode = statSync(join(place.home, name), { throwIfNoEntry: false })?.mode ?? 0o600;
    assert.equal(mode & 0o077, 0, `${name} is for its owner alone`);
  }
});

test('the search finds each spelling of what it looks for', () => {
  const directory = join(place.directory, 'probe');
  mkdirSync(directory);
  for (const text of [
    'a plantedhost b',
    Buffer.from('a plantedhost b', 'utf16le'),
    ...['plantedhost', ' plantedhost', '  plantedhost'].map((word) => Buffer.from(word).toString('base64')),
    sha256(FOUND[0]),
    sha256(FOUND[0]).toString('hex'),
  ]) {
    writeFileSync(join(directory, 'file'), text);
    assert.throws(() => searchBelow(directory, NEEDLES), /^AssertionError.*: file holds /, String(text));
  }
});
