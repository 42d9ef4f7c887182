// One contract, run over both implementations of TokenStore and MachineStore.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startPostgres } from '../engine/postgres.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { MemoryAccessStore } from './memory-store.ts';
import { PostgresAccessStore } from './postgres-store.ts';
import type { MachineStore, Redemption, TokenStore } from './store.ts';

type Store = TokenStore & MachineStore;
const NOW = Date.UTC(2026, 0, 15);
const HOUR = 3_600_000;

describe('access store in memory', () =>
  contract(async () => ({ store: new MemoryAccessStore(), close: async () => {} })));

describe('access store in PostgreSQL', () =>
  contract(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
    const engine = await startPostgres({ directory, log: () => {} });
    const database = await openDatabase({ connection: engine.connection });
    await migrate({ database, log: () => {}, beforeUpgrade: async () => {} });
    return {
      store: new PostgresAccessStore(database),
      close: async () => {
        await database.close();
        await engine.stop();
        rmSync(directory, { recursive: true });
      },
    };
  }));

function contract(open: () => Promise<{ store: Store; close: () => Promise<void> }>): void {
  let store: Store;
  let close: () => Promise<void>;
  before(async () => {
    ({ store, close } = await open());
  });
  after(() => close());

  const newToken = async (lifetime = HOUR): Promise<Uint8Array> => {
    const secret = new Uint8Array(randomBytes(32));
    await store.addToken(secret, NOW, NOW + lifetime);
    return secret;
  };
  const redemption = (secretSha256: Uint8Array, change: Partial<Redemption> = {}): Redemption => ({
    secretSha256,
    machineId: randomUUID(),
    key: new Uint8Array(randomBytes(32)),
    at: NOW,
    expiresAt: NOW + 72 * HOUR,
    ...change,
  });
  const enrolled = async (): Promise<{ id: string; key: Uint8Array }> => {
    const wanted = redemption(await newToken());
    assert.equal((await store.redeem(wanted)).kind, 'enrolled');
    return { id: wanted.machineId, key: wanted.key };
  };
  const bytes = (value: Uint8Array | null): string | null =>
    value === null ? null : Buffer.from(value).toString('hex');

  test('a token enrols one machine, and then is used', async () => {
    const secret = await newToken();
    assert.deepEqual(await store.tokenState(secret, NOW), { kind: 'usable' });
    const wanted = redemption(secret);
    assert.deepEqual(await store.redeem(wanted), { kind: 'enrolled', machineId: wanted.machineId });
    assert.deepEqual(await store.tokenState(secret, NOW), { kind: 'used' });
    assert.deepEqual(await store.redeem(redemption(secret)), { kind: 'used' });
    const row = await store.findMachine(wanted.machineId);
    assert.equal(bytes(row!.key), bytes(wanted.key));
    assert.deepEqual(
      { ...row, key: null },
      {
        id: wanted.machineId,
        key: null,
        formerKey: null,
        enrolledAt: NOW,
        renewedAt: NOW,
        expiresAt: NOW + 72 * HOUR,
        revokedAt: null,
      },
    );
  });

  test('of many at once with one token exactly one enrols', async () => {
    const secret = await newToken();
    const tries = Array.from({ length: 12 }, () => redemption(secret));
    const kinds = (await Promise.all(tries.map((wanted) => store.redeem(wanted)))).map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === 'enrolled').length, 1);
    assert.equal(kinds.filter((kind) => kind === 'used').length, 11);
    const rows = await Promise.all(tries.map(({ machineId }) => store.findMachine(machineId)));
    assert.equal(rows.filter((row) => row !== null).length, 1);
  });

  test('the same key may show its token again, also at once, and stays the same machine', async () => {
    const secret = await newToken();
    const key = new Uint8Array(randomBytes(32));
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => store.redeem(redemption(secret, { key }))),
    );
    const ids = new Set(
      outcomes.map((outcome) => ('machineId' in outcome ? outcome.machineId : outcome.kind)),
    );
    assert.equal(ids.size, 1);
    assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['enrolled', ...Array(5).fill('repeated')]);
  });

  test('the same key is refused once the token has ended, or its machine is revoked', async () => {
    const secret = await newToken();
    const wanted = redemption(secret);
    await store.redeem(wanted);
    assert.deepEqual(await store.redeem({ ...wanted, at: NOW + HOUR }), { kind: 'used' });
    await store.revoke(wanted.machineId, NOW);
    assert.deepEqual(await store.redeem(wanted), { kind: 'used' });
  });

  test('a token ends at its time, and an unknown one is foreign', async () => {
    const secret = await newToken();
    assert.deepEqual(await store.tokenState(secret, NOW + HOUR - 1), { kind: 'usable' });
    assert.deepEqual(await store.tokenState(secret, NOW + HOUR), { kind: 'expired' });
    assert.deepEqual(await store.redeem(redemption(secret, { at: NOW + HOUR })), { kind: 'expired' });
    const unknown = new Uint8Array(randomBytes(32));
    assert.deepEqual(await store.tokenState(unknown, NOW), { kind: 'foreign' });
    assert.deepEqual(await store.redeem(redemption(unknown)), { kind: 'foreign' });
  });

  test('swept tokens are forgotten, the others stay', async () => {
    const old = await newToken(1_000);
    const young = await newToken(HOUR);
    assert.ok((await store.sweepTokens(NOW + 2_000)) >= 1);
    assert.deepEqual(await store.tokenState(old, NOW), { kind: 'foreign' });
    assert.deepEqual(await store.tokenState(young, NOW), { kind: 'usable' });
  });

  test('a renewal for the same key leaves one key', async () => {
    const { id, key } = await enrolled();
    const expiresAt = NOW + 100 * HOUR;
    assert.equal(
      await store.renew({ machineId: id, shownKey: key, newKey: key, at: NOW + 1, expiresAt }),
      true,
    );
    const row = await store.findMachine(id);
    assert.equal(row!.formerKey, null);
    assert.equal(row!.renewedAt, NOW + 1);
    assert.equal(row!.expiresAt, expiresAt);
  });

  test('a renewal for a new key keeps the former one until the new one is seen', async () => {
    const { id, key } = await enrolled();
    const second = new Uint8Array(randomBytes(32));
    const third = new Uint8Array(randomBytes(32));
    const renew = (shownKey: Uint8Array, newKey: Uint8Array): Promise<boolean> =>
      store.renew({ machineId: id, shownKey, newKey, at: NOW, expiresAt: NOW + HOUR });
    assert.equal(await renew(key, second), true);
    assert.equal(bytes((await store.findMachine(id))!.formerKey), bytes(key));
    assert.equal(await renew(key, third), true, 'the answer was lost: asked again under the former key');
    await store.settleKey(id, second);
    assert.equal(
      bytes((await store.findMachine(id))!.formerKey),
      bytes(key),
      'a key that is not the newest settles nothing',
    );
    await store.settleKey(id, third);
    assert.equal((await store.findMachine(id))!.formerKey, null);
    assert.equal(await renew(key, second), false);
    assert.equal(await renew(second, second), false);
    assert.equal(await renew(third, third), true);
  });

  test('a revoked or unknown machine does not renew, and is revoked once', async () => {
    const { id, key } = await enrolled();
    assert.equal(await store.revoke(id, NOW + 5), true);
    assert.equal(await store.revoke(id, NOW + 6), false);
    assert.equal((await store.findMachine(id))!.revokedAt, NOW + 5);
    const renewal = { shownKey: key, newKey: key, at: NOW, expiresAt: NOW };
    assert.equal(await store.renew({ machineId: id, ...renewal }), false);
    assert.equal(await store.renew({ machineId: randomUUID(), ...renewal }), false);
    assert.equal(await store.revoke(randomUUID(), NOW), false);
    assert.equal(await store.findMachine(randomUUID()), null);
    assert.ok((await store.revokedSince(NOW + 5)).includes(id));
    assert.ok(!(await store.revokedSince(NOW + 6)).includes(id));
  });

  test('machines are listed in pages, each once', async () => {
    for (let i = 0; i < 5; i++) await enrolled();
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await store.listMachines(after, 2);
      ids.push(...page.map(({ id }) => id));
      if (page.length < 2) break;
      after = page.at(-1)!.id;
    }
    assert.ok(ids.length >= 5);
    assert.deepEqual(ids, [...new Set(ids)].sort());
  });
}
