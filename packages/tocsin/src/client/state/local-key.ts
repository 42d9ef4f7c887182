// The one key of this machine under which all local state is sealed: made once, kept sealed by the system where
// that works, else in a file that only its owner reads. Whoever has it reads cache, journal, spool and overrides;
// once it is destroyed nobody does. A key that is there and cannot be opened is an alarm, never a new key.
//
//   local.key.cred ─► handed in by the unit? ─► else systemd-creds ─► the key
//   else local.key ─► can the system seal it? then local.key.cred, and local.key is destroyed ─► the key
//   else cache.key (of release 0.1.0) becomes local.key; else a new one
import type { KeyObject } from 'node:crypto';
import { createSecretKey, hkdfSync } from 'node:crypto';
import { existsSync, linkSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { TocsinError } from '../../protocol/errors.ts';
import type { World } from '../../protocol/world.ts';
import type { Home } from './home.ts';
import { makeHome, removeFile } from './home.ts';
import { createKeyFile, destroyKeyFile, destroyRemnants, readKeyFile } from './key-file.ts';
import type { LocalKeyHost } from './local-key-host.ts';
import { CREDENTIAL_NAME, thisHost } from './local-key-host.ts';

export const LOCAL_KEY_LIMITS = {
  bytes: 32,
  /** How often a system that could not seal is asked again. */
  sealAgainMs: 86_400_000,
  /** Other processes may make, seal or destroy the key meanwhile; so often it is looked for anew. */
  turns: 8,
} as const;

/** The key itself never leaves this object: what is sealed is sealed under keys derived for a purpose. */
export class LocalKey {
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
  }

  /** Takes the bytes over and wipes them. Throws `corrupt` for bytes of another length. */
  static of(bytes: Uint8Array): LocalKey {
    if (bytes.length !== LOCAL_KEY_LIMITS.bytes)
      throw damaged(`it has ${bytes.length} bytes`, `a key of ${LOCAL_KEY_LIMITS.bytes}`);
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return new LocalKey(key);
  }

  /** The key for one purpose: HKDF-SHA-256 (RFC 5869), no salt, the purpose as info, 32 bytes. */
  derive(purpose: string): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#key, '', purpose, LOCAL_KEY_LIMITS.bytes)));
  }

  /** True for the same key. */
  equals(other: LocalKey): boolean {
    return this.#key.equals(other.#key);
  }
}

export interface OpenedKey {
  readonly key: LocalKey;
  /** True where it was made just now: nothing that is older than this moment can be opened with it. */
  readonly fresh: boolean;
  /** Sealed by the system, or in a file in clear that only its owner reads. */
  readonly kept: 'system' | 'file';
}

/** Opens the key when it is first asked for; asked again, gives the same. */
export type LocalKeySource = () => OpenedKey;

/**
 * Opens the local key, making it (and the state directory) where there is none; durable on return. Starts at most
 * one other program, three where a key is sealed for the first time. Throws `corrupt` where the key cannot be
 * opened on this system or is damaged, `denied` where this user may not have it opened, `io`, `conflict`.
 */
export function openLocalKey(home: Home, world: World, host: LocalKeyHost = thisHost()): OpenedKey {
  makeHome(home);
  let made: LocalKey | null = null;
  for (let turn = 0; turn < LOCAL_KEY_LIMITS.turns; turn++) {
    const opened = openSealed(home, host) ?? openPlain(home, world, host, made);
    if (opened !== null) return { ...opened, fresh: made?.equals(opened.key) ?? false };
    if (adopt(home)) continue;
    const bytes = Buffer.from(world.random(LOCAL_KEY_LIMITS.bytes));
    made = createKeyFile(home.localKey, bytes) ? LocalKey.of(bytes) : null;
  }
  throw new TocsinError(
    'conflict',
    'Cannot open the local key: other processes make and destroy it all the time, want it at rest',
  );
}

/** For parts that may never need the key: what is opened once in a process is shared by all that hold the source. */
export function lazyLocalKey(home: Home, world: World, host?: LocalKeyHost): LocalKeySource {
  let opened: OpenedKey | null = null;
  return () => {
    opened ??= openLocalKey(home, world, host ?? thisHost());
    return opened;
  };
}

/**
 * Destroys the local key in every form: overwritten, removed, durable on return. Whatever was sealed under it is
 * lost to everybody from then on. Names the files (by their last part); again is no error. Throws as `destroyKeyFile`.
 */
