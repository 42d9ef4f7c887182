// What stands between an import and a published verdict: warning lists hold, suffixes are refused, and an address
// that many share is seen whatever way the list that accuses it was stored.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { hostKey, ipKey, urlKey } from 'tocsin/protocol/keys-of.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { parseObject } from 'tocsin/protocol/objects.ts';
import { FORMATS } from '../imports/formats/index.ts';
import type { ImportRequest } from '../imports/run-import.ts';
import { runImport } from '../imports/run-import.ts';
import { readManifest } from '../lists/manifest.ts';
import { listPath } from '../store/artifacts.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import { refuseSuffix, setVerdict } from './analyst.ts';
import { explain } from './explain.ts';
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

async function take(
  format: string,
  source: string,
  lines: readonly string[],
  more: Partial<ImportRequest> = {},
): Promise<void> {
  const path = join(directory, source);
  writeFileSync(path, `${lines.join('\n')}\n`);
  await runImport(hub, { format: FORMATS[format]!, path, source, replace: true, ...more });
  await publish(hub);
}

async function listed(key: ObjectKey): Promise<string> {
  const set = ListSet.open(await readManifest(hub.db), (digest) => listPath(hub.layout, digest));
  try {
    const answer = set.find(key);
    return answer.kind === 'absent' ? 'absent' : `${answer.kind} ${answer.record.level}`;
  } finally {
    set.close();
  }
}

async function heldReasons(): Promise<string[]> {
  const rows = await hub.db.query<{ reason: string }>('SELECT reason FROM held ORDER BY reason');
  return rows.map(({ reason }) => reason);
}

/** So many that they are stored as a segment. */
function many(count: number, line: (i: number) => string): string[] {
  return Array.from({ length: count }, (_, i) => line(i));
}

for (const [stored, filler] of [
  ['rows', 0],
  ['segments', 10_000],
] as const)
  test(`a top site that a feed accuses is held with its reason, and published as neither (${stored})`, async () => {
    const feed = `feed ${stored}`;
    await take('domains', feed, ['top.example', 'evil.example', ...many(filler, (i) => `f${i}.example`)]);
    assert.equal(await listed(hostKey('top.example')), 'listed malicious');
    await take('top-sites', 'ranking', ['1,top.example', '2,visited.example']);
    assert.notEqual(await listed(hostKey('top.example')), 'listed malicious');
    assert.equal(await listed(hostKey('evil.example')), 'listed malicious');
    assert.equal(await listed(hostKey('visited.example')), 'absent', 'a warning vouches for nobody');
    assert.deepEqual(await heldReasons(), [
      `held for a person: ${feed} says malicious, ranking warns: among the 100 most visited sites`,
    ]);
    const { resolution } = await explain(hub, hostKey('top.example'));
    assert.equal(resolution.kind, 'held');
    await take('top-sites', 'ranking', ['1,another.example']);
    assert.equal(await listed(hostKey('top.example')), 'listed malicious', 'and is back once nobody warns');
    await take('domains', feed, []);
  });

test('the root page of a top site counts as the site, a page below it does not; a person decides over both', async () => {
  await take('top-sites', 'ranking', ['1,top.example']);
  const bulk = many(10_000, (i) => `http://f${i}.example/x`);
  await take('urls', 'pages', ['https://www.top.example', 'http://top.example/forms/evil', ...bulk]);
  assert.notEqual(await listed(urlKey('www.top.example/')), 'listed malicious');
  assert.equal(await listed(urlKey('top.example/forms/evil')), 'listed malicious');
  const explained = await explain(hub, urlKey('www.top.example/'));
  assert.equal(explained.resolution.kind, 'held');
  const said = { category: null, name: null, reason: 'seen', by: 'ann', level: 'malicious' } as const;
  await setVerdict(hub, { key: urlKey('www.top.example/'), text: 'url:http://www.top.example/', ...said });
  assert.equal(await listed(urlKey('www.top.example/')), 'listed malicious');
});

