// Which text a person asked for, found or rendered: versions that are kept, and those of this catalog for any place. What
// strangers can make the hub do is bounded: a few texts in memory, a few renderings a second.
import type { Terms } from 'tocsin/catalog/terms.ts';
import { shown, TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import type { KeyRing } from '../keys/store.ts';
import type { Database } from '../store/database.ts';
import { itemChanges } from './changes.ts';
import type { HubDocument } from './documents.ts';
import { CATALOG_VERSION, renderDocument } from './documents.ts';
import { termsOfVersion, verifiedTerms } from './evidence.ts';
import type { PageFrame } from './page.ts';
import type { CurrentTerms } from './terms.ts';
import type { DocumentPlace, ListedVersion } from './versions.ts';
import { findDocument, listVersions, versionNumbers } from './versions.ts';

export const LIBRARY_LIMITS = {
  /** Rendered texts that are kept in memory; one has about a megabyte with all its forms. */
  maxHeld: 32,
  /** Renderings for places that nobody asked for lately. */
  rendersPerSecond: 4,
} as const;

export interface LibraryParts {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly terms: CurrentTerms;
  readonly world: World;
}

export class Library {
  readonly #parts: LibraryParts;
  readonly #held = new Map<string, HubDocument>();
  /** Which place terms name, by their number: they never change. */
  readonly #named = new Map<number, string | null>();
  #window = { at: Number.NEGATIVE_INFINITY, renders: 0 };

  constructor(parts: LibraryParts) {
    this.#parts = parts;
  }

  /** The version in force. */
  get version(): string {
    return `${CATALOG_VERSION.number}.${this.#parts.terms.current.terms.number}`;
  }

  /** The text in force, for any place. Throws `busy` where too much is asked at once. */
  inForce(place: DocumentPlace): HubDocument {
    return this.#rendered(place, this.terms);
  }

  /**
   * A version for the public, which must not learn from it where machines are: versions of this catalog are rendered
   * for any place, those of others are shown where they were published, in the place that the terms of then name and
   * in an unknown one. Throws `not-found`, `busy`.
   */
  async ofVersion(place: DocumentPlace, version: string): Promise<HubDocument> {
    if (version === this.version) return this.inForce(place);
    const { db, keys } = this.#parts;
    const isPublic = await this.#isPublic(place.jurisdiction, version);
    const found = isPublic ? await findDocument(db, place, version) : null;
    if (found !== null) return found;
    const terms = await termsOfVersion(db, keys, version);
    if (terms !== null) return this.#rendered(place, terms);
    throw new TocsinError(
      'not-found',
      `Cannot show version '${shown(version)}': it is not kept for this place, list of data and language, want one that the page lists`,
    );
  }

  /** What stands around a text on its page. */
  async frameOf(shown: HubDocument): Promise<PageFrame> {
    const { document, edition, jurisdiction, language } = shown;
    const place: DocumentPlace = { document, edition, jurisdiction: null, language };
    const kept = await listVersions(this.#parts.db, place);
    const versions: readonly Pick<ListedVersion, 'version' | 'date'>[] =
      kept[0]?.version === this.version
        ? kept
        : [{ version: this.version, date: dateOf(this.inForce(place)) }, ...kept];
    const before = versions[versions.findIndex(({ version }) => version === shown.version) + 1];
    const older = before === undefined ? null : await findDocument(this.#parts.db, place, before.version);
    const changes =
      older === null ? null : { since: older.version, items: itemChanges(older.items, shown.items) };
    return { shown, versions: await this.#linked(versions, { ...place, jurisdiction }), changes };
  }

  get terms(): Terms {
    return this.#parts.terms.current.terms;
  }

  /** Each with the place for which it can be shown: the one asked for, else an unknown one. */
  async #linked(
    versions: readonly Pick<ListedVersion, 'version' | 'date'>[],
    place: DocumentPlace,
  ): Promise<PageFrame['versions']> {
    const { jurisdiction } = place;
    const there = new Set((await listVersions(this.#parts.db, place)).map(({ version }) => version));
    const linked = [];
    for (const { version, date } of versions) {
      const isOurs = versionNumbers(version)[0] === CATALOG_VERSION.number;
      const isShown = isOurs || (there.has(version) && (await this.#isPublic(jurisdiction, version)));
      linked.push({ version, date, jurisdiction: isShown ? jurisdiction : null });
    }
    return linked;
  }

  /** True where what is kept for the place does not tell of machines there. */
  async #isPublic(jurisdiction: string | null, version: string): Promise<boolean> {
    if (jurisdiction === null) return true;
    const { db, keys } = this.#parts;
    const [, number] = versionNumbers(version);
    const known = this.#named.get(number);
    if (known !== undefined) return known === jurisdiction;
    const terms = await verifiedTerms(db, keys, number);
    if (terms === null) return false;
    this.#named.set(number, terms.jurisdiction);
    return terms.jurisdiction === jurisdiction;
  }

  #rendered(place: DocumentPlace, terms: Terms): HubDocument {
    const { document, edition, jurisdiction, language } = place;
    const key = [document, terms.number, edition, jurisdiction, language].join(' ');
    const held = this.#held.get(key) ?? this.#render(place, terms);
    this.#held.delete(key); // and put behind the others: the first is the longest unasked
    this.#held.set(key, held);
    if (this.#held.size > LIBRARY_LIMITS.maxHeld) this.#held.delete(this.#held.keys().next().value!);
    return held;
  }

  #render(place: DocumentPlace, terms: Terms): HubDocument {
    const now = this.#parts.world.clock.monotonic();
    if (Math.abs(now - this.#window.at) >= 1_000) this.#window = { at: now, renders: 0 };
    this.#window.renders++;
    if (this.#window.renders > LIBRARY_LIMITS.rendersPerSecond)
      throw new TocsinError('busy', 'Cannot show the text now: too many are asked for, want a later call');
    const { edition, jurisdiction, language } = place;
    return renderDocument(place.document, { terms, edition, jurisdiction, language });
  }
}

function dateOf({ date }: HubDocument): string {
  return date;
}
