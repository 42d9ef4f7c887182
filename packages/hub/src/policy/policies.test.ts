// Policies against real records and over real TLS: signed, rising, renewed, and shown to the machines they are for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verifyPolicy } from 'tocsin/catalog/policy.ts';
import { PostgresAccessStore } from '../access/postgres-store.ts';
import type { IntakeHub } from '../intake/intake-fixture.ts';
import { startIntakeHub } from '../intake/intake-fixture.ts';
import type { TestMachine } from '../intake/machine-fixture.ts';
import { DAY } from '../server/hub-fixture.ts';
import { HUB_POLICY_LIMITS } from './config.ts';
import type { PolicyContent } from './policies.ts';
import { emptyPolicy, isEmpty, issueOf, issuePolicy, reissuePolicy, renewPolicies } from './policies.ts';
import { newestPolicies, newestPolicy, policyHistory } from './store.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ jurisdiction: 'DE' });
});
after(() => hub.close());

const GRANT = {
  level: 'extended',
  edition: 'virtual',
  jurisdiction: 'DE',
  statement: { version: '2.1', sha256: 'ab'.repeat(32), language: 'en' },
  sharing: 'no',
  commercial: null,
} as const;

const contentFor = (group: string, change: Partial<PolicyContent> = {}): PolicyContent => ({
  ...emptyPolicy(group),
  participation: GRANT,
  ...change,
});

const parts = (): Parameters<typeof issuePolicy>[0] => ({ db: hub.hub.db, keys: hub.keys, world: hub.world });
const issue = (content: PolicyContent, days = 90): ReturnType<typeof issuePolicy> =>
  issuePolicy(parts(), { content, days, issuedBy: 'admin' });

async function shown(machine: TestMachine): Promise<ReturnType<typeof verifyPolicy> | null> {
  const { status, text } = await machine.call('GET', '/v1/policy');
  if (status === 204) return null;
  assert.equal(status, 200, text);
  return verifyPolicy(text, hub.keys.receipt.publicKey);
}

const managed = (group: string | null, personal = false): Promise<TestMachine> =>
  hub.machine({ managed: true, personal, group });

test('policy: only managed machines of its group get it, signed by the receipt key', async () => {
  const { sequence } = await issue(contentFor('lab'));
  await issue(contentFor('default', { participation: null, maxLevel: 'standard' }));
  const lab = await shown(await managed('lab'));
  assert.equal(lab?.sequence, sequence);
  assert.deepEqual(lab?.participation, GRANT);
  assert.equal(
    (await shown(await managed(null)))?.maxLevel,
    'standard',
    'those in no group are in the default one',
  );
  assert.equal(await shown(await managed('nowhere')), null);
  assert.equal(await shown(await hub.machine()), null);
});

test("policy: a machine marked as one person's own is told that the person's yes is needed", async () => {
  await issue(contentFor('lab'));
  const [plain, personal] = [await shown(await managed('lab')), await shown(await managed('lab', true))];
  assert.deepEqual([plain?.personal, personal?.personal], [false, true]);
  assert.notEqual(plain?.sequence, personal?.sequence, 'one number never names two texts');
});

test('policy: sequences rise over all groups, also for several administrators at once', async () => {
  const issued = await Promise.all(['a', 'b', 'a', 'c'].map((group) => issue(contentFor(group))));
  const sequences = issued.map(({ sequence }) => sequence);
  assert.equal(new Set(sequences).size, 4);
  const all = await hub.hub.db.query<{ sequence: number }>('SELECT sequence FROM policy ORDER BY sequence');
  assert.deepEqual(
    all.map(({ sequence }) => sequence),
    all.map((_row, index) => index + 1),
  );
  const next = await issue(contentFor('b'));
  assert.ok(next.sequence > Math.max(...sequences));
});

test('policy: after a change of marks the machine is shown a higher sequence than before', async () => {
  const store = new PostgresAccessStore(hub.hub.db);
  await issue(contentFor('old'));
  await issue(contentFor('new'));
  const machine = await managed('new', true);
  const before = (await shown(machine))!.sequence;
  await store.mark(machine.id, { personal: false });
  await reissuePolicy(parts(), 'new');
  const between = (await shown(machine))!;
  assert.ok(between.sequence > before && !between.personal);
  await store.mark(machine.id, { group: 'old' });
  await reissuePolicy(parts(), 'old');
  assert.ok((await shown(machine))!.sequence > between.sequence);
  await reissuePolicy(parts(), 'nowhere');
});

test('policy: it is signed anew before its end, with what was chosen, until it is replaced or cleared', async () => {
  const first = await issue(contentFor('renewed', { selfDefence: true }), 30);
  const renew = (): Promise<readonly string[]> => renewPolicies(parts(), () => {});
  assert.ok(!(await renew()).includes('renewed'));
  hub.world.pass(19 * DAY);
  assert.ok(!(await renew()).includes('renewed'));
  hub.world.pass(2 * DAY);
  assert.ok((await renew()).includes('renewed'));
  const stored = (await newestPolicy(hub.hub.db, 'renewed', false))!;
  const again = verifyPolicy(stored.text, hub.keys.receipt.publicKey);
  assert.ok(again.sequence > first.sequence);
  assert.equal(again.expires - again.issued, 30 * 86_400);
  assert.deepEqual([again.participation, again.selfDefence], [GRANT, true]);
  assert.equal(stored.issuedBy, 'admin');
  assert.ok(!(await renew()).includes('renewed'));
  await issue(emptyPolicy('renewed'), 30);
  hub.world.pass(60 * DAY);
  assert.ok(!(await renew()).includes('renewed'), 'what says nothing may end');
});

test('policy: a clearing is a signed policy that says nothing, and the history keeps all', async () => {
  await issue(contentFor('cleared'));
  const cleared = await issue(emptyPolicy('cleared'));
  assert.ok(isEmpty(cleared));
  assert.equal((await shown(await managed('cleared')))?.participation, null);
  assert.equal((await policyHistory(hub.hub.db, 'cleared', HUB_POLICY_LIMITS.maxHistory)).length, 2);
  assert.ok((await newestPolicies(hub.hub.db)).some(({ group }) => group === 'cleared'));
});

test('policy: a text in the records that the receipt key did not sign is not signed anew', async () => {
  await issue(contentFor('forged'), 3);
  await hub.hub.db.execute(
    `UPDATE policy SET text = regexp_replace(text, '"sig":"[^"]{8}', '"sig":"AAAAAAAA') WHERE policy_group = 'forged'`,
  );
  hub.world.pass(2.5 * DAY);
  const lines: string[] = [];
  assert.ok(!(await renewPolicies(parts(), (line) => lines.push(line))).includes('forged'));
  assert.ok(lines.some((line) => /group forged cannot be signed anew/.test(line)));
  const stored = (await newestPolicy(hub.hub.db, 'forged', false))!;
  assert.throws(() => issueOf(stored, hub.keys), { code: 'pin' });
});
