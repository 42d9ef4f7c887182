// Claims in PostgreSQL: sources, rows of single claims, and which segment file holds a bulk source's claims.
// Every verb takes the connection, so that the caller decides what is one transaction. Durable at its commit.
import { encodeClass } from 'tocsin/lists/segment-format.ts';
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeyKind, ObjectKey } from 'tocsin/protocol/kinds.ts';
import { KEY_KINDS, keyKindOfCode } from 'tocsin/protocol/kinds.ts';
import type { ClassRecord } from 'tocsin/protocol/verdict.ts';
import { isCategory, LEVELS, levelOfCode } from 'tocsin/protocol/verdict.ts';
import type { Queries } from '../store/database.ts';
import type { Claim, SourceKind } from './resolve.ts';

export interface Source {
  readonly id: number;
  readonly name: string;
  readonly kind: SourceKind;
  readonly rank: number;
}

/** A claim that stands as a row. */
export interface ClaimRow {
  readonly kind: KeyKind;
  readonly key: Uint8Array;
  readonly record: ClassRecord;
  readonly original: string | null;
  readonly line: number | null;
  /** When its source first named the object; null where that is now. */
  readonly firstAt: Date | null;
}

/** A bulk source's claims of one kind; the file is `<digest>.seg` in the hub's segments directory. */
export interface SegmentRow {
  readonly source: Source;
  readonly kind: KeyKind;
  readonly digest: string;
  readonly rows: number;
  readonly bytes: number;
  readonly importId: string;
  /** When the source first named what it names here, where no file tells it of each row. */
  readonly firstAt: Date;
  /** Digest of that file (imports/first-times.ts). */
  readonly firsts: string | null;
}

/** A claim with where it comes from, for a person. */
export interface TracedClaim extends Claim {
  readonly claimedAt: Date;
  /** Since when its source has named the object, whatever it said of it: not after `claimedAt`. */
  readonly firstAt: Date;
  readonly claimedBy: string | null;
  readonly original: string | null;
  /** Where in `file`, as the rows of `format` are counted. */
  readonly line: number | null;
  readonly file: string | null;
  readonly format: string | null;
  /** Its age has ended it: it takes no part any more. */
  readonly ended: boolean;
}

/**
 * The source of that name, made where it is new, locked until the transaction ends. An existing one keeps its rank.
 * Throws `conflict` where it is of another kind: a list must not become the analyst, nor take its place.
 */
export async function lockSource(
  db: Queries,
  wanted: { name: string; kind: SourceKind; rank: number },
  now: Date,
): Promise<Source> {
  await db.execute(
    'INSERT INTO source (name, kind, rank, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING',
    [wanted.name, wanted.kind, wanted.rank, now],
  );
  const rows = await db.query<Source>('SELECT id, name, kind, rank FROM source WHERE name = $1 FOR UPDATE', [
    wanted.name,
  ]);
  const source = rows[0]!;
  if (source.kind === wanted.kind) return source;
  throw new TocsinError(
    'conflict',
    `Cannot use source '${shown(source.name)}' as ${A_KIND[wanted.kind]}: it is ${A_KIND[source.kind]}, want another name`,
  );
}

const A_KIND: Readonly<Record<SourceKind, string>> = {
  analyst: 'an analyst',
  rule: 'a rule',
  feed: 'a feed',
  warning: 'a warning list',
};

export async function segmentsOf(
  db: Queries,
  where: { sourceId?: number; kind?: KeyKind } = {},
): Promise<SegmentRow[]> {
  const rows = await db.query<SegmentColumns>(
    `SELECT encode(g.digest, 'hex') AS digest, g.kind AS key_kind, g.rows AS rows, g.bytes AS bytes,
            g.import_id, coalesce(g.first_at, i.imported_at) AS first_at, encode(g.firsts, 'hex') AS firsts,
            s.id, s.name, s.kind, s.rank
       FROM segment g JOIN source s ON s.id = g.source_id JOIN import_run i ON i.id = g.import_id
      WHERE ($1::int IS NULL OR s.id = $1) AND ($2::smallint IS NULL OR g.kind = $2)
      ORDER BY g.kind, s.id`,
    [where.sourceId ?? null, where.kind === undefined ? null : KEY_KINDS[where.kind].code],
  );
  return rows.flatMap((r) => {
    const kind = keyKindOfCode(r.key_kind);
    if (kind === undefined) return [];
    const source = { id: r.id, name: r.name, kind: r.kind, rank: r.rank };
    const { digest, rows: count, bytes, firsts } = r;
    return [{ source, kind, digest, rows: count, bytes, importId: r.import_id, firstAt: r.first_at, firsts }];
  });
}

