// What proves a manifest of lists: a note, signed with the hub's log key, that names the hub, the revision and the SHA-256
// of the manifest as it was sent (spec/lists.md, "Signature"). The manifest may not be used before `verifyManifest`
// answered `signed`. No I/O.
import { createHash } from 'node:crypto';
import { TocsinError } from './errors.ts';
import type { ListManifest } from './lookup.ts';
import { MANIFEST_LIMITS, parseManifest } from './lookup.ts';
import type { NoteSigner } from './signed-note.ts';
import { openNote, parseNote, parseVerifierKey, signNote } from './signed-note.ts';

/** The header of an answer in which the note comes, in base64: its lines would not be one value. */
export const MANIFEST_NOTE_HEADER = 'tocsin-note';

/** Bytes of a note; far above one signature, room for those of witnesses. */
export const MANIFEST_NOTE_LIMITS = { maxBytes: 6_144 } as const;

/** The note for a manifest of the hub with this root id; `text` is what a receiver gets, byte for byte. */
export function signManifest(hub: string, revision: number, text: string, signer: NoteSigner): string {
  return signNote(`${hub}/lists\nrevision ${revision}\nsha256 ${sha256(text)}\n`, [signer]);
}

export interface ManifestQuestion {
  /** The manifest as it came. */
  readonly text: string;
  /** The signed note that came with it. */
  readonly note: string;
  /** Verifier key: the member `log` of the keys document. */
  readonly logKey: string;
  /** Id of the pinned root. */
  readonly hub: string;
}

export type ManifestCheck =
  | { readonly kind: 'signed'; readonly manifest: ListManifest }
  /** No signature by the log key; whose there are. */
  | { readonly kind: 'other-key'; readonly signers: readonly string[] }
  | { readonly kind: 'bad-signature' }
  /** The log key signed something else than a manifest of this hub. */
  | { readonly kind: 'other-text' }
  /** Signed for another manifest than this one. */
  | { readonly kind: 'other-manifest' };

/** The checks in the order of spec/lists.md. Throws `format` or `limit` for a malformed note, key or manifest. */
export function verifyManifest({ text, note, logKey, hub }: ManifestQuestion): ManifestCheck {
  const bytes = Buffer.from(note);
  if (bytes.length > MANIFEST_NOTE_LIMITS.maxBytes)
    throw new TocsinError(
      'limit',
      `Cannot read the note of the lists: it has ${bytes.length} bytes, want ${MANIFEST_NOTE_LIMITS.maxBytes} at most`,
    );
  const read = parseNote(bytes); // 2
  const opened = openNote(read, [parseVerifierKey(logKey)]); // 3
  if (opened.kind === 'unknown-signers') return { kind: 'other-key', signers: opened.signers };
  if (opened.kind === 'bad-signature') return { kind: 'bad-signature' };
  const said = /^([0-9a-f]{32})\/lists\nrevision (0|[1-9][0-9]{0,15})\nsha256 ([0-9a-f]{64})\n/.exec(
    read.text,
  );
  if (said?.[1] !== hub) return { kind: 'other-text' }; // 4
  if (said[3] !== sha256(text)) return { kind: 'other-manifest' }; // 5
  const manifest = parseManifestText(text);
  return manifest.revision === Number(said[2]) ? { kind: 'signed', manifest } : { kind: 'other-manifest' }; // 6
}

/** A manifest as a hub sends it, with no proof. Throws `format` with what is wrong, `limit`. */
export function parseManifestText(text: string): ListManifest {
  if (text.length > MANIFEST_LIMITS.maxText)
    throw new TocsinError(
      'limit',
      `Cannot read the list of lists: it has ${text.length} characters, want ${MANIFEST_LIMITS.maxText} at most`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TocsinError('format', 'Cannot read the list of lists: it is no JSON, want what a hub sends', {
      cause,
    });
  }
  return parseManifest(value);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
