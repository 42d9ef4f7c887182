// The log key of a hub: made, named in the keys document, replaced and destroyed.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keyId } from 'tocsin/protocol/ed25519.ts';
import { openNote, parseNote, parseVerifierKey, signNote } from 'tocsin/protocol/signed-note.ts';
import { exportRoot, rotateKeys, showKeys } from './commands.ts';
import type { MadeKeys } from './keys-fixture.ts';
import { madeKeys } from './keys-fixture.ts';
import { maintain, maintenanceWords } from './rotate.ts';
import { openKeys, storeDocument } from './store.ts';

/** The state of a hub of release 0.2.0: no log key in its document. */
async function oldHub(t: TestContext): Promise<MadeKeys> {
  const { directory, world, ring } = await madeKeys(t);
  const signer = ring.rootSigner()!;
  for (const name of logFiles(directory)) rmSync(join(directory, name));
  rmSync(join(directory, 'keys-00000001.json'));
  storeDocument(directory, signer, { ...ring.keys.document, log: null });
  return { directory, world, ring: openKeys(directory) };
}

function logFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => name.startsWith('log-'));
}

test('log key: a new hub has one; its document names the verifier of what it signs', async (t) => {
  const { directory, ring } = await madeKeys(t);
  const { log, hub } = ring.keys.document;
  const verifier = parseVerifierKey(log!);
  assert.equal(verifier.name, `${hub}/log`);
  assert.equal(ring.log?.verifierKey, log);
  assert.equal(openNote(parseNote(Buffer.from(signNote('x\n', [ring.log]))), [verifier]).kind, 'signed');
  const file = join(directory, `log-${keyId(verifier.publicKey)}.key`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(readFileSync(file, 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  assert.equal(showKeys(directory).log, log);
});

test('log key: a hub of an earlier release gets one by the next maintenance, and keeps its other keys', async (t) => {
  const { directory, world, ring } = await oldHub(t);
  const { age, tls, receipt, log } = ring.keys.document;
  assert.equal(log, null);
  assert.deepEqual(await maintain(ring, world), { kind: 'reissued' });
  const { document } = ring.keys;
  assert.equal(document.number, 2);
  assert.deepEqual([document.age, document.tls, document.receipt], [age, tls, receipt]);
  assert.equal(ring.log?.verifierKey, document.log);
  assert.equal(logFiles(directory).length, 1);
  assert.deepEqual(await maintain(ring, world), { kind: 'fresh' });
});

test('log key: with the root offline the operator is told what to run, and running it helps', async (t) => {
  const { directory, world, ring } = await oldHub(t);
  const rootKeyFile = `${directory}-root`;
  exportRoot(directory, rootKeyFile, { remove: true });
  const done = await maintain(ring, world);
  assert.deepEqual(done, { kind: 'log-key-wanted' });
  assert.match(maintenanceWords(done) ?? '', /keys rotate --root-key FILE/);
  await rotateKeys(directory, world, { rootKeyFile });
  assert.deepEqual(await maintain(ring, world), { kind: 'fresh' });
  assert.notEqual(ring.log, null);
});

test('log key: signing the same keys anew keeps it; rotation makes another and destroys the old one', async (t) => {
  const { directory, world, ring } = await madeKeys(t);
  const old = ring.log!;
  world.pass(61 * 86_400_000);
  assert.deepEqual(await maintain(ring, world), { kind: 'reissued' });
  assert.equal(ring.log?.verifierKey, old.verifierKey);
  const [file] = logFiles(directory);
  await rotateKeys(directory, world);
  ring.reload();
  assert.notEqual(ring.log?.verifierKey, old.verifierKey);
  assert.equal(ring.log?.verifierKey, ring.keys.document.log);
  assert.ok(!existsSync(join(directory, file!)));
  assert.equal(logFiles(directory).length, 1);
});

test('log key: a missing, damaged or foreign file is named, and a rotation gets the hub out of it', async (t) => {
  const other = await madeKeys(t);
  const foreign = readFileSync(join(other.directory, logFiles(other.directory)[0]!), 'utf8');
  for (const [text, code] of [
    [null, 'corrupt'],
    ['-----BEGIN', 'format'],
    [foreign, 'corrupt'],
  ] as const) {
    const { directory, world } = await madeKeys(t);
    const file = join(directory, logFiles(directory)[0]!);
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
    assert.throws(() => openKeys(directory).log, { code, message: /log/ });
    await rotateKeys(directory, world);
    assert.notEqual(openKeys(directory).log, null);
  }
});
