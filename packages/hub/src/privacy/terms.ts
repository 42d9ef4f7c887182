// The operator's terms as this hub signs and serves them (spec/terms.md, table terms). A change of the settings makes
// the next number when a hub starts; every number that was ever signed is kept.
//
//   settings ─► compared with the newest ─► unchanged │ number + 1, signed by the receipt key, told to all nodes
import type { Terms } from 'tocsin/catalog/terms.ts';
import { encodeTerms, signTerms, termsFingerprint, verifyTerms } from 'tocsin/catalog/terms.ts';
import { errorWords, TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';
import type { Database, Queries } from '../store/database.ts';
import { notify } from '../store/database.ts';
import { reconsiderRetention } from './retention.ts';
import type { TermsContent } from './terms-settings.ts';

/** Tells the other nodes that newer terms stand in the records. */
export const TERMS_CHANNEL = 'tocsin_terms';

export interface SignedTerms {
  readonly terms: Terms;
  /** The signed envelope, as it is served. */
  readonly text: string;
  /** What an acceptance is bound to. */
  readonly fingerprint: string;
}

/** Null where none were signed yet. Throws `pin` where the hub's own receipt key did not sign them. */
export async function newestTerms(db: Queries, keys: KeyRing): Promise<SignedTerms | null> {
  const [row] = await db.query<{ text: string }>('SELECT text FROM terms ORDER BY number DESC LIMIT 1');
  return row === undefined ? null : signedTerms(row.text, keys);
}

/** The terms of that number; null where there are none. */
export async function termsOf(db: Queries, keys: KeyRing, number: number): Promise<SignedTerms | null> {
  const [row] = await db.query<{ text: string }>('SELECT text FROM terms WHERE number = $1', [number]);
  return row === undefined ? null : signedTerms(row.text, keys);
}

export interface PublishTerms {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly world: World;
  readonly content: TermsContent;
}

/** Signs new terms where the content is another one than the newest; durable on return. */
export async function publishTerms(
  parts: PublishTerms,
): Promise<{ readonly kind: 'unchanged' | 'changed'; readonly signed: SignedTerms }> {
  const { db, keys, world, content } = parts;
  return db.withLock('privacy', async () => {
    const [row] = await db.query<{ number: number; text: string }>(
      'SELECT number, text FROM terms ORDER BY number DESC LIMIT 1',
    );
    const held = row === undefined ? null : readHeld(row.text, keys);
    if (held !== null && contentText(held.terms) === contentText(content))
      return { kind: 'unchanged', signed: held };
    const number = (row?.number ?? 0) + 1;
    const terms: Terms = { v: 1, number, issued: unixSeconds(world.clock), ...content };
    const text = signTerms(terms, keys.receipt.id, keys.receipt.privateKey);
    await db.transaction(async (session) => {
      await session.execute('INSERT INTO terms (number, issued, text) VALUES ($1, $2, $3)', [
        number,
        new Date(terms.issued * 1000),
        text,
      ]);
      // What is stored may be kept for a shorter time now: both or neither.
      if (held?.terms.retentionDays !== terms.retentionDays)
        await reconsiderRetention(session, world.clock.now());
      await notify(session, TERMS_CHANNEL);
    });
    return { kind: 'changed', signed: signedTerms(text, keys) };
  });
}

/** The newest terms as a node holds them while it runs; followed by notification. */
export class CurrentTerms {
  readonly #db: Database;
  readonly #keys: KeyRing;
  #current: SignedTerms;

  private constructor(db: Database, keys: KeyRing, current: SignedTerms) {
    this.#db = db;
    this.#keys = keys;
    this.#current = current;
  }

  /** Throws `not-found` where none were signed yet. */
  static async open(db: Database, keys: KeyRing): Promise<CurrentTerms> {
    const current = await newestTerms(db, keys);
    if (current !== null) return new CurrentTerms(db, keys, current);
    throw new TocsinError(
      'not-found',
      'Cannot open the terms: none were signed yet, want publishTerms first',
    );
  }

  get current(): SignedTerms {
    return this.#current;
  }

  /** Follows other nodes until the returned function is called. */
  async follow(log: (line: string) => void): Promise<() => Promise<void>> {
    const listener = await this.#db.listen(TERMS_CHANNEL, () => {
      this.reload().catch((error: unknown) => log(`the new terms cannot be read: ${errorWords(error)}`));
    });
    return () => listener.close();
  }

  async reload(): Promise<void> {
    this.#current = (await newestTerms(this.#db, this.#keys)) ?? this.#current;
  }
}

function signedTerms(text: string, keys: KeyRing): SignedTerms {
  const terms = verifyTerms(text, keys.receipt.publicKey);
  return { terms, text, fingerprint: termsFingerprint(terms) };
}

/** Null for terms of another receipt key: they are signed anew. */
function readHeld(text: string, keys: KeyRing): SignedTerms | null {
  try {
    return signedTerms(text, keys);
  } catch (error) {
    if (error instanceof TocsinError && error.code === 'pin') return null;
    throw error;
  }
}

function contentText(content: TermsContent): string {
  return Buffer.from(encodeTerms({ ...content, v: 1, number: 0, issued: 0 })).toString();
}
