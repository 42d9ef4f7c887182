// For contract tests only: the implementations of the access store, and rows to put in.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { startPostgres } from '../engine/postgres.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { MemoryAccessStore } from './memory-store.ts';
import { PostgresAccessStore } from './postgres-store.ts';
import type { CloneRow, MachineStore, Redemption, TokenStore } from './store.ts';

export type AccessStore = TokenStore & MachineStore;
export interface OpenStore {
  readonly store: AccessStore;
  close(): Promise<void>;
}

export const NOW = Date.UTC(2026, 0, 15);
export const HOUR = 3_600_000;

/** Runs the contract over each implementation. */
export function describeStores(contract: (open: () => Promise<OpenStore>) => void): void {
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
}

export async function newToken(store: AccessStore, lifetime = HOUR): Promise<Uint8Array> {
  const secret = new Uint8Array(randomBytes(32));
  await store.addToken(secret, NOW, NOW + lifetime);
  return secret;
}

export function redemption(secretSha256: Uint8Array, change: Partial<Redemption> = {}): Redemption {
  return {
    secretSha256,
    machineId: randomUUID(),
    key: new Uint8Array(randomBytes(32)),
    publicKey: new Uint8Array(randomBytes(91)),
    at: NOW,
    expiresAt: NOW + 72 * HOUR,
    ...change,
  };
}

export function cloneOf(originId: string, change: Partial<CloneRow> = {}): CloneRow {
  return {
    originId,
    machineId: randomUUID(),
    key: new Uint8Array(randomBytes(32)),
    publicKey: new Uint8Array(randomBytes(91)),
    at: NOW,
    expiresAt: NOW + 72 * HOUR,
    since: NOW - 24 * HOUR,
    limit: 3,
    ...change,
  };
}

export async function enrolled(store: AccessStore): Promise<{ id: string; key: Uint8Array }> {
  const wanted = redemption(await newToken(store));
  const { kind } = await store.redeem(wanted);
  if (kind !== 'enrolled') throw new TypeError(kind);
  return { id: wanted.machineId, key: wanted.key };
}

export function spkiFor(key: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('spki'), key]);
}

export function bytes(value: Uint8Array | null): string | null {
  return value === null ? null : Buffer.from(value).toString('hex');
}
