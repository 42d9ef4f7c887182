// Intake over real TLS and real records: what is stored, refused, dropped, and what the answer says of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY, HOUR } from '../server/hub-fixture.ts';
import type { IntakeHub } from './intake-fixture.ts';
import { startIntakeHub } from './intake-fixture.ts';
import { call, exampleOf } from './machine-fixture.ts';
import { BEFORE_ALL, messagesOf } from './message-store.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE' });
});
after(() => hub.close());

const STATE = exampleOf('software-state');

test('stored: a message under the consent that the hub knows is there when it is answered, once', async () => {
  const machine = await hub.participant();
  const head = machine.nextHead();
  const first = await machine.send(STATE, head);
  assert.equal(first.status, 200, first.text);
  assert.deepEqual(first.json, { v: 1, epoch: 1, sequence: head.sequence, outcome: 'stored' });
  const again = await machine.send(STATE, head);
  assert.equal(again.json.outcome, 'duplicate');
  const [row, ...more] = await messagesOf(hub.hub.db, machine.id, BEFORE_ALL, 10);
  assert.equal(more.length, 0);
  assert.deepEqual(row!.items, STATE.items);
  assert.equal(row!.consent, 1);
  assert.equal(row!.receivedAt, hub.world.clock.now());
});

test('who: no certificate, another machine, another signature, and a revoked machine are refused', async () => {
  const [machine, other] = [await hub.participant(), await hub.participant()];
  const body = await machine.sealed(STATE);
  const headers = { 'content-type': 'application/vnd.tocsin.sealed' };
  assert.equal(
    (await call(hub.port, 'POST', '/v1/messages', { headers, body: Buffer.from(body) })).status,
    401,
  );
  const foreign = await other.sendBody(body);
  assert.equal(foreign.status, 403);
  assert.match(foreign.json.detail, /another machine/);
  const forged = await other.sealed(STATE, machine.nextHead(), machine.id);
  const unsigned = await machine.sendBody(forged);
  assert.equal(unsigned.status, 403);
  assert.match(unsigned.json.detail, /no key of this machine signed it/);
  await hub.hub.db.execute('UPDATE machine SET revoked_at = now() WHERE id = $1', [machine.id]);
  assert.equal((await machine.send(STATE)).status, 401);
  assert.deepEqual([await hub.stored(machine), await hub.stored(other)], [0, 0]);
});

test('sealed: to a key that the hub does not hold is a conflict, and any other bytes are malformed', async () => {
  const machine = await hub.participant();
  const body = Buffer.from(await machine.sealed(STATE));
  const otherKey = Buffer.from(body);
  otherKey.fill(0xee, 4, 20);
  const unknown = await machine.sendBody(otherKey);
  assert.equal(unknown.status, 409);
  assert.equal(unknown.json.reason, 'other-key');
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('TSM1'),
    body.subarray(0, 300),
    Buffer.concat([body, Buffer.alloc(1)]),
  ])
    assert.equal((await machine.sendBody(bytes)).status, 400, String(bytes.length));
  const json = await machine.call('POST', '/v1/messages', {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{}'),
  });
  assert.equal(json.status, 400);
  const large = await machine.sendBody(Buffer.alloc(2 * 2 ** 20 + 1));
  assert.equal(large.status, 413);
});

test('consent: nobody who never agreed, agreed to less, or withdrew gets a message in', async () => {
  const never = await hub.machine();
  const { status, json } = await never.send(STATE);
  assert.equal(status, 422);
  assert.deepEqual(
    [json.type, json.item, json.reason],
    ['urn:tocsin:problem:withheld', null, 'participation'],
  );
  const standard = await hub.participant();
  const more = await standard.send(exampleOf('update-result', 'extended'));
  assert.deepEqual([more.status, more.json.reason], [422, 'participation']);
  const wider = { ...exampleOf('software-state', 'extended') };
  const item = await standard.send(wider);
  assert.equal(item.status, 422);
  assert.ok(item.json.item in wider.items);
  await standard.sendRecord(hub.choose(standard, 'off'), 'withdrawn');
  assert.equal((await standard.send(STATE)).json.reason, 'participation');
  assert.deepEqual([await hub.stored(never), await hub.stored(standard)], [0, 0]);
});

test('gate: what the catalog does not declare, other types, other editions and unaccepted items are named and not stored', async () => {
  const machine = await hub.participant('extended');
  const cases = [
    [{ ...STATE, message: 'nothing-like-it' }, null, 'undeclared'],
    [{ ...STATE, reason: 'curious' }, null, 'undeclared'],
    [{ ...STATE, items: { ...STATE.items, 'user.shoe_size': 44 } }, 'user.shoe_size', 'undeclared'],
    [{ ...STATE, items: { ...STATE.items, 'software.product': 7 } }, 'software.product', 'wrong-type'],
    [{ ...STATE, items: {} }, 'software.product', 'required'],
    [exampleOf('connection'), null, 'undeclared'],
  ] as const;
  for (const [draft, item, reason] of cases) {
    const { status, json } = await machine.send(draft);
    assert.deepEqual([status, json.item, json.reason], [422, item, reason]);
  }
  assert.equal(await hub.stored(machine), 0);
  assert.ok((await hub.counted('undeclared')) >= 4);
  const accepted = machine.records[0]!.record as unknown as { accepted: string[] };
  const fewer = accepted.accepted.filter((entry) => !entry.startsWith('software.components:'));
  await machine.sendRecord(hub.choose(machine, 'extended', { accepted: fewer }));
  const unaccepted = await machine.send(STATE);
  assert.deepEqual([unaccepted.json.item, unaccepted.json.reason], ['software.components', 'not-accepted']);
});

