// The listener for browsers, asked over real connections: every route in both forms, any query and body.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { applyUpdate } from 'tocsin/lists/hash-list-update.ts';
import { emptySet } from 'tocsin/lists/hash-set.ts';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { hostKey, urlKey } from 'tocsin/protocol/keys-of.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import type { BrowserSettings } from './browser-certificate.ts';
import type { BrowserServer } from './browser-server.ts';
import { startBrowserServer } from './browser-server.ts';
import type { FixtureEntry } from './build-fixture.ts';
import { expectedSet, manifestWith, publishEntries } from './build-fixture.ts';
import { HASH_LISTS, hashListNamed } from './catalogue.ts';
import { PUBLISHED_HASH_LISTS } from './config.ts';
import { HashLists } from './hash-lists.ts';
import { decodeMessage, encodeMessage } from './messages.ts';
import type { HashListSources } from './routes.ts';
import { decodeHashList } from './wire.ts';

const BAD_FILE = new Uint8Array(32).fill(0xbb);
const ODD_FILE = new Uint8Array(32).fill(0xcc);
const ENTRIES: readonly FixtureEntry[] = [
  entry('host', hostKey('phish.example').bytes, 'malicious', 'phishing'),
  entry('url', urlKey('bad.example/kit/').bytes, 'malicious', 'malware'),
  entry('url', urlKey('phish.example/').bytes, 'malicious', 'malware'),
  entry('host', hostKey('odd.example').bytes, 'suspicious', 'malware'),
  entry('file-sha256', BAD_FILE, 'malicious', 'malware'),
  entry('file-sha256', ODD_FILE, 'riskware', null),
];
const PLAIN: BrowserSettings = {
  browserListen: { host: '127.0.0.1', port: 0 },
  browserCertificate: null,
  browserKey: null,
  browserName: null,
};

let directory: string;
let set: ListSet;
let sources: HashListSources;
let server: BrowserServer;
const log: string[] = [];
const say = (line: string): void => void log.push(line);

function entry(
  kind: FixtureEntry['kind'],
  key: Uint8Array,
  level: FixtureEntry['level'],
  category: FixtureEntry['category'],
): FixtureEntry {
  return { kind, key, level, category, change: false };
}

before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const segments = join(directory, 'segments');
  const manifest = manifestWith(1, publishEntries(segments, ENTRIES));
  set = ListSet.open(manifest, (digest) => join(segments, `${digest}.seg`));
  const hashLists = new HashLists({
    segments,
    directory: join(directory, 'sets'),
    world: systemWorld,
    log: say,
  });
  sources = { lists: { set }, hashLists };
  const place = { sources, keys: join(directory, 'keys'), world: systemWorld, log: say };
  server = (await startBrowserServer(PLAIN, place))!;
  for (const path of ['/v5/hashList/mw-4b', '/v5/hashLists']) {
    const early = await fetch(server.url + path);
    assert.equal(early.status, 503, 'before the first build');
    assert.equal(early.headers.get('retry-after'), '5');
  }
  await hashLists.follow(manifest);
});

after(async () => {
  await server.close();
  await sources.hashLists.close();
  set.close();
  rmSync(directory, { recursive: true });
});

async function get(path: string): Promise<{ status: number; type: string | null; bytes: Uint8Array }> {
  const response = await fetch(server.url + path);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, type: response.headers.get('content-type'), bytes };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into foreign JSON
async function getJson(path: string): Promise<any> {
  const { bytes } = await get(path);
  return JSON.parse(Buffer.from(bytes).toString());
}

test('browsers: a batch holds the lists in the order of the names, as protobuf unless JSON is asked for', async () => {
  const path = '/v5/hashLists:batchGet?names=se-4b&names=mw-4b&names=csdda-32b&version=&version=&version=';
  const { status, type, bytes } = await get(path);
  assert.deepEqual([status, type], [200, 'application/x-protobuf']);
  const { hashLists } = decodeMessage('BatchGetHashListsResponse', bytes) as {
    hashLists: { name: string }[];
  };
  assert.deepEqual(
    hashLists.map(({ name }) => name),
    ['se-4b', 'mw-4b', 'csdda-32b'],
  );
  const json = await getJson(`${path}&alt=json`);
  assert.deepEqual(
    json.hashLists.map(({ name }: { name: string }) => name),
    ['se-4b', 'mw-4b', 'csdda-32b'],
  );
});

test('browsers: a list that is not published keeps nobody from the others', async () => {
  const { hashLists } = await getJson('/v5/hashLists:batchGet?names=nope&names=mw-4b&alt=json');
  assert.deepEqual(
    hashLists.map(({ name }: { name: string }) => name),
    ['mw-4b'],
  );
});

test('browsers: one list, whole and then nothing new for who has it', async () => {
  const spec = hashListNamed('mw-4b')!;
  const whole = decodeHashList((await get('/v5/hashList/mw-4b')).bytes, 4);
  const mine = applyUpdate(emptySet(4), whole);
  assert.deepEqual(mine, expectedSet(spec, ENTRIES));
  const version = encodeURIComponent(Buffer.from(whole.version).toString('base64'));
  const next = decodeHashList((await get(`/v5/hashList/mw-4b?version=${version}`)).bytes, 4);
  assert.deepEqual([next.partial, next.additions], [true, null]);
  assert.deepEqual(applyUpdate(mine, next), mine);
  assert.equal(next.minimumWait, PUBLISHED_HASH_LISTS.minimumWait);
});

