import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HandWorld, temporaryHome } from '../client-fixture.ts';
import type { Home } from './home.ts';
import { makeHome } from './home.ts';
import { createKeyFile } from './key-file.ts';
import { destroyLocalKey, LOCAL_KEY_LIMITS, LocalKey, lazyLocalKey, openLocalKey } from './local-key.ts';
import { codeOf, files, NO_HOST, onHost, TurningSealer } from './local-key-fixture.ts';

test('a key is made once, for its owner alone, and derives a key of its own for each purpose', (t) => {
  const home = temporaryHome(t);
  const first = openLocalKey(home, new HandWorld(), NO_HOST);
  const second = openLocalKey(home, new HandWorld(), NO_HOST);
  assert.deepEqual([first.fresh, second.fresh, first.kept], [true, false, 'file']);
  assert.ok(first.key.equals(second.key));
  assert.deepEqual(files(home), ['local.key']);
  assert.equal(statSync(home.localKey).mode & 0o777, 0o600);
  const bytes = readFileSync(home.localKey);
  // RFC 5869 by hand: no salt is a salt of zeros, and one block is enough.
  const prk = createHmac('sha256', Buffer.alloc(32)).update(bytes).digest();
  const want = createHmac('sha256', prk)
    .update(Buffer.from([...Buffer.from('a purpose'), 1]))
    .digest();
  assert.deepEqual(first.key.derive('a purpose').export(), want);
  assert.ok(!first.key.derive('a purpose').equals(first.key.derive('another')));
});

test('the key is in no text of the object that holds it', (t) => {
  const home = temporaryHome(t);
  const { key } = openLocalKey(home, new HandWorld(), NO_HOST);
  assert.equal(JSON.stringify(key), '{}');
});

test('where the system can seal, only the sealed key stays, and one run of it opens it', (t) => {
  const home = temporaryHome(t);
  const sealer = new TurningSealer(1);
  const made = openLocalKey(home, new HandWorld(), onHost(sealer));
  assert.deepEqual([made.fresh, made.kept], [true, 'system']);
  assert.deepEqual(files(home), ['local.key.cred']);
  sealer.runs = 0;
  const again = openLocalKey(home, new HandWorld(), onHost(sealer));
  assert.deepEqual([again.fresh, again.kept, sealer.runs], [false, 'system', 1]);
  assert.ok(again.key.equals(made.key));
});

test('a key in clear is sealed as soon as the system can, and a system that cannot is asked once a day', (t) => {
  const home = temporaryHome(t);
  const world = new HandWorld();
  const made = openLocalKey(home, world, NO_HOST);
  const sealer = new TurningSealer(1);
  sealer.works = false;
  world.ms = Date.now() + LOCAL_KEY_LIMITS.sealAgainMs + 1;
  assert.equal(openLocalKey(home, world, onHost(sealer)).kept, 'file');
  assert.equal(openLocalKey(home, world, onHost(sealer)).kept, 'file');
  assert.equal(sealer.runs, 1);
  sealer.works = true;
  world.pass(LOCAL_KEY_LIMITS.sealAgainMs / 1000);
  const sealed = openLocalKey(home, world, onHost(sealer));
  assert.equal(sealed.kept, 'system');
  assert.ok(sealed.key.equals(made.key));
  assert.deepEqual(files(home), ['local.key.cred']);
});

test('a key that cannot be opened is an alarm, and no new one is made', (t) => {
  const home = temporaryHome(t);
  const world = new HandWorld();
  const sealer = new TurningSealer(1);
  openLocalKey(home, world, onHost(sealer));
  const before = readFileSync(home.localKeySealed);
  assert.equal(
    codeOf(() => openLocalKey(home, world, onHost(new TurningSealer(2)))),
    'corrupt',
  );
  assert.equal(
    codeOf(() => openLocalKey(home, world, NO_HOST)),
    'denied',
  );
  sealer.works = false;
  assert.equal(
    codeOf(() => openLocalKey(home, world, onHost(sealer))),
    'io',
  );
  assert.deepEqual(readFileSync(home.localKeySealed), before);
  assert.deepEqual(files(home), ['local.key.cred']);
  destroyLocalKey(home);
  writeFileSync(home.localKey, 'short');
  assert.equal(
    codeOf(() => openLocalKey(home, world, NO_HOST)),
    'corrupt',
  );
  rmSync(home.localKey);
  symlinkSync('/dev/null', home.localKey);
  assert.equal(
    codeOf(() => openLocalKey(home, world, NO_HOST)),
    'denied',
  );
});

