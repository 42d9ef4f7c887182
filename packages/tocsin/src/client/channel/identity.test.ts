import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { rootKeyOf } from '../../protocol/ed25519.ts';
import { TocsinError } from '../../protocol/errors.ts';
import { type Home, homeAt } from '../state/home.ts';
import { makeMachineKey } from './csr.ts';
import { dropPending, loadJoined, loadPending, requireJoined, savePending } from './identity.ts';

function newHome(t: TestContext): Home {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const home = homeAt(directory);
  mkdirSync(home.identity, { mode: 0o700 });
  return home;
}

function refused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof TocsinError && error.code === code;
}

test('identity: none is null, and named where one is needed', (t) => {
  const home = newHome(t);
  assert.equal(loadJoined(home), null);
  assert.throws(() => requireJoined(home), refused('not-joined'));
});

test('identity: anything in the file that is none is corrupt, never absent and never used', (t) => {
  const home = newHome(t);
  const file = join(home.identity, 'identity.json');
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.base64String());
  const shapes = fc.record(
    {
      v: fc.constantFrom(1, 2, 0, '1'),
      url: value,
      root: value,
      keysNumber: value,
      keys: value,
      machineId: value,
      privateKey: value,
      certificate: value,
    },
    { requiredKeys: [] },
  );
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    shapes.map((o) => JSON.stringify(o)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      writeFileSync(file, text);
      assert.throws(() => loadJoined(home), refused('corrupt'));
    }),
  );
});

test('identity: one of a later version is left alone, with other words', (t) => {
  const home = newHome(t);
  writeFileSync(join(home.identity, 'identity.json'), '{"v":3,"hub":{}}');
  assert.throws(() => loadJoined(home), refused('format'));
});

test('identity: a file that cannot be read is an error, not "never joined"', (t) => {
  const home = newHome(t);
  mkdirSync(join(home.identity, 'identity.json'));
  assert.throws(() => loadJoined(home), TocsinError);
  if (process.getuid?.() === 0) {
    t.diagnostic('skipped for root: a file without read permission');
    return;
  }
  rmSync(join(home.identity, 'identity.json'), { recursive: true });
  writeFileSync(join(home.identity, 'identity.json'), '{}');
  chmodSync(join(home.identity, 'identity.json'), 0);
  assert.throws(() => loadJoined(home), refused('io'));
});

test('pending: a key is kept for its token only, and without the secret', (t) => {
  const home = newHome(t);
  const pending = { token: 'ab'.repeat(32), privateKey: makeMachineKey() };
  savePending(home, pending);
  assert.deepEqual(loadPending(home, pending.token), pending);
  assert.equal(loadPending(home, 'cd'.repeat(32)), null);
  dropPending(home);
  assert.equal(loadPending(home, pending.token), null);
  dropPending(home);
});

test('pending: a damaged file counts as absent', (t) => {
  const home = newHome(t);
  const pending = { token: 'ab'.repeat(32), privateKey: makeMachineKey() };
  savePending(home, pending);
  const file = join(home.identity, 'pending.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(0, -40));
  assert.equal(loadPending(home, pending.token), null);
  writeFileSync(file, text.replace('PRIVATE KEY-----\\n', 'PRIVATE KEY-----\\nAAAA'));
  assert.equal(loadPending(home, pending.token), null);
});

test('root key: only 32 bytes are one', () => {
  for (const size of [0, 31, 33]) assert.throws(() => rootKeyOf(new Uint8Array(size)), refused('format'));
  assert.match(rootKeyOf(new Uint8Array(32)).id, /^[0-9a-f]{32}$/);
});
