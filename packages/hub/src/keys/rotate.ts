// New keys documents: signed again before they run out, with a new authority, or without an old one. Whoever
// calls needs the root's private key in hand; the number rises each time, whoever calls at once.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { removeFile } from 'tocsin/client/state/home.ts';
import { never, TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeysDocument, TlsEntry } from 'tocsin/protocol/keys-document.ts';
import { KEYS_LIMITS, tlsEntry } from 'tocsin/protocol/keys-document.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import { nextRecipients, removeEndedAges, storeAgeIdentity } from './age.ts';
import { HUB_KEY_LIMITS } from './config.ts';
import { authorityFile, lowestNumber, signingKeyFiles } from './files.ts';
import { logKeyFile, removeLogKey, storeLogKey } from './log-key.ts';
import type { KeyRing, RootSigner } from './store.ts';
import { endOf, requireSameRoot, storeAuthority, storeDocument } from './store.ts';

/**
 * Signs the same keys anew, for another lifetime; drops what ran out, and adds an age recipient and a log key where
 * there is none (hubs of 0.1.0, of 0.2.0). Durable on return.
 */
export async function reissue(ring: KeyRing, signer: RootSigner, world: World): Promise<void> {
  ring.reload();
  requireSameRoot(ring.directory, signer);
  const now = unixSeconds(world.clock);
  const [first, ...others] = ring.keys.document.tls;
  const fresh = ring.keys.document.age.length === 0 ? await storeAgeIdentity(ring.directory) : undefined;
  const age = nextRecipients(ring.directory, ring.keys.document.age, now, fresh);
  const log = ring.keys.document.log ?? storeLogKey(ring.directory, ring.root.id);
  storeDocument(ring.directory, signer, next(ring, { tls: [first!, ...living(others, now)], age, log }, now));
  ring.reload();
  removeEndedAges(ring.directory, now);
}

export interface RotateOptions {
  /** Drops the old authorities at once, as after a theft: machines with certificates of theirs must rejoin. */
  readonly dropOld?: boolean;
}

/**
 * Adds a new authority, which issues from now on, a new age recipient, to which machines seal from now on, and a new
 * log key in place of the old one. Old authorities count until their certificates have run out; private keys of
 * authorities and of the log are removed, for nothing is issued or signed by them any more; old age identities are kept
 * for as long as late messages may come. Durable on return.
 */
export async function rotate(
  ring: KeyRing,
  signer: RootSigner,
  world: World,
  options: RotateOptions = {},
): Promise<void> {
  ring.reload();
  requireSameRoot(ring.directory, signer);
  const authority = await storeAuthority(ring.directory, ring.root.id, world);
  const now = unixSeconds(world.clock);
  const fresh = tlsEntry(authority.certificate.raw, endOf(authority));
  const old = options.dropOld ? [] : living(ring.keys.document.tls, now).map((entry) => retire(entry, now));
  const tls = [fresh, ...old].slice(0, KEYS_LIMITS.maxAuthorities);
  const held = options.dropOld ? [] : ring.keys.document.age;
  const age = nextRecipients(ring.directory, held, now, await storeAgeIdentity(ring.directory));
  const replaced = ring.keys.document;
  const log = storeLogKey(ring.directory, ring.root.id);
  storeDocument(ring.directory, signer, next(ring, { tls, age, log }, now));
  ring.reload();
  removeEndedAges(ring.directory, now);
  for (const { id } of replaced.tls) removeFile(join(ring.directory, authorityFile(id)));
  if (replaced.log !== null) removeLogKey(ring.directory, replaced.log);
}

export type Maintenance =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'reissued' }
  | { readonly kind: 'rotated' }
  /** The root is offline and one signature of it is wanted before `deadline` (unix seconds). */
  | { readonly kind: 'root-wanted'; readonly deadline: number }
  /** The root is offline and no age recipient is there yet: machines cannot send sealed messages. */
  | { readonly kind: 'recipient-wanted' }
  /** The root is offline and no log key is there yet: machines cannot verify their lists. */
  | { readonly kind: 'log-key-wanted' }
  /** The root is offline and the hub came out of a backup: machines may hold a newer document than it. */
  | { readonly kind: 'restored' };

