import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { DAY, SeededWorld } from '../server/hub-fixture.ts';
import { openBrowserRoot } from './browser-root.ts';
import { exportRoot, rotateKeys, showKeys } from './commands.ts';
import { HUB_KEY_LIMITS } from './config.ts';
import { openGroupSecret } from './group-secret.ts';
import { logKeyFile, storeLogKey } from './log-key.ts';
import { maintain, reissue, rotate } from './rotate.ts';
import { createKeys, openKeys, storeAuthority } from './store.ts';

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'keys');
}

async function made(t: TestContext): Promise<{ directory: string; world: SeededWorld }> {
  const directory = temporary(t);
  const world = new SeededWorld();
  await createKeys(directory, world);
  return { directory, world };
}

function code(want: string): (error: unknown) => boolean {
  return (error) => error instanceof TocsinError && error.code === want;
}

test('keys: made once, they are the same when opened again, and readable by their owner only', async (t) => {
  const { directory, world } = await made(t);
  const first = openKeys(directory);
  await createKeys(directory, world);
  const second = openKeys(directory);
  assert.equal(second.root.id, first.root.id);
  assert.equal(second.keys.text, first.keys.text);
  assert.equal(first.keys.document.number, 1);
  assert.ok(first.issuing.certificate.checkPrivateKey(first.issuing.privateKey));
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  for (const name of readdirSync(directory))
    assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600, name);
});

test('keys: several processes that make them at once agree on one root and one document', async (t) => {
  const directory = temporary(t);
  await Promise.all([1, 2, 3, 4].map((n) => createKeys(directory, new SeededWorld(String(n)))));
  const ring = openKeys(directory);
  assert.equal(ring.keys.document.number, 1);
  assert.equal(readdirSync(directory).filter((name) => name.startsWith('keys-')).length, 1);
});

test('keys: whichever file was the last before a crash, the next start completes them', async (t) => {
  const { directory, world } = await made(t);
  const { root } = openKeys(directory);
  rmSync(join(directory, 'keys-00000001.json'));
  await createKeys(directory, world);
  assert.equal(openKeys(directory).root.id, root.id);
  for (const name of readdirSync(directory)) if (name !== 'root.key') rmSync(join(directory, name));
  await createKeys(directory, world);
  assert.equal(openKeys(directory).root.id, root.id);
});

