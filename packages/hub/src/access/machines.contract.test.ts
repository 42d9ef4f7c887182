// The contract of marks, public keys and copies of machines, run over both implementations.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AccessStore, OpenStore } from './contract-fixture.ts';
import {
  bytes,
  cloneOf,
  describeStores,
  enrolled,
  HOUR,
  NOW,
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

  test('a machine gets the marks of its token, and they can be changed one by one', async () => {
    const secret = new Uint8Array(randomBytes(32));
    const marks = { managed: true, personal: true, group: 'lab' };
    await store.addToken(secret, NOW, NOW + HOUR, marks);
    const { machineId } = redemption(secret);
    await store.redeem(redemption(secret, { machineId }));
    assert.deepEqual((await store.findMachine(machineId))!.marks, marks);
    assert.equal(await store.mark(machineId, { personal: false }), true);
    assert.deepEqual((await store.findMachine(machineId))!.marks, { ...marks, personal: false });
    assert.equal(await store.mark(machineId, { managed: false, group: null }), true);
    assert.deepEqual((await store.findMachine(machineId))!.marks, NO_MARKS);
    assert.equal(await store.mark(randomUUID(), { managed: true }), false);
  });

  test('a public key is kept for the key to which it belongs, and for no other', async () => {
    const { id, key } = await enrolled(store);
    const second = new Uint8Array(randomBytes(32));
    const renewal = { shownKey: key, newKey: second, newPublicKey: spkiFor(second), at: NOW, expiresAt: NOW };
    await store.renew({ machineId: id, ...renewal });
    await store.keepPublicKey(id, key, spkiFor(key));
    await store.keepPublicKey(id, new Uint8Array(32), new Uint8Array(91));
    const row = (await store.findMachine(id))!;
    assert.equal(bytes(row.publicKey), bytes(spkiFor(second)));
    assert.equal(bytes(row.formerPublicKey), bytes(spkiFor(key)));
    await store.keepPublicKey(id, second, new Uint8Array(91));
    assert.equal(bytes((await store.findMachine(id))!.publicKey), '00'.repeat(91));
  });

  test('a copy becomes a machine of its own with the marks of its origin, and the same again for the same key', async () => {
    const { id, key } = await enrolled(store);
    await store.mark(id, { managed: true, group: 'lab' });
    const wanted = cloneOf(id);
    assert.deepEqual(await store.clone(wanted), { kind: 'enrolled', machineId: wanted.machineId });
    const row = (await store.findMachine(wanted.machineId))!;
    assert.equal(row.clonedFrom, id);
    assert.deepEqual(row.marks, { managed: true, personal: false, group: 'lab' });
    const again = { ...wanted, machineId: randomUUID(), expiresAt: NOW + 80 * HOUR };
    assert.deepEqual(await store.clone(again), { kind: 'repeated', machineId: wanted.machineId });
    assert.equal((await store.findMachine(wanted.machineId))!.expiresAt, NOW + 80 * HOUR);
    assert.deepEqual(await store.clone(cloneOf(id, { key })), { kind: 'same-key' });
    assert.deepEqual(await store.clone(cloneOf(randomUUID())), { kind: 'refused' });
  });

  test('of many copies at once no more than the limit of a day enrol', async () => {
    const { id } = await enrolled(store);
    const kinds = (await Promise.all(Array.from({ length: 8 }, () => store.clone(cloneOf(id))))).map(
      ({ kind }) => kind,
    );
    assert.equal(kinds.filter((kind) => kind === 'enrolled').length, 3);
    assert.equal(kinds.filter((kind) => kind === 'too-many').length, 5);
    const later = { at: NOW + 25 * HOUR, since: NOW + HOUR };
    assert.equal((await store.clone(cloneOf(id, later))).kind, 'enrolled');
  });

  test('revoking with copies reaches copies of copies, and a revoked machine makes none', async () => {
    const { id } = await enrolled(store);
    const first = cloneOf(id);
    await store.clone(first);
    const second = cloneOf(first.machineId);
    await store.clone(second);
    await store.revoke(second.machineId, NOW);
    const third = cloneOf(first.machineId);
    await store.clone(third);
    await store.revoke(id, NOW);
    assert.deepEqual(await store.clone(cloneOf(id)), { kind: 'refused' });
    const revoked = await store.revokeClones(id, NOW + 7);
    assert.deepEqual([...revoked].sort(), [first.machineId, third.machineId].sort());
    assert.equal((await store.findMachine(third.machineId))!.revokedAt, NOW + 7);
    assert.deepEqual(await store.revokeClones(id, NOW + 8), []);
  });
}
