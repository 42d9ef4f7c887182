// Every version of the Statement and the privacy policy that this hub ever published (table statement_version). Rows
// are added and never changed: what somebody accepted can always be shown.
import { setImmediate } from 'node:timers/promises';
import type { Regime } from 'tocsin/catalog/consent.ts';
import type { Edition } from 'tocsin/catalog/item.ts';
import { EDITIONS } from 'tocsin/catalog/item.ts';
import type { Terms } from 'tocsin/catalog/terms.ts';
import { toHex } from 'tocsin/protocol/hex.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { Database, Queries } from '../store/database.ts';
import type { DocumentName, HubDocument, Language } from './documents.ts';
import { CATALOG_VERSION, DOCUMENTS, LANGUAGES, renderDocument } from './documents.ts';

export const VERSION_LIMITS = {
  /** Versions in one list, newest first. */
  maxListed: 100,
  /** Jurisdictions for which documents are rendered ahead; others are rendered when they are asked for. */
  maxJurisdictions: 64,
} as const;

/** Which of the texts of one version. */
export interface DocumentPlace {
  readonly document: DocumentName;
  readonly edition: Edition;
  readonly jurisdiction: string | null;
  readonly language: Language;
}

export interface ListedVersion {
  /** `C.T` */
  readonly version: string;
  readonly date: string;
  readonly sha256: string;
  readonly publishedAt: Date;
}

interface VersionColumns {
  readonly document: DocumentName;
  readonly catalog: number;
  readonly terms: number;
  readonly edition: Edition;
  readonly jurisdiction: string;
  readonly language: Language;
  readonly regime: Regime;
  readonly date: string;
  readonly sha256: Buffer;
  readonly text: string;
  readonly content: Pick<HubDocument, 'content' | 'json'>;
  readonly items: Readonly<Record<string, string>>;
  readonly published_at: Date;
}

/**
 * Publishes what this catalog and these terms amount to, for every edition and language, in the jurisdictions that
 * the terms and records name, and where it is unknown. Returns how many texts were new. Ended by `signal` between two
 * texts; the next call goes on.
 */
export async function publishDocuments(
  db: Database,
  terms: Terms,
  world: World,
  signal?: AbortSignal,
): Promise<number> {
  const places = await placesToPublish(db, terms);
  return db.withLock('privacy', async () => {
    const there = new Set(
      (
        await db.query<VersionColumns>(
          'SELECT document, edition, jurisdiction, language FROM statement_version WHERE catalog = $1 AND terms = $2',
          [CATALOG_VERSION.number, terms.number],
        )
      ).map(keyOfRow),
    );
    let added = 0;
    for (const place of places) {
      if (signal?.aborted) break;
      if (there.has(keyOf(place))) continue;
      const { edition, jurisdiction, language } = place;
      const rendered = renderDocument(place.document, { terms, edition, jurisdiction, language });
      await setImmediate(); // requests go on between two texts
      if (await keepDocument(db, rendered, world.clock.now())) added++;
    }
    return added;
  });
}

/** True where a text of this catalog's version was published before. */
export async function isCatalogPublished(db: Queries): Promise<boolean> {
  const [row] = await db.query<{ there: boolean }>(
    'SELECT EXISTS (SELECT FROM statement_version WHERE catalog = $1) AS there',
    [CATALOG_VERSION.number],
  );
  return row?.there === true;
}

/** Keeps one text; false where one of its place and version is kept already. */
export async function keepDocument(db: Queries, rendered: HubDocument, at: number): Promise<boolean> {
  const [catalog, terms] = versionNumbers(rendered.version);
  const rows = await db.execute(
    `INSERT INTO statement_version (document, catalog, terms, edition, jurisdiction, language, regime, date, sha256,
                                    text, content, items, published_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
    [
      rendered.document,
      catalog,
      terms,
      rendered.edition,
      rendered.jurisdiction ?? '',
      rendered.language,
      rendered.regime,
      rendered.date,
      Buffer.from(rendered.sha256, 'hex'),
      rendered.text,
      JSON.stringify({ content: rendered.content, json: rendered.json }),
      JSON.stringify(rendered.items),
      new Date(at),
    ],
  );
  return rows === 1;
}

/** A text that was published; null where none was under this version and place. */
export async function findDocument(
  db: Queries,
  place: DocumentPlace,
  version: string,
): Promise<HubDocument | null> {
  const [catalog, terms] = versionNumbers(version);
  const [row] = await db.query<VersionColumns>(
    `SELECT * FROM statement_version
      WHERE document = $1 AND edition = $2 AND jurisdiction = $3 AND language = $4 AND catalog = $5 AND terms = $6`,
    [...columnsOf(place), catalog, terms],
  );
  return row === undefined ? null : documentOf(row);
}

/** The versions of a text, newest first. */
export async function listVersions(db: Queries, place: DocumentPlace): Promise<readonly ListedVersion[]> {
  const rows = await db.query<VersionColumns>(
    `SELECT catalog, terms, date, sha256, published_at FROM statement_version
      WHERE document = $1 AND edition = $2 AND jurisdiction = $3 AND language = $4
      ORDER BY catalog DESC, terms DESC LIMIT $5`,
    [...columnsOf(place), VERSION_LIMITS.maxListed],
  );
  return rows.map(({ catalog, terms, date, sha256, published_at }) => ({
    version: `${catalog}.${terms}`,
    date,
    sha256: toHex(sha256),
    publishedAt: published_at,
  }));
}

/** `C.T` as two numbers; NaN never gets here: the form is checked where it comes in. */
export function versionNumbers(version: string): readonly [catalog: number, terms: number] {
  const [catalog = 0, terms = 0] = version.split('.').map(Number);
  return [catalog, terms];
}

async function placesToPublish(db: Queries, terms: Terms): Promise<readonly DocumentPlace[]> {
  const named = await db.query<{ jurisdiction: string }>(
    `SELECT DISTINCT jurisdiction FROM consent_record WHERE jurisdiction IS NOT NULL
     ORDER BY jurisdiction LIMIT $1`,
    [VERSION_LIMITS.maxJurisdictions],
  );
  const jurisdictions = new Set<string | null>([
    null,
    terms.jurisdiction,
    ...named.map(({ jurisdiction }) => jurisdiction),
  ]);
  return DOCUMENTS.flatMap((document) =>
    EDITIONS.flatMap((edition) =>
      LANGUAGES.flatMap((language) =>
        [...jurisdictions].map((jurisdiction) => ({ document, edition, jurisdiction, language })),
      ),
    ),
  );
}

function documentOf(row: VersionColumns): HubDocument {
  return {
    document: row.document,
    version: `${row.catalog}.${row.terms}`,
    date: row.date,
    language: row.language,
    edition: row.edition,
    jurisdiction: row.jurisdiction === '' ? null : row.jurisdiction,
    regime: row.regime,
    text: row.text,
    sha256: toHex(row.sha256),
    ...row.content,
    items: row.items,
  };
}

function columnsOf({ document, edition, jurisdiction, language }: DocumentPlace): readonly string[] {
  return [document, edition, jurisdiction ?? '', language];
}

function keyOf(place: DocumentPlace): string {
  return columnsOf(place).join(' ');
}

function keyOfRow({ document, edition, jurisdiction, language }: VersionColumns): string {
  return [document, edition, jurisdiction, language].join(' ');
}
