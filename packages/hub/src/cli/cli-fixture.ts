// For tests only: tocsin-hub as real processes over one record store that outlives them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryData } from '../engine/engine-fixture.ts';
import type { Database } from '../store/database.ts';
import { startTestServer } from '../store/store-fixture.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'bin', 'tocsin-hub.js');

export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Bench {
  readonly db: Database;
  readonly data: string;
  hub(...args: string[]): Promise<Ended>;
  /** Makes the hub: only what puts something into one does so. */
  create(): Promise<void>;
}

export async function bench(t: TestContext, environment: Record<string, string> = {}): Promise<Bench> {
  const server = await startTestServer(t);
  const data = temporaryData(t);
  const env = {
    ...process.env,
    TOCSIN_HUB_DATA: data,
    // A host in the path only is no URL to everybody.
    DATABASE_URL: (await server.url('hub')).replace('@/', '@localhost/'),
    NO_COLOR: '1',
    ...environment,
  };
  const db = await server.database('hub');
  const hub = (...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, ...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr }),
      );
    });
  const create = async (): Promise<void> => {
    const list = join(dirname(data), 'one-host.txt');
    writeFileSync(list, '0.0.0.0 bad.example\n');
    const { status, stderr } = await hub('import', 'hosts', list);
    assert.equal(status, 0, stderr);
  };
  return { db, data, hub, create };
}

export async function addMachine(db: Database): Promise<string> {
  const id = randomUUID();
  await db.execute(
    `INSERT INTO machine (id, key_sha256, enrolled_at, renewed_at, expires_at)
     VALUES ($1, '\\x00', now(), now(), now() + interval '3 days')`,
    [id],
  );
  return id;
}
