// Keys of objects: the digest under which a claim stands and a look-up asks. Inputs are canonical already
// (url.ts, host.ts, ip.ts); nothing is normalised here.
import { hash } from 'node:crypto';
import type { KeyKind, ObjectKey } from './kinds.ts';
import { KEY_KINDS } from './kinds.ts';

/** A key made of a digest that somebody computed. A wrong number of bytes is a programmer's mistake. */
export function digestKey(kind: KeyKind, bytes: Uint8Array): ObjectKey {
  const want = KEY_KINDS[kind].bytes;
  if (bytes.length !== want) throw new TypeError(`a ${kind} key has ${want} bytes, not ${bytes.length}`);
  return { kind, bytes };
}

export type FileKeyKind = Extract<KeyKind, `file-${string}`>;

export type CertificateKeyKind = Extract<KeyKind, `certificate-${string}`>;

export function fileKey(kind: FileKeyKind, bytes: Uint8Array): ObjectKey {
  return digestKey(kind, bytes);
}

/** The key of one of `urlExpressions`: SHA-256 of its text. */
export function urlKey(expression: string): ObjectKey {
  return { kind: 'url', bytes: sha256(expression) };
}

/** The key of a whole host, itself and all below it: SHA-256 of `host/`. */
export function hostKey(host: string): ObjectKey {
  return { kind: 'host', bytes: sha256(`${host}/`) };
}

/** The key of an address or range: SHA-256 of its canonical text. */
export function ipKey(canonicalText: string): ObjectKey {
  return { kind: 'ip', bytes: sha256(canonicalText) };
}

function sha256(text: string): Uint8Array {
  const bytes = hash('sha256', text, 'buffer');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
