// For tests only: segments and deltas of a plain Map.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { KeyKind } from '../protocol/kinds.ts';
import type { SegmentOf } from './delta-make.ts';
import { makeDelta } from './delta-make.ts';
import { SegmentReader } from './segment-reader.ts';
import type { SegmentFile } from './segment-writer.ts';
import { SegmentWriter } from './segment-writer.ts';
import { derivedKey, record } from './test-help.ts';

/** Number of the key -> number of its class. */
export type Rows = ReadonlyMap<number, number>;

/** Few keys and classes, so that two maps share many. */
export const anyRows: fc.Arbitrary<Rows> = fc
  .array(fc.tuple(fc.nat(299), fc.nat(5)), { maxLength: 300 })
  .map((entries) => new Map(entries));

export const anyKind = fc.constantFrom<KeyKind>('file-sha256', 'file-sha1', 'file-md5');

export function writeRows(directory: string, kind: KeyKind, rows: Rows): SegmentFile {
  const classes = Array.from({ length: 6 }, (_, i) => record('malicious', `Trojan.Any.N${i}`));
  const sorted = [...rows]
    .map(([key, value]) => ({ key: derivedKey(kind, key), value }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const writer = new SegmentWriter({ directory, kind, classes });
  for (const { key, value } of sorted) writer.add(key, value, 0);
  return writer.finish();
}

/** By hex of the key: the name of its record. */
export function namesIn(path: string): Map<string, string | null> {
  const reader = SegmentReader.open(path, { verify: 'full' });
  const names = new Map<string, string | null>();
  for (const cursor = reader.cursor(); cursor.next(); )
    names.set(Buffer.from(cursor.key).toString('hex'), reader.classRecord(cursor.classIndex).name);
  reader.close();
  return names;
}

export function namesOf(kind: KeyKind, rows: Rows): Map<string, string | null> {
  const names = [...rows].map(
    ([key, value]) => [Buffer.from(derivedKey(kind, key)).toString('hex'), `Trojan.Any.N${value}`] as const,
  );
  return new Map(names.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function deltaPath(old: SegmentOf, next: SegmentOf, directory: string): string {
  const made = makeDelta({ old, next, directory, mostBytes: 2 ** 26 });
  if (made.kind === 'too-large') throw new TypeError('the delta of a test is too large');
  return made.path;
}

export function deltaBytes(old: SegmentOf, next: SegmentOf, directory: string): Buffer {
  return readFileSync(deltaPath(old, next, directory));
}