test('keys: a root from a file makes the hub, and is not copied', async (t) => {
  const directory = temporary(t);
  const file = `${directory}-root.pem`;
  writeFileSync(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await createKeys(directory, new SeededWorld(), file);
  assert.equal(showKeys(directory).rootHere, false);
  assert.ok(!existsSync(join(directory, 'root.key')));
});

test('keys: a damaged or missing file is named, and nothing is made in its place', async (t) => {
  for (const pattern of [/^keys-/, /^authority-/, /^root\.pub$/]) {
    const { directory, world } = await made(t);
    const name = readdirSync(directory).find((entry) => pattern.test(entry))!;
    const path = join(directory, name);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
    writeFileSync(path, bytes);
    await createKeys(directory, world);
    assert.throws(() => openKeys(directory), TocsinError, name);
    assert.deepEqual(readFileSync(path), bytes);
  }
  const { directory } = await made(t);
  rmSync(join(directory, readdirSync(directory).find((name) => name.startsWith('authority-'))!));
  assert.throws(() => openKeys(directory), code('corrupt'));
  assert.throws(() => openKeys(temporaryEmpty(t)), code('not-found'));
});

function temporaryEmpty(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('rotation: the new authority issues, the old one counts until its last certificate cannot be renewed', async (t) => {
  const { directory, world } = await made(t);
  const ring = openKeys(directory);
  const old = ring.keys.document.tls[0]!;
  world.pass(10 * DAY);
  await rotate(ring, ring.rootSigner()!, world);
  const [first, second, ...more] = ring.keys.document.tls;
  assert.equal(ring.keys.document.number, 2);
  assert.notEqual(first!.id, old.id);
  assert.equal(second!.id, old.id);
  assert.equal(second!.notAfter, Math.floor(world.clock.now() / 1000) + 185 * 86_400);
  assert.equal(more.length, 0);
  assert.ok(!existsSync(join(directory, `authority-${old.id}.key`)), 'its private key is gone');
  world.pass(187 * DAY);
  await reissue(ring, ring.rootSigner()!, world);
  assert.deepEqual(
    ring.keys.document.tls.map(({ id }) => id),
    [first!.id],
  );
});

test('rotation: after a theft the old authority is dropped at once', async (t) => {
  const { directory, world } = await made(t);
  const old = openKeys(directory).keys.document.tls[0]!;
  const summary = await rotateKeys(directory, world, { dropOld: true });
  assert.equal(summary.authorities.length, 1);
  assert.notEqual(summary.authorities[0]!.id, old.id);
});

test('rotation: two at once make two numbers, or one of them is refused; never one number twice', async (t) => {
  const { directory, world } = await made(t);
  const results = await Promise.allSettled([1, 2, 3].map(() => rotateKeys(directory, world)));
  const done = results.filter(({ status }) => status === 'fulfilled').length;
  for (const result of results)
    if (result.status === 'rejected') assert.ok(code('conflict')(result.reason), String(result.reason));
  assert.ok(done >= 1);
  const ring = openKeys(directory);
  assert.equal(ring.keys.document.number, 1 + done);
});

test('rotation: a ring that is open sees what another process made', async (t) => {
  const { directory, world } = await made(t);
  const ring = openKeys(directory);
  assert.equal(ring.reload(), false);
  await rotateKeys(directory, world);
  assert.equal(ring.reload(), true);
  assert.equal(ring.keys.document.number, 2);
  assert.ok(ring.issuing.certificate.checkPrivateKey(ring.issuing.privateKey));
});

test('rotation: a root that is not this hub is refused', async (t) => {
  const { directory, world } = await made(t);
  const other = await made(t);
  const rootKeyFile = join(other.directory, 'root.key');
  await assert.rejects(rotateKeys(directory, world, { rootKeyFile }), code('pin'));
});

/** As if all files had been written `seconds` before now. */
function age(directory: string, world: SeededWorld, seconds: number): void {
  const at = world.clock.now() / 1000 - seconds;
  for (const name of readdirSync(directory)) utimesSync(join(directory, name), at, at);
}

function signingKeys(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => /^(?:authority|log)-/.test(name))
    .sort();
}

/** Of a hub that was rotated while nothing failed: of the authorities only the first one has its private key. */
function namedKeys(directory: string): readonly string[] {
  const { tls, log } = openKeys(directory).keys.document;
  return [`authority-${tls[0]!.id}.key`, logKeyFile(log!)].sort();
}

test('maintenance: private keys that a killed rotation left are removed, once no rotation can be at work', async (t) => {
  const { directory, world } = await made(t);
  const ring = openKeys(directory);
  const [old] = ring.keys.document.tls;
  const left = signingKeys(directory).map((name) => [name, readFileSync(join(directory, name))] as const);
  await rotateKeys(directory, world, { dropOld: true });
  for (const [name, bytes] of left) writeFileSync(join(directory, name), bytes, { mode: 0o600 });
  await openBrowserRoot(directory, 'lists.example', world);
  openGroupSecret(directory, world);
  const all = readdirSync(directory);
  const limit = HUB_KEY_LIMITS.unnamedKeyAge;
  age(directory, world, limit - 1);
  assert.equal((await maintain(ring, world)).kind, 'fresh');
  assert.deepEqual(readdirSync(directory), all, 'they may be of a rotation at work');
  age(directory, world, limit + 1);
  assert.equal((await maintain(ring, world)).kind, 'fresh');
  const names = left.map(([name]) => name);
  assert.ok(names.includes(`authority-${old!.id}.key`) && names.length === 2);
  assert.deepEqual(
    readdirSync(directory),
    all.filter((name) => !names.includes(name)),
    'and nothing else is',
  );
  assert.deepEqual(signingKeys(directory), namedKeys(directory));
});

test('maintenance: an old authority that is still named keeps its private key until the next rotation', async (t) => {
  const { directory, world } = await made(t);
  const ring = openKeys(directory);
  const name = `authority-${ring.keys.document.tls[0]!.id}.key`;
  const bytes = readFileSync(join(directory, name));
  await rotateKeys(directory, world);
  writeFileSync(join(directory, name), bytes, { mode: 0o600 });
  age(directory, world, 2 * HUB_KEY_LIMITS.unnamedKeyAge);
  await maintain(ring, world);
  assert.ok(existsSync(join(directory, name)));
  await rotateKeys(directory, world);
  assert.deepEqual(signingKeys(directory), namedKeys(directory));
});

test('maintenance: what the losers of rotations at once made is removed, and the hub goes on', async (t) => {
  const { directory, world } = await made(t);
  await Promise.allSettled([1, 2, 3].map(() => rotateKeys(directory, world)));
  await storeAuthority(directory, openKeys(directory).root.id, world);
  storeLogKey(directory, openKeys(directory).root.id);
  age(directory, world, 2 * HUB_KEY_LIMITS.unnamedKeyAge);
  await maintain(openKeys(directory), world);
  assert.deepEqual(signingKeys(directory), namedKeys(directory));
  const ring = openKeys(directory);
  assert.ok(ring.issuing.certificate.checkPrivateKey(ring.issuing.privateKey));
  assert.ok(ring.log !== null && ring.receipt !== null);
  for (const { id } of ring.keys.document.age) assert.notEqual(ring.ageIdentity(id), null);
});

test('maintenance: documents are signed again in time, and authorities replaced in time', async (t) => {
  const { directory, world } = await made(t);
  const ring = openKeys(directory);
  assert.equal((await maintain(ring, world)).kind, 'fresh');
  world.pass(61 * DAY);
  assert.equal((await maintain(ring, world)).kind, 'reissued');
  assert.equal(ring.keys.document.number, 2);
  world.pass(4 * 365 * DAY);
  assert.equal((await maintain(ring, world)).kind, 'rotated');
  assert.equal(ring.keys.document.tls.length, 2);
  assert.equal((await maintain(ring, world)).kind, 'fresh');
});

test('maintenance: with the root offline the operator is told from 30 days before the end', async (t) => {
  const { directory, world } = await made(t);
  exportRoot(directory, `${directory}-root`, { remove: true });
  const ring = openKeys(directory);
  world.pass(149 * DAY);
  assert.equal((await maintain(ring, world)).kind, 'fresh');
  world.pass(2 * DAY);
  const told = await maintain(ring, world);
  assert.deepEqual(told, { kind: 'root-wanted', deadline: ring.keys.document.expires });
  await rotateKeys(directory, world, { rootKeyFile: `${directory}-root` });
  assert.equal((await maintain(ring, world)).kind, 'fresh');
  assert.equal(
    ring.keys.document.expires,
    Math.floor(world.clock.now() / 1000) + HUB_KEY_LIMITS.documentLifetime,
  );
});

test('export: the root goes to a new file only, and is removed only when the copy is the root', async (t) => {
  const { directory } = await made(t);
  const file = `${directory}-root`;
  const text = readFileSync(join(directory, 'root.key'), 'utf8');
  exportRoot(directory, file, { remove: false });
  assert.equal(readFileSync(file, 'utf8'), text);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.throws(() => exportRoot(directory, file, { remove: true }), code('conflict'));
  assert.equal(showKeys(directory).rootHere, true);
  rmSync(file);
  exportRoot(directory, file, { remove: true });
  assert.equal(showKeys(directory).rootHere, false);
  assert.throws(() => exportRoot(directory, `${file}2`, { remove: true }), code('not-found'));
});
