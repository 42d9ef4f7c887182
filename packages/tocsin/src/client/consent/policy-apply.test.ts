import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ParticipationLevel } from '../../catalog/consent.ts';
import type { Policy, PolicyParticipation } from '../../catalog/policy.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { NOW } from '../client-fixture.ts';
import { POLICY, signedPolicy, signedTerms, TERMS } from './fixture.ts';
import type { PolicyRefresh } from './hub-papers.ts';
import { statementFor } from './set-participation.ts';
import { setSelfDefence } from './set-self-defence.ts';
import { ConsentStage, Killed } from './stage-fixture.ts';

const DAY = 86_400;

/** What an administrator accepts who was shown the Statement of these machines, as the hub renders it. */
function granted(
  level: ParticipationLevel,
  change: Partial<PolicyParticipation> = {},
  terms = TERMS,
): PolicyParticipation {
  const edition = change.edition ?? 'basic';
  const jurisdiction = change.jurisdiction ?? terms.jurisdiction;
  const { version, sha256, language } = statementFor({ terms, edition, jurisdiction }, 'de');
  const statement = level === 'off' ? null : { version, sha256, language };
  return { level, edition, jurisdiction: null, statement, sharing: null, commercial: null, ...change };
}

async function give(stage: ConsentStage, policy: Partial<Policy>): Promise<PolicyRefresh> {
  stage.hub.policy = signedPolicy(policy);
  return (await stage.open().refresh(stage.hub.call)).policy;
}

function refused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof TocsinError && error.code === code;
}

test('a machine that is not managed stays as it is', async (t) => {
  const stage = await ConsentStage.make(t);
  assert.deepEqual((await stage.open().refresh(stage.hub.call)).policy, { kind: 'none' });
  assert.deepEqual([stage.open().current().kind, stage.open().current().policy], ['unset', null]);
});

test('a grant: the administrator’s acceptance is the record, and reaches the items of its level', async (t) => {
  const stage = await ConsentStage.make(t);
  assert.deepEqual(await give(stage, { participation: granted('extended') }), { kind: 'applied' });
  const { kind, consent, chosen, settings } = stage.open().current();
  assert.deepEqual(
    [kind, consent.level, chosen?.record.by, chosen?.record.policy],
    ['policy', 'extended', 'policy', 1],
  );
  assert.deepEqual([chosen?.record.statement?.language, settings?.policy], ['de', 1]);
  assert.ok(consent.accepted.has('lookup.prefix'));
  const records = stage.open().records().length;
  await give(stage, { participation: granted('extended') });
  await give(stage, { sequence: 2, participation: granted('extended') });
  assert.equal(stage.open().records().length, records, 'the same again needs no record');
  assert.equal(stage.open().current().settings?.policy, 2);
});

test('only a policy that the hub signed, with a higher sequence, before its end', async (t) => {
  const stage = await ConsentStage.make(t);
  await give(stage, { sequence: 5, participation: granted('standard') });
  await assert.rejects(give(stage, { sequence: 4, participation: granted('extended') }), refused('conflict'));
  await assert.rejects(give(stage, { sequence: 5, participation: granted('extended') }), refused('conflict'));
  stage.hub.policy = signedPolicy({ sequence: 6, participation: granted('extended') }).replace(
    '"sig":"',
    '"sig":"AA',
  );
  await assert.rejects(stage.open().refresh(stage.hub.call), TocsinError);
  const expires = NOW / 1000 - 2 * DAY;
  const old = { issued: expires - DAY, expires };
  assert.deepEqual(await give(stage, { sequence: 6, ...old, participation: granted('extended') }), {
    kind: 'expired',
  });
  assert.equal(stage.level(), 'standard');
});

test('of policy and local choice the stricter one counts, whichever came first', async (t) => {
  const levels = ['off', 'standard', 'extended'] as const;
  for (const byPolicy of levels)
    for (const byPerson of levels)
      for (const first of ['policy', 'person']) {
        const stage = await ConsentStage.make(t);
        await stage.open().refresh(stage.hub.call);
        const choose = (): unknown => stage.choose({ level: byPerson });
        if (first === 'person') choose();
        await give(stage, { participation: granted(byPolicy) });
        if (first === 'policy') choose();
        stage.outbox.confirm();
        const want = levels[Math.min(levels.indexOf(byPolicy), levels.indexOf(byPerson))];
        assert.equal(stage.level(), want, `${byPolicy} by policy, ${byPerson} by a person, ${first} first`);
      }
});

