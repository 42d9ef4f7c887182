import assert from 'node:assert/strict';
import { linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { TocsinError } from '../../protocol/errors.ts';
import { HandWorld, temporaryHome } from '../client-fixture.ts';
import { makeHome } from './home.ts';
import { createKeyFile, readKeyFile } from './key-file.ts';
import { destroyLocalKey, openLocalKey } from './local-key.ts';
import { codeOf, files, NO_HOST } from './local-key-fixture.ts';

test('a destroyed key is nowhere, in no form, also what killed processes left of it', (t) => {
  const home = temporaryHome(t);
  const world = new HandWorld();
  const { key } = openLocalKey(home, world, NO_HOST);
  const bytes = readFileSync(home.localKey);
  linkSync(home.localKey, `${home.localKey}.4711.new`); // killed between its two names
  writeFileSync(`${home.localKey}.4712.gone`, bytes); // killed while destroying
  writeFileSync(`${home.localKeySealed}.4713.new`, bytes);
  writeFileSync(home.cacheKey, bytes);
  writeFileSync(home.localKeySealed, bytes);
  const kept = join(home.directory, 'another name');
  linkSync(home.localKey, kept);
  assert.deepEqual(destroyLocalKey(home), ['local.key.cred', 'local.key', 'cache.key']);
  assert.deepEqual(files(home), ['another name']);
  assert.deepEqual(readFileSync(kept), Buffer.alloc(32), 'overwritten, not only removed');
  assert.deepEqual(destroyLocalKey(home), []);
  assert.ok(!openLocalKey(home, world, NO_HOST).key.equals(key));
});

test('no link is followed to destroy what lies elsewhere', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  const elsewhere = join(home.directory, '..', 'elsewhere');
  writeFileSync(elsewhere, 'precious');
  symlinkSync(elsewhere, home.localKey);
  assert.equal(
    codeOf(() => destroyLocalKey(home)),
    'denied',
  );
  assert.equal(readFileSync(elsewhere, 'utf8'), 'precious');
});

test('a key file is made once, and the one that is there counts', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  assert.equal(readKeyFile(home.spoolKey), null);
  assert.equal(createKeyFile(home.spoolKey, Buffer.from('first')), true);
  assert.equal(createKeyFile(home.spoolKey, Buffer.from('second')), false);
  assert.equal(String(readKeyFile(home.spoolKey)), 'first');
  assert.deepEqual(readdirSync(home.directory), ['spool.key']);
});

test('arbitrary bytes as a key are a key, or words', (t) => {
  const home = temporaryHome(t);
  makeHome(home);
  const content = fc.oneof(
    fc.uint8Array({ minLength: 31, maxLength: 33 }),
    fc.uint8Array({ maxLength: 100 }),
    fc.constant(new Uint8Array(20_000)),
  );
  fc.assert(
    fc.property(content, fc.constantFrom('localKey', 'localKeySealed', 'cacheKey'), (bytes, place) => {
      destroyLocalKey(home);
      writeFileSync(home[place], bytes);
      try {
        assert.ok(openLocalKey(home, new HandWorld(), NO_HOST).key.derive('x'));
      } catch (error) {
        assert.ok(error instanceof TocsinError, String(error));
      }
    }),
    { numRuns: 60 },
  );
});
