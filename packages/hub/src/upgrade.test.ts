// A hub of release 0.1.0, restored and served by this one: backed up first, given what it lacks, and then complete in
// a backup of its own.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { verifyTerms } from 'tocsin/catalog/terms.ts';
import { keyId } from 'tocsin/protocol/ed25519.ts';
import { KEYS_LIMITS, peekKeysDocument } from 'tocsin/protocol/keys-document.ts';
import { parseVerifierKey } from 'tocsin/protocol/signed-note.ts';
import { backup } from './backup/backup.ts';
import { restore, verifyBackup } from './backup/restore.ts';
import { readSettings } from './config.ts';
import { temporaryData } from './engine/engine-fixture.ts';
import { openHub } from './hub.ts';
import { call } from './intake/machine-fixture.ts';
import { openKeys } from './keys/store.ts';
import { serve } from './serve.ts';
import { layoutOf } from './store/layout.ts';

const FIXTURE = join(import.meta.dirname, '..', '..', '..', 'test', 'fixtures', '0.1.0', 'hub.tar.zst');
const log = (): void => {};

test('upgrade: a hub of 0.1.0 gets a backup, an age recipient, a log key, terms and Statements, and keeps its machines', async (t) => {
  const data = temporaryData(t);
  const layout = layoutOf(data);
  const before = Math.floor(Date.now() / 1000);
  await restore({ file: FIXTURE, directory: data, databaseUrl: null, log });
  const lines: string[] = [];
  const settings = readSettings({ flags: { data, listen: '127.0.0.1:0', operatorName: 'Example' }, env: {} });
  const hub = await serve(settings, (line) => lines.push(line));
  try {
    const saved = readdirSync(layout.backups).find((name) => /schema-1-to-\d+\.tar/.test(name));
    assert.ok(saved !== undefined, lines.join('\n'));
    assert.equal((await verifyBackup(join(layout.backups, saved))).header.schema, 1);
    const port = Number(new URL(hub.url).port);
    const keys = peekKeysDocument((await call(port, 'GET', '/v1/keys')).text);
    assert.ok(keys.number >= before, 'a restored hub counts on from the time of the restoration');
    assert.ok(keys.age.length === 1 && keys.age.length <= KEYS_LIMITS.maxAgeKeys);
    const ring = openKeys(layout.keys);
    assert.equal(ring.log?.verifierKey, keys.log);
    const terms = verifyTerms((await call(port, 'GET', '/v1/terms')).text, ring.receipt.publicKey);
    assert.deepEqual([terms.number, terms.controller.name], [1, 'Example']);
    assert.equal((await call(port, 'GET', '/statement')).status, 200);
    assert.equal((await call(port, 'GET', '/privacy?lang=de')).status, 200);
    assert.ok((await call(port, 'GET', '/v1/openapi.json')).text.includes('/v1/messages'));
    assert.equal((await call(port, 'GET', '/v1/policy')).status, 401);
  } finally {
    await hub.close();
  }
  await backedUp(t, data);
});

/** Keys, terms and texts of the upgraded hub come back from its own backup. */
async function backedUp(t: Parameters<typeof temporaryData>[0], data: string): Promise<void> {
  const layout = layoutOf(data);
  const file = join(layout.tmp, 'new.tar.zst');
  const settings = readSettings({ flags: { data }, env: {} });
  const hub = await openHub(settings, log);
  try {
    const [row] = await hub.db.query<object>(
      'SELECT managed, personal, public_key, cloned_from FROM machine',
    );
    assert.deepEqual(row, { managed: false, personal: false, public_key: null, cloned_from: null });
    await backup({ database: hub.db, layout, file });
  } finally {
    await hub.close();
  }
  const again = temporaryData(t);
  await restore({ file, directory: again, databaseUrl: null, log });
  const { document } = openKeys(layout.keys).keys;
  const logId = keyId(parseVerifierKey(document.log!).publicKey);
  for (const name of [`age-${document.age[0]!.id}.key`, `log-${logId}.key`, 'group.secret'])
    assert.deepEqual(readFileSync(join(again, 'keys', name)), readFileSync(join(layout.keys, name)));
  const copy = await openHub(readSettings({ flags: { data: again }, env: {} }), log);
  try {
    const [row] = await copy.db.query<{ texts: number; terms: number }>(
      'SELECT (SELECT count(*) FROM statement_version) AS texts, (SELECT count(*) FROM terms) AS terms',
    );
    assert.ok(row!.texts > 0 && row!.terms === 1);
  } finally {
    await copy.close();
  }
}
