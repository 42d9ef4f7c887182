// Requests to erase over real TLS and real records: what goes, what stays, what may still come, what is signed.
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
const REPORT = exampleOf('activity-report', 'extended');

function payloadOf(text: string): unknown {
  const envelope = parseEnvelope(text);
  assert.ok(isSignedBy(envelope, hub.keys.receipt.publicKey));
  assert.equal(envelope.payloadType, 'application/vnd.tocsin.erasure+json');
  return JSON.parse(Buffer.from(envelope.payload).toString());
}

test('erasure: all that came before the request goes, is confirmed by signature, and nothing older comes in late', async () => {
  const machine = await hub.participant();
  const neighbour = await hub.participant();
  await neighbour.send(STATE);
  const late = machine.nextHead();
  for (let i = 0; i < 3; i++) await machine.send(STATE);
  const request = machine.nextHead();
  const { status, json } = await machine.askErasure('all', undefined, request);
  assert.equal(status, 200);
  assert.equal(json.outcome, 'stored');
  assert.deepEqual(payloadOf(json.confirmation), {
    v: 1,
    machine: machine.id,
    scope: 'all',
    until: { epoch: 1, sequence: request.sequence - 1 },
    erasedAt: machine.now,
    messages: 3,
  });
  assert.deepEqual([await hub.stored(machine), await hub.stored(neighbour)], [0, 1]);
  const dropped = await machine.send(STATE, late);
  assert.deepEqual([dropped.json.outcome, dropped.json.why], ['dropped', 'erased']);
  assert.ok((await hub.counted('erased')) > 0);
  assert.equal((await machine.send(STATE)).json.outcome, 'stored', 'consent was not withdrawn');
});

test('erasure: asked again, it is the same confirmation and nothing more is erased', async () => {
  const machine = await hub.participant();
  await machine.send(STATE);
  const request = machine.nextHead();
  const first = await machine.askErasure('all', undefined, request);
  await machine.send(STATE);
  hub.world.pass(60_000);
  const again = await machine.askErasure('all', undefined, request);
  assert.deepEqual([again.json.outcome, again.json.confirmation], ['duplicate', first.json.confirmation]);
  assert.equal(await hub.stored(machine), 1);
});

test('withdrawal: its record comes with the request, is countersigned, and counts from then on', async () => {
  const machine = await hub.participant();
  const before = machine.nextHead();
  await machine.send(STATE);
  const off = hub.choose(machine, 'off');
  const { json } = await machine.askErasure('all', off);
  assert.equal(json.outcome, 'stored');
  assert.ok(json.receipt.includes('payload') && json.confirmation.includes('payload'));
  assert.equal((await machine.call('GET', '/v1/consent')).json.sequence, 2);
  assert.equal((await machine.send(STATE, before)).json.reason, 'sender-behind');
  assert.equal((await machine.send(STATE)).json.reason, 'participation');
  assert.equal(await hub.stored(machine), 0);
});

test('withdrawal: records that never reached the hub do not keep it from being done', async () => {
  const machine = await hub.machine();
  hub.choose(machine, 'standard');
  hub.choose(machine, 'yes', { choice: 'sharing' });
  const off = hub.choose(machine, 'off');
  const { json } = await machine.askErasure('all', off);
  assert.deepEqual([json.outcome, json.why], ['stored', undefined]);
  assert.equal((await machine.call('GET', '/v1/consent')).json.sequence, 3);
  const missing = await machine.sendRecord(machine.records[1]!);
  assert.equal(missing.json.outcome, 'stored', 'what was passed over is taken where it fits');
  assert.equal((await machine.call('GET', '/v1/consent')).json.sequence, 3);
});

test('withdrawal: a record that does not fit or is none is left, and the erasure is done all the same', async () => {
  const machine = await hub.participant();
  await machine.send(STATE);
  await machine.sendRecord(hub.choose(machine, 'extended'));
  machine.records.pop();
  const forked = hub.choose(machine, 'off');
  const { status, json } = await machine.askErasure('all', forked);
  assert.deepEqual(
    [status, json.outcome, json.why, json.receipt],
    [200, 'stored', 'record-refused', undefined],
  );
  assert.equal(await hub.stored(machine), 0);
  const junk = await machine.askErasure('all', { ...forked, text: 'no record' });
  assert.deepEqual([junk.json.outcome, junk.json.why], ['stored', 'record-refused']);
});

test('scope: statistics leaves submissions and the other way round, for what is there and what comes late', async () => {
  const machine = await hub.participant('extended');
  const late = { state: machine.nextHead(), report: machine.nextHead() };
  await machine.send(STATE);
  await machine.send(REPORT);
  await machine.askErasure('statistics');
  assert.equal(await hub.stored(machine), 1);
  assert.equal((await machine.send(STATE, late.state)).json.outcome, 'dropped');
  assert.equal((await machine.send(REPORT, late.report)).json.outcome, 'stored');
  await machine.askErasure('submissions');
  assert.equal(await hub.stored(machine), 0);
});

test('until: a request that says how far covers no more than that, and never what comes after itself', async () => {
  const machine = await hub.participant();
  for (let i = 0; i < 3; i++) await machine.send(STATE);
  const last = machine.sequence;
  await machine.send(STATE);
  const ask = (until: number): ReturnType<typeof machine.send> =>
    machine.send({
      message: 'erasure-request',
      reason: 'asked',
      items: { 'connection.erasure_scope': 'all', 'connection.erasure_until': until },
    });
  const first = await ask(last);
  assert.deepEqual(payloadOf(first.json.confirmation), {
    v: 1,
    machine: machine.id,
    scope: 'all',
    until: { epoch: 1, sequence: last },
    erasedAt: machine.now,
    messages: 3,
  });
  assert.equal(await hub.stored(machine), 1);
  const second = await ask(1_000_000);
  const { until } = payloadOf(second.json.confirmation) as { until: unknown };
  assert.deepEqual(until, { epoch: 1, sequence: machine.sequence - 1 });
  assert.equal(await hub.stored(machine), 0);
  assert.equal((await machine.send(STATE)).json.outcome, 'stored');
});

test('numbers: a machine that was set back erases what it does not know to have sent, too', async () => {
  const machine = await hub.participant();
  for (let i = 0; i < 5; i++) await machine.send(STATE);
  const last = machine.sequence;
  machine.sequence = 1;
  const { json } = await machine.askErasure('all');
  const { until, messages } = payloadOf(json.confirmation) as { until: unknown; messages: number };
  assert.deepEqual([until, messages], [{ epoch: 1, sequence: last }, 5]);
  assert.equal(await hub.stored(machine), 0);
});

test('epochs: a request that is the first of a new epoch covers all epochs before', async () => {
  const machine = await hub.participant();
  for (let i = 0; i < 5; i++) await machine.send(STATE);
  const late = machine.nextHead();
  machine.epoch = 2;
  machine.sequence = 0;
  const { json } = await machine.askErasure('all');
  assert.deepEqual((payloadOf(json.confirmation) as { until: unknown }).until, { epoch: 2, sequence: 0 });
  assert.equal(await hub.stored(machine), 0);
  assert.equal((await machine.send(STATE, late)).json.outcome, 'dropped');
  assert.equal((await machine.send(STATE)).json.outcome, 'stored');
  machine.epoch = 3;
  machine.sequence = -1;
  const zero = await machine.askErasure('all');
  assert.deepEqual((payloadOf(zero.json.confirmation) as { until: unknown }).until, {
    epoch: 2,
    sequence: Number.MAX_SAFE_INTEGER,
  });
  assert.equal(await hub.stored(machine), 0);
});