test('gate: where the message names another edition than the record, only what both list passes', async () => {
  const machine = await hub.machine();
  machine.edition = 'premium';
  await machine.sendRecord(hub.choose(machine, 'extended', { regime: 'opt-out', jurisdiction: 'US' }));
  const onlyPremium = exampleOf('dhcp-request', 'extended', 'premium');
  assert.equal((await machine.send(onlyPremium)).status, 200);
  machine.edition = 'basic';
  const refused = await machine.send(onlyPremium);
  assert.deepEqual([refused.status, refused.json.reason], [422, 'edition']);
});

test('stored: the edition is that of the choice in force, whatever a message says of itself', async () => {
  const machine = await hub.participant('extended');
  machine.edition = 'virtual';
  assert.equal((await machine.send(exampleOf('update-result', 'extended'))).status, 200);
  const never = await hub.machine();
  never.edition = 'virtual';
  const alarm = { 'connection.alarm_code': 'settings-altered' };
  assert.equal((await never.send({ message: 'tamper-alarm', reason: 'settings', items: alarm })).status, 200);
  for (const { id } of [machine, never]) {
    const rows = await messagesOf(hub.hub.db, id, BEFORE_ALL, 10);
    assert.deepEqual(
      rows.map(({ edition }) => edition),
      ['basic'],
    );
  }
});

test('alarm: it gets in at every level, whatever the hub knows of the choices', async () => {
  const machine = await hub.machine();
  const alarm = {
    message: 'tamper-alarm',
    reason: 'settings',
    items: { 'connection.alarm_code': 'settings-altered', 'connection.alarm_at': machine.now },
  };
  assert.equal((await machine.send(alarm)).json.outcome, 'stored');
  hub.choose(machine, 'standard');
  assert.equal(
    (await machine.send(alarm)).json.outcome,
    'stored',
    'a record that the hub lacks does not matter',
  );
  const wrong = await machine.send({ ...alarm, items: { 'connection.alarm_code': 'boring' } });
  assert.deepEqual([wrong.status, wrong.json.item], [422, 'connection.alarm_code']);
});

test('numbers: another message under a number that is taken is not acknowledged', async () => {
  const machine = await hub.participant();
  const head = machine.nextHead();
  await machine.send(STATE, head);
  hub.world.pass(60_000);
  const other = await machine.send(STATE, { ...head, madeAt: machine.now });
  assert.deepEqual([other.status, other.json.reason], [409, 'number-used']);
});

test('clock: a message made more than a day ahead is refused, one that is too old to keep is dropped', async () => {
  const machine = await hub.participant();
  const at = (ms: number): string => `${new Date(hub.world.clock.now() + ms).toISOString().slice(0, 19)}Z`;
  const ahead = await machine.send(STATE, machine.nextHead({ madeAt: at(25 * HOUR) }));
  assert.deepEqual(
    [ahead.status, ahead.json.item, ahead.json.reason],
    [422, 'envelope.made_at', 'over-limit'],
  );
  assert.equal(
    (await machine.send(STATE, machine.nextHead({ madeAt: at(23 * HOUR) }))).json.outcome,
    'stored',
  );
  const old = await machine.send(STATE, machine.nextHead({ madeAt: at(-800 * DAY) }));
  assert.deepEqual([old.json.outcome, old.json.why], ['dropped', 'too-old']);
});

test('zero: a text with a zero character is refused by its item, for the records cannot keep it', async () => {
  const machine = await hub.participant('extended');
  const draft = exampleOf('update-result', 'extended');
  const { json } = await machine.send({ ...draft, items: { ...draft.items, 'software.error_text': 'a\0b' } });
  assert.deepEqual([json.item, json.reason], ['software.error_text', 'wrong-type']);
});

test('terms: while the terms in force are others than those that were accepted, nothing more gets in', async () => {
  const machine = await hub.machine();
  await machine.sendRecord(machine.choose('standard', {}, 'ffffffffffff'));
  assert.equal((await machine.send(STATE)).json.reason, 'terms');
  const migrated = await hub.machine();
  await migrated.sendRecord(migrated.choose('standard', { by: 'migration' }, null));
  assert.equal((await migrated.send(STATE)).json.outcome, 'stored', 'release 0.1.0 had no terms to show');
});

test('personal: where opt-in rules, a policy alone is no yes for a machine that is one person’s own', async () => {
  const machine = await hub.machine({ managed: true, personal: true, group: null });
  await machine.sendRecord(hub.choose(machine, 'extended', { by: 'policy', policy: 1 }));
  assert.equal((await machine.send(STATE)).json.reason, 'participation');
  await machine.sendRecord(hub.choose(machine, 'standard'));
  assert.equal((await machine.send(STATE)).json.outcome, 'stored');
  await machine.sendRecord(hub.choose(machine, 'extended', { by: 'policy', policy: 2 }));
  assert.equal((await machine.send(STATE)).json.outcome, 'stored');
  const more = await machine.send(exampleOf('update-result', 'extended'));
  assert.equal(more.json.reason, 'participation', 'the stricter of both');
});
