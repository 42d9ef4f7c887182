// For tests only: the lists and requests of spec/vectors/lookup, the lists opened from real segment files.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { SegmentBuilder } from 'tocsin/lists/segment-builder.ts';
import { parseHex } from 'tocsin/protocol/hex.ts';
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import type { ListManifest, ListRole, LookupRequest, LookupResponse } from 'tocsin/protocol/lookup.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';

export interface Vectors {
  readonly prefixBits: ListManifest['prefixBits'];
  readonly lists: readonly {
    readonly role: ListRole;
    readonly kind: KeyKind;
    readonly entries: readonly { readonly key: string; readonly record: ClassRecord }[];
  }[];
  readonly answered: readonly {
    readonly name: string;
    readonly request: LookupRequest;
    readonly response: LookupResponse;
  }[];
  readonly refused: readonly {
    readonly name: string;
    readonly request: unknown;
    readonly item: string | null;
    readonly reason: string;
  }[];
}

const FILE = join(import.meta.dirname, '..', '..', '..', '..', 'spec', 'vectors', 'lookup', 'buckets.json');

export function readVectors(): Vectors {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;
}

/** The lists of the vectors; `close` removes their files. */
export function openVectorLists(vectors: Pick<Vectors, 'prefixBits' | 'lists'>): {
  readonly lists: ListSet;
  pathOf(digest: string): string;
  close(): void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  const entries = vectors.lists.map(({ role, kind, entries }) => {
    const builder = new SegmentBuilder({ directory, kind });
    for (const { key, record } of entries) builder.add(parseHex(key)!, 0, builder.classIndex(record), 0);
    const { file } = builder.finish(directory);
    return { role, kind, digest: file.digest, bytes: file.bytes, rows: file.rows };
  });
  const manifest: ListManifest = { v: 1, revision: 1, lists: entries, prefixBits: vectors.prefixBits };
  const pathOf = (digest: string): string => join(directory, `${digest}.seg`);
  const lists = ListSet.open(manifest, pathOf);
  const close = (): void => {
    lists.close();
    rmSync(directory, { recursive: true });
  };
  return { lists, pathOf, close };
}
