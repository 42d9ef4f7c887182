// Whose messages may be exported: every combination of rule, record and participation; and what an export holds.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ConsentRecord, UseRecord } from 'tocsin/catalog/consent-record.ts';
import { DAY } from '../server/hub-fixture.ts';
import { exportLines, requirePartner } from './export.ts';
import type { IntakeHub } from './intake-fixture.ts';
import { startIntakeHub } from './intake-fixture.ts';
import type { TestMachine } from './machine-fixture.ts';
import { exampleOf } from './machine-fixture.ts';
import { SHARE_LIMITS, shareableMessages } from './shareable.ts';

const PARTNERS = [{ name: 'Example Lab', country: 'DE', purpose: 'research', use: 'sharing' }] as const;

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE', partners: PARTNERS });
});
after(() => hub.close());

const REPORT = exampleOf('update-result', 'extended');

async function shared(use: 'sharing' | 'commercial' = 'sharing', since = new Date(0)): Promise<string[]> {
  const machines: string[] = [];
  const { current } = hub.participation.terms;
  for await (const { machine } of shareableMessages(hub.hub.db, use, current, since)) machines.push(machine);
  return machines;
}

interface Case {
  readonly name: string;
  readonly where: Partial<ConsentRecord>;
  /** Choices of sharing, in order, with what they were made under. */
  readonly choices?: readonly (readonly ['yes' | 'no', Partial<UseRecord>?])[];
  readonly personal?: boolean;
  readonly off?: boolean;
  readonly want: boolean;
}

const DE = { regime: 'opt-in', jurisdiction: 'DE' } as const;
const US = { regime: 'opt-out', jurisdiction: 'US' } as const;
const POLICY = { by: 'policy', policy: 1 } as const;

const CASES: readonly Case[] = [
  { name: 'opt-in, nothing said', where: DE, want: false },
  { name: 'opt-in, yes', where: DE, choices: [['yes']], want: true },
  { name: 'opt-in, no', where: DE, choices: [['no']], want: false },
  { name: 'opt-in, yes and then no', where: DE, choices: [['yes'], ['no']], want: false },
  { name: 'opt-in, no and then yes', where: DE, choices: [['no'], ['yes']], want: true },
  {
    name: 'opt-in, yes under other terms',
    where: DE,
    choices: [['yes', { terms: 'ffffffffffff' }]],
    want: false,
  },
  { name: "opt-in, a policy's yes", where: DE, choices: [['yes', POLICY]], want: true },
  {
    name: "opt-in, a policy's yes for a person's own machine",
    where: DE,
    choices: [['yes', POLICY]],
    personal: true,
    want: false,
  },
  { name: 'opt-in, yes, participation off', where: DE, choices: [['yes']], off: true, want: false },
  { name: 'opt-out, nothing said', where: US, want: true },
  { name: 'opt-out, no', where: US, choices: [['no']], want: false },
  {
    name: 'opt-out, yes under other terms',
    where: US,
    choices: [['yes', { terms: 'ffffffffffff' }]],
    want: false,
  },
  {
    name: 'opt-out, nothing said, and a partner came since',
    where: { ...US, terms: 'ffffffffffff' },
    want: false,
  },
  { name: 'opt-out, nothing said, participation off', where: US, off: true, want: false },
  { name: 'opt-out claimed where the law says opt-in', where: { ...DE, regime: 'opt-out' }, want: false },
  {
    name: 'opt-out claimed for an unknown place',
    where: { regime: 'opt-out', jurisdiction: null },
    want: false,
  },
];

for (const { name, where, choices = [], personal = false, off = false, want } of CASES)
  test(`shareable: ${name} -> ${want ? 'yes' : 'no'}`, async () => {
    const machine = await hub.machine({ managed: false, personal, group: null });
    await machine.sendRecord(hub.choose(machine, 'extended', where));
    for (const [value, change] of choices)
      await machine.sendRecord(
        machine.choose(
          value,
          { ...where, choice: 'sharing', ...change } as Partial<UseRecord>,
          change?.terms ?? hub.participation.terms.current.fingerprint,
        ),
      );
    assert.equal((await machine.send(REPORT)).json.outcome, 'stored');
    if (off) await machine.sendRecord(hub.choose(machine, 'off', where), 'withdrawn');
    assert.equal((await shared()).includes(machine.id), want);
  });

test('shareable: each use has its own choice', async () => {
  const machine = await hub.machine();
  await machine.sendRecord(hub.choose(machine, 'extended'));
  await machine.sendRecord(hub.choose(machine, 'yes', { choice: 'commercial' }));
  await machine.send(REPORT);
  assert.ok((await shared('commercial')).includes(machine.id));
  assert.ok(!(await shared('sharing')).includes(machine.id));
});