/** What time asks for, and what a rotation that was cut off left to be done: run at start and daily. */
export async function maintain(ring: KeyRing, world: World): Promise<Maintenance> {
  ring.reload();
  const done = await renew(ring, world);
  removeUnnamedKeys(ring, world.clock.now());
  return done;
}

async function renew(ring: KeyRing, world: World): Promise<Maintenance> {
  const now = unixSeconds(world.clock);
  const { expires, tls, age, log } = ring.keys.document;
  const authorityEnd = tls[0]!.notAfter;
  const old = expires - now < HUB_KEY_LIMITS.documentRenewBefore;
  const ending = authorityEnd - now < HUB_KEY_LIMITS.authorityRenewBefore;
  const restored = ring.keys.document.number < lowestNumber(ring.directory);
  const complete = age.length > 0 && log !== null;
  if (!old && !ending && !restored && complete) return { kind: 'fresh' };
  const signer = ring.rootSigner();
  if (signer === null) {
    if (age.length === 0) return { kind: 'recipient-wanted' };
    if (restored) return { kind: 'restored' };
    const deadline = Math.min(expires, authorityEnd);
    if (deadline - now < HUB_KEY_LIMITS.documentWarnBefore) return { kind: 'root-wanted', deadline };
    return log === null ? { kind: 'log-key-wanted' } : { kind: 'fresh' };
  }
  if (ending) {
    await rotate(ring, signer, world);
    return { kind: 'rotated' };
  }
  await reissue(ring, signer, world);
  return { kind: 'reissued' };
}

/**
 * Takes away private keys of authorities and of the log that the document in force does not name: a rotation was killed
 * after it stored its document, or another one was stored meanwhile. The old authority of a killed one is still named, and
 * stays until its certificates have run out or the next rotation.
 */
function removeUnnamedKeys({ directory, keys }: KeyRing, nowMs: number): void {
  const { tls, log } = keys.document;
  const named = new Set(tls.map(({ id }) => authorityFile(id)));
  if (log !== null) named.add(logKeyFile(log));
  for (const name of signingKeyFiles(directory).filter((file) => !named.has(file))) {
    const path = join(directory, name);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs; // another process may remove it too
    if (nowMs - written > HUB_KEY_LIMITS.unnamedKeyAge * 1000) removeIfWritable(path);
  }
}

/** A hub whose keys lie where it cannot write starts all the same; `keys rotate` says what is wrong there. */
function removeIfWritable(path: string): void {
  try {
    removeFile(path);
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error;
  }
}

/** What the operator is told of it in the log; null where nothing is to be done. */
export function maintenanceWords(done: Maintenance): string | null {
  switch (done.kind) {
    case 'fresh':
    case 'reissued':
    case 'rotated':
      return null;
    case 'root-wanted':
      return `the keys document runs out on ${new Date(done.deadline * 1000).toISOString()}: run 'tocsin-hub keys rotate --root-key FILE'`;
    case 'recipient-wanted':
      return "machines cannot send sealed messages yet, for the keys document has no age recipient: run 'tocsin-hub keys rotate --root-key FILE' once";
    case 'log-key-wanted':
      return "machines cannot verify their lists yet, for the keys document has no log key: run 'tocsin-hub keys rotate --root-key FILE' once";
    case 'restored':
      return "this hub came out of a backup, and machines may hold newer keys than it: run 'tocsin-hub keys rotate --root-key FILE' once";
    default:
      return never(done);
  }
}

type NewKeys = Pick<KeysDocument, 'tls' | 'age' | 'log'>;

function next(ring: KeyRing, keys: NewKeys, now: number): KeysDocument {
  const { document } = ring.keys;
  const expires = now + HUB_KEY_LIMITS.documentLifetime;
  const number = Math.max(document.number + 1, lowestNumber(ring.directory));
  return { ...document, number, issued: now, expires, ...keys };
}

function living(entries: readonly TlsEntry[], now: number): readonly TlsEntry[] {
  return entries.filter((entry) => entry.notAfter + KEYS_LIMITS.skew >= now);
}

function retire(entry: TlsEntry, now: number): TlsEntry {
  return { ...entry, notAfter: Math.min(entry.notAfter, now + HUB_KEY_LIMITS.authorityRetiredLife) };
}
