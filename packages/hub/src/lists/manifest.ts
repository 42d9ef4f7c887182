// The manifest of the published lists: what a machine fetches to know which files it needs.
import type { KeyKind } from 'tocsin/protocol/kinds.ts';
import { KEY_KIND_NAMES, keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import type { ListEntry, ListManifest, ListRole } from 'tocsin/protocol/lookup.ts';
import { mostPrefixBits } from 'tocsin/protocol/lookup.ts';
import type { Queries } from '../store/database.ts';

interface Row {
  readonly revision: number;
  readonly role: ListRole | null;
  readonly kind: number;
  readonly digest: string;
  readonly rows: number;
  readonly bytes: number;
}

/** The newest published revision. */
export async function readManifest(db: Queries): Promise<ListManifest> {
  const rows = await db.query<Row>(
    `SELECT p.revision AS revision, l.role, l.kind, encode(l.digest, 'hex') AS digest,
            l.rows AS rows, l.bytes AS bytes
       FROM publication p LEFT JOIN published_list l ON true ORDER BY l.kind, l.role`,
  );
  const lists = rows.flatMap((row): ListEntry[] => {
    const kind = keyKindOfCode(row.kind);
    if (row.role === null || kind === undefined) return [];
    return [{ role: row.role, kind, digest: row.digest, bytes: row.bytes, rows: row.rows }];
  });
  return { v: 1, revision: rows[0]!.revision, lists, prefixBits: prefixBits(lists) };
}

/**
 * Bits of a look-up prefix per kind: one less than a machine takes at most, so that from 128 to 256 known objects share each
 * on average, and no fewer than 64 share any: a bucket of random digests is that far below its average less than once in
 * 10^9. A kind of which fewer than 256 objects are known has none: nothing is asked about it, for its lists are whole on
 * every machine.
 */
export function prefixBits(lists: readonly ListEntry[]): Partial<Record<KeyKind, number>> {
  const bits: Partial<Record<KeyKind, number>> = {};
  for (const kind of KEY_KIND_NAMES) {
    const n = mostPrefixBits(lists, kind) - 1;
    if (n >= 1) bits[kind] = n;
  }
  return bits;
}
