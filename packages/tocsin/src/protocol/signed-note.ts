// Signed notes (https://c2sp.org/signed-note) with Ed25519: a text, an empty line, a line for each signature. What the
// verdict log will sign, and what proves the lists (lists-note.ts). Knows nothing of what a text says, and trusts no
// key by itself: a text counts only where `openNote` answered `signed`.
import type { KeyObject } from 'node:crypto';
import { createHash, sign, verify } from 'node:crypto';
import { parseBase64, toBase64 } from './base64.ts';
import { ED25519_BYTES, ed25519FromRaw, ed25519ToRaw } from './ed25519.ts';
import { shown, TocsinError } from './errors.ts';
import { toHex } from './hex.ts';

export const SIGNED_NOTE_LIMITS = {
  /** Bytes of a whole note. */
  maxBytes: 65_536,
  /** The specification wants 16 to be accepted at least. */
  maxSignatures: 32,
  /** Bytes of the name of a key. */
  maxName: 256,
  /** Bytes of a signature of any kind, its key id included: those after quantum computers have nearly 5,000. */
  maxSignature: 8_192,
} as const;

/** The signature type of Ed25519, and the bytes of a key id. */
const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
/** How each line of a signature begins: an em dash and a space. */
const MARK = '— ';

/** A public key under a name: both, and the id that follows from them, say which signature is to be verified by it. */
export interface NoteVerifier {
  readonly name: string;
  /** 8 hex digits: of the name, the type of signature and the key. No more than a name: it is short. */
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSigner {
  readonly name: string;
  /** Ed25519. */
  readonly privateKey: KeyObject;
}

export interface SignedNote {
  /** What is signed, with the line feed at its end. */
  readonly text: string;
  /** In the order of the lines; of any key and any type, nothing is verified. */
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

export type NoteCheck =
  | { readonly kind: 'signed'; readonly by: readonly NoteVerifier[] }
  /** No signature is of one of these keys; whose there are, for the words of a refusal. */
  | { readonly kind: 'unknown-signers'; readonly signers: readonly string[] }
  /** One of these keys is named, and its signature does not hold: nothing of the note counts. */
  | { readonly kind: 'bad-signature'; readonly signer: string };

/** The verifier of an Ed25519 key. Throws `format` for a name that is none or a key of another size. */
export function noteVerifier(name: string, publicKey: Uint8Array): NoteVerifier {
  if (!isKeyName(name)) throw badKey('its name', 'one without spaces and plus signs');
  if (publicKey.length !== ED25519_BYTES.publicKey)
    throw badKey(`its key of ${publicKey.length} bytes`, 'an Ed25519 key');
  const hash = createHash('sha256').update(name).update('\n');
  const digest = hash.update(Uint8Array.of(ED25519)).update(publicKey).digest();
  return { name, id: toHex(digest.subarray(0, KEY_ID_BYTES)), publicKey };
}

/** The text by which a verifier is passed on: `name+id+base64(0x01 || key)`. */
export function formatVerifierKey({ name, id, publicKey }: NoteVerifier): string {
  return `${name}+${id}+${toBase64(Uint8Array.of(ED25519, ...publicKey))}`;
}

/** Throws `format` for anything but the one spelling of an Ed25519 verifier key. */
export function parseVerifierKey(text: string): NoteVerifier {
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.{1,64})$/s.exec(text) ?? [];
  if (name === undefined || encoded === undefined) throw badKey('its form', 'name+id+key');
  const bytes = parseBase64(encoded);
  if (bytes?.[0] !== ED25519) throw badKey('its type', 'Ed25519 (1)');
  const verifier = noteVerifier(name, bytes.subarray(1));
  if (verifier.id !== id) throw badKey('its id', 'the digest of name and key');
  return verifier;
}

/** The verifier of a signer's signatures. */
export function verifierOf({ name, privateKey }: NoteSigner): NoteVerifier {
  return noteVerifier(name, ed25519ToRaw(privateKey));
}

/** A note with a signature by each signer. Throws `format` for a text that no note can have. */
export function signNote(text: string, signers: readonly [NoteSigner, ...NoteSigner[]]): string {
  if (!isNoteText(text))
    throw bad('its text', 'lines of UTF-8 without control characters, the last one ended');
  const lines = signers.map((signer) => {
    const { name, id } = verifierOf(signer);
    const signature = sign(null, Buffer.from(text), signer.privateKey);
    return `${MARK}${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Reads a note and verifies nothing. Throws `format`, or `limit` for one that is too long. */
export function parseNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > SIGNED_NOTE_LIMITS.maxBytes)
    throw new TocsinError(
      'limit',
      `Cannot read the signed note: it has ${bytes.length} bytes, want ${SIGNED_NOTE_LIMITS.maxBytes} at most`,
    );
  const note = utf8(bytes);
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  if (end < 0 || !isNoteText(text))
    throw bad('its text', 'lines without control characters, and an empty one');
  const lines = note.slice(end + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0) throw bad('its end', 'lines of signatures, each ended');
  if (lines.length > SIGNED_NOTE_LIMITS.maxSignatures)
    throw bad(`its ${lines.length} signatures`, `${SIGNED_NOTE_LIMITS.maxSignatures} at most`);
  return { text, signatures: lines.map(parseSignature) };
}

/**
 * Whether one of these keys signed the note. Signatures of other keys are passed over, also where only the name or only
 * the id is that of a known one; a signature of a known key that does not hold refuses the whole note.
 */
export function openNote(note: SignedNote, known: readonly NoteVerifier[]): NoteCheck {
  const bytes = Buffer.from(note.text);
  const by: NoteVerifier[] = [];
  for (const { name, id, signature } of note.signatures) {
    const key = known.find((verifier) => verifier.name === name && verifier.id === id);
    if (key === undefined) continue;
    if (!holds(bytes, key, signature)) return { kind: 'bad-signature', signer: `${name}+${id}` };
    by.push(key);
  }
  if (by.length > 0) return { kind: 'signed', by };
  return { kind: 'unknown-signers', signers: note.signatures.map(({ name, id }) => `${name}+${id}`) };
}

function holds(bytes: Uint8Array, { publicKey }: NoteVerifier, signature: Uint8Array): boolean {
  if (signature.length !== ED25519_BYTES.signature) return false;
  return verify(null, bytes, ed25519FromRaw(publicKey), signature);
}

function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  if (name === undefined || encoded === undefined || !isKeyName(name))
    throw bad('a line of a signature', 'a dash, a name and base64');
  const bytes = encoded.length > 2 * SIGNED_NOTE_LIMITS.maxSignature ? null : parseBase64(encoded);
  if (bytes === null || bytes.length <= KEY_ID_BYTES || bytes.length > SIGNED_NOTE_LIMITS.maxSignature)
    throw bad(`the signature of '${shown(name)}'`, 'base64 of a key id and a signature');
  return { name, id: toHex(bytes.subarray(0, KEY_ID_BYTES)), signature: bytes.subarray(KEY_ID_BYTES) };
}

function isKeyName(name: string): boolean {
  if (name === '' || /[\p{White_Space}+\x00-\x1f]/u.test(name) || !name.isWellFormed()) return false;
  return Buffer.byteLength(name) <= SIGNED_NOTE_LIMITS.maxName;
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && !/[\x00-\x09\x0b-\x1f]/.test(text) && text.isWellFormed();
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw bad('its bytes', 'UTF-8', cause);
  }
}

function bad(what: string, want: string, cause?: unknown): TocsinError {
  return new TocsinError('format', `Cannot read the signed note: ${what} is wrong, want ${want}`, { cause });
}

function badKey(what: string, want: string): TocsinError {
  return new TocsinError('format', `Cannot read the verifier key: ${what} is wrong, want ${want}`);
}