export function destroyLocalKey(home: Home): readonly string[] {
  if (!existsSync(home.directory)) return [];
  const files = [home.localKeySealed, home.localKey, home.cacheKey];
  const destroyed = files.filter((path) => destroyKeyFile(path));
  for (const path of files) destroyRemnants(path);
  return destroyed.map((path) => path.slice(home.directory.length + 1));
}

/** The key as the system has it sealed, or null. Where there is one it is the key, whatever else lies about. */
function openSealed(home: Home, host: LocalKeyHost): Omit<OpenedKey, 'fresh'> | null {
  const sealed = readKeyFile(home.localKeySealed);
  if (sealed === null) return null;
  const key = LocalKey.of(handedIn(host) ?? unseal(sealed, host));
  for (const path of [home.localKey, home.cacheKey]) if (existsSync(path)) destroyKeyFile(path);
  return { key, kept: 'system' };
}

/** As the unit was given it (LoadCredentialEncrypted=); null where it was not. */
function handedIn({ credentials }: LocalKeyHost): Uint8Array | null {
  return credentials === null ? null : readKeyFile(join(credentials, CREDENTIAL_NAME));
}

function unseal(sealed: Uint8Array, { sealer }: LocalKeyHost): Uint8Array {
  if (sealer === null)
    throw new TocsinError(
      'denied',
      `Cannot open the local key: it is sealed by systemd-creds, which opens it for root only, want root, or a unit with LoadCredentialEncrypted=${CREDENTIAL_NAME}`,
    );
  const unsealed = sealer.open(sealed);
  switch (unsealed.kind) {
    case 'opened':
      return unsealed.bytes;
    case 'refused':
      throw damaged(
        'systemd-creds does not open it: the secret of this system is another one, or the file was altered',
        'the system on which it was sealed',
      );
    case 'failed':
      throw new TocsinError(
        'io',
        `Cannot open the local key: systemd-creds gave no answer (${unsealed.why}), want one`,
      );
  }
}

/** The key from its file in clear, or null; sealed on this occasion where the system can. */
function openPlain(
  home: Home,
  world: World,
  host: LocalKeyHost,
  made: LocalKey | null,
): Omit<OpenedKey, 'fresh'> | null {
  const bytes = readKeyFile(home.localKey);
  if (bytes === null) return null;
  if (existsSync(home.localKeySealed)) return null; // sealed by another process just now: look again
  const plain = Buffer.from(bytes);
  const key = LocalKey.of(bytes);
  dropOldName(home);
  const sealed = maySeal(home, world, host, made !== null) && sealNow(home, world, host, plain);
  plain.fill(0);
  return { key, kept: sealed ? 'system' : 'file' };
}

function maySeal(home: Home, { clock }: World, { sealer }: LocalKeyHost, isNew: boolean): boolean {
  if (sealer === null) return false;
  const tried = statSync(home.localKey, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return isNew || Math.abs(clock.now() - tried) >= LOCAL_KEY_LIMITS.sealAgainMs;
}

/** Seals the key and destroys the one in clear; false where the system cannot, which is remembered in the file's time. */
function sealNow(home: Home, { clock }: World, { sealer }: LocalKeyHost, plain: Uint8Array): boolean {
  const sealed = sealer?.seal(plain) ?? null;
  if (sealed === null) {
    const seconds = clock.now() / 1000;
    utimesSync(home.localKey, seconds, seconds);
    return false;
  }
  createKeyFile(home.localKeySealed, sealed);
  destroyKeyFile(home.localKey);
  destroyRemnants(home.localKey);
  return true;
}

/** True where release 0.1.0 left the key of its cache, which is the local key now, or something that was none. */
function adopt(home: Home): boolean {
  const bytes = readKeyFile(home.cacheKey);
  if (bytes === null) return false;
  if (bytes.length === LOCAL_KEY_LIMITS.bytes) linkIfFree(home.cacheKey, home.localKey);
  removeFile(home.cacheKey);
  return true;
}

/** A second name of the key is only taken away; another key under it, left by an older release, is destroyed. */
function dropOldName({ cacheKey, localKey }: Home): void {
  const old = statSync(cacheKey, { throwIfNoEntry: false });
  if (old === undefined) return;
  if (old.ino === statSync(localKey, { throwIfNoEntry: false })?.ino) removeFile(cacheKey);
  else destroyKeyFile(cacheKey);
}

function linkIfFree(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return; // another process was faster
    throw new TocsinError('io', `Cannot keep the local key: the system says ${code}, want a writable disk`, {
      cause,
    });
  }
}

function damaged(state: string, want: string): TocsinError {
  return new TocsinError('corrupt', `Cannot open the local key: ${state}, want ${want}`);
}
