// Why the lists of this machine are believed (spec/lists.md, "Signature"): the hub's log key, which the keys document of
// the pinned root names, signed their manifest. Asked when a manifest comes (update.ts) and whenever it is read from the
// disk (store.ts); the files themselves are checked by the digests that it names.
import { parseBase64 } from '../../protocol/base64.ts';
import { isSignedBy, parseEnvelope } from '../../protocol/dsse.ts';
import type { RootKey } from '../../protocol/ed25519.ts';
import { never, shown, TocsinError } from '../../protocol/errors.ts';
import type { KeysDocument, TrustedKeys } from '../../protocol/keys-document.ts';
import { peekKeysDocument } from '../../protocol/keys-document.ts';
import type { ListManifest } from '../../protocol/lookup.ts';
import {
  MANIFEST_NOTE_HEADER,
  MANIFEST_NOTE_LIMITS,
  parseManifestText,
  verifyManifest,
} from '../../protocol/manifest-note.ts';
import type { HubAnswer } from '../channel/channel.ts';

/** What was verified together with a manifest. */
export interface ListsProof {
  readonly note: string;
  /** The signed keys document that named the log key, as it came: it says by which key the note is verified again. */
  readonly keys: string;
  readonly document: KeysDocument & { readonly log: string };
}

/** A manifest that may be used. */
export interface ProvenManifest {
  readonly manifest: ListManifest;
  /** As it came: what was signed. */
  readonly text: string;
  /** Null where the keys document named no log key. */
  readonly proof: ListsProof | null;
}

/**
 * The manifest of an answer, verified by the log key of the keys document that is held. Throws `corrupt` where that does
 * not sign it, or where it is older than the one that is held under the same key, `format` and `limit` for what
 * is malformed: then nothing of it counts.
 */
export function takeManifest(
  answer: HubAnswer,
  keys: TrustedKeys,
  held: ProvenManifest | null,
): ProvenManifest {
  const text = utf8(answer.body);
  const { document } = keys;
  if (document.log === null) return { manifest: parseManifestText(text), text, proof: null };
  const note = noteOf(answer, document.log); // 1
  const proof = { note, keys: keys.text, document: { ...document, log: document.log } };
  const manifest = requireSigned(text, proof, keys.root.id); // 2-6
  if (held?.proof?.document.log === document.log && manifest.revision < held.manifest.revision)
    throw new TocsinError(
      'corrupt',
      `Cannot take the hub's lists: they are of revision ${manifest.revision}, want ${held.manifest.revision} or newer, as here`,
    ); // 7
  return { manifest, text, proof };
}

/** True where what is held was verified by the log key that counts now, or needs no key as none is named. */
export function isProvenBy({ proof }: ProvenManifest, { document }: TrustedKeys): boolean {
  return (proof?.document.log ?? null) === document.log;
}

/**
 * What is wrong with lists that are not signed by the log key that the keys document of this machine names; null where
 * nothing is. They are from before the hub had one or replaced it, or somebody changed them here: they stand, and it is told.
 */
export function unsignedWords({ proof }: ProvenManifest, keysText: string): string | null {
  const now = documentOf(keysText);
  if (now === null || now.log === null || proof?.document.log === now.log) return null;
  if (proof !== null && proof.document.number >= now.number) return null; // a newer document came with them
  const state =
    proof === null ? 'not signed, and the hub signs its lists' : 'signed by a key that the hub replaced';
  return `The lists here are ${state}: 'tocsin sync' fetches them anew`;
}

/**
 * Verifies again what was verified when it came, by the pinned root, or (null) where none is known by the keys document
 * alone. Throws `corrupt` where it does not hold any more, `format`.
 */
export function verifyHeld(
  text: string,
  kept: { readonly note: string; readonly keys: string },
  hub: string,
  root: RootKey | null,
): ProvenManifest {
  if (root !== null && !isSignedBy(parseEnvelope(kept.keys), root.raw))
    throw refused('the keys beside them are not of the pinned root', 'those of the root');
  const document = peekKeysDocument(kept.keys);
  if (document.log === null || document.hub !== hub)
    throw refused('the keys beside them name no log key of this hub', 'those by which they were taken');
  const proof = { ...kept, document: { ...document, log: document.log } };
  return { manifest: requireSigned(text, proof, hub), text, proof };
}

/** Null for a document that cannot be read: the channel says what is wrong with that. */
function documentOf(keysText: string): KeysDocument | null {
  try {
    return peekKeysDocument(keysText);
  } catch (error) {
    if (error instanceof TocsinError) return null;
    throw error;
  }
}

function requireSigned(text: string, { note, document }: ListsProof, hub: string): ListManifest {
  const check = verifyManifest({ text, note, logKey: document.log, hub });
  const want = `the signature of ${nameOf(document.log)}`;
  switch (check.kind) {
    case 'signed':
      return check.manifest;
    case 'other-key':
      throw refused(`they are signed by ${check.signers.map(shownName).join(', ')}`, want);
    case 'bad-signature':
      throw refused('their signature does not hold', want);
    case 'other-text':
      throw refused('what is signed are no lists of this hub', want);
    case 'other-manifest':
      throw refused('they are not what was signed', want);
    default:
      return never(check);
  }
}

function noteOf({ headers }: HubAnswer, logKey: string): string {
  const value = headers[MANIFEST_NOTE_HEADER];
  if (value === undefined) throw refused('they are not signed', `the signature of ${nameOf(logKey)}`);
  const bytes =
    typeof value === 'string' && value.length <= (4 / 3) * MANIFEST_NOTE_LIMITS.maxBytes
      ? parseBase64(value)
      : null;
  if (bytes === null)
    throw new TocsinError(
      'format',
      "Cannot read the note of the hub's lists: it is too long or no base64, want a signed note",
    );
  return utf8(bytes);
}

/** A verifier key as people tell it from another: without the key itself. */
function nameOf(logKey: string): string {
  return `the log key ${shownName(logKey.split('+', 2).join('+'))}`;
}

function shownName(name: string): string {
  return `'${shown(name, 60)}'`;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TocsinError('format', "Cannot read the hub's lists: they are no UTF-8, want what a hub sends", {
      cause,
    });
  }
}

function refused(state: string, want: string): TocsinError {
  return new TocsinError('corrupt', `Cannot take the hub's lists: ${state}, want ${want}`);
}
