// The published lists as a hub node holds them open: swapped whole when a new revision is announced.
import { existsSync } from 'node:fs';
import { ListSet } from 'tocsin/lists/list-set.ts';
import type { ListManifest } from 'tocsin/protocol/lookup.ts';
import { listPath } from '../store/artifacts.ts';
import type { Queries } from '../store/database.ts';
import type { Layout } from '../store/layout.ts';
import { manifestTag, readManifest } from './manifest.ts';

/** Tells who waits that a new revision is there. */
export type RevisionListener = (manifest: ListManifest) => void;

export class PublishedLists {
  readonly #db: Queries;
  readonly #layout: Layout;
  readonly #listeners = new Set<RevisionListener>();
  #set: ListSet;
  #tag: string;

  private constructor(db: Queries, layout: Layout, set: ListSet) {
    this.#db = db;
    this.#layout = layout;
    this.#set = set;
    this.#tag = manifestTag(set.manifest);
  }

  static async open(db: Queries, layout: Layout): Promise<PublishedLists> {
    return new PublishedLists(db, layout, openSet(await readManifest(db), layout));
  }

  get set(): ListSet {
    return this.#set;
  }

  get manifest(): ListManifest {
    return this.#set.manifest;
  }

  /** The entity tag of the manifest. */
  get tag(): string {
    return this.#tag;
  }

  /** Path of a published file of the current revision, or null. */
  fileOf(digest: string): { path: string; bytes: number } | null {
    const entry = this.manifest.lists.find((l) => l.digest === digest);
    if (entry === undefined) return null;
    const path = listPath(this.#layout, digest);
    return existsSync(path) ? { path, bytes: entry.bytes } : null;
  }

  /** Opens the newest revision; look-ups under way finish synchronously on the old one before it closes. */
  async reload(): Promise<void> {
    const manifest = await readManifest(this.#db);
    if (manifest.revision === this.manifest.revision) return;
    const old = this.#set;
    this.#set = openSet(manifest, this.#layout);
    this.#tag = manifestTag(manifest);
    old.close();
    for (const listener of this.#listeners) listener(manifest);
  }

  onRevision(listener: RevisionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#set.close();
  }
}

function openSet(manifest: ListManifest, layout: Layout): ListSet {
  return ListSet.open(manifest, (digest) => listPath(layout, digest));
}
