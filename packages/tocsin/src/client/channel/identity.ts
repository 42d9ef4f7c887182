// What a machine knows of its hub and of itself: pinned root, address, keys document, key and certificate.
// One file, replaced whole, so that no crash leaves a certificate of one hub beside the root of another.
// Whoever reads it is this machine to the hub; whoever writes it chooses the hub. Directory 0700, file 0600.
// Version 2 says that a guard of the settings was made for it (self-defence/guard.ts), so that one that is gone is
// noticed. It spells the key in another way than version 1: who cannot read the key cannot make the one of the other.
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { parseBase64Url, toBase64Url } from '../../protocol/base64.ts';
import { machineOfCertificate } from '../../protocol/certificates.ts';
import type { RootKey } from '../../protocol/ed25519.ts';
import { ED25519_BYTES, rootKeyOf } from '../../protocol/ed25519.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { TrustedKeys } from '../../protocol/keys-document.ts';
import { verifyKeysDocument } from '../../protocol/keys-document.ts';
import { record } from '../../protocol/lookup.ts';
import type { Home } from '../state/home.ts';
import {
  makeHome,
  makePrivateDirectory,
  readSmallFile,
  removeFile,
  writeFileDurable,
} from '../state/home.ts';

/** A machine's key and the certificate that the hub gave for it. */
export interface MachineIdentity {
  /** Random UUID, made by the hub. */
  readonly machineId: string;
  /** PKCS#8 PEM of a P-256 key. */
  readonly privateKey: string;
  /** PEM of the leaf. */
  readonly certificate: string;
}

/** What was stored when this machine joined, and renewed since. */
export interface Joined {
  /** `https://host:port`, where the hub was last reached. */
  readonly url: string;
  readonly root: RootKey;
  /** Highest number of a keys document accepted from this root. */
  readonly keysNumber: number;
  /** The signed keys document as it came. Verified when loaded, see `currentKeys`. */
  readonly keysText: string;
  readonly identity: MachineIdentity;
  /** There once was a guard of this machine's settings. Left out where none was made yet. */
  readonly guarded?: true;
}

const VERSION = { unguarded: 1, guarded: 2 } as const;

/**
 * The stored state, or null where this machine has no hub. Throws `corrupt` where it cannot be used, `format`
 * where a later version of this program wrote it.
 */
