// What a person sees at a machine with a hub, line by line: real processes on both sides.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { gone, Place } from './support/processes.ts';

/** SHA-256 and MD5 of the EICAR test file, of which every antivirus program says that it is found. */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-');
const EICAR_SHA256 = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f';

let place: Place;
let url: string;
before(async () => {
  place = new Place();
  ({ url } = await place.serve());
  const list = join(place.directory, 'list.txt');
  writeFileSync(list, `${EICAR_SHA256} Test.Any.EICAR\n`);
  assert.equal((await place.hub(['import', 'hashes', list, '--source', 'bundled'])).status, 0);
  mkdirSync(join(place.directory, 'tree'));
  writeFileSync(join(place.directory, 'tree', 'eicar.com'), EICAR);
  writeFileSync(join(place.directory, 'tree', 'hello'), 'hello\n');
});
after(() => place.remove());

/** What differs from run to run stands as a word. */
function shape(text: string): string {
  return text
    .replaceAll(url, 'URL')
    .replaceAll(place.directory, 'DIR')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'UUID')
    .replace(/\b[0-9a-f]{32}\b/g, 'ROOT')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'TIME')
    .replace(/in [\d.]+ s( \([\d,]+ files\/s\))?/, 'in SECONDS')
    .replace(/\d+ fetched, [\d.]+ (bytes|KB)/, 'N fetched, SIZE');
}

test('joining: the key is pinned, the lists come, and a used token is refused', async () => {
  const minted = await place.hub(['token']);
  assert.match(
    minted.stderr,
    new RegExp(
      `^for one machine, until \\S+; on that machine: tocsin join ${url} TOKEN\n\\(it listens on this`,
    ),
  );
  const token = minted.stdout.trim();
  const joined = await place.tocsin(['join', url, token]);
  assert.equal(joined.status, 0, joined.stderr);
  assert.equal(
    shape(joined.stdout),
    [
      'Joined URL',
      '  root key  ROOT, pinned: nobody else can answer in its place',
      '  machine   UUID, a random number; no name of this machine was sent',
      '  lists     N fetched, SIZE',
      'Participation is off: no look-up leaves this machine; it answers from its own lists',
      '',
    ].join('\n'),
  );
  assert.equal(
    joined.stderr,
    "hint: run 'tocsin scan PATH'; to let look-ups out, 'tocsin participation standard'\n",
  );
  const again = await place.tocsin(['join', url, token]);
  assert.equal(again.status, 2);
  assert.match(
    again.stderr,
    /^tocsin: Cannot join '.*': this machine belongs to hub [0-9a-f]{32}, want 'tocsin rejoin URL TOKEN'/,
  );
  const used = await place.tocsin(['rejoin', url, token]);
  assert.equal(used.status, 2);
  assert.match(used.stderr, /^tocsin: .*token.*used.*\nhint: a token admits one machine/);
});

