// What the tests of this folder share. Not imported by anything that runs.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyKind } from '../protocol/kinds.ts';
import { KEY_KINDS } from '../protocol/kinds.ts';
import type { ClassRecord, Level } from '../protocol/verdict.ts';

/** Runs with a directory that is removed after. */
export function withDirectory<T>(run: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  try {
    return run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export async function withDirectoryAsync<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export interface Claim {
  readonly key: Uint8Array;
  readonly class: number;
  readonly line: number;
}

export interface ValidVector {
  readonly name: string;
  readonly kind: KeyKind;
  readonly classes: readonly ClassRecord[];
  /** In the order in which they are taken. */
  readonly claims: readonly Claim[];
  readonly duplicates: number;
  /** What stays, in the order of the file, with the numbers of `usedClasses`; null where it is not spelled out. */
  readonly rows: readonly Claim[] | null;
  readonly usedClasses: readonly ClassRecord[];
  readonly bytes: number;
  readonly digest: string;
  readonly hex: string | null;
}

export interface RefusedVector {
  readonly name: string;
  readonly stage: 'open' | 'full';
  readonly code: 'format' | 'corrupt';
  readonly hex: string;
}

interface RawClaim {
  readonly key: string;
  readonly class: number;
  readonly line: number;
}

interface RawVector extends Omit<ValidVector, 'claims' | 'rows' | 'hex'> {
  readonly claims?: readonly RawClaim[];
  readonly rows?: readonly RawClaim[];
  readonly derive?: { readonly count: number; readonly rule?: string };
  readonly hex?: string;
}

const SPEC = new URL('../../../../spec/', import.meta.url);

export function specText(name: string): string {
  return readFileSync(new URL(name, SPEC), 'utf8');
}

export function validVectors(): ValidVector[] {
  const { vectors } = JSON.parse(specText('vectors/segment/valid.json')) as { vectors: RawVector[] };
  return vectors.map((v) => ({
    ...v,
    claims: claimsOf(v),
    rows: v.rows?.map(parseClaim) ?? null,
    hex: v.hex ?? null,
  }));
}

export function refusedVectors(): { vectors: RefusedVector[]; laterCategory: { hex: string } } {
  return JSON.parse(specText('vectors/segment/refused.json'));
}

function parseClaim(claim: RawClaim): Claim {
  return { ...claim, key: new Uint8Array(Buffer.from(claim.key, 'hex')) };
}

function claimsOf(v: RawVector): Claim[] {
  if (v.claims !== undefined) return v.claims.map(parseClaim);
  const { count = 0, rule } = v.derive ?? {};
  return Array.from({ length: count }, (_, i) =>
    rule === undefined
      ? { key: derivedKey(v.kind, i), class: i % v.classes.length, line: i + 1 }
      : { key: pairKey(3 * i), class: 0, line: i },
  );
}

export function derivedKey(kind: KeyKind, i: number): Uint8Array {
  const digest = createHash('sha256').update(`tocsin segment vector ${i}`).digest();
  return digest.subarray(0, KEY_KINDS[kind].bytes);
}

/** 16 bytes: eight zeros and a number. */
function pairKey(n: number): Uint8Array {
  const key = Buffer.alloc(16);
  key.writeBigUInt64BE(BigInt(n), 8);
  return key;
}

export function record(level: Level, name: string | null = null): ClassRecord {
  return { level, category: null, name, source: 'test', reason: 'said so', lifetime: 60 };
}

export function byKey(a: { readonly key: Uint8Array }, b: { readonly key: Uint8Array }): number {
  return Buffer.compare(a.key, b.key);
}
