// The text behind every acceptance: where a record names a Statement that is not kept yet, as for a place that nobody
// else is in, it is rendered from the terms of then and kept. What this catalog cannot render any more, or never
// could, stays as the digest in the record.
import { setImmediate } from 'node:timers/promises';
import type { ConsentRecord } from 'tocsin/catalog/consent-record.ts';
import { peekRecord } from 'tocsin/catalog/consent-record.ts';
import type { Terms } from 'tocsin/catalog/terms.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';
import type { Database, Queries } from '../store/database.ts';
import { CATALOG_VERSION, LANGUAGES, renderDocument } from './documents.ts';
import { termsOf } from './terms.ts';
import { keepDocument, versionNumbers } from './versions.ts';

export const EVIDENCE_LIMITS = {
  /** Records that are read at once. */
  page: 100,
} as const;

export interface EvidenceParts {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly world: World;
}

/** The terms from which this catalog renders a version; null where it is another catalog's, or there are none. */
export async function termsOfVersion(db: Queries, keys: KeyRing, version: string): Promise<Terms | null> {
  const [catalog, number] = versionNumbers(version);
  return catalog === CATALOG_VERSION.number ? verifiedTerms(db, keys, number) : null;
}

/** Null where there are none of that number, or another receipt key signed them, before the keys were lost. */
export async function verifiedTerms(db: Queries, keys: KeyRing, number: number): Promise<Terms | null> {
  try {
    return (await termsOf(db, keys, number))?.terms ?? null;
  } catch (error) {
    if (error instanceof TocsinError && error.code === 'pin') return null;
    throw error;
  }
}

/** Keeps the text that a record names, in its caller's transaction; true where it was not kept yet. */
export async function keepAcceptedOf(
  db: Queries,
  keys: KeyRing,
  record: ConsentRecord,
  now: number,
): Promise<boolean> {
  if (record.choice !== 'participation' || record.statement === null) return false;
  const { version, sha256 } = record.statement;
  const language = LANGUAGES.find((each) => each === record.statement?.language);
  if (language === undefined) return false;
  const [there] = await db.query('SELECT 1 FROM statement_version WHERE sha256 = $1 LIMIT 1', [
    Buffer.from(sha256, 'hex'),
  ]);
  if (there !== undefined) return false;
  const terms = await termsOfVersion(db, keys, version);
  if (terms === null) return false;
  const { edition, jurisdiction } = record;
  const rendered = renderDocument('statement', { terms, edition, jurisdiction, language });
  return rendered.sha256 === sha256 && keepDocument(db, rendered, now);
}

/**
 * Keeps what records name that came while the hub could not render it, as before an upgrade; returns how many texts
 * were added. Ended by `signal` between two texts; the next call begins again.
 */
export async function keepAccepted(
  { db, keys, world }: EvidenceParts,
  signal?: AbortSignal,
): Promise<number> {
  let added = 0;
  let after: Uint8Array = Buffer.alloc(0);
  while (true) {
    const rows = await db.query<{ statement: Buffer; text: string }>(
      `SELECT DISTINCT ON (r.statement) r.statement, r.text FROM consent_record r
        WHERE r.statement > $1 AND r.choice = 'participation'
          AND NOT EXISTS (SELECT FROM statement_version v WHERE v.sha256 = r.statement)
        ORDER BY r.statement, r.received_at DESC LIMIT $2`,
      [after, EVIDENCE_LIMITS.page],
    );
    for (const { statement, text } of rows) {
      if (signal?.aborted) return added;
      await setImmediate(); // requests go on between two texts
      if (await keepAcceptedOf(db, keys, peekRecord(text).record, world.clock.now())) added++;
      after = statement;
    }
    if (rows.length < EVIDENCE_LIMITS.page) return added;
  }
}
