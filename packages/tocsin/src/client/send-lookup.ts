// Takes a look-up that the gate released to the hub. The only place from which a question leaves.
import { TocsinError } from '../protocol/errors.ts';
import type { SendLookup } from './ask-far.ts';
import type { HubChannel } from './channel.ts';
import { expectOk } from './channel.ts';

/** Sends over the channel that `open` gives, opened at the first question. Throws as the channel does; `format`. */
export function sendLookupOver(open: () => Promise<HubChannel>): SendLookup {
  return async (message) => {
    const channel = await open();
    const answer = expectOk(await channel.request('POST', '/v1/lookup', message));
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