interface SegmentColumns extends Source {
  readonly digest: string;
  readonly key_kind: number;
  readonly rows: number;
  readonly bytes: number;
  readonly import_id: string;
  readonly first_at: Date;
  readonly firsts: string | null;
}

/** Rows of one source and kind in the order of their keys. */
export async function rowsOf(db: Queries, sourceId: number, kind: KeyKind): Promise<ClaimRow[]> {
  const rows = await db.query<ClaimColumns>(
    `SELECT ${CLAIM_COLUMNS} FROM claim c JOIN source s ON s.id = c.source_id
      WHERE c.source_id = $1 AND c.kind = $2 ORDER BY c.key`,
    [sourceId, KEY_KINDS[kind].code],
  );
  return rows.map((r) => {
    const { key, original, line, first_at: firstAt } = r;
    return { kind, key, record: recordOf(r), original, line, firstAt };
  });
}

const CLAIM_COLUMNS = `c.kind AS key_kind, c.key, c.level, c.category, c.name AS threat, c.reason, c.lifetime,
  c.original, c.line, c.claimed_at, coalesce(c.first_at, c.claimed_at) AS first_at, c.claimed_by, s.name AS source, s.kind AS source_kind, s.rank`;

export interface ClaimColumns {
  readonly key_kind: number;
  readonly key: Buffer;
  readonly level: number;
  readonly category: string | null;
  readonly threat: string | null;
  readonly reason: string;
  readonly lifetime: number;
  readonly original: string | null;
  readonly line: number | null;
  readonly claimed_at: Date;
  readonly first_at: Date;
  readonly claimed_by: string | null;
  readonly source: string;
  readonly source_kind: SourceKind;
  readonly rank: number;
}

export function recordOf(r: ClaimColumns): ClassRecord {
  return {
    level: levelOfCode(r.level) ?? 'unknown',
    category: isCategory(r.category) ? r.category : null,
    name: r.threat,
    source: r.source,
    reason: r.reason,
    lifetime: r.lifetime,
  };
}