export function loadJoined(home: Home): Joined | null {
  const bytes = readSmallFile(identityFile(home));
  if (bytes === null) return null;
  try {
    return parseJoined(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    if (cause instanceof TocsinError && cause.code === 'format') throw cause;
    throw new TocsinError(
      'corrupt',
      "Cannot use this machine's identity: the file is damaged, want it from a backup, or 'tocsin rejoin' with a new token",
      { cause },
    );
  }
}

/** As `loadJoined`; throws `not-joined` where there is no hub. */
export function requireJoined(home: Home): Joined {
  const joined = loadJoined(home);
  if (joined === null)
    throw new TocsinError(
      'not-joined',
      "Cannot ask a hub: this machine has joined none, want 'tocsin join URL TOKEN' first",
    );
  return joined;
}

/** Durable on return; the former state stands until then. */
export function saveJoined(home: Home, joined: Joined): void {
  makeHome(home);
  makePrivateDirectory(home.identity);
  const { url, root, keysNumber, keysText, identity, guarded = false } = joined;
  const text = JSON.stringify({
    v: guarded ? VERSION.guarded : VERSION.unguarded,
    url,
    root: toBase64Url(root.raw),
    keysNumber,
    keys: keysText,
    machineId: identity.machineId,
    privateKey: guarded ? keyToHex(identity.privateKey) : identity.privateKey,
    certificate: identity.certificate,
  });
  writeFileDurable(identityFile(home), `${text}\n`);
}

/** Notes that this machine has a guard of its settings, once that is durable. Durable on return. Throws as `loadJoined`. */
export function noteGuarded(home: Home): void {
  const joined = loadJoined(home);
  if (joined !== null && joined.guarded !== true) saveJoined(home, { ...joined, guarded: true });
}

/** Keeps a newer keys document of the same root; a document that is not newer, or of another root, is dropped. */
export function saveKeys(home: Home, keys: TrustedKeys): void {
  const joined = loadJoined(home);
  if (joined === null || joined.root.id !== keys.root.id || joined.keysNumber >= keys.document.number) return;
  saveJoined(home, { ...joined, keysNumber: keys.document.number, keysText: keys.text });
}

/** The stored keys document as trusted keys, or null where it has run out and a newer one must be fetched. */
export function currentKeys(
  joined: Joined,
  clock: { now(): number; monotonic(): number },
): TrustedKeys | null {
  const check = verifyKeysDocument({ text: joined.keysText, root: joined.root, held: 0, clock });
  return check.kind === 'accepted' ? check.keys : null;
}

/** A key made for an enrolment whose answer has not come: the same token may be shown again with it. */
export interface Pending {
  /** SHA-256 of the token's secret, hex: never the secret itself. */
  readonly token: string;
  readonly privateKey: string;
}

/** The key kept for this token, or null. A file that cannot be read as one counts as absent. */
export function loadPending(home: Home, token: string): Pending | null {
  const bytes = readSmallFile(pendingFile(home));
  if (bytes === null) return null;
  try {
    const o = record(JSON.parse(Buffer.from(bytes).toString()), 'pending enrolment');
    if (o['token'] !== token) return null;
    const privateKey = text(o['privateKey']);
    createPrivateKey(privateKey);
    return { token, privateKey };
  } catch {
    return null;
  }
}

/** Durable on return. */
export function savePending(home: Home, pending: Pending): void {
  makeHome(home);
  makePrivateDirectory(home.identity);
  writeFileDurable(pendingFile(home), `${JSON.stringify({ v: 1, ...pending })}\n`);
}

export function dropPending(home: Home): void {
  removeFile(pendingFile(home));
}

function identityFile(home: Home): string {
  return join(home.identity, 'identity.json');
}

function pendingFile(home: Home): string {
  return join(home.identity, 'pending.json');
}

function parseJoined(value: unknown): Joined {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  const o = value as Record<string, unknown>;
  if (typeof o['v'] === 'number' && o['v'] > VERSION.guarded)
    throw new TocsinError(
      'format',
      `Cannot use this machine's identity: it is of version ${o['v']}, want this program as new as the one that wrote it`,
    );
  const guarded = o['v'] === VERSION.guarded;
  if (!guarded && o['v'] !== VERSION.unguarded) throw new TypeError('version');
  const privateKey = text(o['privateKey']);
  const identity = {
    machineId: text(o['machineId']),
    privateKey: guarded ? keyFromHex(privateKey) : privateKey,
    certificate: text(o['certificate']),
  };
  checkPair(identity);
  return {
    url: text(o['url']),
    root: rootOf(text(o['root'])),
    keysNumber: count(o['keysNumber']),
    keysText: text(o['keys']),
    identity,
    ...(guarded ? { guarded } : {}),
  };
}

/** PKCS#8 PEM to DER in hex. */
function keyToHex(pem: string): string {
  return createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' }).toString('hex');
}

/** And back, by RFC 7468; `checkPair` sees whether it is one. Text only: it is read often. */
function keyFromHex(hex: string): string {
  const lines =
    Buffer.from(hex, 'hex')
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}

/** Key, certificate and id belong together. Throws otherwise. */
export function checkPair(identity: MachineIdentity): void {
  const certificate = new X509Certificate(identity.certificate);
  const key: KeyObject = createPrivateKey(identity.privateKey);
  if (!certificate.checkPrivateKey(key) || machineOfCertificate(certificate) !== identity.machineId)
    throw new TocsinError('certificate', 'Cannot use the certificate: it is not for the key of this machine');
}

function rootOf(encoded: string): RootKey {
  const raw = parseBase64Url(encoded);
  if (raw?.length !== ED25519_BYTES.publicKey) throw new TypeError('root key');
  return rootKeyOf(raw);
}

function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw new TypeError('not a number from 1');
  return value as number;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}