test('browsers: the catalogue names every list with what is in it', async () => {
  const { hashLists } = await getJson('/v5/hashLists?alt=json');
  assert.deepEqual(
    hashLists.map(({ name }: { name: string }) => name),
    HASH_LISTS.map(({ name }) => name),
  );
  const [first] = hashLists;
  assert.deepEqual(first.metadata.threatTypes, ['MALWARE']);
  assert.equal(first.metadata.hashLength, 'FOUR_BYTES');
});

test('browsers: a search tells whole hashes and threats, each hash once, and nothing that is only suspicious', async () => {
  const prefix = (key: Uint8Array): string =>
    encodeURIComponent(Buffer.from(key.subarray(0, 4)).toString('base64'));
  const of = (...keys: Uint8Array[]): string =>
    `/v5/hashes:search?alt=json&${keys.map((key) => `hashPrefixes=${prefix(key)}`).join('&')}`;
  const phish = hostKey('phish.example').bytes;
  const found = await getJson(
    of(phish, urlKey('bad.example/kit/').bytes, hostKey('odd.example').bytes, BAD_FILE),
  );
  assert.equal(found.cacheDuration, '300s');
  const threats = Object.fromEntries(
    found.fullHashes.map((one: { fullHash: string; fullHashDetails: { threatType: string }[] }) => [
      Buffer.from(one.fullHash, 'base64').toString('hex'),
      one.fullHashDetails.map(({ threatType }) => threatType).sort(),
    ]),
  );
  assert.deepEqual(threats, {
    [Buffer.from(phish).toString('hex')]: ['MALWARE', 'SOCIAL_ENGINEERING'],
    [Buffer.from(urlKey('bad.example/kit/').bytes).toString('hex')]: ['MALWARE'],
  });
  assert.equal((await getJson(of(new Uint8Array(4)))).fullHashes, undefined);
});

async function check(sha256: Uint8Array, url: string): Promise<unknown> {
  const body = encodeMessage('ClientDownloadRequest', { url, digests: { sha256 }, length: 5n });
  const response = await fetch(`${server.url}/v1/download-check`, {
    method: 'POST',
    body: Buffer.from(body),
  });
  assert.equal(response.status, 200);
  const answer = decodeMessage('ClientDownloadResponse', new Uint8Array(await response.arrayBuffer()));
  return answer['verdict'];
}

test('browsers: a download is judged by its content, an unknown one by its address', async () => {
  const unknown = new Uint8Array(32);
  assert.equal(await check(BAD_FILE, 'https://clean.example/a.exe'), 1);
  assert.equal(await check(ODD_FILE, 'https://clean.example/a.exe'), 3);
  assert.equal(await check(unknown, 'https://clean.example/a.exe'), 0);
  assert.equal(await check(unknown, 'https://sub.phish.example/a.exe'), 4);
  assert.equal(await check(unknown, 'https://odd.example/a.exe'), 0, 'suspicious is not enough');
  assert.equal(await check(unknown, 'blob:https://clean.example/0e5d'), 0);
});

test('browsers: what is wrong is a problem document that says so, and nothing else of the hub is there', async () => {
  const wrong: readonly [string, number][] = [
    ['/v5/hashList/nope', 404],
    ['/v5/hashLists:batchGet', 400],
    ['/v5/hashLists:batchGet?names=nope&names=none', 404],
    ['/v5/hashes:search', 400],
    ['/v5/hashes:search?hashPrefixes=AAAA', 400],
    ['/v1/lists', 404],
    ['/v1/keys', 404],
    ['/v1/openapi.json', 404],
    ['/statement', 404],
    ['/v5', 404],
  ];
  for (const [path, status] of wrong) {
    const answer = await get(path);
    assert.deepEqual([path, answer.status], [path, status]);
    assert.equal(answer.type, 'application/problem+json; charset=utf-8');
  }
  const post = async (body: Buffer): Promise<number> =>
    (await fetch(`${server.url}/v1/download-check`, { method: 'POST', body })).status;
  assert.equal(await post(Buffer.alloc(0)), 400);
  assert.equal(await post(Buffer.from('0a0568656c6c6f', 'hex')), 400);
  assert.equal(await post(Buffer.alloc(PUBLISHED_HASH_LISTS.maxDownloadCheck + 1)), 413);
});

test('browsers: any query and any body is answered or refused, and is no fault of the hub', async () => {
  const path = fc.constantFrom(
    '/v5/hashLists:batchGet',
    '/v5/hashes:search',
    '/v5/hashLists',
    '/v5/hashList/mw-4b',
  );
  const name = fc.constantFrom('names', 'version', 'hashPrefixes', 'alt', '%');
  const value = fc.oneof(fc.base64String(), fc.string(), fc.constantFrom('mw-4b', 'json', '%zz', ''));
  const query = fc.array(fc.tuple(name, value.map(encodeURI)), { maxLength: 6 });
  const before = log.length;
  await fc.assert(
    fc.asyncProperty(path, query, fc.uint8Array({ maxLength: 200 }), async (path, parts, body) => {
      const { status } = await get(`${path}?${parts.map(([k, v]) => `${k}=${v}`).join('&')}`);
      assert.ok(status === 200 || (status >= 400 && status < 500), `${status}`);
      const method = 'POST';
      const response = await fetch(`${server.url}/v1/download-check`, { method, body: Buffer.from(body) });
      assert.ok(response.status === 400 || response.status === 200, `${response.status}`);
      await response.arrayBuffer();
    }),
    { numRuns: 150 },
  );
  assert.equal(log.length, before);
});
