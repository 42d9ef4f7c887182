// Certificates of the listener for browsers, over real connections: the operator's files, and the hub's own, under a root
// that vouches for one name and for nothing else.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { systemWorld } from 'tocsin/protocol/world.ts';
import type { IssuingAuthority } from '../keys/authority.ts';
import { makeKey } from '../keys/authority.ts';
import { issueForBrowsers, openBrowserRoot } from '../keys/browser-root.ts';
import { HUB_KEY_LIMITS } from '../keys/config.ts';
import { createKeys, openKeys } from '../keys/store.ts';
import { hubCredentials } from '../server/wire-fixture.ts';
import type { BrowserSettings } from './browser-certificate.ts';
import { checkBrowserSettings, openBrowserCertificate } from './browser-certificate.ts';
import type { BrowserPlace, BrowserServer } from './browser-server.ts';
import { startBrowserServer } from './browser-server.ts';
import { manifestWith } from './build-fixture.ts';
import { BROWSER_SERVER_LIMITS } from './config.ts';
import { HashLists } from './hash-lists.ts';

const PLAIN: BrowserSettings = {
  browserListen: { host: '127.0.0.1', port: 0 },
  browserCertificate: null,
  browserKey: null,
  browserName: null,
};
const LONGEST = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(53)}.example`;

let directory: string;
let place: BrowserPlace;
let set: ListSet;
const log: string[] = [];

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  set = ListSet.open(manifestWith(1, []), () => '');
  const say = (line: string): void => void log.push(line);
  const hashLists = new HashLists({
    segments: directory,
    directory: join(directory, 'sets'),
    world: systemWorld,
    log: say,
    lazy: true,
  });
  place = {
    sources: { lists: { set }, hashLists },
    keys: join(directory, 'keys'),
    world: systemWorld,
    log: say,
  };
});

after(async () => {
  await place.sources.hashLists.close();
  set.close();
  rmSync(directory, { recursive: true });
});

async function start(t: TestContext, settings: BrowserSettings, more = {}): Promise<BrowserServer> {
  const server = (await startBrowserServer(
    settings,
    { ...place, ...more },
    {
      ...BROWSER_SERVER_LIMITS,
      certificateMs: 20,
    },
  ))!;
  t.after(() => server.close());
  return server;
}

test('browsers: without a certificate only the loopback is served, and what does not fit together is refused', () => {
  const listen = { host: '0.0.0.0', port: 1 };
  const wrong: readonly Partial<BrowserSettings>[] = [
    { browserListen: listen },
    { browserKey: '/key' },
    { browserCertificate: '/chain' },
    { browserCertificate: '/chain', browserKey: '/key', browserName: 'lists.example' },
  ];
  for (const one of wrong) assert.throws(() => checkBrowserSettings({ ...PLAIN, ...one }), { code: 'input' });
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost'])
    checkBrowserSettings({ ...PLAIN, browserListen: { host, port: 1 } });
  checkBrowserSettings({ ...PLAIN, browserListen: listen, browserName: 'lists.example' });
  checkBrowserSettings({ ...PLAIN, browserListen: listen, browserCertificate: '/chain', browserKey: '/key' });
});

/** Certificate and key in files, as an operator gives them; `renew` replaces both. */
async function certificateFiles(
  t: TestContext,
): Promise<{ settings: BrowserSettings; renew(): Promise<string> }> {
  const keys = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(keys, { recursive: true }));
  await createKeys(join(keys, 'ring'), systemWorld);
  const ring = openKeys(join(keys, 'ring'));
  const [browserCertificate, browserKey] = [join(keys, 'cert.pem'), join(keys, 'key.pem')];
  let made = 0;
  const renew = async (): Promise<string> => {
    const { key, cert, certificate } = await hubCredentials(ring.issuing, ring.root.id, systemWorld);
    writeFileSync(browserKey, key);
    writeFileSync(browserCertificate, cert);
    utimesSync(browserCertificate, ++made, made);
    return certificate.fingerprint256;
  };
  return { settings: { ...PLAIN, browserCertificate, browserKey }, renew };
}

/** The SHA-256 of the certificate that is shown for `/`. Rejects where it is not trusted. */
function shownBy(url: string, options: RequestOptions = { rejectUnauthorized: false }): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { agent: false, ...options }, (response) => {
      response.resume();
      if (response.statusCode !== 200) reject(new Error(String(response.statusCode)));
      else resolve((response.socket as TLSSocket).getPeerCertificate().fingerprint256);
    });
    request.on('error', reject).end();
  });
}

async function until(shown: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200 && !(await shown()); tries++) await sleep(20);
  assert.ok(await shown());
}

test('browsers: over TLS nobody is asked for a certificate, and a renewed one is taken up while the hub runs', async (t) => {
  const { settings, renew } = await certificateFiles(t);
  const first = await renew();
  const { url } = await start(t, settings);
  assert.match(url, /^https:/);
  assert.equal(await shownBy(url), first);
  const second = await renew();
  await until(async () => (await shownBy(url)) === second);
});

test('browsers: half a renewal is told of, and what was shown goes on until it is whole', async (t) => {
  const { settings, renew } = await certificateFiles(t);
  const first = await renew();
  const { url } = await start(t, settings);
  const before = readFileSync(settings.browserKey!);
  const second = await renew();
  const after = readFileSync(settings.browserKey!);
  writeFileSync(settings.browserKey!, before);
  await until(async () => log.some((line) => /cannot be used, the old one goes on/.test(line)));
  assert.equal(await shownBy(url), first);
  writeFileSync(settings.browserKey!, after);
  await until(async () => (await shownBy(url)) === second);
});

test('browsers: files that are no certificate are refused in words', async (t) => {
  const { settings, renew } = await certificateFiles(t);
  await renew();
  const key = readFileSync(settings.browserKey!);
  await renew();
  const good = readFileSync(settings.browserCertificate!);
  for (const [certificate, code] of [
    [readFileSync(settings.browserKey!), 'format'],
    [Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'), 'format'],
    [Buffer.alloc(0), 'format'],
  ] as const) {
    writeFileSync(settings.browserCertificate!, certificate);
    await assert.rejects(startBrowserServer(settings, place), { code });
  }
  writeFileSync(settings.browserCertificate!, good);
  for (const wrong of [key, Buffer.alloc(0), good]) {
    writeFileSync(settings.browserKey!, wrong);
    await assert.rejects(startBrowserServer(settings, place), { code: 'format' });
  }
  const absent = { ...settings, browserKey: '/absent.pem' };
  await assert.rejects(startBrowserServer(absent, place), { code: 'io' });
});

const NAMES: readonly [name: string, others: readonly string[]][] = [
  [
    'lists.example',
    ['clean.example', 'below.lists.example', 'example', 'xlists.example', '127.0.0.1', '::1'],
  ],
  ['localhost', ['below.localhost', '127.0.0.1']],
  ['127.0.0.1', ['localhost', '127.0.0.2', '::1']],
  ['::1', ['localhost', '127.0.0.1', '::2']],
  [LONGEST, [`x.${LONGEST.slice(2)}`]],
];

test('browsers: the own certificate of a hub is trusted by its root, for its name and no other', async (t) => {
  for (const [name, others] of NAMES) {
    const host = name === '::1' ? '::1' : '127.0.0.1';
    const { url } = await start(t, { ...PLAIN, browserListen: { host, port: 0 }, browserName: name });
    const { port, hostname } = new URL(url);
    assert.equal(hostname, name.includes(':') ? `[${name}]` : name);
    const root = await openBrowserRoot(place.keys, name, systemWorld);
    const ca = root.certificate.toString();
    assert.match(await shownBy(`https://${hostname}:${port}/`, { ca, lookup: toLoopback }), /^[0-9A-F:]+$/);
    await assert.rejects(shownBy(`https://${hostname}:${port}/`, { lookup: toLoopback }), 'without the root');
    for (const other of others) assert.match(await refusalOf(root, other), /permitted|excluded/, other);
  }
});

