// The public pages over real TLS, without a certificate: what strangers see, and what they do not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { EDITIONS } from 'tocsin/catalog/item.ts';
import type { IntakeHub } from '../intake/intake-fixture.ts';
import { startIntakeHub } from '../intake/intake-fixture.ts';
import type { Answer } from '../intake/machine-fixture.ts';
import { call } from '../intake/machine-fixture.ts';
import { CATALOG_VERSION, LANGUAGES } from './documents.ts';
import { LIBRARY_LIMITS } from './library.ts';
import { framed } from './page.ts';
import { preferred } from './routes.ts';
import { publishTerms } from './terms.ts';
import { publishDocuments } from './versions.ts';

const EVIL = '<script>alert("x")</script>&\'';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE', operatorName: EVIL });
  await hub.participation.publish();
});
after(() => hub.close());

const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
  hub.world.pass(1_000); // the next second of renderings
  return call(hub.port, 'GET', path, { headers });
};

test('pages: Statement and privacy policy are shown without signing in, under a strict policy, to be kept for minutes', async () => {
  for (const [path, title] of [
    ['/statement', /<h1>/],
    ['/privacy', /<h1>/],
  ] as const) {
    const { status, text, headers } = await get(path);
    assert.equal(status, 200);
    assert.match(text, title);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; style-src 'sha256-/);
    assert.match(policy, /form-action 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.ok(!/unsafe|script-src/.test(policy));
    assert.match(String(headers['cache-control']), /^public, max-age=300$/);
    assert.equal(headers['vary'], 'accept-language');
    const again = await get(path, { 'if-none-match': String(headers['etag']) });
    assert.deepEqual([again.status, again.text], [304, '']);
  }
  assert.match((await get('/')).text, /href="\/statement".*href="\/privacy"/s);
});

test('pages: what the operator wrote is text and never markup', async () => {
  for (const path of ['/statement', '/privacy']) {
    const { text } = await get(path);
    assert.ok(!text.includes('<script'), path);
    assert.ok(text.includes('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;'));
  }
});

test('pages: language by query, else by the browser, else English', async () => {
  assert.match((await get('/statement?lang=de')).text, /<html lang="de">/);
  assert.match(
    (await get('/statement', { 'accept-language': 'fr, de-AT;q=0.8, en;q=0.5' })).text,
    /<html lang="de">/,
  );
  assert.match((await get('/statement', { 'accept-language': 'fr' })).text, /<html lang="en">/);
  const german = await get('/statement?lang=de', { 'accept-language': 'en' });
  assert.equal(german.headers['content-language'], 'de');
});

test('pages: edition, place and form by query; the plain text ends with its hash', async () => {
  const premium = await get('/statement?edition=premium&jurisdiction=US&format=json');
  const { edition, jurisdiction, regime, sha256 } = premium.json;
  assert.deepEqual([edition, jurisdiction, regime], ['premium', 'US', 'opt-out']);
  const text = await get('/statement?edition=premium&jurisdiction=US&format=text');
  assert.ok(text.text.trimEnd().endsWith(sha256));
  assert.equal(text.headers['content-type'], 'text/plain; charset=utf-8');
  assert.match((await get('/privacy?format=md&jurisdiction=unknown')).text, /^# /);
});

test('pages: a wrong query is refused in words', async () => {
  for (const query of [
    'lang=xx',
    'edition=gold',
    'jurisdiction=germany',
    'jurisdiction=de',
    'version=1',
    'format=pdf',
  ])
    assert.equal((await get(`/statement?${query}`)).status, 400, query);
  const missing = await get('/statement?version=99.99');
  assert.equal(missing.status, 404);
  assert.match(missing.json.detail, /Cannot show version '99\.99'/);
});

test('versions: all are listed with links, old ones are shown, and what changed by item is told', async () => {
  const { terms } = hub.participation.terms.current;
  const first = await get('/statement');
  assert.match(first.text, /first version/);
  // An older version of the catalog as a hub would have kept it: two items less, one that was another thing.
  await hub.hub.db.execute(
    `INSERT INTO statement_version
     SELECT document, 1, terms, edition, jurisdiction, language, regime, '2026-01-01', sha256, text, content,
            (items - 'object.sha256' - 'object.threat_name') || '{"software.product": "000000000000", "old.item": "1"}',
            published_at FROM statement_version WHERE catalog = $1`,
    [CATALOG_VERSION.number],
  );
  const { text } = await get('/statement');
  const current = `${CATALOG_VERSION.number}.${terms.number}`;
  assert.match(text, new RegExp(`aria-current="page">${current.replace('.', '\\.')} \\(`));
  assert.match(text, /href="\/statement\?lang=en&amp;edition=basic&amp;jurisdiction=DE&amp;version=1\.1"/);
  assert.match(text, /What changed since version 1\.1/);
  for (const id of ['object.sha256', 'object.threat_name', 'software.product'])
    assert.ok(text.includes(`<a href="#item-${id}"><code>${id}</code></a>`), id);
  assert.ok(text.includes('<code>old.item</code>'));
  const old = await get('/statement?version=1.1');
  assert.equal(old.status, 200);
  assert.match(old.text, /first version/);
  assert.match(
    String((await get('/statement?version=1.1&format=text')).headers['cache-control']),
    /max-age=86400/,
  );
});

test('places: a version that is kept because a machine is somewhere is not shown to strangers', async () => {
  const machine = await hub.machine();
  await machine.sendRecord(hub.choose(machine, 'standard', { jurisdiction: 'NO' }));
  const { terms } = hub.participation.terms.current;
  await hub.hub.db.execute(`DELETE FROM statement_version WHERE terms = $1 AND catalog = $2`, [
    7,
    CATALOG_VERSION.number,
  ]);
  await publishDocuments(hub.hub.db, { ...terms, number: 7 }, hub.world);
  const version = `${CATALOG_VERSION.number}.7`;
  const answers = await Promise.all(
    ['NO', 'SE'].map((place) => get(`/statement?version=${version}&jurisdiction=${place}`)),
  );
  assert.deepEqual(
    answers.map(({ status }) => status),
    [404, 404],
  );
  assert.equal((await get(`/statement?version=${version}&jurisdiction=unknown`)).status, 200);
});

test('renderings: what strangers can have rendered in a second is bounded, and what is held goes on', async () => {
  const places = ['FR', 'IT', 'ES', 'PT', 'PL', 'CZ'];
  await get('/statement?format=text');
  const answers = [];
  hub.world.pass(1_000);
  for (const place of places)
    answers.push((await call(hub.port, 'GET', `/statement?format=text&jurisdiction=${place}`)).status);
  assert.equal(answers.filter((status) => status === 200).length, LIBRARY_LIMITS.rendersPerSecond);
  assert.equal(answers.at(-1), 503);
  assert.equal((await call(hub.port, 'GET', '/statement?format=text')).status, 200);
});

test('versions: after terms for another place, every link of every page leads to a text', async () => {
  const { db } = hub.hub;
  await db.execute('DELETE FROM statement_version WHERE terms = 7'); // published above without terms
  const { v: _v, number: _number, issued: _issued, ...content } = hub.participation.terms.current.terms;
  const before = `${CATALOG_VERSION.number}.${hub.participation.terms.current.terms.number}`;
  await publishTerms({ db, keys: hub.keys, world: hub.world, content: { ...content, jurisdiction: 'US' } });
  await hub.participation.terms.reload();
  await hub.participation.publish();
  for (const place of ['DE', 'US', 'NO', 'unknown'])
    for (const path of ['/statement', '/privacy']) {
      const { text } = await get(`${path}?jurisdiction=${place}`);
      const links = [...text.matchAll(/href="(\/[^"]*)"/g)].map(([, link]) => link!.replaceAll('&amp;', '&'));
      assert.ok(links.some((link) => link.endsWith(`jurisdiction=${place}&version=${before}`)));
      for (const link of links) assert.equal((await get(link)).status, 200, `${place}: ${link}`);
    }
  const { text } = await get('/statement?jurisdiction=NO');
  assert.match(text, /jurisdiction=unknown&amp;version=1\.1">1\.1 \(2026-01-01, Place: not known\)/);
});

test('queries: whatever is asked, the answer is a page or a refusal', async () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('de', 'basic', 'unknown', '2.1', '1.1', 'html', 'US', ...EDITIONS),
  );
  const name = fc.constantFrom('lang', 'edition', 'jurisdiction', 'version', 'format', 'x', '__proto__');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 5 }), async (pairs) => {
      const query = new URLSearchParams(
        pairs.map(([key, text]) => [key, text.toWellFormed()] as [string, string]),
      ).toString();
      const { status } = await get(`/privacy?${query}`);
      assert.ok([200, 400, 404, 503].includes(status), `${query}: ${status}`);
    }),
    { numRuns: 60 },
  );
});

test('accept-language: any header gives a language that there is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (header) => {
      assert.ok((LANGUAGES as readonly string[]).includes(preferred(header)));
    }),
  );
  assert.equal(preferred('en;q=0.1, de;q=0.9'), 'de');
  assert.equal(preferred('de;q=0, en'), 'en');
  assert.equal(preferred(undefined), 'en');
});

test('frame: a page without a header is a mistake', () => {
  assert.throws(() => framed('<p>', {} as never), TypeError);
});
