// The hub's age identities (X25519): machines seal messages to the first recipient of the keys document, and the
// private half in DATA/keys opens them. Makes, reads and retires them; opens nothing itself.
import { join } from 'node:path';
import { removeFile } from 'tocsin/client/state/home.ts';
import { keyId } from 'tocsin/protocol/ed25519.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { KeysDocument } from 'tocsin/protocol/keys-document.ts';
import { KEYS_LIMITS, peekKeysDocument } from 'tocsin/protocol/keys-document.ts';
import { HUB_KEY_LIMITS } from './config.ts';
import { ageFile, ageIds, createKeyFile, documentFile, documentNumbers, readKeyFile } from './files.ts';

export type AgeEntry = KeysDocument['age'][number];

/** A new identity whose file is durable on return; nobody seals to it before a keys document names it. */
export async function storeAgeIdentity(directory: string): Promise<AgeEntry> {
  // Only here, so that no other command pays for loading it.
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const id = keyId(Buffer.from(recipient));
  createKeyFile(join(directory, ageFile(id)), `# public key: ${recipient}\n${identity}\n`);
  return { id, recipient };
}

/** The identity as `age` takes it, or null where the hub has none by that id (any more). Throws `corrupt`. */
export function readAgeIdentity(directory: string, id: string): string | null {
  const text = readKeyFile(join(directory, ageFile(id)));
  if (text === null) return null;
  const identity = text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
  if (identity !== undefined && /^AGE-SECRET-KEY-1[A-Z0-9]{58}$/.test(identity)) return identity;
  throw new TocsinError(
    'corrupt',
    `Cannot open the hub's keys: '${ageFile(id)}' is damaged, want it from a backup`,
  );
}

/**
 * The recipients of the next keys document: the first one (or `fresh` in its place) and those before it which may
 * still be needed to open late messages. `now` in unix seconds.
 */
export function nextRecipients(
  directory: string,
  held: readonly AgeEntry[],
  now: number,
  fresh?: AgeEntry,
): readonly AgeEntry[] {
  const ended = endedAges(directory, now);
  const [first, ...others] = fresh === undefined ? held : [fresh, ...held];
  if (first === undefined) return [];
  return [first, ...others.filter(({ id }) => !ended.has(id))].slice(0, KEYS_LIMITS.maxAgeKeys);
}

/** Removes identities that were replaced so long ago that nothing sealed to them can still come. */
export function removeEndedAges(directory: string, now: number): void {
  const ended = endedAges(directory, now);
  for (const id of ageIds(directory)) if (ended.has(id)) removeFile(join(directory, ageFile(id)));
}

/** Ids whose last document in which they stood first was replaced longer ago than the limit. */
function endedAges(directory: string, now: number): ReadonlySet<string> {
  const replacedAt = new Map<string, number>();
  let first: string | undefined;
  for (const number of documentNumbers(directory)) {
    const document = readHistory(directory, number);
    if (document === null) continue;
    const current = document.age[0]?.id;
    if (first !== undefined && first !== current) replacedAt.set(first, document.issued);
    if (current !== undefined) replacedAt.delete(current);
    first = current ?? first;
  }
  const ids = [...replacedAt].filter(([, at]) => now - at > HUB_KEY_LIMITS.ageRetiredLife);
  return new Set(ids.map(([id]) => id));
}

/** Null for a damaged one: an older document decides nothing but this. */
function readHistory(directory: string, number: number): KeysDocument | null {
  const text = readKeyFile(join(directory, documentFile(number)));
  try {
    return text === null ? null : peekKeysDocument(text.trim());
  } catch {
    return null;
  }
}