test('browsers: what is below the name of a root is excluded, stars too, and its neighbours are not permitted', async () => {
  const root = await openBrowserRoot(place.keys, 'lists.corp.example', systemWorld);
  for (const name of ['below.lists.corp.example', '*.lists.corp.example'])
    assert.match(await refusalOf(root, name), /excluded subtree/, name);
  for (const name of ['*.corp.example', 'other.corp.example'])
    assert.match(await refusalOf(root, name), /permitted subtree/, name);
});

const toLoopback: RequestOptions['lookup'] = (_name, options, done) =>
  options.all === true
    ? (done as (error: null, all: object[]) => void)(null, [{ address: '127.0.0.1', family: 4 }])
    : done(null, '127.0.0.1', 4);

/** What TLS says of a certificate for `name` by that root. */
async function refusalOf(root: IssuingAuthority, name: string): Promise<string> {
  const key = makeKey();
  const leaf = await issueForBrowsers(root, name, createPublicKey(key), systemWorld);
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  const server = createTlsServer({ key: pem, cert: leaf.toString() }).on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const options = { ca: root.certificate.toString(), checkServerIdentity: () => undefined };
  return await shownBy(`https://127.0.0.1:${port}/`, options)
    .catch((error: Error) => error.message)
    .finally(() => server.close());
}

