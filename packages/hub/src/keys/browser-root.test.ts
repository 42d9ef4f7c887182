// The root for browsers: what is in it, and what is refused in its place. Over real connections: browser-certificate.test.ts
// of hash-lists/.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemWorld } from 'tocsin/protocol/world.ts';
import { makeKey } from './authority.ts';
import {
  findBrowserRoot,
  issueForBrowsers,
  nameConstraints,
  openBrowserRoot,
  rootFileOf,
} from './browser-root.ts';

const SPECIFICATION = join(import.meta.dirname, '../../../../spec/hash-lists.md');

function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('browsers: a root is made where one is wanted, never by looking for it', async (t) => {
  const keys = temporary(t);
  assert.equal(findBrowserRoot(keys, 'lists.example'), null);
  assert.equal(findBrowserRoot(join(keys, 'absent'), 'lists.example'), null);
  const { certificate } = await openBrowserRoot(keys, 'lists.example', systemWorld);
  assert.equal(
    findBrowserRoot(keys, 'lists.example')?.certificate.fingerprint256,
    certificate.fingerprint256,
  );
  assert.equal(findBrowserRoot(keys, 'lsits.example'), null);
});

test('browsers: the constraints of a root have the bytes that the specification shows', () => {
  for (const name of ['lists.example', '192.0.2.7']) {
    const hex = Buffer.from(nameConstraints(name)).toString('hex');
    assert.ok(readFileSync(SPECIFICATION, 'utf8').split('\n').includes(hex), hex);
  }
});

// Never to be given up, though OpenSSL and Firefox 153 refuse the stars of neighbours without it: see nameConstraints.
test('browsers: a root for a name excludes all that is below it, which also stops stars of its neighbours', async (t) => {
  const { certificate } = await openBrowserRoot(temporary(t), 'lists.corp.example', systemWorld);
  const below = '.lists.corp.example';
  const general = Buffer.concat([Buffer.from([0x82, below.length]), Buffer.from(below)]);
  const subtree = Buffer.concat([Buffer.from([0x30, general.length]), general]);
  const excluded = certificate.raw.subarray(certificate.raw.indexOf(Buffer.from('551d1e', 'hex')));
  const at = excluded.indexOf(subtree);
  assert.ok(at > 2);
  assert.equal(excluded[at - 2], 0xa1, 'the first of the excluded');
});

test('browsers: a damaged root is refused, never replaced unasked', async (t) => {
  const keys = temporary(t);
  await openBrowserRoot(keys, 'damaged.example', systemWorld);
  const file = join(keys, rootFileOf('damaged.example'));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const whole = readFileSync(file, 'utf8');
  for (const text of ['', whole.slice(0, 200), whole.slice(whole.indexOf('-----BEGIN PRIVATE'))]) {
    writeFileSync(file, text);
    await assert.rejects(openBrowserRoot(keys, 'damaged.example', systemWorld), { code: 'corrupt' });
  }
});

test('browsers: a root of another name, or one that another signed, is refused', async (t) => {
  const keys = temporary(t);
  const [name, other] = ['mine.example', 'theirs.example'];
  const root = await openBrowserRoot(keys, name, systemWorld);
  await openBrowserRoot(keys, other, systemWorld);
  const [file, theirs] = [join(keys, rootFileOf(name)), join(keys, rootFileOf(other))];
  const key = makeKey();
  const leaf = await issueForBrowsers(root, name, createPublicKey(key), systemWorld);
  const signed = `${leaf}\n${key.export({ type: 'pkcs8', format: 'pem' })}`;
  for (const [text, message] of [
    [readFileSync(theirs, 'utf8'), /is not constrained to 'mine\.example' alone, want/],
    [signed, /did not sign itself, want/],
  ] as const) {
    writeFileSync(file, text);
    assert.throws(() => findBrowserRoot(keys, name), { code: 'corrupt', message });
    await assert.rejects(openBrowserRoot(keys, name, systemWorld), { code: 'corrupt' });
  }
});
