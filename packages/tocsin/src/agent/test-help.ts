// Small real pieces for the tests of this folder: a tree on disk, a ladder over two tables. Tests only.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Answer, Ladder } from '../client/lookup/ladder.ts';
import type { ObjectKey } from '../protocol/kinds.ts';
import type { AnsweredBy, Level } from '../protocol/verdict.ts';
import { UNKNOWN } from '../protocol/verdict.ts';
import type { World } from '../protocol/world.ts';
import { systemWorld } from '../protocol/world.ts';

export interface Temporary {
  readonly path: string;
  [Symbol.dispose](): void;
}

/** A fresh directory that goes with its scope. */
export function temporary(): Temporary {
  const path = mkdtempSync(join(tmpdir(), 'tocsin-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes files below `root`, by relative path. */
export function plant(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

export function digestOf(algorithm: 'md5' | 'sha1' | 'sha256', content: string | Uint8Array): string {
  return createHash(algorithm).update(content).digest('hex');
}

/** Content younger than the kernel's tick is hashed again next time: waits until all that was written is not. */
export async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done, 80));
}

/** Gives a file a modification time that a person could set. */
export function setTime(path: string, seconds: number): void {
  utimesSync(path, seconds, seconds);
}

export function answer(level: Level, answeredBy: AnsweredBy, lifetime = 3_600): Answer {
  const verdict = { ...UNKNOWN, level, source: 'test', record: `r-${level}`, reason: 'because' };
  return { verdict: level === 'unknown' ? UNKNOWN : verdict, answeredBy, lifetime };
}

/** A ladder over tables of hex digests; it keeps what it was asked, since that is what leaves a machine. */
export class TableLadder implements Ladder {
  epoch = 'epoch 1';
  missing: string | null = null;
  readonly nearTable = new Map<string, Answer>();
  readonly farTable = new Map<string, Answer>();
  readonly aliases = new Set<string>();
  reachable = true;
  readonly askedNear: string[] = [];
  readonly askedFar: string[] = [];

  near(keys: readonly ObjectKey[]): Answer | null {
    for (const key of keys) {
      const hex = Buffer.from(key.bytes).toString('hex');
      this.askedNear.push(hex);
      const found = this.nearTable.get(hex);
      if (found !== undefined) return found;
    }
    return null;
  }

  wantsAlias(kind: 'file-md5' | 'file-sha1'): boolean {
    return this.aliases.has(kind);
  }

  async far(keys: readonly ObjectKey[]): Promise<readonly Answer[]> {
    const texts = keys.map((key) => Buffer.from(key.bytes).toString('hex'));
    this.askedFar.push(...texts);
    await new Promise((done) => setImmediate(done));
    if (!this.reachable) return keys.map(() => ({ verdict: UNKNOWN, answeredBy: 'none', lifetime: 0 }));
    return texts.map((hex) => this.farTable.get(hex) ?? answer('unknown', 'hub'));
  }
}

/** The system's world with a clock that tests set forward or back. */
export function shiftedWorld(): World & { shiftMs: number } {
  const world = {
    shiftMs: 0,
    clock: { now: () => Date.now() + world.shiftMs, monotonic: () => performance.now() },
    random: systemWorld.random,
  };
  return world;
}
