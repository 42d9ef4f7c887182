// For tests only: the keys of a new hub, in a directory of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SeededWorld } from '../server/hub-fixture.ts';
import type { KeyRing } from './store.ts';
import { createKeys, openKeys } from './store.ts';

export interface MadeKeys {
  readonly directory: string;
  readonly world: SeededWorld;
  readonly ring: KeyRing;
}

/** Gone after the test. */
export async function madeKeys(t: TestContext): Promise<MadeKeys> {
  const parent = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(parent, { recursive: true }));
  const directory = join(parent, 'keys');
  const world = new SeededWorld();
  await createKeys(directory, world);
  return { directory, world, ring: openKeys(directory) };
}
