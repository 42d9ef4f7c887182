// A feed's word about addresses ends by the hub's clock, and only that.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { hostKey, ipKey } from 'tocsin/protocol/keys-of.ts';
import type { ObjectKey } from 'tocsin/protocol/kinds.ts';
import { FORMATS } from '../imports/formats/index.ts';
import { runImport } from '../imports/run-import.ts';
import { readManifest } from '../lists/manifest.ts';
import { listPath } from '../store/artifacts.ts';
import type { StandingHub } from '../testing/temporary-hub.ts';
import { standingHub } from '../testing/temporary-hub.ts';
import { setAddressDays } from './ageing.ts';
import { setVerdict } from './analyst.ts';
import { explain } from './explain.ts';
import { isStale, publish } from './publish.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
let hub: StandingHub;
before(async () => {
  hub = await standingHub(START);
});
after(() => hub.close());

async function take(format: string, source: string, lines: readonly string[]): Promise<void> {
  const path = join(hub.inbox, source);
  writeFileSync(path, `${lines.join('\n')}\n`);
  await runImport(hub, { format: FORMATS[format]!, path, source });
}

async function level(key: ObjectKey): Promise<string> {
  const set = ListSet.open(await readManifest(hub.db), (digest) => listPath(hub.layout, digest));
  try {
    const answer = set.find(key);
    return answer.kind === 'absent' ? 'absent' : answer.record.level;
  } finally {
    set.close();
  }
}

const bulk = Array.from({ length: 10_000 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
const inBulk = ipKey('10.1.0.7');
const inRows = ipKey('192.0.2.1');
const byAnalyst = ipKey('192.0.2.2');

test('claims of feeds about addresses end after their days, of rows and of segments, without an import', async () => {
  await take('ips', 'small', ['192.0.2.1', '192.0.2.2', '198.51.100.0/24']);
  await take('domains', 'names', ['bad.example']);
  await setVerdict(hub, {
    key: byAnalyst,
    text: '192.0.2.2',
    level: 'malicious',
    category: null,
    name: null,
    reason: 'seen by us',
    by: 'test',
  });
  hub.clock.at += 10 * DAY;
  await take('ips', 'bulk', bulk);
  await publish(hub);
  assert.deepEqual(await Promise.all([inRows, inBulk, byAnalyst].map(level)), Array(3).fill('malicious'));

  hub.clock.at = START + 30 * DAY - 1;
  assert.equal(await isStale(hub), false);
  hub.clock.at += 1;
  assert.equal(await isStale(hub), true);
  assert.equal((await publish(hub)).kind, 'published');
  assert.equal(await isStale(hub), false);
  assert.deepEqual(await Promise.all([inRows, inBulk, byAnalyst].map(level)), [
    'absent',
    'malicious',
    'malicious',
  ]);

  hub.clock.at = START + 40 * DAY;
  await publish(hub);
  assert.equal(await level(inBulk), 'absent');
  assert.equal(await level(byAnalyst), 'malicious', "an analyst's word does not age");
  assert.equal(await level(hostKey('bad.example')), 'malicious', 'nor does one about anything else');
  const { claims, resolution } = await explain(hub, inBulk);
  assert.deepEqual([claims.map(({ ended }) => ended), resolution.kind], [[true], 'none']);
});

test('an import that changes nothing says it anew', async () => {
  await take('ips', 'bulk', bulk);
  await publish(hub);
  assert.equal(await level(inBulk), 'malicious');
  hub.clock.at += 29 * DAY;
  await take('ips', 'bulk', bulk);
  hub.clock.at += 29 * DAY;
  assert.equal(await isStale(hub), false);
});

test('other days count at once, and a clock that is put right brings back what it had ended', async () => {
  await setAddressDays(hub.db, 20);
  await publish(hub);
  assert.equal(await level(inBulk), 'absent');
  await setAddressDays(hub.db, 60);
  await publish(hub);
  assert.equal(await level(inBulk), 'malicious');
  hub.clock.at += 365 * DAY;
  await publish(hub);
  assert.equal(await level(inBulk), 'absent');
  hub.clock.at -= 365 * DAY;
  assert.equal(await isStale(hub), true);
  await publish(hub);
  assert.equal(await level(inBulk), 'malicious');
});
