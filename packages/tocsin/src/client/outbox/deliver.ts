// Takes one released message to the hub: signed, sealed to the key that the keys document names, sent, and the hub's
// word of it read. The order of messages and what follows from the word are sender.ts's business.
import type { KeyObject } from 'node:crypto';
import type { Released } from '../../catalog/gate.ts';
import { sealReleased } from '../../catalog/gate.ts';
import type { EnvelopeHead } from '../../catalog/seal.ts';
import { TocsinError } from '../../protocol/errors.ts';
import type { HubChannel } from '../channel/channel.ts';
import type { HubWord } from './hub-word.ts';
import { readHubWord } from './hub-word.ts';

/** Throws as the channel does; `unreachable` where the hub names no key to seal to yet. */
export type Deliver = (released: Released, head: EnvelopeHead) => Promise<HubWord>;

/** Delivers as this machine over the channel that `open` gives. */
export function deliverOver(
  open: () => Promise<HubChannel>,
  machine: { readonly id: string; readonly privateKey: KeyObject },
): Deliver {
  return async (released, head) => {
    const channel = await open();
    const hub = channel.keys.document.age[0];
    if (hub === undefined)
      throw new TocsinError(
        'unreachable',
        'Cannot seal a message: the hub names no key to seal to, want a hub of this version',
      );
    return readHubWord(await channel.request(await sealReleased(released, head, { machine, hub })));
  };
}
