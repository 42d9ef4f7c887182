// Terms against real records and keys: a new number with each change, signed, kept, followed by every node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyTerms } from 'tocsin/catalog/terms.ts';
import type { IntakeHub } from '../intake/intake-fixture.ts';
import { settingsFor, startIntakeHub } from '../intake/intake-fixture.ts';
import { call } from '../intake/machine-fixture.ts';
import { CurrentTerms, newestTerms, publishTerms, termsOf } from './terms.ts';
import type { TermsSettings } from './terms-settings.ts';
import { termsFrom } from './terms-settings.ts';

let hub: IntakeHub;
before(async () => {
  hub = await startIntakeHub({ operatorName: 'Example', retentionDays: 60 });
});
after(() => hub.close());

const publish = (settings: Partial<TermsSettings>): ReturnType<typeof publishTerms> =>
  publishTerms({
    db: hub.hub.db,
    keys: hub.keys,
    world: hub.world,
    content: termsFrom(settingsFor({ operatorName: 'Example', retentionDays: 60, ...settings })),
  });

test('terms: the same settings are no new terms, another one is the next number, and all are kept', async () => {
  assert.equal((await publish({})).kind, 'unchanged');
  const first = hub.participation.terms.current;
  hub.world.pass(60_000);
  const { kind, signed } = await publish({ privacyContact: 'privacy@example.org' });
  assert.equal(kind, 'changed');
  assert.equal(signed.terms.number, 2);
  assert.equal(signed.terms.issued, first.terms.issued + 60);
  assert.equal(signed.fingerprint, first.fingerprint, 'a contact needs no new yes');
  assert.notEqual((await publish({ retentionDays: 90 })).signed.fingerprint, first.fingerprint);
  assert.equal((await termsOf(hub.hub.db, hub.keys, 1))!.text, first.text);
  assert.equal(await termsOf(hub.hub.db, hub.keys, 99), null);
});

test('terms: a shorter retention is looked at anew for what is stored, and a contact is not', async () => {
  const machine = await hub.machine();
  await machine.send({
    message: 'tamper-alarm',
    reason: 'settings',
    items: { 'connection.alarm_code': 'cloned' },
  });
  const due = async (): Promise<boolean> => {
    const [row] = await hub.hub.db.query<{ due: boolean }>(
      'SELECT sweep_at <= $2 AS due FROM message WHERE machine = $1',
      [machine.id, new Date(hub.world.clock.now())],
    );
    return row!.due;
  };
  await publish({ retentionDays: 90, privacyContact: 'other@example.org' });
  assert.equal(await due(), false);
  await publish({ retentionDays: 30, privacyContact: 'other@example.org' });
  assert.equal(await due(), true);
});

test('terms: they are served to anyone, signed by the receipt key, and every node follows', async () => {
  const follower = await CurrentTerms.open(hub.hub.db, hub.keys);
  const stop = await follower.follow(() => {});
  const { signed } = await publish({ authority: 'an authority' });
  while (follower.current.terms.number < signed.terms.number) await sleep(5);
  while (hub.participation.terms.current.terms.number < signed.terms.number) await sleep(5);
  await stop();
  const { status, text, headers } = await call(hub.port, 'GET', '/v1/terms');
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^application\/json/);
  assert.equal(verifyTerms(text, hub.keys.receipt.publicKey).authority, 'an authority');
});

test('terms: several nodes that start at once with one change make one number', async () => {
  const before = (await newestTerms(hub.hub.db, hub.keys))!.terms.number;
  const results = await Promise.all(
    [1, 2, 3, 4].map(() => publish({ securityContact: 'security@example.org' })),
  );
  assert.equal(results.filter(({ kind }) => kind === 'changed').length, 1);
  assert.ok(results.every(({ signed }) => signed.terms.number === before + 1));
});

test('terms: those that the receipt key did not sign are refused, and signed anew at the next start', async () => {
  const { signed } = await publish({ securityContact: 'security@example.org' });
  await hub.hub.db.execute('UPDATE terms SET text = $2 WHERE number = $1', [
    signed.terms.number,
    signed.text.replace(/"sig":"[^"]{8}/, '"sig":"AAAAAAAA'),
  ]);
  await assert.rejects(newestTerms(hub.hub.db, hub.keys), { code: 'pin' });
  const again = await publish({ securityContact: 'security@example.org' });
  assert.deepEqual([again.kind, again.signed.terms.number], ['changed', signed.terms.number + 1]);
});

test('hint: an operator who is not named is told so in the log', () => {
  assert.ok(hub.log.some((line) => /set operatorAddress, operatorContact, storagePlaces/.test(line)));
  assert.ok(!hub.log.some((line) => /operatorName/.test(line)));
});
