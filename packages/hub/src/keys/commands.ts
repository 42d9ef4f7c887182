// What `tocsin-hub keys show | rotate | export-root` do, for the command line to call. Prints nothing itself.
import { join } from 'node:path';
import { removeFile } from 'tocsin/client/state/home.ts';
import { syncDirectory } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { exportKeyFile, KEY_FILES, readKeyFile } from './files.ts';
import type { RotateOptions } from './rotate.ts';
import { rotate } from './rotate.ts';
import type { RootSigner } from './store.ts';
import { openKeys, readRoot, requireSameRoot } from './store.ts';

/** What a person wants to know of a hub's keys; nothing secret. */
export interface KeysSummary {
  readonly root: string;
  /** Whether the root's private key lies in DATA/keys. */
  readonly rootHere: boolean;
  readonly number: number;
  readonly issued: string;
  readonly expires: string;
  readonly authorities: readonly { readonly id: string; readonly issues: boolean; readonly until: string }[];
  readonly receipt: string | null;
  /** Recipients of sealed messages, the one in use first. */
  readonly age: readonly string[];
  readonly log: string | null;
}

/** Throws as `openKeys`. */
export function showKeys(directory: string): KeysSummary {
  const ring = openKeys(directory);
  const { document } = ring.keys;
  return {
    root: ring.root.id,
    rootHere: ring.rootSigner() !== null,
    number: document.number,
    issued: iso(document.issued),
    expires: iso(document.expires),
    authorities: document.tls.map(({ id, notAfter }, i) => ({ id, issues: i === 0, until: iso(notAfter) })),
    receipt: document.receipt?.id ?? null,
    age: document.age.map(({ recipient }) => recipient),
    log: document.log,
  };
}

/** Rotates the authority with the root from `rootKeyFile`, else from DATA/keys. Throws `not-found` without a root. */
export async function rotateKeys(
  directory: string,
  world: World,
  options: RotateOptions & { readonly rootKeyFile?: string | undefined } = {},
): Promise<KeysSummary> {
  const ring = openKeys(directory);
  await rotate(ring, signerOf(directory, options.rootKeyFile), world, options);
  return showKeys(directory);
}

/**
 * Copies the root's private key to `file` (0600, must not exist), checks the copy, and with `remove` takes the
 * one in DATA/keys away. Durable on return. Throws `not-found` where it is offline, `conflict` where `file` is.
 */
export function exportRoot(directory: string, file: string, options: { readonly remove: boolean }): void {
  const path = join(directory, KEY_FILES.root);
  const text = readKeyFile(path);
  if (text === null)
    throw new TocsinError(
      'not-found',
      "Cannot export the root key: it is not in the hub's directory, want it there",
    );
  if (!exportKeyFile(file, text))
    throw new TocsinError('conflict', 'Cannot export the root key: the file exists, want a new name');
  requireSameRoot(directory, readRoot(file));
  if (!options.remove) return;
  removeFile(path);
  syncDirectory(directory);
}

function signerOf(directory: string, rootKeyFile: string | undefined): RootSigner {
  return readRoot(rootKeyFile ?? join(directory, KEY_FILES.root));
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