/** All claim rows of a kind in the order of their keys, in pages, so that millions fit. */
export async function* rowsByKey(db: Queries, kind: KeyKind, page = 5_000): AsyncGenerator<ClaimColumns> {
  let after: { key: Buffer; source: string } | null = null;
  for (;;) {
    const rows: readonly ClaimColumns[] = await db.query<ClaimColumns>(
      `SELECT ${CLAIM_COLUMNS} FROM claim c JOIN source s ON s.id = c.source_id
        WHERE c.kind = $1 AND ($2::bytea IS NULL OR (c.key, s.name) > ($2, $3)) ORDER BY c.key, s.name LIMIT $4`,
      [KEY_KINDS[kind].code, after?.key ?? null, after?.source ?? '', page],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    after = { key: last.key, source: last.source };
  }
}

/**
 * The rows of a kind, and among those of `url` the warnings about hosts: the key of a whole host has the bytes of its
 * root URL. In the order of keys.
 */
export async function* rowsWithWarnings(db: Queries, kind: KeyKind): AsyncGenerator<ClaimColumns> {
  const warnings = kind === 'url' ? await warningRows(db, 'host') : [];
  let next = 0;
  for await (const row of rowsByKey(db, kind)) {
    while (next < warnings.length && warnings[next]!.key.compare(row.key) <= 0) yield warnings[next++]!;
    yield row;
  }
  yield* warnings.slice(next);
}

/** The rows of all warning lists about one kind; each list has few, a long one is a segment. */
export async function warningRows(db: Queries, kind: KeyKind): Promise<readonly ClaimColumns[]> {
  return await db.query<ClaimColumns>(
    `SELECT ${CLAIM_COLUMNS} FROM claim c JOIN source s ON s.id = c.source_id
      WHERE c.kind = $1 AND s.kind = 'warning' ORDER BY c.key, s.name`,
    [KEY_KINDS[kind].code],
  );
}

/** What stands as rows about one object, with where it came from. */
export async function claimsAbout(db: Queries, key: ObjectKey): Promise<TracedClaim[]> {
  const rows = await db.query<ClaimColumns & { file_name: string | null; format: string | null }>(
    `SELECT ${CLAIM_COLUMNS}, i.file_name, i.format FROM claim c JOIN source s ON s.id = c.source_id
       LEFT JOIN import_run i ON i.id = c.import_id WHERE c.kind = $1 AND c.key = $2 ORDER BY s.kind, s.rank, s.name`,
    [KEY_KINDS[key.kind].code, Buffer.from(key.bytes)],
  );
  return rows.map((r) => ({
    record: recordOf(r),
    sourceKind: r.source_kind,
    rank: r.rank,
    claimedAt: r.claimed_at,
    firstAt: earlier(r.first_at, r.claimed_at),
    claimedBy: r.claimed_by,
    original: r.original,
    line: r.line,
    file: r.file_name,
    format: r.format,
    ended: false,
  }));
}

/** A clock that was set back must not make a claim older than the first one. */
export function earlier(a: Date, b: Date): Date {
  return a.getTime() < b.getTime() ? a : b;
}

/**
 * Writes rows of one source in one statement; a row that stands already is replaced, but for when it was first. Throws `format` for a record
 * that no list could hold: one such row would stand in the way of every publication.
 */
export async function insertRows(
  db: Queries,
  source: Source,
  claims: readonly ClaimRow[],
  made: { at: Date; by: string | null; importId: string | null },
): Promise<void> {
  if (claims.length === 0) return;
  for (const { record } of claims) encodeClass(record);
  await db.execute(
    `INSERT INTO claim (kind, key, source_id, level, category, name, reason, lifetime, original, line, first_at, import_id, claimed_at, claimed_by)
     SELECT kind, key, $1, level, category, name, reason, lifetime, original, line, first_at, $2, $3, $4
       FROM unnest($5::smallint[], $6::bytea[], $7::smallint[], $8::text[], $9::text[], $10::text[], $11::int[], $12::text[], $13::int[], $14::timestamptz[])
         AS row (kind, key, level, category, name, reason, lifetime, original, line, first_at)
     ON CONFLICT (kind, key, source_id) DO UPDATE SET level = excluded.level, category = excluded.category,
       name = excluded.name, reason = excluded.reason, lifetime = excluded.lifetime, original = excluded.original,
       line = excluded.line, import_id = excluded.import_id, claimed_at = excluded.claimed_at, claimed_by = excluded.claimed_by,
       first_at = least(excluded.first_at, claim.first_at, claim.claimed_at), decision = NULL`,
    [
      source.id,
      made.importId,
      made.at,
      made.by,
      claims.map((c) => KEY_KINDS[c.kind].code),
      claims.map((c) => Buffer.from(c.key)),
      claims.map((c) => LEVELS[c.record.level]),
      claims.map((c) => c.record.category),
      claims.map((c) => c.record.name),
      claims.map((c) => c.record.reason),
      claims.map((c) => c.record.lifetime),
      claims.map((c) => safeText(c.original)),
      claims.map((c) => c.line),
      claims.map((c) => c.firstAt),
    ],
  );
}

/** PostgreSQL's text holds no U+0000. */
function safeText(text: string | null): string | null {
  return text === null ? null : text.replaceAll('\0', '\u2400');
}

/** Takes back one source's claim about an object; false where it made none. */
export async function deleteRow(db: Queries, sourceId: number, key: ObjectKey): Promise<boolean> {
  const touched = await db.execute('DELETE FROM claim WHERE source_id = $1 AND kind = $2 AND key = $3', [
    sourceId,
    KEY_KINDS[key.kind].code,
    Buffer.from(key.bytes),
  ]);
  return touched > 0;
}

/** Notes in the same transaction that claims changed, so that a publication that a crash lost is made up for. */
export async function markChanged(db: Queries, what: { bases: boolean }): Promise<void> {
  await db.execute(
    'UPDATE publication SET claims_changed = claims_changed + 1, bases_changed = bases_changed + $1',
    [what.bases ? 1 : 0],
  );
}
