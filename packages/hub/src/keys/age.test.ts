// Age identities of a hub: made, replaced, kept for late messages, ended.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Decrypter, Encrypter } from 'age-encryption';
import { keyId } from 'tocsin/protocol/ed25519.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import { DAY } from '../server/hub-fixture.ts';
import { exportRoot, rotateKeys, showKeys } from './commands.ts';
import { markRestored } from './files.ts';
import type { MadeKeys } from './keys-fixture.ts';
import { madeKeys } from './keys-fixture.ts';
import { maintain, maintenanceWords } from './rotate.ts';
import type { KeyRing } from './store.ts';
import { openKeys, storeDocument } from './store.ts';

async function sealed(recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt('late');
}

async function opened(ring: KeyRing, id: string, body: Uint8Array): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(ring.ageIdentity(id) ?? '');
  return decrypter.decrypt(body, 'text');
}

/** The state of a hub of release 0.1.0: no recipient in its document. */
async function oldHub(t: TestContext): Promise<MadeKeys> {
  const { directory, world, ring } = await madeKeys(t);
  const signer = ring.rootSigner()!;
  for (const name of readdirSync(directory)) if (name.startsWith('age-')) rmSync(join(directory, name));
  rmSync(join(directory, 'keys-00000001.json'));
  storeDocument(directory, signer, { ...ring.keys.document, age: [] });
  return { directory, world, ring: openKeys(directory) };
}

test('age: a new hub has one recipient, named by its digest, whose identity opens what is sealed to it', async (t) => {
  const { directory, ring } = await madeKeys(t);
  const [first, ...more] = ring.keys.document.age;
  assert.equal(more.length, 0);
  assert.match(first!.recipient, /^age1[a-z0-9]{58}$/);
  assert.equal(first!.id, keyId(Buffer.from(first!.recipient)));
  const file = join(directory, `age-${first!.id}.key`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(readFileSync(file, 'utf8'), /^# public key: age1\S+\nAGE-SECRET-KEY-1\S+\n$/);
  assert.equal(await opened(ring, first!.id, await sealed(first!.recipient)), 'late');
  assert.deepEqual(showKeys(directory).age, [first!.recipient]);
});

test('age: a hub of an earlier release gets a recipient by the next maintenance, in a document with the next number', async (t) => {
  const { directory, world, ring } = await oldHub(t);
  assert.deepEqual(await maintain(ring, world), { kind: 'reissued' });
  assert.equal(ring.keys.document.number, 2);
  assert.equal(ring.keys.document.age.length, 1);
  assert.ok(ring.ageIdentity(ring.keys.document.age[0]!.id) !== null);
  assert.deepEqual(await maintain(ring, world), { kind: 'fresh' });
  assert.equal(openKeys(directory).keys.document.tls.length, 1);
});

test('age: with the root offline the operator is told what to run, and running it helps', async (t) => {
  const { directory, world, ring } = await oldHub(t);
  const rootKeyFile = `${directory}-root`;
  exportRoot(directory, rootKeyFile, { remove: true });
  const done = await maintain(ring, world);
  assert.deepEqual(done, { kind: 'recipient-wanted' });
  assert.match(maintenanceWords(done) ?? '', /keys rotate --root-key FILE/);
  await rotateKeys(directory, world, { rootKeyFile });
  assert.deepEqual(await maintain(ring, world), { kind: 'fresh' });
  assert.equal(ring.keys.document.age.length, 1);
});

test('restored: the next document has a number that the hub cannot have counted to, and machines take it', async (t) => {
  const { directory, world, ring } = await madeKeys(t);
  const now = unixSeconds(world.clock);
  markRestored(directory, now);
  assert.deepEqual(await maintain(ring, world), { kind: 'reissued' });
  assert.equal(ring.keys.document.number, now);
  assert.deepEqual(await maintain(ring, world), { kind: 'fresh' });
  await rotateKeys(directory, world);
  assert.equal(showKeys(directory).number, now + 1);
});

test('restored: with the root offline the operator is told what to run, and running it helps', async (t) => {
  const { directory, world, ring } = await madeKeys(t);
  const rootKeyFile = `${directory}-root`;
  exportRoot(directory, rootKeyFile, { remove: true });
  markRestored(directory, unixSeconds(world.clock));
  const done = await maintain(ring, world);
  assert.deepEqual(done, { kind: 'restored' });
  assert.match(maintenanceWords(done) ?? '', /keys rotate --root-key FILE/);
  await rotateKeys(directory, world, { rootKeyFile });
  assert.deepEqual(await maintain(ring, world), { kind: 'fresh' });
});

test('age: rotation makes a new first recipient; the old one opens late messages until its time is over', async (t) => {
  const { directory, world, ring } = await madeKeys(t);
  const old = ring.keys.document.age[0]!;
  const late = await sealed(old.recipient);
  await rotateKeys(directory, world);
  ring.reload();
  assert.equal(ring.keys.document.age.length, 2);
  assert.notEqual(ring.keys.document.age[0]!.id, old.id);
  assert.equal(ring.keys.document.age[1]!.id, old.id);
  assert.equal(await opened(openKeys(directory), old.id, late), 'late');
  world.pass(184 * DAY);
  await maintain(ring, world);
  assert.ok(ring.keys.document.age.some(({ id }) => id === old.id));
  world.pass(2 * DAY);
  await rotateKeys(directory, world);
  ring.reload();
  assert.ok(!ring.keys.document.age.some(({ id }) => id === old.id));
  assert.ok(!existsSync(join(directory, `age-${old.id}.key`)));
  assert.equal(openKeys(directory).ageIdentity(old.id), null);
});

test('age: after a theft nobody seals to the old recipient any more, and late messages are still opened', async (t) => {
  const { directory, world, ring } = await madeKeys(t);
  const old = ring.keys.document.age[0]!;
  const late = await sealed(old.recipient);
  await rotateKeys(directory, world, { dropOld: true });
  const again = openKeys(directory);
  assert.equal(again.keys.document.age.length, 1);
  assert.notEqual(again.keys.document.age[0]!.id, old.id);
  assert.equal(await opened(again, old.id, late), 'late');
});

test('age: a damaged identity is named, and an unknown one is null', async (t) => {
  const { directory, ring } = await madeKeys(t);
  const { id } = ring.keys.document.age[0]!;
  writeFileSync(join(directory, `age-${id}.key`), '# nothing\n');
  assert.throws(() => ring.ageIdentity(id), { code: 'corrupt', message: /age-/ });
  assert.equal(ring.ageIdentity('00'.repeat(16)), null);
});

test('receipt key: the ring signs with the key that the document names, and says so where it is missing', async (t) => {
  const { directory, ring } = await madeKeys(t);
  assert.equal(ring.receipt.id, ring.keys.document.receipt!.id);
  assert.equal(ring.receipt.publicKey.length, 32);
  rmSync(join(directory, `receipt-${ring.receipt.id}.key`));
  assert.throws(() => openKeys(directory).receipt, { code: 'corrupt' });
});
