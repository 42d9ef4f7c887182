// A stock Firefox of Debian against a hub, both as they are, by HTTPS: the browser gets the policy and the root that
// `tocsin-hub browser-policy` prints, nothing else that has to do with lists. What it stops is never fetched from the web
// server of the test.
import assert from 'node:assert/strict';
import { createHash, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { makeKey } from '../packages/hub/src/keys/authority.ts';
import { issueForBrowsers, openBrowserRoot } from '../packages/hub/src/keys/browser-root.ts';
import type { Download, Firefox } from './support/firefox.ts';
import { downloaded, firefoxMissing, startFirefox, trusted } from './support/firefox.ts';
import { Place } from './support/processes.ts';

const missing = firefoxMissing();
const skip = missing ?? false;

/** More than one list can hold by itself: a bulk source, so that the lists are long and coded. */
const BULK = 12_000;
const NAMES = [
  'clean',
  'phish',
  'below.phish',
  'h77.bulk',
  'malware',
  'unwanted',
  'later',
  'files',
  'bad-files',
];
/** Where browsers reach the hub. */
const LISTS = 'lists.corp.example';
/** A star in a certificate for such a name could stand for the one of the lists. */
const NEIGHBOUR = 'other.corp.example';
const HOSTS = [...NAMES.map((name) => `${name}.example`), LISTS, NEIGHBOUR, `below.${LISTS}`];
const BAD_PROGRAM = 'a program of which the hub knows nothing good\n';
const WAIT_MS = 60_000;

let place: Place;
let pages: Server;
let firefox: Firefox;
/** Where the hub serves browsers, and the root of its certificate. */
let lists: string;
let root: string;
const fetched: string[] = [];

before(async () => {
  if (missing !== undefined) return;
  place = new Place();
  pages = createServer(answer).listen(0, '127.0.0.1');
  await importHosts();
  const words = ['--browser-listen', '127.0.0.1:0', '--browser-name', LISTS];
  const hub = await place.serve('127.0.0.1:0', place.data, words);
  for (const [object, category] of [
    ['http://malware.example/kit/', 'malware'],
    ['unwanted.example', 'unwanted'],
    ['bad-files.example', 'malware'],
    [`sha256:${createHash('sha256').update(BAD_PROGRAM).digest('hex')}`, 'malware'],
  ] as const)
    await verdict(object, category);
  lists = hub.browsers!;
  root = await printed(['browser-policy', 'root', '--browser-name', LISTS]);
  await published('mw-4b', ({ additionsFourBytes }) => additionsFourBytes?.entriesCount === 1);
  const file = join(place.directory, 'root.pem');
  writeFileSync(file, root);
  const asked = ['--url', lists, '--root', file, '--downloads'];
  const policy = await printed(['browser-policy', 'firefox', ...asked]);
  firefox = await startFirefox(join(place.directory, 'browser'), policy, HOSTS);
  await updatedAfter(0);
});

after(async () => {
  if (missing !== undefined) return;
  await firefox?.close();
  await place.remove();
  pages.close();
});

test('firefox: the policy is in force, and the address of the lists is the hub', { skip }, async () => {
  const [status, url, locked] = (await firefox.marionette.inBrowser(
    `const name = 'browser.safebrowsing.provider.google5.updateURL';
     resolve([Services.policies.status, Services.prefs.getCharPref(name), Services.prefs.prefIsLocked(name)]);`,
  )) as [number, string, boolean];
  assert.deepEqual([status, locked], [1, true]);
  assert.match(url, /^https:\/\/lists\.corp\.example:\d+\/v5\/hashLists:batchGet\?alt=proto$/);
});

test('firefox: the root that the policy installs vouches for the lists, and for no other site', {
  skip,
}, async () => {
  assert.equal(await trusted(firefox, `${lists}/`), 'trusted');
  const signer = await openBrowserRoot(join(place.data, 'keys'), LISTS, systemWorld);
  for (const words of [
    'clean.example',
    `below.${LISTS}`,
    NEIGHBOUR,
    `${NEIGHBOUR} *.corp.example`,
    `${LISTS} *.corp.example`,
    '127.0.0.1',
  ]) {
    const [name, vouched = name] = words.split(' ') as [string, string?];
    const key = makeKey();
    const leaf = await issueForBrowsers(signer, vouched, createPublicKey(key), systemWorld);
    const pem = { cert: leaf.toString(), key: key.export({ type: 'pkcs8', format: 'pem' }) };
    const site = createSecureServer(pem, answer).on('tlsClientError', () => {});
    await once(site.listen(0, '127.0.0.1'), 'listening');
    const { port } = site.address() as AddressInfo;
    const answered = await trusted(firefox, `https://${name}:${port}/`).finally(() => site.close());
    assert.equal(answered, 'SEC_ERROR_CERT_NOT_IN_NAME_SPACE', words);
  }
});

test('firefox: a page that nobody lists opens', { skip }, async () => {
  assert.equal(await open('clean.example/'), 'opened');
  assert.equal(await open('malware.example/'), 'opened', 'only a folder of it is listed');
  assert.ok(fetched.includes('clean.example/'));
});

test('firefox: listed pages of phishing, malware and unwanted software are blocked, each as what it is', {
  skip,
}, async () => {
  assert.equal(await open('phish.example/login'), 'deceptiveBlocked');
  assert.equal(await open('below.phish.example/a/b?c=d'), 'deceptiveBlocked');
  assert.equal(await open('malware.example/kit/index.html'), 'malwareBlocked');
  assert.equal(await open('unwanted.example/'), 'unwantedBlocked');
  assert.deepEqual(
    fetched.filter((page) => /^(?:.*phish|unwanted)\.example|kit/.test(page)),
    [],
  );
});

test('firefox: a malicious download is blocked by its content, another one comes through', {
  skip,
}, async () => {
  assert.deepEqual(await download('files.example/good.exe'), { succeeded: true, verdict: null });
  assert.deepEqual(await download('files.example/bad.exe'), { succeeded: false, verdict: 'Malware' });
  const size = (name: string): number => statSync(join(firefox.downloads, name)).size;
  assert.ok(size('good.exe') > 0);
  assert.ok(
    !existsSync(join(firefox.downloads, 'bad.exe')) || size('bad.exe') === 0,
    'its name, without content',
  );
});

test('firefox: an update adds what was listed since and takes away what was recalled', { skip }, async () => {
  assert.equal(await open('later.example/'), 'opened');
  const { version } = await published('se-4b', () => true);
  await verdict('later.example', 'phishing');
  const recalled = await place.hub([
    'verdict',
    'set',
    'phish.example',
    '--level',
    'unknown',
    '--reason',
    'wrong',
  ]);
  assert.equal(recalled.status, 0, recalled.stderr);
  const both = (list: HashList): boolean =>
    list.compressedRemovals !== undefined && list.additionsFourBytes !== undefined;
  const update = await published('se-4b', both, version);
  assert.equal(update.partialUpdate, true);
  await forceUpdate();
  assert.equal(await open('later.example/now'), 'deceptiveBlocked');
  assert.equal(await open('phish.example/again'), 'opened');
  assert.equal(await open('h77.bulk.example/'), 'deceptiveBlocked', 'what did not change is still listed');
});

/** What the tests look at of the JSON form. */
interface HashList {
  readonly version: string;
  readonly partialUpdate?: boolean;
  readonly compressedRemovals?: object;
  readonly additionsFourBytes?: { readonly entriesCount?: number };
}

/** Waits until the hub gives out a list as it is wanted: it is built in the background. */
async function published(name: string, wanted: (list: HashList) => boolean, since = ''): Promise<HashList> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const query = new URLSearchParams({ alt: 'json', version: since });
    const { status, body } = await askLists(`/v5/hashList/${name}?${query}`);
    const list = JSON.parse(body) as HashList;
    if (status === 200 && wanted(list)) return list;
    assert.ok(
      performance.now() < until,
      `the hub does not give out ${name}: ${JSON.stringify(list).slice(0, 200)}`,
    );
    await sleep(100);
  }
}

