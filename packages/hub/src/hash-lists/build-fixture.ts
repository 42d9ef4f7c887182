// For tests only: published lists made of a few entries, and what each hash list should hold of them by a plain Map.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HashSet } from 'tocsin/lists/hash-set.ts';
import { setOf } from 'tocsin/lists/hash-set.ts';
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ListEntry, ListManifest, ListRole } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { polarity } from 'tocsin/protocol/verdict.ts';
import type { HashListSpec } from './catalogue.ts';

export interface FixtureEntry {
  readonly kind: KeyKind;
  readonly key: Uint8Array;
  readonly level: ClassRecord['level'];
  readonly category: ClassRecord['category'];
  /** Whether it stands in `changes`, over what a base says. */
  readonly change: boolean;
}

export function recordOf({ level, category }: Pick<FixtureEntry, 'level' | 'category'>): ClassRecord {
  return { level, category, name: null, source: 'test', reason: 'said so', lifetime: 60 };
}

/**
 * Writes the segments of all entries into `directory`. Of equal keys in the bases, which never contradict each other, and
 * of those in the changes the first counts.
 */
export function publishEntries(directory: string, entries: readonly FixtureEntry[]): ListEntry[] {
  mkdirSync(directory, { recursive: true });
  const seen = new Set<string>();
  const said = entries.filter(({ change, kind, key }) => {
    const id = `${change} ${kind} ${toHex(key)}`;
    return !seen.has(id) && seen.add(id);
  });
  const groups = Map.groupBy(said, (entry) => `${roleOf(entry)} ${entry.kind}`);
  return [...groups.values()].flatMap((group) => {
    const { kind } = group[0]!;
    const builder = new SegmentBuilder({ directory, kind });
    for (const entry of group) builder.add(entry.key, 0, builder.classIndex(recordOf(entry)), 0);
    const { file } = builder.finish(directory);
    return [{ role: roleOf(group[0]!), kind, digest: file.digest, bytes: file.bytes, rows: file.rows }];
  });
}

export function manifestWith(revision: number, lists: readonly ListEntry[]): ListManifest {
  return { v: 1, revision, lists, prefixBits: {} };
}

/** What `spec` holds of the entries. */
export function expectedSet(spec: HashListSpec, entries: readonly FixtureEntry[]): HashSet {
  const verdicts = new Map<string, FixtureEntry>();
  for (const change of [false, true])
    for (const entry of entries.filter((one) => one.change === change).toReversed())
      if (spec.kinds.includes(entry.kind)) verdicts.set(`${entry.kind} ${toHex(entry.key)}`, entry);
  const taken = [...verdicts.values()].filter((entry) => spec.takes(recordOf(entry)));
  return setOf(
    spec.size,
    taken.map(({ key }) => key),
  );
}

function roleOf({ change, level }: FixtureEntry): ListRole {
  if (change) return 'changes';
  return polarity(level) === 'good' ? 'known-good' : 'malicious';
}

export function setFiles(directory: string): string {
  const path = join(directory, 'sets');
  mkdirSync(path, { recursive: true });
  return path;
}
