// Makes join tokens. The secret exists in the printed token only: the hub keeps its SHA-256.
import { createHash } from 'node:crypto';
import type { RootKey } from 'tocsin/protocol/ed25519.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { formatJoinToken, TOKEN_LIMITS } from 'tocsin/protocol/join-token.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { ACCESS_LIMITS } from './config.ts';
import type { MachineMarks, TokenStore } from './store.ts';
import { NO_MARKS } from './store.ts';

export interface MintedToken {
  /** The line for the person; not to be logged. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A token for one machine, usable for `lifetime` seconds. Stored durably before it is returned. */
export async function mintToken(
  store: TokenStore,
  root: RootKey,
  world: World,
  lifetime: number = ACCESS_LIMITS.tokenLifetime,
  marks: MachineMarks = NO_MARKS,
): Promise<MintedToken> {
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > ACCESS_LIMITS.maxTokenLifetime)
    throw new TocsinError(
      'input',
      `Cannot make a token for '${lifetime}' seconds: want a whole number from 1 to ${ACCESS_LIMITS.maxTokenLifetime}`,
    );
  const secret = world.random(TOKEN_LIMITS.secretBytes);
  const now = world.clock.now();
  const expiresAt = now + lifetime * 1000;
  await store.sweepTokens(now - ACCESS_LIMITS.tokenMemory * 1000);
  await store.addToken(secretDigest(secret), now, expiresAt, marks);
  return { text: formatJoinToken({ root, secret }), expiresAt };
}

/** By what a token is found: timing says nothing of the secret, for the digest is compared. */
export function secretDigest(secret: Uint8Array): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
