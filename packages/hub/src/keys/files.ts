// The files of DATA/keys: names, and the only ways in which they are read and made. Knows nothing of meaning.
//
//   root.key            PKCS#8 PEM, Ed25519; may be taken offline       signs keys documents: whoever has it is the hub
//   root.pub            raw public key, base64url                       what tokens pin
//   authority-<id>.key  PKCS#8 PEM, P-256                               issues certificates: can pose as hub and machines
//   receipt-<id>.key    PKCS#8 PEM, Ed25519                             signs receipts
//   keys-<number>.json  signed keys documents; the highest number counts, the others are history
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PRIVATE_FILE, readSmallFile, removeFile, writeFileDurable } from 'tocsin/client/home.ts';
import { syncDirectory } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { HUB_KEY_LIMITS } from './config.ts';

export const KEY_FILES = { root: 'root.key', rootPublic: 'root.pub' } as const;

export function authorityFile(id: string): string {
  return `authority-${id}.key`;
}

export function receiptFile(id: string): string {
  return `receipt-${id}.key`;
}

export function documentFile(number: number): string {
  return `keys-${String(number).padStart(8, '0')}.json`;
}

/** The text of a key file, or null where there is none. Throws `io`, `limit`. */
export function readKeyFile(path: string): string | null {
  const bytes = readSmallFile(path, HUB_KEY_LIMITS.maxFileBytes);
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}

/**
 * Makes a file that does not exist, mode 0600; whole and durable on return. False where the name is taken, by
 * another process at the same moment as well: then nothing was changed.
 */
export function createKeyFile(path: string, text: string): boolean {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
  writeFileDurable(temporary, text, PRIVATE_FILE);
  try {
    linkSync(temporary, path);
    syncDirectory(dirname(path));
    return true;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'EEXIST') return false;
    throw new TocsinError('io', `Cannot write a key file: ${code}, want a writable disk`, { cause });
  } finally {
    removeFile(temporary);
  }
}

/**
 * As `createKeyFile` for a place outside, such as a stick whose file system knows no links; killed in between,
 * a part may be left there.
 */
export function exportKeyFile(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx', PRIVATE_FILE);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncDirectory(dirname(path));
    return true;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    if (code === 'EEXIST') return false;
    throw new TocsinError('io', `Cannot write a key file: ${code}, want a writable place`, { cause });
  }
}

/** The highest number of a keys document in `directory`; 0 for none. */
export function newestDocument(directory: string): number {
  let newest = 0;
  for (const name of readdirSync(directory)) {
    const number = /^keys-([0-9]{8,15})\.json$/.exec(name)?.[1];
    if (number !== undefined) newest = Math.max(newest, Number(number));
  }
  return newest;
}