test('a unit that is handed the key opens it without the system, but only where it is sealed here', (t) => {
  const home = temporaryHome(t);
  const sealer = new TurningSealer(1);
  const credentials = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(credentials, { recursive: true, force: true }));
  writeFileSync(join(credentials, 'tocsin.local-key'), Buffer.alloc(32, 7));
  const mine = openLocalKey(home, new HandWorld(), { sealer: null, credentials });
  assert.ok(!mine.key.equals(LocalKey.of(Buffer.alloc(32, 7))), 'a key that nothing here could destroy');
  rmSync(home.localKey);
  createKeyFile(home.localKeySealed, sealer.seal(Buffer.alloc(32, 7))!);
  sealer.runs = 0;
  const handed = openLocalKey(home, new HandWorld(), onHost(sealer, credentials));
  assert.ok(handed.key.equals(LocalKey.of(Buffer.alloc(32, 7))));
  assert.deepEqual([handed.kept, sealer.runs], ['system', 0]);
  rmSync(join(credentials, 'tocsin.local-key'));
  assert.ok(openLocalKey(home, new HandWorld(), onHost(sealer, credentials)).key.equals(handed.key));
});

test("the key of release 0.1.0's cache becomes the local key, at whatever moment an upgrade was killed", (t) => {
  const old = Buffer.alloc(32, 9);
  const states: Record<string, (home: Home) => void> = {
    untouched: (home) => writeFileSync(home.cacheKey, old),
    linked: (home) => {
      writeFileSync(home.cacheKey, old);
      linkSync(home.cacheKey, home.localKey);
    },
    sealed: (home) => {
      writeFileSync(home.localKey, old);
      createKeyFile(home.localKeySealed, new TurningSealer(1).seal(old)!);
    },
    destroying: (home) => {
      writeFileSync(home.localKey, Buffer.alloc(32));
      createKeyFile(home.localKeySealed, new TurningSealer(1).seal(old)!);
    },
  };
  for (const host of [NO_HOST, onHost(new TurningSealer(1))])
    for (const [state, make] of Object.entries(states)) {
      if (host.sealer === null && state !== 'untouched' && state !== 'linked') continue;
      const home = temporaryHome(t);
      makeHome(home);
      make(home);
      for (let n = 0; n < 2; n++) {
        const { key, fresh } = openLocalKey(home, new HandWorld(), host);
        assert.ok(key.equals(LocalKey.of(Buffer.from(old))), state);
        assert.equal(fresh, false, state);
      }
      assert.deepEqual(files(home), [host.sealer === null ? 'local.key' : 'local.key.cred'], state);
    }
});

test('a cache key that is none, or that an older release made beside the local key, goes', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  writeFileSync(home.cacheKey, 'short');
  const made = openLocalKey(home, new HandWorld(), NO_HOST);
  assert.equal(made.fresh, true);
  writeFileSync(home.cacheKey, Buffer.alloc(32, 1));
  assert.ok(openLocalKey(home, new HandWorld(), NO_HOST).key.equals(made.key));
  assert.deepEqual(files(home), ['local.key']);
});

test('asked lazily, the key is opened once', (t) => {
  const home = temporaryHome(t);
  const sealer = new TurningSealer(1);
  const source = lazyLocalKey(home, new HandWorld(), onHost(sealer));
  assert.equal(existsSync(home.directory), false);
  assert.equal(source(), source());
  assert.equal(sealer.runs, 1);
});

test('processes at once, each as killed as it likes, agree on one key', { timeout: 60_000 }, (t) => {
  const home = temporaryHome(t);
  mkdirSync(home.directory, { mode: 0o700 });
  const program = `
    const { openLocalKey } = await import(${JSON.stringify(new URL('./local-key.ts', import.meta.url).href)});
    const { homeAt } = await import(${JSON.stringify(new URL('./home.ts', import.meta.url).href)});
    const { systemWorld } = await import(${JSON.stringify(new URL('../../protocol/world.ts', import.meta.url).href)});
    const turned = (b) => Buffer.from(b.map((x) => x ^ 0x55));
    const sealer = { seal: turned, open: (b) => ({ kind: 'opened', bytes: turned(b) }) };
    while (Date.now() < Number(process.argv[2]));
    const host = { sealer: process.argv[3] === 'sealing' ? sealer : null, credentials: null };
    const { key, fresh } = openLocalKey(homeAt(process.argv[1]), systemWorld, host);
    console.log(key.derive('x').export().toString('hex'), fresh);`;
  for (const how of ['plain', 'sealing']) {
    rmSync(home.directory, { recursive: true });
    const start = String(Date.now() + 700);
    const script = Array.from(
      { length: 4 },
      () => `"$NODE" --input-type=module -e "$PROGRAM" "$PLACE" ${start} ${how} &`,
    );
    const { stdout, stderr } = spawnSync('sh', ['-c', `${script.join('\n')}\nwait`], {
      env: { ...process.env, NODE: process.execPath, PROGRAM: program, PLACE: home.directory },
      encoding: 'utf8',
    });
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 4, stderr);
    assert.equal(new Set(lines.map((line) => line.split(' ')[0])).size, 1, stdout);
    assert.equal(lines.filter((line) => line.endsWith('true')).length, 1, stdout);
    assert.deepEqual(files(home), [how === 'plain' ? 'local.key' : 'local.key.cred']);
  }
});
