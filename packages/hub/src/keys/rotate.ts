// New keys documents: signed again before they run out, with a new authority, or without an old one. Whoever
// calls needs the root's private key in hand; the number rises by one each time, whoever calls at once.
import { join } from 'node:path';
import { removeFile } from 'tocsin/client/home.ts';
import type { KeysDocument, TlsEntry } from 'tocsin/protocol/keys-document.ts';
import { KEYS_LIMITS, tlsEntry } from 'tocsin/protocol/keys-document.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { unixSeconds } from 'tocsin/protocol/world.ts';
import { HUB_KEY_LIMITS } from './config.ts';
import { authorityFile } from './files.ts';
import type { KeyRing, RootSigner } from './store.ts';
import { endOf, requireSameRoot, storeAuthority, storeDocument } from './store.ts';

/** Signs the same keys anew, for another lifetime; drops authorities that ran out. Durable on return. */
export function reissue(ring: KeyRing, signer: RootSigner, world: World): void {
  ring.reload();
  requireSameRoot(ring.directory, signer);
  const now = unixSeconds(world.clock);
  const [first, ...others] = ring.keys.document.tls;
  storeDocument(ring.directory, signer, next(ring, [first!, ...living(others, now)], now));
  ring.reload();
}

export interface RotateOptions {
  /** Drops the old authorities at once, as after a theft: machines with certificates of theirs must rejoin. */
  readonly dropOld?: boolean;
}

/**
 * Adds a new authority, which issues from now on; the old ones count until their certificates have run out, and
 * their private keys are removed, for nothing is issued by them any more. Durable on return.
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
  const replaced = ring.keys.document.tls;
  storeDocument(ring.directory, signer, next(ring, tls, now));
  ring.reload();
  for (const { id } of replaced) removeFile(join(ring.directory, authorityFile(id)));
}

export type Maintenance =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'reissued' }
  | { readonly kind: 'rotated' }
  /** The root is offline and one signature of it is wanted before `deadline` (unix seconds). */
  | { readonly kind: 'root-wanted'; readonly deadline: number };

/** What time asks for: run at start and daily. */
export async function maintain(ring: KeyRing, world: World): Promise<Maintenance> {
  ring.reload();
  const now = unixSeconds(world.clock);
  const { expires, tls } = ring.keys.document;
  const authorityEnd = tls[0]!.notAfter;
  const old = expires - now < HUB_KEY_LIMITS.documentRenewBefore;
  const ending = authorityEnd - now < HUB_KEY_LIMITS.authorityRenewBefore;
  if (!old && !ending) return { kind: 'fresh' };
  const signer = ring.rootSigner();
  if (signer === null) {
    const deadline = Math.min(expires, authorityEnd);
    return deadline - now < HUB_KEY_LIMITS.documentWarnBefore
      ? { kind: 'root-wanted', deadline }
      : { kind: 'fresh' };
  }
  if (ending) {
    await rotate(ring, signer, world);
    return { kind: 'rotated' };
  }
  reissue(ring, signer, world);
  return { kind: 'reissued' };
}

function next(ring: KeyRing, tls: readonly TlsEntry[], now: number): KeysDocument {
  const { document } = ring.keys;
  const expires = now + HUB_KEY_LIMITS.documentLifetime;
  return { ...document, number: document.number + 1, issued: now, expires, tls };
}

function living(entries: readonly TlsEntry[], now: number): readonly TlsEntry[] {
  return entries.filter((entry) => entry.notAfter + KEYS_LIMITS.skew >= now);
}

function retire(entry: TlsEntry, now: number): TlsEntry {
  return { ...entry, notAfter: Math.min(entry.notAfter, now + HUB_KEY_LIMITS.authorityRetiredLife) };
}