test('shareable: an alarm is shared with nobody, and what is older than asked for is left out', async () => {
  const machine = await agreed();
  await machine.send({
    message: 'tamper-alarm',
    reason: 'settings',
    items: { 'connection.alarm_code': 'cloned' },
  });
  assert.ok(!(await shared()).includes(machine.id));
  await machine.send(REPORT);
  assert.ok((await shared()).includes(machine.id));
  assert.ok(!(await shared('sharing', new Date(hub.world.clock.now() + 1))).includes(machine.id));
});

test('shareable: pages follow each other without a gap or a repetition', async () => {
  const machine = await agreed();
  await hub.hub.db.execute(
    `INSERT INTO message SELECT $1, 7, n, 'software-state', 'daily', 'basic', 1, $2, $2, '{}', $3
       FROM generate_series(1, $4) n`,
    [
      machine.id,
      new Date(hub.world.clock.now()),
      new Date(hub.world.clock.now() + DAY),
      2 * SHARE_LIMITS.page + 3,
    ],
  );
  const found = (await shared()).filter((id) => id === machine.id);
  assert.equal(found.length, 2 * SHARE_LIMITS.page + 3);
});

async function agreed(): Promise<TestMachine> {
  const machine = await hub.participant('extended');
  await machine.sendRecord(hub.choose(machine, 'yes', { choice: 'sharing' }));
  return machine;
}

async function exported(): Promise<string[]> {
  const lines: string[] = [];
  const parts = { db: hub.hub.db, terms: hub.participation.terms.current, world: hub.world };
  for await (const line of exportLines({ ...parts, use: 'sharing', since: new Date(0) })) lines.push(line);
  return lines;
}

test('export: lines of one machine have one pseudonym, another one in each export, and no id of the machine', async () => {
  hub.world.pass(60_000);
  const machine = await agreed();
  await machine.send(REPORT);
  await machine.send(REPORT);
  const [first, second] = [await exported(), await exported()];
  const installation = REPORT.items['software.installation_id'] as string;
  for (const lines of [first, second]) {
    assert.ok(!lines.join('').includes(machine.id));
    assert.ok(!lines.join('').includes(installation), 'a keyed checksum would be the same in every export');
  }
  const ours = (lines: string[]): { machine: string; at: string; items: Record<string, string> }[] =>
    lines.slice(-2).map((line) => JSON.parse(line));
  const [a, b] = ours(first);
  assert.equal(a!.machine, b!.machine);
  assert.match(a!.machine, /^[0-9a-f]{16}$/);
  assert.match(a!.at, /:00:00Z$/);
  assert.equal(a!.items['software.installation_id'], b!.items['software.installation_id']);
  assert.match(a!.items['software.installation_id']!, /^[0-9a-f]{64}$/);
  assert.equal(a!.items['software.error_text'], REPORT.items['software.error_text']);
  assert.notEqual(ours(second)[0]!.machine, a!.machine);
});

test('export: a line names the edition of the choice, not one that a message claims', async () => {
  hub.world.pass(60_000);
  const machine = await agreed();
  machine.edition = 'virtual';
  assert.equal((await machine.send(REPORT)).json.outcome, 'stored');
  assert.equal((JSON.parse((await exported()).at(-1)!) as { edition: string }).edition, 'basic');
});

test('export: contents given for analysis and highly sensitive items are in none', async () => {
  hub.world.pass(60_000);
  const machine = await agreed();
  assert.equal((await machine.send(exampleOf('activity-report', 'extended'))).json.outcome, 'stored');
  assert.equal((await machine.send(exampleOf('object-content', 'extended'))).json.outcome, 'stored');
  assert.ok(!(await shared()).includes(machine.id));
  const draft = exampleOf('behaviour-detection', 'extended');
  assert.ok('object.command_line' in draft.items);
  assert.equal((await machine.send(draft)).json.outcome, 'stored');
  const { items } = JSON.parse((await exported()).at(-1)!) as { items: object };
  assert.ok(!('object.command_line' in items));
  assert.ok('object.sha256' in items);
});

test('export: without a partner for the use in the terms it is refused', async () => {
  const { current } = hub.participation.terms;
  requirePartner(current, 'sharing');
  assert.throws(() => requirePartner(current, 'commercial'), { code: 'denied', message: /name no partner/ });
  const lines = exportLines({
    db: hub.hub.db,
    use: 'commercial',
    terms: current,
    since: new Date(0),
    world: hub.world,
  });
  await assert.rejects(lines.next(), { code: 'denied' });
});
