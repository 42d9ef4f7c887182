// Real damage of real files: what is derived is built again, what is not is told, and nobody is served a damaged list.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { verifyFull } from 'tocsin/lists/segment-reader.ts';
import { hostKey } from 'tocsin/protocol/keys-of.ts';
import { formatKey } from 'tocsin/protocol/objects.ts';
import { FORMATS } from '../imports/formats/index.ts';
import type { ImportRequest } from '../imports/run-import.ts';
import { runImport } from '../imports/run-import.ts';
import { readManifest } from '../lists/manifest.ts';
import { PublishedLists } from '../lists/published.ts';
import { listPath, segmentPath } from '../store/artifacts.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import { setVerdict } from './analyst.ts';
import { segmentsOf } from './claim-store.ts';
import { explain } from './explain.ts';
import { isDamaged } from './mend.ts';
import { publish } from './publish.ts';

let hub: TemporaryHub;
let directory: string;
before(async () => {
  hub = await temporaryHub();
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
});
after(async () => {
  await hub.close();
  rmSync(directory, { recursive: true });
});

/** Each changes a file in place, as a disk does, and leaves its times alone or not. */
const DAMAGE: Readonly<Record<string, (path: string) => void>> = {
  header: (path) => flip(path, 12),
  page: (path) => flip(path, 100),
  'class lines': (path) => flip(path, readFileSync(path).indexOf('"level"')),
  trailer: (path) => flip(path, readFileSync(path).length - 60),
  truncation: (path) => truncateSync(path, readFileSync(path).length - 1000),
  absence: (path) => rmSync(path),
};

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 0x10;
  writeFileSync(path, bytes);
}

const many = (name: string, count = 10_000): string[] =>
  Array.from({ length: count }, (_, i) => `${name}${i}.example`);

async function take(
  format: string,
  source: string,
  content: string,
  more: Partial<ImportRequest> = {},
): Promise<void> {
  const path = join(directory, source);
  writeFileSync(path, content);
  await runImport(hub, { format: FORMATS[format]!, path, source, replace: true, ...more });
}

const misp = (hosts: readonly string[]): string =>
  JSON.stringify({
    response: [
      {
        Event: {
          info: 'event',
          Attribute: hosts.map((value) => ({
            type: 'domain',
            category: 'Network activity',
            to_ids: true,
            value,
          })),
        },
      },
    ],
  });

async function pathOfSource(name: string): Promise<string> {
  const segment = (await segmentsOf(hub.db)).find(({ source }) => source.name === name)!;
  return segmentPath(hub.layout, segment.digest);
}

async function level(host: string): Promise<string> {
  const set = ListSet.open(await readManifest(hub.db), (digest) => listPath(hub.layout, digest));
  try {
    const answer = set.find(hostKey(host));
    return answer.kind === 'absent' ? 'absent' : answer.record.level;
  } finally {
    set.close();
  }
}

test('a published list is written again, the same, whatever of it is damaged', async () => {
  await take('domains', 'feed', `${many('a').join('\n')}\n`);
  await take('hosts', 'small', '0.0.0.0 row.example\n');
  await publish(hub);
  const { lists, revision } = await readManifest(hub.db);
  const names = lists.filter(({ kind }) => kind === 'host').map(({ digest }) => digest);
  assert.equal(names.length, 2, 'bases and changes');
  for (const digest of names)
    for (const [what, damage] of Object.entries(DAMAGE)) {
      if (what === 'truncation' && lists.find((l) => l.digest === digest)!.bytes < 2_000) continue;
      damage(listPath(hub.layout, digest));
      assert.equal(await isDamaged(hub, 'whole'), true, what);
      const { notes, revision: same } = await publish(hub, 'whole');
      assert.equal(notes.length, 1, `${what}: ${notes.join()}`);
      assert.match(
        notes[0]!,
        /^the published list (malicious|changes)\.host is built again from the claims: /,
      );
      assert.equal(verifyFull(listPath(hub.layout, digest)), digest, what);
      assert.equal(same, revision);
    }
  assert.equal(await isDamaged(hub, 'whole'), false);
  assert.deepEqual((await publish(hub, 'whole')).notes, []);
});

const JUDGED = {
  text: 'judged.example',
  level: 'malicious',
  category: null,
  name: null,
  reason: 'to make it publish',
  by: 'test',
} as const;

