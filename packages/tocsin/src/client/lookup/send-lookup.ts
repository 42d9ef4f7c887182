// Takes a look-up that the gate released to the hub. The only place from which a question leaves.
// It loads nothing of HTTP: most scans ask nothing.
import { TocsinError } from '../../protocol/errors.ts';
import { expectOk } from '../../protocol/problem.ts';
import type { HubChannel } from '../channel/channel.ts';
import type { SendLookup } from './ask-far.ts';

/** Sends over the channel that `open` gives, opened at the first question. Throws as the channel does; `format`. */
export function sendLookupOver(open: () => Promise<HubChannel>): SendLookup {
  return async (outgoing) => {
    const channel = await open();
    const answer = expectOk(await channel.request(outgoing));
    try {
      return JSON.parse(answer.body.toString('utf8'));
    } catch (cause) {
      throw new TocsinError(
        'format',
        'Cannot read the look-up answer: it is no JSON, want what a hub sends',
        { cause },
      );
    }
  };
}
