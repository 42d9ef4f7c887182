// The hub's signed words that it erased what came from this machine: verified, kept for the person, one a line.
import type { Confirmation } from '../../catalog/erasure-confirmation.ts';
import { verifyConfirmation } from '../../catalog/erasure-confirmation.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { Clock } from '../../protocol/world.ts';
import { readOwner } from '../consent/owner.ts';
import type { Home } from '../state/home.ts';
import { appendLines, readLines } from '../state/line-file.ts';

export const CONFIRMATION_LIMITS = { maxBytes: 8 << 20 } as const;

/** Keeps a confirmation; durable on return. Throws `pin`, `format`; `conflict` where it is for another machine. */
export function keepConfirmation(home: Home, clock: Clock, text: string): Confirmation {
  const read = readOwner(home, clock);
  const key = read.kind === 'owner' ? read.owner.receiptKey() : null;
  if (read.kind !== 'owner' || key === null)
    throw new TocsinError(
      'pin',
      'Cannot check the confirmation: the hub names no receipt key that counts now',
    );
  const confirmation = verifyConfirmation(text, key);
  if (confirmation.machine !== read.owner.machine)
    throw new TocsinError(
      'conflict',
      'Cannot keep the confirmation: it is for another machine, want one for this one',
    );
  const end = readLines(home.erasures, CONFIRMATION_LIMITS.maxBytes)?.end ?? 0;
  appendLines(home.erasures, end, [text], 'the confirmations');
  return confirmation;
}
