// The way from an event on this machine into the outbox: gated, counted, kept. What stays is counted by reason and
// gone. Producers call this and nothing else; it sends nothing.
import { itemOf, messageOf } from '../../catalog/catalog.ts';
import type { Consent } from '../../catalog/consent.ts';
import type { Candidate, Withheld } from '../../catalog/gate.ts';
import { gateMessage } from '../../catalog/gate.ts';
import type { World } from '../../protocol/world.ts';
import { dayOf } from '../../protocol/world.ts';
import type { Kept, Spool } from './spool.ts';
import { OTHER_ITEM } from './spool-counts.ts';

export type Collected =
  | Kept
  /** The gate kept all of it here. */
  | { readonly kind: 'withheld'; readonly reason: string };

export interface CollectParts {
  readonly spool: Spool;
  readonly world: World;
  readonly consent: () => Consent;
}

/**
 * Puts a message into the outbox as far as consent and catalog allow; durable on return where it was kept. The
 * consent is read under the lock of the outbox: a withdrawal comes before it, or takes the message away again.
 */
export function collect(candidate: Candidate, { spool, world, consent }: CollectParts): Collected {
  return spool.together(() => {
    const decision = gateMessage(candidate, consent(), dayOf(world.clock));
    count(spool, candidate, decision.withheld);
    if (decision.kind === 'withheld') {
      spool.counts.add('withheld', decision.reason, nameOf(candidate));
      return { kind: 'withheld', reason: decision.reason };
    }
    return spool.put(decision.message, messageOf(candidate.message)?.schedule.atMostPerDay ?? 0);
  });
}

function count(spool: Spool, candidate: Candidate, withheld: readonly Withheld[]): void {
  for (const { item, reason } of withheld) {
    const known = itemOf(item) === undefined ? OTHER_ITEM : item;
    spool.counts.add('withheld', reason, nameOf(candidate), 1, known);
  }
}

/** No foreign text in counts. */
function nameOf({ message }: Candidate): string {
  return messageOf(message) === undefined ? OTHER_ITEM : message;
}
