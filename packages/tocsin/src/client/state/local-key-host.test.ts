import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { HandWorld, temporaryHome } from '../client-fixture.ts';
import { openLocalKey } from './local-key.ts';
import { codeOf, files, onHost } from './local-key-fixture.ts';
import type { KeySealer } from './local-key-host.ts';
import { systemdSealer } from './local-key-host.ts';

/** A systemd-creds with a secret of its own; null where there is none here, or it does not work. */
function realSealer(t: TestContext): { sealer: KeySealer; other: KeySealer } | null {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const at = (name: string): KeySealer =>
    systemdSealer('/usr/bin/systemd-creds', { SYSTEMD_CREDENTIAL_SECRET: join(directory, name) });
  const sealer = at('secret');
  return process.getuid?.() === 0 && sealer.seal(Buffer.alloc(32, 3)) !== null
    ? { sealer, other: at('other') }
    : null;
}

test('systemd-creds seals the key, and opens it on this system only', (t) => {
  const real = realSealer(t);
  if (real === null) return t.skip('no systemd-creds that works here, or not root');
  const home = temporaryHome(t);
  const made = openLocalKey(home, new HandWorld(), onHost(real.sealer));
  assert.deepEqual([made.kept, files(home)], ['system', ['local.key.cred']]);
  assert.ok(openLocalKey(home, new HandWorld(), onHost(real.sealer)).key.equals(made.key));
  real.other.seal(Buffer.alloc(32));
  assert.equal(
    codeOf(() => openLocalKey(home, new HandWorld(), onHost(real.other))),
    'corrupt',
  );
  const text = readFileSync(home.localKeySealed, 'latin1');
  writeFileSync(home.localKeySealed, text.replace(text[60]!, text[60] === 'A' ? 'B' : 'A'));
  assert.equal(
    codeOf(() => openLocalKey(home, new HandWorld(), onHost(real.sealer))),
    'corrupt',
  );
});

test('a program that hangs, shouts or is none costs no more than an answer in words', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const program = (name: string, text: string): KeySealer => {
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return systemdSealer(join(directory, name));
  };
  assert.equal(program('shouts', 'exec yes').open(Buffer.alloc(9)).kind, 'failed');
  assert.equal(program('refuses', 'exit 1').open(Buffer.alloc(9)).kind, 'refused');
  assert.equal(program('says-nothing', 'cat >/dev/null').seal(Buffer.alloc(9)), null);
  assert.equal(systemdSealer(join(directory, 'none')).open(Buffer.alloc(9)).kind, 'failed');
  const told = program('tells', 'env; cat >/dev/null').open(Buffer.alloc(9));
  assert.equal(told.kind, 'opened');
  assert.match(String(told.kind === 'opened' && told.bytes), /^(?:(?:LC_ALL|PWD|_|OLDPWD|SHLVL)=.*\n)*$/);
});
