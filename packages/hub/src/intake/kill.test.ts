// Intake killed with SIGKILL at each step, a real process over real records: of a message or an erasure either all is
// there or nothing, what was answered is there, and asking again ends as if nothing had happened.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IntakeHub } from './intake-fixture.ts';
import { startIntakeHub } from './intake-fixture.ts';
import type { TestMachine } from './machine-fixture.ts';
import { exampleOf } from './machine-fixture.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE' });
});
after(() => hub.close());

const STATE = exampleOf('software-state');
const PROGRAM = join(import.meta.dirname, 'kill-process.ts');

type Process = ReturnType<typeof spawn>;

function start(machine: TestMachine, die = false): Process {
  const { connection, layout } = hub.hub;
  const now = hub.world.clock.now();
  const argument = JSON.stringify({ connection, keys: layout.keys, machine: machine.id, now, die });
  return spawn(process.execPath, [PROGRAM, argument], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Where a process is held up: at the machine's row, or when it reads or writes a table. */
type Step =
  | 'row of the machine'
  | `${'reads' | 'writes'} ${'consent_record' | 'erasure' | 'message' | 'intake_count'}`;

function lockFor(step: Step, machine: TestMachine): string {
  if (step === 'row of the machine') return `SELECT 1 FROM machine WHERE id = '${machine.id}' FOR UPDATE`;
  const [what, table] = step.split(' ');
  return `LOCK TABLE ${table} IN ${what === 'reads' ? 'ACCESS EXCLUSIVE' : 'EXCLUSIVE'} MODE`;
}

/** Kills a process that waits at `step`; its transaction ends as that of any client that went away. */
async function killedAt(step: Step, machine: TestMachine, body: Uint8Array): Promise<void> {
  await hub.hub.db.transaction(async (session) => {
    await session.execute(lockFor(step, machine));
    const child = start(machine);
    child.stdin!.write(`${Buffer.from(body).toString('base64')}\n`);
    while (!(await isWaiting())) await sleep(10);
    child.kill('SIGKILL');
    await once(child, 'close');
  });
  while (await isWaiting()) await sleep(10);
}

async function isWaiting(): Promise<boolean> {
  const rows = await hub.hub.db.query<{ waiting: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock') AS waiting`,
  );
  return rows[0]!.waiting;
}

/** Takes it and is killed before the answer leaves. */
async function killedAfter(machine: TestMachine, body: Uint8Array): Promise<void> {
  const child = start(machine, true);
  child.stdin!.end(`${Buffer.from(body).toString('base64')}\n`);
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
}

for (const step of ['row of the machine', 'reads consent_record', 'reads erasure', 'writes message'] as const)
  test(`killed: a message at '${step}' is not there, and is stored once when it is sent again`, async () => {
    const machine = await hub.participant();
    const body = await machine.sealed(STATE);
    await killedAt(step, machine, body);
    assert.equal(await hub.stored(machine), 0);
    assert.equal((await machine.sendBody(body)).json.outcome, 'stored');
    assert.equal(await hub.stored(machine), 1);
  });

test('killed: a message that was stored before its answer was lost is a duplicate', async () => {
  const machine = await hub.participant();
  const body = await machine.sealed(STATE);
  await killedAfter(machine, body);
  assert.equal(await hub.stored(machine), 1);
  assert.equal((await machine.sendBody(body)).json.outcome, 'duplicate');
  assert.equal(await hub.stored(machine), 1);
});

test('killed: a count of what was refused or dropped is there once, or not', async () => {
  const machine = await hub.participant();
  const body = await machine.sealed({ ...STATE, reason: 'curious' });
  const before = await hub.counted('undeclared');
  await killedAt('writes intake_count', machine, body);
  assert.equal(await hub.counted('undeclared'), before);
  assert.equal((await machine.sendBody(body)).status, 422);
  assert.equal(await hub.counted('undeclared'), before + 1);
});

/** A machine with two messages at the hub, and its sealed withdrawal. */
async function withdrawing(): Promise<{ machine: TestMachine; body: Uint8Array; late: Uint8Array }> {
  const machine = await hub.participant();
  const late = await machine.sealed(STATE);
  await machine.send(STATE);
  await machine.send(STATE);
  const record = Buffer.from(hub.choose(machine, 'off').text).toString('base64');
  const items = { 'connection.erasure_scope': 'all', 'connection.consent_record': record };
  return {
    machine,
    late,
    body: await machine.sealed({ message: 'erasure-request', reason: 'withdrawn', items }),
  };
}

async function sequenceOf(machine: TestMachine): Promise<number> {
  return (await machine.call('GET', '/v1/consent')).json.sequence as number;
}

for (const step of [
  'row of the machine',
  'writes consent_record',
  'writes message',
  'writes erasure',
] as const)
  test(`killed: an erasure at '${step}' has done nothing, and does all when it is asked for again`, async () => {
    const { machine, body, late } = await withdrawing();
    await killedAt(step, machine, body);
    assert.deepEqual([await hub.stored(machine), await sequenceOf(machine)], [2, 1]);
    const { json } = await machine.sendBody(body);
    assert.equal(json.outcome, 'stored');
    assert.ok(json.confirmation !== undefined && json.receipt !== undefined);
    assert.deepEqual([await hub.stored(machine), await sequenceOf(machine)], [0, 2]);
    assert.equal((await machine.sendBody(late)).json.reason, 'sender-behind', 'it comes too late');
    assert.equal(await hub.stored(machine), 0);
  });

test('killed: an erasure that was done before its answer was lost is confirmed by the same words', async () => {
  const { machine, body } = await withdrawing();
  await killedAfter(machine, body);
  assert.deepEqual([await hub.stored(machine), await sequenceOf(machine)], [0, 2]);
  const [first, second] = [await machine.sendBody(body), await machine.sendBody(body)];
  assert.equal(first.json.outcome, 'duplicate');
  assert.ok(first.json.confirmation !== undefined);
  assert.equal(first.json.confirmation, second.json.confirmation);
});
