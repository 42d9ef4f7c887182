// Enrolment over the wire: who gets a certificate, and who is refused with what (spec/enrolment.md).
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { after, before, test } from 'node:test';
import { join, rejoin } from 'tocsin/client/channel/enrol.ts';
import { loadJoined } from 'tocsin/client/channel/identity.ts';
import { openHub } from 'tocsin/client/channel/open-hub.ts';
import { toBase64Url } from 'tocsin/protocol/base64.ts';
import { type ErrorCode, TocsinError } from 'tocsin/protocol/errors.ts';
import { formatJoinToken, parseJoinToken } from 'tocsin/protocol/join-token.ts';
import { type FixtureHub, HOUR, startHub } from './hub-fixture.ts';
import { exchange } from './wire-fixture.ts';

let hub: FixtureHub;
before(async () => {
  hub = await startHub();
});
after(() => hub.close());

function refused(code: ErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TocsinError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, /^Cannot .*: .*want /);
    return true;
  };
}

function bearer(token: string): string {
  return toBase64Url(parseJoinToken(token).secret);
}

function enrolRequest(authorization: string, body: string): string {
  return (
    `POST /.well-known/est/simpleenroll HTTP/1.1\r\nhost: x\r\n${authorization}` +
    `content-type: application/pkcs10\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
  );
}

test('join: a machine with a token gets an identity of its own, kept where only its owner reads', async () => {
  const home = hub.newHome();
  const joined = await join(home, hub.url, await hub.token(), hub.world);
  assert.match(
    joined.identity.machineId,
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.deepEqual(loadJoined(home), joined);
  assert.deepEqual(readdirSync(home.identity), ['identity.json']);
  assert.equal(statSync(home.identity).mode & 0o777, 0o700);
  assert.equal(statSync(joinPath(home.identity, 'identity.json')).mode & 0o777, 0o600);
  const row = await hub.store.findMachine(joined.identity.machineId);
  assert.equal(row!.expiresAt, hub.world.clock.now() + 72 * HOUR);
});

test('join: the hub keeps the digest of the secret, and the machine nothing of it', async () => {
  const home = hub.newHome();
  const token = await hub.token();
  await join(home, hub.url, token, hub.world);
  assert.ok(!readFileSync(joinPath(home.identity, 'identity.json'), 'utf8').includes(bearer(token)));
});

test('join: a token that was used is refused for another machine', async () => {
  const token = await hub.token();
  await join(hub.newHome(), hub.url, token, hub.world);
  await assert.rejects(join(hub.newHome(), hub.url, token, hub.world), refused('token-used'));
});

test('join: a token whose time has passed is refused', async () => {
  const token = await hub.token(60);
  hub.world.pass(60_000);
  await assert.rejects(join(hub.newHome(), hub.url, token, hub.world), refused('token-expired'));
});

test('join: a token with the right root and an unknown secret is refused', async () => {
  const { root } = parseJoinToken(await hub.token());
  const token = formatJoinToken({ root, secret: new Uint8Array(32) });
  await assert.rejects(join(hub.newHome(), hub.url, token, hub.world), refused('token-foreign'));
});

test('join: of many machines with one token at once exactly one joins', async () => {
  const token = await hub.token();
  const tries = await Promise.allSettled(
    Array.from({ length: 6 }, () => join(hub.newHome(), hub.url, token, hub.world)),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const tried of tries) if (tried.status === 'rejected') refused('token-used')(tried.reason);
});

test('join: after a lost answer the same token brings the same machine, not a second one', async (t) => {
  let lost = 0;
  const flaky = await startHub({
    registerRoutes: (app) => {
      app.addHook('onSend', async (request) => {
        if (request.url.endsWith('simpleenroll') && lost++ === 0) request.raw.socket.destroy();
      });
    },
  });
  t.after(() => flaky.close());
  const home = flaky.newHome();
  const token = await flaky.token();
  await assert.rejects(join(home, flaky.url, token, flaky.world), refused('unreachable'));
  assert.equal(loadJoined(home), null);
  const [first, ...others] = await flaky.store.listMachines(null, 10);
  assert.equal(others.length, 0);
  const joined = await join(home, flaky.url, token, flaky.world);
  assert.equal(joined.identity.machineId, first!.id);
  assert.equal((await flaky.store.listMachines(null, 10)).length, 1);
  await assert.rejects(join(flaky.newHome(), flaky.url, token, flaky.world), refused('token-used'));
});

test('join: a machine that has a hub must say rejoin, and stands as it was until that has worked', async () => {
  const home = hub.newHome();
  const first = await join(home, hub.url, await hub.token(), hub.world);
  await assert.rejects(join(home, hub.url, await hub.token(), hub.world), refused('conflict'));
  const token = await hub.token(1);
  hub.world.pass(2_000);
  await assert.rejects(rejoin(home, hub.url, token, hub.world), refused('token-expired'));
  assert.deepEqual(loadJoined(home), first);
  const second = await rejoin(home, hub.url, await hub.token(), hub.world);
  assert.notEqual(second.identity.machineId, first.identity.machineId);
});

test('rejoin: a damaged identity is no obstacle, and is no identity either', async () => {
  const home = hub.newHome();
  await join(home, hub.url, await hub.token(), hub.world);
  const file = joinPath(home.identity, 'identity.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"certificate"', '"cert"'));
  assert.throws(() => loadJoined(home), refused('corrupt'));
  await assert.rejects(openHub({ home, world: hub.world }), refused('corrupt'));
  await rejoin(home, hub.url, await hub.token(), hub.world);
  assert.ok(loadJoined(home));
});

test('a machine without a hub is told how to join', async () => {
  await assert.rejects(openHub({ home: hub.newHome(), world: hub.world }), refused('not-joined'));
});

test('enrolment: without a token that may be redeemed the body is not read', async () => {
  const used = await hub.token();
  await join(hub.newHome(), hub.url, used, hub.world);
  const expired = await hub.token(1);
  hub.world.pass(2_000);
  const headers = [
    '',
    'authorization: Bearer\r\n',
    'authorization: Basic YTpi\r\n',
    `authorization: bearer ${bearer(used)}\r\n`,
    `authorization: Bearer ${bearer(used)}=\r\n`,
    `authorization: Bearer ${bearer(used)} ${bearer(used)}\r\n`,
    `authorization: Bearer ${'A'.repeat(43)}\r\n`,
    `authorization: Bearer ${'A'.repeat(5_000)}\r\n`,
    `authorization: Bearer ${bearer(expired)}\r\n`,
  ];
  for (const header of headers) {
    // The announced body never comes: an answer shows that it was not waited for.
    const head = enrolRequest(header, '').replace('content-length: 0', 'content-length: 1000');
    const { status, text } = await exchange(hub.port, [head]);
    assert.equal(status, 401, header.slice(0, 60));
    assert.match(text, /urn:tocsin:problem:token-(foreign|expired)/);
  }
});

test('enrolment: a request that is malformed or too long leaves the token as it was', async () => {
  const token = await hub.token();
  const authorization = `authorization: Bearer ${bearer(token)}\r\n`;
  for (const [body, status] of [
    ['', 400],
    ['not base64!', 400],
    ['AAAA', 400],
    ['A'.repeat(4_000), 400],
    ['A'.repeat(4_097), 413],
    ['A'.repeat(1_000_000), 413],
  ] as const)
    assert.equal(
      (await exchange(hub.port, [enrolRequest(authorization, body)])).status,
      status,
      body.slice(0, 20),
    );
  const json = enrolRequest(authorization, '{}').replace('application/pkcs10', 'application/json');
  assert.equal((await exchange(hub.port, [json])).status, 400);
  await join(hub.newHome(), hub.url, token, hub.world);
});

test('enrolment: what the request asks for beyond its key is ignored', async () => {
  const joined = await join(hub.newHome(), hub.url, await hub.token(), hub.world);
  const certificate = new X509Certificate(joined.identity.certificate);
  const urn = `urn:uuid:${joined.identity.machineId}`;
  assert.equal(certificate.subject, `CN=${urn}`);
  assert.equal(certificate.subjectAltName, `URI:${urn}`);
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.equal(certificate.ca, false);
});

test('token: a life beyond the limits is refused', async () => {
  for (const lifetime of [0, -1, 1.5, Number.NaN, 31 * 86_400])
    await assert.rejects(hub.token(lifetime), refused('input'));
});

test('cacerts: the authorities come as PKCS#7 in base64', async () => {
  const { status, text } = await exchange(hub.port, [
    'GET /.well-known/est/cacerts HTTP/1.1\r\nhost: x\r\n\r\n',
  ]);
  assert.equal(status, 200);
  assert.match(text, /content-type: application\/pkcs7-mime; smime-type=certs-only/i);
});
