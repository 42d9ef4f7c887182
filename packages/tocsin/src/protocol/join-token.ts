// The one-time join token: root public key to pin, secret to show to the hub, checksum against a cut paste.
// spec/enrolment.md. Must never put the secret, or a part of it, into words.
import { crc32 } from 'node:zlib';
import { parseBase64Url, toBase64Url } from './base64.ts';
import type { RootKey } from './ed25519.ts';
import { ED25519_BYTES, rootKeyOf } from './ed25519.ts';
import { TocsinError } from './errors.ts';

export const TOKEN_LIMITS = { secretBytes: 32, maxText: 256 } as const;
const MAGIC = 'tocsin1';

export interface JoinToken {
  readonly root: RootKey;
  /** 32 bytes; the hub keeps only their SHA-256. */
  readonly secret: Uint8Array;
}

/** `tocsin1.<root public key>.<secret>.<CRC-32 of all before the last dot>`; base64url, checksum in hex. */
export function formatJoinToken(token: JoinToken): string {
  const body = `${MAGIC}.${toBase64Url(token.root.raw)}.${toBase64Url(token.secret)}`;
  return `${body}.${checksum(body)}`;
}

/** Reads a token as a person pasted it (white space anywhere is dropped). Throws `input` saying what is wrong. */
export function parseJoinToken(pasted: string): JoinToken {
  if (pasted.length > 4 * TOKEN_LIMITS.maxText) throw refuse('it is far too long');
  const text = pasted.replace(/\s+/g, '');
  if (text === '') throw refuse('it is empty');
  const version = /^tocsin([0-9]{1,4})\./.exec(text)?.[1];
  if (version === undefined) throw refuse(`it does not start with '${MAGIC}.'`);
  if (version !== '1') throw refuse(`it is of version ${version} and this program reads version 1`);
  const cut = text.lastIndexOf('.');
  const [, root, secret, sum, ...more] = text.split('.');
  if (sum === undefined) throw refuse('it was cut short');
  if (more.length > 0 || checksum(text.slice(0, cut)) !== sum) throw refuse('it was cut short or altered');
  const rootRaw = parseBase64Url(root ?? '');
  const secretRaw = parseBase64Url(secret ?? '');
  if (rootRaw?.length !== ED25519_BYTES.publicKey || secretRaw?.length !== TOKEN_LIMITS.secretBytes)
    throw refuse('its parts are not of the right size');
  return { root: rootKeyOf(rootRaw), secret: secretRaw };
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function refuse(state: string): TocsinError {
  return new TocsinError(
    'input',
    `Cannot read the join token: ${state}, want the whole line that 'tocsin-hub token' printed`,
  );
}
