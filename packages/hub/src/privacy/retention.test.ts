// Retention against real records: items go when their time is over, messages with their last item, records of choices
// a year after they were replaced; nothing goes earlier.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { ITEMS, itemOf } from 'tocsin/catalog/catalog.ts';
import { CERTIFICATE_LIMITS } from 'tocsin/protocol/certificates.ts';
import type { IntakeHub } from '../intake/intake-fixture.ts';
import { startIntakeHub } from '../intake/intake-fixture.ts';
import type { TestMachine } from '../intake/machine-fixture.ts';
import { exampleOf } from '../intake/machine-fixture.ts';
import { BEFORE_ALL, messagesOf } from '../intake/message-store.ts';
import { DAY } from '../server/hub-fixture.ts';
import { reconsiderRetention, sweepRetention } from './retention.ts';
import { keptDays, keptOf } from './retention-rules.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE' });
});
after(() => hub.close());

const sweep = (retentionDays: number | null = null): ReturnType<typeof sweepRetention> =>
  sweepRetention({ db: hub.hub.db, terms: { retentionDays }, now: hub.world.clock.now() });

async function itemsOf(machine: TestMachine): Promise<string[][]> {
  const rows = await messagesOf(hub.hub.db, machine.id, BEFORE_ALL, 100);
  return rows.map(({ items }) => Object.keys(items).sort());
}

const REPORT = exampleOf('update-result', 'extended');
const ALARM = {
  message: 'tamper-alarm',
  reason: 'settings',
  items: { 'connection.alarm_code': 'settings-altered' },
};

test('retention: each item goes on its day and not before, the message with the last one', async () => {
  const machine = await hub.participant('extended');
  assert.equal((await machine.send(REPORT)).json.outcome, 'stored');
  const days = [...new Set(Object.keys(REPORT.items).map((id) => itemOf(id)!.retentionDays))].sort(
    (a, b) => a - b,
  );
  let passed = 0;
  for (const [index, day] of days.entries()) {
    hub.world.pass((day - passed) * DAY - 1_000);
    await sweep();
    const still = Object.keys(REPORT.items).filter((id) => itemOf(id)!.retentionDays >= day);
    assert.deepEqual(await itemsOf(machine), [still.sort()], `the second before day ${day}`);
    hub.world.pass(1_000);
    passed = day;
    await sweep();
    const left = still.filter((id) => itemOf(id)!.retentionDays > day);
    assert.deepEqual(await itemsOf(machine), index === days.length - 1 ? [] : [left.sort()]);
  }
});

test("retention: the operator's own limit counts where it is shorter, also for what is stored already", async () => {
  const machine = await hub.participant('extended');
  await machine.send(REPORT);
  hub.world.pass(10 * DAY);
  await sweep(10);
  assert.equal((await itemsOf(machine)).length, 1, 'not looked at before its time');
  assert.ok((await reconsiderRetention(hub.hub.db, hub.world.clock.now())) >= 1);
  await sweep(11);
  assert.equal((await itemsOf(machine)).length, 1);
  hub.world.pass(DAY);
  await sweep(11);
  assert.equal((await itemsOf(machine)).length, 0);
});

test('retention: many messages are swept in bounded rounds, and by two sweeps at once none is missed', async () => {
  const machine = await hub.machine();
  await hub.hub.db.execute(
    `INSERT INTO message SELECT $1, 9, n, 'tamper-alarm', 'settings', 'basic', 0, $2, $2,
       '{"connection.alarm_code": "cloned"}', $2 FROM generate_series(1, 2500) n`,
    [machine.id, new Date(hub.world.clock.now())],
  );
  hub.world.pass(366 * DAY);
  const both = await Promise.all([sweep(), sweep()]);
  assert.ok(both[0].removed + both[1].removed >= 2_500);
  assert.equal(await hub.stored(machine), 0);
});

test('retention: erasures and counts are forgotten after a year', async () => {
  const machine = await hub.participant();
  await machine.askErasure();
  await machine.send({ ...ALARM, reason: 'curious' });
  await sweep();
  const left = async (): Promise<number[]> => {
    const [row] = await hub.hub.db.query<{ erasures: number; counts: number }>(
      'SELECT (SELECT count(*) FROM erasure) AS erasures, (SELECT count(*) FROM intake_count) AS counts',
    );
    return [row!.erasures, row!.counts];
  };
  assert.ok((await left()).every((count) => count > 0));
  hub.world.pass(367 * DAY);
  await sweep();
  assert.deepEqual(await left(), [0, 0]);
});

