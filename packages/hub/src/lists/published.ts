// The published lists as a hub node holds them open: swapped whole when a new revision is announced, or damaged files
// were written again. A list that was found damaged is given to nobody.
import { existsSync, statSync } from 'node:fs';
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
  #set: ListSet;
  #files: string;

  private constructor(db: Queries, layout: Layout, manifest: ListManifest, onDamage: () => void) {
    this.#db = db;
    this.#layout = layout;
    this.#deltas = new ListDeltas(layout);
    this.#onDamage = onDamage;
    this.#files = filesOf(manifest, layout);
    this.#set = this.#open(manifest);
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

  /** Opens the newest revision; look-ups under way finish synchronously on the old one before it closes. */
  async reload(): Promise<void> {
    const manifest = await readManifest(this.#db);
    const files = filesOf(manifest, this.#layout);
    if (manifest.revision === this.manifest.revision && files === this.#files) return;
    const old = this.#set;
    this.#set = this.#openTold(manifest);
    this.#files = files;
    this.#damaged.clear();
    this.#deltas.forget();
    old.close();
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
    this.#set.close();
    await this.#deltas.close();
  }

  #entry(digest: string): ListEntry | undefined {
    return this.manifest.lists.find((entry) => entry.digest === digest);
  }

  #open(manifest: ListManifest): ListSet {
    const onDamage = (digest: string): void => {
      this.#damaged.add(digest);
      this.#onDamage();
    };
    return ListSet.open(manifest, (digest) => listPath(this.#layout, digest), onDamage);
  }

  /** What is damaged as soon as it is published is mended like everything else. */
  #openTold(manifest: ListManifest): ListSet {
    try {
      return this.#open(manifest);
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

/** Which files stand under the names of the manifest: one that was written again is another one. */
function filesOf({ lists }: ListManifest, layout: Layout): string {
  return lists
    .map(({ digest }) => statSync(listPath(layout, digest), { throwIfNoEntry: false }))
    .map((stat) => (stat === undefined ? 'none' : `${stat.ino}-${stat.mtimeMs}-${stat.size}`))
    .join();
}