test('a node that holds a damaged list open gives it to nobody, tells of it, and opens the mended one', async () => {
  const digest = (await readManifest(hub.db)).lists.find(
    (l) => l.kind === 'host' && l.role === 'malicious',
  )!.digest;
  let told = 0;
  for (let at = 100; at < 400_000; at += 5_120) flip(listPath(hub.layout, digest), at);
  const lists = await PublishedLists.open(hub.db, hub.layout, () => told++);
  try {
    assert.throws(() => lists.set.find(hostKey('a1.example')), { code: 'corrupt' });
    assert.equal(told, 1);
    assert.equal(lists.fileOf(digest), null);
    await publish(hub, 'whole');
    let news = 0;
    lists.onRevision(() => news++);
    await Promise.all([lists.reload(), lists.reload(), lists.reload()]);
    assert.equal(news, 1);
    assert.equal(lists.set.find(hostKey('a1.example')).kind, 'listed');
    assert.notEqual(lists.fileOf(digest), null);
    await setVerdict(hub, { ...JUDGED, key: hostKey('judged.example') });
    const late = lists.reload();
    await lists.close();
    await late;
    assert.throws(() => lists.set.find(hostKey('a1.example')), TypeError);
    assert.equal(news, 1, 'closed meanwhile, nothing is opened any more');
  } finally {
    lists.close();
  }
});

test("a source's segment is built again from its original lines, at the start or when a publication meets it", async () => {
  const rows = many('c').map((host, i) => `"${host}",x,${i % 3 === 0 ? 'phishing' : 'malware'}`);
  const table = `# a comment\n\nWhere,other,category\n${rows.join('\r\n')}\r\n`;
  await take('csv', 'table', table, { options: { columns: { domain: 'Where' } }, level: 'suspicious' });
  await publish(hub);
  for (const source of ['feed', 'table'])
    for (const [what, damage] of Object.entries(DAMAGE)) {
      const path = await pathOfSource(source);
      const before = readFileSync(path);
      damage(path);
      await setVerdict(hub, {
        key: hostKey('other.example'),
        text: 'other.example',
        level: 'malicious',
        category: null,
        name: null,
        reason: `to make it publish (${source}, ${what})`,
        by: 'test',
      });
      // A page that no row asks for is seen when it is read, or by the look at every byte.
      const { notes } = await publish(hub, 'whole');
      assert.ok(readFileSync(path).equals(before), `${source}: ${what}`);
      assert.ok(notes.length <= 1);
      assert.equal(await level('c3.example'), 'suspicious');
    }
});

test('what cannot be built again is told, stands as it was published, and keeps nobody from publishing', async () => {
  await take('misp', 'events', misp(many('m')));
  await publish(hub);
  assert.equal(await level('m7.example'), 'malicious');
  for (const [what, damage] of Object.entries(DAMAGE)) {
    const path = await pathOfSource('events');
    damage(path);
    await take('domains', 'feed', `${[...many('a'), `new-${what.replace(' ', '-')}.example`].join('\n')}\n`);
    const { notes } = await publish(hub);
    assert.ok(notes.length > 0, what);
    for (const note of notes)
      assert.match(note, /until 'tocsin-hub import misp events --source "events"' is run again$/);
    assert.equal(await level('m7.example'), 'malicious', what);
    assert.equal(await level(`new-${what.replace(' ', '-')}.example`), 'malicious', what);
    assert.equal((await publish(hub, 'whole')).kind, 'unchanged', 'nothing comes or goes by itself');
    assert.deepEqual((await explain(hub, hostKey('m7.example'))).unread, ['events']);
    await take('misp', 'events', misp(many('m')));
    assert.deepEqual((await publish(hub)).notes, []);
    assert.deepEqual((await explain(hub, hostKey('m7.example'))).unread, []);
  }
});

test('a lost warning list goes on holding what it held', async () => {
  const list = [...many('w'), 'a5.example'];
  await take(
    'warninglist',
    'warned',
    JSON.stringify({ name: 'big list', type: 'hostname', list, matching_attributes: ['domain'] }),
  );
  await publish(hub);
  const key = hostKey('a5.example');
  assert.equal(await level('a5.example'), 'absent');
  const held = async (): Promise<readonly object[]> =>
    await hub.db.query('SELECT kind, key, reason, accuser, against, warns FROM held WHERE key = $1', [
      Buffer.from(key.bytes),
    ]);
  const before = await held();
  assert.equal(before.length > 0, true, formatKey(key.kind, key.bytes));
  rmSync(await pathOfSource('warned'));
  await take('domains', 'feed', `${[...many('a'), 'later.example'].join('\n')}\n`);
  assert.match((await publish(hub)).notes.join(), /source 'warned' cannot be read/);
  assert.equal(await level('later.example'), 'malicious');
  assert.equal(await level('a5.example'), 'absent');
  assert.deepEqual(await held(), before);
});