test('retention: replaced records go after a year; the newest of each choice and of a living machine stay', async () => {
  const machine = await hub.machine();
  await machine.sendRecord(hub.choose(machine, 'standard'));
  await machine.sendRecord(hub.choose(machine, 'yes', { choice: 'sharing' }));
  hub.world.pass(2 * DAY);
  await machine.sendRecord(hub.choose(machine, 'extended'));
  const sequences = async (): Promise<number[]> =>
    (
      await hub.hub.db.query<{ sequence: number }>(
        'SELECT sequence FROM consent_record WHERE machine = $1 ORDER BY sequence',
        [machine.id],
      )
    ).map(({ sequence }) => sequence);
  const alive = (): Promise<number> =>
    hub.hub.db.execute('UPDATE machine SET expires_at = $2 WHERE id = $1', [
      machine.id,
      new Date(hub.world.clock.now() + 3 * DAY),
    ]);
  hub.world.pass(364 * DAY);
  await alive();
  await sweep();
  assert.deepEqual(await sequences(), [1, 2, 3]);
  hub.world.pass(2 * DAY);
  await sweep();
  assert.deepEqual(await sequences(), [2, 3]);
  hub.world.pass(400 * DAY);
  await alive();
  await sweep();
  assert.deepEqual(await sequences(), [2, 3], 'what is in force has no end');
  hub.world.pass((3 + 180 + 365) * DAY + 1_000);
  await sweep();
  assert.deepEqual(await sequences(), [], 'no certificate of it can come back');
});

test('retention: a machine goes as soon as its certificate cannot be renewed and nothing else names it', async (t) => {
  const own = await startIntakeHub({ jurisdiction: 'DE' }); // the other one's authorities have ended by now
  t.after(() => own.close());
  const { db } = own.hub;
  const [silent, choosing] = [await own.machine(), await own.participant()];
  const copy = await own.machine();
  const end = own.world.clock.now() + 3 * DAY;
  const ends = (id: string, at: number): Promise<number> =>
    db.execute('UPDATE machine SET expires_at = $2 WHERE id = $1', [id, new Date(at)]);
  for (const { id } of [silent, choosing]) await ends(id, end);
  await ends(copy.id, end + 2_000 * DAY);
  await db.execute('UPDATE machine SET cloned_from = $2 WHERE id = $1', [copy.id, silent.id]);
  const left = async (): Promise<string[]> =>
    (await db.query<{ id: string }>('SELECT id FROM machine')).map(({ id }) => id);
  const days = itemOf('connection.machine_id')!.retentionDays;
  assert.equal(days * 86_400, CERTIFICATE_LIMITS.renewAfterEnd, 'the Statement says so');
  own.world.pass((3 + days) * DAY);
  await sweepRetention({ db, terms: { retentionDays: null }, now: own.world.clock.now() });
  assert.ok((await left()).includes(silent.id), 'within the skew of two clocks it can still be renewed');
  own.world.pass(CERTIFICATE_LIMITS.skew * 1000 + 1_000);
  await sweepRetention({ db, terms: { retentionDays: null }, now: own.world.clock.now() });
  assert.ok(!(await left()).includes(silent.id));
  assert.ok((await left()).includes(choosing.id), 'its choices are kept');
  own.world.pass(itemOf('connection.consent_record')!.retentionDays * DAY);
  await sweepRetention({ db, terms: { retentionDays: null }, now: own.world.clock.now() });
  assert.ok(!(await left()).includes(choosing.id));
  assert.ok((await left()).includes(copy.id));
});

test('retention rules: nothing is kept longer than its item or the operator says, whatever the times', () => {
  const id = fc.constantFrom(...ITEMS.map((item) => item.id), 'no.such_item');
  fc.assert(
    fc.property(
      fc.uniqueArray(id, { maxLength: 8 }),
      fc.nat(1_000 * DAY),
      fc.option(fc.integer({ min: 1, max: 730 })),
      (ids, age, retentionDays) => {
        const items = Object.fromEntries(ids.map((each) => [each, 1]));
        const kept = keptOf(items, 0, age, { retentionDays });
        for (const each of ids) {
          const days = keptDays(each, { retentionDays });
          const { retentionDays: declared = 0, proof } = itemOf(each) ?? {};
          assert.equal(days, proof === undefined ? Math.min(declared, retentionDays ?? declared) : declared);
          assert.equal(each in kept.items, age < days * DAY);
        }
        assert.equal(kept.sweepAt === null, Object.keys(kept.items).length === 0);
        if (kept.sweepAt !== null) assert.ok(kept.sweepAt > age);
      },
    ),
  );
});