/** As a browser that has the root. */
async function askLists(path: string): Promise<{ status: number; body: string }> {
  const options = { host: '127.0.0.1', port: new URL(lists).port, path, ca: root, servername: LISTS };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  httpsRequest(options, resolve).on('error', reject).end();
  const response = await promise;
  return { status: response.statusCode ?? 0, body: await text(response) };
}

/** What a command of the hub says. */
async function printed(words: readonly string[]): Promise<string> {
  const done = await place.hub(words);
  assert.equal(done.status, 0, done.stderr);
  return done.stdout;
}

/** Opens a page; says how it is blocked where it is. */
async function open(page: string): Promise<string> {
  const { port } = pages.address() as AddressInfo;
  const url = `http://${page.replace('/', `:${port}/`)}`;
  try {
    await firefox.marionette.send('WebDriver:Navigate', { url });
  } catch {
    // a page of an error is told as one
  }
  const uri = (await firefox.marionette.inBrowser(
    `const { BrowserWindowTracker } = ChromeUtils.importESModule('resource:///modules/BrowserWindowTracker.sys.mjs');
     resolve(BrowserWindowTracker.getTopWindow().gBrowser.selectedBrowser.documentURI.spec);`,
  )) as string;
  return /^about:blocked\?e=(\w+)/.exec(uri)?.[1] ?? (uri === url ? 'opened' : uri);
}