test('a tracker is no accusation: a top site that is one is published as one', async () => {
  await take('top-sites', 'ranking', ['1,metrics.example']);
  await take('domains', 'trackers', ['metrics.example'], { level: 'riskware', category: 'tracker' });
  assert.equal(await listed(hostKey('metrics.example')), 'listed riskware');
});

for (const [stored, filler] of [
  ['rows', 0],
  ['segments', 10_000],
] as const)
  test(`an address inside a range that many share is held, and so is a range around it (${stored})`, async () => {
    const feed = `addresses ${stored}`;
    const others = many(filler, (i) => `100.${64 + (i >> 14)}.${(i >> 6) & 255}.${(i & 63) * 4}\t1`);
    await take('ips', feed, ['192.0.2.7\t3', '198.51.100.7\t2', '203.0.0.0/16', ...others]);
    await take('ips', 'vpn', ['192.0.2.0/24 a VPN'], { sourceKind: 'warning' });
    const list = { list: ['203.0.113.9'], name: 'Resolvers', type: 'cidr', matching_attributes: ['ip-dst'] };
    await take('warninglist', 'resolvers', [JSON.stringify(list)]);
    assert.notEqual(await listed(ipKey('192.0.2.7')), 'listed malicious');
    assert.notEqual(await listed(ipKey('203.0.0.0/16')), 'listed malicious');
    assert.equal(await listed(ipKey('198.51.100.7')), 'listed malicious');
    assert.deepEqual(await heldReasons(), [
      `held for a person: ${feed} says malicious, resolvers warns: Resolvers`,
      `held for a person: ${feed} says malicious, vpn warns: a VPN`,
    ]);
    assert.equal((await explain(hub, ipKey('192.0.2.7'))).resolution.kind, 'held');
    await take('ips', 'vpn', [], { sourceKind: 'warning' });
    assert.equal(await listed(ipKey('192.0.2.7')), 'listed malicious');
    for (const source of [feed, 'resolvers']) {
      const format = source === feed ? 'ips' : 'warninglist';
      const empty = format === 'ips' ? [] : [JSON.stringify({ ...list, list: [] })];
      await take(format, source, empty);
    }
  });

test('a public suffix is never listed: a feed row is refused, and so is a person', async () => {
  await take('domains', 'tenants', ['pages.dev', 'evil.pages.dev', 'co.uk', 'evil.co.uk']);
  assert.equal(await listed(hostKey('pages.dev')), 'absent');
  assert.equal(await listed(hostKey('evil.pages.dev')), 'listed malicious');
  assert.equal(await listed(hostKey('evil.co.uk')), 'listed malicious');
  for (const text of ['pages.dev', 'http://pages.dev/', 'co.uk'])
    assert.throws(() => refuseSuffix(parseObject(text), 'malicious'), {
      code: 'input',
      message: /^Cannot set a verdict on '(pages\.dev|co\.uk)': it is a public suffix/,
    });
  refuseSuffix(parseObject('pages.dev'), 'unknown');
  refuseSuffix(parseObject('http://pages.dev/evil/'), 'malicious');
  refuseSuffix(parseObject('evil.pages.dev'), 'malicious');
});

test('a warning list cannot accuse, and its name is not one that feeds can take', async () => {
  const warning = { sourceKind: 'warning' } as const;
  await assert.rejects(take('domains', 'w', ['a.example'], { ...warning, level: 'malicious' }), {
    code: 'input',
    message: "Cannot import a warning list at level 'malicious': it accuses, want none, good or trusted",
  });
  await assert.rejects(take('domains', 'ranking', ['a.example']), {
    code: 'conflict',
    message: "Cannot use source 'ranking' as a feed: it is a warning list, want another name",
  });
});

test('verdicts on addresses are short-lived, whoever makes them', async () => {
  await take('ips', 'short', ['198.51.100.9']);
  const { claims } = await explain(hub, ipKey('198.51.100.9'));
  assert.equal(claims[0]?.record.lifetime, 6 * 3_600);
});
