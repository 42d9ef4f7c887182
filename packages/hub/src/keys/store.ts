// The hub's keys as they stand on disk: made on first use, opened, replaced by newer documents.
//
//   root.key ──signs──► keys-<n>.json ──names──► authority-<id>.key ──issues──► leaves of hub and machines
//                                        ├─────► receipt-<id>.key ──signs──► receipts, terms, policies
//                                        ├─────► log-<id>.key ──signs──► lists
//                                        └─────► age-<id>.key ──opens──► messages of machines
//
// createKeys(directory, world, rootKeyFile?)   the first document; safe to run again after a crash, or twice at once
// openKeys(directory, rootKeyFile?): KeyRing   KeyRing.reload() sees documents that another process added
// Every file that a document names is durable before the document is.
import type { KeyObject } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { makePrivateDirectory } from 'tocsin/client/state/home.ts';
import { parseBase64Url, toBase64, toBase64Url } from 'tocsin/protocol/base64.ts';
import { formatEnvelope, signEnvelope } from 'tocsin/protocol/dsse.ts';
import type { RootKey } from 'tocsin/protocol/ed25519.ts';
import { ed25519ToRaw, keyId, rootKeyOf } from 'tocsin/protocol/ed25519.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeysDocument, TrustedKeys } from 'tocsin/protocol/keys-document.ts';
import {
  encodeKeysDocument,
  KEYS_PAYLOAD_TYPE,
  peekKeysDocument,
  requireKeysDocument,
  tlsEntry,
} from 'tocsin/protocol/keys-document.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import { readAgeIdentity, storeAgeIdentity } from './age.ts';
import type { IssuingAuthority } from './authority.ts';
import { makeAuthority } from './authority.ts';
import { HUB_KEY_LIMITS } from './config.ts';
import {
  authorityFile,
  createKeyFile,
  damagedKeys,
  documentFile,
  KEY_FILES,
  newestDocument,
  parsePrivate,
  privatePem,
  readKeyFile,
  receiptFile,
} from './files.ts';
import type { LogSigner } from './log-key.ts';
import { readLogKey, storeLogKey } from './log-key.ts';

/** The root's private key, in hand for as long as it signs. */
export interface RootSigner {
  readonly root: RootKey;
  readonly privateKey: KeyObject;
}

/** The key that countersigns: receipts, terms, policies, confirmations. */
export interface ReceiptSigner {
  readonly id: string;
  readonly privateKey: KeyObject;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Makes whatever is missing for a first keys document. Does nothing where there is one. */
export async function createKeys(directory: string, world: World, rootKeyFile?: string): Promise<void> {
  makePrivateDirectory(directory);
  if (newestDocument(directory) > 0) return;
  const signer = rootKeyFile === undefined ? makeRoot(directory) : readRoot(rootKeyFile);
  createKeyFile(join(directory, KEY_FILES.rootPublic), `${toBase64Url(signer.root.raw)}\n`);
  requireSameRoot(directory, signer);
  const authority = await storeAuthority(directory, signer.root.id, world);
  const now = unixSeconds(world.clock);
  const document: KeysDocument = {
    v: 1,
    hub: signer.root.id,
    number: 1,
    issued: now,
    expires: now + HUB_KEY_LIMITS.documentLifetime,
    tls: [tlsEntry(authority.certificate.raw, endOf(authority))],
    log: storeLogKey(directory, signer.root.id),
    age: [await storeAgeIdentity(directory)],
    receipt: storeReceiptKey(directory),
  };
  try {
    storeDocument(directory, signer, document);
  } catch (error) {
    if (!(error instanceof TocsinError && error.code === 'conflict')) throw error; // another process was first
  }
}

/** Opens the newest document. Throws `not-found` where there is none, `corrupt` where it does not hold. */
export function openKeys(directory: string, rootKeyFile?: string): KeyRing {
  return new KeyRing(directory, rootKeyFile);
}

/** What a running hub needs of its keys; the root's private key is not among it. */
export class KeyRing {
  readonly directory: string;
  readonly root: RootKey;
  readonly #rootKeyFile: string;
  #keys: TrustedKeys;
  #issuing: IssuingAuthority;
  #receipt: ReceiptSigner | null = null;
  #log: LogSigner | null = null;
  /** By id; what a file does not hold is asked for again, for another process may have added it. */
  readonly #ages = new Map<string, string>();

  constructor(directory: string, rootKeyFile?: string) {
    this.directory = directory;
    this.#rootKeyFile = rootKeyFile ?? join(directory, KEY_FILES.root);
    this.root = readRootPublic(directory);
    this.#keys = readDocument(directory, this.root, newestDocument(directory));
    this.#issuing = readAuthority(directory, this.#keys);
  }

  get keys(): TrustedKeys {
    return this.#keys;
  }

  /** The authority that issues: the first of the document. */
  get issuing(): IssuingAuthority {
    return this.#issuing;
  }