test('the status of a joined machine', async () => {
  const { status, stdout, stderr } = await place.tocsin(['status']);
  assert.deepEqual([status, stderr], [0, '']);
  const lines = shape(stdout).split('\n');
  assert.deepEqual(lines.slice(0, 6), [
    'Hub           URL',
    '              root key ROOT (pinned)',
    'Machine       UUID (a random number, all that the hub calls it by)',
    'Certificate   until TIME, renewed by itself from TIME',
    'Participation off: no look-up leaves this machine; it answers from its own lists',
    '              Nobody has chosen yet.',
  ]);
  assert.match(lines[6]!, /^Lists {9}revision \d+, looked up at the hub just now$/);
  assert.match(lines[7]!, /^ {14}signed by the hub's log key [0-9a-f]{8}, of its keys of \d{4}-\d\d-\d\d$/);
});

test('a scan finds what the lists name, and tells what was not looked up', async () => {
  const { status, stdout, stderr } = await place.tocsin(['scan', join(place.directory, 'tree')]);
  assert.equal(status, 1);
  assert.equal(
    shape(stdout),
    [
      'malicious  DIR/tree/eicar.com  (Test.Any.EICAR, malware, by bundled)',
      'Scanned 2 files, 74 bytes, in SECONDS',
      '',
      '  known good              0',
      '  unknown                 1   not in the lists here',
      '  found                   1   malicious 1',
      '',
      '  answered by   lists 1, not looked up 1',
      '  missing       participation is off',
      '',
    ].join('\n'),
  );
  assert.equal(
    stderr,
    "hint: what the lists here do not know stays unknown: participation is off; 'tocsin participation standard' lets look-ups out\n",
  );
});

test('what was missing is told on stderr, also beside JSON and for a check', async () => {
  const hint = /^hint: what the lists here do not know stays unknown: participation is off;/m;
  const tree = join(place.directory, 'tree');
  const scan = await place.tocsin(['scan', '--json', tree]);
  assert.match(scan.stderr, hint);
  assert.equal(JSON.parse(scan.stdout.trim().split('\n').at(-1)!).summary.missing, 'participation is off');
  assert.match((await place.tocsin(['check', '--json', join(tree, 'hello')])).stderr, hint);
});

test('an override by MD5 wins over a list that names the SHA-256, in a check and in a scan', async () => {
  const file = join(place.directory, 'tree', 'eicar.com');
  const md5 = '44d88612fea8a8f36de82e1278abb02f';
  assert.equal((await place.tocsin(['override', 'allow', `md5:${md5}`])).status, 0);
  const check = await place.tocsin(['check', file]);
  assert.equal(check.status, 0);
  assert.match(check.stdout, /^ {2}good$[\s\S]*by your own override/m);
  assert.equal((await place.tocsin(['scan', file])).status, 0);
  assert.equal((await place.tocsin(['override', 'clear', `md5:${md5}`])).status, 0);
  assert.equal((await place.tocsin(['scan', file])).status, 1);
});

test('sync says what it did, and follows until Ctrl-C', async () => {
  assert.match((await place.tocsin(['sync'])).stdout, /^The lists are current \(revision \d+\)\.\n$/);
  const child = place.spawnTocsin(['sync', '--follow']);
  const seen: string[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    seen.push(line);
    if (seen.length === 1)
      await place.hub(['verdict', 'set', 'evil.example', '--level', 'malicious', '--reason', 'seen']);
    else child.kill('SIGINT');
  }
  await gone(child);
  assert.match(seen[0]!, /^The lists are current/);
  assert.match(seen[1]!, /^Revision \d+ is here: \d+ lists? fetched, /);
  assert.equal(child.exitCode, 130);
  const check = await place.tocsin(['check', 'http://www.evil.example/login']);
  assert.equal(check.status, 1);
  assert.match(
    check.stdout,
    /^ {2}malicious\n {2}matched {3}evil\.example \(the whole host\)\n {2}because {3}seen \(source: /m,
  );
});

test('a list that is damaged here is an alarm, and sync repairs it', async () => {
  const lists = join(place.home, 'lists');
  const before = JSON.parse((await place.tocsin(['status', '--json'])).stdout) as {
    lists: { entries: { digest: string }[] };
  };
  rmSync(join(lists, `${before.lists.entries[0]!.digest}.seg`));
  const broken = await place.tocsin(['status']);
  assert.equal(broken.status, 1);
  assert.match(
    broken.stdout,
    /^ALARM {9}The list '.*' of .* is missing or cut short: 'tocsin sync' fetches it again$/m,
  );
  assert.match(broken.stderr, /^hint: run 'tocsin sync' to fetch 1 damaged list$/m);
  assert.match((await place.tocsin(['sync'])).stdout, /^Revision \d+ is here: 1 list fetched/);
  assert.equal((await place.tocsin(['status'])).status, 0);
});

test('lists that were altered here, or whose signature was taken away, are an alarm, and sync fetches them anew', async () => {
  const file = join(place.home, 'lists', 'lists.json');
  const held = JSON.parse(readFileSync(file, 'utf8')) as { manifest: string };
  for (const [altered, words, listed] of [
    [
      { ...held, manifest: held.manifest.replace('"lists":[', '"lists":[ ') },
      'lists.json is not what this hub signed',
      false,
    ],
    [{ ...held, proof: null }, 'The lists here are not signed, and the hub signs its lists', true],
  ] as const) {
    writeFileSync(file, JSON.stringify(altered));
    const { status, stdout } = await place.tocsin(['status']);
    assert.equal(status, 1);
    assert.match(stdout, new RegExp(`^ALARM {9}.*${words}.*'tocsin sync'`, 'm'));
    assert.equal(/^Lists {9}revision/m.test(stdout), listed);
    assert.equal((await place.tocsin(['sync'])).status, 0);
    assert.equal((await place.tocsin(['status'])).status, 0);
  }
});

test('a damaged journal stops sync, which names the way out; set aside, everything goes on', async () => {
  writeFileSync(
    join(place.home, 'journal.db'),
    'no database at all, but long enough to be looked at '.repeat(99),
  );
  const stopped = await place.tocsin(['sync']);
  assert.equal(stopped.status, 2);
  assert.match(stopped.stderr, /^tocsin: Cannot read the journal .*the file is damaged/m);
  assert.match(stopped.stderr, /^hint: nothing is sent, .*'tocsin sent set-aside' keeps it as it is/m);
  const { status, stdout, stderr } = await place.tocsin(['status']);
  assert.equal(status, 1);
  assert.match(stdout, /^ALARM {9}Cannot read the journal/m);
  assert.match(stderr, /'tocsin sent set-aside'/);
  assert.equal((await place.tocsin(['sent', 'set-aside', '--yes'])).status, 0);
  assert.match((await place.tocsin(['sync'])).stdout, /^The lists are current/);
  assert.equal((await place.tocsin(['status'])).status, 0);
});

test('rejoining another hub takes the old consent and the old lists back, and keeps the overrides', async () => {
  const statement = JSON.parse((await place.tocsin(['statement', '--format', 'json'])).stdout) as {
    sha256: string;
  };
  await place.tocsin(['participation', 'standard', '--accept', statement.sha256]);
  await place.tocsin(['override', 'deny', 'worse.example']);
  const other = new Place();
  try {
    const hub = await other.serve();
    const token = (await other.hub(['token'])).stdout;
    const rejoined = await place.tocsin(['rejoin', hub.url, '-'], token);
    assert.equal(rejoined.status, 0, rejoined.stderr);
    assert.match(rejoined.stderr, /^This is another hub: the old lists are gone, participation is off\.$/m);
    assert.match(rejoined.stdout, /^Participation is off: /m);
    assert.equal((await place.tocsin(['check', 'worse.example'])).status, 1);
    assert.equal((await place.tocsin(['check', 'evil.example'])).status, 0);
  } finally {
    await other.remove();
  }
});
