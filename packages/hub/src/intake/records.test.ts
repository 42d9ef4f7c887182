// Records of choices over real TLS and real records: the chain, the receipts, and who is older than whom.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isSignedBy, parseEnvelope } from 'tocsin/protocol/dsse.ts';
import type { IntakeHub } from './intake-fixture.ts';
import { startIntakeHub } from './intake-fixture.ts';
import { exampleOf } from './machine-fixture.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE' });
});
after(() => hub.close());

const STATE = exampleOf('software-state');

test('consent: a hub that lacks records asks for them, takes them one after the other, and then the message', async () => {
  const machine = await hub.machine();
  hub.choose(machine, 'standard');
  hub.choose(machine, 'yes', { choice: 'sharing' });
  const first = await machine.send(STATE);
  assert.equal(first.status, 409);
  assert.deepEqual([first.json.reason, first.json.consent], ['hub-behind', { sequence: 0 }]);
  const ahead = await machine.sendRecord(machine.records[1]!);
  assert.deepEqual([ahead.status, ahead.json.reason], [409, 'hub-behind']);
  for (const record of machine.records)
    assert.equal((await machine.sendRecord(record)).json.outcome, 'stored');
  assert.equal((await machine.send(STATE)).json.outcome, 'stored');
});

test('consent: a sender that is older than its own choice gets the newer records and nothing in', async () => {
  const machine = await hub.participant();
  const before = machine.nextHead();
  await machine.sendRecord(hub.choose(machine, 'off'), 'withdrawn');
  const { status, json } = await machine.send(STATE, before);
  assert.equal(status, 409);
  assert.equal(json.reason, 'sender-behind');
  assert.deepEqual(json.consent, { sequence: 2, records: [machine.records[1]!.text] });
  assert.equal(await hub.stored(machine), 0);
  assert.ok((await hub.counted('sender-behind')) > 0);
});

test('receipt: it is signed by the receipt key over the record, and the same when it is asked for again', async () => {
  const machine = await hub.machine();
  const record = hub.choose(machine, 'standard');
  const { json } = await machine.sendRecord(record);
  const envelope = parseEnvelope(json.receipt);
  assert.ok(isSignedBy(envelope, hub.keys.receipt.publicKey));
  assert.equal(envelope.payloadType, 'application/vnd.tocsin.receipt+json');
  assert.equal(
    Buffer.from(envelope.payload).toString(),
    `{"v":1,"machine":"${machine.id}","sequence":1,"record":"${record.sha256}","receivedAt":"${machine.now}"}`,
  );
  hub.world.pass(5_000);
  const again = await machine.sendRecord(record);
  assert.deepEqual([again.json.outcome, again.json.receipt], ['duplicate', json.receipt]);
});

test('records: another choice under a number that is taken, or behind another one, is another copy', async () => {
  const machine = await hub.participant();
  machine.records.pop();
  const other = await machine.sendRecord(hub.choose(machine, 'extended'));
  assert.equal(other.status, 409);
  assert.equal(other.json.reason, 'another-copy');
  assert.match(other.json.detail, /another copy of this machine/);
  assert.equal(other.json.consent.sequence, 1);
  assert.equal(other.json.consent.records.length, 1, 'what the other copy signed');
  const forked = await machine.sendRecord(hub.choose(machine, 'off'));
  assert.deepEqual([forked.status, forked.json.reason], [409, 'another-copy']);
});

test('records: those of another machine, with another signature, or that are none are refused', async () => {
  const [machine, other] = [await hub.machine(), await hub.machine()];
  const foreign = await machine.sendRecord(hub.choose(other, 'standard'));
  assert.equal(foreign.status, 403);
  const record = hub.choose(machine, 'standard');
  const forged = record.text.replace(/"sig":"[^"]{8}/, '"sig":"AAAAAAAA');
  assert.equal((await machine.sendRecord({ text: forged })).status, 403);
  for (const text of ['', '{}', 'x'.repeat(100)])
    assert.equal((await machine.sendRecord({ text })).status, text === '' ? 400 : 400);
});

test('GET /v1/consent: the newest records oldest first, sixteen at most, and nothing anew for who has them', async () => {
  const machine = await hub.machine();
  const none = await machine.call('GET', '/v1/consent');
  assert.deepEqual(none.json, { v: 1, sequence: 0, sha256: null, records: [] });
  for (let i = 0; i < 18; i++)
    await machine.sendRecord(hub.choose(machine, i % 2 === 0 ? 'yes' : 'no', { choice: 'sharing' }));
  const { json, headers } = await machine.call('GET', '/v1/consent');
  assert.equal(json.sequence, 18);
  assert.equal(json.sha256, machine.records[17]!.sha256);
  assert.deepEqual(
    json.records,
    machine.records.slice(2).map(({ text }) => text),
  );
  const unchanged = await machine.call('GET', '/v1/consent', {
    headers: { 'if-none-match': String(headers['etag']) },
  });
  assert.deepEqual([unchanged.status, unchanged.text], [304, '']);
});
