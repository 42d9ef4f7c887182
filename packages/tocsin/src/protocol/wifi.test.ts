import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBase64Url } from './base64.ts';
import { TocsinError } from './errors.ts';
import { toHex } from './hex.ts';
import {
  formatGroupSecrets,
  groupSecretOf,
  parseBssid,
  parseGroupSecrets,
  parseSsid,
  secretsInForce,
  wifiKey,
} from './wifi.ts';

const FILE = new URL('../../../../spec/vectors/objects/objects.json', import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as {
  answers: { text: string; until: number | null }[];
  secrets: { secret: string; id: string }[];
  networks: { secret: string; ssid: string; bssid: string; id: string }[];
  refused: { bssids: string[] };
};
const groupOf = (secret: string) => groupSecretOf(new Uint8Array(Buffer.from(secret, 'base64url')));

test('every vector of a network holds, and secrets have the ids of the vectors', () => {
  assert.equal(vectors.networks.length, 6);
  for (const { secret, ssid, bssid, id } of vectors.networks) {
    const key = wifiKey(groupOf(secret), parseSsid(ssid, true), parseBssid(bssid));
    assert.deepEqual([key.kind, toHex(key.bytes)], ['wifi', id]);
  }
  for (const { secret, id } of vectors.secrets) {
    assert.equal(groupOf(secret).id, id);
    assert.equal(
      toBase64Url(parseGroupSecrets(Buffer.from(JSON.stringify({ v: 1, id, secret }))).current.secret),
      secret,
    );
  }
});

test('an address of an access point in its spellings, and what is none', () => {
  const bytes = Uint8Array.of(2, 0, 0x5e, 0x10, 0, 0xab);
  for (const text of ['02:00:5e:10:00:ab', '02-00-5E-10-00-AB', '02005e1000ab', ' 02:00:5e:10:00:ab\n'])
    assert.deepEqual(parseBssid(text), bytes);
  for (const text of [...vectors.refused.bssids, '02:00-5e:10:00:ab', '0200:5e10:00ab', 'ff:ff:ff:ff:ff:ff'])
    assert.throws(() => parseBssid(text), {
      code: 'input',
      message: /want six bytes like 02:00:5e:10:00:01$/,
    });
});

test('a name is bytes: two that differ in one are two networks, and a longer one is refused', () => {
  const group = groupSecretOf(new Uint8Array(32));
  const bssid = parseBssid('02005e100001');
  assert.notDeepEqual(
    wifiKey(group, parseSsid('home', false), bssid),
    wifiKey(group, parseSsid('Home', false), bssid),
  );
  assert.deepEqual(parseSsid('é', false), parseSsid('c3a9', true));
  assert.throws(() => parseSsid('home', true), { code: 'input' });
  assert.throws(() => parseSsid(Buffer.from('66ff6f', 'hex').toString(), false), { message: /--hex/ });
  assert.deepEqual(parseSsid('66ff6f', true), Uint8Array.of(0x66, 0xff, 0x6f));
  assert.throws(() => wifiKey(group, new Uint8Array(33), bssid), {
    code: 'input',
    message: /it has 33 bytes/,
  });
});

test('every vector of an answer reads, and is written the same', () => {
  assert.equal(vectors.answers.length, 2);
  for (const { text, until } of vectors.answers) {
    const secrets = parseGroupSecrets(Buffer.from(text));
    assert.equal(secrets.former?.until ?? null, until);
    assert.equal(formatGroupSecrets(secrets), text);
  }
});

test('any bytes are the secret of a group or are refused, and the words never show them', () => {
  const good = Buffer.from(
    formatGroupSecrets({ current: groupSecretOf(new Uint8Array(32).fill(7)), former: null }),
  );
  const damaged = fc
    .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([at, change]) => Buffer.from(good).fill(good[at]! ^ change, at, at + 1));
  let taken = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.jsonValue().map((v) => Buffer.from(JSON.stringify(v))),
        damaged,
      ),
      (bytes) => {
        try {
          parseGroupSecrets(bytes);
          taken++;
        } catch (error) {
          assert.ok(error instanceof TocsinError && error.code === 'format');
          assert.ok(!error.message.includes('BwcHBw'));
        }
      },
    ),
    { numRuns: 1_000 },
  );
  assert.equal(taken, 0, 'one changed byte is seen by the id');
  assert.deepEqual(parseGroupSecrets(good).current.secret, new Uint8Array(32).fill(7));
});

test('a replaced secret goes along until its day, and what is no former one is refused', () => {
  const current = groupSecretOf(new Uint8Array(32).fill(7));
  const former = { ...groupSecretOf(new Uint8Array(32).fill(8)), until: 1_000 };
  const text = formatGroupSecrets({ current, former });
  const parsed = parseGroupSecrets(Buffer.from(text));
  assert.deepEqual(parsed, { current, former });
  assert.deepEqual(
    secretsInForce(parsed, 999).map(({ id }) => id),
    [current.id, former.id],
  );
  assert.deepEqual(secretsInForce(parsed, 1_000), [current]);
  for (const wrong of [
    text.replace('"until":1000', '"until":-1'),
    text.replace('"until":1000', '"until":1.5'),
    text.replace('"until":1000', '"until":"1000"'),
    text.replace(former.id, current.id),
    text.replace(/"former":.*/, '"former":null}'),
    text.replace(/"former":.*/, '"former":{}}'),
  ])
    assert.throws(() => parseGroupSecrets(Buffer.from(wrong)), { code: 'format' }, wrong);
});