test('a limit without a grant: the person decides below it, also after it has expired', async (t) => {
  const stage = await ConsentStage.make(t);
  await give(stage, { maxLevel: 'standard' });
  assert.equal(stage.open().current().kind, 'unset');
  stage.choose({ level: 'extended' });
  assert.equal(stage.level(), 'standard');
  stage.world.pass(60 * DAY);
  assert.deepEqual([stage.level(), stage.open().current().policy?.live], ['standard', false]);
});

test('an expired policy loses its grant and keeps its limits, in a process that runs on as well', async (t) => {
  const stage = await ConsentStage.make(t);
  await give(stage, { participation: granted('extended'), maxLevel: 'extended', selfDefence: true });
  const source = stage.open();
  assert.equal(source.consent().level, 'extended');
  stage.world.pass(31 * DAY - 1);
  assert.equal(source.consent().level, 'extended', 'a day of skew is tolerated');
  stage.world.pass(1);
  assert.deepEqual([source.consent().level, source.current().kind], ['off', 'policy']);
  assert.throws(() => source.change((parts) => setSelfDefence(parts, false)), refused('denied'));
  const issued = NOW / 1000 + 31 * DAY;
  await give(stage, { sequence: 2, issued, expires: issued + 30 * DAY, participation: granted('standard') });
  assert.equal(stage.level(), 'standard');
});

test('a person’s machine where opt-in rules: nothing is granted before that person agreed', async (t) => {
  const stage = await ConsentStage.make(t);
  assert.deepEqual(await give(stage, { personal: true, participation: granted('extended') }), {
    kind: 'needs-person',
  });
  const { consent, policy } = stage.open().current();
  assert.deepEqual([consent.level, policy?.needsPerson, stage.open().records()], ['off', true, []]);
  stage.choose({ level: 'standard' });
  assert.deepEqual([stage.level(), stage.open().current().policy?.needsPerson], ['standard', false]);
  await give(stage, { sequence: 2, personal: true, participation: granted('extended') });
  assert.equal(stage.level(), 'standard');
  const elsewhere = await ConsentStage.make(t);
  const terms = { ...TERMS, jurisdiction: 'US' };
  elsewhere.hub.terms = signedTerms(terms);
  await give(elsewhere, { personal: true, participation: granted('extended', {}, terms) });
  assert.equal(elsewhere.level(), 'extended');
});

test('a machine that becomes a person’s own: what the policy granted before ends', async (t) => {
  const stage = await ConsentStage.make(t);
  await give(stage, { participation: granted('extended') });
  assert.equal(stage.level(), 'extended');
  await give(stage, { sequence: 2, personal: true, participation: granted('extended') });
  assert.equal(stage.level(), 'off');
});

test('a Statement that this machine does not render grants nothing where opt-in rules; the older one goes on', async (t) => {
  const stage = await ConsentStage.make(t);
  const other = { version: '99.1', sha256: 'a'.repeat(64), language: 'en' };
  const unknown = granted('extended', { statement: other });
  assert.deepEqual(await give(stage, { participation: unknown }), {
    kind: 'other-statement',
    version: '99.1',
  });
  assert.equal(stage.level(), 'off');
  await give(stage, { sequence: 2, participation: granted('standard') });
  await give(stage, { sequence: 3, participation: unknown });
  assert.deepEqual([stage.level(), stage.open().records().length], ['standard', 1]);
});

test('switched off by policy, or left to the person again: a withdrawal, recorded as the operator’s', async (t) => {
  for (const participation of [granted('off'), null]) {
    const stage = await ConsentStage.make(t);
    await give(stage, { participation: granted('extended') });
    stage.outbox.put();
    await give(stage, { sequence: 2, participation });
    const off = stage.open().records().at(-1)!;
    assert.deepEqual([off.record.value, off.record.by, off.record.policy], ['off', 'policy', 2]);
    assert.deepEqual([stage.outbox.waiting, stage.outbox.erasure?.record], [0, off.text]);
  }
});