  /** The receipt key of the document. Throws `corrupt` where its file is missing, damaged or another key. */
  get receipt(): ReceiptSigner {
    const named = this.#keys.document.receipt;
    if (this.#receipt === null || this.#receipt.id !== named?.id)
      this.#receipt = readReceipt(this.directory, named);
    return this.#receipt;
  }

  /** The log key of the document; null where it names none. Throws `corrupt` as `receipt`. */
  get log(): LogSigner | null {
    const named = this.#keys.document.log;
    if (named === null) return null;
    if (this.#log?.verifierKey !== named) this.#log = readLogKey(this.directory, named);
    return this.#log;
  }

  /** The age identity of this id, the current or an earlier one; null where there is none. Throws `corrupt`. */
  ageIdentity(id: string): string | null {
    const known = this.#ages.get(id);
    if (known !== undefined) return known;
    const identity = readAgeIdentity(this.directory, id);
    if (identity !== null) this.#ages.set(id, identity);
    return identity;
  }

  /** Takes up a newer document where there is one; true where there was. Throws as `openKeys`, changing nothing. */
  reload(): boolean {
    const number = newestDocument(this.directory);
    if (number <= this.#keys.document.number) return false;
    const keys = readDocument(this.directory, this.root, number);
    this.#issuing = readAuthority(this.directory, keys);
    this.#keys = keys;
    return true;
  }

  /** The root's private key from `rootKeyFile` or DATA/keys, or null where it is offline. */
  rootSigner(): RootSigner | null {
    return readKeyFile(this.#rootKeyFile) === null ? null : readRoot(this.#rootKeyFile);
  }
}

/** Reads a root key. Throws `not-found`, or `format` for anything but an Ed25519 key in PEM. */
export function readRoot(path: string): RootSigner {
  const text = readKeyFile(path);
  if (text === null)
    throw new TocsinError(
      'not-found',
      'Cannot read the root key: there is no such file, want --root-key FILE',
    );
  const privateKey = parsePrivate(text, 'the root key');
  return { root: rootKeyOf(ed25519ToRaw(privateKey)), privateKey };
}

/** A new authority whose key is durable on return. */
export async function storeAuthority(
  directory: string,
  rootId: string,
  world: World,
): Promise<IssuingAuthority> {
  const authority = await makeAuthority(rootId, world);
  const name = authorityFile(keyId(authority.certificate.raw));
  createKeyFile(join(directory, name), privatePem(authority.privateKey));
  return authority;
}

/** Signs and stores a document; durable on return. Throws `conflict` where its number exists already. */
export function storeDocument(directory: string, signer: RootSigner, document: KeysDocument): void {
  const payload = encodeKeysDocument(document);
  const text = formatEnvelope(signEnvelope(KEYS_PAYLOAD_TYPE, payload, signer.root.id, signer.privateKey));
  if (!createKeyFile(join(directory, documentFile(document.number)), `${text}\n`))
    throw new TocsinError(
      'conflict',
      `Cannot store keys document ${document.number}: another one was stored meanwhile, want a second try`,
    );
}

/** Unix seconds of an authority's end. */
export function endOf(authority: IssuingAuthority): number {
  return Math.floor(authority.certificate.validToDate.getTime() / 1000);
}

/** Throws `pin` where `signer` is not the root of this directory: signing with it would make another hub. */
export function requireSameRoot(directory: string, signer: RootSigner): void {
  const { id } = readRootPublic(directory);
  if (id !== signer.root.id)
    throw new TocsinError(
      'pin',
      `Cannot sign with root ${signer.root.id}: this hub's root is ${id}, want its key`,
    );
}

function makeRoot(directory: string): RootSigner {
  const path = join(directory, KEY_FILES.root);
  createKeyFile(path, privatePem(generateKeyPairSync('ed25519').privateKey));
  return readRoot(path);
}

function storeReceiptKey(directory: string): KeysDocument['receipt'] {
  const { privateKey } = generateKeyPairSync('ed25519');
  const raw = ed25519ToRaw(privateKey);
  createKeyFile(join(directory, receiptFile(keyId(raw))), privatePem(privateKey));
  return { id: keyId(raw), publicKey: toBase64(raw) };
}

function readRootPublic(directory: string): RootKey {
  const text = readKeyFile(join(directory, KEY_FILES.rootPublic));
  if (text === null)
    throw new TocsinError(
      'not-found',
      "Cannot open the hub's keys: there are none, want a hub that was started once",
    );
  const raw = parseBase64Url(text.trim());
  if (raw === null) throw damagedKeys(KEY_FILES.rootPublic);
  return rootKeyOf(raw);
}

/** Our own document is read whatever the date: an expired one is replaced, not refused. */
function readDocument(directory: string, root: RootKey, number: number): TrustedKeys {
  const name = documentFile(number);
  const text = readKeyFile(join(directory, name))?.trim();
  if (text === undefined)
    throw new TocsinError(
      'not-found',
      "Cannot open the hub's keys: there is no keys document, want a backup",
    );
  try {
    const { issued } = peekKeysDocument(text);
    const clock = { now: () => issued * 1000, monotonic: () => 0 };
    const keys = requireKeysDocument({ text, root, held: 0, clock });
    if (keys.document.number !== number) throw new TypeError('number and name differ');
    return keys;
  } catch (cause) {
    throw damagedKeys(name, cause);
  }
}

function readAuthority(directory: string, keys: TrustedKeys): IssuingAuthority {
  const first = keys.authorities[0]!;
  const name = authorityFile(first.id);
  const text = readKeyFile(join(directory, name));
  if (text === null) throw damagedKeys(name);
  const privateKey = parsePrivate(text, 'the key of the authority');
  if (!first.certificate.checkPrivateKey(privateKey)) throw damagedKeys(name);
  return { certificate: first.certificate, privateKey };
}

function readReceipt(directory: string, named: KeysDocument['receipt']): ReceiptSigner {
  if (named === null) throw damagedKeys('receipt key');
  const name = receiptFile(named.id);
  const text = readKeyFile(join(directory, name));
  if (text === null) throw damagedKeys(name);
  const privateKey = parsePrivate(text, 'the receipt key');
  const publicKey = ed25519ToRaw(privateKey);
  if (toBase64(publicKey) !== named.publicKey) throw damagedKeys(name);
  return { id: named.id, privateKey, publicKey };
}
