// One contract, run over both implementations of TokenStore and MachineStore.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AccessStore, OpenStore } from './contract-fixture.ts';
import {
  bytes,
  describeStores,
  enrolled,
  HOUR,
  NOW,
  newToken,
  redemption,
  spkiFor,
} from './contract-fixture.ts';
import { NO_MARKS } from './store.ts';

describeStores(contract);

function contract(open: () => Promise<OpenStore>): void {
  let store: AccessStore;
  let close: () => Promise<void>;
  before(async () => {
    ({ store, close } = await open());
  });
  after(() => close());

  test('a token enrols one machine, and then is used', async () => {
    const secret = await newToken(store);
    assert.deepEqual(await store.tokenState(secret, NOW), { kind: 'usable' });
    const wanted = redemption(secret);
    assert.deepEqual(await store.redeem(wanted), { kind: 'enrolled', machineId: wanted.machineId });
    assert.deepEqual(await store.tokenState(secret, NOW), { kind: 'used' });
    assert.deepEqual(await store.redeem(redemption(secret)), { kind: 'used' });
    const row = await store.findMachine(wanted.machineId);
    assert.equal(bytes(row!.key), bytes(wanted.key));
    assert.deepEqual(
      { ...row, key: null, publicKey: bytes(row!.publicKey) },
      {
        id: wanted.machineId,
        key: null,
        formerKey: null,
        publicKey: bytes(wanted.publicKey),
        formerPublicKey: null,
        marks: NO_MARKS,
        clonedFrom: null,
        enrolledAt: NOW,
        renewedAt: NOW,
        expiresAt: NOW + 72 * HOUR,
        revokedAt: null,
      },
    );
  });

  test('of many at once with one token exactly one enrols', async () => {
    const secret = await newToken(store);
    const tries = Array.from({ length: 12 }, () => redemption(secret));
    const kinds = (await Promise.all(tries.map((wanted) => store.redeem(wanted)))).map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === 'enrolled').length, 1);
    assert.equal(kinds.filter((kind) => kind === 'used').length, 11);
    const rows = await Promise.all(tries.map(({ machineId }) => store.findMachine(machineId)));
    assert.equal(rows.filter((row) => row !== null).length, 1);
  });

  test('the same key may show its token again, also at once, and stays the same machine', async () => {
    const secret = await newToken(store);
    const key = new Uint8Array(randomBytes(32));
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => store.redeem(redemption(secret, { key }))),
    );
    const ids = new Set(
      outcomes.map((outcome) => ('machineId' in outcome ? outcome.machineId : outcome.kind)),
    );
    assert.equal(ids.size, 1);
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['enrolled', ...Array(5).fill('repeated')]);
  });

  test('the same key is refused once the token has ended, or its machine is revoked', async () => {
    const secret = await newToken(store);
    const wanted = redemption(secret);
    await store.redeem(wanted);
    assert.deepEqual(await store.redeem({ ...wanted, at: NOW + HOUR }), { kind: 'used' });
    await store.revoke(wanted.machineId, NOW);
    assert.deepEqual(await store.redeem(wanted), { kind: 'used' });
  });

  test('a token ends at its time, and an unknown one is foreign', async () => {
    const secret = await newToken(store);
    assert.deepEqual(await store.tokenState(secret, NOW + HOUR - 1), { kind: 'usable' });
    assert.deepEqual(await store.tokenState(secret, NOW + HOUR), { kind: 'expired' });
    assert.deepEqual(await store.redeem(redemption(secret, { at: NOW + HOUR })), { kind: 'expired' });
    const unknown = new Uint8Array(randomBytes(32));
    assert.deepEqual(await store.tokenState(unknown, NOW), { kind: 'foreign' });
    assert.deepEqual(await store.redeem(redemption(unknown)), { kind: 'foreign' });
  });

  test('swept tokens are forgotten, the others stay', async () => {
    const old = await newToken(store, 1_000);
    const young = await newToken(store, HOUR);
    assert.ok((await store.sweepTokens(NOW + 2_000)) >= 1);
    assert.deepEqual(await store.tokenState(old, NOW), { kind: 'foreign' });
    assert.deepEqual(await store.tokenState(young, NOW), { kind: 'usable' });
  });

  test('a renewal for the same key leaves one key', async () => {
    const { id, key } = await enrolled(store);
    const expiresAt = NOW + 100 * HOUR;
    assert.equal(
      await store.renew({
        machineId: id,
        shownKey: key,
        newKey: key,
        newPublicKey: spkiFor(key),
        at: NOW + 1,
        expiresAt,
      }),
      true,
    );
    const row = await store.findMachine(id);
    assert.equal(row!.formerKey, null);
    assert.equal(row!.renewedAt, NOW + 1);
    assert.equal(row!.expiresAt, expiresAt);
  });

  test('a renewal for a new key keeps the former one until the new one is seen', async () => {
    const { id, key } = await enrolled(store);
    const second = new Uint8Array(randomBytes(32));
    const third = new Uint8Array(randomBytes(32));
    const renew = (shownKey: Uint8Array, newKey: Uint8Array): Promise<boolean> =>
      store.renew({
        machineId: id,
        shownKey,
        newKey,
        newPublicKey: spkiFor(newKey),
        at: NOW,
        expiresAt: NOW + HOUR,
      });
    const first = bytes((await store.findMachine(id))!.publicKey);
    assert.equal(await renew(key, second), true);
    assert.equal(bytes((await store.findMachine(id))!.formerKey), bytes(key));
    assert.equal(bytes((await store.findMachine(id))!.publicKey), bytes(spkiFor(second)));
    assert.equal(bytes((await store.findMachine(id))!.formerPublicKey), first);
    assert.equal(await renew(key, third), true, 'the answer was lost: asked again under the former key');
    assert.equal(bytes((await store.findMachine(id))!.publicKey), bytes(spkiFor(third)));
    assert.equal(bytes((await store.findMachine(id))!.formerPublicKey), first);
    await store.settleKey(id, second);
    assert.equal(
      bytes((await store.findMachine(id))!.formerKey),
      bytes(key),
      'a key that is not the newest settles nothing',
    );
    await store.settleKey(id, third);
    assert.equal((await store.findMachine(id))!.formerKey, null);
    assert.equal((await store.findMachine(id))!.formerPublicKey, null);
    assert.equal(await renew(key, second), false);
    assert.equal(await renew(second, second), false);
    assert.equal(await renew(third, third), true);
  });

  test('a revoked or unknown machine does not renew, and is revoked once', async () => {
    const { id, key } = await enrolled(store);
    assert.equal(await store.revoke(id, NOW + 5), true);
    assert.equal(await store.revoke(id, NOW + 6), false);
    assert.equal((await store.findMachine(id))!.revokedAt, NOW + 5);
    const renewal = { shownKey: key, newKey: key, newPublicKey: key, at: NOW, expiresAt: NOW };
    assert.equal(await store.renew({ machineId: id, ...renewal }), false);
    assert.equal(await store.renew({ machineId: randomUUID(), ...renewal }), false);
    assert.equal(await store.revoke(randomUUID(), NOW), false);
    assert.equal(await store.findMachine(randomUUID()), null);
    assert.ok((await store.revokedSince(NOW + 5)).includes(id));
    assert.ok(!(await store.revokedSince(NOW + 6)).includes(id));
  });

  test('machines are listed in pages, each once', async () => {
    for (let i = 0; i < 5; i++) await enrolled(store);
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await store.listMachines(after, 2);
      ids.push(...page.map(({ id }) => id));
      if (page.length < 2) break;
      after = page.at(-1)!.id;
    }
    assert.ok(ids.length >= 5);
    assert.deepEqual(ids, [...new Set(ids)].sort());
  });
}
