// What an object can be, and the kinds of key by which one is found. A key is a fixed-size digest; the kind
// says of what. Codes stand in files and on the wire: they are never reused.

/** What a reputation is asked for. */
export const OBJECT_KINDS = ['file', 'url', 'host', 'ip', 'certificate', 'wifi'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export interface KeyKindFacts {
  readonly code: number;
  /** Size of a key, bytes. */
  readonly bytes: 16 | 20 | 32;
  readonly object: ObjectKind;
  /** An alias finds an object by a weaker digest; see `capAlias` in verdict.ts. */
  readonly alias: boolean;
}

/**
 * Keys: files by digest of their content; `url` SHA-256 of a canonical host/path expression (Safe Browsing v5,
 * "URLs and Hashing"); `host` SHA-256 of the expression `host/`; `ip` SHA-256 of the canonical text of an
 * address or of a range `address/length`; certificates by SHA-256 of the DER or of its TBS part.
 */
export const KEY_KINDS = {
  'file-sha256': { code: 1, bytes: 32, object: 'file', alias: false },
  'file-sha1': { code: 2, bytes: 20, object: 'file', alias: true },
  'file-md5': { code: 3, bytes: 16, object: 'file', alias: true },
  url: { code: 4, bytes: 32, object: 'url', alias: false },
  host: { code: 5, bytes: 32, object: 'host', alias: false },
  ip: { code: 6, bytes: 32, object: 'ip', alias: false },
  'certificate-sha256': { code: 7, bytes: 32, object: 'certificate', alias: false },
  'certificate-tbs': { code: 8, bytes: 32, object: 'certificate', alias: false },
  wifi: { code: 9, bytes: 32, object: 'wifi', alias: false },
} as const satisfies Record<string, KeyKindFacts>;

export type KeyKind = keyof typeof KEY_KINDS;
export const KEY_KIND_NAMES = Object.keys(KEY_KINDS) as readonly KeyKind[];

export function isKeyKind(value: unknown): value is KeyKind {
  return typeof value === 'string' && Object.hasOwn(KEY_KINDS, value);
}

/** The kind with this code, or `undefined` for a code of a later version. */
export function keyKindOfCode(code: number): KeyKind | undefined {
  return KEY_KIND_NAMES.find((name) => KEY_KINDS[name].code === code);
}

/** One key: the kind and its bytes (`KEY_KINDS[kind].bytes` of them). */
export interface ObjectKey {
  readonly kind: KeyKind;
  readonly bytes: Uint8Array;
}
