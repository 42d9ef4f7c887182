// The hub's log key (Ed25519): it signs the lists, and will sign the verdict log. Its verifier key stands in the keys
// document, the private half in DATA/keys. Makes and reads it; says nothing about what is signed.
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { removeFile } from 'tocsin/client/state/home.ts';
import { ed25519ToRaw, keyId } from 'tocsin/protocol/ed25519.ts';
import type { NoteSigner } from 'tocsin/protocol/signed-note.ts';
import { formatVerifierKey, parseVerifierKey, verifierOf } from 'tocsin/protocol/signed-note.ts';
import { createKeyFile, damagedKeys, logFile, parsePrivate, privatePem, readKeyFile } from './files.ts';

/** A log key in hand, and the text by which the keys document names it. */
export interface LogSigner extends NoteSigner {
  readonly verifierKey: string;
}

/** A new log key whose file is durable on return: the verifier key, for the keys document that names it. */
export function storeLogKey(directory: string, rootId: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const signer = { name: `${rootId}/log`, privateKey };
  createKeyFile(join(directory, fileOf(verifierOf(signer).publicKey)), privatePem(privateKey));
  return formatVerifierKey(verifierOf(signer));
}

/** The key that a keys document names. Throws `corrupt` where its file is missing, damaged or another key. */
export function readLogKey(directory: string, verifierKey: string): LogSigner {
  const { name, publicKey } = parseVerifierKey(verifierKey);
  const file = fileOf(publicKey);
  const text = readKeyFile(join(directory, file));
  if (text === null) throw damagedKeys(file);
  const privateKey = parsePrivate(text, 'the log key');
  if (keyId(ed25519ToRaw(privateKey)) !== keyId(publicKey)) throw damagedKeys(file);
  return { name, privateKey, verifierKey };
}

/** Takes the private half of a replaced key away: nothing is signed by it any more. */
export function removeLogKey(directory: string, verifierKey: string): void {
  removeFile(join(directory, logKeyFile(verifierKey)));
}

/** The name of the file of a key that a keys document names. */
export function logKeyFile(verifierKey: string): string {
  return fileOf(parseVerifierKey(verifierKey).publicKey);
}

function fileOf(publicKey: Uint8Array): string {
  return logFile(keyId(publicKey));
}