/** Starts a download from an open page and waits for what becomes of it. */
async function download(page: string): Promise<Download> {
  await open('clean.example/');
  const { port } = pages.address() as AddressInfo;
  return await downloaded(firefox, `http://${page.replace('/', `:${port}/`)}`);
}

async function lastUpdate(): Promise<number> {
  const name = 'browser.safebrowsing.provider.google5.lastupdatetime';
  return Number(
    await firefox.marionette.inBrowser(`resolve(Services.prefs.getCharPref(${JSON.stringify(name)}, '0'))`),
  );
}

async function updatedAfter(time: number): Promise<void> {
  const until = performance.now() + WAIT_MS;
  while ((await lastUpdate()) <= time) {
    assert.ok(performance.now() < until, 'the browser did not update its lists');
    await sleep(100);
  }
}

async function forceUpdate(): Promise<void> {
  const before = await lastUpdate();
  await firefox.marionette.inBrowser(
    `const { SafeBrowsing } = ChromeUtils.importESModule('resource://gre/modules/SafeBrowsing.sys.mjs');
     const lists = Cc['@mozilla.org/url-classifier/listmanager;1'].getService(Ci.nsIUrlListManager);
     resolve(lists.forceUpdates('goog-phish-proto'));`,
  );
  await updatedAfter(before);
}

async function importHosts(): Promise<void> {
  const file = join(place.directory, 'phishing.txt');
  const bulk = Array.from({ length: BULK }, (_, i) => `h${i}.bulk.example`);
  writeFileSync(file, [...bulk, 'phish.example'].join('\n'));
  const done = await place.hub(['import', 'domains', file, '--level', 'malicious', '--category', 'phishing']);
  assert.equal(done.status, 0, done.stderr);
}

async function verdict(object: string, category: string): Promise<void> {
  const words = [
    'verdict',
    'set',
    object,
    '--level',
    'malicious',
    '--category',
    category,
    '--reason',
    'a test',
  ];
  const done = await place.hub(words);
  assert.equal(done.status, 0, done.stderr);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const page = `${(request.headers.host ?? '').replace(/:\d+$/, '')}${request.url}`;
  fetched.push(page);
  if (page.endsWith('.exe')) {
    response.setHeader('content-type', 'application/octet-stream');
    response.setHeader('content-disposition', 'attachment');
    response.end(page.endsWith('bad.exe') ? BAD_PROGRAM : 'another program\n');
    return;
  }
  response.setHeader('content-type', 'text/html');
  response.end(`<!doctype html><title>${request.headers.host}</title>`);
}
