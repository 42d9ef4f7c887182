// Whole groups of held objects, decided and undone, as many as a feed of addresses against a list of VPNs holds.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { hostKey, ipKey } from 'tocsin/protocol/keys-of.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { FORMATS } from '../imports/formats/index.ts';
import type { ImportRequest } from '../imports/run-import.ts';
import { runImport } from '../imports/run-import.ts';
import { readManifest } from '../lists/manifest.ts';
import { listPath } from '../store/artifacts.ts';
import type { TemporaryHub } from '../testing/temporary-hub.ts';
import { temporaryHub } from '../testing/temporary-hub.ts';
import { setVerdict } from './analyst.ts';
import type { HeldChoice, HeldVerdict } from './held-groups.ts';
import { decideHeld, decisions, heldGroups, undoDecision } from './held-groups.ts';
import { publish } from './publish.ts';

const ADDRESSES = 50_000;

let hub: TemporaryHub;
let directory: string;
before(async () => {
  hub = await temporaryHub();
  directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const feed = Array.from({ length: ADDRESSES }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  await take('ips', 'addresses', feed);
  await take('domains', 'names', ['top.example', 'visited.example', 'evil.example'], {
    level: 'suspicious',
    category: 'phishing',
  });
  await take('ips', 'vpns', ['10.0.0.0/8'], { sourceKind: 'warning' });
  await take('top-sites', 'ranking', ['1,top.example', '2,visited.example']);
  await publish(hub);
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
  await runImport(hub, { format: FORMATS[format]!, path, source, ...more });
}

async function said(key: ObjectKey): Promise<string> {
  const set = ListSet.open(await readManifest(hub.db), (digest) => listPath(hub.layout, digest));
  try {
    const answer = set.find(key);
    return answer.kind === 'absent' ? 'absent' : [answer.record.level, answer.record.category].join();
  } finally {
    set.close();
  }
}

async function groups(
  choice: HeldChoice = {},
): Promise<readonly (readonly [string, string, string, number])[]> {
  return (await heldGroups(hub.db, choice)).map((g) => [g.kind, g.accuser, g.against, g.objects]);
}

const decide = (choice: HeldChoice, verdict: HeldVerdict, expected: number) =>
  decideHeld(hub, choice, { verdict, reason: 'looked at', by: 'test', expected });

const [VPNS, NAMES] = [
  ['ip', 'addresses', 'vpns', ADDRESSES],
  ['host', 'names', 'ranking', 2],
] as const;

test('what is held is shown in groups, and any part of what makes a group chooses', async () => {
  assert.deepEqual(await groups(), [VPNS, NAMES]);
  assert.deepEqual(await groups({ kind: 'host' }), [NAMES]);
  assert.deepEqual(await groups({ accuser: 'addresses', against: 'vpns' }), [VPNS]);
  assert.deepEqual(await groups({ accuser: 'addresses', against: 'ranking' }), []);
  const because = (await heldGroups(hub.db, { kind: 'host' }))[0]!.reason;
  assert.deepEqual(await groups({ because }), [NAMES]);
});

test('fifty thousand are decided at once, and undone at once', async () => {
  const key = ipKey('10.0.1.2');
  const unlisted = await decide({ accuser: 'addresses' }, 'unlisted', ADDRESSES);
  assert.equal(unlisted.objects, ADDRESSES);
  assert.equal(unlisted.publication.kind, 'published');
  assert.deepEqual(await groups(), [NAMES]);
  assert.equal(await said(key), 'unknown,');
  const undone = await undoDecision(hub, unlisted.id, 'test');
  assert.equal(undone.objects, ADDRESSES);
  assert.deepEqual(await groups(), [VPNS, NAMES]);
  await assert.rejects(undoDecision(hub, unlisted.id, 'test'), { code: 'conflict' });
});

test('listed says what the accuser says, good takes the other side, and undoing leaves what a person said since', async () => {
  const [top, visited] = [hostKey('top.example'), hostKey('visited.example')];
  const listed = await decide({ against: 'ranking' }, 'listed', 2);
  assert.deepEqual([await said(top), await said(visited)], Array(2).fill('suspicious,phishing'));
  await undoDecision(hub, listed.id, 'test');
  const good = await decide({ against: 'ranking' }, 'good', 2);
  assert.deepEqual([await said(top), await said(visited)], Array(2).fill('good,'));
  await setVerdict(hub, {
    key: top,
    text: 'top.example',
    level: 'malicious',
    category: null,
    name: null,
    reason: 'taken over',
    by: 'test',
  });
  assert.equal((await undoDecision(hub, good.id, 'test')).objects, 1);
  assert.deepEqual([await said(top), await said(visited)], ['malicious,', 'unknown,']);
  assert.deepEqual(await groups({ kind: 'host' }), [['host', 'names', 'ranking', 1]]);
  assert.deepEqual(
    (await decisions(hub.db)).map(({ verdict, objects, undone_at }) => [
      verdict,
      objects,
      undone_at !== null,
    ]),
    [
      ['good', 2, true],
      ['listed', 2, true],
      ['unlisted', ADDRESSES, true],
    ],
  );
});

test('nothing is decided where nothing is chosen, or more than the person knew of', async () => {
  const before = await hub.db.query('SELECT count(*) AS n FROM claim');
  await assert.rejects(decide({ accuser: 'nobody' }, 'good', 10), { code: 'not-found' });
  await assert.rejects(decide({ accuser: 'addresses' }, 'good', ADDRESSES - 1), { code: 'conflict' });
  await assert.rejects(undoDecision(hub, 99, 'test'), { code: 'not-found' });
  assert.deepEqual(await hub.db.query('SELECT count(*) AS n FROM claim'), before);
  assert.equal((await decisions(hub.db)).length, 3);
});