test('browsers: the own certificate is renewed while the hub runs, under a root that stays', async (t) => {
  let days = 0;
  const clock = { ...systemWorld.clock, now: () => Date.now() + days * 86_400_000 };
  const { url } = await start(
    t,
    { ...PLAIN, browserName: 'renewed.example' },
    { world: { ...systemWorld, clock } },
  );
  const { certificate } = await openBrowserRoot(place.keys, 'renewed.example', systemWorld);
  const trusted = { ca: certificate.toString(), servername: 'renewed.example' };
  const ask = (): Promise<string> => shownBy(`https://127.0.0.1:${new URL(url).port}/`, trusted);
  const first = await ask();
  await sleep(60);
  assert.equal(await ask(), first);
  days = HUB_KEY_LIMITS.browserLeafLifetime / 86_400 - 20;
  // Its dates are in the future of the system's clock, as far as they begin a day before.
  await until(async () => (await shownBy(`https://127.0.0.1:${new URL(url).port}/`)) !== first);
  assert.equal(
    (await openBrowserRoot(place.keys, 'renewed.example', systemWorld)).certificate.fingerprint256,
    certificate.fingerprint256,
  );
});

test('browsers: two processes at once make one root, and its end is announced', async (t) => {
  const roots = await Promise.all(
    [1, 2, 3].map(() => openBrowserRoot(place.keys, 'once.example', systemWorld)),
  );
  const ids = new Set(roots.map(({ certificate }) => certificate.fingerprint256));
  assert.equal(ids.size, 1);
  const clock = { ...systemWorld.clock, now: () => Date.now() + 9.5 * 365 * 86_400_000 };
  await start(t, { ...PLAIN, browserName: 'once.example' }, { world: { ...systemWorld, clock } });
  assert.ok(log.some((line) => /root for browsers at 'once.example' ends on/.test(line)));
});

test('browsers: a root that ended or has not begun is told of, and costs one new certificate a day', async () => {
  const name = 'dated.example';
  await openBrowserRoot(place.keys, name, systemWorld);
  const DAY = 86_400_000;
  for (const [away, words, renewedDaily] of [
    [-90 * DAY, /'dated\.example' cannot be trusted, for its root begins on \d/, false],
    [3_651 * DAY, /'dated\.example' cannot be trusted, for its root ended on \d/, true],
    [3_640 * DAY, /the root for browsers at 'dated\.example' ends on \d/, false],
  ] as const) {
    let now = Date.now() + away;
    const world = { ...systemWorld, clock: { ...systemWorld.clock, now: () => now } };
    const said: string[] = [];
    const settings = { ...PLAIN, browserName: name };
    const log = (line: string): void => void said.push(line);
    const certificate = (await openBrowserCertificate(settings, { keys: place.keys, world, log }))!;
    assert.equal(said.length, 1);
    assert.match(said[0]!, words);
    assert.equal(await certificate.next(), null);
    now += DAY - 1;
    assert.equal(await certificate.next(), null);
    now += 1;
    assert.equal((await certificate.next()) !== null, renewedDaily);
    now += 60 * DAY;
    assert.notEqual(await certificate.next(), null);
    assert.equal(said.length, renewedDaily ? 3 : 2, 'told at each renewal');
    assert.equal(await certificate.next(), null);
  }
});
