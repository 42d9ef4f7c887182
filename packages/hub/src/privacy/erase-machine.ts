// Erasing for an operator, without a machine that asks: a person wrote a letter, or a machine is gone. One
// transaction, remembered and confirmed as a request of the machine is.
import type { ErasureScope } from 'tocsin/catalog/erasure-confirmation.ts';
import { signConfirmation } from 'tocsin/catalog/erasure-confirmation.ts';
import { TocsinError } from 'tocsin/protocol/errors.ts';
import type { World } from 'tocsin/protocol/world.ts';
import { utcSecond } from 'tocsin/protocol/world.ts';
import { highestNumber } from '../intake/message-store.ts';
import type { KeyRing } from '../keys/store.ts';
import type { Database } from '../store/database.ts';
import { addErasure, deleteMessages } from './erasure.ts';

export interface OperatorErasure {
  readonly messages: number;
  /** Signed text, to be given to whoever asked. */
  readonly confirmation: string;
}

/** Erases what came from a machine up to now; durable on return. Throws `not-found` for a machine that never enrolled. */
export async function eraseMachine(
  { db, keys, world }: { readonly db: Database; readonly keys: KeyRing; readonly world: World },
  machine: string,
  scope: ErasureScope,
): Promise<OperatorErasure> {
  return db.transaction(async (session) => {
    const known = await session.execute('SELECT 1 FROM machine WHERE id = $1 FOR NO KEY UPDATE', [machine]);
    if (known === 0)
      throw new TocsinError(
        'not-found',
        `Cannot erase '${machine}': it is unknown, want a machine of tocsin-hub machines list`,
      );
    const until = (await highestNumber(session, machine)) ?? { epoch: 0, sequence: 0 };
    const messages = await deleteMessages(session, machine, { scope, until });
    const erasedAt = world.clock.now();
    const confirmation = signConfirmation(
      { v: 1, machine, scope, until, erasedAt: utcSecond(erasedAt), messages },
      keys.receipt,
    );
    const row = { machine, scope, until, request: until, askedBy: 'operator', erasedAt } as const;
    await addErasure(session, { ...row, messages, confirmation });
    return { messages, confirmation };
  });
}
