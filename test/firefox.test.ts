// A stock Firefox of Debian against a hub, both as they are: the browser gets the policy that `tocsin-hub browser-policy`
// prints, nothing else that has to do with lists. What it stops is never fetched from the web server of the test.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Firefox } from './support/firefox.ts';
import { firefoxMissing, startFirefox } from './support/firefox.ts';
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
const HOSTS = NAMES.map((name) => `${name}.example`);
const BAD_PROGRAM = 'a program of which the hub knows nothing good\n';
const WAIT_MS = 60_000;

let place: Place;
let pages: Server;
let firefox: Firefox;
/** Where the hub serves browsers. */
let lists: string;
const fetched: string[] = [];

before(async () => {
  if (missing !== undefined) return;
  place = new Place();
  pages = createServer(answer).listen(0, '127.0.0.1');
  await importHosts();
  const hub = await place.serve('127.0.0.1:0', place.data, ['--browser-listen', '127.0.0.1:0']);
  for (const [object, category] of [
    ['http://malware.example/kit/', 'malware'],
    ['unwanted.example', 'unwanted'],
    ['bad-files.example', 'malware'],
    [`sha256:${createHash('sha256').update(BAD_PROGRAM).digest('hex')}`, 'malware'],
  ] as const)
    await verdict(object, category);
  lists = hub.browsers!;
  await published('mw-4b', ({ additionsFourBytes }) => additionsFourBytes?.entriesCount === 1);
  const policy = await place.hub(['browser-policy', 'firefox', '--url', lists, '--downloads']);
  assert.equal(policy.status, 0, policy.stderr);
  firefox = await startFirefox(join(place.directory, 'browser'), policy.stdout, HOSTS);
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
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/v5\/hashLists:batchGet\?alt=proto$/);
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
    const response = await fetch(`${lists}/v5/hashList/${name}?${query}`);
    const list = (await response.json()) as HashList;
    if (response.ok && wanted(list)) return list;
    assert.ok(
      performance.now() < until,
      `the hub does not give out ${name}: ${JSON.stringify(list).slice(0, 200)}`,
    );
    await sleep(100);
  }
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
async function download(page: string): Promise<{ succeeded: boolean; verdict: string | null }> {
  await open('clean.example/');
  const { port } = pages.address() as AddressInfo;
  const url = `http://${page.replace('/', `:${port}/`)}`;
  await firefox.marionette.send('WebDriver:ExecuteScript', {
    script: 'location.href = arguments[0]',
    args: [url],
  });
  return (await firefox.marionette.inBrowser(
    `const { Downloads } = ChromeUtils.importESModule('resource://gre/modules/Downloads.sys.mjs');
     const look = async () => {
       const all = await (await Downloads.getList(Downloads.ALL)).getAll();
       const one = all.find((download) => download.source.url === arguments[0] && download.stopped);
       if (one === undefined) return setTimeout(look, 50);
       resolve({ succeeded: one.succeeded, verdict: one.error?.reputationCheckVerdict ?? null });
     };
     const { setTimeout } = ChromeUtils.importESModule('resource://gre/modules/Timer.sys.mjs');
     look();`,
    [url],
  )) as { succeeded: boolean; verdict: string | null };
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
