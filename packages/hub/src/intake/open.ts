// Opens a sealed message and finds out whose it is (spec/message.md 4.2 and 4.3). Decides nothing about its content.
import type { OpenedMessage } from 'tocsin/catalog/seal.ts';
import { openSealed, sealKeyId } from 'tocsin/catalog/seal.ts';
import type { Envelope } from 'tocsin/protocol/dsse.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import { isMachineSigned } from 'tocsin/protocol/machine-signature.ts';
import { verificationKeys } from '../access/machine-key.ts';
import type { KeyRing } from '../keys/store.ts';
import type { Queries } from '../store/database.ts';

/** Null where it is sealed to a key that the hub does not hold. Throws `format` for whatever is wrong with the bytes. */
export async function openMessage(keys: KeyRing, body: Uint8Array): Promise<OpenedMessage | null> {
  const identity = keys.ageIdentity(sealKeyId(body));
  return identity === null ? null : openSealed(body, identity);
}

/** A machine as intake needs it, locked for the rest of the transaction. */
export interface IntakeMachine {
  readonly id: string;
  readonly publicKey: Uint8Array | null;
  readonly formerPublicKey: Uint8Array | null;
  readonly personal: boolean;
}

/**
 * The machine's row, held against other writers: its messages and records are taken one after the other. Throws
 * `certificate` where it is unknown or revoked.
 */
export async function lockMachine(session: Queries, id: string): Promise<IntakeMachine> {
  const [row] = await session.query<{
    public_key: Buffer | null;
    former_public_key: Buffer | null;
    personal: boolean;
    revoked_at: Date | null;
  }>(
    'SELECT public_key, former_public_key, personal, revoked_at FROM machine WHERE id = $1 FOR NO KEY UPDATE',
    [id],
  );
  if (row === undefined || row.revoked_at !== null)
    throw new TocsinError(
      'certificate',
      "Cannot take a message of this machine: it is revoked or unknown, want 'tocsin rejoin' with a new token",
    );
  return {
    id,
    publicKey: row.public_key,
    formerPublicKey: row.former_public_key,
    personal: row.personal,
  };
}

/** Throws `denied` where the message is another machine's than the one that is connected, or not signed by it. */
export function requireSender(machine: IntakeMachine, opened: OpenedMessage): void {
  if (opened.machine !== machine.id)
    throw new TocsinError(
      'denied',
      'Cannot take the message: it names another machine than the one that sends it, want its own',
    );
  requireSigned(machine, opened.envelope, 'message');
}

/** Throws `denied` where none of the machine's keys signed an envelope. */
export function requireSigned(machine: IntakeMachine, envelope: Envelope, what: string): void {
  if (verificationKeys(machine).some((key) => isMachineSigned(envelope, key))) return;
  throw new TocsinError(
    'denied',
    `Cannot take the ${what}: no key of this machine signed it, want its signature`,
  );
}
