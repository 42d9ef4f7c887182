// The calls for terms, policy and choices over a channel, each of the message `connection`.
import type { HubCall } from '../consent/exchange.ts';
import type { HubChannel } from './channel.ts';
import { connectionRequest } from './connection.ts';

/** Over the channel that `open` gives; throws as it does. */
export function hubCallOver(open: () => Promise<HubChannel>): HubCall {
  return async (path) => {
    const reason = path === '/v1/consent' ? 'consent' : 'policy';
    const channel = await open();
    return await channel.request(connectionRequest({ reason, method: 'GET', path }));
  };
}
