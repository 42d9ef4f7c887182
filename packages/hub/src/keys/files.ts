// The files of DATA/keys: names, and the only ways in which they are read and made. Knows nothing of meaning.
//
//   root.key            PKCS#8 PEM, Ed25519; may be taken offline       signs keys documents: whoever has it is the hub
//   root.pub            raw public key, base64url                       what tokens pin
//   authority-<id>.key  PKCS#8 PEM, P-256                               issues certificates: can pose as hub and machines
//   receipt-<id>.key    PKCS#8 PEM, Ed25519                             signs receipts, terms and policies
//   log-<id>.key        PKCS#8 PEM, Ed25519                             signs the lists
//   age-<id>.key        age identity, as age-keygen writes them         opens what machines sealed to this hub
//   keys-<number>.json  signed keys documents; the highest number counts, the others are history
//   browsers-<id>.pem   certificate and PKCS#8 key, P-256, for one name   can pose as the lists for browsers at that name
//   group.secret        JSON                                            names Wi-Fi networks; every joined machine has it
//   restored            unix seconds, where the hub came out of a backup: the lowest number of its next document
import type { KeyObject } from 'node:crypto';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PRIVATE_FILE, readSmallFile, removeFile, writeFileDurable } from 'tocsin/client/state/home.ts';
import { syncDirectory } from 'tocsin/lists/files.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { causeWords } from 'tocsin/protocol/system-errors.ts';
import { HUB_KEY_LIMITS } from './config.ts';

export const KEY_FILES = {
  root: 'root.key',
  rootPublic: 'root.pub',
  restored: 'restored',
  groupSecret: 'group.secret',
} as const;

export function authorityFile(id: string): string {
  return `authority-${id}.key`;
}

export function receiptFile(id: string): string {
  return `receipt-${id}.key`;
}

export function logFile(id: string): string {
  return `log-${id}.key`;
}

export function ageFile(id: string): string {
  return `age-${id}.key`;
}

/** `id`: that of the name for which it is. */
export function browserRootFile(id: string): string {
  return `browsers-${id}.pem`;
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
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new TocsinError('io', `Cannot write a key file: ${causeWords(cause, 'want a writable disk')}`, {
      cause,
    });
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
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new TocsinError('io', `Cannot write a key file: ${causeWords(cause, 'want a writable place')}`, {
      cause,
    });
  }
}

/**
 * Notes that the keys came out of a backup at `now`, unix seconds. Machines may hold documents that were made after
 * that backup: the next one gets a number that the hub cannot have reached by counting. Durable on return.
 */
export function markRestored(directory: string, now: number): void {
  writeFileDurable(join(directory, KEY_FILES.restored), `${now}\n`);
}

/** The lowest number that the next keys document may have; 0 for a hub that was never restored. */
export function lowestNumber(directory: string): number {
  const text = readKeyFile(join(directory, KEY_FILES.restored))?.trim() ?? '0';
  if (!/^[0-9]{1,12}$/.test(text))
    throw new TocsinError(
      'corrupt',
      `Cannot open the hub's keys: '${KEY_FILES.restored}' holds no number, want it from a backup`,
    );
  return Number(text);
}

/** The highest number of a keys document in `directory`; 0 for none. */
export function newestDocument(directory: string): number {
  return documentNumbers(directory).at(-1) ?? 0;
}

/** The numbers of all keys documents that were ever made here, rising. */
export function documentNumbers(directory: string): readonly number[] {
  const found = readdirSync(directory).map((name) => /^keys-([0-9]{8,15})\.json$/.exec(name)?.[1]);
  return found
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Ids of the age identities in `directory`, whether a document names them or not. */
export function ageIds(directory: string): readonly string[] {
  const found = readdirSync(directory).map((name) => /^age-([0-9a-f]{32})\.key$/.exec(name)?.[1]);
  return found.filter((id) => id !== undefined);
}

/** Names of the private keys of authorities and of the log in `directory`, whether a document names them or not. */
export function signingKeyFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => /^(?:authority|log)-[0-9a-f]{32}\.key$/.test(name));
}

/** The private key of a text. Throws `format`, naming `what`. */
export function parsePrivate(text: string, what: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw new TocsinError('format', `Cannot read ${what}: it is no private key in PEM, want PKCS#8`, {
      cause,
    });
  }
}

export function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

export function damagedKeys(name: string, cause?: unknown): TocsinError {
  return new TocsinError(
    'corrupt',
    `Cannot open the hub's keys: '${name}' is damaged or missing, want it from a backup`,
    {
      cause,
    },
  );
}
