// A copy of a machine's directory comes back as a machine of its own (spec/enrolment.md), over real TLS.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { makeMachineKey, makeRequest, readAnswer } from 'tocsin/client/channel/csr.ts';
import { join } from 'tocsin/client/channel/enrol.ts';
import type { Joined } from 'tocsin/client/channel/identity.ts';
import { machineOfCertificate } from 'tocsin/protocol/certificates.ts';
import { ACCESS_LIMITS } from '../access/config.ts';
import { DAY, type FixtureHub, startHub } from './hub-fixture.ts';
import { asMachine, exchange } from './wire-fixture.ts';

let hub: FixtureHub;
before(async () => {
  hub = await startHub({
    registerRoutes: (app) => {
      app.get('/v1/who', (request) => ({ machineId: request.machine?.machineId }));
    },
  });
});
after(() => hub.close());

const joined = async (): Promise<Joined> => join(hub.newHome(), hub.url, await hub.token(), hub.world);

async function enrolAs(
  origin: Joined | null,
  privateKey: string,
  headers = '',
): Promise<{ status: number; text: string }> {
  const body = await makeRequest(privateKey);
  const head = `POST /.well-known/est/simpleenroll HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/pkcs10\r\n${headers}content-length: ${body.length}\r\n\r\n`;
  return exchange(hub.port, [head + body], origin === null ? {} : asMachine(origin));
}

function bodyOf(text: string): Buffer {
  return Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4));
}

/** The id in the certificate of an answer. */
async function machineOf(text: string, privateKey: string): Promise<string | null> {
  return machineOfCertificate(await readAnswer(bodyOf(text), privateKey));
}

test('clone: under the certificate of a machine a new key gets a machine of its own, and its origin is noted', async () => {
  const origin = await joined();
  const { machineId } = origin.identity;
  await hub.store.mark(machineId, { managed: true, group: 'lab' });
  const key = makeMachineKey();
  const { status, text } = await enrolAs(origin, key);
  assert.equal(status, 200, text);
  const id = (await machineOf(text, key))!;
  assert.notEqual(id, machineId);
  const row = (await hub.store.findMachine(id))!;
  assert.equal(row.clonedFrom, machineId);
  assert.deepEqual(row.marks, { managed: true, personal: false, group: 'lab' });
  const again = await enrolAs(origin, key);
  assert.equal(await machineOf(again.text, key), id, 'a lost answer is asked for again');
});

test("clone: the machine's own key, no certificate, a token that is none, and a revoked machine are refused", async () => {
  const origin = await joined();
  const own = await enrolAs(origin, origin.identity.privateKey);
  assert.equal(own.status, 400);
  assert.match(own.text, /machine's own key/);
  assert.equal((await enrolAs(null, makeMachineKey())).status, 401);
  const token = await enrolAs(origin, makeMachineKey(), `authorization: Bearer ${'A'.repeat(43)}\r\n`);
  assert.match(token.text, /urn:tocsin:problem:token-foreign/);
  await hub.store.revoke(origin.identity.machineId, hub.world.clock.now());
  const revoked = await enrolAs(origin, makeMachineKey());
  assert.equal(revoked.status, 401);
  assert.match(revoked.text, /revoked/);
});

test('clone: a day has a limit of copies of one machine', async () => {
  const origin = await joined();
  for (let i = 0; i < ACCESS_LIMITS.clonesPerDay; i++)
    assert.equal((await enrolAs(origin, makeMachineKey())).status, 200);
  const refused = await enrolAs(origin, makeMachineKey());
  assert.equal(refused.status, 503);
  assert.match(refused.text, /within a day/);
  assert.equal((await enrolAs(await joined(), makeMachineKey())).status, 200, 'another machine has its own');
  hub.world.pass(DAY + 1_000);
  assert.equal((await enrolAs(origin, makeMachineKey())).status, 200);
});

test('public key: that of a machine of an earlier release is kept when it comes again', async () => {
  const origin = await joined();
  const { machineId } = origin.identity;
  const row = (await hub.store.findMachine(machineId))!;
  const wanted = new X509Certificate(origin.identity.certificate).publicKey.export({
    type: 'spki',
    format: 'der',
  });
  assert.deepEqual(Buffer.from(row.publicKey!), wanted, 'noted when it joins');
  await hub.store.keepPublicKey(machineId, row.key, null as unknown as Uint8Array);
  await exchange(
    hub.port,
    ['GET /v1/who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    asMachine(origin),
  );
  assert.deepEqual(Buffer.from((await hub.store.findMachine(machineId))!.publicKey!), wanted);
});