test('a withdrawal by policy is finished after a kill at each step', async (t) => {
  for (const killAt of ['policy-written', 'outbox-emptied', 'record-appended', 'settings-written'] as const) {
    const stage = await ConsentStage.make(t);
    await give(stage, { participation: granted('extended') });
    stage.killAt = killAt;
    await assert.rejects(give(stage, { sequence: 2, participation: granted('off') }), Killed);
    assert.equal(stage.level(), 'off', killAt);
    await give(stage, { sequence: 2, participation: granted('off') });
    stage.outbox.confirm();
    assert.deepEqual([stage.level(), stage.open().records().length], ['off', 2], killAt);
  }
});

test('where the person said the machine is counts before the policy and the terms', async (t) => {
  for (const personal of [true, false]) {
    const stage = await ConsentStage.make(t);
    stage.hub.terms = signedTerms({ jurisdiction: 'US' });
    await stage.open().refresh(stage.hub.call);
    stage.choose({ level: 'standard', jurisdiction: 'DE' });
    const participation = granted('extended', { sharing: 'yes' }, { ...TERMS, jurisdiction: 'US' });
    const outcome = await give(stage, { personal, participation });
    assert.equal(outcome.kind, personal ? 'needs-person' : 'other-statement');
    const { consent, regime, sharing } = stage.open().current();
    assert.deepEqual([consent.level, regime, sharing.value], ['standard', 'opt-in', 'no']);
    assert.ok(
      stage
        .open()
        .records()
        .every(({ record }) => record.by === 'person'),
    );
  }
});

test('sharing by policy: recorded, and a person’s no stands', async (t) => {
  const stage = await ConsentStage.make(t);
  const uses = { sharing: 'yes', commercial: 'no' } as const;
  await give(stage, { participation: granted('standard', uses) });
  const { sharing, commercial } = stage.open().current();
  assert.deepEqual(
    [sharing, commercial.value],
    [{ value: 'yes', by: 'policy', counts: true, heldByTerms: false }, 'no'],
  );
  stage.choose({ sharing: 'no' });
  await give(stage, { sequence: 2, participation: granted('standard', uses) });
  assert.equal(stage.open().current().sharing.value, 'no');
});

test('a policy file that is gone, older or altered: off, an alarm, and only the hub can mend it', async (t) => {
  const harms: readonly [string, (stage: ConsentStage, first: Buffer) => void][] = [
    ['settings-deleted', (s) => rmSync(s.places.policy)],
    ['settings-older', (s, first) => writeFileSync(s.places.policy, first)],
    ['settings-altered', (s) => writeFileSync(s.places.policy, s.file('policy').subarray(1))],
  ];
  for (const [code, harm] of harms) {
    const stage = await ConsentStage.make(t);
    await give(stage, { maxLevel: 'extended' });
    const first = stage.file('policy');
    await give(stage, { sequence: 2, maxLevel: 'standard' });
    stage.choose({ level: 'extended' });
    assert.equal(stage.level(), 'standard');
    harm(stage, first);
    const state = stage.open().current();
    assert.equal(state.kind === 'alarm' && state.alarm.code, code);
    assert.throws(() => stage.choose({ level: 'extended' }), refused('conflict'));
    assert.deepEqual(await give(stage, { sequence: 2, maxLevel: 'standard' }), { kind: 'kept' });
    stage.choose({ level: 'extended' });
    assert.equal(stage.level(), 'standard', code);
  }
});

test('another receipt key of the hub: what was verified before is known again', async (t) => {
  const stage = await ConsentStage.make(t);
  await give(stage, { participation: granted('standard') });
  stage.world.pass(-400 * DAY); // the keys document does not count at that time
  const { kind, place } = stage.open().current();
  assert.deepEqual([kind, place.terms?.number], ['policy', 1]);
  assert.equal(POLICY.sequence, 1);
});
