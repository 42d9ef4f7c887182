// What GET /v1/lists answers: the manifest as bytes, the note that proves it, and the entity tag of both. Made once for
// each set of lists and each log key, not for each request; signs nothing that is not published.
import { createHash } from 'node:crypto';
import type { ListManifest } from 'tocsin/protocol/lookup.ts';
import { signManifest } from 'tocsin/protocol/manifest-note.ts';
import type { KeyRing } from '../keys/store.ts';
import type { PublishedLists } from './published.ts';

export interface SignedManifest {
  readonly body: Buffer;
  /** Base64 of the signed note; null where the keys document names no log key. */
  readonly note: string | null;
  readonly tag: string;
}

export class ManifestSigner {
  readonly #lists: Pick<PublishedLists, 'manifest'>;
  readonly #keys: Pick<KeyRing, 'root' | 'log'>;
  #made: {
    readonly of: ListManifest;
    readonly logKey: string | null;
    readonly answer: SignedManifest;
  } | null = null;

  constructor(lists: Pick<PublishedLists, 'manifest'>, keys: Pick<KeyRing, 'root' | 'log'>) {
    this.#lists = lists;
    this.#keys = keys;
  }

  /** For the newest revision, under the log key of the newest keys document. Throws as `KeyRing.log`. */
  get current(): SignedManifest {
    const { manifest } = this.#lists;
    const { log } = this.#keys;
    const logKey = log?.verifierKey ?? null;
    if (this.#made?.of === manifest && this.#made.logKey === logKey) return this.#made.answer;
    const text = JSON.stringify(manifest);
    const note = log === null ? null : signManifest(this.#keys.root.id, manifest.revision, text, log);
    const answer = {
      body: Buffer.from(text),
      note: note === null ? null : Buffer.from(note).toString('base64'),
      tag: manifestTag(manifest.revision, text, note),
    };
    this.#made = { of: manifest, logKey, answer };
    return answer;
  }
}

/**
 * The entity tag of a manifest (RFC 9110, section 8.8.3): equal tags, equal manifests and equal notes, whichever hub or
 * backup they are from. The revision alone is no such thing: a restored hub counts on from an older one, and a new log
 * key signs what another one signed before.
 */
export function manifestTag(revision: number, text: string, note: string | null): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([text, note]))
    .digest('hex');
  return `"${revision}-${digest.slice(0, 32)}"`;
}
