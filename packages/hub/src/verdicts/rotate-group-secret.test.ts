// The secret of the group is replaced: what can be named anew is, the rest counts until the old one ends.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { formatKey } from 'tocsin/protocol/objects.ts';
import type { GroupSecret } from 'tocsin/protocol/wifi.ts';
import { groupSecretOf, parseBssid, parseSsid, wifiKey } from 'tocsin/protocol/wifi.ts';
import { FORMATS } from '../imports/formats/index.ts';
import { runImport } from '../imports/run-import.ts';
import { HUB_KEY_LIMITS } from '../keys/config.ts';
import { openGroupSecret, openGroupSecrets, replaceGroupSecret } from '../keys/group-secret.ts';
import { readManifest } from '../lists/manifest.ts';
import { listPath } from '../store/artifacts.ts';
import type { StandingHub } from '../testing/temporary-hub.ts';
import { standingHub } from '../testing/temporary-hub.ts';
import { setVerdict } from './analyst.ts';
import { isDamaged } from './mend.ts';
import { publish } from './publish.ts';
import { rotateGroupSecret } from './rotate-group-secret.ts';

let hub: StandingHub;
before(async () => {
  hub = await standingHub(Date.UTC(2026, 0, 1));
});
after(() => hub.close());

const secret = (): GroupSecret => openGroupSecret(hub.layout.keys, hub.world);
const bssid = (i: number): string =>
  `02:00:5e:10:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`;
const keyOf = (group: GroupSecret, ssid: string, i: number) =>
  wifiKey(group, parseSsid(ssid, false), parseBssid(bssid(i)));

async function take(source: string, text: string): Promise<void> {
  const path = join(hub.inbox, source);
  writeFileSync(path, text);
  await runImport(hub, { format: FORMATS['csv']!, path, source, options: { group: secret() } });
}

async function isListed(group: GroupSecret, ssid: string, i: number): Promise<boolean> {
  const set = ListSet.open(await readManifest(hub.db), (digest) => listPath(hub.layout, digest));
  try {
    return set.find(keyOf(group, ssid, i)).kind === 'listed';
  } finally {
    set.close();
  }
}

const foreign = groupSecretOf(new Uint8Array(32).fill(9));
const networks = [
  ['Café, "Central"', 1],
  ['many', 7],
] as const;

test('imports are named anew, rows and segments; what stood as an id counts until the old secret ends', async () => {
  const id = formatKey('wifi', keyOf(foreign, 'id', 3).bytes).slice('wifi:'.length);
  await take(
    'rows',
    `reason,ssid,bssid,domain\ncopies a café,"Café, ""Central""",${bssid(1)},cafe.example\n`,
  );
  await take('ids', `wifi\n${id}\n`);
  await take(
    'many',
    `SSID,BSSID\n${Array.from({ length: 10_000 }, (_, i) => `many,${bssid(i)}\n`).join('')}`,
  );
  const old = secret();
  await setVerdict(hub, {
    key: keyOf(old, 'single', 4),
    text: 'wifi',
    level: 'suspicious',
    category: null,
    name: null,
    reason: 'seen',
    by: 'test',
  });
  for (const [ssid, i] of networks) assert.equal(await isListed(old, ssid, i), true, ssid);

  const rotated = await rotateGroupSecret(hub, false);
  const { current, former } = openGroupSecrets(hub.layout.keys, hub.world);
  assert.notEqual(current.id, old.id);
  assert.equal(former?.id, old.id);
  assert.deepEqual(
    [rotated.kind, rotated.networks, rotated.left, rotated.until!.getTime()],
    ['rotated', 10_001, 2, hub.clock.at + HUB_KEY_LIMITS.groupSecretRetiredLife * 1000],
  );
  for (const [ssid, i] of networks)
    assert.deepEqual([await isListed(current, ssid, i), await isListed(old, ssid, i)], [true, false], ssid);
  assert.equal(await isListed(foreign, 'id', 3), true);
  assert.equal(await isListed(old, 'single', 4), true);
  assert.equal(await isDamaged(hub, 'whole'), false);
});

test('two older secrets never count at once, but after a theft; what a killed rotation left is finished', async () => {
  const { current: second } = openGroupSecrets(hub.layout.keys, hub.world);
  await assert.rejects(rotateGroupSecret(hub, false), {
    code: 'conflict',
    message: /counts until 2026-01-31/,
  });
  const third = await rotateGroupSecret(hub, true);
  assert.deepEqual([third.kind, third.networks, third.until], ['rotated', 10_001, null]);
  assert.equal(openGroupSecrets(hub.layout.keys, hub.world).former, null);
  assert.equal(await isListed(second, 'many', 7), false);

  const fourth = replaceGroupSecret(hub.layout.keys, hub.world, false); // and then the power failed
  assert.equal(await isListed(fourth.current, 'many', 7), false);
  const rest = await rotateGroupSecret(hub, false);
  assert.deepEqual([rest.kind, rest.networks], ['finished', 10_001]);
  assert.equal(secret().id, fourth.current.id);
  assert.equal(await isListed(fourth.current, 'many', 7), true);

  hub.clock.at += HUB_KEY_LIMITS.groupSecretRetiredLife * 1000;
  assert.equal(openGroupSecrets(hub.layout.keys, hub.world).former, null);
  assert.equal((await rotateGroupSecret(hub, false)).kind, 'rotated');
  assert.equal((await publish(hub)).kind, 'unchanged');
});
