// Certificates and Wi-Fi networks from end to end: a real hub, a real machine, a TLS server that shows a listed
// certificate. What leaves is what the machine's own journal says.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer } from 'node:tls';
import { newCertificate } from './support/certificate.ts';
import { Place } from './support/processes.ts';

let place: Place;
let cert: { pem: string; key: string };
before(async () => {
  place = new Place();
  const { url } = await place.serve();
  await place.join(url);
  cert = await newCertificate('CN=driver maker');
  writeFileSync(join(place.directory, 'signer.pem'), `some text\n${cert.pem}\n`);
});
after(() => place.remove());

interface Line {
  readonly object: string;
  readonly tbs: string;
  readonly subject: string;
  readonly matched: string | null;
  readonly answeredBy: string;
  readonly verdict: { readonly level: string; readonly reason: string | null };
}

async function check(words: readonly string[]): Promise<{ status: number | null; lines: Line[] }> {
  const { status, stdout } = await place.tocsin(['check', ...words, '--json']);
  return {
    status,
    lines: stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  };
}

test('a certificate is known by the part that is signed, from a file and from a server that shows it', async () => {
  const file = join(place.directory, 'signer.pem');
  const before = await check(['certificate', file]);
  assert.equal(before.status, 0);
  const { object, tbs, subject, verdict } = before.lines[0]!;
  assert.match(object, /^certificate:[0-9a-f]{64}$/);
  assert.match(tbs, /^certificate-tbs:[0-9a-f]{64}$/);
  assert.deepEqual([subject, verdict.level], ['CN=driver maker', 'unknown']);

  const table = join(place.directory, 'signers.tsv');
  const columns = ['tbs_sha256', 'subject', 'is_ca', 'occurrences', 'categories'];
  const row = [tbs.split(':')[1], 'C=XX, CN=driver maker', '', '3', 'vulnerable driver'];
  writeFileSync(table, `${columns.join('\t')}\n${row.join('\t')}\n`);
  assert.equal((await place.hub(['import', 'signers', table, '--source', 'drivers'])).status, 0);
  assert.equal((await place.tocsin(['sync'])).status, 0);

  const found = await check(['certificate', file]);
  assert.equal(found.status, 1);
  assert.equal(found.lines[0]!.matched, tbs);
  assert.deepEqual(found.lines[0]!.verdict.reason, 'signed 3 drivers of that list');

  const server = createServer({ cert: cert.pem, key: cert.key });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shown = await check(['certificate', at]);
  await new Promise((done) => server.close(done));
  assert.equal(shown.status, 1);
  assert.equal(shown.lines[0]!.object, object);
  const shut = await place.tocsin(['check', 'certificate', at]);
  assert.equal(shut.status, 2);
  assert.match(shut.stderr, /Cannot get the certificates of '127\.0\.0\.1:\d+': nobody listens there/);

  await place.hub(['verdict', 'set', object, '--level', 'good', '--reason', 'bought by us']);
  await place.tocsin(['sync']);
  assert.equal((await check(['certificate', file])).lines[0]!.verdict.reason, 'bought by us');
});

test('a Wi-Fi network has the same id on hub and machine, and its name leaves neither', async () => {
  const network = ['Café Central', '02:00:5e:10:00:01'];
  const id = (await place.hub(['wifi', ...network])).stdout.trim();
  assert.match(id, /^wifi:[0-9a-f]{64}$/);
  const unknown = await check(['wifi', ...network]);
  assert.equal(unknown.status, 0);
  assert.deepEqual([unknown.lines[0]!.object, unknown.lines[0]!.answeredBy], [id, 'list']);
  const table = join(place.directory, 'networks.csv');
  writeFileSync(table, 'ssid,bssid,reason\nCafé Central,02-00-5E-10-00-01,copies a café\n');
  assert.equal((await place.hub(['import', 'csv', table, '--level', 'suspicious'])).status, 0);
  assert.equal((await place.tocsin(['sync'])).status, 0);
  const found = await check(['wifi', ...network]);
  assert.deepEqual([found.status, found.lines[0]!.verdict.reason], [1, 'copies a café']);
  assert.equal((await check(['wifi', 'Café Central', '02:00:5e:10:00:02'])).status, 0);

  assert.equal((await place.tocsin(['override', 'allow', id])).status, 0);
  const allowed = await check(['wifi', ...network]);
  assert.deepEqual([allowed.status, allowed.lines[0]!.answeredBy], [0, 'override']);
  assert.match((await place.tocsin(['override', 'list'])).stdout, new RegExp(`^allow {2}${id} `, 'm'));

  const sent = (await place.tocsin(['sent', '--json'])).stdout;
  assert.equal(
    sent.match(/\/v1\/group-secret/g)?.length,
    2,
    'the secret is fetched when it is first needed, and with lists that came',
  );
  assert.doesNotMatch(
    sent,
    /Caf(?:é|\\u00e9|%c3)|Central|v1\/lookup|5e[:-]10[:-]00/i,
    'and nothing of the network left',
  );
});

test('a replaced secret comes with the lists that are named under it', async () => {
  const network = ['Square', '02:00:5e:10:00:07'];
  const old = (await place.hub(['wifi', ...network])).stdout.trim();
  assert.equal((await place.hub(['verdict', 'set', old, '--level', 'suspicious'])).status, 0);
  const rotated = await place.hub(['keys', 'rotate-group-secret']);
  assert.equal(rotated.status, 0, rotated.stderr);
  assert.match(
    rotated.stdout,
    /^the secret was replaced, the one before counts until .*\n {2}1 networks named anew; 1 claims keep the id/,
  );
  assert.equal((await place.tocsin(['sync'])).status, 0);
  const fresh = (await place.hub(['wifi', ...network])).stdout.trim();
  assert.notEqual(fresh, old);
  const named = await check(['wifi', 'Café Central', '02:00:5e:10:00:01']);
  assert.deepEqual(
    [named.status, named.lines[0]!.answeredBy],
    [0, 'override'],
    "the owner's word is found by the old id",
  );
  const byOldId = await check(['wifi', ...network]);
  assert.deepEqual([byOldId.status, byOldId.lines[0]!.object], [1, fresh]);
  assert.equal((await place.hub(['keys', 'rotate-group-secret'])).status, 2);
});

test('the secret of the group is kept sealed, and a damaged file is fetched anew', async () => {
  const kept = join(place.home, 'group.secret');
  const { secret } = JSON.parse(readFileSync(join(place.data, 'keys', 'group.secret'), 'utf8'));
  assert.equal(statSync(kept).mode & 0o777, 0o600);
  const sealed = readFileSync(kept);
  assert.ok(!sealed.includes(secret) && !sealed.includes(Buffer.from(secret, 'base64url')));
  writeFileSync(kept, sealed.fill(1, 20, 24));
  const { status } = await check(['wifi', 'x', '02:00:5e:10:00:09']);
  assert.equal(status, 0);
  assert.notDeepEqual(readFileSync(kept), sealed);
});

test('without a hub there is no id, and the words say what is wanted', async () => {
  const stranger = new Place(join(place.directory, 'alone'));
  const alone = await stranger.tocsin(['check', 'wifi', 'x', '02:00:5e:10:00:09']);
  rmSync(stranger.directory, { recursive: true });
  assert.equal(alone.status, 2);
  assert.match(alone.stderr, /Cannot tell which Wi-Fi network that is: .*want 'tocsin join URL TOKEN' first/);
});
