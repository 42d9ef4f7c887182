// The published lists as a hub node holds them open: swapped whole when a new revision is announced, or damaged files
// were written again. A list that was found damaged is given to nobody.
import { existsSync } from 'node:fs';
import { ListSet } from 'tocsin/lists/list-set.ts';
import { errorWords } from 'tocsin/protocol/errors.ts';
import type { ListEntry, ListManifest } from 'tocsin/protocol/lookup.ts';
import { listPath } from '../store/artifacts.ts';
import type { Database, Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import { isDamage } from '../verdicts/damage.ts';
import { LISTS_CHANNEL } from '../verdicts/publish.ts';
import type { DeltaAnswer, FileToSend } from './deltas.ts';
import { ListDeltas } from './deltas.ts';
import { readManifest } from './manifest.ts';

/** Tells who waits that a new revision is there. */
export type RevisionListener = (manifest: ListManifest) => void;

export class PublishedLists {
  readonly #db: Queries;
  readonly #layout: Layout;
  readonly #deltas: ListDeltas;
  readonly #listeners = new Set<RevisionListener>();
  readonly #damaged = new Set<string>();
  readonly #onDamage: () => void;
  readonly #pathOf = (digest: string): string => listPath(this.#layout, digest);
  readonly #noteDamage = (digest: string): void => {
    this.#damaged.add(digest);
    this.#onDamage();
  };
  #set: ListSet;
  #reloading: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(db: Queries, layout: Layout, manifest: ListManifest, onDamage: () => void) {
    this.#db = db;
    this.#layout = layout;
    this.#deltas = new ListDeltas(layout);
    this.#onDamage = onDamage;
    this.#set = ListSet.open(manifest, this.#pathOf, this.#noteDamage);
  }

  /** `onDamage` is called whenever a list is read that does not hold. */
  static async open(db: Queries, layout: Layout, onDamage: () => void = () => {}): Promise<PublishedLists> {
    return new PublishedLists(db, layout, await readManifest(db), onDamage);
  }

  get set(): ListSet {
    return this.#set;
  }

  /** The same object for as long as the lists are the same. */
  get manifest(): ListManifest {
    return this.#set.manifest;
  }

  /** Path of a published file of the current revision, or null; null too where it was found damaged. */
  fileOf(digest: string): FileToSend | null {
    const entry = this.#entry(digest);
    if (entry === undefined || this.#damaged.has(digest)) return null;
    const path = listPath(this.#layout, digest);
    return existsSync(path) ? { path, bytes: entry.bytes } : null;
  }

  /** What makes a list of the current revision of the older one `from` (deltas.ts). */
  async deltaOf(digest: string, from: string): Promise<DeltaAnswer> {
    const entry = this.#entry(digest);
    if (entry === undefined || this.#damaged.has(digest)) return { kind: 'none' };
    return await this.#deltas.between(from, entry);
  }

  /**
   * Opens what is new in the newest revision, while look-ups go on over the old one; those under way finish synchronously
   * on it before it closes.
   */
  reload(): Promise<void> {
    const again = (): Promise<void> => this.#reload();
    this.#reloading = this.#reloading.then(again, again);
    return this.#reloading;
  }

  async #reload(): Promise<void> {
    const manifest = await readManifest(this.#db);
    const old = this.#set;
    if (this.#closed || (manifest.revision === old.manifest.revision && old.holds(manifest))) return;
    const next = await this.#openTold(manifest);
    if (this.#closed) return next.close(old);
    this.#set = next;
    this.#damaged.clear();
    this.#deltas.forget();
    old.close(next);
    for (const listener of this.#listeners) listener(manifest);
  }

  /** Has the files looked at, as if one had been read that does not hold. */
  reportDamage(): void {
    this.#onDamage();
  }

  onRevision(listener: RevisionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reloading.catch(() => {}); // who asked for it was told
    this.#set.close();
    await this.#deltas.close();
  }

  #entry(digest: string): ListEntry | undefined {
    return this.manifest.lists.find((entry) => entry.digest === digest);
  }

  /** What is damaged as soon as it is published is mended like everything else. */
  async #openTold(manifest: ListManifest): Promise<ListSet> {
    try {
      return await this.#set.next(manifest, this.#pathOf, this.#noteDamage);
    } catch (error) {
      if (isDamage(error)) this.#onDamage();
      throw error;
    }
  }
}

/** Follows publications of any process; what is returned ends it. */
export async function followLists(
  db: Database,
  lists: PublishedLists,
  log: (line: string) => void,
): Promise<() => Promise<void>> {
  let last = Promise.resolve();
  const listener = await db.listen(LISTS_CHANNEL, () => {
    last = last
      .then(() => lists.reload())
      .catch((error: unknown) => log(`the new lists cannot be opened: ${errorWords(error)}`));
  });
  return async () => {
    await listener.close();
    await last;
  };
}
